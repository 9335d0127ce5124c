"""Conversations and their answers; at most one open a number, which the schema itself holds to."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from peewee import fn

from appliance.clock import DAY, Instant
from appliance.domain import records, survey
from appliance.domain.records import ConversationState
from appliance.domain.survey import Answer
from appliance.store import models, outbox
from appliance.store.models import Conversation, Incident, literal
from appliance.store.policies import PolicyVersion
from appliance.store.prepared import Prepared, bound

LATE_SPAN = 7 * DAY
"""How long after its end a text still counts as belonging to a conversation."""


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation with the policy version that fixed its script and words, and the call it is about."""

    conversation: survey.Conversation
    policy_id: int
    incident_id: int
    call_id: str


_IS_OPEN = Conversation.state == literal(ConversationState.OPEN)
_OF_ID = Prepared(Conversation.select().where(Conversation.id == bound("conversation_id")))
_OPEN_FOR = Prepared(Conversation.select().where((Conversation.number == bound("number_id")) & _IS_OPEN))
_LATEST_FOR = Prepared(
    Conversation.select()
    .where(
        (Conversation.number == bound("number_id"))
        & (Conversation.finished_at.is_null() | (Conversation.finished_at > bound("since")))
    )
    .order_by(Conversation.state != ConversationState.OPEN.value, Conversation.id.desc())
    .limit(1)
)
_SAVE = Prepared(
    Conversation.update(
        state=bound("state"),
        question=bound("question"),
        reprompted=bound("reprompted"),
        proposed=bound("proposed"),
        proposed_by=bound("proposed_by"),
        language=bound("language"),
        # A text that comes after the end does not move the end.
        finished_at=fn.COALESCE(Conversation.finished_at, bound("finished_at")),
    ).where(Conversation.id == bound("conversation_id"))
)
_EXPIRED = Prepared(
    Conversation.select().where(_IS_OPEN & (Conversation.expires_at <= bound("now"))).limit(bound("limit"))
)
_ANY_UNKNOWN = Prepared(
    models.Message.select(models.Message.id).where(models.Message.state == literal("unknown")).limit(1)
)
_NEXT_EXPIRY = Prepared(
    Conversation.select(Conversation.expires_at).where(_IS_OPEN).order_by(Conversation.expires_at).limit(1)
)
_ANSWERS = Prepared(
    models.Answer.select(models.Answer.question, models.Answer.score)
    .where(models.Answer.conversation == bound("conversation_id"))
    .order_by(models.Answer.id)
)
_CALL_ID = Prepared(Incident.select(Incident.call_id).where(Incident.id == bound("incident_id")))


def open_conversation(
    event: records.Event, policy: PolicyVersion, script_name: str, language: str, now: Instant
) -> int:
    """A new conversation about the event's call; its script and words stay as they are in this policy."""
    script = policy.policy.script(script_name)
    row = Conversation.create(
        incident=event.incident_id,
        number=event.number_id,
        event=event.id,
        policy=policy.id,
        script=script_name,
        language=language,
        state=ConversationState.OPEN.value,
        question=script.questions[0].key,
        opened_at=now,
        expires_at=now + policy.policy.survey.open_for,
    )
    return int(row.id)


def open_for(number_id: int) -> Talk | None:
    """The open conversation of a number."""
    row = _OPEN_FOR.first(number_id=number_id)
    return None if row is None else _talk(row)


def latest_for(number_id: int, now: Instant) -> Talk | None:
    """The open conversation of a number, else the one that ended last within a week."""
    row = _LATEST_FOR.first(number_id=number_id, since=now - LATE_SPAN)
    return None if row is None else _talk(row)


def get(conversation_id: int) -> Talk:
    """One conversation."""
    return _talk(_row(conversation_id))


def state_of(conversation_id: int) -> ConversationState:
    """Where a conversation stands."""
    return ConversationState(_row(conversation_id).state)


def _row(conversation_id: int) -> Any:
    row = _OF_ID.first(conversation_id=conversation_id)
    if row is None:
        raise LookupError(f"there is no conversation {conversation_id}")
    return row


def save(step: survey.Step, reply_id: int | None, now: Instant) -> None:
    """The conversation after a step, and the answers it brought.

    Several at once came in the reply that proposed them; a yes to them is not where they stand.
    """
    after = step.conversation
    over = after.state is not ConversationState.OPEN
    given_in = reply_id if len(step.answers) < 2 else _row(after.id).proposed_by
    _SAVE.execute(
        conversation_id=after.id,
        state=after.state.value,
        question=after.question,
        reprompted=after.reprompted,
        proposed=" ".join(map(str, after.proposed)),
        proposed_by=reply_id if after.proposed else None,
        language=after.language,
        finished_at=now if over else None,
    )
    for answer in step.answers:
        add_answer(after.id, answer, given_in, now)


