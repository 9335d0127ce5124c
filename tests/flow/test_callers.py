"""Several callers of one call: each with a role and words of their own, and only those still named."""

from __future__ import annotations

import pytest

from appliance.clock import HOUR, MINUTE
from appliance.feeds.base import Quarantined
from appliance.flow import intake
from appliance.store import database, policies, switches
from appliance.store import models as t
from tests.flow.box import OTHER, RESIDENT, Box

THIRD = "+15415550167"


def outcomes(box: Box) -> dict[tuple[str, str], str]:
    """Each event by kind and number: the reason of its decision, or "pending"."""
    return {
        (row.kind, row.number.e164 if row.number else ""): row.reason or "pending"
        for row in t.Event.select().order_by(t.Event.id)
    }


def told(box: Box) -> list[tuple[str, str]]:
    box.plan()
    box.send()
    rows = t.Message.select().where(t.Message.state == "sent").order_by(t.Message.id)
    return sorted((row.kind, row.number.e164) for row in rows)


def test_each_caller_of_a_call_is_told(box: Box) -> None:
    box.take(box.closed(), box.closed(role="witness", phone=OTHER))
    assert told(box) == [("closed", RESIDENT), ("closed", OTHER)]


def test_a_caller_who_comes_later_is_told_what_is_news_now(box: Box) -> None:
    call = box.call()
    box.take(call)
    box.later(3 * MINUTE)
    assert told(box) == [("received", RESIDENT)]
    box.later(MINUTE)
    box.take(box.call(received_at=call.received_at, role="witness", phone=OTHER))
    box.later(3 * MINUTE)
    assert told(box) == [("received", RESIDENT), ("received", OTHER)]


def test_one_caller_of_a_call_is_asked_about_it(box: Box) -> None:
    box.take(box.closed(), box.closed(role="witness", phone=OTHER))
    told(box)
    box.later(4 * HOUR)
    assert [kind for kind, _ in told(box)].count("q_overall") == 1
    assert {outcomes(box)[("survey", number)] for number in (RESIDENT, OTHER)} == {"allowed", "survey_taken"}


def test_where_the_first_invitation_never_left_the_second_caller_may_be_asked(box: Box) -> None:
    box.take(box.closed(), box.closed(role="witness", phone=OTHER))
    told(box)
    box.later(MINUTE).say("STOP")
    box.later(4 * HOUR)
    assert ("q_overall", OTHER) in told(box)


def test_do_not_text_counts_for_the_caller_who_said_it(box: Box) -> None:
    box.take(box.closed(), box.closed(role="witness", phone=OTHER, do_not_text=True))
    assert told(box) == [("closed", RESIDENT)]
    assert outcomes(box)[("closed", OTHER)] == "do_not_text"


def test_each_may_ask_how_the_call_stands(box: Box) -> None:
    box.take(box.closed(), box.closed(role="witness", phone=OTHER))
    told(box)
    for number in (RESIDENT, OTHER):
        box.later(MINUTE).feed_speaks()
        box.say("STATUS", number)
        box.send()
    assert [row.kind for row in t.Message.select()].count("status_closed") == 2


def test_each_reads_the_language_of_their_own(box: Box) -> None:
    box.take(box.closed(), box.closed(role="witness", phone=OTHER, language="es"))
    told(box)
    languages = {row.number.e164: row.language for row in t.Message.select()}
    assert languages == {RESIDENT: "en", OTHER: "es"}


@pytest.mark.parametrize("second_role", ["caller", "witness"])
def test_who_a_later_version_does_not_name_is_not_told_its_news(box: Box, second_role: str) -> None:
    call = box.call()
    box.take(call)
    box.later(10 * MINUTE)
    box.take(
        box.call(received_at=call.received_at, closed_at=box.now - MINUTE, role=second_role, phone=OTHER)
    )
    assert told(box) == [("closed", OTHER)]
    assert outcomes(box)[("received", RESIDENT)] in ("number_changed", "superseded")


