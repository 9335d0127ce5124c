"""What a version of a call changes, version by version, for each of its callers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from appliance.clock import HOUR, MINUTE
from appliance.domain import policy, story
from appliance.domain.records import Caller, EventKind, IncidentRecord, caller_of, of_caller
from appliance.domain.story import Change, Known

NOW = 1_000 * HOUR
BEGAN = NOW - 30 * MINUTE
CALL = IncidentRecord(feed="cad", call_id="26-1", received_at=BEGAN, call_type="NOISE COMPLAINT")
SENT = replace(CALL, dispatched_at=BEGAN + 5 * MINUTE)
CLOSED = replace(SENT, closed_at=BEGAN + 20 * MINUTE)
A, B = "+15415550123", "+15415550145"
POLICY = policy.default()


def known(record: IncidentRecord, *callers: tuple[str, dict[str, Any]], **more: Any) -> Known[str]:
    named = {number: Caller(**{"rank": record.rank, **fields}) for number, fields in callers}
    return Known(record, record.rank, callers=named, **more)


def applied(before: Known[str], record: IncidentRecord, number: str | None = A) -> Change[str]:
    change = story.applied(before, record, number)
    assert change is not None
    return change


@pytest.mark.parametrize(
    ("callers", "record", "number", "replaced"),
    [
        ((A,), SENT, A, ()),
        ((A,), SENT, B, (A,)),
        ((A,), SENT, None, (A,)),
        ((A,), replace(SENT, role="witness"), B, ()),
        ((A,), replace(SENT, role=" Caller "), B, (A,)),
        ((A,), replace(SENT, slot=1), B, ()),
        ((), SENT, B, ()),
    ],
)
def test_a_number_takes_the_place_of_the_one_that_had_the_same_role(
    callers: tuple[str, ...], record: IncidentRecord, number: str | None, replaced: tuple[str, ...]
) -> None:
    before = known(CALL, *((number, {}) for number in callers))
    assert applied(before, record, number).replaced == replaced


def test_who_was_replaced_once_is_not_replaced_again() -> None:
    before = known(CALL, (A, {"is_replaced": True}), (B, {}))
    assert applied(before, SENT, B).replaced == ()


@pytest.mark.parametrize(
    ("caller", "call_rank", "current"),
    [
        (Caller(rank=5), 5, True),
        (Caller(rank=5), 4, True),
        (Caller(rank=5), 6, False),
        (Caller(rank=5, is_replaced=True), 5, False),
        (None, 5, False),
    ],
)
def test_a_caller_counts_while_the_latest_version_names_the_number(
    caller: Caller | None, call_rank: int, current: bool
) -> None:
    assert story.is_current(caller, call_rank) is current


def test_an_older_version_changes_nothing() -> None:
    assert story.applied(known(CLOSED), SENT, A) is None
    assert story.applied(known(CLOSED), replace(SENT, phone=B), B) is None


def test_times_a_version_no_longer_carries_are_kept() -> None:
    after = applied(known(SENT), replace(CALL, closed_at=CLOSED.closed_at)).record
    assert (after.dispatched_at, after.closed_at) == (SENT.dispatched_at, CLOSED.closed_at)


def test_a_reopening_takes_the_close_back_even_without_a_later_time() -> None:
    change = applied(known(CLOSED), replace(SENT, reopened=True))
    assert (change.is_reopened, change.record.closed_at, change.rank) == (True, None, CLOSED.rank)


@pytest.mark.parametrize(
    ("call_type", "is_reclassified"), [("noise complaint ", False), ("PARKING", True), ("", True)]
)
def test_another_type_is_a_reclassification(call_type: str, is_reclassified: bool) -> None:
    change = applied(known(CALL), replace(SENT, call_type=call_type))
    assert change.is_reclassified is is_reclassified


def test_what_is_said_of_a_caller_stays_with_that_caller() -> None:
    said = replace(CALL, role="victim", language="es", do_not_text=True, text_ok=False, minor=True)
    caller = caller_of(said)
    assert of_caller(CALL, caller) == said
    assert caller.rank == CALL.rank


def test_a_second_caller_of_a_closed_call_has_its_own_news() -> None:
    change = applied(known(CLOSED, (A, {})), replace(CLOSED, role="witness"), B)
    record = of_caller(change.record, change.caller)
    to_b = story.news(change, record, (), POLICY, NOW)
    to_a = story.news(change, record, {EventKind.CLOSED, EventKind.SURVEY}, POLICY, NOW)
    assert [one.kind for one in to_b] == [EventKind.CLOSED, EventKind.SURVEY]
    assert to_a == ()


@pytest.mark.parametrize(
    ("kind", "nth", "key"),
    [
        (EventKind.CLOSED, 1, "cad/26-1/closed/+17"),
        (EventKind.CLOSED, 2, "cad/26-1/closed#2/+17"),
        (EventKind.RECEIVED, 1, "cad/26-1/received/+17"),
    ],
)
def test_the_key_of_an_event_names_call_kind_and_number(kind: EventKind, nth: int, key: str) -> None:
    assert story.event_key(CALL, kind, 17, nth) == key


@pytest.mark.parametrize(
    ("kind", "voided", "nth"),
    [
        (EventKind.CLOSED, 0, 1),
        (EventKind.CLOSED, 2, 3),
        (EventKind.SURVEY, 1, 2),
        (EventKind.RECEIVED, 1, 1),
    ],
)
def test_only_what_follows_from_a_close_happens_again(kind: EventKind, voided: int, nth: int) -> None:
    assert story.nth(kind, voided) == nth
