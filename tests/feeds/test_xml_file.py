"""XML: the New World export, any other by its paths, and what refuses a file."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from appliance.clock import iso
from appliance.feeds import xml_file
from appliance.feeds.base import Batch, FeedSettings
from appliance.feeds.newworld import NAMESPACE
from tests.feeds.conftest import NOON

NEW_WORLD = f"""<?xml version="1.0" encoding="utf-8"?>
<CallExport xmlns="{NAMESPACE}" xmlns:i="http://www.w3.org/2001/XMLSchema-instance">
  <CallId>12345</CallId><CallNumber>2026-0042</CallNumber><CallSource>Phone</CallSource>
  <CallerName>SAMPLE NAME</CallerName><CallerPhone>541-555-0123</CallerPhone>
  <NatureOfCall>Loud music</NatureOfCall>
  <CreateDateTime>2026-03-04T11:00:00</CreateDateTime>
  <CloseDateTime i:nil="true" /><ClosedFlag>false</ClosedFlag><CanceledFlag>false</CanceledFlag>
  <AgencyContexts>
    <AgencyContext><AgencyType>EMS</AgencyType><CallType>Lift</CallType><Priority>1</Priority></AgencyContext>
    <AgencyContext><AgencyType>Police</AgencyType><CallType>Noise</CallType><Priority>4</Priority></AgencyContext>
  </AgencyContexts>
  <Location><FullAddress>SAMPLE STREET</FullAddress><PoliceBeat>B4</PoliceBeat></Location>
  <Incidents><Incident><Number>26-R7</Number><Jurisdiction>X</Jurisdiction></Incident></Incidents>
  <AssignedUnits>
    <Unit><UnitNumber>4A13</UnitNumber><AssignedDateTime>2026-03-04T11:09:00</AssignedDateTime></Unit>
    <Unit><UnitNumber>4A12</UnitNumber><AssignedDateTime>2026-03-04T11:05:00</AssignedDateTime></Unit>
  </AssignedUnits>
</CallExport>
"""
GENERIC = """<Export><Made>now</Made><Calls>
  <Call id="26-1"><Times><Created>2026-03-04 11:00:00</Created></Times><Kind>NOISE</Kind>
    <Who><Tel>541-555-0123</Tel></Who><Narrative>SAMPLE WORDS</Narrative></Call>
  <Call id="26-2"><Times><Created>2026-03-04 11:01:00</Created></Times><Kind>PARKING</Kind>
    <Who><Tel>541-555-0145</Tel></Who></Call>