def add_answer(conversation_id: int, answer: Answer, reply_id: int | None, now: Instant) -> None:
    """One answer a question; the schema refuses a second."""
    models.Answer.create(
        conversation=conversation_id,
        question=answer.question,
        score=answer.score,
        text=answer.text,
        reply=reply_id,
        at=now,
    )


@dataclass(frozen=True, slots=True)
class LastAnswer:
    """What was answered last in a conversation."""

    question: str
    score: int | None
    text: str | None
    at: Instant


def last_answer(conversation_id: int, since: Instant) -> LastAnswer | None:
    """The latest answer given at or after `since`."""
    given = (models.Answer.conversation == conversation_id) & (models.Answer.at >= since)
    row = models.Answer.select().where(given).order_by(models.Answer.id.desc()).first()
    return None if row is None else LastAnswer(row.question, row.score, row.text, row.at)


def amend_answer(conversation_id: int, question: str, score: int | None, text: str | None) -> None:
    """A second text belongs to the same answer."""
    same = (models.Answer.conversation == conversation_id) & (models.Answer.question == question)
    models.Answer.update(score=score, text=text).where(same).execute()


def set_language(conversation_id: int, language: str) -> None:
    """The rest of the conversation goes on in this language."""
    Conversation.update(language=language).where(Conversation.id == conversation_id).execute()


def close_conversation(
    conversation_id: int, now: Instant, state: ConversationState = ConversationState.CLOSED
) -> None:
    """Ends an open conversation silently."""
    _close((Conversation.id == conversation_id), now, state)


def close_of_incident(incident_id: int, now: Instant) -> None:
    """Ends every conversation about a call silently; its answers stay, unscored (the call is locked)."""
    _close((Conversation.incident == incident_id), now, ConversationState.CLOSED)


def close_unanswered_of_incident(incident_id: int, now: Instant) -> None:
    """The call was reopened: a survey nobody has begun to answer ends; one that is under way goes on."""
    answered = models.Answer.select(models.Answer.conversation)
    _close(
        (Conversation.incident == incident_id) & Conversation.id.not_in(answered),
        now,
        ConversationState.CLOSED,
    )


def _close(where: object, now: Instant, state: ConversationState) -> None:
    Conversation.update(state=state.value, question=None, finished_at=now).where(
        where & (Conversation.state == literal(ConversationState.OPEN))
    ).execute()


def expired(now: Instant, limit: int) -> list[Talk]:
    """Open conversations whose time is over."""
    return [_talk(row) for row in _EXPIRED.rows(now=now, limit=limit)]


def with_unknown_text(lost_before: Instant, modems: Collection[str] | None, limit: int) -> list[Talk]:
    """Open conversations whose latest text has been `unknown` since before then, by one of these modems.

    `modems` None is any modem. The time counts from the moment the text was lost sight of (after a restart,
    from the restart), so that an answer on its way has the whole wait to come in.
    """
    # Asked in every round, and nearly always there is none.
    if not _ANY_UNKNOWN.exists():
        return []
    lost = (
        (models.Message.state == literal("unknown"))
        & models.Message.conversation.is_null(False)
        & (models.Part.state == records.PartState.UNKNOWN.value)
        & (models.Part.sent_at < lost_before)
    )
    if modems is not None:
        lost &= models.Message.claimed_by.in_(list(modems))
    unknown = models.Message.select(models.Message.conversation).join(models.Part).where(lost).distinct()
    query = Conversation.select().where(
        (Conversation.state == literal(ConversationState.OPEN)) & Conversation.id.in_(unknown)
    )
    talks = [_talk(row) for row in query.limit(limit)]
    return [talk for talk in talks if _latest_is_unknown(talk)]


def _latest_is_unknown(talk: Talk) -> bool:
    asked = outbox.latest_of(talk.conversation.id)
    return asked is not None and asked.state is records.MessageState.UNKNOWN


def next_expiry() -> Instant | None:
    """When the next open conversation runs out."""
    expires_at = _NEXT_EXPIRY.scalar()
    return None if expires_at is None else int(expires_at)


def _talk(row: Any) -> Talk:
    conversation = survey.Conversation(
        id=row.id,
        number_id=row.number_id,
        script_name=row.script,
        language=row.language,
        state=ConversationState(row.state),
        question=row.question,
        reprompted=row.reprompted,
        opened_at=row.opened_at,
        expires_at=row.expires_at,
        asked_at=outbox.asked_at(row.id),
        answers={answer.question: answer.score for answer in _ANSWERS.rows(conversation_id=row.id)},
        proposed=tuple(map(int, row.proposed.split())),
    )
    call_id = str(_CALL_ID.scalar(incident_id=row.incident_id))
    return Talk(conversation, row.policy_id, row.incident_id, call_id)
