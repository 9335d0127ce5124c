"""The outbox: a text is a row, claimed by an UPDATE that names the state it must be in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from peewee import JOIN, fn

from appliance.clock import MINUTE, Instant
from appliance.domain import wording
from appliance.domain.outgoing import MOVES, MessageEvent
from appliance.domain.records import LANE_ORDER, Lane, MessageState, PartState
from appliance.store import parts
from appliance.store.models import Contact, Message, Number, Part, literal
from appliance.store.prepared import Prepared, PreparedChange, bound

CLAIM_SPAN = 10 * MINUTE


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A text to be queued; `key` makes it be sent once, ever."""

    key: str
    lane: Lane
    kind: str
    number_id: int
    language: str
    text: str
    parts: int
    policy_id: int
    due_at: Instant
    not_after: Instant
    incident_id: int | None = None
    event_id: int | None = None
    conversation_id: int | None = None


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A text as the walk needs it."""

    id: int
    key: str
    lane: Lane
    kind: str
    number_id: int
    e164: str | None
    text: str
    state: MessageState
    due_at: Instant
    not_after: Instant
    attempts: int
    strikes: int
    rejections: int
    sim: str | None
    """The SIM that had it in hand last."""
    home: str | None
    """The SIM its number knows us by."""
    was_refused: bool
    """Whether the network said of the number that there is no such recipient."""
    incident_id: int | None
    event_id: int | None
    conversation_id: int | None


_LANES = tuple(Lane)
WITH_NUMBER = (
    Message.select(Message, Number.e164.alias("e164"), Contact.sim.alias("home"), Contact.refused_at)
    .join(Number)
    .join(Contact, JOIN.LEFT_OUTER, on=(Contact.number == Message.number))
)
_QUEUED = Message.state == literal(MessageState.QUEUED)

_OF_KEY = Prepared(Message.select(Message.id).where(Message.key == bound("key")).limit(1))
_PAST_USE = Prepared(WITH_NUMBER.where(_QUEUED & (Message.not_after < bound("now"))).limit(bound("limit")))
_OF_ID = Prepared(WITH_NUMBER.where(Message.id == bound("message_id")).limit(1))
_CLAIM = Prepared(
    Message.update(
        state=MessageState.SENDING.value,
        claimed_by=bound("modem"),
        claimed_until=bound("until"),
        sim=bound("sim"),
        attempts=Message.attempts + 1,
    ).where((Message.id == bound("message_id")) & _QUEUED)
)
_STATE = Prepared(Message.select(Message.state).where(Message.id == bound("message_id")))
_CHANGE = PreparedChange(Message, (Message.id == bound("message_id")) & (Message.state == bound("was")))
_TEXTS_TO = Prepared(
    Message.select(Message.text)
    .where(Message.number == bound("number_id"))
    .order_by(Message.id.desc())
    .limit(bound("limit"))
)


def put_once(new: NewMessage, state: MessageState, now: Instant) -> int | None:
    """Queues a text (or keeps it as `shadow`), unless its key was ever used; returns its id, else None."""
    if _OF_KEY.exists(key=new.key):
        return None
    row = Message.create(
        key=new.key,
        lane=LANE_ORDER[new.lane],
        kind=new.kind,
        incident=new.incident_id,
        event=new.event_id,
        conversation=new.conversation_id,
        number=new.number_id,
        policy=new.policy_id,
        language=new.language,
        text=new.text,
        state=state.value,
        due_at=new.due_at,
        not_after=new.not_after,
        queued_at=now,
    )
    for seq in range(1, new.parts + 1):
        Part.create(message=row.id, seq=seq, state=PartState.QUEUED.value)
    return int(row.id)


def past_use(now: Instant, limit: int) -> list[Outgoing]:
    """Queued texts whose time of use is over."""
    return [outgoing(row) for row in _PAST_USE.rows(now=now, limit=limit)]


def get(message_id: int) -> Outgoing:
    """One text."""
    row = _OF_ID.first(message_id=message_id)
    if row is None:
        raise LookupError(f"there is no text {message_id}")
    return outgoing(row)


def claim(message_id: int, modem: str, sim: str, now: Instant) -> tuple[int, ...]:
    """Takes a queued text for this modem and marks its open parts `handing`; returns their numbers.

    Empty when another claimed it first. Committed before the modem is given a byte.
    """
    if not _CLAIM.execute(message_id=message_id, modem=modem, until=now + CLAIM_SPAN, sim=sim):
        return ()
    return parts.hand_over(message_id, sim)


def holders() -> set[str]:
    """The modems that have a text in hand, by name."""
    query = Message.select(Message.claimed_by).where(Message.state == literal(MessageState.SENDING))
    return {str(row.claimed_by) for row in query.distinct()}


def claimed_by(modem: str) -> list[Outgoing]:
    """Texts this modem had in hand when its worker stopped."""
    query = _with_number().where(
        (Message.state == literal(MessageState.SENDING)) & (Message.claimed_by == modem)
    )
    return [outgoing(row) for row in query]


_TAKEN_BACK = (MessageState.CANCELLED, MessageState.EXPIRED)


def apply(
    message_id: int,
    event: MessageEvent,
    now: Instant,
    *,
    error: str | None = None,
    due_at: Instant | None = None,
) -> MessageState | None:
    """Moves the text by the table of `domain.outgoing`; returns the new state, None if it had no move."""
    state = MessageState(_STATE.scalar(message_id=message_id))
    after = MOVES.get((state, event))
    if after is None:
        return None
    changes: dict[str, object] = {"state": after.value}
    if error is not None:
        changes["error"] = error
    if due_at is not None:
        changes["due_at"] = due_at
    if after is MessageState.SENT:
        changes["sent_at"] = now
    if after is MessageState.DELIVERED:
        changes["delivered_at"] = now
    if after in _TAKEN_BACK:
        parts.cancel(message_id)
        begun_at = parts.begun_at(message_id)
        if begun_at is not None:
            # A long text of which some parts left: nothing about it may say that it never did.
            changes["sent_at"] = begun_at
    return after if _CHANGE.execute(changes, message_id=message_id, was=state.value) else None


_WAITS_TO_LEAVE = Prepared(
    Message.select(Message.id)
    .where(
        (Message.conversation == bound("conversation_id"))
        & (Message.state == literal(MessageState.QUEUED))
        & (Message.lane != LANE_ORDER[Lane.INVITATION])
    )
    .limit(1)
)


def waits_to_leave(conversation_id: int) -> bool:
    """Whether a text of this conversation, other than its invitation, has not left yet."""
    return _WAITS_TO_LEAVE.exists(conversation_id=conversation_id)


def queued_for(
    *, number_id: int | None = None, incident_id: int | None = None, conversation_id: int | None = None
) -> list[Outgoing]:
    """Queued texts of a number, a call or a conversation: what a STOP or a lock takes back."""
    query = _with_number().where(Message.state == literal(MessageState.QUEUED))
    if number_id is not None:
        query = query.where(Message.number == number_id)
    if incident_id is not None:
        query = query.where(Message.incident == incident_id)
    if conversation_id is not None:
        query = query.where(Message.conversation == conversation_id)
    return [outgoing(row) for row in query.order_by(Message.id)]


def last_to(number_id: int) -> Outgoing | None:
    """The last text that left (or may have left) to this number."""
    gone = (MessageState.SENT.value, MessageState.DELIVERED.value, MessageState.UNKNOWN.value)
    row = (
        _with_number()
        .where((Message.number == number_id) & Message.state.in_(gone))
        .order_by(Message.queued_at.desc(), Message.id.desc())
        .first()
    )
    return None if row is None else outgoing(row)


def texts_to(number_id: int, limit: int) -> list[str]:
    """Our latest texts to this number, so that quoted copies of them can be cut from a reply."""
    return [str(row.text) for row in _TEXTS_TO.rows(number_id=number_id, limit=limit)]


def count_to(number_id: int, kinds: Sequence[str], since: Instant) -> int:
    """How many texts of these kinds were queued to this number since then."""
    return int(
        Message.select()
        .where((Message.number == number_id) & Message.kind.in_(kinds) & (Message.queued_at > since))
        .count()
    )


def count_answers(number_id: int, since: Instant) -> int:
    """How many automatic answers were queued to this number since then, but for those to a STOP or a no."""
    return int(
        Message.select()
        .where(
            (Message.number == number_id)
            & (Message.lane == LANE_ORDER[Lane.CONFIRMATION])
            & Message.kind.not_in(("stop", "wrong", "alert"))
            & (Message.queued_at > since)
        )
        .count()
    )


def _with_number() -> Any:
    return WITH_NUMBER.objects()


def outgoing(row: Any) -> Outgoing:
    return Outgoing(
        id=row.id,
        key=row.key,
        lane=_LANES[row.lane],
        kind=row.kind,
        number_id=row.number_id,
        e164=row.e164,
        text=row.text,
        state=MessageState(row.state),
        due_at=row.due_at,
        not_after=row.not_after,
        attempts=row.attempts,
        strikes=row.strikes,
        rejections=row.rejections,
        sim=row.sim,
        home=row.home,
        was_refused=row.refused_at is not None,
        incident_id=row.incident_id,
        event_id=row.event_id,
        conversation_id=row.conversation_id,
    )


_MAY_HAVE_LEFT = Message.state.in_(
    (MessageState.SENT.value, MessageState.DELIVERED.value, MessageState.UNKNOWN.value, "sending")
) | (Message.state.in_([state.value for state in _TAKEN_BACK]) & Message.sent_at.is_null(False))
"""The whole text, or of a long one that was taken back some parts."""


def any_left(incident_id: int) -> bool:
    """Whether any text about this call left, or may have left."""
    query = Message.select().where((Message.incident == incident_id) & _MAY_HAVE_LEFT)
    return bool(query.exists())


_INVITED = Prepared(
    Message.select(Message.state)
    .where(
        (Message.incident == bound("incident_id"))
        & (Message.lane == LANE_ORDER[Lane.INVITATION])
        & (Message.event != bound("event_id"))
    )
    .order_by(Message.id)
)


def is_survey_taken(incident_id: int, event_id: int, *, is_live: bool) -> bool:
    """Whether another event of this call has an invitation that left or will: one survey a call.

    In shadow mode what would have left counts, so that shadow shows what live would do.
    """
    dead = {MessageState.CANCELLED, MessageState.EXPIRED, MessageState.FAILED}
    if is_live:
        dead.add(MessageState.SHADOW)
    others = _INVITED.rows(incident_id=incident_id, event_id=event_id)
    return any(MessageState(row.state) not in dead for row in others)


def any_to(number_id: int, since: Instant) -> bool:
    """Whether any text was queued to this number since then and may have left."""
    dead = (MessageState.CANCELLED.value, MessageState.EXPIRED.value, MessageState.SHADOW.value)
    query = Message.select().where(
        (Message.number == number_id)
        & (Message.queued_at > since)
        & (Message.state.not_in(dead) | _MAY_HAVE_LEFT)
    )
    return bool(query.exists())


def count_waiting_for(opening: Instant) -> int:
    """How many queued texts wait for a window that opens then."""
    waiting = (Message.state == literal(MessageState.QUEUED)) & (Message.due_at >= opening)
    return int(Message.select().where(waiting).count())


def postpone(message_id: int, until: Instant) -> None:
    """A queued text waits until then."""
    queued = (Message.id == message_id) & (Message.state == literal(MessageState.QUEUED))
    Message.update(due_at=until).where(queued).execute()


def postpone_number(number_id: int, until: Instant) -> None:
    """Every queued text to this number waits until then."""
    sooner = (Message.number == number_id) & _QUEUED & (Message.due_at < until)
    Message.update(due_at=until).where(sooner).execute()


def strikes_of(number_id: int) -> int:
    """The most strikes of any text that waits for this number, or is in hand."""
    alive = (MessageState.QUEUED.value, MessageState.SENDING.value)
    query = Message.select(fn.MAX(Message.strikes)).where(
        (Message.number == number_id) & Message.state.in_(alive)
    )
    return int(query.scalar() or 0)


def strike(message_id: int, *, rejected: bool) -> None:
    """The text failed once more by what may be its own fault."""
    more = {Message.strikes: Message.strikes + 1, Message.rejections: Message.rejections + int(rejected)}
    Message.update(more).where(Message.id == message_id).execute()


def concatenation(message_id: int, fresh: Callable[[], int]) -> int:
    """The reference that ties a long text's parts together: drawn once, the same when it is resumed."""
    row = Message.get_by_id(message_id)
    if row.reference is None:
        row.reference = fresh()
        Message.update(reference=row.reference).where(Message.id == message_id).execute()
    return int(row.reference)


