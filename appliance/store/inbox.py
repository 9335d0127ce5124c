"""The inbox: what the SIM had is kept here, as PDU and as text, before the SIM's copy goes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from peewee import fn

from appliance.clock import Instant
from appliance.domain.records import AlarmLevel, ReplyKind
from appliance.store import fragments
from appliance.store.models import Answer, Message, Receipt, Reply, literal
from appliance.store.prepared import Prepared, bound


@dataclass(frozen=True, slots=True)
class NewReply:
    """A whole incoming text with its readings."""

    number_id: int | None
    sender: str
    sim: str
    text: str
    received_at: Instant
    kind: ReplyKind
    alarm: AlarmLevel | None
    safety_family: str | None
    standing: str
    usage: str
    effects: tuple[str, ...]
    waits: bool
    """Whether the conversation's tick still has to read it as an answer."""
    conversation_id: int | None


@dataclass(frozen=True, slots=True)
class WaitingReply:
    """A reply the conversation has not read yet."""

    id: int
    number_id: int
    text: str
    stored_at: Instant
    conversation_id: int | None
    effects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeptReply:
    """A reply as it was read and stored, when the rest of its text comes."""

    id: int
    text: str
    kind: ReplyKind
    alarm: AlarmLevel | None
    safety_family: str | None
    standing: str
    effects: tuple[str, ...]
    waits: bool
    conversation_id: int | None
    question: str | None
    score: int | None


_NEXT_NEW = Prepared(
    Reply.select().where(Reply.state == literal("new")).order_by(Reply.id).limit(bound("limit"))
)
_FINISH = Prepared(
    Reply.update(
        kind=bound("kind"),
        effects=bound("effects"),
        state="done",
        conversation=bound("conversation_id"),
        question=bound("question"),
        score=bound("score"),
    ).where((Reply.id == bound("reply_id")) & (Reply.state == "new"))
)
_SAME_TEXT = Prepared(
    Reply.select(Reply.stored_at)
    .where(
        (Reply.number == bound("number_id"))
        & (Reply.received_at == bound("sent_at"))
        & (Reply.text == bound("text"))
        & (Reply.sim == bound("sim"))
    )
    .order_by(Reply.id.desc())
    .limit(1)
)
_ANSWERED = Prepared(
    Message.select(Message.id).where((Message.key >= bound("key")) & (Message.key < bound("end"))).limit(1)
)
_RECENT = Prepared(
    Reply.select(fn.COUNT(Reply.id)).where(
        (Reply.number == bound("number_id")) & (Reply.stored_at > bound("since"))
    )
)
_KNOWN_RECEIPT = Prepared(Receipt.select(Receipt.id).where(Receipt.key == bound("key")).limit(1))


def count_from(number_id: int, since: Instant) -> int:
    """How many texts this number wrote since then."""
    return int(_RECENT.scalar(number_id=number_id, since=since))


def add_reply(new: NewReply, fragment_ids: Sequence[int], now: Instant) -> int:
    """Stores the whole text and ties its fragments to it."""
    row = Reply.create(
        number=new.number_id,
        sender=new.sender,
        sim=new.sim,
        text=clean_for_disk(new.text),
        received_at=new.received_at,
        stored_at=now,
        kind=new.kind.value,
        alarm=None if new.alarm is None else new.alarm.value,
        safety_family=new.safety_family,
        standing=new.standing,
        usage=new.usage,
        effects=json.dumps(list(new.effects)),
        state="new" if new.waits else "done",
        conversation=new.conversation_id,
    )
    fragments.tie(fragment_ids, row.id)
    return int(row.id)


def get(reply_id: int) -> KeptReply:
    """One reply as it stands."""
    row = Reply.get_by_id(reply_id)
    return KeptReply(
        id=row.id,
        text=row.text,
        kind=ReplyKind(row.kind),
        alarm=None if row.alarm is None else AlarmLevel(row.alarm),
        safety_family=row.safety_family,
        standing=row.standing,
        effects=tuple(json.loads(row.effects)),
        waits=row.state == "new",
        conversation_id=row.conversation_id,
        question=row.question,
        score=row.score,
    )


def amend(reply: KeptReply, fragment_ids: Sequence[int]) -> None:
    """More of a long text came: the reply as it is to stand now, and the parts it is made of."""
    Reply.update(
        text=clean_for_disk(reply.text),
        kind=reply.kind.value,
        alarm=None if reply.alarm is None else reply.alarm.value,
        safety_family=reply.safety_family,
        standing=reply.standing,
        effects=json.dumps(list(reply.effects)),
        state="new" if reply.waits else "done",
        score=reply.score,
    ).where(Reply.id == reply.id).execute()
    fragments.tie(fragment_ids, reply.id)


def amend_answer(reply: KeptReply, score: int | None, words: str | None) -> None:
    """What the reply answered, now that all of it is known."""
    same = (Answer.conversation == reply.conversation_id) & (Answer.reply == reply.id)
    Answer.update(score=score, text=words).where(same).execute()


def was_answered(reply_id: int) -> bool:
    """Whether an automatic answer to this reply was ever queued (a question of a survey is none)."""
    return _ANSWERED.exists(key=f"reply/{reply_id}/", end=f"reply/{reply_id}0")  # "0" follows "/"


def same_text_at(number_id: int, sim: str, text: str, sent_at: Instant) -> Instant | None:
    """When a text with these words that the network stamped with this very second was stored, or None."""
    at = _SAME_TEXT.scalar(number_id=number_id, sim=sim, text=clean_for_disk(text), sent_at=sent_at)
    return None if at is None else int(at)


def clean_for_disk(text: str) -> str:
    """The text as every engine stores it: no U+0000, no lone surrogates."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def next_new(limit: int) -> list[WaitingReply]:
    """Replies the conversation has not read, oldest first."""
    return [
        WaitingReply(
            row.id,
            row.number_id,
            row.text,
            row.stored_at,
            row.conversation_id,
            tuple(json.loads(row.effects)),
        )
        for row in _NEXT_NEW.rows(limit=limit)
    ]


def finish(
    reply_id: int,
    kind: ReplyKind,
    effects: Sequence[str],
    *,
    conversation_id: int | None = None,
    question: str | None = None,
    score: int | None = None,
) -> None:
    """The conversation has read it; each reply is finished once."""
    _FINISH.execute(
        reply_id=reply_id,
        kind=kind.value,
        effects=json.dumps(list(effects)),
        conversation_id=conversation_id,
        question=question,
        score=score,
    )


def add_receipt(
    *,
    key: str,
    sim: str,
    number_id: int | None,
    reference: int,
    status: int,
    outcome: str,
    discharged_at: Instant | None,
    now: Instant,
) -> bool:
    """Stores a delivery report; False when this very report is stored already."""
    if _KNOWN_RECEIPT.exists(key=key):
        return False
    Receipt.create(
        key=key,
        sim=sim,
        number=number_id,
        reference=reference,
        status=status,
        outcome=outcome,
        discharged_at=discharged_at,
        stored_at=now,
    )
    return True
