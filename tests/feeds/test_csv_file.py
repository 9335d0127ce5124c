from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from appliance.clock import iso
from appliance.domain.records import FEED_FIELDS, IncidentRecord
from appliance.feeds import csv_file, registry
from appliance.feeds.base import MAX_BYTES, Batch, FeedFault, FeedSettings

SAMPLES = Path(__file__).parents[1] / "samples" / "cad"
NOW = 1_772_740_800_000  # 2026-03-05 20:00 UTC
CANARY = "CANARY-7341"
HEADER = "call_id,received_at,call_type,phone,minor,Narrative\n"
GOOD_ROW = f"C-1,2026-03-04T19:00:00Z,NOISE,541-555-0123,N,{CANARY}\n"
SETTINGS = FeedSettings("cad", "csv", Path("unused"), ZoneInfo("America/Los_Angeles"))


def parse(text: str | bytes, **given: object) -> Batch:
    data = text.encode() if isinstance(text, str) else text
    return csv_file.parse(data, replace(SETTINGS, **given), "export.csv", NOW)  # type: ignore[arg-type]


def record(**given: object) -> IncidentRecord:
    return IncidentRecord(feed="cad", **given)  # type: ignore[arg-type]


def times_of(found: IncidentRecord) -> list[str | None]:
    return [iso(t) for t in (found.received_at, found.dispatched_at, found.arrived_at, found.closed_at)]


def test_reads_the_cincinnati_layout_without_configuration() -> None:
    batch = csv_file.parse((SAMPLES / "cincinnati.csv").read_bytes(), SETTINGS, "c.csv", NOW)
    assert (batch.refusal, batch.rejects, batch.quarantined) == (None, (), ())
    first, second, third = (row.record for row in batch.records)
    assert [row.line for row in batch.records] == [2, 3, 4]
    assert (first.call_id, first.call_type, first.priority) == ("SAMPLE-0001", "NOISE COMPLAINT", "4")
    assert (first.disposition, first.beat, first.district) == ("ADV: ADVISED", "B12", "2")
    assert first.phone == "541-555-0101"
    assert times_of(first) == [
        "2026-03-04T21:12:09.000Z",
        "2026-03-04T21:20:11.000Z",
        "2026-03-04T21:31:40.000Z",
        "2026-03-04T21:58:02.000Z",
    ]
    assert times_of(second) == ["2026-03-04T21:40:00.000Z", None, None, None]
    assert third.phone == ""


def test_reads_the_new_orleans_layout() -> None:
    batch = csv_file.parse((SAMPLES / "new_orleans.csv").read_bytes(), SETTINGS, "n.csv", NOW)
    assert (batch.refusal, batch.rejects) == (None, ())
    first, second, third = (row.record for row in batch.records)
    assert (first.call_type, first.call_type_initial) == ("THEFT BY PICKPOCKET", "THEFT")
    assert times_of(first)[:3] == [
        "2026-03-04T08:00:28.000Z",
        "2026-03-04T08:05:48.000Z",
        "2026-03-04T08:05:30.000Z",
    ]
    assert (first.self_initiated, second.self_initiated) == (False, True)
    assert third.closed_at is None


def test_reads_the_seattle_layout() -> None:
    batch = csv_file.parse((SAMPLES / "seattle.csv").read_bytes(), SETTINGS, "s.csv", NOW)
    assert (batch.refusal, batch.rejects) == (None, ())
    first, second, third = (row.record for row in batch.records)
    assert (first.call_type, first.source) == ("--NOISE - LOUD PARTY", "TELEPHONE OTHER, NOT 911")
    assert times_of(first)[2] == "2026-03-05T06:49:30.000Z"
    assert (second.source, second.self_initiated) == ("ONVIEW", True)
    assert third.arrived_at is None