def test_who_is_named_again_is_told(box: Box) -> None:
    call = box.call()
    box.take(call, box.call(role="witness", phone=OTHER))
    box.later(10 * MINUTE)
    closed = {"received_at": call.received_at, "closed_at": box.now - MINUTE}
    box.take(box.call(**closed))
    box.take(box.call(**closed, role="witness", phone=OTHER))
    assert told(box) == [("closed", RESIDENT), ("closed", OTHER)]


def test_a_delay_is_told_to_each_caller_once_and_a_round_with_nothing_new_writes_nothing(box: Box) -> None:
    call = box.call()
    box.take(call, box.call(role="witness", phone=OTHER))
    told(box)
    box.later(21 * MINUTE).feed_speaks()
    assert [kind for kind, _ in told(box)].count("delayed") == 2
    commits: list[int] = []
    database.after_commit(lambda: commits.append(1))
    for _ in range(3):
        box.plan()
    database.forget_hooks()
    assert commits == []
    assert [kind for kind, _ in told(box)].count("delayed") == 2


def test_a_lock_cancels_for_every_caller(box: Box) -> None:
    box.take(box.closed(), box.closed(role="witness", phone=OTHER))
    box.plan()
    assert len(box.queued()) == 2
    box.take(box.closed(disposition="DV REPORT", phone=THIRD, role="victim"))
    assert box.queued() == []
    assert told(box) == []
    clear = {row.e164 for row in t.Number.select()}
    assert THIRD not in clear, "the number of a caller on a never-list call stands on disk as its hash alone"


def test_the_owner_of_a_number_that_was_missing_is_told(box: Box) -> None:
    box.take(box.closed(phone=""))
    box.take(box.closed(beat="2"))
    assert told(box) == [("closed", RESIDENT)]
    assert outcomes(box)[("closed", "")] in ("number_changed", "number_missing")


CHANGES = (
    ("another type", {"call_type": "GRAFFITI"}, "type_not_enabled"),
    ("do not text", {"do_not_text": True}, "do_not_text"),
    ("a minor", {"minor": True}, "minor"),
    ("an officer after all", {"role": "officer"}, "role"),
    ("another number", {"phone": OTHER}, "number_changed"),
    ("a never-type", {"disposition": "DV REPORT"}, "never_list"),
)


@pytest.mark.parametrize(("fields", "reason"), [row[1:] for row in CHANGES], ids=[row[0] for row in CHANGES])
def test_a_change_beats_what_is_queued(box: Box, fields: dict[str, object], reason: str) -> None:
    call = box.closed()
    box.take(call)
    box.plan()
    assert box.queued() == ["closed"]
    with database.transaction():
        switches.hold("Sample drill", "sample", box.now)
    box.take(box.closed(**{"beat": "2", **fields}))
    assert box.state("closed") == "cancelled"
    assert t.Message.get(t.Message.state == "cancelled").error == reason


def test_another_type_stands_in_the_story(box: Box) -> None:
    box.take(box.closed())
    box.later(MINUTE).take(box.closed(call_type="PARKING"))
    assert t.Incident.get().reclassified_at == box.now


class TestQuarantine:
    def held(self, box: Box, call_id: str = "26-1", line: int = 7) -> None:
        source = intake.Source("cad", "sample.csv", "0" * 64, quarantined=1)
        rows = [Quarantined(line, "OLN", call_id)]
        intake.accept(source, [], policies.current(), frozenset(), box.now, rows)

    def test_a_call_with_a_marked_record_gets_no_text_from_then_on(self, box: Box) -> None:
        self.held(box)
        box.take(box.closed())
        assert told(box) == []
        assert set(outcomes(box).values()) == {"quarantined", "pending"}

    def test_what_was_queued_goes(self, box: Box) -> None:
        box.take(box.closed())
        box.plan()
        self.held(box)
        assert box.texts() == [("closed", "cancelled")]

    def test_the_same_mark_is_told_once_and_never_what_it_stood_in(self, box: Box) -> None:
        for _ in range(3):
            self.held(box)
        self.held(box, "", 8)
        self.held(box, "", 8)
        rows = [(row.call_id, row.mark, row.line) for row in t.Quarantined.select()]
        assert rows == [("26-1", "OLN", 7), ("", "OLN", 8)]
