"""A modem has come up: who it is, which SIM is in it, and what is remembered of the two."""

from __future__ import annotations

from appliance.clock import Instant
from appliance.domain import phone
from appliance.store import database, equipment, heartbeats, pairings, sims
from modem.device import Device, Identity


def belongs_here(name: str, identity: Identity) -> bool:
    """Whether modem and SIM are those that belong to the name; at first sight they do."""
    known = pairings.get(name)
    return known is None or (known.sim == _sim(name, identity) and known.imei in ("", identity.imei))


def tell_number(name: str, number: str | None, now: Instant) -> None:
    """Keeps the modem's own number where the pages find it: pushed calls from it are never texted."""
    own = phone.check(number or "").e164
    if own is not None:
        with database.transaction(leaves_work=False):
            heartbeats.beat(f"number:{name}", "ok", now, {"e164": own})


def meet(name: str, device: Device, identity: Identity, where: str, now: Instant) -> str:
    """Notes both, pauses a SIM that does not belong here, and returns the name the SIM is kept under.

    `where` is the modem's place, never a ttyUSB number. A message centre the SIM does not tell is set again.
    """
    sim = _sim(name, identity)
    with database.transaction():
        equipment.meet(identity.imei, identity.model, identity.firmware, where, now)
        sims.meet(sim, now)
        sims.note_imsi(sim, identity.imsi)
        pairings.check(name, identity.imei, sim, now)
        if device.centre:
            sims.remember_centre(sim, device.centre)
    if not device.centre:
        device.set_centre(sims.centre(sim))
    return sim


def _sim(name: str, identity: Identity) -> str:
    return pairings.recognise(name, identity.imei, identity.iccid, identity.imsi)
