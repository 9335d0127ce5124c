"""Voice calls in the simulated network: who rings whom, where calls are forwarded, how each of them ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from modem.simulator.timers import Timer, Timers

CADENCE = 3.0
"""Seconds from one RING to the next."""


class Ended(StrEnum):
    """How a call ended for the caller."""

    FORWARDED = "forwarded"
    REJECTED = "rejected"
    ANSWERED = "answered"
    UNANSWERED = "unanswered"
    AWAY = "away"  # the modem was off, out of service or in a call


@dataclass(frozen=True, slots=True)
class Call:
    """One call from outside; `forwarded_to` where it went instead, `caller` None where it is not shown."""

    at: datetime
    caller: str | None
    to: str
    ended: Ended
    forwarded_to: str | None = None


@dataclass(frozen=True, slots=True)
class Forwarding:
    """A rule of +CCFC (3GPP TS 27.007 7.11) for voice: kept by the network, not by modem or SIM."""

    number: str
    is_active: bool


UNCONDITIONAL, BUSY, NO_REPLY, NOT_REACHABLE = range(4)


class Telephone(Protocol):
    """A modem as a caller meets it."""

    @property
    def number(self) -> str:
        """Its SIM's own number."""
        ...

    def can_ring(self) -> bool:
        """Whether a call would reach it now."""
        ...

    def ring(self, caller: str | None) -> None:
        """One ring."""
        ...


class Exchange:
    """Rings modems; everything runs on the simulator's thread."""

    def __init__(self, timers: Timers, wall: Callable[[], datetime]) -> None:
        self._timers = timers
        self._wall = wall
        self.calls: list[Call] = []
        """Every call that has ended, in order."""
        self.on_call: Callable[[Call], None] = _unnoticed
        self.forwarding: dict[tuple[str, int], Forwarding] = {}
        """By number and reason."""
        self._ringing: dict[str, tuple[str | None, Timer]] = {}

    def call(self, caller: str | None, phone: Telephone, seconds: float) -> None:
        """Somebody calls and lets it ring for so long."""
        if self._forwarded(caller, phone.number, UNCONDITIONAL):
            return
        if phone.number in self._ringing:
            if not self._forwarded(caller, phone.number, BUSY):
                self._end(caller, phone.number, Ended.AWAY)
        elif not phone.can_ring():
            if not self._forwarded(caller, phone.number, NOT_REACHABLE):
                self._end(caller, phone.number, Ended.AWAY)
        else:
            self._ring(caller, phone, self._timers.now() + seconds)

    def is_ringing(self, number: str) -> bool:
        """Whether somebody waits for an answer."""
        return number in self._ringing

    def caller(self, number: str) -> str | None:
        """Who it is that rings, if the number is shown."""
        return self._ringing[number][0]

    def hang_up(self, number: str, ended: Ended = Ended.REJECTED) -> bool:
        """The called side ends it or takes it; False where nobody rings."""
        if number not in self._ringing:
            return False
        caller, timer = self._ringing.pop(number)
        timer.cancel()
        self._end(caller, number, ended)
        return True

    def _ring(self, caller: str | None, phone: Telephone, until: float) -> None:
        number = phone.number
        if self._timers.now() >= until or not phone.can_ring():
            self._ringing.pop(number, None)
            if not self._forwarded(caller, number, NO_REPLY):
                self._end(caller, number, Ended.UNANSWERED)
            return
        timer = self._timers.later(CADENCE, lambda: self._ring(caller, phone, until))
        self._ringing[number] = (caller, timer)
        phone.ring(caller)

    def _forwarded(self, caller: str | None, number: str, reason: int) -> bool:
        rule = self.forwarding.get((number, reason))
        if rule is None or not rule.is_active:
            return False
        self._end(caller, number, Ended.FORWARDED, rule.number)
        return True

    def _end(self, caller: str | None, to: str, ended: Ended, forwarded_to: str | None = None) -> None:
        call = Call(self._wall(), caller, to, ended, forwarded_to)
        self.calls.append(call)
        self.on_call(call)


def _unnoticed(_call: Call) -> None:
    """Before anyone listens."""
