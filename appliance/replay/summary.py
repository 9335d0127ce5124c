"""What a replay adds up to: texts by event, hour and day, refusals by reason, and what a SIM makes of it."""

from __future__ import annotations

import math
from collections import Counter, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from statistics import median
from zoneinfo import ZoneInfo

from appliance.clock import DAY, HOUR, Instant, to_datetime
from appliance.domain.budget import Limits
from appliance.domain.records import Verdict
from appliance.replay.engine import Outcome

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(slots=True)
class _Peak:
    """The most within any span, however it lies, and when it ended."""

    span: int
    most: int = 0
    at: Instant | None = None
    _recent: deque[Instant] = field(default_factory=deque)

    def add(self, at: Instant) -> None:
        self._recent.append(at)
        while self._recent[0] <= at - self.span:
            self._recent.popleft()
        if len(self._recent) > self.most:
            self.most, self.at = len(self._recent), at


class Tally:
    """Adds outcomes up as they come, in the order of time; nothing of a single call is kept."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self.events: Counter[str] = Counter()
        self.texts: Counter[str] = Counter()
        self.refused: Counter[tuple[str, str]] = Counter()
        self.hours: Counter[int] = Counter()
        self.weekdays: Counter[int] = Counter()
        self.days: Counter[date] = Counter()
        self.hour, self.day = _Peak(HOUR), _Peak(DAY)
        self.numbers_a_day = 0
        self._numbers: dict[str, Instant] = {}

    def add(self, outcome: Outcome) -> None:
        """One more event that is decided."""
        self.events[outcome.kind] += 1
        if outcome.verdict is not Verdict.SEND:
            self.refused[outcome.kind, outcome.reason] += 1
            return
        self.texts[outcome.kind] += 1
        local = to_datetime(outcome.at).astimezone(self._zone)
        self.hours[local.hour] += 1
        self.weekdays[local.weekday()] += 1
        self.days[local.date()] += 1
        self.hour.add(outcome.at)
        self.day.add(outcome.at)
        if outcome.number is not None:
            self._count_number(outcome.number, outcome.at)

    def _count_number(self, number: str, at: Instant) -> None:
        self._numbers.pop(number, None)
        self._numbers[number] = at
        while (oldest := next(iter(self._numbers))) and self._numbers[oldest] <= at - DAY:
            del self._numbers[oldest]
        self.numbers_a_day = max(self.numbers_a_day, len(self._numbers))

    @property
    def total(self) -> int:
        return sum(self.texts.values())

    def a_day(self) -> tuple[int, float, int]:
        """The least, the median and the most texts of a day on which any left."""
        counts = sorted(self.days.values()) or [0]
        return counts[0], float(median(counts)), counts[-1]


@dataclass(frozen=True, slots=True)
class Need:
    """One limit of a SIM against the busiest time: how many SIMs it would take so that nothing waits."""

    limit: str
    allowed: int
    busiest: int
    sims: int


def needs(tally: Tally, limits: Limits) -> list[Need]:
    """What the busiest hour and day ask of the SIM; a limit of 0 is none and asks nothing."""
    asked = (
        ("sim_per_hour", limits.per_hour, tally.hour.most),
        ("sim_per_day", limits.per_day, tally.day.most),
        ("sim_recipients_per_day", limits.recipients_per_day, tally.numbers_a_day),
    )
    return [
        Need(name, allowed, busiest, math.ceil(busiest / allowed))
        for name, allowed, busiest in asked
        if allowed
    ]


def modems(found: Iterable[Need]) -> int:
    """How many modems it would take: as many as the tightest limit asks, and at least one."""
    return max((need.sims for need in found), default=1) or 1


def changed(before: Mapping[str, int], after: Mapping[str, int]) -> list[tuple[str, int, int]]:
    """What two replays of the same calls count differently, the greatest difference first."""
    keys = {*before, *after}
    rows = [(key, before.get(key, 0), after.get(key, 0)) for key in keys]
    return sorted((r for r in rows if r[1] != r[2]), key=lambda r: (-abs(r[1] - r[2]), str(r[0])))