@dataclass(frozen=True, slots=True)
class Asked:
    """The latest text of a conversation: `handed_at` is when the modem got it, None while it waits."""

    message_id: int
    state: MessageState
    handed_at: Instant | None


_LATEST_OF = Prepared(
    Message.select()
    .where(Message.conversation == bound("conversation_id"))
    .order_by(Message.id.desc())
    .limit(1)
)


def latest_of(conversation_id: int) -> Asked | None:
    """The text that went to the resident last, or is about to."""
    row = _LATEST_OF.first(conversation_id=conversation_id)
    return None if row is None else Asked(int(row.id), MessageState(row.state), _handed_at(row))


REPROMPTS = tuple(sorted(wording.REPROMPT_KEYS))
_LATEST_ASKING = Prepared(
    Message.select()
    .where((Message.conversation == bound("conversation_id")) & Message.kind.not_in(REPROMPTS))
    .order_by(Message.id.desc())
    .limit(10)
)


def asked_at(conversation_id: int) -> Instant | None:
    """When the open question was first given to the modem; re-prompts and repeats in another language ask
    the same question again, so that a correction sent before they arrive still answers it."""
    rows = list(_LATEST_ASKING.rows(conversation_id=conversation_id))
    same = [row for row in rows if row.kind == rows[0].kind]
    return next((at for row in reversed(same) if (at := _handed_at(row)) is not None), None)


def _handed_at(row: Any) -> Instant | None:
    waits = row.state in (MessageState.QUEUED.value, MessageState.CANCELLED.value, MessageState.EXPIRED.value)
    return None if waits or row.claimed_until is None else int(row.claimed_until) - CLAIM_SPAN


def left_since(number_id: int, since: Instant) -> bool:
    """Whether a text to this number left, or may have left, at or after `since`."""
    unknown = (Message.state == literal(MessageState.UNKNOWN)) & (Message.claimed_until - CLAIM_SPAN >= since)
    query = Message.select().where((Message.number == number_id) & ((Message.sent_at >= since) | unknown))
    return bool(query.exists())
