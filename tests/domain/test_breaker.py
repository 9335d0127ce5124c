"""When the breaker opens, and that it does not on an ordinary day."""

from __future__ import annotations

import random
from collections import deque
from dataclasses import replace
from typing import Any

import pytest

from appliance.clock import MINUTE
from appliance.domain import breaker, policy
from appliance.domain.breaker import Counts

RULES = policy.default().breaker
QUIET = Counts(fresh=0)
BUSY_HOURS = (20,) * 28

TRIPS: tuple[tuple[str, dict[str, Any], str | None], ...] = (
    ("one below thirty", {"fresh": 29}, None),
    ("thirty within ten minutes", {"fresh": 30}, "many_at_once"),
    ("thirty an hour on a quiet box", {"fresh_hour": 30, "same_hours": (0,) * 28}, "many_an_hour"),
    ("twenty-nine on a quiet box", {"fresh_hour": 29, "same_hours": (0,) * 28}, None),
    ("a hundred an hour in the first week", {"fresh_hour": 100, "same_hours": (9,) * 6}, None),
    ("three times a busy hour", {"fresh_hour": 60, "same_hours": BUSY_HOURS}, "many_an_hour"),
    ("less than three times a busy hour", {"fresh_hour": 59, "same_hours": BUSY_HOURS}, None),
    (
        "one wild day moves no median",
        {"fresh_hour": 60, "same_hours": (*BUSY_HOURS[:27], 900)},
        "many_an_hour",
    ),
    ("five of a hundred said STOP", {"texts": 100, "stops": 5}, "many_stops"),
    ("four of a hundred said STOP", {"texts": 100, "stops": 4}, None),
    ("half of the first ten said STOP", {"texts": 10, "stops": 5}, None),
)


@pytest.mark.parametrize(("counts", "code"), [row[1:] for row in TRIPS], ids=[row[0] for row in TRIPS])
def test_when_it_opens(counts: dict[str, Any], code: str | None) -> None:
    found = breaker.trip(RULES, replace(QUIET, **counts))
    assert (None if found is None else found.code) == code
    if found is not None:
        assert "{" not in found.sentence


@pytest.mark.parametrize("key", ["texts", "usual", "stop_share"])
def test_nought_is_off(key: str) -> None:
    off = policy.load(
        policy.merge(policy.default_document(), {"breaker": {key: 0 if key == "texts" else 0.0}})
    )
    everything = Counts(fresh=90, fresh_hour=900, same_hours=BUSY_HOURS, texts=100, stops=90)
    alone = {
        "texts": Counts(fresh=90),
        "usual": Counts(fresh=0, fresh_hour=900, same_hours=BUSY_HOURS),
        "stop_share": Counts(fresh=0, texts=100, stops=90),
    }
    assert breaker.trip(off.breaker, alone[key]) is None
    assert breaker.trip(off.breaker, everything) is not None


class Agency:
    """A mid-size agency's texts, minute by minute, and what the breaker would count of them.

    About 180 texts a day leave: calls come by hour and weekday, their closing notices in exports every few
    minutes, their invitations four hours after. What the night postponed is not counted, as in the product.
    """

    HOURS = (2, 2, 1, 1, 1, 1, 2, 3, 5, 6, 6, 6, 7, 7, 7, 8, 8, 8, 8, 7, 6, 5, 4, 3)

    def __init__(self, seed: int, export_every: int) -> None:
        self.chance = random.Random(seed)
        self.every = export_every
        self.recent: deque[int] = deque()
        self.hours: dict[int, int] = {}
        self.waiting: list[int] = []
        self.trips: list[tuple[int, str]] = []
        self.left = 0

    def run(self, days: int, floods: dict[int, int] | None = None) -> Agency:
        invitations: dict[int, int] = {}
        for minute in range(days * 1440):
            hour, weekday = minute // 60 % 24, minute // 1440 % 7
            rate = self.HOURS[hour] * (1.3 if weekday in (4, 5) else 1.0) / 60
            if self.chance.random() < rate:
                self.waiting.append(minute)
            fresh = 0
            if minute % self.every == 0:
                fresh, self.waiting = len(self.waiting), []
                for _ in range(fresh):
                    at = minute + 240
                    invitations[at] = invitations.get(at, 0) + (self.chance.random() < 0.6)
                fresh = fresh if 9 <= hour < 21 else 0
            fresh += invitations.pop(minute, 0) if 9 <= hour < 20 else 0
            fresh += (floods or {}).get(minute, 0)
            for _ in range(fresh):
                self._text(minute)
        return self

    def _text(self, minute: int) -> None:
        while self.recent and self.recent[0] <= minute - 60:
            self.recent.popleft()
        days = range(1, min(28, minute // 1440) + 1)
        counts = Counts(
            fresh=sum(at > minute - RULES.within // MINUTE for at in self.recent),
            fresh_hour=len(self.recent),
            same_hours=[sum(self.hours.get(minute - d * 1440 - m, 0) for m in range(60)) for d in days],
        )
        found = breaker.trip(RULES, counts)
        if found is not None:
            self.trips.append((minute, found.code))
            return
        self.recent.append(minute)
        self.hours[minute] = self.hours.get(minute, 0) + 1
        self.left += 1


@pytest.mark.parametrize("export_every", [1, 5, 15])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_sixty_ordinary_days_never_open_it(seed: int, export_every: int) -> None:
    agency = Agency(seed, export_every).run(60)
    assert 100 < agency.left / 60 < 220, "about as many texts a day as a mid-size agency sends"
    assert agency.trips == []


@pytest.mark.parametrize(
    ("minute", "texts"),
    [(40 * 1440 + 10 * 60, 40), (40 * 1440 + 3 * 60, 31), (3 * 1440 + 14 * 60, 35), (1, 31)],
    ids=["a file of forty calls", "a doubled feed at night", "in the first week", "in the first minute"],
)
def test_a_flood_always_opens_it(minute: int, texts: int) -> None:
    agency = Agency(1, 5).run(minute // 1440 + 1, {minute: texts})
    assert agency.trips
    assert agency.trips[0][0] == minute


def test_a_slow_flood_opens_it_too() -> None:
    """Four texts a minute are never thirty in ten minutes of the feed's time, and far from a usual hour."""
    start = 40 * 1440 + 3 * 60
    agency = Agency(1, 5).run(42, {start + 4 * n: 3 for n in range(30)})
    assert [code for _, code in agency.trips][:1] == ["many_an_hour"]
    assert start < agency.trips[0][0] < start + 60
