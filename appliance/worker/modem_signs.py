"""A modem's signs of life: written when something changes, else once a minute at most."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from appliance.clock import MINUTE, Instant
from appliance.domain.records import AlarmLevel
from appliance.store import alarms, database, heartbeats
from appliance.store.sims import SWAP
from modem.device import Health

ALARM_AFTER = 2 * MINUTE
"""A modem that cannot send for this long is an alarm; shorter is a hiccup that heals."""

log = logging.getLogger(__name__)


class ModemSigns:
    """What the screen knows of one modem."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._state = ""
        self._details: dict[str, object] = {}
        self._written_at: Instant = 0
        self._trouble_since: Instant | None = None

    def ready(
        self, health: Health, now: Instant, *, told: Mapping[str, object], paused: str | None = None
    ) -> None:
        """The modem works: with this signal, on this network; `told` is what else there is to show.

        `paused`: why nothing leaves all the same, as `store.sims` names it.
        """
        details: dict[str, object] = {
            **told,
            "signal": health.signal_dbm,
            "registered": health.registered,
            "registration": health.registration,
            "operator": health.operator,
            "storage_used": health.memories[-1].used if health.memories else None,
            "storage_total": health.memories[-1].total if health.memories else None,
            "sentence": _standing(health, paused),
        }
        self._write("ready", details, now, trouble=not (health.registered and health.usable))

    def say(self, state: str, sentence: str, now: Instant, *, told: Mapping[str, object] = {}) -> None:
        """The modem does not work, and why: absent, starting, recovering or parked."""
        if state != self._state or sentence != self._details.get("sentence"):
            log.info("modem %s is %s: %s", self._name, state, sentence)
        details: dict[str, object] = {**told, "signal": None, "registered": False, "sentence": sentence}
        self._write(state, details, now, trouble=state != "starting")

    def call_person(self, now: Instant) -> None:
        """The box has done what it can: an alarm at once, whatever the modem does next."""
        with database.transaction():
            self._alarm(now)

    def _write(self, state: str, details: dict[str, object], now: Instant, *, trouble: bool) -> None:
        self._trouble_since = (self._trouble_since or now) if trouble else None
        changed = state != self._state or _told(details) != _told(self._details)
        overdue = self._trouble_since is not None and now - self._trouble_since > ALARM_AFTER
        self._state, self._details = state, details
        if not changed and now - self._written_at < MINUTE:
            return
        self._written_at = now
        subject = f"modem:{self._name}"
        with database.transaction():
            heartbeats.beat(subject, state, now, {"state": state, **details})
            if overdue and not alarms.is_open("modem_trouble", subject):
                self._alarm(now)
            elif not trouble:
                alarms.clear("modem_trouble", subject, now)

    def _alarm(self, now: Instant) -> None:
        sentence = str(self._details.get("sentence", ""))
        alarms.raise_alarm(
            "modem_trouble",
            AlarmLevel.AMBER,
            f"modem:{self._name}",
            now,
            details={"sentence": sentence},
        )


def _standing(health: Health, paused: str | None) -> str:
    if paused == SWAP:
        return "Another SIM or modem is in place; nothing is sent until `aftercall modem confirm`."
    if paused is not None:
        return f"Sending is paused ({paused}); `aftercall doctor` says why."
    if health.usable and health.registered:
        return "Ready."
    if health.registration == "roaming":
        return "The SIM is roaming: texts are received, none is sent (allow_roaming)."
    return f"Not registered with the network ({health.registration})."


def _told(details: dict[str, object]) -> tuple[object, ...]:
    """What is worth a write at once; the signal alone waits for the next minute."""
    return tuple(details.get(name) for name in ("registered", "sentence", "sim"))
