"""JSON and NDJSON: where the calls stand, how their values are named, and what refuses a file."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from appliance.clock import iso
from appliance.feeds import json_file
from appliance.feeds.base import Batch, FeedFault, FeedSettings
from tests.feeds.conftest import NOON

CALL = {
    "call": {"id": "26-1", "type": "NOISE COMPLAINT", "priority": 4},
    "receivedAt": "2026-03-04T11:00:00-08:00",
    "caller": {"phone": "541-555-0123", "name": "SAMPLE NAME"},
    "selfInitiated": False,
}


@pytest.fixture
def parse(settings: Callable[..., FeedSettings]) -> Callable[..., Batch]:
    def read(value: Any, source: str = "calls.json", **given: object) -> Batch:
        data = value if isinstance(value, bytes) else json.dumps(value).encode()
        return json_file.parse(data, settings(type="json", **given), source, NOON)

    return read


SHAPES: tuple[tuple[str, Any, str], ...] = (
    ("one call", CALL, "calls.json"),
    ("a list", [CALL], "calls.json"),
    ("a list in an object", {"exported": "now", "calls": [CALL]}, "calls.json"),
    ("one a line", (json.dumps(CALL) + "\n\n").encode(), "calls.ndjson"),
    ("two bytes a letter", json.dumps(CALL).encode("utf-16"), "calls.json"),
)


@pytest.mark.parametrize(("value", "source"), [row[1:] for row in SHAPES], ids=[row[0] for row in SHAPES])
def test_a_call_is_found_in_every_shape(parse: Callable[..., Batch], value: Any, source: str) -> None:
    batch = parse(value, source)
    assert (batch.refusal, batch.rejects) == (None, ())
    record = batch.records[0].record
    assert (record.call_id, record.call_type, record.priority) == ("26-1", "NOISE COMPLAINT", "4")
    assert (iso(record.received_at), record.phone) == ("2026-03-04T19:00:00.000Z", "541-555-0123")
    assert "SAMPLE NAME" not in repr(batch)


def test_lines_are_one_call_each_also_without_the_name_for_it(parse: Callable[..., Batch]) -> None:
    lines = "\n".join(json.dumps(CALL | {"call": {**CALL["call"], "id": f"26-{n}"}}) for n in range(3))
    batch = parse(lines.encode(), "calls.json")
    assert [(row.line, row.record.call_id) for row in batch.records] == [
        (1, "26-0"),
        (2, "26-1"),
        (3, "26-2"),
    ]


def test_several_callers_stand_beside_each_other(parse: Callable[..., Batch]) -> None:
    callers = [
        {"phone": "541-555-0123", "role": "caller"},
        {"phone": "541-555-0145", "role": "Caller"},
        {"phone": "541-555-0167", "role": "witness"},
    ]
    batch = parse({**CALL, "caller": None, "callers": callers})
    assert batch.refusal is None, batch.refusal
    assert [(r.record.phone[-4:], r.record.role, r.record.slot) for r in batch.records] == [
        ("0123", "caller", 0),
        ("0145", "Caller", 1),
        ("0167", "witness", 0),
    ]
    assert len({row.digest for row in batch.records}) == 3


def test_paths_may_be_named(parse: Callable[..., Batch]) -> None:
    call = {
        "no": "26-1",
        "when": {"in": "2026-03-04 11:00:00"},
        "what": "NOISE",
        "who": [{"tel": "541-555-0123"}],
    }
    columns = {"call_id": "no", "received_at": "when/in", "call_type": "what", "phone": "who.tel"}
    batch = parse({"data": {"rows": [call]}}, columns=columns, records="data/rows")
    assert batch.refusal is None, batch.refusal
    assert batch.records[0].record.phone == "541-555-0123"


REFUSED: tuple[tuple[str, bytes, str], ...] = (
    ("nothing", b"", "empty"),
    ("no records", b"[]", "empty"),
    ("cut short", json.dumps([CALL]).encode()[:-9], "json"),
    ("no object", b'"call"', "json"),
    ("a list of words", b'["call"]', "json"),
    ("not a number", b'{"call_id": NaN}', "json"),
    ("a name twice", b'{"call_id": "1", "call_id": "2"}', "column_twice"),
    ("deep", b'{"a":' * 40 + b"1" + b"}" * 40, "too_deep"),
    ("deeper than any stack", b"[" * 200_000, "too_deep"),
    ("latin-1", '{"call_id": "café"}'.encode("latin-1"), "encoding"),
    ("no phone", b'{"call_id": "1", "received_at": "2026-03-04 11:00", "call_type": "X"}', "column_missing"),
    ("too many", json.dumps([CALL] * 2_001).encode(), "too_many_rows"),
    ("too large", b"[" + b" " * (5 * 1024 * 1024) + b"]", "too_large"),
    ("an archive", b"\x1f\x8b" + b"\0" * 20, "archive"),
)


@pytest.mark.parametrize(("data", "reason"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_refuses_the_whole_file(parse: Callable[..., Batch], data: bytes, reason: str) -> None:
    batch = parse(data)
    assert batch.refusal is not None
    assert (batch.refusal.reason, batch.records) == (reason, ())
    assert batch.refusal.remedy


def test_one_bad_record_is_rejected_with_its_place(parse: Callable[..., Batch]) -> None:
    bad = CALL | {"receivedAt": "yesterday"}
    batch = parse([CALL, bad, CALL | {"caller": {"phone": "541-555-0123\x07"}}])
    assert [row.line for row in batch.records] == [1]
    assert [(row.line, row.reason) for row in batch.rejects] == [
        (2, "time_unreadable"),
        (3, "control_character"),
    ]


def test_a_mark_quarantines_the_record_and_keeps_nothing_of_it(parse: Callable[..., Batch]) -> None:
    batch = parse([CALL | {"disposition": "OLN/S1234567 CHECKED"}])
    assert [(row.mark, row.call_id) for row in batch.quarantined] == [("OLN", "26-1")]
    assert "S1234567" not in repr(batch)


def test_a_preview_names_the_paths(settings: Callable[..., FeedSettings]) -> None:
    found = json_file.columns_of(json.dumps(CALL).encode(), settings(type="json"))
    assert found.headers["phone"] == "caller.phone"
    assert found.headers["call_id"] == "call.id"
    with pytest.raises(FeedFault, match="not JSON"):
        json_file.columns_of(b"{", settings(type="json"))
