"""Calls as CAD knows them: every record taken once, the latest version kept, what is locked stays locked."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from appliance.clock import MINUTE, Instant
from appliance.domain import records
from appliance.domain.records import CALLER_FIELDS, IncidentRecord
from appliance.store.models import Caller, Incident, Intake, Quarantined, Version
from appliance.store.prepared import Prepared, PreparedChange, bound

_RECORD_COLUMNS = tuple(f.name for f in fields(IncidentRecord) if f.name not in ("phone", "slot"))
_CALLER_COLUMNS = ("rank", *CALLER_FIELDS)


@dataclass(frozen=True, slots=True)
class IntakeCounts:
    """What became of the rows of one source."""

    accepted: int
    unchanged: int
    rejected: int
    quarantined: int


@dataclass(frozen=True, slots=True)
class StoredIncident:
    """A call with what only the store knows of it."""

    incident: records.Incident
    number_id: int | None
    phone_fault: str | None
    rank: Instant
    """The latest time any applied version held: an older version changes nothing."""


_OF_DIGEST = Prepared(Version.select(Version.id).where(Version.digest == bound("digest")).limit(1))
_OF_ID = Prepared(Incident.select().where(Incident.id == bound("incident_id")))
_OF_CALL = Prepared(
    Incident.select().where((Incident.feed == bound("feed")) & (Incident.call_id == bound("call_id")))
)
_ANY_WAITING = Prepared(
    Incident.select(Incident.id)
    .where(
        Incident.dispatched_at.is_null()
        & Incident.closed_at.is_null()
        & (Incident.received_at <= bound("before"))
        & (Incident.received_at > bound("since"))
    )
    .limit(1)
)


_SAID = {name: bound(name) for name in _CALLER_COLUMNS}
_SAVE_CALLER = Prepared(
    Caller.insert(
        incident=bound("incident_id"), number=bound("number_id"), added_at=bound("now"), **_SAID
    ).on_conflict(
        conflict_target=[Caller.incident, Caller.number],
        update={
            **{getattr(Caller, name): place for name, place in _SAID.items()},
            Caller.superseded_at: None,
        },
    )
)
_CALLERS = Prepared(Caller.select().where(Caller.incident == bound("incident_id")))
_IS_HELD_BACK = Prepared(
    Quarantined.select(Quarantined.id)
    .where((Quarantined.feed == bound("feed")) & (Quarantined.call_id == bound("call_id")))
    .limit(1)
)
_ADD_VERSION = Prepared(
    Version.insert(
        digest=bound("digest"), incident=bound("incident_id"), accepted_at=bound("now")
    ).on_conflict_ignore()
)
_CHANGE = PreparedChange(Incident, Incident.id == bound("incident_id"))


def was_taken(digest: str) -> bool:
    """Whether this very record was applied before."""
    return _OF_DIGEST.exists(digest=digest)


def find(feed: str, call_id: str) -> StoredIncident | None:
    """The call by its name in CAD."""
    row = _OF_CALL.first(feed=feed, call_id=call_id)
    return None if row is None else _stored(row)


def get(incident_id: int) -> StoredIncident:
    """The call by id."""
    row = _OF_ID.first(incident_id=incident_id)
    if row is None:
        raise LookupError(f"there is no call {incident_id}")
    return _stored(row)


def add(
    record: IncidentRecord, number_id: int | None, phone_fault: str | None, locked: str | None, now: Instant
) -> int:
    """A call seen for the first time."""
    row = Incident.create(
        **_columns(record),
        number=number_id,
        phone_fault=phone_fault,
        rank=record.rank,
        accepted_at=now,
        updated_at=now,
        locked=locked,
        quarantined_at=now if is_held_back(record.feed, record.call_id) else None,
    )
    return int(row.id)


def update(
    incident_id: int,
    record: IncidentRecord,
    number_id: int | None,
    phone_fault: str | None,
    rank: Instant,
    now: Instant,
) -> None:
    """A later version of a call. Its rank must not be lower; the flow sees to that."""
    changes = {
        **_columns(record),
        "number": number_id,
        "phone_fault": phone_fault,
        "rank": rank,
        "updated_at": now,
    }
    _CHANGE.execute(changes, incident_id=incident_id)


def lock(incident_id: int, reason: str) -> bool:
    """Locks the call for good; says whether that is new."""
    fresh = (Incident.id == incident_id) & Incident.locked.is_null()
    return bool(Incident.update(locked=reason).where(fresh).execute())


def mark_reopened(incident_id: int, now: Instant) -> None:
    """The call was reopened; what was planned from its close is void."""
    Incident.update(reopened_at=now).where(Incident.id == incident_id).execute()


def mark_reclassified(incident_id: int, now: Instant) -> None:
    """CAD calls it something else now: for the call's story."""
    Incident.update(reclassified_at=now).where(Incident.id == incident_id).execute()


def save_caller(incident_id: int, number_id: int, caller: records.Caller, now: Instant) -> None:
    """One of the numbers that called about this, as the latest version tells it."""
    said = {name: getattr(caller, name) for name in _CALLER_COLUMNS}
    _SAVE_CALLER.execute(incident_id=incident_id, number_id=number_id, now=now, **said)


