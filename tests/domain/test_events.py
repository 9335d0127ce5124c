"""What a version of a call makes happen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from appliance.clock import HOUR, MINUTE
from appliance.domain import events, policy
from appliance.domain.records import EventKind, IncidentRecord

NOW = 1_000 * HOUR
BEGAN = NOW - 30 * MINUTE
CALL = IncidentRecord(feed="cad", call_id="26-1", received_at=BEGAN)
SENT = replace(CALL, dispatched_at=BEGAN + 5 * MINUTE)
CLOSED = replace(SENT, closed_at=BEGAN + 20 * MINUTE)
VICTIM = {"role": "victim", "text_ok": True, "report_number": "26-R1"}
POLICY = policy.default()


def kinds(before: IncidentRecord | None, after: IncidentRecord, rules: policy.Policy = POLICY) -> list[str]:
    return [happening.kind.value for happening in events.derive(before, after, rules, NOW)]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (None, CALL, ["received"]),
        (None, SENT, ["received"]),
        (None, CLOSED, ["closed", "survey"]),
        (CALL, CALL, []),
        (CALL, SENT, []),
        (CALL, CLOSED, ["closed", "survey"]),
        (CLOSED, CLOSED, []),
        (CLOSED, replace(CLOSED, closed_at=NOW), []),
        (None, replace(CLOSED, **VICTIM), ["report_filed", "survey"]),
        (None, replace(CLOSED, report_number="26-R1"), ["closed", "survey"]),
        (None, replace(CALL, report_number="26-R1"), ["received"]),
        (CLOSED, replace(CLOSED, **VICTIM), ["report_filed"]),
        (CLOSED, replace(CLOSED, report_number="26-R1"), ["report_filed"]),
    ],
)
def test_at_most_one_notice_and_the_survey_besides(
    before: IncidentRecord | None, after: IncidentRecord, expected: list[str]
) -> None:
    assert kinds(before, after) == expected


def test_only_what_the_policy_has_switched_on_is_an_event() -> None:
    rules = policy.load(
        policy.merge(policy.default_document(), {"events": {"en_route": True, "closed": False}})
    )
    assert kinds(CALL, SENT, rules) == ["en_route"]
    assert kinds(SENT, CLOSED, rules) == ["survey"]


def test_received_settles_and_the_survey_waits_from_the_close() -> None:
    due = {one.kind: one.due_at for one in events.derive(None, CALL, POLICY, NOW)}
    assert due == {EventKind.RECEIVED: NOW + 3 * MINUTE}
    due = {one.kind: one.due_at for one in events.derive(None, CLOSED, POLICY, NOW)}
    assert due == {EventKind.CLOSED: NOW, EventKind.SURVEY: BEGAN + 20 * MINUTE + 4 * HOUR}
    late = replace(CLOSED, closed_at=NOW - 10 * HOUR)
    assert events.derive(None, late, POLICY, NOW)[1].due_at == NOW


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (EventKind.RECEIVED, BEGAN + HOUR),
        (EventKind.DELAYED, BEGAN + HOUR),
        (EventKind.DIVERTED, BEGAN + HOUR),
        (EventKind.CLOSED, NOW + 24 * HOUR),
        (EventKind.REPORT_FILED, NOW + 24 * HOUR),
        (EventKind.SURVEY, NOW + 24 * HOUR),
    ],
)
def test_no_text_is_of_use_for_ever(kind: EventKind, expected: int) -> None:
    assert events.not_after(kind, BEGAN, NOW) == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (CLOSED, replace(CLOSED, reopened=True), True),
        (replace(CLOSED, reopened=True), replace(CLOSED, reopened=True), False),
        (CLOSED, replace(CLOSED, dispatched_at=NOW), True),
        (CLOSED, replace(CLOSED, closed_at=None), False),
        (CLOSED, replace(CLOSED, dispatched_at=BEGAN + 6 * MINUTE), False),
        (SENT, replace(SENT, dispatched_at=NOW), False),
    ],
)
def test_a_mark_or_a_dispatch_after_the_close_reopens(
    before: IncidentRecord, after: IncidentRecord, expected: bool
) -> None:
    assert events.was_reopened(before, after) is expected


@pytest.mark.parametrize(
    ("closed_at", "dispatched_at", "kept"),
    [(NOW, BEGAN, True), (NOW - 1, BEGAN, False), (NOW + 5, NOW + 9, False), (None, BEGAN, False)],
)
def test_a_close_that_was_known_before_the_reopening_is_none(
    closed_at: int | None, dispatched_at: int, kept: bool
) -> None:
    record = replace(CALL, closed_at=closed_at, dispatched_at=dispatched_at)
    assert (events.without_stale_close(record, NOW - 1).closed_at is not None) is kept
