"""What is usual for a feed at this hour, and that a dead one is noticed and a quiet night is not."""

from __future__ import annotations

import random
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from appliance.clock import DAY, HOUR, MINUTE, Instant
from appliance.domain import silence
from appliance.domain.silence import LONGEST, SHORTEST, UNLEARNED, Usual
from tests.flow.box import local

ZONE = ZoneInfo("America/Los_Angeles")
BUSY = (4, 3, 2, 2, 2, 3, 6, 10, 12, 12, 12, 12, 14, 14, 14, 16, 16, 16, 14, 12, 10, 8, 6, 5)
TINY = (0.2, 0.2, 0.1, 0.1, 0.1, 0.1, 0.3, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 1, 1, 1, 0.5, 0.5, 0.3)


def spoke(start: Instant, days: int, rates: tuple[float, ...], seed: int) -> list[Instant]:
    """When a feed that exports each call within a minute would have brought something."""
    chance = random.Random(seed)
    return [
        minute
        for minute in range(start, start + days * DAY, MINUTE)
        if chance.random() < rates[(minute - start) // HOUR % 24] / 60
    ]


START = local(0, day=1) - 28 * DAY


def test_a_feed_nobody_knows_yet_has_a_plain_limit() -> None:
    every = list(range(START, START + 10 * DAY, 10 * MINUTE))
    assert silence.usual(every, START + 10 * DAY, ZONE) == Usual(UNLEARNED, is_learned=False)
    assert silence.usual([], START, ZONE) == Usual(UNLEARNED, is_learned=False)
    assert not silence.is_silent([], None, START, ZONE)


@pytest.mark.parametrize(
    ("every", "span"),
    [(5 * MINUTE, SHORTEST), (20 * MINUTE, 40 * MINUTE), (5 * HOUR, 10 * HOUR), (20 * HOUR, LONGEST)],
)
def test_twice_the_longest_usual_gap_within_bounds(every: int, span: int) -> None:
    told = list(range(START, START + 30 * DAY, every))
    assert silence.usual(told, START + 30 * DAY, ZONE) == Usual(span, is_learned=True)


@pytest.mark.parametrize("rates", [BUSY, TINY], ids=["a city", "a town of few calls"])
@pytest.mark.parametrize("seed", [1, 2])
def test_sixty_ordinary_days_are_hardly_ever_called_silent(rates: tuple[float, ...], seed: int) -> None:
    told = spoke(START, 60, rates, seed)
    alarms = 0
    for place, (at, following) in enumerate(pairwise(told), start=1):
        if at >= START + 14 * DAY:
            # The last moment of the gap is the one at which silence has lasted longest.
            alarms += silence.is_silent(told[:place], at, following - 1, ZONE)
    assert alarms <= 3, "a rare gap in two weeks may be asked about"


@pytest.mark.parametrize("hour", range(0, 24, 3))
def test_a_dead_feed_of_a_city_is_noticed(hour: int) -> None:
    told = spoke(START, 40, BUSY, 3)
    died = START + 35 * DAY + hour * HOUR
    alive = [at for at in told if at <= died]
    limit = 2 * HOUR if 9 <= hour < 19 else 9 * HOUR
    assert silence.is_silent(alive, alive[-1], died + limit, ZONE)


def test_the_night_the_clocks_change_is_a_night_like_others() -> None:
    zone = ZoneInfo("America/New_York")
    start = 1_790_000_000_000
    told = list(range(start, start + 60 * DAY, 20 * MINUTE))
    for day in range(20, 60):
        assert silence.usual(told, start + day * DAY, zone).span == 40 * MINUTE
