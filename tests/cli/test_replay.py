"""History through the rules on the command line: nothing is written, and two policies are told apart."""

from __future__ import annotations

import hashlib
from pathlib import Path

from tests.cli.boxes import Box

HEADER = "EVENT_NUMBER,CREATE_TIME_INCIDENT,DISPATCH_TIME_PRIMARY_UNIT,CLOSED_TIME_INCIDENT,INCIDENT_TYPE_DESC,PRIORITY,CallerPhone\n"  # noqa: E501
TYPES = ("NOISE COMPLAINT", "THEFT-COLD", "DOMESTIC DISTURBANCE", "PARKING")


def history(folder: Path, calls: int = 200) -> Path:
    """One row a call, an hour after the other from the first of March 2025 on."""
    rows = []
    for n in range(calls):
        day, hour = 1 + n // 24, n % 24
        stamp = f"2025-03-{day:02d} {hour:02d}"
        rows.append(
            f"S{n:05d},{stamp}:00:00,{stamp}:10:00,{stamp}:40:00,{TYPES[n % 4]},4,541-555-01{n % 100:02d}\n"
        )
    path = folder / "history.csv"
    path.write_text(HEADER + "".join(rows))
    return path


def test_a_replay_tells_what_would_have_left_and_touches_nothing(box: Box) -> None:
    path = history(box.folder)
    database = box.folder / "data/aftercall.db"
    before = hashlib.sha256(database.read_bytes()).hexdigest()
    found = box.run("replay", str(path), "--feed", "cad", "--json").json
    assert (found["read"]["rows"], found["calls"]) == (200, 199)
    assert found["read"]["rejected"] == {"time_never_was": 1}, "two o'clock of a night in March"
    assert found["texts"]["received"] == 100, "two of four types are texted"
    assert sum(found["texts"].values()) + sum(r["events"] for r in found["refused"]) == found["events"]
    assert sum(found["by_hour"].values()) == sum(found["texts"].values())
    reasons = {row["reason"] for row in found["refused"]}
    assert {"never_list", "type_not_enabled"} <= reasons
    assert found["modems"] == 1 and found["busiest_hour"]["texts"] > 0
    assert hashlib.sha256(database.read_bytes()).hexdigest() == before
    said = box.run("replay", str(path), "--feed", "cad").out
    for needed in (
        "Nothing was sent",
        "busiest hour",
        "It would take 1 modem",
        "The breaker would have opened",
    ):
        assert needed in said


def test_two_policies_on_the_same_calls(box: Box) -> None:
    path = history(box.folder)
    other = box.folder / "next.toml"
    other.write_text('[call_types]\nallow = ["NOISE COMPLAINT", "THEFT-COLD", "PARKING"]\n')
    found = box.run("replay", str(path), "--feed", "cad", "--policy", str(other), "--json").json
    assert (found["texts"]["received"], found["with_policy"]["texts"]["received"]) == (100, 150)
    said = box.run("replay", str(path), "--feed", "cad", "--policy", str(other)).out
    assert "received: 100 -> 150 texts" in said
    assert box.run("policy", "show", "--json").json["policy"]["call_types"]["allow"] != ["x"]


def test_what_cannot_be_replayed_is_said(box: Box) -> None:
    path = history(box.folder, 3)
    wrong = box.run("replay", str(path), "--feed", "rms")
    assert (wrong.code, "There is: cad" in wrong.err) == (1, True)
    path.write_text("a,b\n1,2\n")
    unread = box.run("replay", str(path), "--feed", "cad")
    assert (unread.code, "no column for call_id" in unread.err) == (1, True)
    assert box.run("replay", str(box.folder / "nothing.csv"), "--feed", "cad").code == 2
