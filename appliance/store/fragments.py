"""What came in, piece by piece: PDUs as the SIM had them, copies, and what is no text at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from peewee import JOIN, fn

from appliance.clock import HOUR, Instant
from appliance.domain import phone
from appliance.store.models import Fragment, Number
from appliance.store.prepared import Prepared, bound

TEXT, COPY = "text", "copy"
FILED = ("mms_notice", "call", "voicemail", "wap_push", "sim_data", "binary", "raw")
"""Everything else that may come in: kept and listed as what it is, read by nobody."""


@dataclass(frozen=True, slots=True)
class NewFragment:
    """One incoming PDU, decoded as far as it can be; a call has none (`pdu` is empty)."""

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
class Part:
    """One part of a long text; `reply_id` is None while it waits for the rest."""

    id: int
    sim: str
    seq: int
    text: str
    sent_at: Instant | None
    read_at: Instant
    reply_id: int | None


@dataclass(frozen=True, slots=True)
class PartGroup:
    """What ties parts together: the same SIM, sender, reference and number of parts."""

    sim: str
    sender_key: str
    reference: int
    total: int


@dataclass(frozen=True, slots=True)
class FiledView:
    """Something that came in and is no text; `pdu` is what the SIM had, for a bug report."""

    id: int
    kind: str
    from_: str | None
    received_at: Instant
    sim: str
    pdu: str


_KNOWN = Prepared(Fragment.select(Fragment.id).where(Fragment.key == bound("key")).limit(1))
_WITH_KEY = (Fragment.key >= bound("key")) & (Fragment.key < bound("end"))
_SEEN_AT = Prepared(Fragment.select(fn.MAX(Fragment.read_at)).where(_WITH_KEY))
_TAKEN_AT = Prepared(Fragment.select(fn.MAX(Fragment.read_at)).where(_WITH_KEY & (Fragment.kind != COPY)))
_OF_GROUP = Prepared(
    Fragment.select()
    .where(
        (Fragment.sender_key == bound("sender_key"))
        & (Fragment.reference == bound("reference"))
        & (Fragment.total == bound("total"))
        & (Fragment.sim == bound("sim"))
        & (Fragment.kind == TEXT)
        & (Fragment.read_at >= bound("since"))
    )
    .order_by(Fragment.id)
)
_LATE_GROUPS = Prepared(
    Fragment.select(Fragment.sim, Fragment.sender_key, Fragment.reference, Fragment.total)
    .where(
        Fragment.reply.is_null()
        & Fragment.reference.is_null(False)
        & (Fragment.kind == TEXT)
        & (Fragment.read_at < bound("before"))
    )
    .distinct()
)
_TIE = Prepared(Fragment.update(reply=bound("reply_id")).where(Fragment.id == bound("fragment_id")))


def keep(new: NewFragment, now: Instant) -> int | None:
    """Stores one PDU; None when one with its key is stored already."""
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


def seen_at(key: str) -> Instant | None:
    """When the PDU with this key was read last, as a text or as a copy; None if never."""
    return _instant(_SEEN_AT, key)


def taken_at(key: str) -> Instant | None:
    """When the PDU with this key was last taken for a text of its own."""
    return _instant(_TAKEN_AT, key)


def _instant(query: Prepared, key: str) -> Instant | None:
    # Repeats and copies have something behind a "/", and "0" follows it.
    at = query.scalar(key=key, end=f"{key}0")
    return None if at is None else int(at)


def count_copy(new: NewFragment, now: Instant) -> None:
    """Counts a PDU that was known, once an hour at most: a SIM that cannot be emptied brings all it has
    after every restart."""
    keep(
        NewFragment(new.sim, f"{new.key}/copy/{now // HOUR}", "", new.sender_key, COPY, "", new.sent_at), now
    )


def copies(since: Instant) -> int:
    """How often since then something known came again."""
    return int(Fragment.select().where((Fragment.kind == COPY) & (Fragment.read_at >= since)).count())


def parts_of(group: PartGroup, since: Instant) -> list[Part]:
    """Every part with these ties read since then, in the order they came."""
    found = _OF_GROUP.rows(
        sender_key=group.sender_key, reference=group.reference, total=group.total, sim=group.sim, since=since
    )
    return [_part(row) for row in found]


def _part(row: Any) -> Part:
    text = bytes(row.units).decode("utf-16-be", "surrogatepass")
    return Part(row.id, row.sim, row.seq, text, row.sent_at, row.read_at, row.reply_id)


def late_groups(read_before: Instant) -> list[PartGroup]:
    """Long texts whose rest has not come for too long."""
    return [PartGroup(*row) for row in _LATE_GROUPS.rows(before=read_before)]


def tie(fragment_ids: Sequence[int], reply_id: int) -> None:
    """These fragments make up that reply."""
    for fragment_id in fragment_ids:
        _TIE.execute(reply_id=reply_id, fragment_id=fragment_id)


def filed(
    *,
    kind: str | None = None,
    since: Instant | None = None,
    limit: int = 50,
    before_id: int | None = None,
    clear: bool = False,
) -> list[FiledView]:
    """What came in and is no text, newest first; `clear` gives clear numbers.

    The further parts of a notice that took several PDUs are left out where its first part is there.
    """
    first = Fragment.alias()
    of_same = (
        (first.seq == 1)
        & (first.sim == Fragment.sim)
        & (first.kind == Fragment.kind)
        & (first.reference == Fragment.reference)
        & (first.total == Fragment.total)
        & (fn.ABS(first.read_at - Fragment.read_at) < HOUR)
    )
    where = Fragment.kind == kind if kind is not None else Fragment.kind.in_(FILED)
    where &= Fragment.seq.is_null() | (Fragment.seq == 1) | ~fn.EXISTS(first.select(first.id).where(of_same))
    if since is not None:
        where &= Fragment.read_at >= since
    if before_id is not None:
        where &= Fragment.id < before_id
    query = (
        Fragment.select(Fragment, Number.e164.alias("e164"))
        .join(Number, JOIN.LEFT_OUTER, on=(Number.digest == Fragment.sender_key))
        .where(where)
        .order_by(Fragment.id.desc())
        .limit(limit)
    )
    return [
        FiledView(
            id=row.id,
            kind=row.kind,
            from_=_shown(row.e164, row.sender_key, clear),
            received_at=row.read_at,
            sim=row.sim,
            pdu=row.pdu,
        )
        for row in query.objects()
    ]


def _shown(e164: str | None, sender_key: str, clear: bool) -> str | None:
    """A number masked unless `clear`, or a name; None where the number was purged, or none was given."""
    name = sender_key.removeprefix("name:") if sender_key.startswith("name:") else None
    given = e164 if name is None else name
    if not given or clear:
        return given or None
    return phone.mask(given) if given.lstrip("+").isdecimal() and len(given) > 6 else given
