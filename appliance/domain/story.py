"""What a version of a call changes: pure, for the box's database and for a replay of history alike.

CAD sends a call again and again, in any order, in rows that each name one caller. The latest time in a
version is its rank; a version with a lower rank than the known one changes nothing but for a lock (a
never-type in any version is one too many). A caller counts while the latest version names their number.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import Generic, TypeVar

from appliance.clock import Instant
from appliance.domain import codes, events
from appliance.domain.events import OF_A_CLOSE, Happening
from appliance.domain.policy import Policy
from appliance.domain.records import Caller, EventKind, IncidentRecord, caller_of, changed

N = TypeVar("N", bound=Hashable)
"""What a number is to whoever tells the story: its id in the database, itself in a replay."""

_KEPT_TIMES = ("dispatched_at", "arrived_at", "closed_at")
_TIMES = attrgetter(*_KEPT_TIMES)


# Neither of these two is ever changed; frozen they would cost a replay a tenth of its time.
@dataclass(slots=True)
class Known(Generic[N]):
    """A call as it is known before a version is applied; `record` carries no phone."""

    record: IncidentRecord
    rank: Instant
    reopened_at: Instant | None = None
    callers: Mapping[N, Caller] = field(default_factory=dict)


@dataclass(slots=True)
class Change(Generic[N]):
    """What one version makes of a call.

    `replaced` are numbers CAD has given up for the same caller: nothing planned goes to them.
    """

    record: IncidentRecord
    rank: Instant
    caller: Caller
    replaced: tuple[N, ...] = ()
    is_reopened: bool = False
    is_reclassified: bool = False
    is_diverted: bool = False


def first(record: IncidentRecord) -> Change[N]:
    """A call seen for the first time."""
    return Change(record=record, rank=record.rank, caller=caller_of(record))


def applied(known: Known[N], record: IncidentRecord, number: N | None) -> Change[N] | None:
    """A version on top of what is known; None where it is older and changes nothing."""
    before = known.record
    is_reopened = events.was_reopened(before, record)
    # A reopening without a later time of its own is news all the same: it takes the close back.
    if record.rank < known.rank and not (is_reopened and before.closed_at is not None):
        return None
    given = record
    if is_reopened or (known.reopened_at is not None and before.closed_at is None):
        record = events.without_stale_close(record, known.rank)
    if is_reopened:
        before = replace(before, closed_at=None)
    rank = max(record.rank, known.rank)
    return Change(
        record=merged(before, record),
        rank=rank,
        caller=caller_of(given, rank),
        replaced=tuple(_replaced(known.callers, given, number)),
        is_reopened=is_reopened,
        is_reclassified=_is_reclassified(before, record),
        is_diverted=events.was_diverted(before, record),
    )


def _replaced(callers: Mapping[N, Caller], record: IncidentRecord, number: N | None) -> Iterable[N]:
    """Who had this caller's place so far: a changed callback number, not a second caller."""
    if len(callers) == 1 and number in callers:
        return
    place = (_plain(record.role), record.slot)
    for other, caller in callers.items():
        if other != number and not caller.is_replaced and (_plain(caller.role), caller.slot) == place:
            yield other


def _is_reclassified(before: IncidentRecord, after: IncidentRecord) -> bool:
    return before.call_type != after.call_type and _plain(before.call_type) != _plain(after.call_type)


def _plain(text: str) -> str:
    return text.strip().casefold()


def merged(before: IncidentRecord, after: IncidentRecord) -> IncidentRecord:
    """`after` with the times it no longer carries kept from `before` (a reopening emptied its close)."""
    kept = {
        name: at
        for name, at in zip(_KEPT_TIMES, _TIMES(before), strict=True)
        if at is not None and getattr(after, name) is None
    }
    return changed(after, kept) if kept else after


def is_current(caller: Caller | None, call_rank: Instant) -> bool:
    """Whether the latest version of the call still names this caller's number."""
    return caller is not None and not caller.is_replaced and caller.rank >= call_rank


def news(
    change: Change[N],
    record: IncidentRecord,
    told: Collection[EventKind],
    policy: Policy,
    now: Instant,
) -> tuple[Happening, ...]:
    """The events of this version for one caller; `told` as in `events.derive`."""
    return events.derive(codes.translated(record, policy), told, policy, now, is_diverted=change.is_diverted)


def nth(kind: EventKind, voided: int) -> int:
    """Which close an event follows from: one more than those a reopening made void."""
    return 1 + voided if kind in OF_A_CLOSE else 1


def event_key(record: IncidentRecord, kind: EventKind, number: N | None, nth: int = 1) -> str:
    """What makes an event, and the text that follows from it, be once: feed, call, kind and number.

    `nth` counts the closes of a call that was reopened: the second is another event than the first.
    """
    which = kind.value if nth == 1 else f"{kind.value}#{nth}"
    return f"{record.feed}/{record.call_id}/{which}/+{number or 0}"
