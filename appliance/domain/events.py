"""What happened to a call between two versions of it, and when each event is due."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from appliance.clock import MINUTE, Instant
from appliance.domain.policy import Policy
from appliance.domain.records import EventKind, IncidentRecord

TIME_BOUND = frozenset({EventKind.RECEIVED, EventKind.DELAYED, EventKind.DIVERTED, EventKind.EN_ROUTE})
"""Notices about a call that is going on: any hour, but only while the call is young."""

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
        if is_enabled(seen.kind, policy):
            due_at = now + policy.events.settle if seen.kind is EventKind.RECEIVED else now
            notice = Happening(seen.kind, at, due_at)
    happened = [notice] if notice else []
    newly_closed = after.closed_at is not None and (before is None or before.closed_at is None)
    if newly_closed and after.closed_at is not None:
        happened.append(
            Happening(EventKind.SURVEY, after.closed_at, max(now, after.closed_at + policy.survey.delay))
        )
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


def not_after(kind: EventKind, received_at: Instant, due_at: Instant) -> Instant:
    """The instant after which a text of this kind is of no use; no hold ever extends it."""
    if kind in TIME_BOUND:
        return received_at + YOUNG
    return due_at + 24 * 60 * MINUTE
