"""Events and what was decided about them: each event has exactly one outcome, each decision a reason."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from appliance.clock import Instant
from appliance.domain import records
from appliance.domain.events import Happening
from appliance.domain.records import EventKind, Verdict
from appliance.store.models import Decision, Event, literal
from appliance.store.prepared import Prepared, PreparedChange, bound

WAITING = ("hold", "breaker", "clock")
"""Reasons that end when a switch is turned, not at an instant."""


_PENDING = Event.state == literal("pending")
_DUE_NOW = Event.select().where(_PENDING & (Event.due_at <= bound("now"))).order_by(Event.due_at, Event.id)
_DUE: dict[tuple[tuple[str, ...], bool], Prepared] = {}


def _due_query(skipped: tuple[str, ...], surveys_wait: bool) -> Prepared:
    query = _DUE_NOW
    if skipped:
        query = query.where(Event.reason.is_null() | Event.reason.not_in(skipped))
    if surveys_wait:
        waits = (Event.reason == "breaker") & (Event.kind == EventKind.SURVEY.value)
        query = query.where(Event.reason.is_null() | ~waits)
    return Prepared(query.limit(bound("limit")))


_NEXT_DUE = Prepared(Event.select(Event.due_at).where(_PENDING).order_by(Event.due_at).limit(1))
_OF_ID = Prepared(Event.select().where(Event.id == bound("event_id")))
_PENDING_ID = Prepared(Event.select(Event.id).where((Event.id == bound("event_id")) & _PENDING))
_CHANGE = PreparedChange(Event, Event.id == bound("event_id"))
_OF_CALL = Event.select().where((Event.incident == bound("incident_id")) & _PENDING)
_PENDING_OF = Prepared(_OF_CALL)
_PENDING_OF_NUMBER = Prepared(_OF_CALL.where(Event.number == bound("number_id")))
_ADD_EVENT = Prepared(
    Event.insert(
        key=bound("key"),
        incident=bound("incident_id"),
        number=bound("number_id"),
        kind=bound("kind"),
        at=bound("at"),
        accepted_at=bound("now"),
        due_at=bound("due_at"),
    ).on_conflict_ignore()
)


def add_event(key: str, incident_id: int, number_id: int | None, happening: Happening, now: Instant) -> bool:
    """An event, once, ever; says whether it is new."""
    made = _ADD_EVENT.execute(
        key=key,
        incident_id=incident_id,
        number_id=number_id,
        kind=happening.kind.value,
        at=happening.at,
        now=now,
        due_at=happening.due_at,
    )
    return bool(made)


_VOIDED = (
    Decision.select(Decision.event)
    .where((Decision.incident == bound("incident_id")) & (Decision.reason == "reopened"))
    .where(Decision.event.is_null(False))
)
_OF_A_CALL = Event.select(Event.kind, Event.id.in_(_VOIDED)).where(Event.incident == bound("incident_id"))
_TO_NOBODY = Prepared(_OF_A_CALL.where(Event.number.is_null()))
_TO_NUMBER = Prepared(_OF_A_CALL.where(Event.number == bound("number_id")))


@dataclass(frozen=True, slots=True)
class Told:
    """The events of a call for one caller: those that stand, and how many of each kind a reopening voided."""

    kinds: frozenset[EventKind]
    voided: Mapping[EventKind, int]


def told(incident_id: int, number_id: int | None) -> Told:
    """What this caller of the call has had as events, whatever became of them."""
    query = _TO_NOBODY if number_id is None else _TO_NUMBER
    standing: set[EventKind] = set()
    voided: Counter[EventKind] = Counter()
    for kind, is_void in query.rows(incident_id=incident_id, number_id=number_id):
        if is_void:
            voided[EventKind(kind)] += 1
        else:
            standing.add(EventKind(kind))
    return Told(frozenset(standing), voided)


def due(
    now: Instant, limit: int, skip: Collection[str], *, surveys_wait: bool = False
) -> list[records.Event]:
    """Pending events whose time has come; those that wait for a switch in `skip` are left out.

    With `surveys_wait` those surveys too that wait for the breaker, while it lets notices go.
    """
    key = (tuple(reason for reason in WAITING if reason in skip), surveys_wait)
    if key not in _DUE:
        _DUE[key] = _due_query(*key)
    return [_event(row) for row in _DUE[key].rows(now=now, limit=limit)]


def next_due() -> Instant | None:
    """When the next pending event is due."""
    due_at = _NEXT_DUE.scalar()
    return None if due_at is None else int(due_at)


def pending_of(incident_id: int, number_id: int | None = None) -> list[records.Event]:
    """Pending events of a call, for one number or for all."""
    query = _PENDING_OF if number_id is None else _PENDING_OF_NUMBER
    return [_event(row) for row in query.rows(incident_id=incident_id, number_id=number_id)]


def get(event_id: int) -> records.Event:
    """One event."""
    row = _OF_ID.first(event_id=event_id)
    if row is None:
        raise LookupError(f"there is no event {event_id}")
    return _event(row)


def record(event: records.Event, decision: records.Decision, policy_id: int, now: Instant) -> None:
    """Writes the decision and moves the event on: postponed events stay pending, all others are decided."""
    changes: dict[str, object] = {"verdict": decision.verdict.value, "reason": decision.reason}
    if decision.verdict is Verdict.POSTPONE:
        if decision.not_before is not None:
            changes["due_at"] = decision.not_before
    else:
        changes["state"] = "decided"
    _CHANGE.execute(changes, event_id=event.id)
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


def _event(row: Any) -> records.Event:
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
    return _PENDING_ID.exists(event_id=event_id)


def waiting_reason(event_id: int) -> str | None:
    """What a pending event waits for, by the last decision about it."""
    row = _OF_ID.first(event_id=event_id)
    return None if row is None else row.reason


def was_postponed(event_id: int) -> bool:
    """Whether a window, a hold or the breaker ever made this event wait."""
    waited = (Decision.event == event_id) & (Decision.verdict == Verdict.POSTPONE.value)
    return bool(Decision.select().where(waited).exists())


def count_waiting_for(opening: Instant) -> int:
    """How many events already wait for a window that opens then: they leave spread, not at once."""
    waiting = (Event.state == literal("pending")) & (Event.reason == "window") & (Event.due_at >= opening)
    return int(Event.select().where(waiting).count())
