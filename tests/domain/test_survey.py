"""The survey: every pair of state and event, and the conversations residents really have."""

# ruff: noqa: E501  (a case is read in one line)
from __future__ import annotations

from dataclasses import replace

import pytest

from appliance.clock import HOUR, MINUTE
from appliance.domain import policy, survey
from appliance.domain.answers import Reading
from appliance.domain.records import ConversationState, ReplyKind
from appliance.domain.scripts import Script
from appliance.domain.survey import Answer, Conversation, Count, Step, SurveyEvent

SCRIPT = policy.default().script()
START = 1_700_000_000_000
OPEN_FOR = 72 * HOUR


def at(question: str, **changes: object) -> Conversation:
    """A conversation whose open question was handed to the modem at START."""
    first = survey.opened(7, 3, "caller", SCRIPT, "en", START, OPEN_FOR).conversation
    return replace(first, question=question, asked_at=START, **changes)  # type: ignore[arg-type]


def say(conversation: Conversation, text: str, now: int = START + MINUTE) -> Step:
    """One reply, read and stepped as the walk does it."""
    heard = survey.read(conversation, SCRIPT, text, now)
    return survey.step(
        conversation, SCRIPT, heard.event, now, reading=heard.reading, text=text, several=heard.several
    )


def talk(*texts: str) -> tuple[list[Step], Conversation]:
    """Replies in their order, each question handed to the modem before the next reply comes."""
    conversation = at("overall")
    steps = []
    for number, text in enumerate(texts):
        now = START + number * MINUTE
        step = say(replace(conversation, asked_at=conversation.asked_at or now), text, now)
        steps.append(step)
        conversation = step.conversation
    return steps, conversation


def test_it_opens_with_the_overall_question_and_knows_its_end() -> None:
    step = survey.opened(7, 3, "caller", SCRIPT, "es", START, OPEN_FOR)
    assert step.say == "q_overall"
    assert step.conversation == Conversation(
        id=7,
        number_id=3,
        script_name="caller",
        language="es",
        state=ConversationState.OPEN,
        question="overall",
        reprompted=False,
        opened_at=START,
        expires_at=START + OPEN_FOR,
    )


def test_a_whole_survey_runs_in_order_to_thanks() -> None:
    steps, end = talk("5", "4 they listened", "five", "5/5", "3", "Thank you all")
    assert [step.say for step in steps] == [
        "q_listened",
        "q_respect",
        "q_fair",
        "q_resolved",
        "q_comment",
        "thanks",
    ]
    assert [step.answer for step in steps] == [
        Answer("overall", 5),
        Answer("listened", 4, "they listened"),
        Answer("respect", 5),
        Answer("fair", 5),
        Answer("resolved", 3),
        Answer("comment", None, "Thank you all"),
    ]
    assert [step.reply_kind for step in steps] == [ReplyKind.ANSWER] * 5 + [ReplyKind.COMMENT]
    assert [step.counts for step in steps] == [{Count.STARTED}, set(), set(), set(), set(), {Count.COMPLETED}]
    assert end.state is ConversationState.COMPLETED
    assert end.question is None
    assert end.answers == {
        "overall": 5,
        "listened": 4,
        "respect": 5,
        "fair": 5,
        "resolved": 3,
        "comment": None,
    }


