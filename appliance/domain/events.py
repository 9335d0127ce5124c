"""What happened to a call between two versions of it, and when each event is due."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from appliance.clock import MINUTE, Instant
from appliance.domain.policy import Policy
from appliance.domain.records import EventKind, IncidentRecord

TIME_BOUND = frozenset({EventKind.RECEIVED, EventKind.DELAYED, EventKind.DIVERTED, EventKind.EN_ROUTE})
"""Notices about a call that is going on: any hour, but only while the call is young."""

OF_A_CLOSE = frozenset({EventKind.CLOSED, EventKind.SURVEY})
"""What follows from a close: void when the call is reopened, and due again at the next close."""

YOUNG = 60 * MINUTE
"""A time-bound notice leaves only while the call is younger than this (behaviour 4)."""


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


# In the order in which a call lives; of several in one version the last one is told.
_NOTICES: tuple[_Seen, ...] = (
    _Seen(EventKind.RECEIVED, lambda r: r.received_at),
    _Seen(EventKind.EN_ROUTE, lambda r: r.dispatched_at),
    _Seen(EventKind.CLOSED, lambda r: r.closed_at),
    _Seen(EventKind.REPORT_FILED, lambda r: r.rank if r.report_number else None),
)


def agreed_to_report_text(record: IncidentRecord) -> bool:
    """Whether the report text may go: to a victim who was asked and agreed."""
    return record.role.strip().casefold() == "victim" and record.text_ok is True


def first_due(kind: EventKind, at: Instant, accepted_at: Instant, policy: Policy) -> Instant:
    """When an event was due before anything postponed it."""
    if kind is EventKind.SURVEY:
        return max(accepted_at, at + policy.survey.delay)
    return accepted_at + (policy.events.settle if kind is EventKind.RECEIVED else 0)


def derive(
    before: IncidentRecord | None, after: IncidentRecord, policy: Policy, now: Instant
) -> tuple[Happening, ...]:
    """The events of this version: at most one notice (the latest), and the survey besides.

    Only kinds the policy has switched on are events at all. `before` is the version known so far.
    """
    notice: Happening | None = None
    for seen in _NOTICES:
        at = seen.at(after)
        if at is None or (before is not None and seen.at(before) is not None):
            continue
        if seen.kind is EventKind.REPORT_FILED:
            if notice is not None and not agreed_to_report_text(after):
                continue  # nobody gets the report text: it must not take the place of the closed one
            # No record says when its report was filed: on a known call it was since the version before.
            at = at if before is None else now
        if is_enabled(seen.kind, policy):
            notice = Happening(seen.kind, at, first_due(seen.kind, at, now, policy))
    happened = [notice] if notice else []
    newly_closed = after.closed_at is not None and (before is None or before.closed_at is None)
    if newly_closed and after.closed_at is not None:
        due_at = first_due(EventKind.SURVEY, after.closed_at, now, policy)
        happened.append(Happening(EventKind.SURVEY, after.closed_at, due_at))
    return tuple(happened)


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