@pytest.mark.parametrize("name", ["cincinnati.csv", "new_orleans.csv", "seattle.csv"])
def test_nothing_of_an_unlisted_column_is_in_a_batch(name: str) -> None:
    data = (SAMPLES / name).read_bytes()
    spoiled = data.replace(b"/2026 1", b"/20x6 1").replace(b"2026 Mar 04 1", b"20x6 Mar 04 1")
    batch = csv_file.parse(spoiled, SETTINGS, name, NOW)
    assert batch.rejects
    for unlisted in ("SAMPLE DATA", "GREEN", "ZIP-00", "UNION"):
        assert unlisted not in repr(batch)


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: text.encode(),
        lambda text: text.encode("utf-8-sig"),
        lambda text: text.encode("utf-16"),
        lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: text.replace("\n", "\r").encode(),
        lambda text: text.replace(",", ";").encode(),
        lambda text: text.replace(",", "\t").encode(),
        lambda text: text.replace(",", "|").encode(),
        lambda text: text.rstrip("\n").encode(),
    ],
    ids=[
        "utf-8",
        "bom",
        "utf-16-le",
        "utf-16-be",
        "crlf",
        "cr",
        "semicolon",
        "tab",
        "pipe",
        "no-last-newline",
    ],
)
def test_the_same_rows_in_any_dress_give_the_same_digest(encode: Callable[[str], bytes]) -> None:
    batch = parse(encode(HEADER + GOOD_ROW))
    assert batch.refusal is None
    assert [row.digest for row in batch.records] == [parse(HEADER + GOOD_ROW).records[0].digest]


def test_the_digest_does_not_hang_on_column_order_or_file_name() -> None:
    turned = "phone,Extra,call_type,received_at,call_id\n541-555-0123,x,NOISE,2026-03-04 11:00:00,C-1\n"
    assert parse(turned).records[0].digest == parse(HEADER + GOOD_ROW).records[0].digest


@pytest.mark.parametrize(
    ("data", "reason", "line"),
    [
        (b"", "empty", None),
        (b"\xef\xbb\xbf \n\n", "empty", None),
        (HEADER.encode() + b"C-1,caf\xe9,x,,,\n", "encoding", 2),
        (HEADER.encode() + b"\xc0\xaf,x,x,,,\n", "encoding", 2),
        (HEADER.encode() + b"\xed\xa0\x80,x,x,,,\n", "encoding", 2),
        (b"\xff\xfe" + HEADER.encode("utf-16-le") + b"\x00", "encoding", 2),
        (b"\xff\xfe" + (HEADER + "\n").encode("utf-16-le") + b"\x00\xd8", "encoding", 3),
        (HEADER.encode("utf-16-le"), "header", 1),
        (b"PK\x03\x04" + b"\x00" * 40, "archive", None),
        (b"\x1f\x8b\x08\x00" + b"\x00" * 40, "archive", None),
        (b"call_id,received_at\n1,2\n", "column_missing", 1),
        (HEADER.encode() + b'C-1,"2026\nC-2,x\nC-3', "quotes", 2),
        (HEADER.encode() + b'C-1,"a\nb"c,x,,,\nC-3,x,x,,,\n', "quotes", 2),
    ],
    ids=["nothing", "blank", "latin-1", "overlong", "surrogate", "half-utf-16", "lone-surrogate", "no-bom",
         "zip", "gzip", "columns", "open-quote", "text-after-quote"],
)  # fmt: skip
def test_refuses_the_whole_file(data: bytes, reason: str, line: int | None) -> None:
    batch = parse(data)
    assert batch.refusal is not None
    assert (batch.refusal.reason, batch.refusal.line) == (reason, line)
    assert (batch.records, batch.rejects, batch.quarantined) == ((), (), ())


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("C-9,2026-03-04T19:00:00Z,NOISE\n", "cell_count"),
        (f"C-9,2026-03-04T19:00:00Z,NOISE,,N,{CANARY},{CANARY}\n", "cell_count"),
        (f'C-9,"2026-03-04T19:00:00Z"x,NOISE,,N,{CANARY}\n', "quotes"),
        (f"C-9,2026-03-04T19:00:00Z,NOISE,,N,{CANARY}\x00\n", "control_character"),
        (f"C-9,2026-03-04T19:00:00Z,NOISE,,N,{'x' * 8193}\n", "field_too_long"),
        (f"C-9,2026-03-04T19:00:00Z,{'x' * 257},,N,{CANARY}\n", "field_too_long"),
        (f"C-9,not a time,NOISE,,N,{CANARY}\n", "time_unreadable"),
        (f",2026-03-04T19:00:00Z,NOISE,,N,{CANARY}\n", "call_id_missing"),
        (f"C-9,2026-03-04T19:00:00Z,NOISE,,perhaps,{CANARY}\n", "flag_unreadable"),
    ],
)
def test_a_bad_row_is_rejected_and_the_good_ones_go_on(row: str, reason: str) -> None:
    batch = parse(HEADER + GOOD_ROW + row + GOOD_ROW)
    assert [r.line for r in batch.records] == [2, 4]
    assert [(r.line, r.reason) for r in batch.rejects] == [(3, reason)]
    assert CANARY not in repr(batch)
    if reason in ("cell_count", "quotes"):
        assert batch.rejects[0].kept == {}