@pytest.mark.parametrize(
    ("replies", "says", "answers", "kinds", "counts"),
    [
        (
            ("0", "0"),
            ["reprompt_overall", "q_listened"],
            [None, Answer("overall", None, "0")],
            [ReplyKind.REPROMPT, ReplyKind.COMMENT],
            [set(), {Count.OVERALL_ZERO}],
        ),
        (
            ("0", "1"),
            ["reprompt_overall", "q_listened"],
            [None, Answer("overall", 1)],
            [ReplyKind.REPROMPT, ReplyKind.ANSWER],
            [set(), {Count.STARTED}],
        ),
        (
            ("4 or 5", "I said it already"),
            ["reprompt_overall", "q_listened"],
            [None, Answer("overall", None, "I said it already")],
            [ReplyKind.REPROMPT, ReplyKind.COMMENT],
            [set(), set()],
        ),
        (
            ("good", "good", "good", "4"),
            ["reprompt_overall", "q_listened", "reprompt", "q_respect"],
            [None, Answer("overall", None, "good"), None, Answer("listened", 4)],
            [ReplyKind.REPROMPT, ReplyKind.COMMENT, ReplyKind.REPROMPT, ReplyKind.ANSWER],
            [set(), set(), set(), {Count.STARTED}],
        ),
        (
            ("5", "0", "skip", "0"),
            ["q_listened", "q_resolved", "q_comment", "thanks"],
            [Answer("overall", 5), Answer("listened", 0), Answer("resolved", 0), None],
            [ReplyKind.ANSWER] * 4,
            [{Count.STARTED}, set(), set(), {Count.COMPLETED}],
        ),
        (
            ("5", "4", "0 I did not see him", "4"),
            ["q_listened", "q_respect", "q_fair", "q_resolved"],
            [
                Answer("overall", 5),
                Answer("listened", 4),
                Answer("respect", 0, "I did not see him"),
                Answer("fair", 4),
            ],
            [ReplyKind.ANSWER] * 4,
            [{Count.STARTED}, set(), set(), set()],
        ),
        (
            ("Liked “Sample PD: How satisfied are you”", "Liked “Sample PD”", "good", "3"),
            [None, None, "reprompt_overall", "q_listened"],
            [None, None, None, Answer("overall", 3)],
            [ReplyKind.MACHINE, ReplyKind.MACHINE, ReplyKind.REPROMPT, ReplyKind.ANSWER],
            [set(), set(), set(), {Count.STARTED}],
        ),
    ],
    ids=[
        "zero twice to overall",
        "zero, then a score",
        "unreadable twice",
        "each question has its own re-prompt",
        "zero on listened skips respect and fair",
        "zero on respect skips nothing else",
        "a phone's reaction spends no re-prompt",
    ],
)
def test_replies_lead_on(
    replies: tuple[str, ...],
    says: list[str | None],
    answers: list[Answer | None],
    kinds: list[ReplyKind],
    counts: list[set[Count]],
) -> None:
    steps, _ = talk(*replies)
    assert [step.say for step in steps] == says
    assert [step.answer for step in steps] == answers
    assert [step.reply_kind for step in steps] == kinds
    assert [step.counts for step in steps] == counts


@pytest.mark.parametrize("text", ["5 great", "No", "2 officers came, both kind", "4 or 5", "10"])
def test_the_open_comment_takes_any_text_as_it_is(text: str) -> None:
    step = say(at("comment"), text)
    assert step.answer == Answer("comment", None, text)
    assert (step.say, step.conversation.state) == ("thanks", ConversationState.COMPLETED)


@pytest.mark.parametrize(
    ("asked_at", "received_at"),
    [(None, START), (START + 2_000, START + 1_000)],
    ids=["still waiting to leave", "left after the reply came"],
)
def test_a_reply_older_than_its_question_answers_nothing(asked_at: int | None, received_at: int) -> None:
    waiting = replace(at("listened"), asked_at=asked_at)
    step = say(waiting, "5", received_at)
    assert (step.answer, step.say, step.conversation, step.reply_kind) == (
        None,
        None,
        waiting,
        ReplyKind.COMMENT,
    )


def test_a_correction_before_the_re_prompt_leaves_still_answers() -> None:
    again = say(at("overall"), "fvie")
    assert again.say == "reprompt_overall"
    assert say(again.conversation, "five").answer == Answer("overall", 5)


def test_a_child_is_closed_without_a_score_or_a_word() -> None:
    step = say(at("overall"), "I'm 12, 5")
    assert (step.conversation.state, step.answer, step.say) == (ConversationState.CLOSED, None, None)
    assert step.reply_kind is ReplyKind.CHILD


def test_a_reply_after_the_end_meets_an_expired_survey_without_any_tick() -> None:
    late = say(at("overall"), "5", START + OPEN_FOR)
    assert late.conversation.state is ConversationState.EXPIRED
    assert (late.answer, late.say, late.reply_kind) == (None, "late", ReplyKind.LATE)
    in_time = say(at("overall"), "5", START + OPEN_FOR - 1)
    assert in_time.answer == Answer("overall", 5)


SEVERAL = (
    # replies, what is said to each, scores at the end
    (
        ("5 5 4 5", "yes"),
        ["several", "q_resolved"],
        {"overall": 5, "listened": 5, "respect": 4, "fair": 5},
    ),
    (("5,5,4,5,3", "SI"), ["several", "q_comment"], {**dict.fromkeys(("overall", "listened"), 5), "respect": 4, "fair": 5, "resolved": 3}),
    (("5 5 4 5", "4"), ["several", "q_listened"], {"overall": 4}),
    (("5 5 4 5", "no", "3"), ["several", "reprompt_overall", "q_listened"], {"overall": 3}),
    (("5 5 4 5", "5 5 4 5", "5"), ["several", "reprompt_overall", "q_listened"], {"overall": 5}),
    (("good", "5 5 4 5"), ["reprompt_overall", "several"], {}),
    (("good", "5 5 4 5", "no"), ["reprompt_overall", "several", "q_listened"], {"overall": None}),
    (("4", "5 5 5", "oui"), ["q_listened", "several", "q_resolved"], {"overall": 4, **dict.fromkeys(("listened", "respect", "fair"), 5)}),
    (("4 5",), ["reprompt_overall"], {}),
    (("1 2 3 4 5",), ["reprompt_overall"], {}),
    (("yes",), ["reprompt_overall"], {}),
    (("5 5 5 5 5 5",), ["reprompt_overall"], {}),
)  # fmt: skip


