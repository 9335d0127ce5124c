"""Made-up days of an agency, the same for the same seed: calls with all that happens to calls."""

from __future__ import annotations

import random
from dataclasses import replace

from appliance.clock import HOUR, MINUTE, SECOND, Instant
from appliance.domain.records import IncidentRecord
from appliance.replay.history import Version

TYPES = (
    *("NOISE COMPLAINT",) * 5, *("PARKING",) * 3, "GRAFFITI", "DOMESTIC DISTURBANCE", "WELFARE CHECK",
)  # fmt: skip


def calls(seed: int, count: int, began: Instant, span: int) -> list[Version]:
    """Versions of so many calls, by the time they are told, all within `span` from `began`."""
    chance = random.Random(seed)
    told: list[Version] = []
    for n in range(count):
        told += _call(chance, f"26-{n:05d}", began + chance.randrange(span))
    return sorted(told, key=lambda version: version[0])


def _number(chance: random.Random) -> str:
    return chance.choice(("", "911", "541-555-01", "800-234-5678")) if chance.random() < 0.08 else (
        f"541-555-01{chance.randrange(40):02d}"
    )  # fmt: skip


def _call(chance: random.Random, call_id: str, at: Instant) -> list[Version]:
    at -= at % SECOND
    record = IncidentRecord(
        feed="cad",
        call_id=call_id,
        received_at=at,
        call_type=chance.choice(TYPES),
        priority=chance.choice("2345"),
        phone=_number(chance),
        self_initiated=chance.random() < 0.1,
        language=chance.choice(("", "", "es")),
        do_not_text=chance.random() < 0.03,
    )
    told = [(at, record)]
    if chance.random() < 0.1:
        at += MINUTE
        told.append((at, replace(record, role="witness", phone=_number(chance))))
    if chance.random() < 0.85:
        at += chance.choice((MINUTE, 5 * MINUTE, 30 * MINUTE))
        record = replace(record, dispatched_at=at, unit="4A12")
        told.append((at, record))
    if chance.random() < 0.1:
        at += MINUTE
        record = replace(record, phone=_number(chance), arrived_at=at)
        told.append((at, record))
    if chance.random() < 0.08:
        at += MINUTE
        record = replace(record, call_type=chance.choice(TYPES), arrived_at=at)
        told.append((at, record))
    if chance.random() < 0.9:
        at += chance.choice((10 * MINUTE, HOUR))
        record = replace(record, closed_at=at, disposition=chance.choice(("", "ADV", "DV REPORT", "GOA")))
        told.append((at + chance.choice((0, 0, 0, 40 * MINUTE)), record))
    if record.closed_at and chance.random() < 0.1:
        at = told[-1][0] + 10 * MINUTE
        record = replace(record, dispatched_at=at, closed_at=None)
        told.append((at, record))
        told.append((at + 20 * MINUTE, replace(record, closed_at=at + 20 * MINUTE)))
    return told