def test_lines_count_as_the_file_has_them() -> None:
    text = "\n\n" + HEADER + "\n" + 'C-1,2026-03-04T19:00:00Z,NOISE,,N,"two\nlines, one cell"\n' + GOOD_ROW
    assert [row.line for row in parse(text).records] == [5, 7]


def test_a_marked_row_is_quarantined_and_nothing_of_it_remains() -> None:
    batch = parse(HEADER + "C-9,2026-03-04T19:00:00Z,WANTED SMITH,541-555-0123,N,x\n" + GOOD_ROW)
    assert [(q.line, q.mark) for q in batch.quarantined] == [(2, "WANTED")]
    assert len(batch.records) == 1
    assert "SMITH" not in repr(batch)


def test_a_mark_in_an_unlisted_column_goes_with_it() -> None:
    assert len(parse(HEADER + GOOD_ROW.replace(CANARY, "FBI/123")).records) == 1


def test_a_day_first_column_is_told_from_any_of_its_rows() -> None:
    rows = "".join(f"C-{n},{d}/03/2026 10:00,NOISE,,N,x\n" for n, d in enumerate(("02", "03", "13", "04")))
    batch = parse(HEADER + rows)
    assert [r.reason for r in batch.rejects] == ["time_day_first"] * 4
    assert "time_format" in batch.rejects[0].remedy
    configured = parse(HEADER + rows, time_format="%d/%m/%Y %H:%M")
    # The 13th is more than a day ahead of the clock this test stands at.
    assert [(r.line, r.reason) for r in configured.rejects] == [(4, "time_in_future")]
    assert iso(configured.records[0].record.received_at) == "2026-03-02T18:00:00.000Z"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (HEADER + GOOD_ROW * 2_000, None),
        (HEADER + GOOD_ROW * 2_001, "too_many_rows"),
        (HEADER[:-1] + ",x" * 58 + "\n" + GOOD_ROW[:-1] + ",x" * 58, None),
        (HEADER[:-1] + ",x" * 59 + "\n" + GOOD_ROW[:-1] + ",x" * 59, "too_many_columns"),
        (HEADER + GOOD_ROW + "\n" * (MAX_BYTES - len(HEADER + GOOD_ROW)), None),
        (HEADER + GOOD_ROW + "\n" * (MAX_BYTES + 1 - len(HEADER + GOOD_ROW)), "too_large"),
        (HEADER + "," * (MAX_BYTES - len(HEADER)), None),
        (HEADER + '"' * (MAX_BYTES - len(HEADER)), None),
        (HEADER + '"' + "x\n" * 2_000_000, "quotes"),
        (HEADER + "\ufdfa" * 1_700_000, None),
    ],
    ids=["2000 rows", "2001 rows", "64 columns", "65 columns", "5 MiB", "5 MiB + 1", "commas", "quotes",
         "one long cell", "letters that grow"],
)  # fmt: skip
def test_limits_hold_within_two_seconds(text: str, reason: str | None) -> None:
    started = time.process_time()
    batch = parse(text)
    assert time.process_time() - started < 2.0
    assert (batch.refusal and batch.refusal.reason) == reason


def test_columns_of_a_sample_tell_check_what_is_missing() -> None:
    found = csv_file.columns_of((SAMPLES / "cincinnati.csv").read_bytes(), SETTINGS)
    assert found.headers["call_id"] == "EVENT_NUMBER"
    with pytest.raises(FeedFault, match="phone"):
        csv_file.columns_of(b"call_id,received_at,call_type\n", SETTINGS)


def test_a_time_format_that_loses_time_stops_the_feed_at_its_start(
    settings: Callable[..., FeedSettings],
) -> None:
    with pytest.raises(FeedFault, match="time_format"):
        registry.open_feed(settings(time_format="%d/%m/%Y"))


def test_a_column_named_for_no_field_stops_the_feed(settings: Callable[..., FeedSettings]) -> None:
    with pytest.raises(FeedFault, match=r"phon: no such field"):
        registry.open_feed(settings(columns={"phon": "CallerPhone"}))