@pytest.mark.parametrize(("replies", "says", "scores"), SEVERAL, ids=[" | ".join(r) for r, _, _ in SEVERAL])
def test_several_scores_count_once_they_are_confirmed(
    replies: tuple[str, ...], says: list[str], scores: dict[str, int | None]
) -> None:
    steps, end = talk(*replies)
    assert [step.say for step in steps] == says
    assert end.answers == scores
    assert end.proposed == ((5, 5, 4, 5) if says[-1] == "several" else ())


def test_a_script_may_refuse_several_scores() -> None:
    alone = SCRIPT.model_copy(update={"several": False})
    heard = survey.read(at("overall"), alone, "5 5 4 5", START)
    assert (heard.event, heard.several) == (SurveyEvent.REPLY_UNREADABLE, ())


KINDS = Script.model_validate(
    {
        "questions": [
            {"key": "came", "text": "q_came", "kind": "yes_no", "skip": True, "skips": {"no": ["wait"]}},
            {"key": "wait", "text": "q_wait", "kind": "number", "skip": True, "high": 600},
            {"key": "about", "text": "q_about", "kind": "choice", "choices": ["noise|ruido", "car|carro", "other"],
             "skips": {"3": ["thing"]}},
            {"key": "thing", "text": "q_thing", "kind": "open"},
            {"key": "overall", "text": "q_overall", "kind": "rating"},
        ]
    }
)  # fmt: skip
OTHER_KINDS = (
    (("yes", "15 minutes", "car", "a red one", "5"), {"came": 1, "wait": 15, "about": 2, "thing": None, "overall": 5}),
    (("no, nobody came", "3", "4"), {"came": 2, "about": 3, "overall": 4}),
    (("0", "0", "1", "x", "5"), {"came": 0, "wait": 0, "about": 1, "thing": None, "overall": 5}),
    (("maybe", "yes", "a while", "20", "2", "x", "5"), {"came": 1, "wait": 20, "about": 2, "thing": None, "overall": 5}),
    (("hm", "hm", "hm", "hm", "hm", "hm"), {"came": None, "wait": None, "about": None}),
)  # fmt: skip


@pytest.mark.parametrize(("replies", "scores"), OTHER_KINDS, ids=[" | ".join(r) for r, _ in OTHER_KINDS])
def test_other_kinds_of_questions(replies: tuple[str, ...], scores: dict[str, int | None]) -> None:
    conversation = survey.opened(7, 3, "kinds", KINDS, "en", START, OPEN_FOR).conversation
    for text in replies:
        asked = replace(conversation, asked_at=START)
        heard = survey.read(asked, KINDS, text, START)
        step = survey.step(asked, KINDS, heard.event, START, reading=heard.reading, text=text)
        conversation = step.conversation
    assert conversation.answers == scores


def test_words_beside_a_yes_or_a_no_are_kept() -> None:
    asked = replace(survey.opened(7, 3, "kinds", KINDS, "en", START, OPEN_FOR).conversation, asked_at=START)
    for text, words in (("no", None), ("No, nobody came", "No, nobody came")):
        assert survey.read(asked, KINDS, text, START).reading == Reading(2, False, words)


def test_a_score_without_a_reading_is_a_fault_of_the_caller() -> None:
    with pytest.raises(ValueError, match="needs a score"):
        survey.step(at("overall"), SCRIPT, SurveyEvent.REPLY_SCORE, START)
    with pytest.raises(ValueError, match="a question that asks for one"):
        survey.step(at("comment"), SCRIPT, SurveyEvent.REPLY_SCORE, START, reading=Reading(5, False, None))


@pytest.mark.parametrize(
    ("conversation", "say_next", "is_refused"),
    [
        (at("overall"), None, True),
        (at("overall", reprompted=True), "q_listened", False),
        (at("listened"), "q_respect", False),
        (at("comment"), "thanks", False),
    ],
    ids=["the first text waits", "re-prompt of the first", "a middle question", "the last question"],
)
def test_a_lost_question_is_never_sent_again(
    conversation: Conversation, say_next: str | None, is_refused: bool
) -> None:
    step = survey.step(conversation, SCRIPT, SurveyEvent.QUESTION_LOST, START)
    assert (step.say, step.is_refused, step.answer, step.reply_kind) == (say_next, is_refused, None, None)
    assert (step.conversation == conversation) == is_refused


