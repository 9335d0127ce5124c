"""Events and what was decided about them: each event has exactly one outcome, each decision a reason."""

from __future__ import annotations

import json
from collections.abc import Iterable

from appliance.clock import Instant
from appliance.domain import records
from appliance.domain.events import Happening
from appliance.domain.records import EventKind, Verdict
from appliance.store.models import Decision, Event, literal

WAITING = ("hold", "breaker")
"""Reasons that end when a switch is turned, not at an instant."""


def add_event(key: str, incident_id: int, number_id: int | None, happening: Happening, now: Instant) -> bool:
    """An event, once, ever; says whether it is new."""
    made = (
        Event.insert(
            key=key,
            incident=incident_id,
            number=number_id,
            kind=happening.kind.value,
            at=happening.at,
            accepted_at=now,
            due_at=happening.due_at,
        )
        .on_conflict_ignore()
        .execute()
    )
    return bool(made) and bool(Event.select().where((Event.key == key) & (Event.accepted_at == now)).exists())


def due(now: Instant, limit: int, skip: Iterable[str]) -> list[records.Event]:
    """Pending events whose time has come; those that wait for a switch in `skip` are left out."""
    query = (
        Event.select()
        .where((Event.state == literal("pending")) & (Event.due_at <= now))
        .order_by(Event.due_at, Event.id)
        .limit(limit)
    )
    skipped = tuple(skip)
    if skipped:
        query = query.where(Event.reason.is_null() | Event.reason.not_in(skipped))
    return [_event(row) for row in query]


def next_due() -> Instant | None:
    """When the next pending event is due."""
    row = Event.select(Event.due_at).where(Event.state == literal("pending")).order_by(Event.due_at).first()
    return None if row is None else int(row.due_at)


def pending_of(incident_id: int, number_id: int | None = None) -> list[records.Event]:
    """Pending events of a call, for one number or for all."""
    query = Event.select().where((Event.incident == incident_id) & (Event.state == literal("pending")))
    if number_id is not None:
        query = query.where(Event.number == number_id)
    return [_event(row) for row in query]


def get(event_id: int) -> records.Event:
    """One event."""
    return _event(Event.get_by_id(event_id))


def record(event: records.Event, decision: records.Decision, policy_id: int, now: Instant) -> None:
    """Writes the decision and moves the event on: postponed events stay pending, all others are decided."""
    changes: dict[str, object] = {"verdict": decision.verdict.value, "reason": decision.reason}
    if decision.verdict is Verdict.POSTPONE:
        if decision.not_before is not None:
            changes["due_at"] = decision.not_before
    else:
        changes["state"] = "decided"
    Event.update(**changes).where(Event.id == event.id).execute()
    note(event.incident_id, event.number_id, event.kind.value, decision, policy_id, now, event_id=event.id)


def note(
    incident_id: int | None,
    number_id: int | None,
    kind: str,
    decision: records.Decision,
    policy_id: int,
    now: Instant,
    *,
    event_id: int | None = None,
) -> None:
    """One line of the story `explain` tells."""
    Decision.create(
        event=event_id,
        incident=incident_id,
        number=number_id,
        at=now,
        kind=kind,
        verdict=decision.verdict.value,
        reason=decision.reason,
        details=json.dumps(dict(decision.values), sort_keys=True),
        policy=policy_id,
    )


def _event(row: Event) -> records.Event:
    return records.Event(
        id=row.id,
        incident_id=row.incident_id,
        number_id=row.number_id,
        kind=EventKind(row.kind),
        at=row.at,
        accepted_at=row.accepted_at,
        due_at=row.due_at,
        key=row.key,
    )


def is_pending(event_id: int) -> bool:
    """Whether the event still waits for its decision: asked again inside the deciding transaction."""
    return bool(Event.select().where((Event.id == event_id) & (Event.state == literal("pending"))).exists())


def count_waiting_for(opening: Instant) -> int:
    """How many events already wait for a window that opens then: they leave spread, not at once."""
    waiting = (Event.state == literal("pending")) & (Event.reason == "window") & (Event.due_at >= opening)
    return int(Event.select().where(waiting).count())
