"""The rungs of the recovery ladder as data: their order, how long each waits, and when the radio may be used.

Times are seconds on one monotonic clock.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Rung(StrEnum):
    """What can be done about a modem, in the order in which it is tried."""

    RESYNC = "resync"  # ESC, drain, ask until an answer is surely its own
    REOPEN = "reopen"  # close the port, open it again, bring up
    REINIT = "reinit"  # the whole bring-up once more
    RADIO_CYCLE = "radio_cycle"  # AT+CFUN=4, then 1
    RESTART = "restart"  # the vendor's reset, or AT+CFUN=1,1
    USB_AUTHORISE = "usb_authorise"  # taken off the USB bus and put back
    HUB_POWER = "hub_power"  # the power of its hub port off and on
    PERSON = "person"  # an alarm; the rungs below go on


CHEAP = frozenset({Rung.RESYNC, Rung.REOPEN, Rung.REINIT})
RADIO = frozenset({Rung.RADIO_CYCLE, Rung.RESTART, Rung.USB_AUTHORISE, Rung.HUB_POWER})
"""Rungs after which the modem attaches to the network anew, which the carrier counts."""


class Outcome(StrEnum):
    """What became of a rung; whether it helped is told by what the modem does next."""

    DONE = "done"
    UNSURE = "unsure"  # no answer, yet it may have been done: counts
    NOT_DONE = "not_done"  # certainly nothing happened to the radio
    IMPOSSIBLE = "impossible"  # this box cannot do it


@dataclass(frozen=True, slots=True)
class Pace:
    """Every wait and threshold of the ladder, in seconds where it is a time."""

    heartbeat_every: float = 30.0
    heartbeat_again: float = 1.0  # after a missed one; a miss itself takes 5 s and more
    misses: int = 3
    falls: int = 2  # losses of a port whose device never went: it has hung
    missing_every: float = 0.5  # a look at a path is cheap, and a replug is to be healed within 5 s
    busy_every: float = 2.0
    parked_every: tuple[float, ...] = (2.0, 5.0, 10.0, 20.0, 30.0)
    cheap_every: float = 5.0  # the same cheap rung again, while a dear one must wait
    healthy_for: float = 600.0
    no_network_for: float = 300.0  # a modem that moves between cells or carriers needs minutes by itself
    fresh_for: float = 30.0  # gammu#552: a reset loop on a port that had just come; a Sierra 320U boots 30 s
    radio_gaps: tuple[float, ...] = (20.0, 60.0, 300.0, 600.0, 900.0, 1800.0, 3600.0)
    radio_per_hour: int = 6
    radio_per_day: int = 30
    person_after: float = 900.0  # of trouble without ten minutes of health, whatever the rungs do


HOUR = 3600.0
DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Attach:
    """A rung that made the modem attach to the network anew."""

    rung: Rung
    at: float


@dataclass(frozen=True, slots=True)
class Record:
    """What is counted of one rung: how often tried and helped, and its last try (`seconds` long)."""

    tried: int = 0
    helped: int = 0
    at: float | None = None
    outcome: Outcome | None = None
    seconds: float = 0.0


def within(attaches: Iterable[Attach], span: float, now: float) -> tuple[Attach, ...]:
    """Those of the last `span` seconds, oldest first."""
    return tuple(sorted((a for a in attaches if a.at > now - span), key=lambda attach: attach.at))


def radio_allowed_at(attaches: tuple[Attach, ...], series: int, now: float, pace: Pace) -> float:
    """From when on the next attach is allowed; in the past where it is allowed now.

    `series`: attaches since the last ten minutes of health. The first of a series needs no wait. The
    second waits 20 s, the time a modem needs to show that the first helped. Then AT&T's back-off: 1, 5,
    10, 15, 30 min, then every hour. That is six in the first hour (AT&T: fewer than 19, ideally fewer
    than 6) and 29 in a day, which the two caps hold for a modem that recovers and hangs again, too.
    """
    if not attaches:
        return now
    gap = pace.radio_gaps[min(series, len(pace.radio_gaps)) - 1] if series else 0.0
    allowed = max(attach.at for attach in attaches) + gap
    for span, most in ((HOUR, pace.radio_per_hour), (DAY, pace.radio_per_day)):
        lately = within(attaches, span, now)
        if len(lately) >= most:
            allowed = max(allowed, lately[-most].at + span)
    return allowed