def callers(incident_id: int) -> dict[int, records.Caller]:
    """Every number that ever called about this, by its id."""
    return {
        int(row.number_id): records.Caller(
            **{name: getattr(row, name) for name in _CALLER_COLUMNS},
            is_replaced=row.superseded_at is not None,
        )
        for row in _CALLERS.rows(incident_id=incident_id)
    }


def supersede_caller(incident_id: int, number_id: int, now: Instant) -> None:
    """CAD gives another callback number now."""
    Caller.update(superseded_at=now).where(
        (Caller.incident == incident_id) & (Caller.number == number_id)
    ).execute()


def hold_back(feed: str, source: str, line: int, mark: str, call_id: str, now: Instant) -> bool:
    """Notes where a record with a mark stood, and nothing of it; says whether that is new.

    The same mark on the same call is told once: files come again.
    """
    same = (Quarantined.feed == feed) & (Quarantined.call_id == call_id) & (Quarantined.mark == mark)
    if not call_id:
        same &= (Quarantined.source == source) & (Quarantined.line == line)
    if Quarantined.select().where(same).exists():
        return False
    Quarantined.create(feed=feed, source=source, line=line, mark=mark, call_id=call_id, at=now)
    return True


def mark_quarantined(incident_id: int, now: Instant) -> None:
    """No text about this call from now on."""
    fresh = (Incident.id == incident_id) & Incident.quarantined_at.is_null()
    Incident.update(quarantined_at=now).where(fresh).execute()


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A record that carried a mark of criminal justice information: where it stood, never what it held."""

    feed: str
    source: str
    line: int
    mark: str
    call_id: str
    at: Instant


def held_back(limit: int) -> list[HeldBack]:
    """The latest records that were held back, newest first."""
    rows = Quarantined.select().order_by(Quarantined.id.desc()).limit(limit)
    return [HeldBack(r.feed, r.source, r.line, r.mark, r.call_id, r.at) for r in rows]


def is_held_back(feed: str, call_id: str) -> bool:
    """Whether any record of this call carried a mark."""
    return _IS_HELD_BACK.exists(feed=feed, call_id=call_id)


def remember_version(digest: str, incident_id: int, now: Instant) -> None:
    """Keeps the record's hash, so that the same row never counts twice."""
    _ADD_VERSION.execute(digest=digest, incident_id=incident_id, now=now)


def add_intake(feed: str, source: str, sha256: str, counts: IntakeCounts, now: Instant) -> None:
    """One line a source taken, for the feed page."""
    Intake.create(
        feed=feed,
        source=source,
        sha256=sha256,
        at=now,
        accepted=counts.accepted,
        unchanged=counts.unchanged,
        rejected=counts.rejected,
        quarantined=counts.quarantined,
    )


_SPOKE = Prepared(
    Intake.select(Intake.at)
    .where((Intake.feed == bound("feed")) & (Intake.at >= bound("since")))
    .order_by(Intake.at)
)


def spoke_at(feed: str, since: Instant) -> list[Instant]:
    """When this feed brought something, in order."""
    return [int(row.at) for row in _SPOKE.rows(feed=feed, since=since)]


def was_source_taken(feed: str, sha256: str) -> bool:
    """Whether a source of exactly this content was taken before."""
    same = (Intake.feed == feed) & (Intake.sha256 == sha256)
    return bool(Intake.select().where(same).exists())


def waiting_too_long(after: int, now: Instant) -> list[StoredIncident]:
    """Young calls nobody was sent to for `after` milliseconds, the oldest first; told or not."""
    # Asked in every round, and nearly always there is none.
    if not _ANY_WAITING.exists(before=now - after, since=now - 60 * MINUTE):
        return []
    query = (
        Incident.select()
        .where(
            Incident.dispatched_at.is_null()
            & Incident.closed_at.is_null()
            & Incident.arrived_at.is_null()
            & (Incident.unit == "")
            & (Incident.received_at <= now - after)
            & (Incident.received_at > now - 60 * MINUTE)
            & Incident.locked.is_null()
        )
        .order_by(Incident.received_at)
    )
    return [_stored(row) for row in query]


def is_known(call_id: str) -> bool:
    """Whether any feed ever brought this call."""
    return bool(Incident.select().where(Incident.call_id == call_id).exists())


def latest_of_number(number_id: int) -> StoredIncident | None:
    """The call this number made last."""
    row = (
        Incident.select()
        .join(Caller)
        .where((Caller.number == number_id) & Caller.superseded_at.is_null())
        .order_by(Incident.received_at.desc())
        .first()
    )
    return None if row is None else _stored(row)


def _columns(record: IncidentRecord) -> dict[str, Any]:
    return {name: getattr(record, name) for name in _RECORD_COLUMNS}


def _stored(row: Any) -> StoredIncident:
    record = IncidentRecord(**{name: getattr(row, name) for name in _RECORD_COLUMNS})
    incident = records.Incident(
        id=row.id,
        record=record,
        accepted_at=row.accepted_at,
        updated_at=row.updated_at,
        locked=row.locked,
        reopened_at=row.reopened_at,
        is_quarantined=row.quarantined_at is not None,
    )
    return StoredIncident(incident, row.number_id, row.phone_fault, row.rank)
