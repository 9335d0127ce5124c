"""What a person must look at. Grouped by subject: one open alarm a code and subject."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from peewee import fn

from appliance.clock import MINUTE, Instant
from appliance.domain.records import AlarmLevel
from appliance.errors import Refused
from appliance.store.models import Alarm
from appliance.store.prepared import Prepared

OUTCOMES = ("called_back", "unit_sent", "911_has_it", "no_danger", "not_reached")
"""How a red alarm ends (behaviour 6); nothing else closes one."""

RINGS_FOR = 11 * MINUTE
"""How long the people on call are texted about an alarm nobody has seen; one raised later rings anew."""


@dataclass(frozen=True, slots=True)
class AlarmView:
    """An alarm as it is shown; its sentence is made on show from `code` and `details`."""

    id: int
    code: str
    level: AlarmLevel
    subject: str
    number_id: int | None
    reply_id: int | None
    details: Mapping[str, Any]
    count: int
    raised_at: Instant
    last_at: Instant
    unseen_at: Instant
    """Since when it waits to be seen: texts that come meanwhile do not put off the people on call."""
    acknowledged_at: Instant | None
    acknowledged_by: str | None
    closed_at: Instant | None
    closed_by: str | None
    outcome: str | None


def raise_alarm(
    code: str,
    level: AlarmLevel,
    subject: str,
    now: Instant,
    *,
    number_id: int | None = None,
    reply_id: int | None = None,
    details: Mapping[str, Any] | None = None,
) -> int:
    """Raises an alarm, or counts one more in the open alarm of the same code and subject.

    A new red text un-acknowledges its group: someone must look again.
    """
    text = json.dumps(dict(details or {}), sort_keys=True)
    same = (Alarm.code == code) & (Alarm.subject == subject) & Alarm.closed_at.is_null()
    row = Alarm.select().where(same).first()
    if row is None:
        made = Alarm.create(
            code=code,
            level=level.value,
            subject=subject,
            number=number_id,
            reply=reply_id,
            details=text,
            raised_at=now,
            last_at=now,
            unseen_at=now,
        )
        return int(made.id)
    since = row.unseen_at
    rings_anew = since is None or row.acknowledged_at is not None or now - since > RINGS_FOR
    Alarm.update(
        count=Alarm.count + 1,
        last_at=now,
        unseen_at=now if rings_anew else since,
        reply=reply_id or row.reply_id,
        details=text,
        acknowledged_at=None,
        acknowledged_by=None,
    ).where(Alarm.id == row.id).execute()
    return int(row.id)


def numbers_with(code: str, since: Instant) -> int:
    """How many numbers such an alarm was raised about since then, closed ones too."""
    raised = (Alarm.code == code) & (Alarm.last_at > since) & Alarm.number.is_null(False)
    return int(Alarm.select(fn.COUNT(fn.DISTINCT(Alarm.number))).where(raised).scalar())


def clear(code: str, subject: str, now: Instant) -> bool:
    """Closes an alarm about the box itself once its cause is gone; says whether there was one."""
    same = (Alarm.code == code) & (Alarm.subject == subject) & Alarm.closed_at.is_null()
    return bool(Alarm.update(closed_at=now, closed_by="box", outcome="cleared").where(same).execute())


def is_open(code: str, subject: str) -> bool:
    """Whether such an alarm is open."""
    same = (Alarm.code == code) & (Alarm.subject == subject) & Alarm.closed_at.is_null()
    return bool(Alarm.select().where(same).exists())


_OPEN = Prepared(
    Alarm.select().where(Alarm.closed_at.is_null()).order_by(Alarm.level != "red", Alarm.raised_at)
)


def open_alarms() -> list[AlarmView]:
    """What is open, red first, then the oldest."""
    return [_view(row) for row in _OPEN.rows()]


def recent(limit: int = 100, before_id: int | None = None) -> list[AlarmView]:
    """The latest alarms, open and closed, newest first."""
    query = Alarm.select().order_by(Alarm.id.desc()).limit(limit)
    if before_id is not None:
        query = query.where(Alarm.id < before_id)
    return [_view(row) for row in query]


def get(alarm_id: int) -> AlarmView | None:
    """One alarm."""
    row = Alarm.get_or_none(Alarm.id == alarm_id)
    return None if row is None else _view(row)


def acknowledge(alarm_id: int, by: str, now: Instant) -> bool:
    """Someone has seen it; says whether that is new."""
    fresh = (Alarm.id == alarm_id) & Alarm.acknowledged_at.is_null() & Alarm.closed_at.is_null()
    return bool(Alarm.update(acknowledged_at=now, acknowledged_by=by).where(fresh).execute())


def close(alarm_id: int, by: str, outcome: str, now: Instant) -> bool:
    """Closes it with what was done. Raises Refused for an outcome that is none."""
    if outcome not in OUTCOMES:
        raise Refused("Say what was done: " + ", ".join(OUTCOMES) + ".")
    still = (Alarm.id == alarm_id) & Alarm.closed_at.is_null()
    values = {Alarm.closed_at: now, Alarm.closed_by: by, Alarm.outcome: outcome}
    return bool(Alarm.update(values).where(still).execute())


def _view(row: Any) -> AlarmView:
    return AlarmView(
        id=row.id,
        code=row.code,
        level=AlarmLevel(row.level),
        subject=row.subject,
        number_id=row.number_id,
        reply_id=row.reply_id,
        details=json.loads(row.details),
        count=row.count,
        raised_at=row.raised_at,
        last_at=row.last_at,
        unseen_at=row.unseen_at or row.last_at,
        acknowledged_at=row.acknowledged_at,
        acknowledged_by=row.acknowledged_by,
        closed_at=row.closed_at,
        closed_by=row.closed_by,
        outcome=row.outcome,
    )
