"""What happened to a call, as its records show it, and when each event is due."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from operator import attrgetter

from appliance.clock import MINUTE, Instant
from appliance.domain.policy import Policy
from appliance.domain.records import EventKind, IncidentRecord

TIME_BOUND = frozenset({EventKind.RECEIVED, EventKind.DELAYED, EventKind.DIVERTED, EventKind.EN_ROUTE})
"""Notices about a call that is going on: any hour, but only while the call is young."""

OF_A_CLOSE = frozenset({EventKind.CLOSED, EventKind.NOT_FOUND, EventKind.SURVEY})
"""What follows from a close: void when the call is reopened, and due again at the next close."""

YOUNG = 60 * MINUTE
"""A time-bound notice leaves only while the call is younger than this (behaviour 4)."""

_LIFE: tuple[EventKind, ...] = (
    EventKind.RECEIVED,
    EventKind.DELAYED,
    EventKind.EN_ROUTE,
    EventKind.DIVERTED,
    EventKind.CLOSED,
    EventKind.NOT_FOUND,
)
"""A call lives in this order: once one of these was told, none before it is news any more."""

_PLACE = {kind: place for place, kind in enumerate(_LIFE)}

_REPORT_STATUS = {
    "assigned": EventKind.REPORT_ASSIGNED,
    "updated": EventKind.REPORT_UPDATE,
    "update": EventKind.REPORT_UPDATE,
    "on_hold": EventKind.REPORT_ON_HOLD,
    "on hold": EventKind.REPORT_ON_HOLD,
}
_OF_A_REPORT = frozenset({EventKind.REPORT_FILED, *_REPORT_STATUS.values()})

_NOT_FOUND = frozenset({"not_found", "not found", "goa", "gone on arrival", "utl", "unable to locate"})
"""Dispositions that say that the unit met nobody; an agency's own codes come by policy [codes]."""


@dataclass(frozen=True, slots=True)
class Happening:
    """An event as the records show it, before it has a row."""

    kind: EventKind
    at: Instant
    due_at: Instant


@dataclass(frozen=True, slots=True)
class _Seen:
    kind: EventKind
    at: Callable[[IncidentRecord], Instant | None]


def _status_at(kind: EventKind) -> Callable[[IncidentRecord], Instant | None]:
    return lambda r: r.rank if _REPORT_STATUS.get(r.report_status.strip().casefold()) is kind else None


# In the order in which a call lives; of several in one version the last one is told.
_NOTICES: tuple[_Seen, ...] = (
    _Seen(EventKind.RECEIVED, attrgetter("received_at")),
    _Seen(EventKind.EN_ROUTE, attrgetter("dispatched_at")),
    _Seen(EventKind.CLOSED, attrgetter("closed_at")),
    _Seen(EventKind.NOT_FOUND, lambda r: r.closed_at if _met_nobody(r) else None),
    _Seen(EventKind.REPORT_FILED, lambda r: r.rank if r.report_number else None),
    _Seen(EventKind.REPORT_ASSIGNED, _status_at(EventKind.REPORT_ASSIGNED)),
    _Seen(EventKind.REPORT_UPDATE, _status_at(EventKind.REPORT_UPDATE)),
    _Seen(EventKind.REPORT_ON_HOLD, _status_at(EventKind.REPORT_ON_HOLD)),
)


def _met_nobody(record: IncidentRecord) -> bool:
    return record.disposition.strip().casefold() in _NOT_FOUND


def agreed_to_report_text(record: IncidentRecord, policy: Policy) -> bool:
    """Whether the report text may go: to a victim who agreed, or whose report is about property (V1)."""
    if record.role.strip().casefold() != "victim" or record.text_ok is False:
        return False
    property_types = {name.strip().casefold() for name in policy.reports.property_types}
    return record.text_ok is True or record.report_type.strip().casefold() in property_types


def first_due(kind: EventKind, at: Instant, accepted_at: Instant, policy: Policy) -> Instant:
    """When an event was due before anything postponed it."""
    if kind is EventKind.SURVEY:
        return max(accepted_at, at + policy.survey.delay)
    return accepted_at + (policy.events.settle if kind is EventKind.RECEIVED else 0)


