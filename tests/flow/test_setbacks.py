"""What follows when a text certainly did not leave: the text, its number, its SIM, the people at the box."""

from __future__ import annotations

import pytest

from appliance.clock import DAY, HOUR, MINUTE, SECOND
from appliance.domain import outgoing
from appliance.domain.outgoing import Fault
from appliance.domain.records import Lane, MessageState
from appliance.flow import dispatch
from appliance.flow.dispatch import Claim, NotSent
from appliance.store import alarms, contacts, database, numbers, sims
from appliance.store import models as t
from tests.flow.box import OTHER, RESIDENT, SIM, Box
from tests.flow.test_dispatch import claimed, parts, put, state

GONE = outgoing.GIVES_WAY


def fail(box: Box, failure: str, text: Claim | None = None) -> NotSent:
    return dispatch.not_sent(text or claimed(box), failure, "because", box.now)


def pause(box: Box) -> tuple[str, int] | None:
    """Why the SIM is paused and for how long from now."""
    found = sims.pause_of(SIM, box.now)
    return None if found is None or found.until is None else (found.reason, found.until - box.now)


FAILURES = (
    # class, what becomes of the text, how much later it is due, how long the SIM waits
    ("recipient", MessageState.FAILED, 0, None),
    ("recipient_later", MessageState.QUEUED, 30 * SECOND, None),
    ("text", MessageState.FAILED, 0, None),
    ("account", MessageState.QUEUED, 0, 5 * MINUTE),
    ("rejected", MessageState.QUEUED, 10 * MINUTE, None),
    ("throttled", MessageState.QUEUED, 10 * MINUTE + GONE, 10 * MINUTE),
    ("duplicate", MessageState.SENT, 0, None),
    ("temporary", MessageState.QUEUED, 30 * SECOND + GONE, 30 * SECOND),
    ("configuration", MessageState.QUEUED, 0, SECOND),
    ("memory", MessageState.QUEUED, 0, 10 * SECOND),
    ("busy", MessageState.QUEUED, 0, 3 * SECOND),
    ("modem", MessageState.QUEUED, 0, None),
    ("unknown", MessageState.UNKNOWN, 0, None),
    ("nothing we know", MessageState.FAILED, 0, None),
)


@pytest.mark.parametrize(("failure", "after", "wait", "sim_waits"), FAILURES)
def test_what_follows_the_first_failure_of_each_class(
    box: Box, failure: str, after: MessageState, wait: int, sim_waits: int | None
) -> None:
    message_id = put(box, "one")
    outcome = fail(box, failure)
    row = t.Message.get_by_id(message_id)
    assert (outcome.state, row.state, row.due_at) == (after, after.value, box.now + wait)
    assert pause(box) == (None if sim_waits is None else (failure, sim_waits))
    assert outcome.sim_waits_until == (None if sim_waits is None else box.now + sim_waits)
    left = {"duplicate": ["sent"], "unknown": ["unknown"]}
    assert parts(message_id) == left.get(failure, ["queued"])


def test_the_table_above_holds_every_class() -> None:
    assert {row[0] for row in FAILURES} - {"nothing we know"} == set(outgoing.COURSES)


@pytest.mark.parametrize(
    "failure", [name for name, one in outgoing.COURSES.items() if one.fault is Fault.SIM]
)
def test_a_failure_of_the_sim_stops_every_text_and_uses_up_no_try(box: Box, failure: str) -> None:
    message_id = put(box, "one")
    put(box, "other", number=OTHER)
    for _ in range(12):
        fail(box, failure)
        assert box.claim() is None, "the SIM waits, whoever the text is for"
        assert dispatch.next_look(box.sender, box.now) == sims.pause_of(SIM, box.now).until  # type: ignore[union-attr]
        box.later(HOUR + 10 * SECOND)
    assert t.Message.get_by_id(message_id).rejections == 0
    assert sorted(box.queued()) == ["one", "other"]
    assert len(box.send()) == 2


@pytest.mark.parametrize("failure", ["account", "temporary", "busy", "memory", "configuration"])
def test_the_wait_of_a_sim_grows_until_a_text_leaves(box: Box, failure: str) -> None:
    for n in range(8):
        put(box, f"n{n}", number=f"+154155501{n + 30}")
    waits = []
    for _ in range(8):
        outcome = fail(box, failure)
        assert outcome.sim_waits_until is not None
        waits.append(outcome.sim_waits_until - box.now)
        box.later(HOUR + 10 * SECOND)
    course = outgoing.course(failure)
    assert waits == [course.wait(number) for number in range(1, 9)]
    box.send()
    put(box, "next")
    assert fail(box, failure).sim_waits_until == box.now + course.wait(1)


