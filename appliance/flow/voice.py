"""Somebody calls the SIM: nobody answers, but the caller gets AUTO and a person can call back.

Where the network forwards calls to the agency's line, none of this happens: no call reaches the modem.
"""

from __future__ import annotations

import re

from appliance.clock import DAY, HOUR, Instant
from appliance.config import Config
from appliance.domain import phone
from appliance.domain.records import AlarmLevel
from appliance.flow import auto, taking
from appliance.store import alarms, database, fragments, heartbeats
from appliance.store.fragments import NewFragment

CHECK_EVERY = DAY
ASK_AGAIN_AFTER = 6 * HOUR
"""How soon the network is asked again when it could not be asked: nothing is heard while it is silent."""


def rang(number: str | None, sim: str, config: Config, now: Instant) -> None:
    """A call was hung up: it is kept, listed for a person, and answered once a day by AUTO.

    Without a number it is kept alone; AUTO never goes to a number that wrote STOP.
    """
    with database.transaction():
        caller = taking.sender_of(number or "", is_alphanumeric=False)
        kept = NewFragment(sim, f"{sim}/call/{now}", "", caller.key, "call", "", None)
        fragment_id = fragments.keep(kept, now)
        if fragment_id is None or caller.number_id is None:
            return
        alarms.raise_alarm(
            "voice_call",
            AlarmLevel.AMBER,
            f"number:{caller.number_id}",
            now,
            number_id=caller.number_id,
        )
        auto.say(caller.number_id, sim, f"fragment/{fragment_id}", config, now)


def forward_to(config: Config) -> str | None:
    """Where calls belong: the agency's line as a network takes it (E.164, else digits); None without one."""
    e164 = phone.check(config.agency.phone).e164
    if e164 is not None:
        return e164
    digits = re.sub(r"\D", "", config.agency.phone)
    return digits if 7 <= len(digits) <= 15 else None


def is_check_due(sim: str, now: Instant) -> bool:
    """Whether to look at the forwarding of this SIM's calls: once a day, and for a new SIM at once."""
    last = heartbeats.last(_name(sim))
    if last is None:
        return True
    return now - last.at >= (ASK_AGAIN_AFTER if last.state == "unknown" else CHECK_EVERY)


def checked(sim: str, state: str, now: Instant) -> None:
    """What the network said of the forwarding: a state of `modem.voice.Forwarding`."""
    with database.transaction(leaves_work=False):
        heartbeats.beat(_name(sim), state, now, {})


def forwarding(sim: str) -> str:
    """What is known of the forwarding, for the pages and `doctor`: a state of `modem.voice.Forwarding`."""
    last = heartbeats.last(_name(sim))
    return "unknown" if last is None else last.state


def _name(sim: str) -> str:
    return f"voice:{sim}"
