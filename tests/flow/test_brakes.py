"""The breaker and its release, the pace of what had to wait, and what came too late for any text."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.clock import DAY, HOUR, MINUTE, SECOND
from appliance.flow import brakes
from appliance.store import alarms, database, switches
from appliance.store import models as t
from tests.flow.box import Box, boxed, local


def flood(box: Box, count: int, start: int = 0) -> None:
    box.take(*(box.closed(f"26-{start + n}", phone=f"+1541555{100 + start + n:04d}") for n in range(count)))
    box.plan()


def went_live(box: Box) -> None:
    with database.transaction():
        switches.went_live(box.now)


def test_the_first_person_lets_notices_go_and_the_second_all(box: Box) -> None:
    went_live(box)
    flood(box, 34)
    assert box.send() == []
    box.later(SECOND)
    assert brakes.release_all("cli:one", "looked at the feed", box.now).breaker == "notices"
    box.plan()
    assert len(box.send()) == 31
    assert switches.breaker() is not None
    assert brakes.release_all("cli:one", "again", box.now).breaker == "notices", "the same person counts once"
    assert brakes.release_all("cli:two", "looked as well", box.now).breaker == "all"
    assert switches.breaker() is None
    assert ("breaker", "box") not in {(a.code, a.subject) for a in alarms.open_alarms()}


def test_a_release_by_one_ends_after_half_an_hour(box: Box) -> None:
    went_live(box)
    flood(box, 31)
    brakes.release_all("cli:one", "", box.now)
    box.plan()
    box.send()
    box.later(30 * MINUTE)
    box.take(box.closed("26-late", phone="+15415550190"))
    box.plan()
    assert box.send() == []
    assert not brakes.are_notices_free(box.now)


def test_a_release_by_one_lets_no_more_than_sixty_out(tmp_path: Path) -> None:
    with boxed(tmp_path, limits={"sim_per_minute": 0}) as box:
        went_live(box)
        flood(box, 31)
        brakes.release_all("cli:one", "", box.now)
        flood(box, 80, start=31)
        box.later(29 * MINUTE)
        box.plan()
        assert len(box.send()) <= 30 + 60 + 1


def test_surveys_and_their_questions_wait_for_the_second_person(box: Box) -> None:
    box.invited()
    went_live(box)
    with database.transaction():
        switches.open_breaker("sample", box.now)
    brakes.release_all("cli:one", "", box.now)
    box.say("5")
    assert box.send() == []
    assert box.queued() == ["q_listened"]
    brakes.release_all("cli:two", "", box.now)
    assert box.send() == ["q_listened"]


def test_where_nothing_ever_left_one_person_is_enough(box: Box) -> None:
    flood(box, 31)
    assert brakes.release_all("cli:one", "", box.now).breaker == "all"


def test_a_wave_of_stops_opens_it(box: Box) -> None:
    for hour in range(5):
        flood(box, 20, start=20 * hour)
        box.send()
        box.later(61 * MINUTE)
    box.now = local(12, day=5)
    for n in range(5):
        box.say("STOP", f"+1541555{100 + n:04d}")
    box.send()
    box.take(box.closed("26-one-more", phone="+12065550123"))
    box.plan()
    reason = switches.breaker()
    assert reason is not None
    assert "STOP" in reason.reason
    assert box.queued() == []


@pytest.mark.parametrize("switch", ["hold", "clock"])
def test_what_a_switch_made_wait_leaves_two_a_minute_and_fresh_texts_at_once(box: Box, switch: str) -> None:
    with database.transaction():
        if switch == "hold":
            switches.hold("Sample drill", "sample", box.now)
        else:
            switches.stop_for_clock("stepped", box.now)
    flood(box, 8)
    assert box.texts() == []
    brakes.release_all("cli:one", "", box.later(MINUTE).now)
    box.plan()
    left = [len(box.send())]
    box.take(box.closed("26-fresh", phone="+12065550123"))
    box.plan()
    left.append(len(box.send()))
    for _ in range(4):
        box.later(MINUTE)
        left.append(len(box.send()))
    assert left == [1, 1, 2, 2, 2, 1]


def test_a_year_dropped_at_once_texts_nobody_and_says_how_many(box: Box) -> None:
    year = [
        box.closed(f"25-{n}", received_at=at, dispatched_at=at, closed_at=at + HOUR, phone="+15415550145")
        for n in range(600)
        for at in [box.now - DAY * 365 + n * 14 * HOUR]
        if at + HOUR < box.now - DAY
    ]  # fmt: skip
    for start in range(0, len(year), 200):
        box.take(*year[start : start + 200])
    box.later(SECOND).plan()
    assert box.texts() == []
    assert set(box.fates().values()) == {"too_old"}
    told = [a for a in alarms.open_alarms() if a.code == "stale_calls"]
    assert [a.details["calls"] for a in told] == [len(year)]
    assert switches.breaker() is None
    box.take(box.closed("26-fresh", phone="+12065550123"))
    box.plan()
    assert box.send() == ["closed"]


def test_a_late_row_or_two_is_no_backlog(box: Box) -> None:
    at = box.now - 3 * DAY
    box.take(*(box.closed(f"26-{n}", received_at=at, dispatched_at=at, closed_at=at) for n in range(9)))
    assert box.alarms() == []
    assert t.Event.select().count() == 18
