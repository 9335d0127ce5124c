"""Long texts in pieces: any order, repetition and loss; partial after a while, whole when the rest comes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance.clock import DAY, HOUR, MINUTE, SECOND, Instant
from appliance.flow import conversation, reception
from appliance.flow.reception import Incoming
from appliance.store import contacts, fragments, inbox, numbers
from appliance.store import models as t
from tests.flow.box import OTHER, RESIDENT, Box

GAP = "[part missing]"
THREE = ["It was ", "all ", "good"]


def parts(
    box: Box, texts: list[str], *, sent_at: Instant | None = None, reference: int = 7, **fields: Any
) -> list[Incoming]:
    """A long text as its parts, stamped by the network one second apart."""
    first = box.now if sent_at is None else sent_at
    return [
        box.incoming(
            text,
            **{
                "reference": reference,
                "total": len(texts),
                "sent_at": first + seq * SECOND,
                **fields,
                "seq": seq,
            },
        )
        for seq, text in enumerate(texts, 1)
    ]


def arrive(box: Box, *incoming: Incoming) -> list[bool]:
    return [reception.keep(each, box.config, box.now) for each in incoming]


def give_up(box: Box) -> int:
    """The rest does not come in time; the conversation reads what there is."""
    box.later(16 * MINUTE)
    done = reception.join_late(box.config, box.now)
    conversation.advance(box.config, box.now)
    return done


def replies() -> list[str]:
    return [row.text for row in t.Reply.select().order_by(t.Reply.id)]


class TestJoining:
    @pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (0, 0, 2, 1), (2, 1, 2, 0, 0)])
    def test_parts_come_in_any_order_and_twice(self, box: Box, order: tuple[int, ...]) -> None:
        pieces = parts(box, THREE)
        arrive(box, *(pieces[place] for place in order))
        assert replies() == ["It was all good"]

    @pytest.mark.parametrize("again", [0, 1, 2])
    def test_a_part_the_network_brings_again_in_another_pdu_is_no_other_text(
        self, box: Box, again: int
    ) -> None:
        pieces = parts(box, THREE)
        order = [*pieces[: again + 1], replace(pieces[again], pdu="PDU again"), *pieces[again + 1 :]]
        assert arrive(box, *order).count(False) == 1
        give_up(box)
        assert replies() == ["It was all good"]
        assert t.Fragment.select().where(t.Fragment.kind == "copy").count() == 1

    def test_a_part_that_comes_again_days_later_is_a_copy(self, box: Box) -> None:
        pieces = parts(box, THREE)
        arrive(box, *pieces)
        box.later(3 * DAY)
        assert arrive(box, replace(pieces[1], pdu="PDU again"), pieces[0]) == [False, False]
        give_up(box)
        assert replies() == ["It was all good"]

    def test_texts_of_two_senders_do_not_mix(self, box: Box) -> None:
        mine = parts(box, ["one ", "two"])
        theirs = [replace(part, sender=OTHER, pdu=f"{part.pdu}x", text="x") for part in mine]
        arrive(box, mine[0], theirs[1], theirs[0], mine[1])
        assert sorted(replies()) == ["one two", "xx"]

    def test_texts_to_two_sims_do_not_mix(self, box: Box) -> None:
        here, there = parts(box, ["one ", "two"]), parts(box, ["three ", "four"], sim="8901000000000000002")
        arrive(box, here[0], there[1], there[0], here[1])
        assert sorted(replies()) == ["one two", "three four"]

    def test_another_number_of_parts_is_another_text(self, box: Box) -> None:
        two, three = parts(box, ["one ", "two"]), parts(box, THREE)
        arrive(box, two[0], three[1], three[2], two[1], three[0])
        assert replies() == ["one two", "It was all good"]

    def test_an_emoji_cut_in_two_is_whole_again(self, box: Box) -> None:
        whole = "thanks \U0001f44d".encode("utf-16-be")
        halves = [half.decode("utf-16-be", "surrogatepass") for half in (whole[:-2], whole[-2:])]
        arrive(box, *parts(box, halves))
        assert replies() == ["thanks \U0001f44d"]

    @pytest.mark.parametrize(
        ("reference", "seq", "total"),
        [(7, 0, 2), (7, 3, 2), (7, 1, 1), (7, 1, 0), (None, 1, 2), (7, None, 2)],
    )
    def test_counts_that_make_no_sense_make_it_a_text_of_its_own(
        self, box: Box, reference: int | None, seq: int | None, total: int | None
    ) -> None:
        arrive(box, box.incoming("hello", reference=reference, seq=seq, total=total))
        assert replies() == ["hello"]

    def test_a_red_part_rings_before_the_rest_has_come(self, box: Box) -> None:
        arrive(box, parts(box, ["Please come, he has a knife and ", "is breaking the door"])[0])
        assert box.alarms() == [("red", "red_text")]
        assert replies() == []

    @pytest.mark.parametrize("span", [2 * HOUR, 3 * DAY, 40 * DAY])
    def test_a_reference_used_again_later_joins_nothing_old(self, box: Box, span: int) -> None:
        arrive(box, parts(box, ["old ", "text"])[0])
        give_up(box)
        box.later(span)
        fresh = parts(box, ["new ", "words"])
        arrive(box, fresh[1])
        assert replies() == [f"old {GAP}"]
        arrive(box, fresh[0])
        assert replies() == [f"old {GAP}", "new words"]

    def test_the_same_words_with_the_same_reference_later_are_another_text(self, box: Box) -> None:
        arrive(box, *parts(box, THREE))
        box.later(2 * HOUR)
        assert arrive(box, *parts(box, THREE)) == [True] * 3
        assert replies() == ["It was all good"] * 2

    def test_a_sim_that_was_off_for_days_brings_two_texts_with_one_reference_at_once(self, box: Box) -> None:
        first = parts(box, ["one ", "two"], sent_at=box.now - 3 * DAY)
        second = parts(box, ["three ", "four"], sent_at=box.now - DAY)
        arrive(box, first[0], second[1], second[0], first[1])
        assert replies() == ["three four", "one two"]

    def test_a_phone_that_always_uses_one_reference_loses_no_word(self, box: Box) -> None:
        first = parts(box, ["one ", "two"])
        second = parts(box, ["three ", "four"], sent_at=box.now + 40 * SECOND)
        arrive(box, first[0], second[0], first[1], second[1])
        assert replies() == ["one two", "three four"]

    def test_without_time_stamps_our_clock_tells_texts_apart(self, box: Box) -> None:
        arrive(box, parts(box, ["old ", "text"], sent_at=0)[0])
        give_up(box)
        stampless: dict[str, Any] = {"reference": 7, "total": 2, "sent_at": None}
        arrive(box, box.incoming("new ", seq=1, **stampless))
        box.later(2 * HOUR)
        arrive(box, box.incoming("words", seq=2, **stampless))
        give_up(box)
        assert replies() == [f"old {GAP}", f"new {GAP}", f"{GAP}words"]


class TestPartial:
    def test_what_never_comes_is_marked_and_the_rest_is_read(self, box: Box) -> None:
        pieces = parts(box, THREE)
        arrive(box, pieces[0], pieces[2])
        box.later(14 * MINUTE)
        assert reception.join_late(box.config, box.now) == 0
        assert give_up(box) == 1
        assert replies() == [f"It was {GAP}good"]
        assert "part_missing" in t.Reply.get().effects
        assert give_up(box) == 0

    def test_its_time_is_the_networks(self, box: Box) -> None:
        arrive(box, parts(box, THREE, sent_at=box.now - HOUR)[1])
        give_up(box)
        assert t.Reply.get().received_at == box.now - 16 * MINUTE - HOUR + 2 * SECOND

    @pytest.mark.parametrize(
        ("texts", "arrives"), [(["Thanks for coming ", "STOP"], 1), (["STOP", " that noise please"], 0)]
    )
    def test_an_opt_out_word_beside_a_gap_stops(self, box: Box, texts: list[str], arrives: int) -> None:
        arrive(box, parts(box, texts)[arrives])
        give_up(box)
        assert contacts.get(numbers.remember(RESIDENT)).opted_out_at is not None

    def test_a_box_that_was_off_for_a_month_reads_what_waits(self, box: Box) -> None:
        arrive(box, parts(box, THREE)[0])
        box.later(30 * DAY)
        assert give_up(box) == 1
        assert replies() == [f"It was {GAP}{GAP}"]


class TestTheRest:
    @pytest.mark.parametrize("span", [0, 2 * HOUR, 6 * DAY])
    def test_it_is_put_in_its_place(self, box: Box, span: int) -> None:
        pieces = parts(box, THREE)
        arrive(box, pieces[0])
        give_up(box)
        box.later(span)
        arrive(box, pieces[2])
        assert replies() == [f"It was {GAP}good"]
        assert "rest_came" not in t.Reply.get().effects
        arrive(box, pieces[1])
        assert replies() == ["It was all good"]
        assert "rest_came" in t.Reply.get().effects
        assert t.Fragment.select().where(t.Fragment.reply.is_null()).count() == 0

    def test_it_is_a_text_of_its_own_after_a_week(self, box: Box) -> None:
        pieces = parts(box, THREE)
        arrive(box, pieces[0], pieces[1])
        give_up(box)
        box.later(8 * DAY)
        arrive(box, pieces[2])
        give_up(box)
        assert replies() == [f"It was all {GAP}", f"{GAP}{GAP}good"]

    def test_nothing_is_answered_twice(self, box: Box) -> None:
        pieces = parts(box, ["hello and ", "good bye"])
        arrive(box, pieces[0])
        give_up(box)
        assert box.send() == ["auto"]
        box.later(2 * DAY)
        arrive(box, pieces[1])
        conversation.advance(box.config, box.now)
        assert box.queued() == []

    def test_a_red_rest_rings_pauses_and_is_answered_if_nothing_was(self, box: Box) -> None:
        box.invited()
        pieces = parts(box, ["5 because you came ", "but he is back with a gun"])
        arrive(box, pieces[0])
        give_up(box)
        assert (box.scores(), box.alarms()) == ({"overall": 5}, [])
        arrive(box, pieces[1])
        assert box.alarms() == [("red", "red_text")]
        assert (box.conversation(), box.scores()) == ("paused", {"overall": None})
        reply = t.Reply.get()
        assert (reply.kind, reply.alarm, reply.score) == ("emergency", "red", None)
        assert box.send() == ["auto"]

    def test_a_red_rest_of_a_stop_that_was_confirmed_rings_and_is_not_answered_again(self, box: Box) -> None:
        pieces = parts(box, ["STOP. ", "he is back with a gun"])
        arrive(box, pieces[0])
        give_up(box)
        assert box.send() == ["stop"]
        arrive(box, pieces[1])
        assert box.alarms() == [("red", "red_text")]
        assert box.queued() == []

    def test_a_red_text_stays_red_and_a_red_rest_is_one_more(self, box: Box) -> None:
        pieces = parts(box, ["he has a knife ", "he is breaking in ", "says the book I read"])
        arrive(box, pieces[0])
        give_up(box)
        count = t.Alarm.get().count
        arrive(box, pieces[2])
        assert (t.Reply.get().alarm, t.Alarm.get().count) == ("red", count)
        arrive(box, pieces[1])
        assert (t.Reply.get().alarm, t.Alarm.get().count) == ("red", count + 1)
        assert box.send() == ["auto"]

    def test_amber_is_listed_once(self, box: Box) -> None:
        pieces = parts(box, ["someone broke in ", "last week, ", "thank you"])
        arrive(box, pieces[0])
        give_up(box)
        arrive(box, pieces[1], pieces[2])
        assert [(row.level, row.count) for row in t.Alarm.select()] == [("amber", 1)]

    def test_a_refusal_in_the_rest_stops_at_once_and_is_not_confirmed(self, box: Box) -> None:
        box.invited()
        pieces = parts(box, ["5 thanks for all. ", "please stop texting me"])
        arrive(box, pieces[0])
        give_up(box)
        assert box.queued() == ["q_listened"]
        arrive(box, pieces[1])
        assert box.queued() == []
        assert (box.conversation(), box.scores()) == ("stopped", {"overall": 5})
        assert contacts.get(numbers.remember(RESIDENT)).opted_out_at is not None
        reply = t.Reply.get()
        assert (reply.kind, reply.standing) == ("refusal", "refusal")
        assert ("amber", "refusal") in box.alarms()

    def test_a_stop_is_not_taken_back(self, box: Box) -> None:
        pieces = parts(box, ["STOP", " the noise next door please, it is loud"])
        arrive(box, pieces[0])
        give_up(box)
        assert box.send() == ["stop"]
        arrive(box, pieces[1])
        reply = t.Reply.get()
        assert (reply.kind, reply.standing) == ("stop", "stop")
        assert contacts.get(numbers.remember(RESIDENT)).opted_out_at is not None

    def test_a_start_that_came_later_is_not_taken_back_by_the_rest_of_an_old_stop(self, box: Box) -> None:
        pieces = parts(box, ["STOP. ", "I mean it"])
        arrive(box, pieces[0])
        give_up(box)
        box.later(HOUR).say("START")
        arrive(box, pieces[1])
        assert contacts.get(numbers.remember(RESIDENT)).opted_out_at is None

    def test_a_start_in_the_rest_lifts_nothing(self, box: Box) -> None:
        box.say("STOP")
        pieces = parts(box, [" ", "START"])
        arrive(box, pieces[0])
        give_up(box)
        arrive(box, pieces[1])
        assert contacts.get(numbers.remember(RESIDENT)).opted_out_at is not None

    def test_a_wish_for_a_call_is_listed(self, box: Box) -> None:
        pieces = parts(box, ["please ", "call me"])
        arrive(box, pieces[0])
        give_up(box)
        arrive(box, pieces[1])
        assert box.alarms() == [("amber", "callme")]
        assert t.Reply.get().kind == "callme"

    def test_a_child_in_the_rest_closes_the_survey(self, box: Box) -> None:
        box.invited()
        pieces = parts(box, ["5 it was fine ", "I'm 12 and home alone"])
        arrive(box, pieces[0])
        give_up(box)
        arrive(box, pieces[1])
        assert (box.conversation(), t.Reply.get().kind) == ("closed", "child")

    @pytest.mark.parametrize(
        ("texts", "before", "after", "words"),
        [
            (["5 because ", "you were kind"], 5, 5, "because you were kind"),
            (["4", "5 minutes I waited"], 4, None, "45 minutes I waited"),
            (["4", " or 2"], 4, None, "4 or 2"),
            (["well ", "5"], None, None, None),
        ],
        ids=["the same", "no score at all", "two numbers", "never added"],
    )
    def test_a_score_is_corrected_or_taken_away_and_never_added(
        self, box: Box, texts: list[str], before: int | None, after: int | None, words: str | None
    ) -> None:
        box.invited()
        pieces = parts(box, texts)
        arrive(box, pieces[0])
        give_up(box)
        assert box.scores().get("overall") == before
        asked = box.send()
        arrive(box, pieces[1])
        conversation.advance(box.config, box.now)
        assert (box.scores().get("overall"), t.Reply.get().score) == (after, after)
        found = t.Answer.get_or_none()
        assert (None if found is None else found.text) == words
        assert box.send() == [], f"{asked} was the answer to it"

    def test_words_kept_beside_a_question_grow_and_become_no_score(self, box: Box) -> None:
        box.invited()
        box.say("what?")
        box.later(MINUTE).send()
        pieces = parts(box, ["let me think, ", "5"])
        arrive(box, pieces[0])
        give_up(box)
        assert box.scores() == {"overall": None}
        arrive(box, pieces[1])
        assert box.scores() == {"overall": None}
        assert t.Answer.get().text == "let me think, 5"

    def test_a_comment_is_kept_in_full(self, box: Box) -> None:
        box.invited()
        for word in ("5", "5", "5", "5", "5"):
            box.say(word)
            box.send()
            box.later(MINUTE)
        pieces = parts(box, ["You came ", "quickly"])
        arrive(box, pieces[0])
        give_up(box)
        arrive(box, pieces[1])
        assert t.Answer.get(t.Answer.question == "comment").text == "You came quickly"

    def test_a_reply_the_conversation_has_not_read_yet_is_read_whole(self, box: Box) -> None:
        box.invited()
        pieces = parts(box, ["4", "5 minutes I waited"])
        arrive(box, pieces[0])
        box.later(16 * MINUTE)
        reception.join_late(box.config, box.now)
        arrive(box, pieces[1])
        conversation.advance(box.config, box.now)
        assert (box.scores(), box.queued()) == ({}, ["reprompt_overall"])


# ---- any order, loss and repetition


@dataclass(frozen=True)
class Sent:
    """One long text somebody sent, and what the network does to it."""

    sender: str
    reference: int
    texts: tuple[str, ...]
    age: int
    held_back: frozenset[int]
    repeated: tuple[tuple[int, bool], ...]

    def pieces(self, box: Box) -> list[Incoming]:
        return parts(
            box, list(self.texts), sent_at=box.now - self.age, reference=self.reference, sender=self.sender
        )

    def partial(self) -> str:
        return "".join(GAP if seq in self.held_back else text for seq, text in enumerate(self.texts, 1))


@st.composite
def some_texts(draw: st.DrawFn) -> list[Sent]:
    """Texts of a few senders with few references; one sender's lie two hours apart at least."""
    made = []
    for n in range(draw(st.integers(1, 6))):
        total = draw(st.integers(2, 4))
        seqs = st.integers(1, total)
        made.append(
            Sent(
                sender=draw(st.sampled_from([RESIDENT, OTHER, "SAMPLE"])),
                reference=draw(st.sampled_from([7, 8])),
                texts=tuple(f"({n}.{seq})" for seq in range(1, total + 1)),
                age=n * 2 * HOUR,
                held_back=frozenset(draw(st.sets(seqs))),
                repeated=tuple(draw(st.lists(st.tuples(seqs, st.booleans()), max_size=3))),
            )
        )
    return made


