"""The queue as a claim sees it: what is due, in which order, and what of it one SIM may send."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from peewee import Expression

from appliance.clock import DAY, Instant
from appliance.domain.choosing import MOVES_AT_ONCE, NEVER_MOVES
from appliance.domain.outgoing import ALWAYS_LEAVES
from appliance.domain.records import LANE_ORDER, Lane, MessageState
from appliance.store import outbox
from appliance.store.models import Contact, Message, Part, literal
from appliance.store.outbox import Outgoing
from appliance.store.prepared import Prepared, bound


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Another SIM of this box: which texts of the numbers that know it may go by this one all the same."""

    sim: str
    answers: bool
    others: bool
    alerts: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a claim looks for: all that is due, without what another SIM will send."""

    sim: str
    now: Instant
    limit: int
    is_stopped: bool = False
    """Hold or breaker: only what leaves whatever happens."""
    is_full_of_numbers: bool = False
    """No new number today: answers, open surveys and numbers that had a text in the last 24 hours."""
    elsewhere: tuple[Elsewhere, ...] = ()


_QUEUED = Message.state == literal(MessageState.QUEUED)
_ANY_DUE = Prepared(Message.select(Message.id).where(_QUEUED & (Message.due_at <= bound("now"))).limit(1))
_IN_HAND = Prepared(Message.select(Message.sim).where(Message.state == literal(MessageState.SENDING)))
_NEXT_DUE = Prepared(
    Message.select(Message.due_at)
    .where(_QUEUED & (Message.due_at > bound("now")))
    .order_by(Message.due_at)
    .limit(1)
)


def any_due(now: Instant) -> bool:
    """Whether any queued text's time has come: asked in every round, and nearly always there is none."""
    return _ANY_DUE.exists(now=now)


def candidates(wanted: Wanted) -> Iterator[Outgoing]:
    """Queued texts whose time has come and that this SIM may send, in claim order: lane, then the oldest.

    Read from the database at once, so that a caller may change what it goes through.
    """
    query = _due(wanted.is_stopped, wanted.is_full_of_numbers, len(wanted.elsewhere))
    values: dict[str, object] = {"now": wanted.now, "limit": wanted.limit}
    if wanted.is_full_of_numbers or wanted.elsewhere:
        values["sim"] = wanted.sim
    if wanted.is_full_of_numbers:
        values["since"] = wanted.now - DAY
    for place, each in enumerate(wanted.elsewhere):
        values |= {
            f"sim{place}": each.sim,
            f"answers{place}": each.answers,
            f"others{place}": each.others,
            f"alerts{place}": each.alerts,
        }
    return map(outbox.outgoing, query.rows(**values))


@cache
def _due(is_stopped: bool, is_full_of_numbers: bool, elsewhere: int) -> Prepared:
    """The query of a claim; one of a few shapes, each written once."""
    where = _QUEUED & (Message.due_at <= bound("now"))
    if is_stopped:
        where &= Message.kind.in_(ALWAYS_LEAVES)
    if is_full_of_numbers:
        where &= (Message.lane < LANE_ORDER[Lane.NOTICE]) | Message.number.in_(_TEXTED_TODAY)
    if elsewhere:
        where &= Message.number.not_in(_IN_OTHER_HANDS)
    for place in range(elsewhere):
        where &= Contact.sim.is_null() | (Contact.sim != bound(f"sim{place}")) | _may_move(place)
    query = outbox.WITH_NUMBER.where(where).order_by(Message.lane, Message.due_at, Message.id)
    return Prepared(query.limit(bound("limit")))


_EARLIER = Message.alias()
_TEXTED_TODAY = (
    Part.select(_EARLIER.number)
    .join(_EARLIER, on=(Part.message == _EARLIER.id))
    .where((Part.sim == bound("sim")) & (Part.sent_at > bound("since")))
)

# A new number belongs to nobody until its first text has left: meanwhile no other SIM sends it the second.
_IN_OTHER_HANDS = _EARLIER.select(_EARLIER.number).where(
    (_EARLIER.state == literal(MessageState.SENDING)) & (_EARLIER.sim != bound("sim"))
)


def _may_move(place: int) -> Expression:
    """Which texts that belong to another SIM may go by this one, by lane (`domain.choosing`)."""
    answers = (Message.lane == LANE_ORDER[Lane.CONFIRMATION]) & bound(f"answers{place}")
    others = (Message.lane >= LANE_ORDER[Lane.NOTICE]) & bound(f"others{place}")
    alerts = Message.kind.in_(MOVES_AT_ONCE) & bound(f"alerts{place}")
    return (answers | others | alerts) & Message.kind.not_in(NEVER_MOVES)


def next_due(now: Instant) -> Instant | None:
    """When the next queued text that is not due yet will be."""
    due_at = _NEXT_DUE.scalar(now=now)
    return None if due_at is None else int(due_at)


def sims_in_use() -> set[str]:
    """The SIMs that have a text in hand."""
    return {str(row.sim) for row in _IN_HAND.rows()}
