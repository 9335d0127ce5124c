"""A device on a simulated modem behind a real pty, as the catalogue's tests use it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from modem.device import Device
from modem.notices import Notice
from modem.ports import open_port
from modem.simulator.network import Network
from modem.simulator.pty import PtyModem
from modem.simulator.timers import Loop
from tests.modem.scripted import PDU_OUT_LENGTH, FakeMemory

TEXT = "0021000B915114550521F3000005E8329BFD06"  # "hello" to +15415550123, a report asked for
LENGTH = PDU_OUT_LENGTH
RESIDENT = "+15415550123"


@contextmanager
def plugged_in(folder: Path, **options: Any) -> Iterator[PtyModem]:
    """A simulated modem that is there from now on; `options` as the simulator's."""
    network = Network(timers=Loop())
    with PtyModem(folder / "modem", network, **options) as modem:
        yield modem
    network.timers.stop()


def opened(modem: PtyModem, memory: FakeMemory | None = None, **settings: Any) -> Device:
    """A device on it, not yet brought up."""
    stream = open_port(str(modem.link))
    memory = memory or FakeMemory()
    return Device("main", stream, memory=memory, monotonic=time.monotonic, **settings)


@contextmanager
def working(modem: PtyModem, **settings: Any) -> Iterator[Device]:
    """A device that is up, and closed at the end."""
    device = opened(modem, **settings)
    try:
        device.bring_up()
        device.notices()
        yield device
    finally:
        device.close()


def send(device: Device) -> int:
    return device.send_part(TEXT, LENGTH)


def heard(device: Device, kind: type[Notice], count: int = 1) -> list[Notice]:
    """The notices of a kind, once there are as many; fails after ten seconds."""
    found: list[Notice] = []
    until = time.monotonic() + 10
    while len(found) < count:
        assert time.monotonic() < until, found
        device.wait(1)
        found += [notice for notice in device.notices() if isinstance(notice, kind)]
    return found


def delivered(modem: PtyModem) -> None:
    """Waits until what is on its way has been stored; fails where nothing ever comes."""
    storage = modem.modem.equipment.storage
    is_there = modem.network.wait_for(lambda: storage["MT"].used() > 0 and modem.network.waiting() == 0)
    assert is_there
