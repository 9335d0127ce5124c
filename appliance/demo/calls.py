"""Sample calls as a CAD export writes them: Cincinnati's nineteen columns, the caller's phone
and role. All invented."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

COLUMNS = (
    "ADDRESS_X",
    "LATITUDE_X",
    "LONGITUDE_X",
    "AGENCY",
    "CREATE_TIME_INCIDENT",
    "DISPOSITION_TEXT",
    "EVENT_NUMBER",
    "INCIDENT_TYPE_ID",
    "INCIDENT_TYPE_DESC",
    "PRIORITY",
    "PRIORITY_COLOR",
    "ARRIVAL_TIME_PRIMARY_UNIT",
    "CLOSED_TIME_INCIDENT",
    "DISPATCH_TIME_PRIMARY_UNIT",
    "BEAT",
    "COMMUNITY_COUNCIL_NEIGHBORHOOD",
    "DISTRICT",
    "SNA_NEIGHBORHOOD",
    "CPD_NEIGHBORHOOD",
    "CallerPhone",
    "CallerRole",
)

TIME_FORMAT = "%m/%d/%Y %I:%M:%S %p"

ENABLED_TYPES = ("NOISE COMPLAINT", "PARKING VIOLATION", "THEFT-COLD", "FOUND PROPERTY", "TRAFFIC HAZARD")
"""The call types the demo's policy texts about; everything else is refused, as on a real box."""


@dataclass(frozen=True, slots=True)
class SampleCall:
    """One call in one version; times are aware, in the zone the export is written in."""

    event_number: str
    call_type: str
    phone: str
    received_at: datetime
    dispatched_at: datetime | None = None
    closed_at: datetime | None = None
    priority: str = "4"
    beat: str = "1"
    role: str = ""


def export(calls: Sequence[SampleCall]) -> str:
    """The calls as a CSV file, header first."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    for call in calls:
        writer.writerow(
            {
                # What an export holds besides, and what the box drops before it touches the disk.
                "ADDRESS_X": "1XX SAMPLE ST",
                "LATITUDE_X": "0.0",
                "LONGITUDE_X": "0.0",
                "AGENCY": "SAMPLE",
                "CREATE_TIME_INCIDENT": _written(call.received_at),
                "DISPOSITION_TEXT": "HANDLED" if call.closed_at else "",
                "EVENT_NUMBER": call.event_number,
                "INCIDENT_TYPE_ID": call.call_type.replace(" ", "")[:6],
                "INCIDENT_TYPE_DESC": call.call_type,
                "PRIORITY": call.priority,
                "DISPATCH_TIME_PRIMARY_UNIT": _written(call.dispatched_at),
                "ARRIVAL_TIME_PRIMARY_UNIT": _written(call.dispatched_at),
                "CLOSED_TIME_INCIDENT": _written(call.closed_at),
                "BEAT": call.beat,
                "DISTRICT": call.beat,
                "CPD_NEIGHBORHOOD": "SAMPLE",
                "CallerPhone": call.phone,
                "CallerRole": call.role,
            }
        )
    return out.getvalue()


def _written(moment: datetime | None) -> str:
    return "" if moment is None else moment.strftime(TIME_FORMAT)
