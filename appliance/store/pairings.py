"""Which modem and which SIM belong to a name of the config; another one waits for a confirmation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from appliance.clock import Instant
from appliance.domain.records import AlarmLevel
from appliance.store import alarms, sims
from appliance.store import models as t

FIRST_SIGHT = "first sight"
"""Who confirmed the pair that was there when the name was first used."""


@dataclass(frozen=True, slots=True)
class Pairing:
    """A modem's name with what belongs to it (`imei`, `sim`) and what was last seen there."""

    name: str
    imei: str
    sim: str
    seen_imei: str
    seen_sim: str
    seen_at: Instant
    confirmed_at: Instant
    confirmed_by: str

    @property
    def changed(self) -> tuple[str, ...]:
        """What is another one now: "modem", "sim", both or neither. What was not told ("") is no change."""
        modem = bool(self.imei and self.seen_imei) and self.imei != self.seen_imei
        sim = self.sim != self.seen_sim
        return (*(("modem",) if modem else ()), *(("sim",) if sim else ()))

    @property
    def is_confirmed(self) -> bool:
        """Whether what is there is what belongs there."""
        return not self.changed


def recognise(name: str, imei: str, iccid: str, imsi: str) -> str:
    """The name under which the SIM in this modem is kept.

    A card may tell less of itself today than yesterday: it is another one only where a serial number that is
    told differs, or where none is told and the subscriber's identity differs.
    """
    named = sims.of_imsi(imsi) if imsi else None
    if iccid:
        was_named_otherwise = named is not None and named in (imsi, f"imei:{imei}")
        return named if named is not None and was_named_otherwise else iccid
    if named is not None:
        return named
    known = get(name)
    is_same_modem = known is not None and known.seen_imei in ("", imei)
    if known is not None and is_same_modem and not (imsi and sims.imsi_of(known.seen_sim)):
        return known.seen_sim
    return imsi or f"imei:{imei}"


def check(name: str, imei: str, sim: str, now: Instant) -> Pairing:
    """Compares what came up under a name with what belongs there; the first sight confirms itself.

    Another modem or SIM pauses the SIM that is there now, without an end; the right pair coming back lifts
    it. Receiving goes on.
    """
    row = t.Pairing.get_or_none(t.Pairing.name == name)
    if row is None:
        row = t.Pairing.create(
            name=name,
            imei=imei,
            sim=sim,
            seen_imei=imei,
            seen_sim=sim,
            seen_at=now,
            confirmed_at=now,
            confirmed_by=FIRST_SIGHT,
        )
    known_imei = row.imei or imei
    t.Pairing.update(imei=known_imei, seen_imei=imei, seen_sim=sim, seen_at=now).where(
        t.Pairing.name == name
    ).execute()
    found = _pairing(t.Pairing.get_by_id(name))
    if found.is_confirmed:
        _end(name, sim, now)
    else:
        sims.pause(sim, None, sims.SWAP, now)
        if not alarms.is_open("swap", _subject(name)):
            alarms.raise_alarm(
                "swap", AlarmLevel.AMBER, _subject(name), now, details={"changed": list(found.changed)}
            )
    return found


def confirm(name: str, imei: str, sim: str, by: str, now: Instant) -> bool:
    """A person says that this modem and this SIM belong to the name.

    False when something else is there by now: nobody confirms what they have not seen.
    """
    there = (t.Pairing.name == name) & (t.Pairing.seen_imei == imei) & (t.Pairing.seen_sim == sim)
    made = t.Pairing.update(imei=imei, sim=sim, confirmed_at=now, confirmed_by=by).where(there).execute()
    if made:
        _end(name, sim, now)
    return bool(made)


def get(name: str) -> Pairing | None:
    """What belongs to a name, or None when no modem ever came up under it."""
    row = t.Pairing.get_or_none(t.Pairing.name == name)
    return None if row is None else _pairing(row)


def listed() -> list[Pairing]:
    """Every name that ever had a modem, in order."""
    return [_pairing(row) for row in t.Pairing.select().order_by(t.Pairing.name)]


def _end(name: str, sim: str, now: Instant) -> None:
    sims.end_pause(sim, sims.SWAP)
    alarms.clear("swap", _subject(name), now)


def _subject(name: str) -> str:
    return f"modem:{name}"


def _pairing(row: Any) -> Pairing:
    return Pairing(
        name=row.name,
        imei=row.imei,
        sim=row.sim,
        seen_imei=row.seen_imei,
        seen_sim=row.seen_sim,
        seen_at=row.seen_at,
        confirmed_at=row.confirmed_at,
        confirmed_by=row.confirmed_by,
    )
