"""A PDU may come again: from a slot that is read twice, from a network that saw no acknowledgement."""

from __future__ import annotations

from dataclasses import replace

import pytest

from appliance.clock import DAY, HOUR, MINUTE, SECOND
from appliance.flow import conversation, reception
from appliance.store import models as t
from tests.flow.box import OTHER, Box


def copies() -> int:
    return int(t.Fragment.select().where(t.Fragment.kind == "copy").count())


class TestKnownPdus:
    """The SIM may show a PDU again: it is another text only if a text of ours left since it was read."""

    def test_read_again_it_is_known(self, box: Box) -> None:
        incoming = box.incoming("5")
        assert reception.keep(incoming, box.config, box.now)
        assert not reception.keep(incoming, box.config, box.later(SECOND).now)
        assert t.Reply.select().count() == 1

    def test_the_same_bytes_after_the_next_question_left_are_the_next_answer(self, box: Box) -> None:
        box.invited()
        incoming = box.incoming("5")
        reception.keep(incoming, box.config, box.now)
        conversation.advance(box.config, box.now)
        box.later(SECOND)
        assert box.send() == ["q_listened"]
        assert reception.keep(incoming, box.config, box.later(SECOND).now)
        conversation.advance(box.config, box.now)
        assert box.scores() == {"overall": 5, "listened": 5}

    def test_while_the_next_question_is_in_hand_they_are_known(self, box: Box) -> None:
        box.invited()
        incoming = box.incoming("5")
        reception.keep(incoming, box.config, box.now)
        conversation.advance(box.config, box.now)
        assert box.claim() is not None
        assert not reception.keep(incoming, box.config, box.later(SECOND).now)

    def test_later_than_the_network_repeats_itself_they_are_known(self, box: Box) -> None:
        box.invited()
        incoming = box.incoming("5")
        reception.keep(incoming, box.config, box.now)
        conversation.advance(box.config, box.now)
        box.send()
        assert not reception.keep(incoming, box.config, box.later(4 * SECOND).now)

    def test_a_text_to_another_number_changes_nothing(self, box: Box) -> None:
        incoming = box.incoming("hello")
        reception.keep(incoming, box.config, box.now)
        box.say("hello", OTHER)
        box.send()
        # The AUTO to the resident left as well, so a third number writes.
        third = box.incoming("hi there", "+15415550177")
        reception.keep(third, box.config, box.now)
        box.later(SECOND).say("hello", "+15415550178")
        assert not reception.keep(third, box.config, box.now)

    def test_without_a_network_time_each_reading_is_a_text(self, box: Box) -> None:
        incoming = box.incoming("hello", sent_at=None)
        assert reception.keep(incoming, box.config, box.now)
        assert reception.keep(incoming, box.config, box.later(SECOND).now)

    def test_the_same_bytes_on_another_sim_are_another_text(self, box: Box) -> None:
        incoming = box.incoming("hello")
        assert reception.keep(incoming, box.config, box.now)
        assert reception.keep(replace(incoming, sim="8901000000000000002"), box.config, box.now)


class TestForAWeek:
    """The same bytes are the same text for seven days, counted from when they were last read."""

    @pytest.mark.parametrize(("span", "is_new"), [(6 * DAY, False), (8 * DAY, True)])
    def test_then_they_are_another(self, box: Box, span: int, is_new: bool) -> None:
        incoming = box.incoming("hello")
        reception.keep(incoming, box.config, box.now)
        assert reception.keep(incoming, box.config, box.later(span).now) is is_new

    def test_a_slot_that_cannot_be_emptied_stays_known_while_it_is_read(self, box: Box) -> None:
        incoming = box.incoming("hello")
        reception.keep(incoming, box.config, box.now)
        for _ in range(5):
            assert not reception.keep(incoming, box.config, box.later(5 * DAY).now)
        assert t.Reply.select().count() == 1

    @pytest.mark.parametrize("kind", ["raw", "mms_notice"])
    def test_what_is_no_text_is_known_without_a_time_stamp_too(self, box: Box, kind: str) -> None:
        incoming = box.incoming("", kind=kind, sent_at=None)
        assert reception.keep(incoming, box.config, box.now)
        assert not reception.keep(incoming, box.config, box.later(HOUR).now)
        assert t.Fragment.select().where(t.Fragment.kind == kind).count() == 1


class TestCounting:
    def test_copies_are_counted_once_an_hour_and_not_shown(self, box: Box) -> None:
        incoming = box.incoming("hello")
        for _ in range(3):
            reception.keep(incoming, box.config, box.now)
        assert copies() == 1
        reception.keep(incoming, box.config, box.later(HOUR).now)
        assert copies() == 2
        assert t.Reply.select().count() == 1

    def test_a_copy_keeps_no_bytes_twice(self, box: Box) -> None:
        incoming = box.incoming("hello")
        for _ in range(2):
            reception.keep(incoming, box.config, box.now)
        assert [row.pdu for row in t.Fragment.select().order_by(t.Fragment.id)] == [incoming.pdu, ""]


class TestInAnotherPdu:
    """The service centre's address, or the bit that more is waiting, may differ in a repetition."""

    def test_the_same_words_stamped_with_the_same_second_are_known(self, box: Box) -> None:
        incoming = box.incoming("he has a gun")
        reception.keep(incoming, box.config, box.now)
        again = replace(incoming, pdu="PDU again")
        assert not reception.keep(again, box.config, box.later(MINUTE).now)
        assert not reception.keep(again, box.config, box.later(MINUTE).now)
        assert (t.Reply.select().count(), t.Alarm.get().count) == (1, 1)

    @pytest.mark.parametrize(
        "change",
        [{"sent_at": 1}, {"text": "he has a gun!"}, {"sender": OTHER}, {"sim": "8901000000000000002"}],
        ids=lambda change: next(iter(change)),
    )
    def test_anything_else_is_another_text(self, box: Box, change: dict[str, object]) -> None:
        incoming = box.incoming("he has a gun")
        reception.keep(incoming, box.config, box.now)
        other = replace(incoming, pdu="PDU again", **change)  # type: ignore[arg-type]
        assert reception.keep(other, box.config, box.now)

    def test_after_the_next_question_left_they_are_the_next_answer(self, box: Box) -> None:
        box.invited()
        incoming = box.incoming("5")
        reception.keep(incoming, box.config, box.now)
        conversation.advance(box.config, box.now)
        box.later(SECOND).send()
        assert reception.keep(replace(incoming, pdu="PDU again"), box.config, box.later(SECOND).now)
        conversation.advance(box.config, box.now)
        assert box.scores() == {"overall": 5, "listened": 5}


class TestAClockThatStands:
    """A centre whose stamp is years off tells no time: what we sent in between tells texts apart."""

    @pytest.mark.parametrize("off", [-400 * DAY, -8 * DAY, 2 * HOUR, 400 * DAY])
    def test_the_same_bytes_answer_the_next_question(self, box: Box, off: int) -> None:
        box.invited()
        incoming = box.incoming("5", sent_at=box.now + off)
        for _ in range(3):
            assert reception.keep(incoming, box.config, box.now)
            assert not reception.keep(incoming, box.config, box.now)
            conversation.advance(box.config, box.now)
            box.later(MINUTE).send()
            box.later(MINUTE)
        assert box.scores() == {"overall": 5, "listened": 5, "respect": 5}
