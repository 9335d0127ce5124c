"""The parts of a text: one SMS each, handed over, sent, unknown, reported on."""

from __future__ import annotations

from peewee import fn

from appliance.clock import DAY, Instant
from appliance.domain.records import MessageState, PartState
from appliance.store.models import Message, Part, literal
from appliance.store.prepared import Prepared, PreparedChange, bound

RECEIPT_WINDOW = 7 * DAY
_OF_MESSAGE = Part.message == bound("message_id")
_OPEN_PART = _OF_MESSAGE & (Part.state == PartState.QUEUED.value)
_OPEN_PARTS = Prepared(Part.select(Part.seq).where(_OPEN_PART).order_by(Part.seq))
_HAND = Prepared(Part.update(state=PartState.HANDING.value, sim=bound("sim")).where(_OPEN_PART))
_CHANGE_PART = PreparedChange(Part, _OF_MESSAGE & (Part.seq == bound("seq")))
_CANCEL = Prepared(
    Part.update(state=PartState.CANCELLED.value).where(
        _OF_MESSAGE & Part.state.in_([PartState.QUEUED.value, PartState.HANDING.value])
    )
)
_BEGUN_AT = Prepared(Part.select(fn.MIN(Part.sent_at)).where(_OF_MESSAGE))
_GIVEN_UP_LAST = Prepared(
    Part.select(Part.message, Part.seq, Part.state)
    .where((Part.sim == bound("sim")) & Part.given_up_at.is_null(False) & (Part.given_up_at > bound("since")))
    .order_by(Part.given_up_at.desc(), Part.id.desc())
    .limit(1)
)
_PART_STATES = Prepared(Part.select(Part.state).where(_OF_MESSAGE).order_by(Part.seq))
_PART_OF_RECEIPT = Prepared(
    Part.select(Part.message, Part.seq)
    .join(Message)
    .where(
        (Message.number == bound("number_id"))
        & (Message.queued_at > bound("since"))
        & (Part.sim == bound("sim"))
        & (Part.reference == bound("reference"))
        & (Part.sent_at > bound("since"))
    )
    .order_by(Part.sent_at.desc())
    .limit(1)
)


def hand_over(message_id: int, sim: str) -> tuple[int, ...]:
    """Marks the open parts of a claimed text `handing` on this SIM; returns their numbers."""
    seqs = tuple(int(row.seq) for row in _OPEN_PARTS.rows(message_id=message_id))
    _HAND.execute(message_id=message_id, sim=sim)
    return seqs


def handing(message_id: int) -> tuple[int, ...]:
    """The parts of a text that were about to be given, or were given, to the modem."""
    query = Part.select(Part.seq).where(
        (Part.message == message_id) & (Part.state == PartState.HANDING.value)
    )
    return tuple(int(row.seq) for row in query.order_by(Part.seq))


def sent(message_id: int, seq: int, reference: int, now: Instant) -> None:
    """The network took this part and gave it this reference (TP-MR)."""
    _set(message_id, seq, state=PartState.SENT.value, reference=reference, sent_at=now)


def known(message_id: int, now: Instant) -> bool:
    """The network holds the part in hand already, its reference is not told; whether it was the last."""
    first, *others = handing(message_id)
    _set(message_id, first, state=PartState.SENT.value, sent_at=now)
    return not others


def unknown(message_id: int, seq: int, now: Instant) -> None:
    """Ctrl-Z was written for this part, and then nothing: it counts as sent in every budget.

    What was to follow it never will.
    """
    _set(message_id, seq, state=PartState.UNKNOWN.value, sent_at=now, given_up_at=now)
    cancel(message_id)


def cancel(message_id: int) -> None:
    """The parts that have not left never will; those that have left keep what became of them."""
    _CANCEL.execute(message_id=message_id)


def begun_at(message_id: int) -> Instant | None:
    """When the first part of a text left, or may have left; None when none has."""
    at = _BEGUN_AT.scalar(message_id=message_id)
    return None if at is None else int(at)


def back(message_id: int) -> None:
    """The parts that were not handed over wait again."""
    Part.update(state=PartState.QUEUED.value).where(
        (Part.message == message_id) & (Part.state == PartState.HANDING.value)
    ).execute()


def _set(message_id: int, seq: int, **changes: object) -> None:
    _CHANGE_PART.execute(changes, message_id=message_id, seq=seq)


def of_receipt(sim: str, number_id: int, reference: int, now: Instant) -> tuple[int, int] | None:
    """The (message, part) a delivery report is about: same SIM, recipient and reference, seven days."""
    row = _PART_OF_RECEIPT.first(
        number_id=number_id, since=now - RECEIPT_WINDOW, sim=sim, reference=reference
    )
    return None if row is None else (int(row.message_id), int(row.seq))


def oldest_unknown(sim: str, number_id: int) -> tuple[int, int] | None:
    """The (message, part) whose sending nobody knows, the oldest to this number on this SIM."""
    row = (
        Part.select(Part.message, Part.seq)
        .join(Message)
        .where(
            (Message.number == number_id)
            & (Message.state == literal(MessageState.UNKNOWN))
            & (Part.sim == sim)
            & (Part.state == PartState.UNKNOWN.value)
        )
        .order_by(Part.id)
        .first()
    )
    return None if row is None else (int(row.message_id), int(row.seq))


def given_up_last(sim: str, since: Instant) -> tuple[int, int] | None:
    """The (message, part) a late +CMGS belongs to: the one this SIM gave up last, if nobody knows of it yet.

    Never an older one: when the last is known by now, the answer says nothing new.
    """
    row = _GIVEN_UP_LAST.first(sim=sim, since=since)
    if row is None or row.state != PartState.UNKNOWN.value:
        return None
    return int(row.message_id), int(row.seq)


def set_reference(message_id: int, seq: int, reference: int) -> None:
    """The reference of a part that was unknown, learned from its first report: later ones will fit it."""
    _set(message_id, seq, reference=reference)


def set_receipt(message_id: int, seq: int, outcome: str, now: Instant) -> None:
    """Notes what the network says of a part; a part that was unknown is known to have left.

    Reports overtake each other: "still trying" takes nothing back from a part whose fate is known.
    """
    if outcome == "pending" and states(message_id)[seq - 1] in (PartState.DELIVERED, PartState.FAILED):
        return
    changes: dict[str, object] = {"receipt": outcome}
    if outcome == "delivered":
        changes["state"] = PartState.DELIVERED.value
    elif outcome in ("failed", "gave_up"):
        changes["state"] = PartState.FAILED.value
    else:
        changes["state"] = PartState.SENT.value
    _set(message_id, seq, **changes)


def states(message_id: int) -> tuple[PartState, ...]:
    """The states of all parts, in order."""
    return tuple(PartState(row.state) for row in _PART_STATES.rows(message_id=message_id))
