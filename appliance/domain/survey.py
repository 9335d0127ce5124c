"""One resident answering one survey: states, events, one table, one pure function.

Nothing is sent or stored here: a `Step` says what to store and which text to say next.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from appliance.clock import Instant
from appliance.domain import answers, short_answers
from appliance.domain.answers import Reading
from appliance.domain.records import ConversationState, ReplyKind
from appliance.domain.scripts import YES, Question, Script
from appliance.domain.wording import MOST_SCORES


class SurveyEvent(StrEnum):
    """What can happen to a conversation."""

    REPLY_SCORE = "reply_score"  # a number from 1 to 5, a yes, a choice: what the open question asks for
    REPLY_SEVERAL = "reply_several"  # "5 5 4 5": scores for this question and the next ones, perhaps
    REPLY_YES = "reply_yes"  # several scores were meant as they were read
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
        SurveyEvent.REPLY_SEVERAL,
        SurveyEvent.REPLY_YES,
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

    `proposed` are scores that came in one text and wait for the resident's yes. `asked_at` is when the open
    question's text was first handed to the modem (a re-prompt does not move it), None while it still waits: a
    reply older than its question answers nothing. `answers` holds by question the number that is stored (see
    `domain.scripts`; 0 skipped) or None (a comment). `question` is None once the conversation is over.
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
    proposed: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """One row to store: `score` as in `domain.scripts`, 0 (skipped) or None with the words in `text`."""

    question: str
    score: int | None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What follows from an event.

    `say` is the key of the one text to send (next question, re-prompt, thanks, late) or None;
    `reply_kind` is None for events that are no reply; `is_refused` when the event does not apply in
    this state and nothing changed. `answers` are several only where several were given and confirmed.
    """

    conversation: Conversation
    answers: tuple[Answer, ...] = ()
    say: str | None = None
    reply_kind: ReplyKind | None = None
    counts: frozenset[Count] = frozenset()
    is_refused: bool = False

    @property
    def answer(self) -> Answer | None:
        """The answer to the question that was open, if there is one."""
        return self.answers[0] if self.answers else None


@dataclass(frozen=True, slots=True)
class Heard:
    """What a reply is to a conversation; `several` are the scores of one text that gives many."""

    event: SurveyEvent
    reading: Reading
    several: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Given:
    """What a rule of the table looks at."""

    conversation: Conversation
    script: Script
    reading: Reading
    text: str
    several: tuple[int, ...] = ()

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


def read(conversation: Conversation, script: Script, text: str, received_at: Instant) -> Heard:
    """What a cleaned reply is to this conversation; standing and safety have been read before.

    A machine's text or a child's is told before any number in it ("Liked “Reply 1-5”", "I'm 12").
    """
    nothing = Reading(score=None, zero=False, comment=text.strip() or None)
    if answers.is_machine(text):
        return Heard(SurveyEvent.MACHINE, nothing)
    if answers.is_child(text):
        return Heard(SurveyEvent.CHILD, nothing)
    if conversation.state is not ConversationState.OPEN or conversation.question is None:
        return Heard(SurveyEvent.REPLY_TEXT, nothing)
    if conversation.asked_at is None or received_at < conversation.asked_at:
        return Heard(SurveyEvent.EARLY, nothing)
    question = script.question(conversation.question)
    if conversation.proposed and short_answers.read_yes_no(text) == YES:
        return Heard(SurveyEvent.REPLY_YES, nothing)
    found = _as_meant(question, text)
    if question.kind == "open":
        return Heard(SurveyEvent.REPLY_ZERO if found.zero else SurveyEvent.REPLY_TEXT, nothing)
    if found.zero:
        return Heard(SurveyEvent.REPLY_ZERO, found)
    if found.score is not None:
        return Heard(SurveyEvent.REPLY_SCORE, found)
    several = _several(conversation, script, text)
    if several:
        return Heard(SurveyEvent.REPLY_SEVERAL, nothing, several)
    return Heard(SurveyEvent.REPLY_UNREADABLE, found)


