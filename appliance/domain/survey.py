"""One resident answering one survey: states, events, one table, one pure function.

Nothing is sent or stored here: a `Step` says what to store and which text to say next.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from appliance.clock import Instant
from appliance.domain import answers
from appliance.domain.answers import Reading
from appliance.domain.policy import Question, Script
from appliance.domain.records import ConversationState, ReplyKind


class SurveyEvent(StrEnum):
    """What can happen to a conversation."""

    REPLY_SCORE = "reply_score"  # a number from 1 to 5 for the open question
    REPLY_ZERO = "reply_zero"  # 0, "none", "skip"
    REPLY_TEXT = "reply_text"  # words for an open question
    REPLY_UNREADABLE = "reply_unreadable"  # no single number could be read for a rating
    EARLY = "early"  # arrived before its question left: it answers nothing that was asked
    MACHINE = "machine"  # a phone's reaction or an auto-reply
    STOP = "stop"  # STOP or a refusal in plain words
    WRONG = "wrong"  # wrong number
    RED = "red"  # a red safety reading
    CHILD = "child"
    EXPIRE = "expire"
    QUESTION_LOST = "question_lost"  # the question's sending stayed `unknown` beyond survey.unknown_wait
    REOPENED = "reopened"
    LOCKED = "locked"  # a never-type or `sensitive` in a later version of the call


REPLIES: frozenset[SurveyEvent] = frozenset(
    {
        SurveyEvent.REPLY_SCORE,
        SurveyEvent.REPLY_ZERO,
        SurveyEvent.REPLY_TEXT,
        SurveyEvent.REPLY_UNREADABLE,
        SurveyEvent.EARLY,
        SurveyEvent.MACHINE,
        SurveyEvent.STOP,
        SurveyEvent.WRONG,
        SurveyEvent.RED,
        SurveyEvent.CHILD,
    }
)
"""Events that come from an incoming text; at these `step` looks at the expiry first."""


class Count(StrEnum):
    """What a step adds to the report's funnel."""

    STARTED = "started"  # the first scored answer of this conversation
    COMPLETED = "completed"  # thanks reached
    OVERALL_ZERO = "overall_zero"  # a 0 to the first question, asked again and kept as a comment


