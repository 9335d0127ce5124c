"""What the memory of a SIM asks of a person: it fills up, or a slot cannot be emptied."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from appliance.clock import DAY, Instant
from appliance.domain.records import AlarmLevel
from appliance.store import alarms, database

FILLS_AT = 0.7
EASES_BELOW = 0.5
TRIES = 3


def is_filling(used: int, total: int, *, was: bool) -> bool:
    """Whether a memory is so full that texts may soon stop coming in; `was`: it has been, and eases later."""
    if total <= 0:
        return False
    return used / total >= FILLS_AT or (was and used / total >= EASES_BELOW)


def heed_occupancy(modem: str, storage: str, used: int, total: int, now: Instant) -> bool:
    """Raises or clears the alarm of one memory by what is left in it; says whether it is open."""
    subject = f"modem:{modem}/{storage}"
    was = alarms.is_open("storage_filling", subject)
    fills = is_filling(used, total, was=was)
    if fills != was:
        with database.transaction(leaves_work=False):
            if fills:
                sentence = (
                    f"The message memory {storage} of the modem {modem} is filling up: {used} of {total}."
                )
                details = {"sentence": sentence}
                alarms.raise_alarm("storage_filling", AlarmLevel.AMBER, subject, now, details=details)
            else:
                alarms.clear("storage_filling", subject, now)
    return fills


@dataclass(frozen=True, slots=True)
class Place:
    """A text in a slot. Without its status: one that stays is "unread" once, then it is the same text."""

    storage: str
    slot: int
    pdu: str


class Slots:
    """The slots of one modem that could not be emptied, from one reading of its memories to the next."""

    def __init__(self, modem: str) -> None:
        self._modem = modem
        self._subject = f"modem:{modem}"
        self._tries: dict[Place, int] = {}
        self._kept_at: dict[Place, Instant] = {}
        self._is_open: bool | None = None

    def is_kept(self, place: Place, now: Instant) -> bool:
        """Whether the text there was kept already; once a day it is kept again, so that it stays known."""
        kept_at = self._kept_at.get(place)
        return kept_at is not None and now - kept_at < DAY

    def kept(self, place: Place, now: Instant) -> None:
        """Ours is safe."""
        self._kept_at[place] = now

    def settle(self, stuck: Collection[Place], now: Instant) -> list[Place]:
        """Ends one reading with what could not be emptied; returns the places that are new among them.

        After three tries it is an alarm, which clears by itself.
        """
        new = [place for place in stuck if place not in self._tries]
        self._tries = {place: self._tries.get(place, 0) + 1 for place in stuck}
        self._kept_at = {place: at for place, at in self._kept_at.items() if place in self._tries}
        for_good = sum(tries >= TRIES for tries in self._tries.values())
        if self._is_open is None:
            self._is_open = alarms.is_open("slot_stuck", self._subject)
        if (for_good > 0 and not self._is_open) or (not stuck and self._is_open):
            self._is_open = for_good > 0
            self._tell(for_good, now)
        return new

    def _tell(self, slots: int, now: Instant) -> None:
        with database.transaction(leaves_work=False):
            if slots:
                sentence = (
                    f"Texts that cannot be deleted from the memory of the modem {self._modem}: {slots}."
                )
                details = {"sentence": sentence}
                alarms.raise_alarm("slot_stuck", AlarmLevel.AMBER, self._subject, now, details=details)
            else:
                alarms.clear("slot_stuck", self._subject, now)
