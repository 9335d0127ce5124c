"""What AT commands cannot do for a hung modem, asked of root: off the USB bus and back, power off and on.

The worker has no root. It leaves a file that holds a USB path and nothing else; `modem.reset_root`, started
by aftercall-usb-reset.path, takes it, looks whether a known modem is there, acts, and leaves the answer in a
folder of its own. `modem/supervisor.py` says when a reset is due at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from modem.rungs import Outcome, Rung

REQUESTS = Path("/run/aftercall/usb-reset")
ANSWERS = Path("/run/aftercall-usb-reset")
USB_PATH = re.compile(r"[0-9]{1,3}-[0-9]{1,3}(\.[0-9]{1,3}){0,6}")
"""A device's place, as in /sys/bus/usb/devices: bus, root port, and a port for each of at most six hubs."""

TAKEN_WITHIN = 10.0
"""Seconds until the root side must have taken the request; a slow box needs two to start it."""
ANSWERED_WITHIN = 40.0
"""Seconds from then to the answer; uhubctl alone may take thirty."""
LOOK_EVERY = 0.1


class Kind(StrEnum):
    AUTHORISE = "authorise"
    POWER = "power"


KIND_OF: Mapping[Rung, Kind] = {Rung.USB_AUTHORISE: Kind.AUTHORISE, Rung.HUB_POWER: Kind.POWER}


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a request, and in a sentence why."""

    outcome: Outcome
    sentence: str


class UsbResets:
    """The asking side, one request at a time for each modem."""

    def __init__(self, requests: Path = REQUESTS, answers: Path = ANSWERS) -> None:
        self._requests = requests
        self._answers = answers

    def carry_out(
        self,
        kind: Kind,
        usb_path: str,
        *,
        rest: Callable[[float], object],
        monotonic: Callable[[], float],
    ) -> Answer:
        """Asks, and waits for the answer; the port must be closed before. `rest` waits so many seconds.

        Where nobody takes the request, it is taken back: that box has no root side.
        """
        if not USB_PATH.fullmatch(usb_path):
            raise ValueError(f"{usb_path!r} is not a USB path")
        name = f"{kind}-{usb_path}"
        before = self._stamp(name)
        try:
            self._ask(name, usb_path)
        except OSError as error:
            return Answer(Outcome.IMPOSSIBLE, f"USB resets are not set up on this box ({error.strerror}).")
        until, taken = monotonic() + TAKEN_WITHIN, False
        while monotonic() < until:
            if self._stamp(name) != before:
                return self._answer(name)
            if not taken and not (self._requests / name).exists():
                until, taken = monotonic() + ANSWERED_WITHIN, True
            rest(LOOK_EVERY)
        return self._withdraw(name)

    def _ask(self, name: str, usb_path: str) -> None:
        # Whole or not at all: the root side starts as soon as the name is there.
        unseen = self._requests / f".{name}"
        unseen.write_text(f"{usb_path}\n", encoding="ascii")
        unseen.replace(self._requests / name)

    def _stamp(self, name: str) -> tuple[int, int] | None:
        try:
            found = (self._answers / name).stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns

    def _answer(self, name: str) -> Answer:
        said = (self._answers / name).read_text(encoding="utf-8")
        word, _, sentence = said.partition(" ")
        return Answer(Outcome(word), sentence.strip())

    def _withdraw(self, name: str) -> Answer:
        try:
            (self._requests / name).unlink()
        except FileNotFoundError:
            return Answer(Outcome.UNSURE, "The USB reset was begun and has not ended.")
        return Answer(
            Outcome.IMPOSSIBLE, "Nobody does USB resets here: aftercall-usb-reset.path is not running."
        )
