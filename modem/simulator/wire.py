"""Between a modem and its port: what passes is counted, and may end after any byte."""

from __future__ import annotations

import re
from collections.abc import Callable

from modem.simulator.faults import Armed, Faults

_RESTART = re.compile(rb"AT\+CFUN=1,1\r", re.IGNORECASE)
_KEPT = 64
"""Bytes a mute modem remembers of what was written, to know AT+CFUN=1,1 however it is cut."""


class Wire:
    """Carries bytes both ways until a fault ends that: `vanish` takes the port away, or it is mute.

    A modem that is mute works on; it only hears and says nothing, until what the fault names happens.
    """

    def __init__(self, faults: Faults, write: Callable[[bytes], None], hear: Callable[[bytes], None]) -> None:
        self._faults = faults
        self._write = write
        self._hear = hear
        self._until = ""  # what ends being mute; "": it is not
        self._swallowed = bytearray()
        self.vanish: Callable[[float], None] = _no_port
        self.restart: Callable[[], None] = _no_restart
        self.on_mute: Callable[[], None] = _no_restart
        """Called when it falls mute until the port is opened anew."""

    @property
    def is_mute(self) -> bool:
        """Whether it neither hears nor says anything."""
        return self._until != ""

    def written(self, data: bytes) -> None:
        """Bytes from the program."""
        if self._faults.active("silence"):
            return
        if self.is_mute:
            self._swallow(data)
            return
        cut = self._faults.cut("written", len(data))
        if cut is None:
            self._hear(data)
            return
        armed, passing = cut
        self._hear(data[: max(0, passing - 1)])
        self._until = "power"  # nothing comes back to the last byte that is heard
        self._hear(data[max(0, passing - 1) : passing])
        if self._falls_mute(armed):
            self._swallow(data[passing:])

    def said(self, data: bytes) -> None:
        """Bytes from the modem."""
        if self.is_mute or self._faults.active("silence"):
            return
        cut = self._faults.cut("said", len(data))
        if cut is None:
            self._write(data)
            return
        armed, passing = cut
        self._write(data[:passing])
        self._falls_mute(armed)

    def opened(self) -> None:
        """A program opened the port anew."""
        if self._until == "open":
            self.powered()

    def powered(self) -> None:
        """The modem has been switched on: whatever it was, it is over."""
        self._until = ""
        self._swallowed.clear()

    def _falls_mute(self, armed: Armed) -> bool:
        if armed.name == "unplug":
            self._until = ""
            self.vanish(armed.number("back"))
            return False
        self._until = armed.text("until")
        if self._until == "open":
            self.on_mute()
        return True

    def _swallow(self, data: bytes) -> None:
        if self._until != "restart":
            return
        self._swallowed += data
        if _RESTART.search(self._swallowed):
            self._swallowed.clear()
            self.restart()
        del self._swallowed[:-_KEPT]


def _no_port(_back: float) -> None:
    """A modem without a port cannot lose it."""


def _no_restart() -> None:
    """Before the modem is switched on."""
