"""What must be remembered about a SIM across restarts, why it is paused, and what it has sent lately."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from peewee import fn

from appliance.clock import DAY, HOUR, MINUTE, Instant
from appliance.domain import budget
from appliance.domain.budget import Budget, Limits, Used
from appliance.store.models import Message, Part, Sim
from appliance.store.prepared import Prepared, bound

SWAP = "swap"
"""The pause of a SIM in a modem it does not belong to: a confirmation ends it, and nothing else."""

PERSON = "person"
"""The pause of a SIM that somebody stopped."""

SILENT_AFTER_TEXTS = 20
SILENT_AFTER = DAY
"""So many texts, each older than this and none reported on: this SIM's network sends no reports."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Why a SIM sends nothing: a failure class, `swap` or `person`; `until` None: until somebody acts.

    `since` is when the trouble began that the SIM has not got out of yet.
    """

    reason: str
    since: Instant
    until: Instant | None


@dataclass(frozen=True, slots=True)
class SimView:
    """What is known of a SIM; `rejections` and `setbacks` are those since a text was last accepted."""

    sim: str
    first_seen_at: Instant
    reported_at: Instant | None
    rejections: int
    setbacks: int
    centre: str | None
    round_trip_ms: int | None
    tested_at: Instant | None
    pause: Pause | None


_OF_SIM = Sim.sim == bound("sim")
_STANDING = Prepared(Sim.select().where(_OF_SIM).limit(1))
_REPORTED = Prepared(Sim.update(reported_at=bound("now")).where(_OF_SIM))
_WELL_AGAIN = Sim.update(rejections=0, setbacks=0, paused_at=None, paused_until=None, pause_reason=None)
_ACCEPTED = Prepared(
    _WELL_AGAIN.where(_OF_SIM & (Sim.pause_reason.is_null() | Sim.pause_reason.not_in((SWAP, PERSON))))
)
_RESUME = Prepared(_WELL_AGAIN.where(_OF_SIM & (Sim.pause_reason != SWAP)))
_SENT_SINCE = (Part.sim == bound("sim")) & (Part.sent_at > bound("since"))
_PARTS = Prepared(
    Part.select(fn.COUNT(Part.id), fn.MIN(Part.sent_at), fn.MAX(Part.sent_at)).where(_SENT_SINCE)
)
_RECIPIENTS = Prepared(Part.select(fn.COUNT(fn.DISTINCT(Message.number))).join(Message).where(_SENT_SINCE))
_HAS_TEXTED = Prepared(
    Part.select(Part.id).join(Message).where(_SENT_SINCE & (Message.number == bound("number_id"))).limit(1)
)
_UNREPORTED = Prepared(
    Part.select(Part.id).where(_SENT_SINCE & (Part.sent_at <= bound("before"))).limit(SILENT_AFTER_TEXTS)
)


def meet(sim: str, now: Instant) -> None:
    """Makes the SIM's row on first sight."""
    Sim.insert(sim=sim, first_seen_at=now).on_conflict_ignore().execute()


def note_imsi(sim: str, imsi: str) -> None:
    """Notes the subscriber's identity ("": not told), by which a card is known that tells nothing else."""
    if imsi:
        Sim.update(imsi=imsi).where(Sim.sim == sim).execute()


def of_imsi(imsi: str) -> str | None:
    """The SIM with this subscriber's identity, the one met last."""
    row = Sim.select(Sim.sim).where(Sim.imsi == imsi).order_by(Sim.first_seen_at.desc()).first()
    return None if row is None else str(row.sim)


def imsi_of(sim: str) -> str | None:
    """The subscriber's identity that was noted of a SIM."""
    row = Sim.get_or_none(Sim.sim == sim)
    return None if row is None else row.imsi


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


def forget_pin(sim: str, fingerprint: str) -> None:
    """It was remembered before its try, and the SIM took it: it does not count any more."""
    row = Sim.get_or_none(Sim.sim == sim)
    if row is not None:
        tried = [each for each in json.loads(row.pins_tried) if each != fingerprint]
        Sim.update(pins_tried=json.dumps(tried)).where(Sim.sim == sim).execute()


def has_reported(sim: str, now: Instant) -> None:
    """This SIM's network does send delivery reports."""
    _REPORTED.execute(now=now, sim=sim)


def ever_reported() -> bool:
    """Whether any SIM of this box ever brought a delivery report."""
    return bool(Sim.select().where(Sim.reported_at.is_null(False)).exists())