_BASE = (HEADER + GOOD_ROW + GOOD_ROW.replace("C-1", "C-2") + GOOD_ROW.replace("C-1", "C-3")).encode()


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    data = bytearray(_BASE)
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(data)))
        piece = draw(
            st.sampled_from(
                [b'"', b"\n", b",", b"\r", b"\x00", b"\xff", b"\xef\xbb\xbf", b"FBI/", b";;;;;;;;"]
            )
            | st.binary(max_size=8)
        )
        data[at : at + draw(st.integers(0, 12))] = piece
    return bytes(data)


@effort(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutated() | st.binary(max_size=300))
def test_any_bytes_give_rows_or_a_refusal_and_never_half(data: bytes) -> None:
    batch = parse(data)
    if batch.refusal is not None:
        assert not (batch.records or batch.rejects or batch.quarantined)
        return
    lines = [r.line for r in batch.records] + [r.line for r in batch.rejects]
    lines += [q.line for q in batch.quarantined]
    assert len(lines) == len(set(lines))
    assert len(batch.taken) == len(batch.records)
    for row in batch.records:
        assert row.record.call_id
        assert row.record.received_at <= NOW + 86_400_000
    for reject in batch.rejects:
        assert reject.reason
        assert set(reject.kept) <= set(FEED_FIELDS)
        others = [value for name, value in reject.kept.items() if name != "call_id"]
        assert "555-0123" not in "".join(others)


@effort(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(["good", "short", "late", "marked"]), max_size=30))
def test_counts_add_up(kinds: list[str]) -> None:
    rows = {
        "good": GOOD_ROW,
        "short": "C-2,x\n",
        "late": "C-3,2030-01-01T00:00:00Z,NOISE,,N,\n",
        "marked": "C-4,2026-03-04T19:00:00Z,DOB/1,,N,\n",
    }
    batch = parse(HEADER + "".join(rows[kind] for kind in kinds))
    assert batch.refusal is None
    assert len(batch.records) == kinds.count("good")
    assert len(batch.rejects) == kinds.count("short") + kinds.count("late")
    assert len(batch.quarantined) == kinds.count("marked")


def test_two_thousand_rows_take_well_under_a_second() -> None:
    sample = (SAMPLES / "cincinnati.csv").read_text().splitlines(keepends=True)
    text = sample[0] + "".join(sample[1 + n % 3].replace("SAMPLE-", f"S{n}-") for n in range(2_000))
    started = time.process_time()
    batch = parse(text)
    assert time.process_time() - started < 1.0
    assert len(batch.records) == 2_000
    assert len({row.digest for row in batch.records}) == 2_000


MIXED = (
    ("another order of the date", "2026-03-04 11:00:00", "03/04/2026 11:00:00"),
    ("an offset in some rows", "2026-03-04 11:00:00", "2026-03-04 19:00:00Z"),
    ("a 12-hour clock in some rows", "03/04/2026 11:00:00", "03/04/2026 11:00:00 AM"),
    ("a name of the month in some rows", "03/04/2026 11:00:00", "Mar 4, 2026 11:00:00"),
)


@pytest.mark.parametrize(("one", "other"), [row[1:] for row in MIXED], ids=[row[0] for row in MIXED])
def test_a_time_column_written_in_two_ways_refuses_the_file(one: str, other: str) -> None:
    rows = "".join(f'C-{n},"{at}",NOISE,541-555-0123,x,x\n' for n, at in enumerate((one, one, other)))
    refusal = parse(HEADER + rows).refusal
    assert refusal is not None
    assert (refusal.reason, refusal.line, refusal.column) == ("mixed_times", 4, HEADER.split(",")[1])


def test_fractions_and_single_digits_are_no_second_way() -> None:
    times = ("03/04/2026 11:00:00", "3/4/2026 9:05:00", "03/04/2026 11:00:00.125", "3/4/2026 11:00")
    rows = "".join(f"C-{n},{at},NOISE,541-555-0123,x,x\n" for n, at in enumerate(times))
    batch = parse(HEADER + rows)
    assert batch.refusal is None
    assert [iso(row.record.received_at) for row in batch.records] == [
        "2026-03-04T19:00:00.000Z",
        "2026-03-04T17:05:00.000Z",
        "2026-03-04T19:00:00.125Z",
        "2026-03-04T19:00:00.000Z",
    ]