def _as_meant(question: Question, text: str) -> Reading:
    """What a text answers, or what it puts in the place of the text before it ("sorry I meant 4")."""
    found = read_answer(question, text)
    better = None if found.score is not None or found.zero else short_answers.correction(text)
    meant = None if better is None or question.kind == "open" else read_answer(question, better).score
    return found if meant is None else Reading(meant, False, text.strip())


def read_answer(question: Question, text: str) -> Reading:
    """What a text answers to a question of any kind, in the numbers of `domain.scripts`."""
    words = text.strip() or None
    reading = answers.read_rating(text, zero_skips=question.skip)
    if question.kind == "rating":
        return reading
    if reading.zero and (reading.comment is None or question.kind != "open"):
        return reading
    score: int | None = None
    if question.kind == "yes_no":
        score = short_answers.read_yes_no(text)
    elif question.kind == "choice":
        score = short_answers.read_choice(text, question.choices)
    elif question.kind == "number":
        score = short_answers.read_number(text, question.low, question.high)
    # What was said beside it is kept whole: "no, nobody came" says more than no.
    is_bare = words is None or len(words.split()) == 1
    return Reading(score, False, None if score is not None and is_bare else words)


def _several(conversation: Conversation, script: Script, text: str) -> tuple[int, ...]:
    """Scores for the open question and those after it, where the script allows it; not twice in a row."""
    if not script.several or conversation.proposed:
        return ()
    most = min(len(script.ratings_from(conversation.question or "")), MOST_SCORES)
    return short_answers.read_several(text, most) or ()


def step(
    conversation: Conversation,
    script: Script,
    event: SurveyEvent,
    now: Instant,
    *,
    reading: Reading | None = None,
    text: str = "",
    several: tuple[int, ...] = (),
) -> Step:
    """What `event` makes of the conversation; `text` is the reply's words where there is a reply.

    REPLY_SCORE needs the reading (ValueError without a score in it), REPLY_SEVERAL the scores. A reply after
    `expires_at` meets an expired conversation, whether or not the expiry tick came by first.
    """
    if event in REPLIES and conversation.state is ConversationState.OPEN and now >= conversation.expires_at:
        conversation = _over(conversation, ConversationState.EXPIRED)
    given = _Given(conversation, script, reading or Reading(None, False, None), text.strip(), several)
    return TABLE[conversation.state, event](given)


def _over(conversation: Conversation, state: ConversationState) -> Conversation:
    return replace(conversation, state=state, question=None, asked_at=None, proposed=())


def _advance(given: _Given, *given_answers: Answer) -> Step:
    """The next question that is neither answered nor left out by an answer, or thanks."""
    conversation, script = given.conversation, given.script
    if given_answers:
        said = {answer.question: answer.score for answer in given_answers}
        conversation = replace(conversation, answers={**conversation.answers, **said})
    last = given_answers[-1].question if given_answers else given.question.key
    place = [question.key for question in script.questions].index(last)
    skip = _left_out(conversation, script)
    later = [question for question in script.questions[place + 1 :] if question.key not in skip]
    if not later:
        over = _over(conversation, ConversationState.COMPLETED)
        return Step(over, given_answers, say="thanks", counts=frozenset({Count.COMPLETED}))
    asked = replace(conversation, question=later[0].key, reprompted=False, asked_at=None, proposed=())
    return Step(asked, given_answers, say=later[0].text)


def _left_out(conversation: Conversation, script: Script) -> frozenset[str]:
    """What the answers so far leave out: a 0 on "listened" the officer's questions, however long ago."""
    given = conversation.answers
    return frozenset(
        key
        for question in script.questions
        if (score := given.get(question.key)) is not None
        for key in question.left_out(score)
    )


def _with(step: Step, kind: ReplyKind, *counts: Count) -> Step:
    return replace(step, reply_kind=kind, counts=step.counts | frozenset(counts))


