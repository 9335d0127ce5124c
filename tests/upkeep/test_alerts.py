"""People on call are texted about a red alarm nobody has seen: after 60 s, every 2 min, five times."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.clock import MINUTE, SECOND
from appliance.domain.records import AlarmLevel
from appliance.store import alarms, contacts, database, numbers
from appliance.store import models as t
from appliance.upkeep import alerts
from tests.flow.box import ON_CALL, RESIDENT, Box, boxed


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    with boxed(tmp_path) as made:
        yield made


def ring(box: Box, subject: str = "number:1", level: AlarmLevel = AlarmLevel.RED) -> int:
    with database.transaction():
        return alarms.raise_alarm("red_text", level, subject, box.now)


def rung(box: Box, minutes: int) -> list[int]:
    """The seconds after now at which texts are queued, looked at every ten seconds."""
    began, times = box.now, []
    for _ in range(minutes * 6):
        times += [(box.now - began) // SECOND] * alerts.alert_on_call(box.config, box.now)
        box.later(10 * SECOND)
    return times


def test_after_a_minute_then_every_two_five_times(box: Box) -> None:
    ring(box)
    assert rung(box, 30) == [60, 180, 300, 420, 540]


def test_the_worker_knows_when_the_next_one_is_due(box: Box) -> None:
    assert alerts.next_due(box.now) is None
    ring(box)
    assert alerts.next_due(box.now) == box.now + MINUTE
    assert alerts.next_due(box.now + MINUTE) == box.now + 3 * MINUTE
    assert alerts.next_due(box.now + 10 * MINUTE) is None


def test_an_acknowledged_or_closed_alarm_rings_no_more(box: Box) -> None:
    first, second = ring(box), ring(box, "number:2")
    with database.transaction():
        alarms.acknowledge(first, "sample", box.now)
        alarms.close(second, "sample", "no_danger", box.now)
    assert rung(box, 5) == []


def test_amber_never_rings(box: Box) -> None:
    ring(box, level=AlarmLevel.AMBER)
    assert rung(box, 5) == []


def test_a_resident_who_keeps_texting_does_not_put_it_off(box: Box) -> None:
    """Each new text counts into the same alarm; the minute runs from the first nobody has seen."""
    began, times = box.now, []
    for turn in range(60):
        if turn % 4 == 0:
            ring(box)
        times += [(box.now - began) // SECOND] * alerts.alert_on_call(box.config, box.now)
        box.later(10 * SECOND)
    assert times == [60, 180, 300, 420, 540]


def test_a_new_text_after_an_acknowledgement_rings_anew(box: Box) -> None:
    alarm = ring(box)
    box.later(30 * SECOND)
    with database.transaction():
        alarms.acknowledge(alarm, "sample", box.now)
    box.later(10 * MINUTE)
    ring(box)
    assert rung(box, 4) == [60, 180]


def test_a_new_text_after_the_last_turn_rings_anew(box: Box) -> None:
    ring(box)
    rung(box, 20)
    ring(box)
    assert rung(box, 4) == [60, 180]


def test_a_worker_that_was_away_sends_the_turn_that_is_due_once(box: Box) -> None:
    ring(box)
    box.later(4 * MINUTE)
    assert [alerts.alert_on_call(box.config, box.now) for _ in range(3)] == [1, 0, 0]


def test_it_names_nobody_and_repeats_nothing(box: Box) -> None:
    box.say("he is outside with a gun")
    box.later(MINUTE)
    alerts.alert_on_call(box.config, box.now)
    alert = t.Message.get(t.Message.kind == "alert")
    assert alert.number.e164 == ON_CALL
    assert "gun" not in alert.text
    assert RESIDENT[-4:] not in alert.text
    assert t.Part.select().where(t.Part.message == alert.id).count() == 1


def test_in_shadow_nothing_leaves(tmp_path: Path) -> None:
    with boxed(tmp_path, "shadow") as box:
        ring(box)
        box.later(MINUTE)
        alerts.alert_on_call(box.config, box.now)
        assert box.texts() == [("alert", "shadow")]


def test_a_number_on_call_that_said_stop_gets_none(box: Box) -> None:
    with database.transaction():
        contacts.opt_out(numbers.remember(ON_CALL), "stop", box.now)
    ring(box)
    assert rung(box, 5) == []


def test_a_number_that_is_none_is_passed_over(box: Box) -> None:
    agency = box.config.agency.model_copy(update={"on_call": ("911", ON_CALL)})
    box.config = box.config.model_copy(update={"agency": agency})
    ring(box)
    assert rung(box, 2) == [60]
