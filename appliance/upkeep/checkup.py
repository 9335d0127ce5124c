"""Gathers what is known of the box for its diagnosis: heartbeats, switches, policy, what is kept of each SIM.

`aftercall doctor` and the System page show the same, from the same rows.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace

from appliance.clock import MINUTE, Instant, to_datetime
from appliance.config import Config, ModemConfig
from appliance.domain import budget, windows
from appliance.domain.diagnosis import BoxFacts, FeedFacts
from appliance.domain.modem_facts import ModemFacts, with_told
from appliance.domain.policy import Policy
from appliance.store import alarms, heartbeats, pairings, policies, sims, switches

HEARD_WITHIN = 3 * MINUTE
"""Heartbeats come once a minute; after three missed ones nobody knows."""


def of_box(config: Config, now: Instant) -> BoxFacts:
    """The box as its rows tell it; a modem is as its worker last saw it."""
    policy = _policy()
    modems = tuple(_modem(modem, policy, now) for modem in config.modem)
    return BoxFacts(
        mode=config.mode,
        hold=switches.current_hold(),
        breaker=switches.breaker(),
        clock=switches.clock_stop(),
        free_bytes=shutil.disk_usage(config.data_dir).free,
        is_running=any(modem.is_heard for modem in modems),
        modems=modems,
        feeds=tuple(_feed(feed.name, now) for feed in config.feed),
        enabled_types=None if policy is None else len(policy.call_types.allow),
        shut_windows=None if policy is None else _shut_windows(policy, config, now),
    )


def looked_at(modem: ModemFacts, seen: Mapping[str, object], now: Instant) -> ModemFacts:
    """The same modem after somebody looked at it just now in the worker's place.

    What was known of the way to it is gone; what is kept of its SIM belongs to the SIM that is there.
    """
    fresh = ModemFacts(
        modem.name,
        port=modem.port,
        allows_roaming=modem.allows_roaming,
        has_pin_file=modem.has_pin_file,
        seen_at=now,
    )
    return _with_sim(with_told(fresh, seen), now)


def _policy() -> Policy | None:
    try:
        return policies.current().policy
    except LookupError:
        return None  # a box before its `init`: it can be looked at all the same


def _modem(modem: ModemConfig, policy: Policy | None, now: Instant) -> ModemFacts:
    facts = ModemFacts(
        modem.name,
        port=modem.port,
        is_heard=False,
        allows_roaming=modem.allow_roaming,
        has_pin_file=modem.sim_pin_file is not None,
    )
    beat = heartbeats.last(f"modem:{modem.name}")
    if beat is None:
        return facts
    facts = with_told(facts, {"state": beat.state, **beat.details})
    facts = replace(facts, is_heard=now - beat.at <= HEARD_WITHIN, seen_at=beat.at)
    facts = _with_sim(facts, now)
    if policy is None or not facts.sim:
        return facts
    limits = budget.limits(policy.limits, modem.max_per_minute, modem.max_per_day)
    return replace(facts, budget=sims.budget_of(facts.sim, limits, now))


def _with_sim(facts: ModemFacts, now: Instant) -> ModemFacts:
    """What the store keeps of the SIM and of what belongs to the modem's name."""
    pairing = pairings.get(facts.name)
    known = sims.get(facts.sim, now) if facts.sim else None
    pause = None if known is None else known.pause
    return replace(
        facts,
        changed=() if pairing is None else pairing.changed,
        pause="" if pause is None else pause.reason,
        pause_until=0 if pause is None else pause.until or 0,
        round_trip_ms=None if known is None else known.round_trip_ms,
        tested_at=None if known is None else known.tested_at,
        is_test_missing=alarms.is_open("self_test_missing", f"modem:{facts.name}"),
    )


def _feed(name: str, now: Instant) -> FeedFacts:
    beat = heartbeats.last(f"feed:{name}")
    faults = [
        str(alarm.details.get("sentence") or "")
        for alarm in alarms.open_alarms()
        if (alarm.code, alarm.subject) == ("feed_fault", f"feed:{name}")
    ]
    silent = beat is not None and now - beat.at <= HEARD_WITHIN and bool(beat.details.get("silent"))
    return FeedFacts(name, is_silent=silent, fault=faults[0] if faults else "")


def _shut_windows(policy: Policy, config: Config, now: Instant) -> dict[str, str]:
    zone = config.agency.zone
    hours = {"notices of closed calls and reports": policy.notices.window, "surveys": policy.survey.window}
    return {
        texts: to_datetime(windows.next_open(window, zone, now)).astimezone(zone).strftime("%H:%M")
        for texts, window in hours.items()
        if not windows.is_open(window, zone, now)
    }
