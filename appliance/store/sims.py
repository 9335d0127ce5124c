"""What must be remembered about a SIM across restarts, and what it has sent lately."""

from __future__ import annotations

import json

from peewee import fn

from appliance.clock import DAY, HOUR, MINUTE, Instant
from appliance.domain.budget import Used
from appliance.store.models import Message, Part, Sim
from appliance.store.prepared import Prepared, bound

_REPORTED = Prepared(Sim.update(reported_at=bound("now")).where(Sim.sim == bound("sim")))
_SENT_SINCE = (Part.sim == bound("sim")) & (Part.sent_at > bound("since"))
_PARTS = Prepared(Part.select(fn.COUNT(Part.id), fn.MIN(Part.sent_at)).where(_SENT_SINCE))
_RECIPIENTS = Prepared(Part.select(fn.COUNT(fn.DISTINCT(Message.number))).join(Message).where(_SENT_SINCE))


def meet(sim: str, now: Instant) -> None:
    """Makes the SIM's row on first sight."""
    Sim.insert(sim=sim, first_seen_at=now).on_conflict_ignore().execute()


def next_reference(sim: str) -> int:
    """The next 16-bit concatenation reference of this SIM, so that two long texts never interleave."""
    Sim.update(reference=(Sim.reference + 1).bin_and(0xFFFF)).where(Sim.sim == sim).execute()
    return int(Sim.get_by_id(sim).reference)


def pin_was_tried(sim: str, fingerprint: str) -> bool:
    """Whether this very PIN was ever given to this SIM: one try for good, or a restart loop locks it."""
    row = Sim.get_or_none(Sim.sim == sim)
    return row is not None and fingerprint in json.loads(row.pins_tried)


def remember_pin(sim: str, fingerprint: str, now: Instant) -> None:
    """Remembered before the try."""
    meet(sim, now)
    tried = json.loads(Sim.get_by_id(sim).pins_tried)
    Sim.update(pins_tried=json.dumps([*tried, fingerprint])).where(Sim.sim == sim).execute()


def has_reported(sim: str, now: Instant) -> None:
    """This SIM's network does send delivery reports."""
    _REPORTED.execute(now=now, sim=sim)


def ever_reported() -> bool:
    """Whether any SIM of this box ever brought a delivery report."""
    return bool(Sim.select().where(Sim.reported_at.is_null(False)).exists())


def use(sim: str, now: Instant) -> Used:
    """What the SIM has sent in the last minute, hour and day."""
    counts: dict[int, tuple[int, Instant | None]] = {}
    for span in (MINUTE, HOUR, DAY):
        ((count, oldest),) = _PARTS.rows(sim=sim, since=now - span)
        counts[span] = (int(count), oldest)
    recipients = _RECIPIENTS.scalar(sim=sim, since=now - DAY)
    return Used(
        minute=counts[MINUTE][0],
        hour=counts[HOUR][0],
        day=counts[DAY][0],
        recipients=int(recipients or 0),
        oldest_in_minute=counts[MINUTE][1],
        oldest_in_hour=counts[HOUR][1],
        oldest_in_day=counts[DAY][1],
    )
