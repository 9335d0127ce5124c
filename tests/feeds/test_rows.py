from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from appliance.clock import HOUR, iso
from appliance.domain.records import FEED_FIELDS
from appliance.feeds.base import Quarantined, Reject, Row
from appliance.feeds.rows import RowReader, find_mark, shape

NOW = 1_772_654_400_000
PHONE = "541-555-0123"
GOOD = {"call_id": "C-1", "received_at": "2026-03-04T19:00:00Z", "call_type": "NOISE", "phone": PHONE}
READER = RowReader(
    "cad", ZoneInfo("America/Los_Angeles"), None, NOW, {"received_at": "Created", "minor": "Minor?"}
)


def row(**given: str) -> Row:
    found = READER.read(7, GOOD | given)
    assert isinstance(found, Row), found
    return found


def reject(**given: str) -> Reject:
    found = READER.read(7, GOOD | given)
    assert isinstance(found, Reject), found
    return found


def test_a_row_without_a_phone_is_still_a_record() -> None:
    assert row(phone="").record.phone == ""


def test_a_row_keeps_its_line_and_its_values() -> None:
    found = row(role="", beat="B1", language="es")
    assert (found.line, found.notes) == (7, ())
    assert (found.record.feed, found.record.call_id, found.record.beat) == ("cad", "C-1", "B1")
    assert (found.record.role, found.record.language, found.record.phone) == ("caller", "es", PHONE)
    assert iso(found.record.received_at) == "2026-03-04T19:00:00.000Z"


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "+1", "-", "{{7*7}}", "%s", "${x}", "'; DROP TABLE x"])
def test_text_is_data_and_arrives_literally(text: str) -> None:
    assert row(disposition=text).record.disposition == text


@pytest.mark.parametrize(
    ("word", "expected"),
    [("Y", True), ("yes", True), ("TRUE", True), ("1", True), ("t", True), ("x", True), ("N", False),
     ("no", False), ("False", False), ("0", False), ("", False)],
)  # fmt: skip
@pytest.mark.parametrize(
    "name", ["do_not_text", "minor", "sensitive", "anonymous", "reopened", "self_initiated"]
)
def test_reads_flags(name: str, word: str, expected: bool) -> None:
    assert getattr(row(**{name: word}).record, name) is expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [("Y", True), ("N", False), ("", None), ("unknown", None), ("UNK", None), ("n/a", None)],
)
def test_consent_may_be_unsaid(word: str, expected: bool | None) -> None:
    assert row(text_ok=word).record.text_ok is expected


@pytest.mark.parametrize(
    ("source", "flag", "expected"),
    [("ONVIEW", None, True), ("On View", None, True), ("Officer-Initiated", None, True), ("911", None, False),
     ("ONVIEW", "N", False)],
)  # fmt: skip
def test_an_officers_own_call_is_told_by_its_source(source: str, flag: str | None, expected: bool) -> None:
    given = {"source": source} | ({} if flag is None else {"self_initiated": flag})
    assert row(**given).record.self_initiated is expected


@pytest.mark.parametrize(
    ("given", "column", "hint", "reason"),
    [
        ({"call_id": ""}, "call_id", "", "call_id_missing"),
        ({"received_at": ""}, "Created", "", "received_at_missing"),
        ({"received_at": "3/4/26 9am"}, "Created", "9/9/99 9AA", "time_unreadable"),
        ({"closed_at": "soon"}, "closed_at", "AAAA", "time_unreadable"),
        ({"minor": "maybe"}, "Minor?", "AAAAA", "flag_unreadable"),
        ({"text_ok": "ask"}, "text_ok", "AAA", "flag_unreadable"),
        ({"beat": "B\x001"}, "beat", "A?9", "control_character"),
        ({"beat": "B\n1"}, "beat", "A?9", "control_character"),
        ({"beat": "B\u202e1"}, "beat", "A?9", "control_character"),
        ({"beat": "B" * 257}, "beat", "A" * 32, "field_too_long"),
        ({"beat": "é" * 129}, "beat", "A" * 32, "field_too_long"),
    ],
)
def test_rejects_name_column_shape_and_reason(
    given: dict[str, str], column: str, hint: str, reason: str
) -> None:
    found = reject(**given)
    assert (found.line, found.column, found.value_hint, found.reason) == (7, column, hint, reason)
    assert found.remedy


@pytest.mark.parametrize("text", ["B" * 256, "é" * 128], ids=["ascii", "two-byte"])
def test_a_field_of_256_bytes_is_taken(text: str) -> None:
    assert row(beat=text).record.beat == text


def test_a_reject_keeps_what_did_read_but_no_number() -> None:
    found = reject(
        closed_at="nonsense", minor="maybe", unit="541-555-0123", disposition="ADV", do_not_text="Y"
    )
    assert found.column == "closed_at"
    assert found.kept == {
        "call_id": "C-1",
        "received_at": "2026-03-04T19:00:00.000Z",
        "call_type": "NOISE",
        "phone": "(given)",
        "disposition": "ADV",
        "do_not_text": "Y",
    }


