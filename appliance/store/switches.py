"""The few things that are on or off for the whole box."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from appliance.clock import Instant
from appliance.domain.records import Hold
from appliance.store.models import Switch
from appliance.store.prepared import Prepared, bound

STOPS = ("hold", "breaker", "clock")
"""Switches that stop sending, each with the reason code of the same name."""

_SWITCH = Prepared(Switch.select().where(Switch.name == bound("name")).limit(1))

_STOPPED = Prepared(
    Switch.select(Switch.name).where(Switch.name.in_(STOPS) & (Switch.value != "null")).limit(1)
)


def _set(name: str, value: object, by: str, now: Instant) -> None:
    Switch.insert(
        name=name, value=json.dumps(value), changed_at=now, changed_by=by
    ).on_conflict_replace().execute()


def hold(reason: str, by: str, now: Instant) -> None:
    """Stops sending, with the reason that is shown; receiving and its alarms go on."""
    _set("hold", reason, by, now)


def release(by: str, now: Instant) -> bool:
    """Lets sending go on; says whether there was a hold."""
    held = current_hold() is not None
    if held:
        _set("hold", None, by, now)
    return held


def current_hold() -> Hold | None:
    """The hold, if it is on."""
    row = _SWITCH.first(name="hold")
    if row is None or json.loads(row.value) is None:
        return None
    return Hold(reason=json.loads(row.value), by=row.changed_by, since=row.changed_at)


def is_sending_stopped() -> bool:
    """Whether any of `STOPS` is on: one question for all, because every claim asks it."""
    return _STOPPED.exists()


@dataclass(frozen=True, slots=True)
class Release:
    """One person has let notices go for a while; surveys wait for a second one."""

    by: str
    since: Instant
    until: Instant


def open_breaker(reason: str, now: Instant) -> None:
    """Stops notices and invitations until people have looked."""
    _set("breaker", {"reason": reason, "opened_at": now}, "breaker", now)


def close_breaker(by: str, now: Instant) -> bool:
    """Lets notices and invitations go on; says whether the breaker was open."""
    opened = breaker() is not None
    if opened:
        _set("breaker", None, by, now)
    return opened


def let_notices_go(by: str, until: Instant, now: Instant) -> None:
    """One person's release of an open breaker: notices may leave until then."""
    value = _breaker_value()
    if value is None:
        raise LookupError("the breaker is not open")
    _set("breaker", value | {"released_by": by, "released_at": now, "until": until}, by, now)


def breaker() -> Hold | None:
    """Why and since when the breaker is open, if it is; also while one person let notices go."""
    value = _breaker_value()
    return None if value is None else Hold(str(value["reason"]), "breaker", int(value["opened_at"]))


def notices_released() -> Release | None:
    """The release by one person, if there was one since the breaker opened; it may be over."""
    value = _breaker_value()
    if value is None or "released_by" not in value:
        return None
    return Release(str(value["released_by"]), int(value["released_at"]), int(value["until"]))


def _breaker_value() -> dict[str, Any] | None:
    row = _SWITCH.first(name="breaker")
    if row is None:
        return None
    value = json.loads(row.value)
    if isinstance(value, str):  # as an earlier version wrote it
        return {"reason": value, "opened_at": row.changed_at}
    return value if isinstance(value, dict) else None


def breaker_closed_at() -> Instant:
    """When the breaker was last closed by a person; 0 if it never opened."""
    row = _SWITCH.first(name="breaker")
    return 0 if row is None or json.loads(row.value) is not None else int(row.changed_at)


def stop_for_clock(reason: str, now: Instant) -> None:
    """Stops sending because nobody knows what time it is; `reason` is a code of docs/codes.md."""
    _set("clock", reason, "clock", now)


def clock_stop() -> Hold | None:
    """Why and since when the clock holds sending, if it does."""
    row = _SWITCH.first(name="clock")
    if row is None or json.loads(row.value) is None:
        return None
    return Hold(reason=json.loads(row.value), by=row.changed_by, since=row.changed_at)


def trust_clock(by: str, now: Instant) -> bool:
    """The clock is right again; says whether it was doubted."""
    doubted = clock_stop() is not None
    if doubted:
        _set("clock", None, by, now)
    return doubted


def went_live(now: Instant) -> None:
    """Remembers that this box has texted live once; from then on loosening needs two people."""
    if not has_texted_live():
        _set("texted_live", True, "worker", now)


def has_texted_live() -> bool:
    """Whether a text ever left this box."""
    return _SWITCH.exists(name="texted_live")


def secret(name: str, fresh: str, now: Instant) -> str:
    """A random value made once (the web's signing key); `fresh` is used if there is none yet."""
    Switch.insert(
        name=f"secret:{name}", value=json.dumps(fresh), changed_at=now, changed_by="box"
    ).on_conflict_ignore().execute()
    return str(json.loads(Switch.get(Switch.name == f"secret:{name}").value))


def kept_secret(name: str) -> str | None:
    """The value made once under this name, or None when there is none yet."""
    row = _SWITCH.first(name=f"secret:{name}")
    return None if row is None else str(json.loads(row.value))
