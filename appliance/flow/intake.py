"""IN: records of a feed become calls and events, each once, whatever their order and the file's name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from appliance.clock import Instant
from appliance.domain import eligibility, events, phone
from appliance.domain.records import EventKind, IncidentRecord
from appliance.flow import withdrawal
from appliance.store import contacts, database, decisions, incidents, numbers, outbox
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
) -> IntakeCounts:
    """Takes `(record, digest)` rows, at most 100 a commit; what was taken before counts as unchanged.

    A crash between two commits loses nothing: the file is still there, and rows taken are not taken twice.
    """
    accepted = 0
    for start in range(0, len(rows), ROWS_PER_COMMIT):
        with database.transaction():
            for record, digest in rows[start : start + ROWS_PER_COMMIT]:
                accepted += _take(record, digest, policy, own_numbers, now)
    counts = IntakeCounts(accepted, len(rows) - accepted, source.rejected, source.quarantined)
    with database.transaction():
        incidents.add_intake(source.feed, source.name, source.sha256, counts, now)
    return counts


def _take(
    record: IncidentRecord, digest: str, policy: PolicyVersion, own_numbers: frozenset[str], now: Instant
) -> bool:
    # Keyed before it is stored: a bare hash of a record gives its number away to whoever tries them all.
    digest = numbers.digest(digest)
    if incidents.was_taken(digest):
        return False
    known = incidents.find(record.feed, record.call_id)
    lock = eligibility.lock_reason(record, policy.policy)
    locked = lock or (None if known is None else known.incident.locked)
    number_id, fault = _number(record, locked, own_numbers)
    if known is None:
        incident_id = incidents.add(record, number_id, fault, None, now)
        _add_events(incident_id, None, record, number_id, policy, now)
    else:
        incident_id = known.incident.id
        _apply_version(known, record, number_id, fault, policy, now)
    incidents.remember_version(digest, incident_id, now)
    if lock is not None:
        withdrawal.lock_incident(incident_id, lock, policy.id, now)
    if locked is not None and number_id is not None:
        # Also the number of an older version, or of one that came after the lock.
        contacts.keep_from_texts(number_id, now + withdrawal.NEVER_SPAN)
    return True


def _number(
    record: IncidentRecord, locked: str | None, own_numbers: frozenset[str]
) -> tuple[int | None, str | None]:
    """The number's id, or the reason it is none; a locked call's number goes to disk as its hash only."""
    check = phone.check(record.phone, own=own_numbers)
    if check.e164 is None:
        return None, check.reason
    return (numbers.remember_hash if locked else numbers.remember)(check.e164), None


def _apply_version(
    known: StoredIncident,
    record: IncidentRecord,
    number_id: int | None,
    fault: str | None,
    policy: PolicyVersion,
    now: Instant,
) -> None:
    before = known.incident.record
    is_reopened = events.was_reopened(before, record)
    # A reopening without a later time of its own is news all the same: it takes the close back.
    if record.rank < known.rank and not (is_reopened and before.closed_at is not None):
        return
    if is_reopened or (known.incident.reopened_at is not None and before.closed_at is None):
        record = events.without_stale_close(record, known.rank)
    if is_reopened:
        before = replace(before, closed_at=None)
    after = incidents.merged(before, record)
    incidents.update(known.incident.id, after, number_id, fault, max(record.rank, known.rank), now)
    if is_reopened:
        withdrawal.reopen_incident(known.incident.id, policy.id, now)
    if known.number_id is not None and known.number_id != number_id:
        pending = decisions.pending_of(known.incident.id, known.number_id)
        withdrawal.replace_number(known.incident.id, known.number_id, policy.id, now)
        for event in pending:
            happening = events.Happening(event.kind, event.at, event.due_at)
            nth = _nth(known.incident.id, number_id, event.kind)
            _add_event(known.incident.id, after, number_id, happening, now, nth)
    _add_events(known.incident.id, before, after, number_id, policy, now)


def _add_events(
    incident_id: int,
    before: IncidentRecord | None,
    after: IncidentRecord,
    number_id: int | None,
    policy: PolicyVersion,
    now: Instant,
) -> None:
    for happening in events.derive(before, after, policy.policy, now):
        if before is None:  # nothing was told yet of a call seen for the first time
            _add_event(incident_id, after, number_id, happening, now)
        elif not outbox.has_told(incident_id, number_id, happening.kind):
            nth = _nth(incident_id, number_id, happening.kind)
            _add_event(incident_id, after, number_id, happening, now, nth)


def _add_event(
    incident_id: int,
    record: IncidentRecord,
    number_id: int | None,
    happening: events.Happening,
    now: Instant,
    nth: int = 1,
) -> None:
    key = event_key(record, happening.kind, number_id, nth)
    decisions.add_event(key, incident_id, number_id, happening, now)


def _nth(incident_id: int, number_id: int | None, kind: EventKind) -> int:
    """Which close this follows from: one more than those a reopening made void."""
    if kind not in events.OF_A_CLOSE:
        return 1
    return 1 + decisions.count_refused(incident_id, number_id, kind, "reopened")


def event_key(record: IncidentRecord, kind: EventKind, number_id: int | None, nth: int = 1) -> str:
    """What makes an event, and the text that follows from it, be once: feed, call, kind and number.

    `nth` counts the closes of a call that was reopened: the second is another event than the first.
    """
    which = kind.value if nth == 1 else f"{kind.value}#{nth}"
    return f"{record.feed}/{record.call_id}/{which}/+{number_id or 0}"
