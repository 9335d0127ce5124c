"""IN: records of a feed become calls and events, each once, whatever their order and the file's name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from appliance.clock import Instant
from appliance.domain import eligibility, phone, story
from appliance.domain.records import AlarmLevel, IncidentRecord, of_caller
from appliance.feeds.base import Quarantined
from appliance.flow import brakes, withdrawal
from appliance.store import alarms, contacts, database, decisions, incidents, numbers
from appliance.store.incidents import IntakeCounts, StoredIncident
from appliance.store.policies import PolicyVersion

ROWS_PER_COMMIT = 100


@dataclass(frozen=True, slots=True)
class Source:
    """Where records came from: for the feed page and for the receipt in `done/`."""

    feed: str
    name: str
    sha256: str
    rejected: int = 0
    quarantined: int = 0


def accept(
    source: Source,
    rows: Sequence[tuple[IncidentRecord, str]],
    policy: PolicyVersion,
    own_numbers: frozenset[str],
    now: Instant,
    held_back: Sequence[Quarantined] = (),
) -> IntakeCounts:
    """Takes `(record, digest)` rows, at most 100 a commit; what was taken before counts as unchanged.

    `held_back` are the records that carry marks of criminal justice information: their calls get no text. A
    crash between two commits loses nothing: the file is still there, and rows taken are not taken twice.
    """
    if held_back:
        with database.transaction():
            _hold_back(source, held_back, policy, now)
    accepted = stale = 0
    for start in range(0, len(rows), ROWS_PER_COMMIT):
        with database.transaction():
            for record, digest in rows[start : start + ROWS_PER_COMMIT]:
                taken = _take(record, digest, policy, own_numbers, now)
                accepted += taken is not None
                stale += taken is True
    counts = IntakeCounts(accepted, len(rows) - accepted, source.rejected, source.quarantined)
    with database.transaction():
        incidents.add_intake(source.feed, source.name, source.sha256, counts, now)
        if stale:
            brakes.tell_stale(source.feed, source.name, stale, now)
    return counts


def _hold_back(source: Source, held_back: Sequence[Quarantined], policy: PolicyVersion, now: Instant) -> None:
    for row in held_back:
        if incidents.hold_back(source.feed, source.name, row.line, row.mark, row.call_id, now):
            details = {"source": source.name, "line": row.line, "mark": row.mark}
            subject = f"feed:{source.feed}"
            alarms.raise_alarm("quarantined", AlarmLevel.AMBER, subject, now, details=details)
        known = incidents.find(source.feed, row.call_id) if row.call_id else None
        if known is not None:
            incidents.mark_quarantined(known.incident.id, now)
            withdrawal.withdraw_call(known.incident.id, "quarantined", policy.id, now)


def _take(
    record: IncidentRecord, digest: str, policy: PolicyVersion, own_numbers: frozenset[str], now: Instant
) -> bool | None:
    """Applies one record: None when it was taken before, True when all its news are too old to be told."""
    # Keyed before it is stored: a bare hash of a record gives its number away to whoever tries them all.
    digest = numbers.digest(digest)
    if incidents.was_taken(digest):
        return None
    known = incidents.find(record.feed, record.call_id)
    lock = eligibility.lock_reason(record, policy.policy)
    locked = lock or (None if known is None else known.incident.locked)
    number_id, fault = _number(record, locked, own_numbers, now)
    if known is None:
        incident_id = incidents.add(record, number_id, fault, lock, now)
        is_stale = _follow(incident_id, story.first(record), number_id, policy, now)
        if lock is not None:
            withdrawal.refuse_new(incident_id, number_id, lock, policy.id, now)
    else:
        incident_id = known.incident.id
        is_stale = _apply_version(known, record, number_id, fault, policy, now)
    incidents.remember_version(digest, incident_id, now)
    if lock is not None and known is not None:
        withdrawal.lock_incident(incident_id, lock, policy.id, now)
    if locked is not None and number_id is not None:
        # Also the number of an older version, or of one that came after the lock.
        contacts.keep_from_texts(number_id, now + withdrawal.NEVER_SPAN)
    return is_stale


def _number(
    record: IncidentRecord, locked: str | None, own_numbers: frozenset[str], now: Instant
) -> tuple[int | None, str | None]:
    """The number's id, or the reason it is none.

    Of a locked call, and of a number on the quiet list, the hash alone goes to disk.
    """
    check = phone.check(record.phone, own=own_numbers)
    if check.e164 is None:
        return None, check.reason
    if locked is not None:
        return numbers.remember_hash(check.e164), None
    known = numbers.find(check.e164)
    if known is not None and (contacts.get(known).quiet_until or 0) > now:
        return known, None
    return numbers.remember(check.e164), None


def _apply_version(
    known: StoredIncident,
    record: IncidentRecord,
    number_id: int | None,
    fault: str | None,
    policy: PolicyVersion,
    now: Instant,
) -> bool:
    incident = known.incident
    change = story.applied(
        story.Known(incident.record, known.rank, incident.reopened_at, incidents.callers(incident.id)),
        record,
        number_id,
    )
    if change is None:
        return False
    incidents.update(incident.id, change.record, number_id, fault, change.rank, now)
    if change.is_reclassified:
        incidents.mark_reclassified(incident.id, now)
    if change.is_reopened:
        withdrawal.reopen_incident(incident.id, policy.id, now)
    for replaced in change.replaced:
        withdrawal.replace_number(incident.id, replaced, policy.id, now)
    if known.number_id is None and number_id is not None:
        withdrawal.found_number(incident.id, policy.id, now)
    is_stale = _follow(incident.id, change, number_id, policy, now)
    _withdraw_forbidden(incident.id, change.record, policy, now)
    return is_stale


def _follow(
    incident_id: int,
    change: story.Change[int],
    number_id: int | None,
    policy: PolicyVersion,
    now: Instant,
) -> bool:
    """The caller and the events of a version; True when there are any and all are too old to be told."""
    if number_id is not None:
        incidents.save_caller(incident_id, number_id, change.caller, now)
    told = decisions.told(incident_id, number_id)
    record = of_caller(change.record, change.caller)
    happenings = story.news(change, record, told.kinds, policy.policy, now)
    for happening in happenings:
        nth = story.nth(happening.kind, told.voided.get(happening.kind, 0))
        key = story.event_key(record, happening.kind, number_id, nth)
        decisions.add_event(key, incident_id, number_id, happening, now)
    return bool(happenings) and all(
        eligibility.is_too_old(happening.kind, happening.at, now, policy.policy) for happening in happenings
    )


def _withdraw_forbidden(
    incident_id: int, record: IncidentRecord, policy: PolicyVersion, now: Instant
) -> None:
    """What this version forbids is taken back at once, from every caller it forbids it for."""
    for number_id, caller in incidents.callers(incident_id).items():
        reason = eligibility.objection_to_call(of_caller(record, caller), policy.policy)
        if reason is not None:
            withdrawal.withdraw_call(incident_id, reason, policy.id, now, number_id=number_id)