def _score(given: _Given) -> Step:
    if given.reading.score is None or given.question.kind == "open":
        raise ValueError("REPLY_SCORE needs a score and a question that asks for one")
    answer = Answer(given.question.key, given.reading.score, given.reading.comment)
    return _with(_advance(given, answer), ReplyKind.ANSWER, *_started(given))


def _started(given: _Given) -> list[Count]:
    """Whether this is the first scored answer of the conversation."""
    return [] if any(score for score in given.conversation.answers.values()) else [Count.STARTED]


def _propose(given: _Given) -> Step:
    """Several scores: the resident is asked whether they were meant, and nothing is scored before."""
    if not given.several:
        raise ValueError("REPLY_SEVERAL needs the scores")
    asked = replace(given.conversation, proposed=given.several)
    return Step(asked, say="several", reply_kind=ReplyKind.REPROMPT)


def _confirmed(given: _Given) -> Step:
    """Yes: the scores count for the open question and those that follow it in the script."""
    scores = given.conversation.proposed
    if not scores:
        return _unreadable(given)
    questions = given.script.ratings_from(given.question.key)
    found = [Answer(question.key, score) for question, score in zip(questions, scores, strict=False)]
    return _with(_advance(given, *found), ReplyKind.ANSWER, *_started(given))


def _zero(given: _Given) -> Step:
    question = given.question
    if question.kind == "open":
        return _with(_advance(given), ReplyKind.ANSWER)
    if question.skip:
        return _with(_advance(given, Answer(question.key, 0, given.reading.comment)), ReplyKind.ANSWER)
    counts = [Count.OVERALL_ZERO] if given.conversation.reprompted else []
    return _with(_unreadable(given), _unreadable_kind(given), *counts)


def _unreadable(given: _Given) -> Step:
    """Asked once more, then the words are kept beside the question and the next one is asked."""
    if given.conversation.reprompted:
        kept = _advance(given, Answer(given.question.key, None, given.text or None))
        return _with(kept, _unreadable_kind(given))
    again = replace(given.conversation, reprompted=True, proposed=())
    return Step(again, say=given.question.reprompt, reply_kind=_unreadable_kind(given))


def _unreadable_kind(given: _Given) -> ReplyKind:
    return ReplyKind.COMMENT if given.conversation.reprompted else ReplyKind.REPROMPT


def _text(given: _Given) -> Step:
    """Words: all that an open question asks for; for a rating the same as unreadable."""
    if given.question.kind != "open":
        return _unreadable(given)
    words = [Answer(given.question.key, None, given.text)] if given.text else []
    return _with(_advance(given, *words), ReplyKind.COMMENT)


def _lost(given: _Given) -> Step:
    """Never the same text twice; but without the first text nobody knows who asks, so that one waits."""
    is_first = given.question.key == given.script.questions[0].key
    return _refused(given) if is_first and not given.conversation.reprompted else _advance(given)


def _kept(kind: ReplyKind, say: str | None = None) -> Callable[[_Given], Step]:
    """The text is stored, the conversation stays as it is."""
    return lambda given: Step(given.conversation, say=say, reply_kind=kind)


def _ends(state: ConversationState, kind: ReplyKind | None = None) -> Callable[[_Given], Step]:
    return lambda given: Step(_over(given.conversation, state), reply_kind=kind)


def _refused(given: _Given) -> Step:
    return Step(given.conversation, is_refused=True)


_OPEN: Mapping[SurveyEvent, Callable[[_Given], Step]] = {
    SurveyEvent.REPLY_SCORE: _score,
    SurveyEvent.REPLY_SEVERAL: _propose,
    SurveyEvent.REPLY_YES: _confirmed,
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
    SurveyEvent.REPLY_SEVERAL: _kept(ReplyKind.OTHER),
    SurveyEvent.REPLY_YES: _kept(ReplyKind.OTHER),
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
    SurveyEvent.REPLY_SEVERAL: _kept(ReplyKind.LATE, "late"),
    SurveyEvent.REPLY_YES: _kept(ReplyKind.LATE, "late"),
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
