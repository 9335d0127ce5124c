"""Real layouts of CAD exports: what is proposed, what has to be asked, and that it then reads."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from appliance.feeds import proposal, registry
from appliance.feeds.base import FeedSettings, SourceFault
from appliance.feeds.proposal import Proposal

LAYOUTS = Path(__file__).parent.parent / "samples/layouts"
NOW = 1_772_740_800_000
CSV = FeedSettings("cad", "csv", Path("unused"), ZoneInfo("America/Los_Angeles"))


def proposed(name: str, **answers: str) -> Proposal:
    return proposal.propose((LAYOUTS / name).read_bytes(), of(name), name, answers, NOW)


def of(name: str) -> FeedSettings:
    return replace(CSV, type="xml", preset="newworld") if name.endswith("xml") else CSV


# layout, fields beside call_id and received_at with their columns, answers a person has to give
COMPLETE: tuple[tuple[str, dict[str, str], dict[str, str]], ...] = (
    ("seattle_classic.csv", {"call_type": "Final Call Type", "source": "Call Type"}, {}),
    ("seattle_new.csv", {"call_type": "final_call_type", "source": "call_type", "beat": "dispatch_beat"}, {}),
    ("spd_raw.csv", {"call_type": "Case_Type_Final_Desc", "received_at": "Event_First_Dispatch_Time_ATTR"},
     {"received_at": "Event_First_Dispatch_Time_ATTR"}),
    ("cincinnati.csv", {"call_type": "INCIDENT_TYPE_DESC", "closed_at": "CLOSED_TIME_INCIDENT"}, {}),
    ("new_orleans.csv", {"call_type": "TypeText", "self_initiated": "SelfInitiated"}, {}),
    ("nypd.csv", {"call_type": "TYP_DESC", "received_at": "ADD_TS", "closed_at": "CLOSNG_TS"}, {}),
    ("san_francisco.csv", {"call_type": "call_type_final_desc", "sensitive": "sensitive_call"}, {}),
    ("baltimore.csv", {"call_type": "description"}, {"call_type": "description"}),
    ("asheville.csv", {"call_type": "call_nature", "received_at": "call_time"}, {}),
    ("tritech.csv", {"call_type": "Problem", "received_at": "Time_PhonePickUp"}, {}),
    ("govworx.csv", {"phone": "CallerNumber", "report_number": "Case ID"}, {}),
    ("new_world.xml", {"phone": "phone", "call_type": "call_type"}, {}),
)  # fmt: skip


@pytest.mark.parametrize(("name", "expected", "answers"), COMPLETE, ids=[row[0] for row in COMPLETE])
def test_a_layout_is_mapped_and_then_reads(
    name: str, expected: dict[str, str], answers: dict[str, str]
) -> None:
    found = proposed(name, **answers)
    assert found.is_complete, (found.questions, found.problems)
    named = found.named()
    assert {field: named.get(field) for field in expected} == expected
    assert {"call_id", "received_at", "call_type", "phone"} <= set(named)
    assert found.read["records"] == found.rows
    batch = registry.parse(replace(of(name), columns=named), (LAYOUTS / name).read_bytes(), name, NOW)
    assert (batch.refusal, batch.rejects) == (None, ())


def test_the_two_columns_of_date_and_time_are_told() -> None:
    found = proposed("los_angeles.csv")
    assert not found.is_complete
    assert any("two columns" in problem for problem in found.problems)


@pytest.mark.parametrize("name", [path.name for path in LAYOUTS.glob("*.csv")])
def test_no_number_is_shown_and_what_is_dropped_is_named(name: str) -> None:
    found = proposed(name)
    assert "555" not in repr(found)
    listed = {column.header for column in found.columns}
    assert listed.isdisjoint(found.dropped)


def test_without_a_column_for_the_number_it_says_what_to_ask_for() -> None:
    data = (LAYOUTS / "nypd.csv").read_bytes().replace(b",CallerPhone", b",Other")
    found = proposal.propose(data, CSV, "nypd.csv", {}, NOW)
    assert any("callback number" in problem for problem in found.problems)


AMBIGUOUS = (
    ("what happened", "Noise complaint", "Call Type"),
    ("how it came in", "911", ""),
)


@pytest.mark.parametrize(
    ("value", "guess"), [row[1:] for row in AMBIGUOUS], ids=[row[0] for row in AMBIGUOUS]
)
def test_call_type_alone_is_asked_about(value: str, guess: str) -> None:
    data = f"Call ID,Call Time,Call Type,CallerPhone\nC1,2026-03-04 10:00:00,{value},541-555-0101\n".encode()
    found = proposal.propose(data, CSV, "x.csv", {}, NOW)
    [question] = found.questions
    assert (question.field, question.guess, value in question.sentence) == ("call_type", guess, True)
    answered = proposal.propose(data, CSV, "x.csv", {"call_type": "Call Type"}, NOW)
    assert answered.is_complete


def test_what_a_person_should_know_is_noted() -> None:
    rows = "".join(f"C{n},0{n}/0{n + 1}/2026 10:00:00,DOMESTIC,541-555-0101,es,OLN/X\n" for n in range(1, 4))
    data = f"Call ID,Call Time,Problem,CallerPhone,Language,Disposition\n{rows}".encode()
    notes = " ".join(proposal.propose(data, CSV, "x.csv", {}, NOW).notes)
    for needed in (
        "month first or day first",
        "3 of 3 calls have a type that is never texted",
        "es (3)",
        "OLN",
    ):
        assert needed in notes


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"caf\xe9,b\n", "encoding"), (b"", "empty"), (b"Call ID,Call Time,Problem\n1,2,3\n", "column_absent")],
)
def test_what_cannot_be_read_is_said(data: bytes, reason: str) -> None:
    with pytest.raises(SourceFault) as caught:
        proposal.propose(data, CSV, "x.csv", {"phone": "Cell"}, NOW)
    assert caught.value.refusal.reason == reason
