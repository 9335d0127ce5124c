"""Many texts at once: a number that does not stop, a town that cries for help, two boxes wired together."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.clock import DAY, HOUR, MINUTE, SECOND
from appliance.domain.records import AlarmLevel
from appliance.flow import taking
from appliance.store import alarms
from appliance.store import models as t
from appliance.upkeep import alerts
from tests.flow.box import ON_CALL, Box, boxed
from web import words

OURS, THEIRS = "+15415550177", "+15415550188"


def flood(box: Box, texts: int, text: str = "hello there") -> None:
    for n in range(texts):
        box.later(SECOND).say(f"{text} {n}")


class TestOneNumber:
    def test_what_is_too_much_is_kept_and_answered_by_nothing(self, box: Box) -> None:
        flood(box, taking.FLOOD + 30)
        assert t.Reply.select().count() == taking.FLOOD + 30
        assert box.send() == ["auto"]
        assert t.Alarm.get(t.Alarm.code == "number_flood").count == 30

    def test_a_stop_in_it_is_honoured_and_confirmed(self, box: Box) -> None:
        box.invited()
        flood(box, taking.FLOOD + 5)
        box.send()
        stop = box.later(SECOND).say("STOP")
        assert (stop.kind, box.conversation()) == ("stop", "stopped")
        assert box.send() == ["stop"]

    def test_a_cry_for_help_in_it_rings(self, box: Box) -> None:
        flood(box, taking.FLOOD + 5)
        assert box.later(SECOND).say("he has a gun").kind == "emergency"
        assert ("red", "red_text") in box.alarms()

    def test_an_answer_in_it_is_no_score(self, box: Box) -> None:
        box.invited()
        flood(box, taking.FLOOD, "Liked “Reply 1-5”")
        box.later(SECOND).say("5")
        assert box.scores() == {}

    def test_an_hour_later_it_is_heard_again(self, box: Box) -> None:
        box.invited()
        flood(box, taking.FLOOD + 5, "Liked “Reply 1-5”")
        box.later(HOUR + MINUTE).say("5")
        assert box.scores() == {"overall": 5}


class TestManyNumbers:
    def cry(self, box: Box, people: int) -> None:
        for n in range(people):
            box.later(SECOND).say("there is a fire", f"+1541555{100 + n:04d}")

    def test_more_than_ten_are_one_alarm_more(self, box: Box) -> None:
        self.cry(box, 40)
        red = [(a.code, a.count) for a in alarms.open_alarms() if a.level is AlarmLevel.RED]
        assert red == [("red_text", 1)] * 10 + [("red_flood", 30)]
        assert t.Reply.select().where(t.Reply.alarm == "red").count() == 40

    def test_one_of_the_first_ten_counts_into_their_own(self, box: Box) -> None:
        self.cry(box, 12)
        box.say("he is inside with a gun", "+15415550100")
        assert alarms.open_alarms()[0].count == 2

    def test_the_people_on_call_are_told_once_a_turn(self, box: Box) -> None:
        self.cry(box, 40)
        box.later(MINUTE)
        assert alerts.alert_on_call(box.config, box.now) == 1
        assert t.Message.get(t.Message.kind == "alert").number.e164 == ON_CALL

    def test_ten_in_a_day_are_ten(self, box: Box) -> None:
        for n in range(14):
            box.later(2 * MINUTE).say("there is a fire", f"+1541555{100 + n:04d}")
        assert {code for _level, code in box.alarms()} == {"red_text"}


@pytest.mark.parametrize(("minutes", "is_old"), [(0, False), (30, False), (31, True), (600, True)])
def test_a_red_text_that_was_long_on_its_way_says_so(box: Box, minutes: int, is_old: bool) -> None:
    box.say("he has a gun", sent_at=box.now - minutes * MINUTE)
    (alarm,) = alarms.open_alarms()
    assert alarm.details.get("minutes_old") == (minutes if is_old else None)
    assert (f"{minutes} minutes before" in words.alarm(alarm)) is is_old


@pytest.mark.parametrize(
    "first",
    ["hello", "HELP", "STOP", "WHO", "STATUS", "ES", "call me", "START", "he has a gun", "wrong number", "5"],
)
def test_two_boxes_that_write_to_each_other_fall_silent(tmp_path: Path, first: str) -> None:
    """Each takes the other's answers for a resident's texts; over a day that ends within a handful."""
    sides = {OURS: tmp_path / "ours", THEIRS: tmp_path / "theirs"}
    for folder in sides.values():
        folder.mkdir()
    now, sent = 0, 0
    on_air = [(THEIRS, OURS, first)]
    while on_air and now < DAY:
        sender, recipient, text = on_air.pop(0)
        with boxed(sides[recipient]) as box:
            box.later(now).say(text, sender, pdu=f"PDU{now:08d}")
            box.send()
            answers = [text for to, text in box.air if to == sender]
        on_air += [(recipient, sender, answer) for answer in answers]
        sent += len(answers)
        now += 20 * SECOND
        assert sent <= 6
    assert on_air == []


def test_our_own_text_sent_back_alone_is_answered_by_nothing(box: Box) -> None:
    box.invited()
    question = t.Message.get(t.Message.kind == "q_overall").text
    sent = len(box.air)
    for _ in range(5):
        assert box.later(MINUTE).say(question).kind == "machine"
        assert box.send() == []
    assert (len(box.air), box.scores()) == (sent, {})
    box.later(MINUTE).say("5")
    assert box.scores() == {"overall": 5}
