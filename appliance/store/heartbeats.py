"""One row a living part of the box: when it last spoke, and how it is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from peewee import fn

from appliance.clock import Instant
from appliance.store.models import Heartbeat
from appliance.store.prepared import Prepared, bound

_LAST = Prepared(Heartbeat.select().where(Heartbeat.name == bound("name")).limit(1))


@dataclass(frozen=True, slots=True)
class Beat:
    """The last sign of life of one part (`worker`, `modem:NAME`, `feed:NAME`)."""

    name: str
    at: Instant
    state: str
    details: Mapping[str, Any]


def beat(name: str, state: str, now: Instant, details: Mapping[str, Any]) -> None:
    """Writes the sign of life; callers do so on a change, and at most once a minute otherwise."""
    Heartbeat.insert(
        name=name, at=now, state=state, details=json.dumps(dict(details), sort_keys=True)
    ).on_conflict_replace().execute()


def last(name: str) -> Beat | None:
    """The last sign of life of one part."""
    row = _LAST.first(name=name)
    return None if row is None else Beat(row.name, row.at, row.state, json.loads(row.details))


def newest() -> Instant | None:
    """The latest instant at which any part gave a sign of life."""
    found = Heartbeat.select(fn.MAX(Heartbeat.at)).scalar()
    return None if found is None else int(found)


def every(prefix: str) -> list[Beat]:
    """The signs of life of all parts of a kind, by name."""
    rows = Heartbeat.select().where(Heartbeat.name.startswith(prefix)).order_by(Heartbeat.name)
    return [Beat(row.name, row.at, row.state, json.loads(row.details)) for row in rows]
