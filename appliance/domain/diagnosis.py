"""Why a text cannot leave, or a reply not come: from facts to findings, in the order of a text's way out.

Tables of codes and when they hold; what each means stands in `appliance.domain.symptoms`. On the way from the
port to the message centre the first problem hides what lies behind it: a SIM that is not there cannot be
registered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from appliance.domain.budget import Spent
from appliance.domain.clock_trust import sentence as clock_sentence
from appliance.domain.modem_facts import ModemFacts
from appliance.domain.records import Hold
from appliance.domain.symptoms import SYMPTOMS, Level

MIB = 1 << 20
DISK_FULL = 100 * MIB
DISK_LOW = 1024 * MIB

WEAK_SIGNAL = -105
"""dBm; at this and below texts fail now and then (+CSQ ends at -113, 27.007 8.5)."""

FILLING = 0.7
MANY_RESETS = 3
RESETS = {
    "radio_cycle": "radio off and on",
    "restart": "restart",
    "usb_authorise": "USB reset",
    "hub_power": "USB power off and on",
}
"""Rungs that cost a text minutes; the milder ones are part of a modem's life."""

WINDOWS = ("minute", "hour", "day", "recipients")


@dataclass(frozen=True, slots=True)
class FeedFacts:
    """One CAD feed: whether it has fallen silent, and what its open alarm says, if it has one."""

    name: str
    is_silent: bool = False
    fault: str = ""


@dataclass(frozen=True, slots=True)
class BoxFacts:
    """The box as a whole; None: not known.

    `is_running` False: no worker gives a sign of life, and nobody has looked in its place. `shut_windows`
    names the texts that wait for their hours now, each with the time from which they may leave.
    """

    mode: str = "live"
    hold: Hold | None = None
    breaker: Hold | None = None
    clock: Hold | None = None
    free_bytes: int | None = None
    is_running: bool = True
    modems: tuple[ModemFacts, ...] = ()
    feeds: tuple[FeedFacts, ...] = ()
    enabled_types: int | None = None
    shut_windows: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to know; `about` is "box", "policy", "modem NAME" or "feed NAME"."""

    code: str
    level: Level
    about: str
    what: str
    means: str
    do: str


F = TypeVar("F")
Rule = tuple[str, Callable[[F], bool]]


def _because(reason: str) -> Callable[[ModemFacts], bool]:
    return lambda modem: not modem.is_ready and modem.reason == reason


def _at(registration: str) -> Callable[[ModemFacts], bool]:
    return lambda modem: modem.is_ready and modem.registration == registration


def _paused(*reasons: str) -> Callable[[ModemFacts], bool]:
    return lambda modem: modem.pause in reasons


def _spent(modem: ModemFacts, window: str) -> Spent:
    return Spent(0, 0) if modem.budget is None else getattr(modem.budget, window)


def _used_up(window: str) -> Callable[[ModemFacts], bool]:
    return lambda modem: 0 < _spent(modem, window).limit <= _spent(modem, window).used


def _needs_pin(modem: ModemFacts) -> bool:
    return _because("pin_needed")(modem)


def _is_unregistered(modem: ModemFacts) -> bool:
    """A modem that does not tell ("unknown") may send all the same, so that is no fault."""
    told = modem.registration not in ("unknown", "roaming")
    return modem.is_ready and told and not modem.is_registered


def _is_weak(modem: ModemFacts) -> bool:
    return modem.is_ready and modem.signal is not None and modem.signal <= WEAK_SIGNAL


def _resets(modem: ModemFacts) -> dict[str, int]:
    return {rung: modem.resets[rung] for rung in RESETS if modem.resets.get(rung)}


def _turns_callers_away(modem: ModemFacts) -> bool:
    """Against the agency's wish; "rejected" is its wish (forward_calls = false)."""
    return modem.is_ready and modem.voice in ("refused", "off", "other_number", "not_supported")


BOX: tuple[Rule[BoxFacts], ...] = (
    ("shadow", lambda box: box.mode != "live"),
    ("hold", lambda box: box.hold is not None),
    ("clock", lambda box: box.clock is not None),
    ("breaker", lambda box: box.breaker is not None),
    ("disk_full", lambda box: box.free_bytes is not None and box.free_bytes < DISK_FULL),
    ("disk_low", lambda box: box.free_bytes is not None and DISK_FULL <= box.free_bytes < DISK_LOW),
    ("no_modem", lambda box: not box.modems),
    ("worker_silent", lambda box: bool(box.modems) and not box.is_running),
)
"""The box itself, before any modem."""

CHAIN: tuple[Rule[ModemFacts], ...] = (
    ("modem_unheard", lambda modem: not modem.is_heard),
    # port
    ("port_denied", _because("port_denied")),
    ("port_busy", _because("port_busy")),
    ("port_missing", lambda modem: modem.state == "absent"),
    # modem
    ("starting", lambda modem: modem.state == "starting"),
    ("mute", _because("mute")),
    # SIM
    ("no_sim", _because("no_sim")),
    ("pin_needed", lambda modem: _needs_pin(modem) and not modem.has_pin_file),
    ("pin_waits", lambda modem: _needs_pin(modem) and modem.has_pin_file),
    ("pin_refused", _because("pin_refused")),
    ("pin_risky", _because("pin_risky")),
    ("puk_needed", _because("puk_needed")),
    ("sim_locked", _because("sim_locked")),
    ("sim_busy", _because("sim_busy")),
    ("sim_failure", _because("sim_failure")),
    ("parked", lambda modem: modem.state == "parked"),
    ("recovering", lambda modem: not modem.is_ready and modem.state != "starting"),
    ("swap", lambda modem: bool(modem.changed) or modem.pause == "swap"),
    # network
    ("denied", _at("denied")),
    ("searching", _at("searching")),
    ("unregistered", _is_unregistered),
    ("roaming", lambda modem: _at("roaming")(modem) and not modem.allows_roaming),
    # message centre
    ("no_centre", lambda modem: modem.is_ready and modem.centre == ""),
)
"""From the port to the message centre: the first of them is the one to mend."""

