"""Plugged in and out again, for years: no descriptor, no thread and no lock stays behind.

Here a few hundred times; `make soak` does it ten thousand times.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import serial

from modem.channel import Channel
from modem.device import Device
from modem.errors import ModemError, PortBusy, PortLost, SendUnknown
from modem.ports import open_port
from modem.serial_port import SerialPort, open_serial
from modem.simulator.network import Network
from modem.simulator.pty import PtyModem
from modem.simulator.timers import Loop
from modem.trace import TracedStream
from tests.modem.scripted import PDU_OUT, PDU_OUT_LENGTH, FakeMemory

AT_ONCE = 20.0
"""Real seconds in which a waiter of a minute must be back, on the busiest machine."""


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


def threads() -> set[threading.Thread]:
    return set(threading.enumerate())


def device_on(modem: PtyModem) -> Device:
    stream = TracedStream(open_port(str(modem.link)), time.monotonic)
    return Device("main", stream, memory=FakeMemory(), monotonic=time.monotonic)


def unplugged_while_waiting(modem: PtyModem) -> None:
    device = device_on(modem)
    device.send_part(PDU_OUT, PDU_OUT_LENGTH)
    modem.unplug()
    with pytest.raises(PortLost):
        device.wait(60)
    device.close()


def unplugged_while_sending(modem: PtyModem) -> None:
    device = device_on(modem)
    with pytest.raises((PortLost, SendUnknown)):
        device.send_part(PDU_OUT, PDU_OUT_LENGTH, before_ctrl_z=modem.unplug)
    device.close()


def unplugged_before_a_command(modem: PtyModem) -> None:
    device = device_on(modem)
    modem.unplug()
    with pytest.raises(PortLost):
        device.health()
    device.close()
    device.close()


def closed_by_us(modem: PtyModem) -> None:
    device = device_on(modem)
    device.wake()
    device.wait(60)
    device.close()
    device.wake()
    modem.unplug()


def opened_twice(modem: PtyModem) -> None:
    device = device_on(modem)
    with pytest.raises(PortBusy):
        open_port(str(modem.link))
    modem.unplug()
    device.close()
    with pytest.raises(ModemError):
        open_port(str(modem.link))


WAYS: tuple[Callable[[PtyModem], None], ...] = (
    unplugged_while_waiting,
    unplugged_while_sending,
    unplugged_before_a_command,
    closed_by_us,
    opened_twice,
)


def cycle(modem: PtyModem, number: int) -> None:
    """Plugged in, used, plugged out, in one of the `WAYS` by turns."""
    way = WAYS[number % len(WAYS)]
    began = time.monotonic()
    try:
        way(modem)
    finally:
        modem.replug()
    took = time.monotonic() - began
    assert took < AT_ONCE, f"{way.__name__} took {took:.1f} s"


@pytest.fixture
def modem(tmp_path: Path) -> Iterator[PtyModem]:
    network = Network(timers=Loop())
    with PtyModem(tmp_path / "modem", network) as simulated:
        yield simulated
    network.timers.stop()


@pytest.mark.parametrize("way", range(len(WAYS)), ids=[way.__name__ for way in WAYS])
def test_no_descriptor_and_no_thread_stays_behind(modem: PtyModem, way: int) -> None:
    cycle(modem, way)
    before = descriptors(), threads()
    for _ in range(60):
        cycle(modem, way)
    assert (descriptors(), threads()) == before


def test_a_failed_opening_leaves_nothing(tmp_path: Path) -> None:
    before = descriptors()
    for path in (tmp_path / "none", Path("/dev/null"), tmp_path):
        for _ in range(50):
            with pytest.raises(ModemError):
                open_serial(str(path))
    assert descriptors() == before


class Wired(serial.Serial):
    """A port whose descriptor is a socket's: its far end closed, it is readable with nothing to read."""

    def __init__(self, end: socket.socket) -> None:
        super().__init__()
        self.end = end

    def fileno(self) -> int:
        return self.end.fileno()

    def close(self) -> None:
        if hasattr(self, "end"):
            self.end.close()


def test_readable_with_nothing_to_read_is_lost_at_once() -> None:
    """Some ports give b"" for ever after an unplug, where others give EIO."""
    before = descriptors()
    for _ in range(100):
        far, near = socket.socketpair()
        near.setblocking(False)
        channel = Channel(SerialPort(Wired(near), "socket"), time.monotonic)
        far.close()
        began = time.monotonic()
        with pytest.raises(PortLost):
            channel.listen(60)
        assert channel.lost
        assert time.monotonic() - began < AT_ONCE
    assert descriptors() == before
