"""The states of a text: every pair of state and event, and what follows each failure."""

from __future__ import annotations

import itertools

import pytest

from appliance.clock import HOUR, MINUTE, SECOND
from appliance.domain import outgoing
from appliance.domain.outgoing import MessageEvent as E
from appliance.domain.records import MessageState as S

MOVES = {
    S.QUEUED: {E.CLAIMED: S.SENDING, E.RAN_OUT: S.EXPIRED, E.WITHDRAWN: S.CANCELLED},
    S.SENDING: {
        E.ACCEPTED: S.SENT,
        E.LOST_SIGHT: S.UNKNOWN,
        E.PUT_BACK: S.QUEUED,
        E.REFUSED: S.FAILED,
        E.WITHDRAWN: S.CANCELLED,
    },
    S.SENT: {E.CONFIRMED: S.DELIVERED, E.BOUNCED: S.FAILED},
    S.UNKNOWN: {E.ACCEPTED: S.SENT, E.CONFIRMED: S.DELIVERED, E.BOUNCED: S.FAILED},
}


@pytest.mark.parametrize(("state", "event"), list(itertools.product(S, E)))
def test_every_pair(state: S, event: E) -> None:
    assert outgoing.move(state, event) == MOVES.get(state, {}).get(event)
    assert (state in outgoing.from_states(event)) is (event in MOVES.get(state, {}))


@pytest.mark.parametrize("state", [S.SHADOW, S.DELIVERED, S.FAILED, S.EXPIRED, S.CANCELLED])
def test_what_is_over_stays_over(state: S) -> None:
    assert [outgoing.move(state, event) for event in E] == [None] * len(E)


def test_nothing_leads_from_unknown_back_to_the_queue() -> None:
    reached, todo = set(), [S.UNKNOWN]
    while todo:
        state = todo.pop()
        reached.add(state)
        todo += [
            after for (before, _), after in outgoing.MOVES.items() if before is state and after not in reached
        ]
    assert not reached & {S.QUEUED, S.SENDING}


@pytest.mark.parametrize(
    ("failure", "waits"),
    [
        ("temporary", [30 * SECOND, 2 * MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, HOUR, HOUR]),
        ("account", [5 * MINUTE, 15 * MINUTE, HOUR, HOUR]),
        ("busy", [3 * SECOND] * 7),
        ("memory", [10 * SECOND, MINUTE, MINUTE]),
        ("modem", [0, 5 * SECOND, 30 * SECOND, 2 * MINUTE, 2 * MINUTE]),
    ],
)
def test_these_are_tried_until_their_time_is_over(failure: str, waits: list[int]) -> None:
    retries = [outgoing.after_failure(failure, attempt) for attempt in range(1, len(waits) + 1)]
    assert [retry.event for retry in retries] == [E.PUT_BACK] * len(waits)
    assert [retry.wait for retry in retries] == waits


@pytest.mark.parametrize("failure", ["recipient", "text", "unknown", ""])
def test_these_are_never_tried_again(failure: str) -> None:
    assert outgoing.after_failure(failure, 1) == outgoing.Retry(E.REFUSED)


def test_a_refusal_of_the_network_is_tried_once_more() -> None:
    assert outgoing.after_failure("rejected", 1) == outgoing.Retry(E.PUT_BACK, 10 * MINUTE)
    assert outgoing.after_failure("rejected", 2) == outgoing.Retry(E.REFUSED)


def test_a_duplicate_has_left() -> None:
    assert outgoing.after_failure("duplicate", 1) == outgoing.Retry(E.ACCEPTED)