def is_silent(sim: str, now: Instant) -> bool:
    """Whether this SIM's network sends no delivery reports: then `sent` is all that will be known of a text.

    Each text asks for a report; the first one that comes makes the SIM one that reports again.
    """
    found = get(sim, now)
    since = 0 if found is None else found.reported_at or 0
    unreported = list(_UNREPORTED.rows(sim=sim, since=since, before=now - SILENT_AFTER))
    return len(unreported) == SILENT_AFTER_TEXTS


def silent(now: Instant) -> frozenset[str]:
    """The SIMs whose network sends no delivery reports."""
    return frozenset(str(row.sim) for row in Sim.select(Sim.sim) if is_silent(row.sim, now))


def get(sim: str, now: Instant) -> SimView | None:
    """What is known of a SIM, or None when it was never met."""
    row = _STANDING.first(sim=sim)
    return None if row is None else _view(row, now)


def pause_of(sim: str, now: Instant) -> Pause | None:
    """Why this SIM sends nothing now, if so."""
    found = get(sim, now)
    return None if found is None else found.pause


def pause(sim: str, until: Instant | None, reason: str, now: Instant) -> None:
    """Stops sending by this SIM, until then or until somebody acts; receiving goes on."""
    began = fn.COALESCE(Sim.paused_at, now)
    Sim.update(paused_at=began, paused_until=until, pause_reason=reason).where(Sim.sim == sim).execute()


def resume(sim: str, now: Instant) -> bool:
    """Ends a pause and forgets the failures before it; says whether there was one. A swap needs more."""
    return pause_of(sim, now) is not None and bool(_RESUME.execute(sim=sim))


def end_pause(sim: str, reason: str) -> None:
    """What paused the SIM for this reason is over; a pause for another one stays."""
    Sim.update(setbacks=0, paused_at=None, paused_until=None, pause_reason=None).where(
        (Sim.sim == sim) & (Sim.pause_reason == reason)
    ).execute()


def rejected(sim: str, now: Instant) -> int:
    """The network rejected one more text of this SIM; returns how many in a row."""
    meet(sim, now)
    Sim.update(rejections=Sim.rejections + 1).where(Sim.sim == sim).execute()
    return int(Sim.get_by_id(sim).rejections)


def set_back(sim: str, now: Instant) -> int:
    """The SIM failed once more, whatever the text; returns how often in a row."""
    meet(sim, now)
    Sim.update(setbacks=Sim.setbacks + 1).where(Sim.sim == sim).execute()
    return int(Sim.get_by_id(sim).setbacks)


def accepted(sim: str) -> None:
    """A text left by this SIM: whatever troubled it is over; what a person or a swap stopped stays so."""
    _ACCEPTED.execute(sim=sim)


def centre(sim: str) -> str | None:
    """The number of the SIM's message centre as it was last read, or None."""
    row = _STANDING.first(sim=sim)
    return None if row is None else row.centre


def remember_centre(sim: str, number: str) -> None:
    """Kept so that it can be set again where the modem forgets it (+CMS 330)."""
    Sim.update(centre=number).where(Sim.sim == sim).execute()


def note_round_trip(sim: str, ms: int, now: Instant) -> None:
    """How long a text to the SIM's own number took, out and in."""
    Sim.update(round_trip_ms=ms, tested_at=now).where(Sim.sim == sim).execute()


def has_texted(sim: str, number_id: int, now: Instant) -> bool:
    """Whether this SIM sent the number a text in the last 24 hours."""
    return _HAS_TEXTED.exists(sim=sim, since=now - DAY, number_id=number_id)


def budget_of(sim: str, limits: Limits, now: Instant) -> Budget:
    """What the SIM has used of each window, for the screen."""
    return budget.of(limits, use(sim, now))


def use(sim: str, now: Instant) -> Used:
    """What the SIM has sent in the last minute, hour and day."""
    counts: dict[int, tuple[int, Instant | None]] = {}
    newest: Instant | None = None
    for span in (MINUTE, HOUR, DAY):
        ((count, oldest, newest),) = _PARTS.rows(sim=sim, since=now - span)
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
        newest=newest,
    )


def _view(row: Any, now: Instant) -> SimView:
    is_paused = row.pause_reason is not None and (row.paused_until is None or row.paused_until > now)
    return SimView(
        sim=row.sim,
        first_seen_at=row.first_seen_at,
        reported_at=row.reported_at,
        rejections=row.rejections,
        setbacks=row.setbacks,
        centre=row.centre,
        round_trip_ms=row.round_trip_ms,
        tested_at=row.tested_at,
        pause=Pause(row.pause_reason, row.paused_at, row.paused_until) if is_paused else None,
    )
