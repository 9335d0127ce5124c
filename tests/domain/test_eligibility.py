"""The order of the rules: the first one that objects decides, and each names its own reason."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from appliance import clock
from appliance.clock import DAY, HOUR, MINUTE
from appliance.domain import eligibility, policy, reasons
from appliance.domain.eligibility import Facts, History
from appliance.domain.records import Contact, EventKind, IncidentRecord, Verdict

ZONE = ZoneInfo("America/Los_Angeles")
NOON = 1_772_654_400_000  # 2026-03-04 12:00 there
POLICY = policy.load(policy.merge(policy.default_document(), {"call_types": {"allow": ["Noise Complaint"]}}))
GOOD = IncidentRecord(
    feed="cad",
    call_id="26-1",
    received_at=NOON - 5 * HOUR,
    dispatched_at=NOON - 4 * HOUR - 50 * MINUTE,
    closed_at=NOON - 4 * HOUR,
    call_type=" NOISE complaint ",
    priority="4",
    phone="541-555-0123",
)
CALLER = Contact(number_id=1, e164="+15415550123")


def facts(kind: EventKind = EventKind.SURVEY, **changes: Any) -> Facts:
    plain = Facts(
        kind=kind,
        at=NOON - 4 * HOUR,
        accepted_at=NOON - 4 * HOUR,
        record=GOOD,
        locked=None,
        reopened_at=None,
        phone_fault=None,
        is_current_number=True,
        contact=CALLER,
        history=History(),
        on_hold=False,
        breaker_open=False,
        is_live=True,
        feed_spoke_at=NOON,
    )
    return replace(plain, **changes)


def decided(given: Facts, now: int = NOON) -> tuple[Verdict, str]:
    decision = eligibility.decide(given, POLICY, ZONE, now)
    return decision.verdict, decision.reason


def test_an_eligible_call_is_surveyed() -> None:
    assert clock.to_datetime(NOON).astimezone(ZONE).hour == 12
    assert decided(facts()) == (Verdict.SEND, "allowed")
    assert decided(facts(is_live=False)) == (Verdict.SHADOW, "shadow_mode")


WRONGS: tuple[tuple[str, dict[str, Any], dict[str, Any], dict[str, Any]], ...] = (
    # reason, facts, columns of the call, standing of the number
    ("hold", {"on_hold": True}, {}, {}),
    ("clock", {"is_clock_doubted": True}, {}, {}),
    ("quarantined", {"is_quarantined": True}, {}, {}),
    ("too_old", {"at": NOON - 2 * DAY}, {}, {}),
    ("reopened", {"reopened_at": NOON}, {}, {}),
    ("sensitive", {"locked": "sensitive"}, {}, {}),
    ("never_list", {}, {"disposition": "DOMESTIC"}, {}),
    ("never_history", {}, {}, {"never_until": NOON + 1}),
    ("quiet_list", {}, {}, {"quiet_until": NOON + 1}),
    ("minor", {}, {"minor": True}, {}),
    ("anonymous", {}, {"anonymous": True}, {}),
    ("do_not_text", {}, {"do_not_text": True}, {}),
    ("type_not_enabled", {}, {"call_type": "GRAFFITI"}, {}),
    ("role", {}, {"role": "officer"}, {}),
    ("number_foreign", {"phone_fault": "number_foreign"}, {}, {}),
    ("number_missing", {}, {}, {"e164": None}),
    ("number_changed", {"is_current_number": False}, {}, {}),
    ("opted_out", {}, {}, {"opted_out_at": 1, "opted_out_by": "stop"}),
    ("survey_cooldown", {"history": {"last_survey_at": NOON - 89 * DAY}}, {}, {}),
    ("shared_line", {"history": {"calls_in_90_days": 5}}, {}, {}),
    ("repeat_caller", {"history": {"calls_in_30_days": 3}}, {}, {}),
    ("survey_open", {"history": {"has_open_conversation": True}}, {}, {}),
    ("survey_taken", {"is_survey_taken": True}, {}, {}),
    ("self_initiated", {}, {"self_initiated": True}, {}),
    ("not_sampled", {"draw": 1.0}, {}, {}),
    ("breaker", {"breaker_open": True}, {}, {}),
)


def with_wrongs(wrongs: tuple[Any, ...]) -> Facts:
    changes: dict[str, Any] = {}
    history: dict[str, Any] = {}
    columns: dict[str, Any] = {}
    standing: dict[str, Any] = {}
    for _, more, of_call, of_number in wrongs:
        changes |= {key: value for key, value in more.items() if key != "history"}
        history |= more.get("history", {})
        columns |= of_call
        standing |= of_number
    return facts(
        **changes,
        history=History(**history),
        record=replace(GOOD, **columns),
        contact=replace(CALLER, **standing),
    )


@pytest.mark.parametrize("place", range(len(WRONGS)), ids=[row[0] for row in WRONGS])
def test_alone_it_names_its_reason(place: int) -> None:
    assert decided(with_wrongs(WRONGS[place : place + 1]))[1] == WRONGS[place][0]


@pytest.mark.parametrize("place", range(len(WRONGS)), ids=[row[0] for row in WRONGS])
def test_of_all_that_is_wrong_the_first_decides(place: int) -> None:
    assert decided(with_wrongs(WRONGS[place:]))[1] == WRONGS[place][0]


def test_waiting_moves_no_end() -> None:
    """The text dies a day after it was first due, whatever postponed it since."""
    assert decided(facts(), NOON + DAY)[1] == "allowed"
    assert decided(facts(), NOON + DAY + 1)[1] == "expired"


@pytest.mark.parametrize(
    ("given", "columns", "agreed"),
    [
        ("victim", {"text_ok": True}, True),
        ("Victim ", {"text_ok": True}, True),
        ("victim", {"text_ok": None}, False),
        ("caller", {"text_ok": True}, False),
    ],
)
def test_the_report_text_goes_to_victims_who_agreed(
    given: str, columns: dict[str, Any], agreed: bool
) -> None:
    record = replace(GOOD, role=given, report_number="26-R1", **columns)
    reason = decided(facts(EventKind.REPORT_FILED, record=record))[1]
    assert reason == ("allowed" if agreed else "no_consent")


def opened(*families: str) -> policy.Policy:
    return policy.load(
        policy.merge(
            policy.default_document(),
            {"call_types": {"allow": ["Welfare check", "Noise complaint"], "open": list(families)}},
        )
    )


@pytest.mark.parametrize(
    ("kind", "open_families", "columns", "reason"),
    [
        (EventKind.CLOSED, (), {"call_type": "WELFARE CHECK"}, "never_list"),
        (EventKind.CLOSED, ("welfare",), {"call_type": "WELFARE CHECK"}, "allowed"),
        (EventKind.SURVEY, ("welfare",), {"call_type": "WELFARE CHECK"}, "never_list"),
        (EventKind.CLOSED, ("welfare",), {"call_type": "WELFARE CHECK", "disposition": "DV"}, "never_list"),
        (EventKind.CLOSED, ("welfare",), {"call_type": "WELFARE CHECK", "source": "TEXT"}, "never_list"),
        (EventKind.CLOSED, ("welfare", "text_to_911"), {"call_type": "WELFARE CHECK", "source": "TEXT"},
         "allowed"),
        (EventKind.CLOSED, ("medical",), {"call_type": "WELFARE CHECK"}, "never_list"),
    ],
)  # fmt: skip
def test_what_two_people_opened_is_open_for_notices_alone(
    kind: EventKind, open_families: tuple[str, ...], columns: dict[str, Any], reason: str
) -> None:
    given = facts(kind, at=NOON, accepted_at=NOON, record=replace(GOOD, **columns))
    assert eligibility.decide(given, opened(*open_families), ZONE, NOON).reason == reason


@pytest.mark.parametrize(
    ("codes", "columns", "reason"),
    [
        ({"cad": {"call_type": {"415n": "Noise Complaint"}}}, {"call_type": "415N"}, "allowed"),
        ({"all": {"call_type": {"415N": "Noise Complaint"}}}, {"call_type": " 415n "}, "allowed"),
        ({"fire": {"call_type": {"415N": "Noise Complaint"}}}, {"call_type": "415N"}, "type_not_enabled"),
        ({"cad": {"call_type": {"DV": "Noise Complaint"}}}, {"call_type": "DV"}, "never_list"),
        ({"cad": {"disposition": {"X9": "Domestic"}}}, {"disposition": "x9"}, "never_list"),
        ({"cad": {"role": {"RP": "caller"}}}, {"role": "rp"}, "allowed"),
        ({}, {"role": "rp"}, "role"),
    ],
)
def test_codes_are_read_as_the_policy_says_and_hide_nothing(
    codes: dict[str, Any], columns: dict[str, Any], reason: str
) -> None:
    document = policy.merge(
        policy.default_document(), {"call_types": {"allow": ["Noise Complaint"]}, "codes": codes}
    )
    given = facts(record=replace(GOOD, **columns))
    assert eligibility.decide(given, policy.load(document), ZONE, NOON).reason == reason


def test_every_reason_of_a_rule_has_its_sentence() -> None:
    given = {reason for reasons_of in eligibility.RULE_REASONS.values() for reason in reasons_of}
    assert given <= set(reasons.SENTENCES)
