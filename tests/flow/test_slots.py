"""A memory that fills up, a slot that cannot be emptied: alarms that come and go by themselves."""

from __future__ import annotations

import pytest

from appliance.clock import DAY, HOUR
from appliance.flow import slots
from appliance.flow.slots import Place, Slots
from appliance.store import alarms
from tests.flow.box import Box

ONE, TWO = Place("SM", 1, "AA"), Place("SM", 2, "BB")


@pytest.mark.parametrize(
    ("used", "total", "was", "fills"),
    [
        (0, 0, False, False),
        (0, 0, True, False),
        (20, 30, False, False),
        (21, 30, False, True),
        (30, 30, False, True),
        (15, 30, True, True),
        (14, 30, True, False),
        (15, 30, False, False),
        (5, 5, False, True),
    ],
)
def test_how_full_is_too_full(used: int, total: int, was: bool, fills: bool) -> None:
    assert slots.is_filling(used, total, was=was) is fills


def test_the_alarm_of_a_memory_comes_and_goes(box: Box) -> None:
    said = [
        slots.heed_occupancy("main", "SM", used, 30, box.later(HOUR).now) for used in (10, 21, 25, 16, 14, 20)
    ]
    assert said == [False, True, True, True, False, False]
    (alarm,) = alarms.recent()
    assert (alarm.code, alarm.outcome, alarm.count) == ("storage_filling", "cleared", 1)
    assert alarm.details["sentence"] == "The message memory SM of the modem main is filling up: 21 of 30."


def test_each_memory_has_its_own(box: Box) -> None:
    slots.heed_occupancy("main", "SM", 30, 30, box.now)
    slots.heed_occupancy("main", "ME", 0, 100, box.now)
    slots.heed_occupancy("other", "SM", 30, 30, box.now)
    assert sorted(alarm.subject for alarm in alarms.open_alarms()) == ["modem:main/SM", "modem:other/SM"]


class TestStuck:
    def test_three_tries_are_an_alarm_which_clears_by_itself(self, box: Box) -> None:
        held = Slots("main")
        assert held.settle([ONE], box.now) == [ONE]
        assert held.settle([ONE, TWO], box.now) == [TWO]
        assert box.alarms() == []
        assert held.settle([ONE, TWO], box.now) == []
        assert box.alarms() == [("amber", "slot_stuck")]
        held.settle([TWO], box.now)
        assert len(alarms.open_alarms()) == 1
        held.settle([], box.now)
        assert alarms.open_alarms() == []

    def test_a_slot_that_is_emptied_in_between_counts_anew(self, box: Box) -> None:
        held = Slots("main")
        for stuck in ([ONE], [ONE], [], [ONE], [ONE]):
            held.settle(stuck, box.now)
        assert box.alarms() == []

    def test_another_text_in_the_same_slot_counts_anew(self, box: Box) -> None:
        held = Slots("main")
        for pdu in ("AA", "BB", "CC", "DD"):
            held.settle([Place("SM", 1, pdu)], box.now)
        assert box.alarms() == []

    def test_after_a_restart_an_open_alarm_still_clears(self, box: Box) -> None:
        first = Slots("main")
        for _ in range(3):
            first.settle([ONE], box.now)
        Slots("main").settle([], box.now)
        assert alarms.open_alarms() == []

    def test_a_text_that_stays_is_kept_again_once_a_day(self, box: Box) -> None:
        held = Slots("main")
        assert not held.is_kept(ONE, box.now)
        held.kept(ONE, box.now)
        held.settle([ONE], box.now)
        assert held.is_kept(ONE, box.later(DAY - HOUR).now)
        assert not held.is_kept(ONE, box.later(HOUR).now)

    def test_what_is_gone_is_forgotten(self, box: Box) -> None:
        held = Slots("main")
        held.kept(ONE, box.now)
        held.settle([], box.now)
        assert not held.is_kept(ONE, box.now)