def derive(
    record: IncidentRecord,
    told: Collection[EventKind],
    policy: Policy,
    now: Instant,
    *,
    is_diverted: bool = False,
) -> tuple[Happening, ...]:
    """What a call as it is now has as news for one caller: at most one notice, and the survey besides.

    `told` are the events this caller already has, save those a reopening made void. Of several notices in
    one version the latest is told; only kinds the policy has switched on are events at all.
    """
    notice = _diverted(told, policy, now) if is_diverted else None
    for seen in _enabled(policy):
        at = seen.at(record)
        if at is None or not _is_news(seen.kind, told):
            continue
        if seen.kind in _OF_A_REPORT:
            if notice is not None and not agreed_to_report_text(record, policy):
                continue  # nobody gets the report text: it must not take the place of the closed one
            # No record says when its report was filed: on a known call it was since the version before.
            at = at if not told else now
        notice = Happening(seen.kind, at, first_due(seen.kind, at, now, policy))
    happened = [notice] if notice else []
    if record.closed_at is not None and EventKind.SURVEY not in told:
        due_at = first_due(EventKind.SURVEY, record.closed_at, now, policy)
        happened.append(Happening(EventKind.SURVEY, record.closed_at, due_at))
    return tuple(happened)


def _diverted(told: Collection[EventKind], policy: Policy, now: Instant) -> Happening | None:
    kind = EventKind.DIVERTED
    return Happening(kind, now, now) if _is_news(kind, told) and is_enabled(kind, policy) else None


def _is_news(kind: EventKind, told: Collection[EventKind]) -> bool:
    """Each is told once, and none that lies behind what was told already."""
    if not told:
        return True
    if kind in told:
        return False
    if kind in _PLACE:
        place = _PLACE[kind]
        return all(_PLACE.get(other, -1) < place for other in told)
    return kind is not EventKind.REPORT_FILED or _OF_A_REPORT.isdisjoint(told)


def _enabled(policy: Policy) -> tuple[_Seen, ...]:
    """The notices this policy has on; asked for every version of every call, and it never changes."""
    known = _of_policy.get(id(policy))
    if known is None or known[0] is not policy:
        if len(_of_policy) >= 8:
            _of_policy.clear()
        known = (policy, tuple(seen for seen in _NOTICES if is_enabled(seen.kind, policy)))
        _of_policy[id(policy)] = known
    return known[1]


_of_policy: dict[int, tuple[Policy, tuple[_Seen, ...]]] = {}


def is_enabled(kind: EventKind, policy: Policy) -> bool:
    """Whether the agency sends this kind of text at all (policy [events])."""
    return bool(getattr(policy.events, kind.value, False))


def was_reopened(before: IncidentRecord, after: IncidentRecord) -> bool:
    """Only an explicit mark or a dispatch after the close reopens a call; a missing close does not."""
    if after.reopened and not before.reopened:
        return True
    return (
        before.closed_at is not None
        and after.dispatched_at is not None
        and after.dispatched_at > before.closed_at
        and after.dispatched_at != before.dispatched_at
    )


def was_diverted(before: IncidentRecord, after: IncidentRecord) -> bool:
    """The unit is gone from a call that nobody arrived at and nobody closed."""
    going_on = after.arrived_at is None and after.closed_at is None and before.arrived_at is None
    return bool(before.unit) and not after.unit and going_on


def without_stale_close(record: IncidentRecord, known_rank: Instant) -> IncidentRecord:
    """A version of a reopened call without the close that the reopening made void.

    CAD may still carry it; a new close is later than every time known so far, and than the dispatch.
    """
    closed_at = record.closed_at
    if closed_at is None or (closed_at > known_rank and closed_at >= (record.dispatched_at or 0)):
        return record
    return replace(record, closed_at=None)


def not_after(kind: EventKind, received_at: Instant, due_at: Instant) -> Instant:
    """The instant after which a text of this kind is of no use; no hold ever extends it."""
    if kind in TIME_BOUND:
        return received_at + YOUNG
    return due_at + 24 * 60 * MINUTE
