"""A simulated modem without a thread: the test holds its clock and reads what it says."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from modem.pdu import SubmitPart, encode_submit
from modem.simulator.modem import SimulatedModem
from modem.simulator.network import Network
from modem.simulator.timers import Timers

RESIDENT = "+15415550123"
OWN = "+15415550101"
WALL = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
CTRL_Z, ESC = b"\x1a", b"\x1b"
OK = b"\r\nOK\r\n"


def info(*lines: bytes) -> bytes:
    """One information text and OK, as they come with ATV1."""
    return b"\r\n" + b"\r\n".join(lines) + b"\r\n" + OK


class Clock:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


class Conversation:
    """Bytes to the modem, bytes back; echo is off, errors are numbers, arrivals are announced."""

    def __init__(self, network: Network | None = None, *, fresh: bool = False, **options: Any) -> None:
        self.clock = Clock()
        self.network = network or Network(timers=Timers(clock=self.clock), wall=lambda: WALL)
        self.heard = bytearray()
        self.modem = SimulatedModem(self.network, self.heard.extend, **options)
        self.faults = self.modem.faults
        if not fresh:
            assert self.say(b"ATE0+CMEE=1;+CNMI=2,1,0,1,0\r").endswith(b"\r\nOK\r\n")

    def say(self, data: bytes) -> bytes:
        """What the modem answers at once."""
        self.modem.feed(data)
        return self.listen()

    def listen(self, seconds: float = 0.0) -> bytes:
        """What it has said after so many simulated seconds; its timers run in steps of 10 ms."""
        end = self.clock.seconds + seconds
        self.network.timers.run_due()
        while self.clock.seconds < end - 1e-9:
            self.clock.seconds = min(end, self.clock.seconds + 0.01)
            self.network.timers.run_due()
        heard = bytes(self.heard)
        self.heard.clear()
        return heard

    def hand_over(self, part: SubmitPart) -> bytes:
        """One PDU through the prompt: everything the modem says from the command on."""
        return self.say(b"AT+CMGS=%d\r" % part.length) + self.say(part.hex.encode() + CTRL_Z)

    def send(self, text: str = "On our way", to: str = RESIDENT) -> bytes:
        """A whole text; what the modem says to all its parts."""
        parts = encode_submit(to, text, reference=7, validity_seconds=3600)
        return b"".join(self.hand_over(part) for part in parts)
