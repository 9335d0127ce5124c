"""A clock that may be wrong holds sending, says so, and is trusted again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.clock import DAY, HOUR, MINUTE, SECOND
from appliance.domain import clock_trust
from appliance.domain.clock_trust import Doubt, Signals
from appliance.flow import brakes
from appliance.store import heartbeats, switches
from appliance.upkeep import clock_watch
from appliance.upkeep.clock_watch import ClockWatch
from tests.flow.box import Box, boxed

NOW = 1_772_654_400_000


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    with boxed(tmp_path) as made:
        yield made


class Machine:
    """A machine with or without a time service, whose clock is synchronised or not."""

    def __init__(self, service: bool = False, synchronised: bool = False) -> None:
        self.service, self.synchronised, self.seconds = service, synchronised, 1_000.0

    def watch(self) -> ClockWatch:
        return ClockWatch(lambda: self.service, lambda: self.synchronised, lambda: self.seconds)


DOUBTS = (
    ("all is well", Signals(NOW, NOW - MINUTE, has_service=True, is_synchronised=True), None),
    ("no time service is no doubt", Signals(NOW), None),
    ("not synchronised", Signals(NOW, has_service=True), Doubt.UNSYNCHRONISED),
    ("a small step", Signals(NOW, step=4 * MINUTE), None),
    ("a step ahead", Signals(NOW, step=6 * MINUTE), Doubt.STEPPED),
    ("a step back", Signals(NOW, step=-6 * MINUTE), Doubt.STEPPED),
    ("a little behind", Signals(NOW, NOW + 4 * MINUTE), None),
    ("a day behind", Signals(NOW, NOW + DAY), Doubt.BEHIND),
)


@pytest.mark.parametrize(("signals", "expected"), [row[1:] for row in DOUBTS], ids=[row[0] for row in DOUBTS])
def test_what_gives_doubt(signals: Signals, expected: Doubt | None) -> None:
    assert clock_trust.doubt(signals) == expected


def test_the_kernel_and_the_machine_can_be_asked() -> None:
    assert clock_watch.is_synchronised() in (True, False)
    assert clock_watch.has_service() in (True, False)


def test_a_step_holds_what_is_queued_and_lets_confirmations_go(box: Box) -> None:
    watch = Machine().watch()
    watch.start(box.now)
    box.take(box.closed())
    box.plan()
    watch.look(box.later(SECOND).now, 6 * MINUTE)
    assert brakes.is_all_stopped(box.now)
    assert box.send() == []
    assert ("amber", "clock") in box.alarms()
    box.say("STOP", "+15415550190")
    assert box.send() == ["stop"]
    box.take(box.closed("26-2", phone="+15415550145"))
    box.plan()
    assert box.texts()[-1] == ("stop", "sent")
    released = brakes.release_all("sample", "", box.now)
    assert released.clock
    watch.look(box.later(SECOND).now)
    assert switches.clock_stop() is None
    box.plan()
    assert box.send() == ["closed", "closed"]


def test_a_step_is_forgotten_once_the_time_service_stands_by_the_clock(box: Box) -> None:
    machine = Machine(service=True, synchronised=True)
    watch = machine.watch()
    watch.start(box.now)
    watch.look(box.now, -HOUR)
    machine.seconds += 240
    watch.look(box.now)
    assert switches.clock_stop() is not None
    machine.seconds += 301
    watch.look(box.now)
    assert switches.clock_stop() is None


def test_unsynchronised_ends_when_it_is_synchronised(box: Box) -> None:
    machine = Machine(service=True)
    watch = machine.watch()
    watch.start(box.now)
    stop = switches.clock_stop()
    assert stop is not None
    assert stop.reason == "unsynchronised"
    machine.synchronised = True
    watch.look(box.later(SECOND).now)
    assert switches.clock_stop() is None


def test_a_person_overrules_a_doubt_and_it_is_not_taken_up_again(box: Box) -> None:
    machine = Machine(service=True)
    watch = machine.watch()
    watch.start(box.now)
    brakes.release_all("sample", "", box.now)
    for _ in range(3):
        watch.look(box.later(SECOND).now)
    assert switches.clock_stop() is None
    machine.synchronised = True
    watch.look(box.later(SECOND).now)
    machine.synchronised = False
    watch.look(box.later(SECOND).now)
    assert switches.clock_stop() is not None, "a new doubt is one"


def test_a_clock_that_lost_its_time_holds_until_it_has_passed_what_was_written(box: Box) -> None:
    heartbeats.beat("worker", "ok", box.now + DAY, {})
    watch = Machine().watch()
    watch.start(box.now)
    stop = switches.clock_stop()
    assert stop is not None
    assert stop.reason == "behind"
    watch.look(box.later(DAY).now)
    assert switches.clock_stop() is None