def test_a_reject_keeps_nothing_with_controls_or_beyond_the_limit() -> None:
    found = reject(beat="B\x001", shift="a\x00b", unit="u" * 257)
    assert set(found.kept) == {"call_id", "received_at", "call_type", "phone"}


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("NIC/W123456789", "NIC"), ("fbi/123", "FBI"), ("x SID/OR123", "SID"), ("OLN/1234567", "OLN"),
        ("DOB/19800101", "DOB"), ("DOB: 1/1/80", "DOB"), ("MKE/EW", "MKE"), ("ORI/OR0000000", "ORI"),
        ("WANTED", "WANTED"), ("Wanted person", "WANTED"), ("078-05-1120", "SSN shape"),
        ("id 078-05-1120.", "SSN shape"), ("078‑05‑1120", "SSN shape"), ("０７８-05-1120", "SSN shape"),
        ("ＷＡＮＴＥＤ", "WANTED"), ("SSN: 1", "SSN"),
        ("UNWANTED GUEST", None), ("ALCOHOLIC/DRUNK", None), ("PANIC/ALARM", None), ("541-555-0123", None),
        ("1078-05-1120", None), ("078-05-11201", None), ("DISTRICT III", None), ("2026-03-04 12:00", None),
    ],
)  # fmt: skip
def test_finds_marks_of_criminal_justice_information(text: str, mark: str | None) -> None:
    assert find_mark({"disposition": text}) == mark


@pytest.mark.parametrize("name", [n for n in FEED_FIELDS if n != "call_id"])
def test_a_mark_in_any_field_quarantines_the_row_without_its_content(name: str) -> None:
    assert READER.read(9, GOOD | {name: "FBI/123"}) == Quarantined(9, "FBI")


def test_a_quarantined_row_names_its_call_to_the_intake_alone() -> None:
    found = READER.read(9, GOOD | {"unit": "OLN/1"})
    assert isinstance(found, Quarantined)
    assert (found.call_id, "C-1" in repr(found)) == ("C-1", False)
    marked = READER.read(9, GOOD | {"call_id": "078-05-1120"})
    assert isinstance(marked, Quarantined)
    assert marked.call_id == ""


def test_a_mark_wins_over_a_fault() -> None:
    assert READER.read(9, GOOD | {"received_at": "never", "unit": "OLN/1"}) == Quarantined(9, "OLN")


def test_a_numeric_date_in_a_day_first_column_is_not_guessed() -> None:
    reader = RowReader("cad", ZoneInfo("UTC"), None, NOW, {}, frozenset({"received_at"}))
    found = reader.read(2, GOOD | {"received_at": "03/04/2026 10:00"})
    assert isinstance(found, Reject)
    assert found.reason == "time_day_first"
    assert isinstance(reader.read(2, GOOD), Row)


def test_in_the_repeated_hour_nothing_happens_before_the_call() -> None:
    found = row(
        received_at="2025-11-02 01:50:00", dispatched_at="2025-11-02 01:55:00", closed_at="2025-11-02 01:10"
    )
    record = found.record
    assert record.dispatched_at is not None
    assert record.closed_at is not None
    assert found.notes == ("repeated_hour",)
    assert iso(record.received_at) == "2025-11-02T08:50:00.000Z"
    assert record.dispatched_at == record.received_at + HOUR // 12
    assert record.closed_at == record.received_at + HOUR // 3


@pytest.mark.parametrize(
    ("change", "is_same"),
    [({}, True), ({"received_at": "2026-03-04 11:00:00"}, True), ({"beat": ""}, True), ({"phone": ""}, False),
     ({"closed_at": "2026-03-04 11:30:00"}, False), ({"text_ok": "N"}, False)],
)  # fmt: skip
def test_the_digest_is_of_the_record_not_of_how_it_was_written(change: dict[str, str], is_same: bool) -> None:
    assert (row(**change).digest == row().digest) is is_same


@effort(deadline=None)
@given(st.text(max_size=60))
def test_a_shape_says_nothing_of_the_value(text: str) -> None:
    hint = shape(text)
    assert len(hint) <= 32
    assert not any((c.isalpha() and c != "A") or (c.isdigit() and c != "9") for c in hint)


@effort(deadline=None)
@given(st.dictionaries(st.sampled_from(FEED_FIELDS), st.text(max_size=40)))
def test_any_row_is_read_rejected_or_quarantined(values: dict[str, str]) -> None:
    found = READER.read(3, values)
    assert found.line == 3
    if isinstance(found, Reject):
        assert set(found.kept) <= set(FEED_FIELDS)
        assert found.kept.get("phone", "") in ("", "(given)")
