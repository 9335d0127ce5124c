"""How much one SIM may send."""

from __future__ import annotations

import pytest

from appliance.clock import DAY, HOUR, MINUTE
from appliance.domain import budget
from appliance.domain.budget import Limits, Used
from appliance.domain.records import Lane

NOW = 10 * DAY
FREE = Limits(per_minute=0, per_hour=0, per_day=0, recipients_per_day=0)


def used(minute: int = 0, hour: int = 0, day: int = 0, recipients: int = 0) -> Used:
    return Used(
        minute=minute,
        hour=max(hour, minute),
        day=max(day, hour, minute),
        recipients=recipients,
        oldest_in_minute=NOW - 50_000 if minute else None,
        oldest_in_hour=NOW - 50 * MINUTE if hour else NOW - 50_000,
        oldest_in_day=NOW - 20 * HOUR,
    )


MINUTE_FREES = NOW + 10_001
HOUR_FREES = NOW + 10 * MINUTE + 1
DAY_FREES = NOW + 4 * HOUR + 1


@pytest.mark.parametrize(
    ("limits", "spent", "lane", "parts", "free"),
    [
        (FREE, used(minute=999), Lane.INVITATION, 1, NOW),
        (Limits(6, 0, 0, 0), used(minute=5), Lane.NOTICE, 1, NOW),
        (Limits(6, 0, 0, 0), used(minute=6), Lane.NOTICE, 1, MINUTE_FREES),
        (Limits(6, 0, 0, 0), used(minute=6), Lane.CONFIRMATION, 1, MINUTE_FREES),
        (Limits(6, 0, 0, 0), used(minute=4), Lane.NOTICE, 3, MINUTE_FREES),
        (Limits(2, 0, 0, 0), used(), Lane.NOTICE, 3, NOW),
        (Limits(0, 60, 0, 0), used(hour=60), Lane.NOTICE, 1, HOUR_FREES),
        (Limits(0, 0, 100, 0), used(day=89), Lane.NOTICE, 1, NOW),
        (Limits(0, 0, 100, 0), used(day=90), Lane.NOTICE, 1, DAY_FREES),
        (Limits(0, 0, 100, 0), used(day=90), Lane.INVITATION, 1, DAY_FREES),
        (Limits(0, 0, 100, 0), used(day=99), Lane.CONVERSATION, 1, NOW),
        (Limits(0, 0, 100, 0), used(day=100), Lane.CONVERSATION, 1, DAY_FREES),
        (Limits(0, 0, 100, 0), used(day=119), Lane.CONFIRMATION, 1, NOW),
        (Limits(0, 0, 100, 0), used(day=120), Lane.CONFIRMATION, 1, DAY_FREES),
        (Limits(0, 0, 0, 180), used(recipients=179), Lane.NOTICE, 1, NOW),
        (Limits(0, 0, 0, 180), used(recipients=180), Lane.NOTICE, 1, DAY_FREES),
        (Limits(0, 0, 0, 180), used(recipients=180), Lane.CONVERSATION, 1, NOW),
        (Limits(6, 60, 0, 0), used(minute=6, hour=60), Lane.NOTICE, 1, HOUR_FREES),
    ],
)
def test_when_the_sim_is_free(limits: Limits, spent: Used, lane: Lane, parts: int, free: int) -> None:
    assert budget.free_at(limits, spent, lane, parts, NOW) == free


@pytest.mark.parametrize(
    ("limits", "lowest"),
    [((6, None), 6), ((6, 0), 6), ((6, 3), 3), ((0, 0), 0), ((0, None), 0), ((0, 4), 4)],
)
def test_zero_is_no_limit(limits: tuple[int | None, ...], lowest: int) -> None:
    assert budget.lower(*limits) == lowest
