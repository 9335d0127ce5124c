"""Modems by their IMEI, and what a model with a firmware can do; a port's number is never kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from appliance.clock import Instant
from appliance.store import models as t


@dataclass(frozen=True, slots=True)
class Equipment:
    """One modem; `port` is where it was found last, `ladder` the memory of its recoveries as JSON."""

    imei: str
    model: str
    firmware: str
    port: str
    ladder: str
    first_seen_at: Instant
    last_seen_at: Instant


def meet(imei: str, model: str, firmware: str, port: str, now: Instant) -> None:
    """Notes a modem that came up; one that does not tell its IMEI ("") leaves no trace."""
    if not imei:
        return
    seen = {"model": model, "firmware": firmware, "port": port, "last_seen_at": now}
    if not t.Equipment.update(**seen).where(t.Equipment.imei == imei).execute():
        t.Equipment.create(imei=imei, first_seen_at=now, **seen)


def get(imei: str) -> Equipment | None:
    """One modem, or None when it never came up here."""
    row = t.Equipment.get_or_none(t.Equipment.imei == imei)
    return None if row is None else _equipment(row)


def listed() -> list[Equipment]:
    """Every modem that ever came up here, the one seen last first."""
    return [_equipment(row) for row in t.Equipment.select().order_by(t.Equipment.last_seen_at.desc())]


def ladder(imei: str) -> str:
    """What the recovery ladder remembers of this modem, as JSON; "{}" where there is nothing."""
    found = get(imei)
    return "{}" if found is None else found.ladder


def remember_ladder(imei: str, text: str, now: Instant) -> None:
    """Keeps the ladder's memory, also of a modem that has not come up yet."""
    if not imei:
        return
    if not t.Equipment.update(ladder=text).where(t.Equipment.imei == imei).execute():
        t.Equipment.create(
            imei=imei, model="", firmware="", port="", ladder=text, first_seen_at=now, last_seen_at=now
        )


def capabilities(model: str, firmware: str) -> str | None:
    """What this model with this firmware said it can do, as JSON, or None when it was never asked."""
    row = t.Capability.get_or_none((t.Capability.model == model) & (t.Capability.firmware == firmware))
    return None if row is None else str(row.probe)


def remember_capabilities(model: str, firmware: str, text: str, now: Instant) -> None:
    """Keeps the answer; the latest counts."""
    t.Capability.replace(model=model, firmware=firmware, probe=text, at=now).execute()


def _equipment(row: Any) -> Equipment:
    return Equipment(
        imei=row.imei,
        model=row.model,
        firmware=row.firmware,
        port=row.port,
        ladder=row.ladder,
        first_seen_at=row.first_seen_at,
        last_seen_at=row.last_seen_at,
    )
