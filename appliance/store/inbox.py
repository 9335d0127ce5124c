"""The inbox: what the SIM had is kept here, as PDU and as text, before the SIM's copy goes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from appliance.clock import Instant
from appliance.domain.records import AlarmLevel, ReplyKind
from appliance.store.models import Fragment, Receipt, Reply, literal
from appliance.store.prepared import Prepared, bound


@dataclass(frozen=True, slots=True)
class NewFragment:
    """One incoming PDU, decoded as far as it can be."""

    sim: str
    key: str
    pdu: str
    sender_key: str
    kind: str
    text: str
    sent_at: Instant | None
    reference: int | None = None
    seq: int | None = None
    total: int | None = None


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
class PartGroup:
    """Parts of one long text that still wait for the rest."""

    sender_key: str
    reference: int
    total: int
    read_at: Instant


_KNOWN = Prepared(Fragment.select(Fragment.id).where(Fragment.key == bound("key")).limit(1))
_READ_AT = Prepared(
    Fragment.select(Fragment.read_at)
    .where((Fragment.key >= bound("key")) & (Fragment.key < bound("end")))
    .order_by(Fragment.id.desc())
    .limit(1)
)
_WAITS = Fragment.reply.is_null() & Fragment.reference.is_null(False) & (Fragment.kind == "text")
_OLD_GROUPS = Prepared(
    Fragment.select(Fragment.sender_key, Fragment.reference, Fragment.total, Fragment.read_at)
    .where(_WAITS & (Fragment.read_at < bound("before")))
    .group_by(Fragment.sender_key, Fragment.reference, Fragment.total)
)
_TIE = Prepared(Fragment.update(reply=bound("reply_id")).where(Fragment.id == bound("fragment_id")))
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
_KNOWN_RECEIPT = Prepared(Receipt.select(Receipt.id).where(Receipt.key == bound("key")).limit(1))


def keep_fragment(new: NewFragment, now: Instant) -> int | None:
    """Stores one PDU; None when this very PDU of this SIM is stored already."""
    if _KNOWN.exists(key=new.key):
        return None
    row = Fragment.create(
        key=new.key,
        sim=new.sim,
        sender_key=new.sender_key,
        pdu=new.pdu,
        kind=new.kind,
        units=new.text.encode("utf-16-be", "surrogatepass"),
        sent_at=new.sent_at,
        read_at=now,
        reference=new.reference,
        seq=new.seq,
        total=new.total,
    )
    return int(row.id)


def read_at(key: str) -> Instant | None:
    """When the PDU with this key was read last (repeats carry their reading time in the key), or None."""
    at = _READ_AT.scalar(key=key, end=f"{key}0")  # "0" follows "/": the key and its repeats
    return None if at is None else int(at)


def parts_waiting(sender_key: str, reference: int, total: int) -> dict[int, tuple[int, str, Instant | None]]:
    """The parts so far of one long text: sequence -> (fragment id, text, network time)."""
    query = Fragment.select().where(
        (Fragment.sender_key == sender_key)
        & (Fragment.reference == reference)
        & (Fragment.total == total)
        & Fragment.reply.is_null()
        & (Fragment.kind == "text")
    )
    return {
        int(row.seq): (int(row.id), bytes(row.units).decode("utf-16-be", "surrogatepass"), row.sent_at)
        for row in query.order_by(Fragment.id)
    }


def is_copy(new: NewFragment, since: Instant) -> bool:
    """Whether the network brought this part of a long text before, since then, in another PDU."""
    same = (
        (Fragment.sender_key == new.sender_key)
        & (Fragment.reference == new.reference)
        & (Fragment.total == new.total)
        & (Fragment.seq == new.seq)
        & (Fragment.kind == "text")
        & (Fragment.read_at >= since)
    )
    units = new.text.encode("utf-16-be", "surrogatepass")
    return any(bytes(row.units) == units for row in Fragment.select(Fragment.units).where(same))


def groups_older_than(read_before: Instant) -> list[PartGroup]:
    """Long texts whose rest has not come for too long."""
    return [PartGroup(*row) for row in _OLD_GROUPS.rows(before=read_before)]


def first_fragment(fragment_id: int) -> tuple[str, Instant]:
    """The SIM and the reading time of a fragment, when a partial text is put together later."""
    row = Fragment.get_by_id(fragment_id)
    return str(row.sim), int(row.read_at)


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
    for fragment_id in fragment_ids:
        _TIE.execute(reply_id=row.id, fragment_id=fragment_id)
    return int(row.id)


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
