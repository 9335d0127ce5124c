"""What residents write (behaviour 5 and 6), through reception and conversation, and what follows from it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance.clock import DAY, HOUR, MINUTE, SECOND
from appliance.flow import conversation, reception
from appliance.store import contacts, database, numbers, outbox, policies
from appliance.store import models as t
from tests.flow.box import OTHER, RESIDENT, SIM, Box

AUTO = ("auto",)

ANSWERED_WITHOUT_SURVEY = (
    ("red", "he is back and has a knife", "emergency", "auto", "red"),
    ("the whole text is a call for help", "HELP ME", "emergency", "auto", "red"),
    ("red with STOP in it", "STOP he has a gun", "emergency", "auto", "red"),
    ("red in Spanish", "auxilio", "emergency", "auto", "red"),
    ("amber", "someone broke in last night", "other", "auto", "amber"),
    ("HELP", "HELP", "help", "auto", "amber"),
    ("anything else", "thank you for coming", "other", "auto", None),
    ("STOP", "STOP", "stop", "stop", None),
    ("STOP, wide", "ＳＴＯＰ", "stop", "stop", None),
    ("STOP, spelled", "S T O P", "stop", "stop", None),
    ("Spanish opt-out", "ALTO", "stop", "stop", None),
    ("refusal", "leave me alone", "refusal", "stop", None),
    ("wrong number", "wrong number", "wrong", "wrong", "amber"),
    ("who", "who is this", "who", "who", None),
    ("status", "STATUS", "status", "status_none", None),
    ("call me", "call me", "callme", "callme", None),
    ("start", "START", "start", "start", None),
    ("a reaction of a phone", "Liked “Sampleville Police: Ref 26-1 is closed.”", "machine", None, None),
    ("an automatic reply", "I'm driving and will reply later", "machine", None, None),
    ("a number without a survey", "5", "other", "auto", None),
)


@pytest.mark.parametrize(
    ("text", "kind", "answer", "alarm"),
    [row[1:] for row in ANSWERED_WITHOUT_SURVEY],
    ids=[row[0] for row in ANSWERED_WITHOUT_SURVEY],
)
def test_each_text_is_kept_and_gets_at_most_one_answer(
    box: Box, text: str, kind: str, answer: str | None, alarm: str | None
) -> None:
    reply = box.say(text)
    assert (reply.kind, reply.alarm, reply.text) == (kind, alarm, text)
    assert box.queued() == ([] if answer is None else [answer])


def test_a_number_is_answered_by_the_sim_it_wrote_to(box: Box) -> None:
    box.say("hello")
    assert t.Contact.get().sim == SIM


class TestRed:
    def test_it_raises_the_alarm_pauses_the_survey_and_gets_auto_alone(self, box: Box) -> None:
        box.invited()
        box.say("5")
        assert box.queued() == ["q_listened"]
        box.say("he is outside with a gun")
        assert box.conversation() == "paused"
        assert ("red", "red_text") in box.alarms()
        assert box.send() == ["auto"]
        box.later(MINUTE).say("4")
        assert box.scores() == {"overall": 5}
        assert box.conversation() == "paused", "for good"

    def test_an_alarm_is_raised_with_a_stop_which_takes_effect(self, box: Box) -> None:
        box.say("STOP! he has a gun")
        assert contacts.get(numbers.remember(RESIDENT)).opted_out_at is not None
        assert box.queued() == ["auto"]

    def test_praise_with_911_in_it_is_a_score_and_no_alarm(self, box: Box) -> None:
        box.invited()
        box.say("5. The 911 dispatcher was wonderful")
        assert box.scores() == {"overall": 5}
        assert box.alarms() == []

    def test_a_red_text_with_a_number_is_no_answer(self, box: Box) -> None:
        box.invited()
        box.say("5 he is back with a gun")
        assert box.scores() == {}

    def test_auto_once_in_ten_minutes(self, box: Box) -> None:
        for span, expected in ((0, 1), (9 * MINUTE, 1), (2 * MINUTE, 2)):
            box.later(span).say("help me")
            assert [kind for kind, _ in box.texts()] == ["auto"] * expected

    def test_two_texts_of_one_number_are_one_alarm_of_two(self, box: Box) -> None:
        box.say("help me")
        box.say("help me please")
        box.say("help me", OTHER)
        assert [row.count for row in t.Alarm.select().order_by(t.Alarm.id)] == [2, 1]

    def test_it_is_no_alarm_of_ours_when_a_phone_wrote_it(self, box: Box) -> None:
        box.say("Liked “help me he has a gun”")
        assert box.alarms() == []

    def test_a_sender_without_a_number_raises_it_too(self, box: Box) -> None:
        box.hear("help me he has a gun", "BANK", is_alphanumeric=True)
        assert box.alarms() == [("red", "red_text")]
        assert box.texts() == []


class TestAuto:
    def test_one_a_number_and_day_otherwise(self, box: Box) -> None:
        box.say("hello")
        box.later(23 * HOUR).say("hello again")
        box.say("hello", OTHER)
        box.later(2 * HOUR).say("and again")
        autos = [row.number_id for row in t.Message.select().order_by(t.Message.id)]
        assert autos == [numbers.find(RESIDENT), numbers.find(OTHER), numbers.find(RESIDENT)]

    def test_it_reads_the_same_whatever_it_answers(self, box: Box) -> None:
        for n, text in enumerate(("help me", "HELP", "someone broke in last week", "hello")):
            box.say(text, f"+154155501{n + 10:02d}")
        assert len({row.text for row in t.Message.select()}) == 1

    def test_it_speaks_the_language_cad_gave(self, box: Box) -> None:
        box.take(box.closed(language="SPANISH"))
        box.plan()
        box.send()
        box.say("gracias por venir")
        assert t.Message.select().order_by(t.Message.id.desc()).first().language == "es"

    def test_two_machines_fall_silent(self, box: Box) -> None:
        answers = 0
        for _ in range(10):
            box.later(MINUTE).say("who is this")
            answers += len(box.send())
        assert answers == 2
        box.later(HOUR).say("who is this")
        assert box.send() == ["who"]

    def test_a_machine_that_sends_a_language_word_falls_silent(self, box: Box) -> None:
        box.take(box.closed())
        box.plan()
        box.send()
        for word in ("ES", "EN") * 4:
            box.later(MINUTE).say(word)
        assert len(box.send()) == 2

    def test_it_passes_caps_and_quiet_hours(self, box: Box) -> None:
        box.now -= 10 * HOUR
        box.say("hello?")
        assert box.send() == ["auto"]


class TestStop:
    def test_everything_planned_goes_and_the_confirmation_alone_leaves(self, box: Box) -> None:
        box.invited()
        box.say("5")
        box.take(box.closed("26-2"))
        box.plan()
        assert box.queued() == ["q_listened", "closed"]
        box.say("STOP")
        assert box.send() == ["stop"]
        assert box.conversation() == "stopped"
        box.later(MINUTE).say("STOP")
        assert box.send() == []

    def test_said_twice_it_is_confirmed_once(self, box: Box) -> None:
        box.say("STOP")
        box.say("stop please")
        assert box.send() == ["stop"]

    def test_it_is_confirmed_within_five_minutes_or_never(self, box: Box) -> None:
        box.say("STOP")
        box.later(5 * MINUTE + SECOND)
        assert box.send() == []
        box.plan()
        assert box.texts() == [("stop", "expired")]

    def test_a_score_beside_a_refusal_counts(self, box: Box) -> None:
        box.invited()
        box.say("5. No more texts please")
        assert box.scores() == {"overall": 5}
        assert box.send() == ["stop"]

    def test_an_answer_that_came_just_before_gets_no_text_after_it(self, box: Box) -> None:
        box.invited()
        box.hear("5")
        box.hear("STOP")
        conversation.advance(box.config, box.now)
        assert box.send() == ["stop"]

    def test_start_lifts_it(self, box: Box) -> None:
        box.say("STOP")
        box.say("START")
        box.take(box.closed())
        box.plan()
        assert box.send() == ["stop", "start", "closed"]

    def test_a_refusal_is_listed_for_a_person(self, box: Box) -> None:
        box.say("leave me alone")
        assert box.alarms() == [("amber", "refusal")]


class TestLanguage:
    def test_a_word_brings_the_last_text_again_and_stays(self, box: Box) -> None:
        box.invited()
        box.say("ES")
        last = t.Message.select().order_by(t.Message.id.desc()).first()
        assert (last.kind, last.language) == ("q_overall", "es")
        box.send()
        box.later(MINUTE).say("cinco")
        last = t.Message.select().order_by(t.Message.id.desc()).first()
        assert (last.kind, last.language) == ("q_listened", "es")
        assert contacts.get(numbers.remember(RESIDENT)).language == "es"

    def test_an_open_survey_follows_though_another_text_was_the_last(self, box: Box) -> None:
        box.invited()
        box.say("HELP")
        box.send()
        box.later(MINUTE).say("ES")
        box.send()
        box.later(MINUTE).say("5")
        assert t.Message.select().order_by(t.Message.id.desc()).first().language == "es"

    @pytest.mark.parametrize("kind", ["test", "alert"])
    def test_a_text_of_no_policy_is_not_repeated_and_does_no_harm(self, box: Box, kind: str) -> None:
        with database.transaction():
            outbox.put_once(
                outbox.NewMessage(
                    key="sample",
                    lane=outbox.Lane.CONFIRMATION,
                    kind=kind,
                    number_id=numbers.remember(RESIDENT),
                    language="en",
                    text="Sample",
                    parts=1,
                    policy_id=policies.current().id,
                    due_at=box.now,
                    not_after=box.now + HOUR,
                ),
                outbox.MessageState.QUEUED,
                box.now,
            )
        box.send()
        box.say("ES")
        assert box.send() == ["auto"]

    def test_a_question_is_repeated_in_the_words_the_survey_began_with(self, box: Box) -> None:
        box.invited()
        texts = {"es": {"q_overall": "{A}: Otra pregunta. Emergencia: 911. STOP=no textos"}}
        box.import_policy(texts=texts)
        box.say("ES")
        assert "Otra" not in t.Message.select().order_by(t.Message.id.desc()).first().text

    def test_the_text_of_a_call_locked_afterwards_is_not_repeated(self, box: Box) -> None:
        first = box.closed()
        box.take(first)
        box.plan()
        box.send()
        box.say("ES")
        assert box.queued() == ["closed"]
        box.take(replace(first, closed_at=box.now, sensitive=True))
        assert box.queued() == [], "a repeat that waits is taken back with the rest"


class TestStatus:
    @pytest.mark.parametrize(
        ("fields", "silence", "key"),
        [
            ({}, 0, "status_open"),
            ({}, 6 * MINUTE, "status_none"),
            ({"closed_at": "now"}, 0, "status_closed"),
            ({"call_type": "GRAFFITI"}, 0, "status_none"),
            ({"call_type": "DOMESTIC"}, 0, "status_none"),
        ],
    )
    def test_it_tells_the_state_of_the_own_allowed_call(
        self, box: Box, fields: dict[str, Any], silence: int, key: str
    ) -> None:
        given = {name: box.now if value == "now" else value for name, value in fields.items()}
        box.take(box.call(received_at=box.now - HOUR, **given))
        box.later(silence).say("STATUS")
        text = t.Message.select().where(t.Message.kind.startswith("status")).get()
        assert text.kind == key
        assert ("26-1" in text.text) is (key != "status_none")


class TestSurvey:
    def test_six_questions_thanks_and_the_scores(self, box: Box) -> None:
        box.invited()
        said = ("5!", "four", "3/5", "dos", "1️⃣", "All was said")
        asked = []
        for word in said:
            box.say(word)
            asked += box.send()
            box.later(MINUTE)
        assert asked == ["q_listened", "q_respect", "q_fair", "q_resolved", "q_comment", "thanks"]
        assert box.conversation() == "completed"
        assert box.scores() == {
            "overall": 5, "listened": 4, "respect": 3, "fair": 2, "resolved": 1, "comment": None,
        }  # fmt: skip

    def test_it_asks_once_more_and_then_keeps_the_words(self, box: Box) -> None:
        box.invited()
        assert box.say("4 or 5").kind == "reprompt"
        assert box.send() == ["reprompt_overall"]
        assert box.later(MINUTE).say("well you know").kind == "comment"
        assert box.send() == ["q_listened"]
        assert box.scores() == {"overall": None}

    def test_a_zero_to_the_first_question_is_asked_again_and_kept_as_a_comment(self, box: Box) -> None:
        box.invited()
        box.say("0")
        assert box.send() == ["reprompt_overall"]
        reply = box.later(MINUTE).say("0")
        assert (reply.kind, "overall_zero" in reply.effects) == ("comment", True)
        assert box.scores() == {"overall": None}

    def test_a_zero_to_the_second_skips_the_officer_questions(self, box: Box) -> None:
        box.invited()
        for word in ("5", "0"):
            box.say(word)
            box.send()
            box.later(MINUTE)
        assert box.say("2").question == "resolved"
        assert box.scores() == {"overall": 5, "listened": 0, "resolved": 2}

    def test_a_reaction_spends_no_reprompt(self, box: Box) -> None:
        box.invited()
        box.say("Loved “Sampleville Police: How satisfied are you”")
        assert box.send() == []
        box.say("what?")
        assert box.send() == ["reprompt_overall"]

    def test_fear_spends_no_reprompt_and_gets_auto(self, box: Box) -> None:
        box.invited()
        box.say("someone broke in last night")
        assert box.send() == ["auto"]
        box.later(MINUTE).say("5")
        assert box.scores() == {"overall": 5}

    def test_a_quoted_copy_of_the_question_is_not_read(self, box: Box) -> None:
        box.invited()
        question = t.Message.get(t.Message.kind == "q_overall").text
        box.say(f"> {question}\n2")
        assert box.scores() == {"overall": 2}

    @pytest.mark.parametrize(
        ("first", "second", "score", "words"),
        [
            ("5", "they were so kind", 5, "they were so kind"),
            ("5 great", "really", 5, "great\nreally"),
            ("4", "sorry I meant 5", 5, "sorry I meant 5"),
            ("4", "*5", 5, "*5"),
            ("4", "5", 4, "5"),
            ("4", "sorry it took so long to answer", 4, "sorry it took so long to answer"),
        ],
    )
    def test_a_second_text_within_seconds_belongs_to_the_same_answer(
        self, box: Box, first: str, second: str, score: int, words: str
    ) -> None:
        box.invited()
        box.say(first)
        more = box.later(3 * SECOND).say(second)
        assert box.scores() == {"overall": score}
        assert t.Answer.get().text == words
        assert (more.kind, more.question) == ("comment", "overall")
        assert box.send() == ["q_listened"], "asked once"

    @pytest.mark.parametrize(
        ("text", "scores"),
        [
            ("sorry I meant 5", {"overall": 5}),
            ("*5", {"overall": 5}),
            ("perdón, 5", {"overall": 5}),
            ("5 sorry for the delay", {"overall": 1, "listened": 5}),
            ("5", {"overall": 1, "listened": 5}),
        ],
    )
    def test_a_correction_after_the_next_question_left_is_no_answer_to_that_one(
        self, box: Box, text: str, scores: dict[str, int]
    ) -> None:
        box.invited()
        box.say("1")
        box.send()
        box.later(MINUTE).say(text)
        assert box.scores() == scores
        if len(scores) == 1:
            assert box.send() == [], "the question stays open and is not asked again"
            box.later(MINUTE).say("4")
            assert box.scores() == {"overall": 5, "listened": 4}

    def test_a_correction_after_a_re_prompt_answers_the_open_question(self, box: Box) -> None:
        box.invited()
        for text in ("1", "it was ok", "sorry I meant 4"):
            box.say(text)
            box.send()
            box.later(MINUTE)
        assert box.scores() == {"overall": 1, "listened": 4}

    def test_a_second_text_minutes_later_is_a_comment_of_its_own(self, box: Box) -> None:
        box.invited()
        box.say("5")
        box.later(3 * MINUTE).say("they were so kind")
        assert t.Answer.get().text is None

    def test_an_answer_overtakes_the_text_that_asks_again(self, box: Box) -> None:
        box.invited()
        box.say("it was ok")
        box.later(2 * SECOND).say("4")
        assert box.scores() == {"overall": 4}
        assert box.send() == ["q_listened"]
        assert box.state("reprompt_overall") == "cancelled"

    def test_a_language_word_before_the_question_leaves_puts_that_one_in_its_language(self, box: Box) -> None:
        box.invited()
        box.say("5")
        box.later(SECOND).say("ES")
        assert box.send() == ["q_listened"], "one question, once"
        assert t.Message.select().where(t.Message.kind == "q_listened").count() == 2
        assert "El oficial" in box.air[-1][1]
        box.later(MINUTE).say("4")
        assert box.scores() == {"overall": 5, "listened": 4}

    def test_and_also_where_no_automatic_answer_is_left_this_hour(self, box: Box) -> None:
        box.invited()
        for text in ("who is this", "STATUS"):
            box.later(SECOND).say(text)
        box.send()
        box.later(SECOND).say("5")
        box.later(SECOND).say("ES")
        assert box.send() == ["q_listened"]

    def test_an_answer_overtakes_a_question_said_again_in_another_language(self, box: Box) -> None:
        box.invited()
        box.say("ES")
        box.later(SECOND).say("5")
        assert box.send() == ["q_listened"]
        assert "El oficial" in box.air[-1][1]

    def test_what_was_asked_to_be_confirmed_is_said_again_with_its_scores(self, box: Box) -> None:
        box.invited()
        box.say("5 5 4 5")
        box.send()
        box.later(MINUTE).say("ES")
        box.send()
        assert "Recibimos 5 5 4 5." in box.air[-1][1]
        box.later(MINUTE).say("sí")
        assert box.scores() == {"overall": 5, "listened": 5, "respect": 4, "fair": 5}

    def test_several_scores_count_after_a_yes_and_are_traced_to_their_text(self, box: Box) -> None:
        box.invited()
        given = box.say("5 5 4 5")
        assert (box.scores(), box.send()) == ({}, ["several"])
        assert "You sent 5 5 4 5." in t.Message.get(t.Message.kind == "several").text
        box.later(MINUTE).say("Yes")
        assert box.scores() == {"overall": 5, "listened": 5, "respect": 4, "fair": 5}
        assert {row.reply_id for row in t.Answer.select()} == {given.id}
        assert box.send() == ["q_resolved"]
        box.later(MINUTE).say("3")
        assert box.scores()["resolved"] == 3

    def test_a_victim_is_asked_by_the_victims_script(self, box: Box) -> None:
        box.invited(role="Victim")
        assert t.Conversation.get().script == "victim"
        for text in ("5", "5", "5", "5"):
            box.say(text)
            box.send()
            box.later(MINUTE)
        assert box.texts()[-1] == ("q_informed", "sent")

    @pytest.mark.parametrize("text", ["I'm 12", "tengo 10 años", "this is my mom's phone"])
    def test_a_child_ends_it_silently_and_unscored(self, box: Box, text: str) -> None:
        from appliance.store import reports

        box.invited()
        box.say("5")
        box.send()
        box.later(MINUTE).say(text)
        assert box.conversation() == "closed"
        assert box.send() == []
        assert reports.answers(0, box.now) == []

    def test_it_runs_out_after_72_hours_and_what_comes_then_is_late(self, box: Box) -> None:
        box.invited()
        box.later(72 * HOUR)
        conversation.advance(box.config, box.now)
        assert box.conversation() == "expired"
        reply = box.say("5")
        assert (reply.kind, reply.score, box.scores()) == ("late", None, {})
        assert box.send() == ["late"]

    def test_a_late_reply_does_not_move_the_end(self, box: Box) -> None:
        box.invited()
        box.later(72 * HOUR)
        conversation.advance(box.config, box.now)
        ended = t.Conversation.get().finished_at
        box.later(DAY).say("5")
        assert t.Conversation.get().finished_at == ended

    def test_an_answer_before_its_question_left_answers_nothing(self, box: Box) -> None:
        box.invited()
        box.say("5")
        assert box.say("4").kind == "comment"
        assert box.scores() == {"overall": 5}

    @pytest.mark.parametrize(("text", "state"), [("5", "delivered"), ("what? who?", "unknown")])
    def test_an_answer_that_fits_proves_that_an_unknown_question_arrived(
        self, box: Box, text: str, state: str
    ) -> None:
        from appliance.flow import dispatch

        box.take(box.closed())
        box.later(4 * HOUR).plan()
        box.sent(box.claim())  # type: ignore[arg-type]
        claimed = box.claim()
        assert claimed is not None
        dispatch.lost_sight(claimed, 1, "no answer", box.now)
        box.later(MINUTE).say(text)
        assert box.state("q_overall") == state

    def test_an_open_survey_keeps_its_script(self, box: Box) -> None:
        box.invited()
        box.import_policy(texts={"en": {"q_listened": "{A} 2/6: New words. Reply 1-5, or 0 to skip."}})
        box.say("5")
        assert "New words" not in t.Message.select().order_by(t.Message.id.desc()).first().text


@given(
    text=st.text(max_size=200),
    sender=st.sampled_from([RESIDENT, "+442079460123", "72727", "", "BANK\x00", "+15415550199"]),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_whatever_it_holds_stops_the_box(box: Box, text: str, sender: str) -> None:
    before = t.Reply.select().count()
    incoming = box.incoming(text, sender, is_alphanumeric=not sender.startswith("+"))
    assert reception.keep(incoming, box.config, box.later(SECOND).now)
    conversation.advance(box.config, box.now)
    assert t.Reply.select().count() == before + 1
    assert not t.Reply.select().where(t.Reply.state == "new").exists()