BESIDES: tuple[Rule[ModemFacts], ...] = (
    ("weak_signal", _is_weak),
    ("packet_only", lambda modem: _at("packet_only")(modem) and modem.round_trip_ms is None),
    ("not_attached", lambda modem: modem.is_ready and modem.is_attached is False),
    ("ims_off", lambda modem: modem.is_ready and modem.ims == "off"),
    ("ims_not_registered", lambda modem: modem.is_ready and modem.ims == "not_registered"),
    ("account", _paused("account")),
    ("rejected", _paused("rejected")),
    ("held_back", _paused("person")),
    ("resting", _paused("temporary", "configuration", "memory", "busy")),
    ("test_missing", lambda modem: modem.is_test_missing),
    ("storage_full", lambda modem: modem.fill is not None and modem.fill >= 1),
    ("storage_filling", lambda modem: modem.fill is not None and FILLING <= modem.fill < 1),
    ("voice_not_forwarded", _turns_callers_away),
    ("many_resets", lambda modem: sum(_resets(modem).values()) >= MANY_RESETS),
    ("budget_day", _used_up("day")),
    ("budget_recipients", _used_up("recipients")),
    ("budget_hour", _used_up("hour")),
    ("budget_minute", _used_up("minute")),
)
"""What may trouble a modem wherever it stands: account, storage, calls, power, budget."""

POLICY: tuple[Rule[BoxFacts], ...] = (
    ("no_types", lambda box: box.enabled_types == 0),
    ("window", lambda box: bool(box.shut_windows)),
    ("no_feed", lambda box: not box.feeds),
)
"""What the agency decided."""

FEED: tuple[Rule[FeedFacts], ...] = (
    ("feed_fault", lambda feed: bool(feed.fault)),
    ("feed_silent", lambda feed: feed.is_silent and not feed.fault),
)
"""Where calls come from."""


def findings(box: BoxFacts) -> list[Finding]:
    """Everything there is to know, in the order of a text's way out."""
    found = [_finding(code, "box", _box_values(box)) for code, holds in BOX if holds(box)]
    for modem in box.modems if box.is_running else ():
        found += of_modem(modem)
    found += [_finding(code, "policy", _box_values(box)) for code, holds in POLICY if holds(box)]
    for feed in box.feeds if box.is_running else ():
        values = {"fault": feed.fault}
        found += [_finding(code, f"feed {feed.name}", values) for code, holds in FEED if holds(feed)]
    return found


def of_modem(modem: ModemFacts) -> list[Finding]:
    """What there is to know of one modem."""
    first = next((code for code, holds in CHAIN if holds(modem)), None)
    codes = [*([] if first is None else [first]), *(code for code, holds in BESIDES if holds(modem))]
    return [_finding(code, f"modem {modem.name}", _modem_values(modem)) for code in codes]


def is_good(found: Iterable[Finding]) -> bool:
    """Whether nothing keeps texts from leaving and replies from coming."""
    return all(finding.level is not Level.PROBLEM for finding in found)


def _finding(code: str, about: str, values: Mapping[str, str]) -> Finding:
    symptom = SYMPTOMS[code]
    what, means, do = (_filled(text, values) for text in (symptom.what, symptom.means, symptom.do))
    return Finding(code, symptom.level, about, what, means, do)


def _filled(text: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        text = text.replace("{" + name + "}", value)
    return " ".join(text.split())


def _box_values(box: BoxFacts) -> dict[str, str]:
    shut = box.shut_windows or {}
    return {
        "hold_by": "" if box.hold is None else box.hold.by,
        "hold_reason": "" if box.hold is None else box.hold.reason,
        "clock_reason": "" if box.clock is None else clock_sentence(box.clock.reason),
        "breaker_reason": "" if box.breaker is None else box.breaker.reason,
        "free_mib": str((box.free_bytes or 0) // MIB),
        "shut": ", ".join(f"{texts} (from {opens})" for texts, opens in shut.items()),
    }


def _modem_values(modem: ModemFacts) -> dict[str, str]:
    told = ("name", "port", "sentence", "signal", "storage_used", "storage_total")
    values = {field: str(getattr(modem, field)) for field in told}
    changed = ["SIM" if what == "sim" else what for what in modem.changed]
    values |= {window: str(_spent(modem, window).limit) for window in WINDOWS}
    return values | {
        "trouble": modem.rung_sentence or modem.sentence or "The modem does not answer.",
        "operator": modem.operator or "no name told",
        "voice": modem.voice.replace("_", " "),
        "changed": " and another ".join(changed) or "SIM or modem",
        "failure": "" if modem.last_failure is None else modem.last_failure.sentence,
        "resets_total": str(sum(_resets(modem).values())),
        "resets_told": ", ".join(f"{RESETS[rung]}: {count}" for rung, count in _resets(modem).items()),
    }