def burst(draw: st.DataObject, box: Box, pieces: list[Incoming]) -> None:
    for piece in draw.draw(st.permutations(pieces)):
        reception.keep(piece, box.config, box.later(SECOND).now)


@given(texts=some_texts(), data=st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_each_text_is_there_once_with_its_gaps_marked_and_then_whole(
    box: Box, texts: list[Sent], data: st.DataObject
) -> None:
    box.later(10 * DAY)
    before = len(replies())
    all_pieces = [sent.pieces(box) for sent in texts]
    early: list[Incoming] = []
    late: list[Incoming] = []
    for sent, pieces in zip(texts, all_pieces, strict=True):
        for seq, piece in enumerate(pieces, 1):
            (late if seq in sent.held_back else early).append(piece)
        for seq, in_another_pdu in sent.repeated:
            piece = pieces[seq - 1]
            again = replace(piece, pdu=f"{piece.pdu}/again") if in_another_pdu else piece
            (late if seq in sent.held_back else early).append(again)
    burst(data, box, early)
    give_up(box)
    begun = [sent for sent in texts if len(sent.held_back) < len(sent.texts)]
    assert sorted(replies()[before:]) == sorted(sent.partial() for sent in begun)
    box.later(data.draw(st.integers(0, 5)) * DAY)
    burst(data, box, late)
    give_up(box)
    assert sorted(replies()[before:]) == sorted("".join(sent.texts) for sent in texts)
    assert fragments.late_groups(box.now) == []


ANYTHING = st.tuples(
    st.sampled_from([RESIDENT, OTHER]),
    st.sampled_from([None, 7, 8]),
    st.sampled_from([None, 0, 1, 2, 3]),
    st.sampled_from([None, 0, 1, 2, 3]),
    st.sampled_from([None, 0, 30 * SECOND, 50 * MINUTE, 2 * HOUR, 3 * DAY]),
    st.sampled_from([SECOND, SECOND, 10 * MINUTE, 5 * HOUR]),
)


@given(incoming=st.lists(ANYTHING, max_size=12))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_ties_parts_claim_no_word_is_lost_or_read_twice(
    box: Box, incoming: list[tuple[str, int | None, int | None, int | None, int | None, int]]
) -> None:
    box.later(10 * DAY)
    before = len(replies())
    for n, (sender, reference, seq, total, age, span) in enumerate(incoming):
        box.later(span)
        sent_at = None if age is None else box.now - age
        fields: dict[str, Any] = {"reference": reference, "seq": seq, "total": total, "sent_at": sent_at}
        reception.keep(box.incoming(f"({n})", sender, **fields), box.config, box.now)
        reception.join_late(box.config, box.now)
    give_up(box)
    said = "".join(replies()[before:])
    assert [said.count(f"({n})") for n in range(len(incoming))] == [1] * len(incoming)


def test_what_a_kept_reply_holds_is_what_was_stored(box: Box) -> None:
    reply = box.say("he has a gun")
    kept = inbox.get(reply.id)
    assert (kept.text, kept.kind.value, kept.waits) == (reply.text, reply.kind, False)
    assert kept.alarm is not None
    assert inbox.was_answered(reply.id)
    assert not inbox.was_answered(reply.id + 1)
