"""A port whose name leads elsewhere is lost, though it says nothing of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from modem.errors import PortLost
from modem.followed import LOOK_EVERY, FollowedStream
from tests.modem.scripted import FakeClock, ScriptedStream


class Wire:
    """A link to one of two files, and a stream that stays silent whatever happens to them."""

    def __init__(self, folder: Path) -> None:
        self.link = folder / "modem"
        self.here, self.there = folder / "here", folder / "there"
        self.here.touch()
        self.there.touch()
        self.link.symlink_to(self.here)
        self.clock = FakeClock()
        self.inner = ScriptedStream(self.clock, lambda data: [])
        self.stream = FollowedStream(self.inner, str(self.link), self.clock)

    def lead(self, where: Path) -> None:
        self.link.unlink()
        self.link.symlink_to(where)


@pytest.fixture
def wire(tmp_path: Path) -> Wire:
    return Wire(tmp_path)


def test_a_silent_port_is_lost_within_a_second_of_its_name_leading_elsewhere(wire: Wire) -> None:
    wire.lead(wire.there)
    began = wire.clock.now
    with pytest.raises(PortLost, match="leads elsewhere"):
        wire.stream.read(180)
    assert wire.clock.now - began <= 2 * LOOK_EVERY
    assert wire.inner.closed


def test_a_name_that_is_gone_is_lost_too(wire: Wire) -> None:
    wire.link.unlink()
    with pytest.raises(PortLost):
        wire.stream.read(180)


def test_a_name_that_stays_changes_nothing(wire: Wire) -> None:
    began = wire.clock.now
    assert wire.stream.read(30) == b""
    assert wire.clock.now - began == pytest.approx(30)
    wire.inner.say(b"OK\r\n", after=12)
    assert wire.stream.read(30) == b"OK\r\n"


def test_an_interrupt_ends_the_wait_at_once(wire: Wire) -> None:
    wire.stream.interrupt()
    began = wire.clock.now
    assert wire.stream.read(30) == b""
    assert wire.clock.now == began


def test_a_name_that_could_not_be_looked_at_is_not_followed(tmp_path: Path) -> None:
    clock = FakeClock()
    stream = FollowedStream(ScriptedStream(clock, lambda data: []), str(tmp_path / "none"), clock)
    assert stream.read(5) == b""


def test_an_interrupt_in_the_last_moment_of_a_second_is_one_all_the_same(wire: Wire) -> None:
    """A text that is queued then must not wait for the end of the whole wait."""
    read = wire.inner.read

    def interrupted_at_its_end(timeout: float) -> bytes:
        data = read(timeout)
        wire.stream.interrupt()
        return data

    wire.inner.read = interrupted_at_its_end  # type: ignore[method-assign]
    began = wire.clock.now
    assert wire.stream.read(30) == b""
    assert wire.clock.now - began == pytest.approx(LOOK_EVERY)