E, S, K = SurveyEvent, ConversationState, ReplyKind
ANSWERS = (
    E.REPLY_SCORE,
    E.REPLY_SEVERAL,
    E.REPLY_YES,
    E.REPLY_ZERO,
    E.REPLY_TEXT,
    E.REPLY_UNREADABLE,
    E.EARLY,
)
Outcome = tuple[ConversationState, str | None, ReplyKind | None, bool]
"""New state, text to say, kind of the reply, refused."""


def expected() -> dict[tuple[ConversationState, SurveyEvent], Outcome]:
    table: dict[tuple[ConversationState, SurveyEvent], Outcome] = {
        (S.OPEN, E.REPLY_SCORE): (S.OPEN, "q_respect", K.ANSWER, False),
        (S.OPEN, E.REPLY_SEVERAL): (S.OPEN, "several", K.REPROMPT, False),
        (S.OPEN, E.REPLY_YES): (S.OPEN, "reprompt", K.REPROMPT, False),
        (S.OPEN, E.REPLY_ZERO): (S.OPEN, "q_resolved", K.ANSWER, False),
        (S.OPEN, E.REPLY_TEXT): (S.OPEN, "reprompt", K.REPROMPT, False),
        (S.OPEN, E.REPLY_UNREADABLE): (S.OPEN, "reprompt", K.REPROMPT, False),
        (S.OPEN, E.EARLY): (S.OPEN, None, K.COMMENT, False),
        (S.OPEN, E.MACHINE): (S.OPEN, None, K.MACHINE, False),
        (S.OPEN, E.STOP): (S.STOPPED, None, K.STOP, False),
        (S.OPEN, E.WRONG): (S.STOPPED, None, K.WRONG, False),
        (S.OPEN, E.RED): (S.PAUSED, None, K.EMERGENCY, False),
        (S.OPEN, E.CHILD): (S.CLOSED, None, K.CHILD, False),
        (S.OPEN, E.EXPIRE): (S.EXPIRED, None, None, False),
        (S.OPEN, E.QUESTION_LOST): (S.OPEN, "q_respect", None, False),
        (S.OPEN, E.REOPENED): (S.CLOSED, None, None, False),
        (S.OPEN, E.LOCKED): (S.CLOSED, None, None, False),
    }
    for state in (S.COMPLETED, S.EXPIRED, S.STOPPED, S.PAUSED, S.CLOSED):
        is_late = state in (S.COMPLETED, S.EXPIRED)
        for event in ANSWERS:
            table[state, event] = (state, "late", K.LATE, False) if is_late else (state, None, K.OTHER, False)
        table[state, E.MACHINE] = (state, None, K.MACHINE, False)
        table[state, E.STOP] = (state, None, K.STOP, False)
        table[state, E.WRONG] = (state, None, K.WRONG, False)
        table[state, E.RED] = (state, None, K.EMERGENCY, False)
        table[state, E.CHILD] = (state, None, K.CHILD, False)
        for event in (E.EXPIRE, E.QUESTION_LOST, E.REOPENED):
            table[state, event] = (state, None, None, True)
        table[state, E.LOCKED] = (S.CLOSED, None, None, state is S.CLOSED)
    return table


def test_the_table_lists_every_pair() -> None:
    assert set(survey.TABLE) == {(state, event) for state in S for event in E}
    assert set(expected()) == set(survey.TABLE)


@pytest.mark.parametrize(("state", "event"), list(survey.TABLE), ids=str)
def test_every_pair_does_what_is_written(state: ConversationState, event: SurveyEvent) -> None:
    is_open = state is S.OPEN
    before = replace(
        at("listened"),
        state=state,
        question="listened" if is_open else None,
        asked_at=START if is_open else None,
    )
    reading = Reading(4, False, None) if event is E.REPLY_SCORE else None
    several = (4, 4, 5) if event is E.REPLY_SEVERAL else ()
    step = survey.step(before, SCRIPT, event, START + MINUTE, reading=reading, text="4", several=several)
    assert (step.conversation.state, step.say, step.reply_kind, step.is_refused) == expected()[state, event]
    if step.conversation.state is not S.OPEN:
        assert (step.conversation.question, step.conversation.asked_at, step.answer) == (None, None, None)
    if step.is_refused:
        assert step.conversation == before