class TestRejected:
    def test_a_text_is_tried_once_more(self, box: Box) -> None:
        message_id = put(box, "one")
        assert fail(box, "rejected").state is MessageState.QUEUED
        box.later(10 * MINUTE - 1)
        assert box.claim() is None
        box.later(1)
        assert fail(box, "rejected").state is MessageState.FAILED
        assert state(message_id) == "failed"

    def test_meanwhile_other_texts_leave(self, box: Box) -> None:
        put(box, "one")
        put(box, "other", number=OTHER)
        fail(box, "rejected")
        assert box.send() == ["other"]

    def test_three_in_a_row_pause_the_sim_and_fail_no_text(self, box: Box) -> None:
        for n in range(4):
            put(box, f"n{n}", number=f"+154155501{n + 10:02d}")
        for _ in range(2):
            fail(box, "rejected")
            assert pause(box) is None
        fail(box, "rejected")
        assert pause(box) == ("throttled", 10 * MINUTE)
        assert box.alarms() == [("amber", "sim_rejected")]
        box.later(10 * MINUTE)
        fail(box, "rejected")
        assert pause(box) == ("throttled", 20 * MINUTE)
        assert len(box.queued()) == 4
        box.later(20 * MINUTE + GONE)
        assert len(box.send()) == 4
        assert alarms.open_alarms() == []

    def test_one_that_leaves_between_begins_the_count_anew(self, box: Box) -> None:
        for n in range(6):
            put(box, f"n{n}", number=f"+154155501{n + 10:02d}")
        for _ in range(2):
            fail(box, "rejected")
            fail(box, "rejected")
            box.sent(claimed(box))
        assert pause(box) is None
        assert box.alarms() == []


class TestOneBadNumber:
    """b36: one failing number never holds up the queue, whatever its lane."""

    def test_that_fails_for_the_moment_costs_the_others_half_a_minute_once(self, box: Box) -> None:
        bad = put(box, "bad", lane=Lane.CONVERSATION)
        for n in range(3):
            put(box, f"n{n}", number=f"+154155501{n + 10:02d}")
        fail(box, "temporary")
        box.later(30 * SECOND)
        assert box.send() == ["n0", "n1", "n2"], "it gives way, though its lane goes first"
        for n in range(3, 6):
            put(box, f"n{n}", number=f"+154155501{n + 10:02d}")
        box.later(GONE)
        assert fail(box, "temporary").sim_waits_until is None, "the SIM is well: the number is not"
        assert t.Message.get_by_id(bad).due_at == box.now + 2 * MINUTE
        assert box.send() == ["n3", "n4", "n5"]

    def test_with_several_texts_costs_the_others_no_more(self, box: Box) -> None:
        """One number with two texts is one number: the network is not out of order for want of another."""
        for key in ("bad", "bad too"):
            put(box, key)
        fail(box, "temporary")
        box.later(30 * SECOND)
        assert fail(box, "temporary").sim_waits_until is None
        put(box, "good", number=OTHER)
        assert box.send() == ["good"]

    def test_that_is_switched_off_delays_its_own_texts_alone(self, box: Box) -> None:
        put(box, "bad")
        put(box, "bad too")
        put(box, "good", number=OTHER)
        fail(box, "recipient_later")
        assert box.send() == ["good"]
        box.later(30 * SECOND)
        fail(box, "recipient_later")
        assert box.claim() is None
        box.later(2 * MINUTE)
        assert box.send() == ["bad", "bad too"]

    def test_that_there_is_not_is_shown_for_a_check_until_it_is_heard_of(self, box: Box) -> None:
        box.take(box.closed())
        box.plan()
        fail(box, "recipient")
        number_id = numbers.remember(RESIDENT)
        assert contacts.get(number_id).refused_at == box.now
        assert [row.reason for row in t.Decision.select()][-1] == "number_refused"
        put(box, "later")
        box.later(MINUTE).sent(claimed(box))
        assert contacts.get(number_id).refused_at is None


def test_what_the_modem_alone_got_wrong_says_nothing_of_text_or_sim(box: Box) -> None:
    put(box, "one")
    dues = []
    for _ in range(5):
        fail(box, "modem")
        dues.append(t.Message.get().due_at - box.now)
        assert pause(box) is None
        box.later(2 * MINUTE)
    assert dues[1:] == [5 * SECOND, 30 * SECOND, 2 * MINUTE, 2 * MINUTE]
    assert box.send() == ["one"]


