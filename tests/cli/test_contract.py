"""Every JSON of the contract for scripts, from a walk through real processes: key by key, type by type."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from appliance import clock
from tests.cli.boxes import ZONE, Box, faults_of

ANSWERS = "+15415550123"
STOPS = "+15415550124"
IN_DANGER = "+15415550125"
TESTED = "+15415550126"


def instant(value: Any) -> bool:
    """ISO 8601 in UTC with `Z`."""
    return (
        isinstance(value, str) and re.fullmatch(r"\d{4}(-\d\d){2}T\d\d(:\d\d){2}(\.\d+)?Z", value) is not None
    )


def number(value: Any) -> bool:
    """E.164."""
    return isinstance(value, str) and re.fullmatch(r"\+[1-9]\d{6,14}", value) is not None


def day(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value) is not None


def some(*shapes: Any) -> frozenset[Any]:
    return frozenset(shapes)


NULL = None

STATUS = {
    "mode": some("shadow", "live"),
    "hold": NULL,
    "modems": [
        {
            "name": str,
            "state": some("absent", "starting", "ready", "recovering", "parked"),
            "signal": some(int, NULL),
            "registered": bool,
            "queue": int,
        }
    ],
    "feeds": [{"name": str, "last_seen": some(instant, NULL), "silent": bool}],
    "queue": {"queued": int, "sending": int, "unknown": int},
}
HOLD = {"reason": str, "by": str, "since": instant}
MESSAGES = [
    {
        "id": int,
        "call_id": some(str, NULL),
        "event": str,
        "to": number,
        "text": str,
        "state": some(
            *("queued", "sending", "sent", "delivered", "unknown", "failed", "expired", "cancelled", "shadow")
        ),
        "parts": int,
        "queued_at": instant,
        "sent_at": some(instant, NULL),
        "delivered_at": some(instant, NULL),
        "error": some(str, NULL),
    }
]
REPLIES = [
    {
        "id": int,
        "from": some(number, str),
        "text": str,
        "received_at": instant,
        "kind": some(
            *("emergency", "stop", "refusal", "wrong", "start", "language", "who", "status", "callme"),
            *("help", "answer", "reprompt", "comment", "machine", "child", "late", "other"),
        ),
        "alarm": some("red", "amber", NULL),
        "effects": [str],
        "conversation": some(int, NULL),
        "question": some("overall", "listened", "respect", "fair", "resolved", "comment", NULL),
        "score": some(0, 1, 2, 3, 4, 5, NULL),
    }
]
EXPLAIN = [
    {
        "at": instant,
        "event": str,
        "decision": some("send", "refuse", "postpone", "shadow"),
        "reason": str,
        "sentence": str,
    }
]
REPORT = {
    "period": {"from": day, "to": day},
    "funnel": {
        "calls": int,
        "excluded": dict,
        "invited": int,
        "delivered": some(int, NULL),
        "started": int,
        "completed": int,
        "opted_out": int,
    },
    "response_rate": some(float, NULL),
    "base": some("delivered", "sent"),
    "questions": [
        {
            "id": some("overall", "listened", "respect", "fair", "resolved"),
            "n": int,
            "mean": some(float, NULL),
            "distribution": {"1": int, "2": int, "3": int, "4": int, "5": int},
        }
    ],
}


def test_the_shapes_themselves_can_fail() -> None:
    assert faults_of({"mode": "asleep", "modems": [{}]}, STATUS)
    assert faults_of([{"at": "2026-01-01 10:00"}], EXPLAIN)
    assert faults_of(True, int), "a truth value is no number"


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    """A box on which four calls came in: one resident answered, one stopped, one is in danger."""
    box = Box(tmp_path_factory.mktemp("walked"))
    try:
        box.set_up()
        radio = box.simulate()
        box.start("worker")
        box.wait(lambda: box.run("status", "--json").json["modems"][0]["state"] == "ready", "no modem")
        box.drop(
            "calls.csv",
            box.call("S1", ANSWERS),
            box.call("S2", STOPS),
            box.call("S3", "+15415550129", call_type="DOMESTIC DISTURBANCE"),
            box.call("S4", "+15415550128", call_type="BARKING DOG"),
        )
        box.wait(
            lambda: box.rows("SELECT 1 FROM messages WHERE kind = 'q_overall'") != [], "nobody was asked"
        )
        box.wait(lambda: radio.count() == 4, "the first questions did not leave")
        for turn, text in enumerate(("five!", "4", "3", "0", "4", "Thank you all"), 1):
            radio.say(ANSWERS, text)
            box.wait(lambda turn=turn: radio.count() == 4 + turn, f"nothing followed {text!r}")
        radio.say(STOPS, "STOP")
        radio.say(IN_DANGER, "help me")
        assert box.run("send-test", typed=TESTED).code == 0
        box.wait(lambda: radio.count() == 13, "not all texts left")
        box.wait(lambda: not box.rows("SELECT 1 FROM messages WHERE state != 'delivered'"), "not delivered")
        box.wait(lambda: not box.rows("SELECT 1 FROM replies WHERE state = 'new'"), "a reply was not read")
        radio.close()
        yield box
    finally:
        box.close()


def today(box: Box) -> tuple[str, ...]:
    """The days of the report: the calls are minutes old, which may be yesterday."""
    now = clock.to_datetime(clock.now()).astimezone(ZONE)
    return ("--from", str((now - timedelta(hours=1)).date()), "--to", str(now.date()))


COMMANDS: tuple[tuple[str, tuple[str, ...], str, Any], ...] = (
    ("status", ("status",), "", STATUS),
    ("messages", ("messages",), "", MESSAGES),
    ("messages of a call", ("messages", "--call", "S1"), "", MESSAGES),
    ("messages in a state", ("messages", "--state", "delivered"), "", MESSAGES),
    ("replies", ("replies",), "", REPLIES),
    ("replies of a kind", ("replies", "--kind", "stop"), "", REPLIES),
    ("explain a call", ("explain", "S3"), "", EXPLAIN),
    ("explain a number", ("explain", "--number"), ANSWERS, EXPLAIN),
)


@pytest.mark.parametrize(
    ("arguments", "typed", "shape"), [c[1:] for c in COMMANDS], ids=[c[0] for c in COMMANDS]
)
def test_a_listing_has_the_keys_and_types_of_the_contract(
    walked: Box, arguments: tuple[str, ...], typed: str, shape: Any
) -> None:
    found = walked.run(*arguments, "--json", typed=typed).json
    assert found, "an empty listing proves nothing"
    assert faults_of(found, shape) == []


@pytest.mark.parametrize(("arguments", "typed"), [c[1:3] for c in COMMANDS], ids=[c[0] for c in COMMANDS])
def test_a_listing_is_readable_without_json(walked: Box, arguments: tuple[str, ...], typed: str) -> None:
    found = walked.run(*arguments, typed=typed)
    assert (found.code, found.err) == (0, "")
    assert found.out.strip() and not found.out.lstrip().startswith(("[", "{"))


def test_the_report_has_the_keys_and_types_of_the_contract(walked: Box) -> None:
    found = walked.run("report", *today(walked), "--json").json
    assert faults_of(found, REPORT) == []
    assert walked.run("report", *today(walked), "--format", "json").json == found


def test_the_report_counts_what_the_residents_did(walked: Box) -> None:
    found = walked.run("report", *today(walked), "--json").json
    funnel = found["funnel"]
    assert funnel["calls"] == 4
    assert funnel["excluded"] == {"never_list": 1, "type_not_enabled": 1}
    assert [funnel[key] for key in ("invited", "delivered", "started", "completed", "opted_out")] == [
        *(2, 2, 1, 1, 1),
    ]
    assert (found["response_rate"], found["base"]) == (0.5, "delivered")
    scores = {q["id"]: [int(k) for k, n in q["distribution"].items() if n] for q in found["questions"]}
    assert scores == {"overall": [5], "listened": [4], "respect": [3], "fair": [], "resolved": [4]}
    assert {q["mean"] for q in found["questions"]} == {None}, "one answer makes no mean"


def test_the_report_as_csv_is_one_line_a_question(walked: Box) -> None:
    lines = walked.run("report", *today(walked), "--format", "csv").out.splitlines()
    assert lines[:2] == ["question,n,mean,1,2,3,4,5", "overall,1,,0,0,0,0,1"]
    assert len(lines) == 6


def test_the_status_tells_of_modem_feed_and_queue(walked: Box) -> None:
    found = walked.run("status", "--json").json
    assert (found["mode"], found["hold"]) == ("live", None)
    [modem] = found["modems"]
    assert (modem["name"], modem["state"], modem["registered"], modem["queue"]) == ("main", "ready", True, 0)
    assert -113 <= modem["signal"] <= -51
    [feed] = found["feeds"]
    assert (feed["name"], feed["silent"]) == ("cad", False)
    assert found["queue"] == {"queued": 0, "sending": 0, "unknown": 0}


def test_every_text_names_its_call_event_and_number(walked: Box) -> None:
    found = walked.run("messages", "--json").json
    assert [m["id"] for m in found] == sorted((m["id"] for m in found), reverse=True)
    told = {(m["call_id"], m["event"], m["to"]) for m in found}
    assert told == {
        ("S1", "closed", ANSWERS), ("S1", "survey", ANSWERS),
        ("S2", "closed", STOPS), ("S2", "survey", STOPS),
        (None, "stop", STOPS), (None, "auto", IN_DANGER), (None, "test", TESTED),
    }  # fmt: skip
    assert {(m["state"], m["parts"], m["error"]) for m in found} == {("delivered", 1, None)}
    assert all(m["queued_at"] <= m["sent_at"] <= m["delivered_at"] for m in found)


def test_every_reply_tells_how_it_was_read(walked: Box) -> None:
    found = walked.run("replies", "--json").json
    read = [(r["from"], r["text"], r["kind"], r["alarm"], r["question"], r["score"]) for r in reversed(found)]
    assert sorted(read, key=lambda row: row[0]) == [
        (ANSWERS, "five!", "answer", None, "overall", 5),
        (ANSWERS, "4", "answer", None, "listened", 4),
        (ANSWERS, "3", "answer", None, "respect", 3),
        (ANSWERS, "0", "answer", None, "fair", 0),
        (ANSWERS, "4", "answer", None, "resolved", 4),
        (ANSWERS, "Thank you all", "comment", None, "comment", None),
        (STOPS, "STOP", "stop", None, None, None),
        (IN_DANGER, "help me", "emergency", "red", None, None),
    ]
    stop = next(r for r in found if r["kind"] == "stop")
    assert "opted_out" in stop["effects"]
    assert isinstance(stop["conversation"], int)


@pytest.mark.parametrize(
    ("call_id", "decisions"),
    [
        ("S1", {("closed", "send", "allowed"), ("survey", "send", "allowed")}),
        ("S3", {("closed", "refuse", "never_list"), ("survey", "refuse", "never_list")}),
        ("S4", {("closed", "refuse", "type_not_enabled"), ("survey", "refuse", "type_not_enabled")}),
    ],
    ids=["texted", "on the never-list", "not enabled"],
)
def test_explain_tells_what_was_decided_and_why(
    walked: Box, call_id: str, decisions: set[tuple[str, str, str]]
) -> None:
    found = walked.run("explain", call_id, "--json").json
    assert {(e["event"], e["decision"], e["reason"]) for e in found} == decisions
    words = walked.run("explain", call_id).out
    assert all(entry["sentence"] in words for entry in found)
    assert all(entry["sentence"].endswith(".") for entry in found)


def test_explain_of_a_number_is_that_of_its_calls(walked: Box) -> None:
    by_number = walked.run("explain", "--number", "--json", typed="(541) 555-0123\n").json
    assert by_number == walked.run("explain", "S1", "--json").json


def test_explain_of_a_number_says_first_what_stands_against_it(walked: Box) -> None:
    said = walked.run("explain", "--number", typed=f"{STOPS}\n").out
    assert "notices to this number now: The resident asked for no more texts." in said
    assert "opted out since" in said and "by stop" in said
    said = walked.run("explain", "--number", typed=f"{ANSWERS}\n").out
    assert "notices to this number now: nothing of its own stands against them." in said
    assert "surveys to this number now: This number was invited to a survey in the last 90 days." in said


@pytest.mark.parametrize(
    ("arguments", "typed", "action", "subject"),
    [
        (("messages",), "", "list-messages", "all"),
        (("messages", "--json", "--call", "S1"), "", "list-messages", "S1"),
        (("replies", "--json"), "", "list-replies", "all"),
        (("explain", "S1"), "", "list-explain", "S1"),
    ],
    ids=["texts", "texts of a call", "replies", "explain"],
)
def test_each_clear_listing_is_one_audit_row(
    walked: Box, arguments: tuple[str, ...], typed: str, action: str, subject: str
) -> None:
    before = walked.audited()
    assert walked.run(*arguments, typed=typed).code == 0
    assert walked.audited()[len(before) :] == [(action, subject)]


def test_status_and_report_show_nobody_and_leave_no_audit_row(walked: Box) -> None:
    before = walked.audited()
    shown = walked.run("status", "--json").out + walked.run("report", *today(walked)).out
    assert walked.audited() == before
    assert not [number for number in (ANSWERS, STOPS, IN_DANGER, TESTED) if number[2:] in shown]


def test_an_audit_row_never_holds_a_number(walked: Box) -> None:
    walked.run("explain", "--number", typed=ANSWERS)
    told = walked.rows("SELECT actor || action || object || details FROM audit")
    assert not [row for row in told if "55501" in row[0]]


def test_a_second_worker_is_told_who_holds_the_box(walked: Box) -> None:
    assert walked.start("worker", name="second").wait(30) == 1
    log = walked.log("second").read_text(encoding="utf-8")
    [holder] = re.findall(r"Another worker \(process (\d+)\) runs on this database", log)
    assert walked.run("status", "--json").json["modems"][0]["state"] == "ready", "the first one goes on"
    assert Path(f"/proc/{holder}/cmdline").read_bytes().split(b"\0")[1:3] == [b"-m", b"appliance.worker"]


def test_the_records_of_a_call_tell_no_number_and_nobodys_words(walked: Box) -> None:
    call = next(m["call_id"] for m in walked.run("messages", "--json").json if m["call_id"])
    target = walked.folder / "records.zip"
    target.unlink(missing_ok=True)
    assert walked.run("records", call, "--out", str(target)).code == 0
    with zipfile.ZipFile(io.BytesIO(target.read_bytes())) as pack:
        files = {name: pack.read(name).decode("utf-8-sig") for name in pack.namelist()}
    assert set(files) == {"README.txt", "audit.csv", "call.csv", "decisions.csv", "replies.csv", "texts.csv"}
    assert call in files["call.csv"]
    assert "number-" in files["texts.csv"]
    whole = "".join(files.values())
    numbers = {row[0] for row in walked.rows("SELECT e164 FROM numbers WHERE e164 IS NOT NULL")}
    assert numbers and not any(e164 in whole or e164[2:] in whole for e164 in numbers)
    again = walked.run("records", call, "--out", str(target))
    assert (again.code, "is there already" in again.err) == (1, True)


def test_a_hold_is_seen_in_the_status_and_ends_with_release(walked: Box) -> None:
    held = walked.run("hold", "sample drill", "--json").json
    assert held["hold"] == "sample drill"
    found = walked.run("status", "--json").json["hold"]
    assert faults_of(found, HOLD) == []
    assert found["reason"] == "sample drill"
    assert "ON HOLD: sample drill" in walked.run("status").out
    assert walked.run("release", "--json").json == {"hold": None, "released": True}
    assert walked.run("status", "--json").json["hold"] is None
    assert walked.run("release", "--json").json == {"hold": None, "released": False}
