"""The counts behind the breaker, and what waits for its turn."""

from __future__ import annotations

from peewee import fn

from appliance.clock import DAY, HOUR, Instant
from appliance.domain.breaker import DAYS_LOOKED_AT, LAST_TEXTS
from appliance.domain.records import LANE_ORDER, Lane, MessageState, Verdict
from appliance.store.models import Contact, Decision, Event, Message, literal
from appliance.store.prepared import Prepared, bound

_LANES = Message.lane.in_((LANE_ORDER[Lane.NOTICE], LANE_ORDER[Lane.INVITATION]))
_POSTPONED = Decision.select(Decision.id).where(
    (Decision.event == Event.id) & (Decision.verdict == Verdict.POSTPONE.value)
)
_FRESH = Prepared(
    Message.select(fn.COUNT(Message.id))
    .join(Event)
    .where(
        _LANES
        & (Message.queued_at > bound("queued_since"))
        & (Event.accepted_at > bound("accepted_since"))
        & ~fn.EXISTS(_POSTPONED)
    )
)
_IN_HOUR = Prepared(
    Message.select(fn.COUNT(Message.id))
    .join(Event)
    .where(
        _LANES
        & (Message.queued_at > bound("start"))
        & (Message.queued_at <= bound("end"))
        & ~fn.EXISTS(_POSTPONED)
    )
)
_SINCE = Prepared(
    Message.select(fn.COUNT(Message.id)).where(
        (Message.lane == LANE_ORDER[Lane.NOTICE]) & (Message.queued_at >= bound("since"))
    )
)
_FIRST = Prepared(Message.select(fn.MIN(Message.queued_at)).where(_LANES))
_LATEST = Prepared(
    Message.select(Message.queued_at, Contact.opted_out_at, Contact.opted_out_by)
    .left_outer_join(Contact, on=(Contact.number == Message.number))
    .where(_LANES & (Message.queued_at > bound("since")) & Message.sent_at.is_null(False))
    .order_by(Message.id.desc())
    .limit(LAST_TEXTS)
)
_SAID_NO = ("stop", "refusal", "wrong")


def count_fresh(accepted_since: Instant, queued_since: Instant) -> int:
    """Notices and invitations of events accepted since then, queued since then, none of them postponed."""
    return int(_FRESH.scalar(accepted_since=accepted_since, queued_since=queued_since))


def same_hours(now: Instant) -> list[int]:
    """Notices and invitations in the same sixty minutes of each earlier day the box has known."""
    first = _FIRST.scalar()
    if first is None:
        return []
    known = min(DAYS_LOOKED_AT, (now - int(first)) // DAY)
    ends = (now - day * DAY for day in range(1, known + 1))
    return [int(_IN_HOUR.scalar(start=end - HOUR, end=end)) for end in ends]


def count_notices(since: Instant) -> int:
    """Notices queued since then: what a release has let out."""
    return int(_SINCE.scalar(since=since))


def stops(since: Instant) -> tuple[int, int]:
    """Of the latest texts since then (at most a hundred): how many, and to how many who then said no."""
    rows = list(_LATEST.rows(since=since))
    said_no = sum(
        row.opted_out_at is not None and row.opted_out_by in _SAID_NO and row.opted_out_at >= row.queued_at
        for row in rows
    )
    return len(rows), said_no


def count_waiting(reasons: tuple[str, ...]) -> int:
    """Events that wait for these switches."""
    waiting = (Event.state == literal("pending")) & Event.reason.in_(reasons)
    queued = _LANES & (Message.state == literal(MessageState.QUEUED))
    return int(Event.select().where(waiting).count()) + int(Message.select().where(queued).count())