@dataclass(frozen=True, slots=True)
class Conversation:
    """Where one survey stands.

    `asked_at` is when the open question's text was first handed to the modem (a re-prompt does not move
    it), None while it still waits: a reply older than its question answers nothing. `answers` holds 1-5,
    0 (skipped) or None (kept as a comment) by question key. `question` is None once the conversation is over.
    """

    id: int
    number_id: int
    script_name: str
    language: str
    state: ConversationState
    question: str | None
    reprompted: bool
    opened_at: Instant
    expires_at: Instant
    asked_at: Instant | None = None
    answers: Mapping[str, int | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """One row to store: `score` 1-5, 0 (skipped) or None with the words in `text`."""

    question: str
    score: int | None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What follows from an event.

    `say` is the key of the one text to send (next question, re-prompt, thanks, late) or None;
    `reply_kind` is None for events that are no reply; `is_refused` when the event does not apply in
    this state and nothing changed.
    """

    conversation: Conversation
    answer: Answer | None = None
    say: str | None = None
    reply_kind: ReplyKind | None = None
    counts: frozenset[Count] = frozenset()
    is_refused: bool = False


@dataclass(frozen=True, slots=True)
class _Given:
    """What a rule of the table looks at."""

    conversation: Conversation
    script: Script
    reading: Reading
    text: str

    @property
    def question(self) -> Question:
        return self.script.question(self.conversation.question or "")


def opened(
    id: int, number_id: int, script_name: str, script: Script, language: str, now: Instant, open_for: int
) -> Step:
    """A new conversation and its first text; `open_for` in milliseconds (policy survey.open_for)."""
    first = script.questions[0]
    conversation = Conversation(
        id=id,
        number_id=number_id,
        script_name=script_name,
        language=language,
        state=ConversationState.OPEN,
        question=first.key,
        reprompted=False,
        opened_at=now,
        expires_at=now + open_for,
    )
    return Step(conversation, say=first.text)


def read(
    conversation: Conversation, script: Script, text: str, received_at: Instant
) -> tuple[SurveyEvent, Reading]:
    """What a cleaned reply is to this conversation; standing and safety have been read before.

    A machine's text or a child's is told before any number in it ("Liked “Reply 1-5”", "I'm 12").
    """
    nothing = Reading(score=None, zero=False, comment=text.strip() or None)
    if answers.is_machine(text):
        return SurveyEvent.MACHINE, nothing
    if answers.is_child(text):
        return SurveyEvent.CHILD, nothing
    if conversation.state is not ConversationState.OPEN or conversation.question is None:
        return SurveyEvent.REPLY_TEXT, nothing
    if conversation.asked_at is None or received_at < conversation.asked_at:
        return SurveyEvent.EARLY, nothing
    question = script.question(conversation.question)
    reading = answers.read_rating(text, zero_skips=question.skip)
    if question.kind == "open":
        is_zero = reading.zero and reading.comment is None
        return (SurveyEvent.REPLY_ZERO if is_zero else SurveyEvent.REPLY_TEXT), nothing
    if reading.zero:
        return SurveyEvent.REPLY_ZERO, reading
    if reading.score is not None:
        return SurveyEvent.REPLY_SCORE, reading
    return SurveyEvent.REPLY_UNREADABLE, reading


def step(
    conversation: Conversation,
    script: Script,
    event: SurveyEvent,
    now: Instant,
    *,
    reading: Reading | None = None,
    text: str = "",
) -> Step:
    """What `event` makes of the conversation; `text` is the reply's words where there is a reply.

    REPLY_SCORE needs the reading (ValueError without a score in it). A reply after `expires_at` meets
    an expired conversation, whether or not the expiry tick came by first.
    """
    if event in REPLIES and conversation.state is ConversationState.OPEN and now >= conversation.expires_at:
        conversation = _over(conversation, ConversationState.EXPIRED)
    given = _Given(conversation, script, reading or Reading(None, False, None), text.strip())
    return TABLE[conversation.state, event](given)


def _over(conversation: Conversation, state: ConversationState) -> Conversation:
    return replace(conversation, state=state, question=None, asked_at=None)


def _advance(given: _Given, answer: Answer | None, skip: frozenset[str] = frozenset()) -> Step:
    """The next question that is neither answered nor skipped, or thanks."""
    conversation, script = given.conversation, given.script
    if answer is not None:
        conversation = replace(conversation, answers={**conversation.answers, answer.question: answer.score})
    place = [question.key for question in script.questions].index(given.question.key)
    later = [question for question in script.questions[place + 1 :] if question.key not in skip]
    if not later:
        over = _over(conversation, ConversationState.COMPLETED)
        return Step(over, answer, say="thanks", counts=frozenset({Count.COMPLETED}))
    asked = replace(conversation, question=later[0].key, reprompted=False, asked_at=None)
    return Step(asked, answer, say=later[0].text)


def _with(step: Step, kind: ReplyKind, *counts: Count) -> Step:
    return replace(step, reply_kind=kind, counts=step.counts | frozenset(counts))


def _score(given: _Given) -> Step:
    if given.reading.score is None or given.question.kind == "open":
        raise ValueError("REPLY_SCORE needs a score and a rating question")
    answer = Answer(given.question.key, given.reading.score, given.reading.comment)
    is_first = not any(score for score in given.conversation.answers.values())
    return _with(_advance(given, answer), ReplyKind.ANSWER, *([Count.STARTED] if is_first else []))


def _zero(given: _Given) -> Step:
    question = given.question
    if question.kind == "open":
        return _with(_advance(given, None), ReplyKind.ANSWER)
    if question.skip:
        answer = Answer(question.key, 0, given.reading.comment)
        return _with(_advance(given, answer, frozenset(question.zero_skips)), ReplyKind.ANSWER)
    counts = [Count.OVERALL_ZERO] if given.conversation.reprompted else []
    return _with(_unreadable(given), _unreadable_kind(given), *counts)


def _unreadable(given: _Given) -> Step:
    """Asked once more, then the words are kept beside the question and the next one is asked."""
    if given.conversation.reprompted:
        kept = _advance(given, Answer(given.question.key, None, given.text or None))
        return _with(kept, _unreadable_kind(given))
    say = "reprompt" if given.question.skip else "reprompt_overall"
    again = replace(given.conversation, reprompted=True)
    return Step(again, say=say, reply_kind=_unreadable_kind(given))


def _unreadable_kind(given: _Given) -> ReplyKind:
    return ReplyKind.COMMENT if given.conversation.reprompted else ReplyKind.REPROMPT


def _text(given: _Given) -> Step:
    """Words: all that an open question asks for; for a rating the same as unreadable."""
    if given.question.kind != "open":
        return _unreadable(given)
    answer = Answer(given.question.key, None, given.text or None)
    return _with(_advance(given, answer if answer.text else None), ReplyKind.COMMENT)


def _lost(given: _Given) -> Step:
    """Never the same text twice; but without the first text nobody knows who asks, so that one waits."""
    is_first = given.question.key == given.script.questions[0].key
    return _refused(given) if is_first and not given.conversation.reprompted else _advance(given, None)


def _kept(kind: ReplyKind, say: str | None = None) -> Callable[[_Given], Step]:
    """The text is stored, the conversation stays as it is."""
    return lambda given: Step(given.conversation, say=say, reply_kind=kind)


def _ends(state: ConversationState, kind: ReplyKind | None = None) -> Callable[[_Given], Step]:
    return lambda given: Step(_over(given.conversation, state), reply_kind=kind)


def _refused(given: _Given) -> Step:
    return Step(given.conversation, is_refused=True)


_OPEN: Mapping[SurveyEvent, Callable[[_Given], Step]] = {
    SurveyEvent.REPLY_SCORE: _score,
    SurveyEvent.REPLY_ZERO: _zero,
    SurveyEvent.REPLY_TEXT: _text,
    SurveyEvent.REPLY_UNREADABLE: _unreadable,
    SurveyEvent.EARLY: _kept(ReplyKind.COMMENT),
    SurveyEvent.MACHINE: _kept(ReplyKind.MACHINE),
    SurveyEvent.STOP: _ends(ConversationState.STOPPED, ReplyKind.STOP),
    SurveyEvent.WRONG: _ends(ConversationState.STOPPED, ReplyKind.WRONG),
    SurveyEvent.RED: _ends(ConversationState.PAUSED, ReplyKind.EMERGENCY),
    SurveyEvent.CHILD: _ends(ConversationState.CLOSED, ReplyKind.CHILD),
    SurveyEvent.EXPIRE: _ends(ConversationState.EXPIRED),
    SurveyEvent.QUESTION_LOST: _lost,
    SurveyEvent.REOPENED: _ends(ConversationState.CLOSED),
    SurveyEvent.LOCKED: _ends(ConversationState.CLOSED),
}

_OVER: Mapping[SurveyEvent, Callable[[_Given], Step]] = {
    SurveyEvent.REPLY_SCORE: _kept(ReplyKind.OTHER),
    SurveyEvent.REPLY_ZERO: _kept(ReplyKind.OTHER),
    SurveyEvent.REPLY_TEXT: _kept(ReplyKind.OTHER),
    SurveyEvent.REPLY_UNREADABLE: _kept(ReplyKind.OTHER),
    SurveyEvent.EARLY: _kept(ReplyKind.OTHER),
    SurveyEvent.MACHINE: _kept(ReplyKind.MACHINE),
    SurveyEvent.STOP: _kept(ReplyKind.STOP),
    SurveyEvent.WRONG: _kept(ReplyKind.WRONG),
    SurveyEvent.RED: _kept(ReplyKind.EMERGENCY),
    SurveyEvent.CHILD: _kept(ReplyKind.CHILD),
    SurveyEvent.EXPIRE: _refused,
    SurveyEvent.QUESTION_LOST: _refused,
    SurveyEvent.REOPENED: _refused,
    SurveyEvent.LOCKED: _refused,
}

_LATE: Mapping[SurveyEvent, Callable[[_Given], Step]] = {
    **_OVER,
    SurveyEvent.REPLY_SCORE: _kept(ReplyKind.LATE, "late"),
    SurveyEvent.REPLY_ZERO: _kept(ReplyKind.LATE, "late"),
    SurveyEvent.REPLY_TEXT: _kept(ReplyKind.LATE, "late"),
    SurveyEvent.REPLY_UNREADABLE: _kept(ReplyKind.LATE, "late"),
    SurveyEvent.EARLY: _kept(ReplyKind.LATE, "late"),
}

_BY_STATE: Mapping[ConversationState, Mapping[SurveyEvent, Callable[[_Given], Step]]] = {
    ConversationState.OPEN: _OPEN,
    ConversationState.COMPLETED: {**_LATE, SurveyEvent.LOCKED: _ends(ConversationState.CLOSED)},
    ConversationState.EXPIRED: {**_LATE, SurveyEvent.LOCKED: _ends(ConversationState.CLOSED)},
    ConversationState.STOPPED: {**_OVER, SurveyEvent.LOCKED: _ends(ConversationState.CLOSED)},
    ConversationState.PAUSED: {**_OVER, SurveyEvent.LOCKED: _ends(ConversationState.CLOSED)},
    ConversationState.CLOSED: _OVER,
}

TABLE: Mapping[tuple[ConversationState, SurveyEvent], Callable[[_Given], Step]] = {
    (state, event): rule for state, rules in _BY_STATE.items() for event, rule in rules.items()
}
"""Every pair of state and event; what does not apply is refused, never forgotten."""
