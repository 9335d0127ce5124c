"""A long text whose rules change while it is on the air: the rest is withdrawn between two parts."""

from __future__ import annotations

from typing import Any

import pytest

from appliance.clock import DAY, MINUTE
from appliance.domain.records import Lane
from appliance.flow import dispatch, withdrawal
from appliance.flow.dispatch import Claim
from appliance.store import contacts, database, numbers, outbox, policies, surveys, switches
from appliance.store import models as t
from tests.flow.box import RESIDENT, SIM, Box
from tests.flow.test_dispatch import LONG, claimed, parts, put, state


def begun(box: Box, **fields: Any) -> Claim:
    """A text of three parts, the first of which is about to be reported as sent."""
    put(box, "long", text=LONG, **fields)
    found = claimed(box)
    assert found.parts == (1, 2, 3)
    return found


def stop(box: Box) -> None:
    box.say("STOP")


def opt_out(box: Box) -> None:
    with database.transaction():
        contacts.opt_out(numbers.remember(RESIDENT), "staff", box.now)


def lock(box: Box) -> None:
    with database.transaction():
        withdrawal.lock_incident(t.Incident.get().id, "sensitive", policies.current().id, box.now)


@pytest.mark.parametrize(
    ("happens", "reason"), [(stop, "opted_out"), (opt_out, "opted_out"), (lock, "sensitive")]
)
def test_the_rest_is_taken_back_and_the_text_tells_that_some_parts_left(
    box: Box, happens: object, reason: str
) -> None:
    box.take(box.call())
    incident_id = t.Incident.get().id
    text = begun(box, incident_id=incident_id)
    assert dispatch.may_go_on(text, box.now)
    happens(box)  # type: ignore[operator]
    assert not dispatch.may_go_on(text, box.now)
    assert not dispatch.part_sent(text, 1, 7, box.now)
    row = t.Message.get_by_id(text.message_id)
    assert (row.state, row.error, row.sent_at) == ("cancelled", reason, box.now)
    assert parts(text.message_id) == ["sent", "cancelled", "cancelled"]
    assert t.Decision.select().order_by(t.Decision.id.desc()).first().reason == reason
    assert outbox.any_left(incident_id), "a part of it has left"
    assert outbox.any_to(text.number_id, box.now - MINUTE)
    box.later(MINUTE)
    assert "long" not in box.send()


def test_a_lock_in_mid_text_is_told_to_the_auditor(box: Box) -> None:
    box.take(box.call())
    begun(box, incident_id=t.Incident.get().id)
    lock(box)
    assert ("amber", "locked_after_text") in box.alarms()


def test_a_lock_after_the_rest_was_taken_back_is_told_as_well(box: Box) -> None:
    box.take(box.call())
    text = begun(box, incident_id=t.Incident.get().id)
    opt_out(box)
    dispatch.part_sent(text, 1, 7, box.now)
    lock(box)
    assert ("amber", "locked_after_text") in box.alarms()


def test_a_hold_puts_the_rest_back_and_it_follows_the_release(box: Box) -> None:
    text = begun(box)
    with database.transaction():
        switches.hold("drill", "sample", box.now)
    assert not dispatch.part_sent(text, 1, 7, box.now)
    assert (state(text.message_id), parts(text.message_id)) == ("queued", ["sent", "queued", "queued"])
    assert box.claim() is None
    with database.transaction():
        switches.release("sample", box.now)
    again = claimed(box)
    assert (again.parts, again.reference) == ((2, 3), text.reference)
    box.sent(again)
    assert state(text.message_id) == "sent"


def test_a_stop_while_the_rest_waits_for_the_release_tells_the_same(box: Box) -> None:
    text = begun(box)
    with database.transaction():
        switches.hold("drill", "sample", box.now)
    dispatch.part_sent(text, 1, 7, box.now)
    left_at = box.now
    box.later(MINUTE)
    stop(box)
    row = t.Message.get_by_id(text.message_id)
    assert (row.state, row.sent_at) == ("cancelled", left_at)
    assert parts(text.message_id) == ["sent", "cancelled", "cancelled"]


@pytest.mark.parametrize("kind", ["stop", "auto", "alert"])
def test_what_leaves_whatever_happens_leaves_whole(box: Box, kind: str) -> None:
    text = begun(box, lane=Lane.CONFIRMATION, kind=kind)
    opt_out(box)
    with database.transaction():
        switches.hold("drill", "sample", box.now)
        switches.open_breaker("sample", box.now)
    assert dispatch.part_sent(text, 1, 7, box.now)


def test_the_next_question_of_a_survey_that_is_over_is_not_finished(box: Box) -> None:
    box.invited()
    conversation_id = t.Conversation.get().id
    text = begun(box, lane=Lane.CONVERSATION, conversation_id=conversation_id)
    with database.transaction():
        surveys.close_conversation(conversation_id, box.now)
    assert not dispatch.part_sent(text, 1, 7, box.now)
    assert t.Message.get_by_id(text.message_id).error == "conversation_over"


def test_an_invitation_taken_back_in_the_middle_counts_as_one_and_ends_its_survey(box: Box) -> None:
    box.invited()
    t.Contact.update(last_survey_at=None).execute()
    conversation_id = t.Conversation.get().id
    text = begun(box, lane=Lane.INVITATION, conversation_id=conversation_id)
    opt_out(box)
    dispatch.part_sent(text, 1, 7, box.now)
    assert box.conversation() == "closed"
    assert contacts.get(text.number_id).last_survey_at == box.now


def test_the_closing_of_a_window_lets_a_begun_text_end(box: Box) -> None:
    box.take(box.closed())
    box.plan()
    message = t.Message.get()
    t.Part.create(message=message.id, seq=2, state="queued")
    text = claimed(box)
    box.later(12 * 60 * MINUTE)
    assert dispatch.part_sent(text, 1, 7, box.now)


def test_one_commit_ends_a_part_and_asks_the_rules(box: Box) -> None:
    text = begun(box)
    commits: list[int] = []
    database.after_commit(lambda: commits.append(1))
    opt_out(box)
    dispatch.part_sent(text, 1, 7, box.now)
    database.forget_hooks()
    assert len(commits) == 2, "the opt-out's and one more"


def test_a_report_on_the_part_that_left_changes_nothing_of_the_text(box: Box) -> None:
    text = begun(box)
    opt_out(box)
    dispatch.part_sent(text, 1, 7, box.now)
    assert box.report(7, 0, "delivered")
    assert (state(text.message_id), parts(text.message_id)[0]) == ("cancelled", "delivered")


def test_a_begun_text_belongs_to_its_sim_for_good(box: Box) -> None:
    """The parts are tied by a reference of that SIM, and by the number that they come from."""
    text = begun(box)
    dispatch.part_sent(text, 1, 7, box.now)
    dispatch.not_sent(text, "account", "because", box.now)
    box.later(5 * MINUTE)
    other = dispatch.Sender(box.config, box.config.modem[0], "8901000000000000002")
    assert dispatch.claim(other, box.now) is None
    again = claimed(box)
    assert (again.parts, again.sender.sim) == ((2, 3), SIM)


def test_a_begun_text_whose_time_is_over_tells_that_it_began(box: Box) -> None:
    text = begun(box)
    dispatch.part_sent(text, 1, 7, box.now)
    dispatch.not_sent(text, "account", "because", box.now)
    left_at = box.now
    box.later(DAY + MINUTE)
    assert box.claim() is None
    row = t.Message.get_by_id(text.message_id)
    assert (row.state, row.sent_at) == ("expired", left_at)
