"""A history file as its feed would have told it: the versions of each call, in the order of time.

An export of history has one row a call, the last version. What was known earlier is in its times: a call
stood there as received, then as dispatched, then as closed, each told when it happened.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from itertools import count

from appliance.clock import DAY, Instant
from appliance.domain.records import IncidentRecord, changed

LOOK_BACK = 7 * DAY
"""By how much rows may be out of order and are still told in order, without holding all of them at once."""

Version = tuple[Instant, IncidentRecord]


class OutOfOrder(Exception):
    """A row lies further back than `LOOK_BACK`: the whole file has to be sorted first."""


def versions(record: IncidentRecord) -> Iterator[Version]:
    """What a feed would have told of this call, each with the instant it would have told it at."""
    received, sent = record.received_at, record.dispatched_at or record.arrived_at
    last = record.rank
    if received < last:
        yield received, _as_of(record, received)
        if sent is not None and received < sent < last:
            yield sent, _as_of(record, sent)
    yield last, record


def _as_of(record: IncidentRecord, at: Instant) -> IncidentRecord:
    def known(moment: Instant | None) -> Instant | None:
        return moment if moment is not None and moment <= at else None

    dispatched_at, arrived_at = known(record.dispatched_at), known(record.arrived_at)
    return changed(
        record,
        {
            "dispatched_at": dispatched_at,
            "arrived_at": arrived_at,
            "closed_at": known(record.closed_at),
            # The first type is what was known before anybody came.
            "call_type": record.call_type if arrived_at else record.call_type_initial or record.call_type,
            "disposition": "",
            "unit": record.unit if dispatched_at or arrived_at else "",
            "report_number": "",
            "report_status": "",
            "reopened": False,
        },
    )


def in_order(records: Iterable[IncidentRecord]) -> Iterator[Version]:
    """Every version of every record by its time, reading on as it goes. Raises OutOfOrder."""
    waiting: list[tuple[Instant, int, IncidentRecord]] = []
    numbers = count()
    told = latest = 0
    for record in records:
        if record.received_at < told:
            raise OutOfOrder
        for at, version in versions(record):
            heapq.heappush(waiting, (at, next(numbers), version))
        latest = max(latest, record.received_at)
        while waiting and waiting[0][0] < latest - LOOK_BACK:
            told, _, version = heapq.heappop(waiting)
            yield told, version
    while waiting:
        at, _, version = heapq.heappop(waiting)
        yield at, version


def all_sorted(records: Iterable[IncidentRecord]) -> Iterator[Version]:
    """The same for records in any order, which are all held at once."""
    return in_order(sorted(records, key=lambda record: record.received_at))
