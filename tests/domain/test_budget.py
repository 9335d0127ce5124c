"""How much one SIM may send."""

from __future__ import annotations

from itertools import pairwise

import pytest

from appliance.clock import DAY, HOUR, MINUTE, SECOND
from appliance.domain import budget, policy
from appliance.domain.budget import Limits, Spent, Used
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


@pytest.mark.parametrize("lane", [Lane.NOTICE, Lane.INVITATION])
def test_a_full_list_of_numbers_does_not_stop_one_that_is_on_it(lane: Lane) -> None:
    full = used(recipients=180)
    assert budget.free_at(Limits(0, 0, 0, 180), full, lane, 1, NOW, is_known=True) == NOW
    assert budget.free_at(Limits(0, 0, 0, 180), full, lane, 1, NOW) == DAY_FREES


def leaving(count: int, limits: Limits, lane: Lane = Lane.NOTICE) -> list[int]:
    """When `count` texts leave that are all due at once, each as soon as the budget lets it."""
    sent: list[int] = []
    now = NOW
    for _ in range(count):
        while (free := budget.free_at(limits, spent(sent, now), lane, 1, now)) > now:
            now = free
        sent.append(now)
    return sent


def spent(sent: list[int], now: int) -> Used:
    recent = [at for at in sent if at > now - MINUTE]
    return Used(
        minute=len(recent),
        hour=len(sent),
        day=len(sent),
        recipients=1,
        oldest_in_minute=min(recent, default=None),
        oldest_in_hour=min(sent, default=None),
        oldest_in_day=min(sent, default=None),
        newest=max(sent, default=None),
    )


class TestPace:
    def test_a_burst_and_then_uneven_distances(self) -> None:
        sent = leaving(60, Limits(6, 0, 0, 0))
        assert sent[:3] == [NOW] * 3
        gaps = [later - earlier for earlier, later in pairwise(sent[2:])]
        assert min(gaps) >= 7 * SECOND
        assert len(set(gaps)) > 40
        within = [len([at for at in sent if start <= at < start + MINUTE]) for start in sent]
        assert max(within) == 6

    def test_no_second_of_the_minute_is_preferred(self) -> None:
        seconds = [at // SECOND % 60 for at in leaving(200, Limits(6, 0, 0, 0))[6:]]
        assert len(set(seconds)) > 50
        assert max(seconds.count(second) for second in set(seconds)) <= 12

    def test_the_pace_is_nearly_what_the_limit_allows(self) -> None:
        sent = leaving(121, Limits(6, 0, 0, 0))
        assert 20 * MINUTE < sent[-1] - NOW < 24 * MINUTE

    @pytest.mark.parametrize("lane", [Lane.CONFIRMATION, Lane.CONVERSATION])
    def test_answers_and_next_questions_are_not_spread(self, lane: Lane) -> None:
        sent = leaving(8, Limits(6, 0, 0, 0), lane)
        assert sent == [NOW] * 6 + [NOW + MINUTE + 1] * 2

    def test_a_limit_below_the_burst_holds(self) -> None:
        sent = leaving(4, Limits(1, 0, 0, 0))
        assert all(later - earlier > MINUTE for earlier, later in pairwise(sent))

    def test_the_same_question_has_the_same_answer(self) -> None:
        state = spent([NOW, NOW, NOW + 1], NOW + 2)
        found = {budget.free_at(Limits(6, 0, 0, 0), state, Lane.NOTICE, 1, NOW + 2 + n) for n in range(9)}
        assert len(found) == 1


def test_what_is_shown_is_use_beside_limit() -> None:
    shown = budget.of(Limits(6, 60, 0, 180), used(minute=2, hour=5, day=9, recipients=7))
    assert (shown.minute, shown.hour) == (Spent(2, 6), Spent(5, 60))
    assert (shown.day, shown.recipients) == (Spent(9, 0), Spent(7, 180))


def test_the_lower_of_policy_and_config_counts() -> None:
    rules = policy.load(policy.default_document()).limits
    assert budget.limits(rules, None, None) == Limits(6, 60, 400, 180)
    assert budget.limits(rules, 2, 1000) == Limits(2, 60, 400, 180)


@pytest.mark.parametrize(
    ("limits", "lowest"),
    [((6, None), 6), ((6, 0), 6), ((6, 3), 3), ((0, 0), 0), ((0, None), 0), ((0, 4), 4)],
)
def test_zero_is_no_limit(limits: tuple[int | None, ...], lowest: int) -> None:
    assert budget.lower(*limits) == lowest
