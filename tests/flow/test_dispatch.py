"""OUT: the guarded claim, what a kill leaves in hand, failures, budgets and lanes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from appliance.clock import DAY, HOUR, MINUTE, SECOND
from appliance.domain.records import Lane, MessageState
from appliance.flow import conversation, dispatch, receipts
from appliance.flow.dispatch import Claim, Sender
from appliance.store import calls, contacts, database, numbers, outbox, policies, switches
from appliance.store import models as t
from tests.flow.box import OTHER, RESIDENT, SIM, Box, boxed

LONG = "Sample words of a long text, one after the other. " * 7
"""Three parts."""


def put(
    box: Box,
    key: str,
    *,
    lane: Lane = Lane.NOTICE,
    number: str = RESIDENT,
    text: str = "Sample",
    **fields: Any,
) -> int:
    from appliance.domain import wording

    with database.transaction():
        made = outbox.put_once(
            outbox.NewMessage(
                key=key,
                lane=lane,
                kind=fields.pop("kind", key),
                number_id=numbers.remember(number),
                language="en",
                text=text,
                parts=wording.parts(text),
                policy_id=policies.current().id,
                **{"due_at": box.now, "not_after": box.now + DAY, **fields},
            ),
            MessageState.QUEUED,
            box.now,
        )
    assert made is not None
    return made


def state(message_id: int) -> str:
    return str(t.Message.get_by_id(message_id).state)


def parts(message_id: int) -> list[str]:
    return [row.state for row in t.Part.select().where(t.Part.message == message_id).order_by(t.Part.seq)]


def claimed(box: Box) -> Claim:
    found = box.claim()
    assert found is not None
    return found


class TestClaim:
    def test_of_two_claims_one_wins(self, box: Box) -> None:
        message_id = put(box, "one")
        with database.transaction():
            assert outbox.claim(message_id, "main", SIM, box.now) == (1,)
        with database.transaction():
            assert outbox.claim(message_id, "other", SIM, box.now) == ()
        assert t.Message.get_by_id(message_id).claimed_by == "main"
        assert box.claim() is None

    def test_it_carries_what_the_modem_needs(self, box: Box) -> None:
        put(box, "one", not_after=box.now + HOUR)
        found = claimed(box)
        assert (found.e164, found.text, found.parts, found.attempts) == (RESIDENT, "Sample", (1,), 1)
        assert found.validity_seconds == 3600

    def test_lanes_then_the_oldest(self, box: Box) -> None:
        order = ("auto", "q_listened", "first", "second", "q_overall")
        put(box, "q_overall", lane=Lane.INVITATION)
        put(box, "first")
        box.later(SECOND)
        put(box, "second")
        put(box, "q_listened", lane=Lane.CONVERSATION)
        put(box, "auto", lane=Lane.CONFIRMATION)
        assert tuple(box.send()) == order

    def test_not_before_it_is_due_and_not_after_its_use(self, box: Box) -> None:
        put(box, "late", due_at=box.now + MINUTE, not_after=box.now + HOUR)
        assert box.claim() is None
        assert dispatch.next_look(box.sender, box.now) == box.now + MINUTE
        box.later(HOUR + 1)
        assert box.claim() is None
        assert box.texts() == [("late", "expired")]

    def test_a_purged_number_gets_nothing(self, box: Box) -> None:
        put(box, "one")
        t.Number.update(e164=None).execute()
        assert box.claim() is None
        assert box.texts() == [("one", "cancelled")]

    def test_one_commit_lies_between_two_texts(self, box: Box) -> None:
        put(box, "one")
        put(box, "two")
        first = claimed(box)
        commits: list[int] = []
        database.after_commit(lambda: commits.append(1))
        second = dispatch.finish_and_claim(box.sender, first, 1, 7, box.now, go_on=True)
        database.forget_hooks()
        assert second is not None
        assert (len(commits), state(first.message_id), state(second.message_id)) == (1, "sent", "sending")

    def test_a_stopping_worker_claims_nothing_more(self, box: Box) -> None:
        put(box, "one")
        put(box, "two")
        assert dispatch.finish_and_claim(box.sender, claimed(box), 1, 7, box.now, go_on=False) is None
        assert box.queued() == ["two"]


class TestRecovery:
    def test_without_proof_it_is_unknown_and_never_handed_over_again(self, box: Box) -> None:
        message_id = put(box, "one")
        claimed(box)
        assert dispatch.recover("main", lambda _message, _seq: False, box.now) == 1
        assert (state(message_id), parts(message_id)) == ("unknown", ["unknown"])
        box.later(DAY - 1)
        assert box.claim() is None

    def test_with_proof_it_goes_back_and_leaves(self, box: Box) -> None:
        message_id = put(box, "one")
        claimed(box)
        asked: list[tuple[int, int]] = []

        def certainly_not_sent(message: int, seq: int) -> bool:
            asked.append((message, seq))
            return True

        assert dispatch.recover("main", certainly_not_sent, box.now) == 1
        assert asked == [(message_id, 1)]
        assert (state(message_id), parts(message_id)) == ("queued", ["queued"])
        assert box.send() == ["one"]
        assert t.Message.get_by_id(message_id).attempts == 2

    def test_what_another_modem_holds_is_left_alone(self, box: Box) -> None:
        message_id = put(box, "one")
        claimed(box)
        assert dispatch.recover("other", lambda _message, _seq: False, box.now) == 0
        assert state(message_id) == "sending"

    def test_a_long_text_resumes_at_the_missing_part_with_the_same_reference(self, box: Box) -> None:
        message_id = put(box, "long", text=LONG)
        first = claimed(box)
        assert first.parts == (1, 2, 3)
        dispatch.part_sent(first, 1, 41, box.now)
        assert dispatch.recover("main", lambda _message, _seq: True, box.now) == 1
        assert parts(message_id) == ["sent", "queued", "queued"]
        again = claimed(box)
        assert (again.parts, again.reference) == ((2, 3), first.reference)
        box.sent(again)
        assert (state(message_id), parts(message_id)) == ("sent", ["sent"] * 3)

    def test_a_long_text_whose_second_part_nobody_knows_is_unknown(self, box: Box) -> None:
        message_id = put(box, "long", text=LONG)
        first = claimed(box)
        dispatch.part_sent(first, 1, 41, box.now)
        dispatch.recover("main", lambda _message, _seq: False, box.now)
        assert state(message_id) == "unknown"
        assert parts(message_id)[:2] == ["sent", "unknown"]

    def test_two_long_texts_have_two_references(self, box: Box) -> None:
        references = set()
        for key in ("one", "two"):
            put(box, key, text=LONG)
            found = claimed(box)
            references.add(found.reference)
            box.sent(found)
        assert len(references) == 2


class TestUnknown:
    def test_it_is_never_sent_again_though_the_worker_starts_again(self, box: Box) -> None:
        put(box, "one")
        dispatch.lost_sight(claimed(box), 1, "no answer in 60 s", box.now)
        dispatch.recover("main", lambda _message, _seq: True, box.now)
        assert box.claim() is None
        assert t.Message.get().error == "no answer in 60 s"

    def test_a_late_accept_tells_that_it_left(self, box: Box) -> None:
        put(box, "one")
        dispatch.lost_sight(claimed(box), 1, "", box.now)
        assert receipts.late_accept(SIM, 77, box.later(MINUTE).now)
        assert box.texts() == [("one", "sent")]
        assert not receipts.late_accept(SIM, 78, box.now)

    def test_a_late_accept_belongs_to_the_last_one(self, box: Box) -> None:
        for key in ("one", "two"):
            put(box, key)
            dispatch.lost_sight(claimed(box), 1, "", box.later(SECOND).now)
        receipts.late_accept(SIM, 77, box.now)
        assert box.texts() == [("one", "unknown"), ("two", "sent")]

    def test_never_to_an_older_one(self, box: Box) -> None:
        """Also when the last is known by now: a late answer to it says nothing new."""
        for key, number in (("one", RESIDENT), ("two", OTHER)):
            put(box, key, number=number)
            dispatch.lost_sight(claimed(box), 1, "", box.later(SECOND).now)
        box.report(77, 0, "delivered", OTHER)
        assert box.texts() == [("one", "unknown"), ("two", "delivered")]
        assert not receipts.late_accept(SIM, 77, box.now)
        assert box.texts() == [("one", "unknown"), ("two", "delivered")]

    def test_a_late_accept_finds_its_text_though_others_left_since(self, box: Box) -> None:
        put(box, "lost")
        dispatch.lost_sight(claimed(box), 1, "", box.now)
        put(box, "left")
        box.sent(claimed(box))
        assert receipts.late_accept(SIM, 77, box.later(SECOND).now)
        assert box.texts() == [("lost", "sent"), ("left", "sent")]

    @pytest.mark.parametrize(
        ("age", "sim", "after"),
        [
            (receipts.LATE_WITHIN - 1, SIM, "sent"),
            (receipts.LATE_WITHIN, SIM, "unknown"),
            (SECOND, "8901000000000000002", "unknown"),
        ],
    )
    def test_a_late_accept_is_one_of_its_sim_and_its_time(
        self, box: Box, age: int, sim: str, after: str
    ) -> None:
        put(box, "one")
        dispatch.lost_sight(claimed(box), 1, "", box.now)
        assert receipts.late_accept(sim, 77, box.later(age).now) is (after == "sent")
        assert box.texts() == [("one", after)]

    def test_a_long_text_lost_in_the_middle_stays_unfinished(self, box: Box) -> None:
        message_id = put(box, "long", text=LONG)
        text = claimed(box)
        dispatch.part_sent(text, 1, 41, box.now)
        dispatch.lost_sight(text, 2, "", box.now)
        assert (state(message_id), parts(message_id)) == ("unknown", ["sent", "unknown", "cancelled"])
        receipts.late_accept(SIM, 42, box.now)
        assert (state(message_id), parts(message_id)) == ("failed", ["sent", "sent", "cancelled"])
        assert t.Message.get_by_id(message_id).error == "only some of its parts left"
        assert box.claim() is None

    def test_an_answer_to_the_question_shows_that_it_arrived(self, box: Box) -> None:
        box.invited()
        box.say("5")
        dispatch.lost_sight(claimed(box), 1, "", box.now)
        box.later(MINUTE).say("4")
        assert box.state("q_listened") == "delivered"
        assert not [text for text in box.texts() if text[1] == "unknown"]

    def test_it_counts_as_an_invitation(self, box: Box) -> None:
        box.take(box.closed())
        box.later(4 * HOUR).plan()
        box.sent(claimed(box))
        invitation = claimed(box)
        dispatch.lost_sight(invitation, 1, "", box.now)
        assert contacts.get(numbers.remember(RESIDENT)).last_survey_at == box.now

    def test_the_next_question_is_asked_after_a_while(self, box: Box) -> None:
        box.invited()
        box.say("5")
        dispatch.lost_sight(claimed(box), 1, "", box.now)
        conversation.advance(box.config, box.later(9 * MINUTE).now)
        assert box.send() == []
        conversation.advance(box.config, box.later(2 * MINUTE).now)
        assert box.send() == ["q_respect"]

    def test_the_first_question_waits_for_an_answer_instead(self, box: Box) -> None:
        box.take(box.closed())
        box.later(4 * HOUR).plan()
        box.sent(claimed(box))
        dispatch.lost_sight(claimed(box), 1, "", box.now)
        conversation.advance(box.config, box.later(HOUR).now)
        assert box.send() == []


class TestBudget:
    def limited(self, folder: Path, **limits: int) -> Any:
        return boxed(folder, limits=limits)

    def leaving(self, box: Box, count: int, **fields: Any) -> int:
        for n in range(count):
            put(box, f"{fields.get('lane', 'notice')}{n}{box.now}", **fields)
        return len(box.send())

    def test_a_minute(self, tmp_path: Path) -> None:
        with self.limited(tmp_path, sim_per_minute=6) as box:
            assert self.leaving(box, 8, lane=Lane.CONVERSATION) == 6
            assert dispatch.next_look(box.sender, box.now) == box.now + MINUTE + 1
            box.later(MINUTE + 1)
            assert len(box.send()) == 2

    def test_after_a_burst_notices_leave_at_uneven_distances(self, tmp_path: Path) -> None:
        with self.limited(tmp_path, sim_per_minute=6) as box:
            assert self.leaving(box, 5) == 3
            soon = dispatch.next_look(box.sender, box.now)
            assert soon is not None
            assert 7 * SECOND <= soon - box.now <= 13 * SECOND
            put(box, "auto", lane=Lane.CONFIRMATION)
            assert box.send() == ["auto"], "what answers a resident is not held up"
            box.later(soon - box.now - 1)
            assert box.send() == []

    def test_an_hour(self, tmp_path: Path) -> None:
        with self.limited(tmp_path, sim_per_hour=10) as box:
            assert self.leaving(box, 12) == 10
            box.later(HOUR + 1)
            assert len(box.send()) == 2

    def test_a_day_keeps_a_tenth_for_answers_and_open_surveys(self, tmp_path: Path) -> None:
        with self.limited(tmp_path, sim_per_day=20) as box:
            assert self.leaving(box, 25) == 18
            assert self.leaving(box, 5, lane=Lane.CONVERSATION) == 2
            assert self.leaving(box, 25, lane=Lane.CONFIRMATION) == 20, "the reserve of STOP and AUTO"

    def test_recipients(self, tmp_path: Path) -> None:
        with self.limited(tmp_path, sim_recipients_per_day=3) as box:
            for n in range(5):
                put(box, f"n{n}", number=f"+154155501{n + 10:02d}")
            assert len(box.send()) == 3
            put(box, "stop", lane=Lane.CONFIRMATION, number="+15415550160")
            assert box.send() == ["stop"]
            box.later(DAY + 1)
            assert len(box.send()) == 0, "their day is over, and so is their use"

    def test_numbers_texted_today_still_get_texts_when_no_new_one_may(self, tmp_path: Path) -> None:
        with self.limited(tmp_path, sim_recipients_per_day=2) as box:
            for n in range(2):
                put(box, f"n{n}", number=f"+154155501{n + 10:02d}")
            assert len(box.send()) == 2
            for n in range(dispatch.LOOK_AHEAD + 5):
                put(box, f"new{n}", number=f"+154155502{n + 10:02d}")
            put(box, "again", number="+15415550111")
            assert box.send() == ["again"], "though many new numbers stand before it"
            assert len(box.queued()) == dispatch.LOOK_AHEAD + 5

    def test_the_modem_may_allow_less_than_the_policy(self, box: Box) -> None:
        modem = box.config.modem[0].model_copy(update={"max_per_minute": 2})
        box.sender = Sender(box.config, modem, SIM)
        assert self.leaving(box, 5) == 2

    def test_each_part_counts(self, tmp_path: Path) -> None:
        with self.limited(tmp_path, sim_per_minute=4) as box:
            put(box, "long", text=LONG)
            put(box, "another", text=LONG)
            assert box.send() == ["long"]

    def test_a_long_text_leaves_alone_rather_than_never(self, tmp_path: Path) -> None:
        with self.limited(tmp_path, sim_per_minute=2) as box:
            put(box, "long", text=LONG)
            assert box.send() == ["long"]

    def test_what_is_unknown_counts(self, tmp_path: Path) -> None:
        with self.limited(tmp_path, sim_per_minute=1) as box:
            put(box, "one")
            put(box, "two")
            dispatch.lost_sight(claimed(box), 1, "", box.now)
            assert box.claim() is None

    def test_what_another_sim_sent_does_not(self, tmp_path: Path) -> None:
        with self.limited(tmp_path, sim_per_minute=1) as box:
            put(box, "one")
            put(box, "two")
            box.sent(claimed(box))
            assert box.claim() is None
            box.sender = Sender(box.config, box.config.modem[0], "8901000000000000002")
            assert box.claim() is not None


def test_every_event_has_one_outcome_and_they_add_up(box: Box) -> None:
    """One call for every way an event can go; each is counted once, under the outcome it should have."""
    expected: dict[str, str] = {}

    def call(name: str, outcome: str, **fields: Any) -> str:
        phone = f"+1541555{110 + len(expected):04d}"
        box.take(box.closed(name, self_initiated=True, phone=phone, **fields))
        box.plan()
        expected[name] = outcome
        return phone

    call("refused", "refused", call_type="GRAFFITI")
    call("failed", "failed")
    dispatch.not_sent(claimed(box), "recipient", "", box.now)
    call("unknown", "unknown")
    dispatch.lost_sight(claimed(box), 1, "", box.now)
    call("sent", "sent")
    box.send()
    phone = call("delivered", "delivered")
    box.report(box.sent(claimed(box)), 0, "delivered", phone)
    phone = call("cancelled", "cancelled")
    with database.transaction():
        contacts.opt_out(numbers.remember(phone), "staff", box.now)
    assert box.send() == []
    call("expired", "expired")
    box.later(DAY + MINUTE).plan()
    call("queued", "pending")
    with database.transaction():
        switches.hold("Sample drill", "sample", box.now)
    call("held", "pending")

    views = calls.listed()
    found = {view.call_id: {one.kind: one.outcome for one in view.outcomes}["closed"] for view in views}
    assert found == expected
    assert sum(len(view.outcomes) for view in views) == t.Event.select().count() == 2 * len(expected)
