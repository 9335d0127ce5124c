"""The scheduled text to the own number: queued when due, met when it comes back, an alarm when not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from appliance.clock import DAY, HOUR, MINUTE, SECOND
from appliance.domain import budget
from appliance.store import alarms, contacts, database, numbers, sims, switches
from appliance.store import models as t
from appliance.upkeep import self_test
from appliance.upkeep.self_test import Line
from tests.flow.box import NOON, RESIDENT, SIM, Box, boxed

OWN = "+15415550100"
NO_LIMITS = budget.Limits(0, 0, 0, 0)
LINE = Line("main", SIM, OWN, DAY, NO_LIMITS, NOON)


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    with boxed(tmp_path) as made:
        yield made


def looked(box: Box, span: int, line: Line = LINE, every: int = 20 * MINUTE) -> list[int]:
    """The minutes from now at which a test is queued, looked at this often for this long."""
    began, queued = box.now, []
    while box.now - began < span:
        if self_test.look(line, box.config, box.now):
            queued.append((box.now - began) // MINUTE)
            box.send()
        box.later(every)
    return queued


def first(box: Box) -> None:
    """The first test has just left."""
    assert looked(box, DAY + MINUTE) == [24 * 60]
    box.now = NOON + DAY


def missing(box: Box) -> bool:
    return alarms.is_open("self_test_missing", "modem:main")


def come_back(box: Box) -> bool:
    """The last text that left arrives at its own number."""
    to, text = box.air[-1]
    assert to == OWN
    return self_test.arrived(LINE, OWN, text, box.now)


def test_the_first_one_comes_a_day_after_first_sight_and_then_daily(box: Box) -> None:
    first(box)
    come_back(box.later(3 * SECOND))
    box.now = NOON + DAY
    assert looked(box, 2 * DAY + MINUTE) == [24 * 60, 48 * 60]
    assert [to for to, _ in box.air] == [OWN, OWN, OWN]


def test_it_comes_back_is_measured_and_is_no_reply(box: Box) -> None:
    first(box)
    assert come_back(box.later(3200))
    known = sims.get(SIM, box.now)
    assert known is not None and (known.round_trip_ms, known.tested_at) == (3200, box.now)
    # The same once more, as a network that delivers twice does: still ours, and nothing is measured.
    assert come_back(box.later(MINUTE))
    again = sims.get(SIM, box.now)
    assert again is not None and again.round_trip_ms == 3200
    assert not self_test.arrived(LINE, RESIDENT, box.air[-1][1], box.now)
    assert not self_test.arrived(LINE, OWN, "5", box.now)


def test_one_that_stays_away_is_an_alarm_that_ends_when_it_comes(box: Box) -> None:
    first(box)
    looked(box, 10 * MINUTE, every=MINUTE)
    assert not missing(box)
    looked(box, 2 * MINUTE, every=MINUTE)
    assert missing(box)
    come_back(box)
    assert not missing(box)
    looked(box, 5 * MINUTE, every=MINUTE)
    assert not missing(box)
    assert t.Alarm.select().count() == 1


def test_a_number_that_never_brought_one_back_is_texted_twice_and_no_more(box: Box) -> None:
    assert looked(box, 5 * DAY, every=HOUR) == [24 * 60, 48 * 60]
    assert missing(box)
    other = replace(LINE, number="+15415550101")
    assert looked(box, MINUTE, other) == [0]


def test_a_number_that_once_did_is_texted_on_although_the_last_one_is_missing(box: Box) -> None:
    first(box)
    come_back(box.later(SECOND))
    assert looked(box, 3 * DAY, every=HOUR) == [24 * 60, 48 * 60]
    assert missing(box)


def due(box: Box) -> Box:
    return box.later(DAY + HOUR)


def test_nothing_happens_before_the_modem_was_ready_for_a_while(box: Box) -> None:
    due(box)
    line = replace(LINE, ready_since=box.now)
    assert not self_test.look(line, box.config, box.now + 9 * MINUTE)
    assert self_test.look(line, box.config, box.now + 10 * MINUTE)


KEPT_BACK = ["off", "shadow", "hold", "breaker", "pause", "budget", "opted_out", "stranger"]


@pytest.mark.parametrize("why", KEPT_BACK)
def test_it_is_not_queued_while_something_stands_against_it(box: Box, why: str) -> None:
    due(box)
    line, config = LINE, box.config
    with database.transaction():
        if why == "off":
            line = replace(line, every=0)
        elif why == "shadow":
            config = config.model_copy(update={"mode": "shadow"})
        elif why == "hold":
            switches.hold("drill", "sample", box.now)
        elif why == "breaker":
            switches.open_breaker("drill", box.now)
        elif why == "pause":
            sims.pause(SIM, None, "account", box.now)
        elif why == "opted_out":
            contacts.opt_out(numbers.remember(OWN), "stop", box.now)
        elif why == "stranger":
            line = replace(line, sim="8901000000000000009")
    if why == "budget":
        box.take(box.closed())
        box.plan()
        assert box.send()
        line = replace(line, limits=budget.Limits(0, 1, 0, 0))
    before = t.Message.select().count()
    assert not self_test.look(line, config, box.now)
    assert t.Message.select().count() == before
    assert not missing(box)


def test_a_look_that_finds_nothing_writes_nothing(box: Box) -> None:
    look = [t.Message.select().count(), t.Alarm.select().count(), t.Number.select().count()]
    self_test.look(LINE, box.config, box.now)
    assert [t.Message.select().count(), t.Alarm.select().count(), t.Number.select().count()] == look


def test_the_alarm_of_a_self_test_that_is_switched_off_ends(box: Box) -> None:
    first(box)
    looked(box, 40 * MINUTE)
    assert missing(box)
    self_test.look(replace(LINE, every=0), box.config, box.now)
    assert not missing(box)