</Calls></Export>"""
PATHS = {"call_id": "@id", "received_at": "Times/Created", "call_type": "Kind", "phone": "Who/Tel"}


@pytest.fixture
def parse(settings: Callable[..., FeedSettings]) -> Callable[..., Batch]:
    def read(text: str | bytes, source: str = "call.xml", **given: object) -> Batch:
        data = text if isinstance(text, bytes) else text.encode()
        return xml_file.parse(data, settings(type="xml", **given), source, NOON)

    return read


def test_reads_a_new_world_call(parse: Callable[..., Batch]) -> None:
    batch = parse(NEW_WORLD, preset="newworld")
    assert (batch.refusal, batch.rejects) == (None, ())
    record = batch.records[0].record
    assert (record.call_id, record.call_type, record.priority) == ("2026-0042", "Noise", "4")
    assert (record.call_type_initial, record.source, record.phone) == ("Loud music", "Phone", "541-555-0123")
    assert (record.beat, record.unit, record.report_number) == ("B4", "4A12", "26-R7")
    assert (iso(record.received_at), iso(record.dispatched_at), record.closed_at) == (
        "2026-03-04T19:00:00.000Z",
        "2026-03-04T19:05:00.000Z",
        None,
    )
    for unlisted in ("SAMPLE NAME", "SAMPLE STREET"):
        assert unlisted not in repr(batch)


VARIANTS = (
    ("another root", "<CallExport", "<Call", None, ""),
    ("closed, with its time", '<CloseDateTime i:nil="true" /><ClosedFlag>false',
     "<CloseDateTime>2026-03-04T11:50:00</CloseDateTime><ClosedFlag>true", "2026-03-04T19:50:00.000Z", ""),
    ("closed, the time in the file's name", "<ClosedFlag>false", "<ClosedFlag>true",
     "2026-03-04T19:55:10.000Z", ""),
    ("canceled", "<CanceledFlag>false", "<CanceledFlag>1", "2026-03-04T19:55:10.000Z", "CANCELED"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("was", "now", "closed_at", "disposition"),
    [row[1:] for row in VARIANTS],
    ids=[row[0] for row in VARIANTS],
)
def test_reads_its_variants(
    parse: Callable[..., Batch], was: str, now: str, closed_at: str | None, disposition: str
) -> None:
    text = NEW_WORLD.replace(was, now).replace(was.replace("<", "</"), now.replace("<", "</"))
    batch = parse(text, "2026-0042_2026030411551000.xml", preset="newworld")
    assert batch.refusal is None, batch.refusal
    record = batch.records[0].record
    assert (iso(record.closed_at), record.disposition) == (closed_at, disposition)


def test_reads_any_other_by_its_paths(parse: Callable[..., Batch]) -> None:
    batch = parse(GENERIC, columns=PATHS, records="Calls/Call")
    assert (batch.refusal, batch.rejects) == (None, ())
    assert [(row.record.call_id, row.record.call_type, row.record.phone) for row in batch.records] == [
        ("26-1", "NOISE", "541-555-0123"),
        ("26-2", "PARKING", "541-555-0145"),
    ]
    assert "SAMPLE WORDS" not in repr(batch)


def test_the_one_call_of_a_file_needs_no_path(parse: Callable[..., Batch]) -> None:
    text = "<Call><CallNumber>1</CallNumber><CreateDateTime>2026-03-04 11:00:00</CreateDateTime>"
    text += "<CallType>NOISE</CallType><CallerPhone>541-555-0123</CallerPhone></Call>"
    assert parse(text).records[0].record.call_id == "1"
    batch = parse(f"<Calls>{text}{text.replace('>1<', '>2<')}</Calls>")
    assert [row.record.call_id for row in batch.records] == ["1", "2"]


BOMB = '<!DOCTYPE b [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY a{n} "{"&a" + str(n - 1 if n > 1 else "") + ";"}{"&a" + str(n - 1 if n > 1 else "") + ";"}">'
    for n in range(1, 40)
)
REFUSED: tuple[tuple[str, str | bytes, str], ...] = (
    ("nothing", "", "empty"),
    ("no XML", "call_id,received_at\n", "xml"),
    ("cut short", GENERIC[:-20], "xml"),
    ("a bomb of entities", f"{BOMB}]><b>&a39;</b>", "xml_dtd"),
    ("a file outside", '<!DOCTYPE b [<!ENTITY x SYSTEM "file:///etc/passwd">]><b>&x;</b>', "xml_dtd"),
    ("a DTD alone", '<!DOCTYPE b SYSTEM "http://127.0.0.1/x.dtd"><b/>', "xml_dtd"),
    ("deep", "<a>" * 5_000 + "</a>" * 5_000, "too_deep"),
    ("a million elements", "<a>" + "<b/>" * 1_000_000 + "</a>", "too_many_rows"),
    ("latin-1", GENERIC.replace("NOISE", "CAFÉ").encode("latin-1"), "encoding"),
    ("no such path", GENERIC, "xml"),
)


@pytest.mark.parametrize(("data", "reason"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_refuses_the_whole_file(parse: Callable[..., Batch], data: str | bytes, reason: str) -> None:
    given = {"records": "Nothing/Here"} if data == GENERIC else {}
    batch = parse(data, **given)
    assert batch.refusal is not None
    assert (batch.refusal.reason, batch.records) == (reason, ())


def test_a_file_of_another_system_is_no_new_world_call(parse: Callable[..., Batch]) -> None:
    for text in (GENERIC, NEW_WORLD.replace("2011/02", "2099/01")):
        batch = parse(text, preset="newworld")
        assert batch.refusal is not None
        assert "namespace" in batch.refusal.what


def test_a_declared_encoding_does_not_mislead(parse: Callable[..., Batch]) -> None:
    text = NEW_WORLD.replace('encoding="utf-8"', 'encoding="utf-16"').replace("Loud music", "Música")
    for data in (text.encode("utf-16"), text.encode("utf-8"), text.encode("utf-8-sig")):
        batch = parse(data, preset="newworld")
        assert batch.records[0].record.call_type_initial == "Música"
