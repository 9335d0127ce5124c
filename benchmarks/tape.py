"""When what passed over the modem's port: the first byte of each AT+CMGS, each +CMTI, each end of a send."""

from __future__ import annotations

import threading
from collections.abc import Callable

from appliance import clock

_CR, _LF, _ESC, _CTRL_Z = b"\r"[0], b"\n"[0], 0x1B, 0x1A


class Tape:
    """Listens on a simulated modem (`PtyModem.on_traffic`). All times are monotonic seconds."""

    def __init__(self) -> None:
        self.submits: list[float] = []
        """The first byte of every AT+CMGS."""
        self.results: list[float] = []
        """The OK after every +CMGS."""
        self.refusals: list[float] = []
        """Every +CMS ERROR."""
        self.announcements: list[float] = []
        """Every +CMTI."""
        self._line = bytearray()
        self._began = 0.0
        self._said = bytearray()
        self._accepted = False
        self._changed = threading.Condition()

    def heard(self, to_modem: bool, data: bytes) -> None:
        """Takes what passes, however it is cut."""
        at = clock.monotonic()
        with self._changed:
            if to_modem:
                self._written(data, at)
            else:
                self._spoken(data, at)
            self._changed.notify_all()

    def wait(self, holds: Callable[[], bool], seconds: float, what: str) -> None:
        """Waits until it holds, asked again at each piece that passes."""
        with self._changed:
            if not self._changed.wait_for(holds, seconds):
                raise TimeoutError(f"{what} did not happen within {seconds:g} s")

    def _written(self, data: bytes, at: float) -> None:
        for byte in data:
            if not self._line:
                self._began = at
            if byte not in (_CR, _LF, _ESC, _CTRL_Z):
                self._line.append(byte)
                continue
            if self._line.upper().startswith(b"AT+CMGS="):
                self.submits.append(self._began)
            self._line.clear()

    def _spoken(self, data: bytes, at: float) -> None:
        self._said += data
        *lines, rest = self._said.split(b"\r\n")
        self._said = bytearray(rest)
        for line in lines:
            if line.startswith(b"+CMTI:"):
                self.announcements.append(at)
            elif line.startswith(b"+CMS ERROR:"):
                self.refusals.append(at)
            elif line.startswith(b"+CMGS:"):
                self._accepted = True
            elif line == b"OK" and self._accepted:
                self._accepted = False
                self.results.append(at)