@pytest.mark.parametrize(
    ("failure", "after", "code"),
    [
        ("account", 1, "sim_account"),
        ("temporary", 4, "sim_waits"),
        ("memory", 4, "sim_waits"),
        ("configuration", 4, "sim_waits"),
        ("busy", 8, "sim_waits"),
    ],
)
def test_a_person_is_told_once_and_told_when_it_is_over(
    box: Box, failure: str, after: int, code: str
) -> None:
    for n in range(after + 1):
        put(box, f"n{n}", number=f"+154155501{n + 30}")
    for _ in range(after - 1):
        fail(box, failure)
        box.later(HOUR + MINUTE)
    assert box.alarms() == []
    for _ in range(2):
        fail(box, failure)
        box.later(HOUR + MINUTE)
    (alarm,) = alarms.open_alarms()
    assert (alarm.code, alarm.subject, alarm.count) == (code, "modem:main", 1)
    assert alarm.details["sentence"] == "because"
    box.send()
    assert alarms.open_alarms() == []


class TestUrgent:
    """A SIM that waits up to an hour for the network is tried by what must not wait, every half minute."""

    def waiting(self, box: Box, failure: str = "temporary") -> None:
        for n in range(5):
            put(box, f"n{n}", number=f"+154155501{n + 30}")
        for _ in range(5):
            box.later(HOUR + MINUTE)
            fail(box, failure)

    def test_it_tries_after_half_a_minute_and_its_leaving_ends_the_wait(self, box: Box) -> None:
        self.waiting(box)
        assert pause(box) == ("temporary", HOUR)
        put(box, "notice")
        put(box, "alert", lane=Lane.CONFIRMATION)
        assert box.claim() is None
        assert dispatch.next_look(box.sender, box.now) == box.now + 30 * SECOND
        box.later(30 * SECOND)
        sent = box.send()
        assert sent[0] == "alert"
        assert "notice" in sent

    def test_nothing_else_does(self, box: Box) -> None:
        self.waiting(box)
        put(box, "notice")
        put(box, "q_fair", lane=Lane.CONVERSATION)
        box.later(30 * SECOND)
        assert box.claim() is None
        assert dispatch.next_look(box.sender, box.now) == box.now + HOUR - 30 * SECOND

    def test_each_failure_is_half_a_minute_for_the_next(self, box: Box) -> None:
        self.waiting(box)
        for key in ("auto", "alert"):
            put(box, key, lane=Lane.CONFIRMATION, number=f"+1541555017{len(key)}")
        for _ in range(2):
            box.later(30 * SECOND)
            fail(box, "temporary")
            assert box.claim() is None

    @pytest.mark.parametrize("failure", ["account", "throttled"])
    def test_what_the_network_refuses_is_not_tried_by_it(self, box: Box, failure: str) -> None:
        self.waiting(box, failure)
        put(box, "alert", lane=Lane.CONFIRMATION)
        box.later(5 * MINUTE)
        assert box.claim() is None


class TestPause:
    def test_a_person_pauses_and_lets_go_on(self, box: Box) -> None:
        put(box, "one")
        with database.transaction():
            sims.pause(SIM, None, "person", box.now)
        assert box.claim() is None
        assert dispatch.next_look(box.sender, box.now) == box.now + dispatch.RECHECK
        with database.transaction():
            assert sims.resume(SIM, box.now)
            assert not sims.resume(SIM, box.now)
        assert box.send() == ["one"]

    def test_it_counts_from_where_the_trouble_began(self, box: Box) -> None:
        put(box, "one")
        began = box.now
        for _ in range(2):
            fail(box, "account")
            box.later(15 * MINUTE)
        fail(box, "account")
        found = sims.pause_of(SIM, box.now)
        assert found is not None
        assert found.since == began
        box.later(DAY - HOUR)
        box.send()
        assert sims.get(SIM, box.now).setbacks == 0  # type: ignore[union-attr]


def test_a_part_the_network_holds_already_is_not_sent_again_and_the_rest_is(box: Box) -> None:
    message_id = put(box, "one", text="x" * 200)
    first = claimed(box)
    assert fail(box, "duplicate", first).state is MessageState.QUEUED
    assert parts(message_id) == ["sent", "queued"]
    assert claimed(box).parts == (2,)


def test_an_invitation_that_fails_for_good_leaves_no_open_survey(box: Box) -> None:
    box.take(box.closed())
    box.later(4 * HOUR).plan()
    box.sent(claimed(box))
    fail(box, "recipient")
    assert box.conversation() == "closed"
    assert contacts.get(numbers.remember(RESIDENT)).last_survey_at is None


def test_a_text_that_waits_for_the_network_ends_with_its_use(box: Box) -> None:
    put(box, "one", not_after=box.now + MINUTE)
    fail(box, "temporary")
    box.later(2 * MINUTE)
    assert box.claim() is None
    assert box.texts() == [("one", "expired")]
