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


RECEIVED, DELAYED, CLOSED_, SURVEY = (
    EventKind.RECEIVED, EventKind.DELAYED, EventKind.CLOSED, EventKind.SURVEY,
)  # fmt: skip
ALL_ON = policy.load(
    policy.merge(
        policy.default_document(),
        {"events": dict.fromkeys(("en_route", "diverted", "not_found"), True)
         | dict.fromkeys(("report_assigned", "report_update", "report_on_hold"), True)},
    )
)  # fmt: skip


def kinds(
    told: tuple[EventKind, ...],
    record: IncidentRecord,
    rules: policy.Policy = POLICY,
    *,
    diverted: bool = False,
) -> list[str]:
    found = events.derive(record, set(told), rules, NOW, is_diverted=diverted)
    return [happening.kind.value for happening in found]


@pytest.mark.parametrize(
    ("told", "record", "expected"),
    [
        ((), CALL, ["received"]),
        ((), SENT, ["received"]),
        ((), CLOSED, ["closed", "survey"]),
        ((RECEIVED,), CALL, []),
        ((RECEIVED,), SENT, []),
        ((RECEIVED,), CLOSED, ["closed", "survey"]),
        ((DELAYED,), CALL, []),
        ((DELAYED,), CLOSED, ["closed", "survey"]),
        ((CLOSED_, SURVEY), CLOSED, []),
        ((CLOSED_, SURVEY), replace(CLOSED, closed_at=NOW), []),
        ((CLOSED_,), CLOSED, ["survey"]),
        ((), replace(CLOSED, **VICTIM), ["report_filed", "survey"]),
        ((), replace(CLOSED, report_number="26-R1"), ["closed", "survey"]),
        ((), replace(CALL, report_number="26-R1"), ["received"]),
        ((CLOSED_, SURVEY), replace(CLOSED, **VICTIM), ["report_filed"]),
        ((CLOSED_, SURVEY), replace(CLOSED, report_number="26-R1"), ["report_filed"]),
    ],
)
def test_at_most_one_notice_and_the_survey_besides(
    told: tuple[EventKind, ...], record: IncidentRecord, expected: list[str]
) -> None:
    assert kinds(told, record) == expected


@pytest.mark.parametrize(
    ("told", "record", "diverted", "expected"),
    [
        ((RECEIVED,), SENT, False, ["en_route"]),
        ((RECEIVED, EventKind.EN_ROUTE), SENT, True, ["diverted"]),
        ((EventKind.EN_ROUTE, EventKind.DIVERTED), SENT, True, []),
        ((CLOSED_, SURVEY), CLOSED, True, []),
        ((RECEIVED,), replace(CLOSED, disposition=" goa"), False, ["not_found", "survey"]),
        ((CLOSED_, SURVEY), replace(CLOSED, disposition="GOA"), False, ["not_found"]),
        ((EventKind.NOT_FOUND, SURVEY), replace(CLOSED, disposition="GOA"), False, []),
        ((CLOSED_, SURVEY), replace(CLOSED, **VICTIM, report_status="Assigned"), False, ["report_assigned"]),
        ((EventKind.REPORT_ASSIGNED, SURVEY), replace(CLOSED, **VICTIM, report_status="on hold"), False,
         ["report_on_hold"]),
        ((EventKind.REPORT_ON_HOLD, SURVEY), replace(CLOSED, **VICTIM), False, ["closed"]),
        ((CLOSED_, EventKind.REPORT_ON_HOLD, SURVEY), replace(CLOSED, **VICTIM), False, []),
        ((EventKind.REPORT_FILED, SURVEY, CLOSED_), replace(CLOSED, **VICTIM, report_status="updated"), False,
         ["report_update"]),
    ],
)  # fmt: skip
def test_what_is_off_at_first_can_be_switched_on(
    told: tuple[EventKind, ...], record: IncidentRecord, diverted: bool, expected: list[str]
) -> None:
    assert kinds(told, record, ALL_ON, diverted=diverted) == expected


@pytest.mark.parametrize(
    ("fields", "agreed"),
    [
        ({"role": "victim", "text_ok": True}, True),
        ({"role": "victim", "text_ok": None}, False),
        ({"role": "victim", "text_ok": None, "report_type": " theft "}, True),
        ({"role": "victim", "text_ok": False, "report_type": "THEFT"}, False),
        ({"role": "victim", "text_ok": None, "report_type": "BURGLARY OF A HOME"}, False),
        ({"role": "caller", "text_ok": True, "report_type": "THEFT"}, False),
    ],
)
def test_the_report_text_needs_a_victim_who_agreed_or_lost_property(
    fields: dict[str, object], agreed: bool
) -> None:
    rules = policy.load(policy.merge(policy.default_document(), {"reports": {"property_types": ["Theft"]}}))
    assert events.agreed_to_report_text(replace(CLOSED, **fields), rules) is agreed


def test_only_what_the_policy_has_switched_on_is_an_event() -> None:
    rules = policy.load(
        policy.merge(policy.default_document(), {"events": {"en_route": True, "closed": False}})
    )
    assert kinds((RECEIVED,), SENT, rules) == ["en_route"]
    assert kinds((RECEIVED, EventKind.EN_ROUTE), CLOSED, rules) == ["survey"]


def test_received_settles_and_the_survey_waits_from_the_close() -> None:
    due = {one.kind: one.due_at for one in events.derive(CALL, (), POLICY, NOW)}
    assert due == {EventKind.RECEIVED: NOW + 3 * MINUTE}
    due = {one.kind: one.due_at for one in events.derive(CLOSED, (), POLICY, NOW)}
    assert due == {EventKind.CLOSED: NOW, EventKind.SURVEY: BEGAN + 20 * MINUTE + 4 * HOUR}
    late = replace(CLOSED, closed_at=NOW - 10 * HOUR)
    assert events.derive(late, (), POLICY, NOW)[1].due_at == NOW


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


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (replace(SENT, unit="4A12"), replace(SENT, unit=""), True),
        (replace(SENT, unit="4A12"), replace(SENT, unit="4A13"), False),
        (SENT, SENT, False),
        (replace(SENT, unit="4A12"), CLOSED, False),
        (replace(SENT, unit="4A12", arrived_at=NOW), replace(SENT, unit=""), False),
    ],
)
def test_a_unit_that_is_gone_before_it_arrived_was_diverted(
    before: IncidentRecord, after: IncidentRecord, expected: bool
) -> None:
    assert events.was_diverted(before, after) is expected
