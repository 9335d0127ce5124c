"""Finds and opens the port a modem is at: a by-id path, a ttyUSB, a pty or a link to one."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from modem.errors import PortMissing
from modem.serial_port import BAUD, open_serial
from modem.stream import ByteStream

BY_ID = Path("/dev/serial/by-id")


@dataclass(frozen=True, slots=True)
class PortSeen:
    """A port that could be a modem's: the name that stays over a replug, and where it leads today."""

    path: str
    device: str


def open_port(path: str, baud: int = BAUD) -> ByteStream:
    """The port at `path`, links followed on every call, since a modem comes back under another number.

    Raises PortMissing, PortBusy, PortLost.
    """
    target = os.path.realpath(path)
    if not os.path.exists(target):
        raise PortMissing(f"There is no modem at {path}. It is opened as soon as it appears.")
    return open_serial(target, baud)


def seen(folder: Path = BY_ID) -> list[PortSeen]:
    """The ports that have a lasting name, in the order of their names; none where udev made no links."""
    if not folder.is_dir():
        return []
    return [PortSeen(str(link), os.path.realpath(link)) for link in sorted(folder.iterdir())]
