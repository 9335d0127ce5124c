"""The fixed script of `aftercall demo --once`: sample calls, who made them, and what must come of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from appliance.demo import residents
from appliance.demo.calls import ENABLED_TYPES, SampleCall
from appliance.demo.residents import Persona

AREAS = (
    *(
        "541",
        "503",
        "971",
        "458",
        "206",
        "253",
        "360",
        "425",
        "509",
        "564",
        "208",
        "406",
        "307",
        "303",
        "719",
    ),
    *(
        "720",
        "970",
        "505",
        "575",
        "480",
        "520",
        "602",
        "623",
        "928",
        "702",
        "725",
        "775",
        "801",
        "385",
        "435",
    ),
)
ROUNDS = 4
WALK_INS = 3


@dataclass(frozen=True, slots=True)
class Part:
    """One call of the script; `excluded` is the reason nobody is asked about it, or None."""

    event_number: str
    call_type: str
    phone: str
    persona: Persona
    excluded: str | None = None


EXCLUDED: tuple[tuple[str, str, str], ...] = (
    ("DOMESTIC DISTURBANCE", "", "never_list"),
    ("SUICIDE THREAT", "", "never_list"),
    ("911 HANG UP", "", "never_list"),
    ("ASSAULT IN PROGRESS", "", "never_list"),
    ("ABANDONED VEHICLE", "", "type_not_enabled"),
    ("BARKING DOG", "", "type_not_enabled"),
    ("NOISE COMPLAINT", "none", "number_missing"),
    ("NOISE COMPLAINT", "(800) 555-0100", "number_toll_free"),
    ("PARKING VIOLATION", "911", "number_service"),
    ("THEFT-COLD", "+44 20 7946 0000", "number_foreign"),
    ("FOUND PROPERTY", "555-0199", "number_unreadable"),
)
"""Calls nobody is asked about: type, the number ("" = a good one, "none" = nothing), and the reason."""


def parts() -> tuple[Part, ...]:
    """Every call of the script, in order: each persona some times, then those nobody is asked about."""
    found: list[Part] = []
    for round_number in range(ROUNDS):
        for persona in residents.ALL:
            found.append(_asked(len(found), persona, ENABLED_TYPES[(len(found) + round_number) % 5]))
    for call_type, phone, reason in EXCLUDED:
        given = number(len(found)) if phone == "" else "" if phone == "none" else phone
        found.append(Part(event_number(len(found)), call_type, given, residents.SILENT, reason))
    return tuple(found)


def walk_ins() -> tuple[str, ...]:
    """The numbers of those who were handed a card; none of them called."""
    called = len(parts())
    return tuple(number(called + place) for place in range(WALK_INS))


def _asked(place: int, persona: Persona, call_type: str) -> Part:
    return Part(event_number(place), call_type, number(place), persona)


def event_number(place: int) -> str:
    """The call's name in the sample CAD."""
    return f"SAMPLE{26_000_100 + place}"


def number(place: int) -> str:
    """A number from the range set aside for fiction: 555-0100 to 555-0199, one area code after the other."""
    return f"+1{AREAS[place // 100 % len(AREAS)]}555{100 + place % 100:04d}"


def opened(script: Sequence[Part], now: datetime) -> list[SampleCall]:
    """The calls as they come in, a few minutes old."""
    return [_call(part, place, now) for place, part in enumerate(script)]


def closed(script: Sequence[Part], now: datetime) -> list[SampleCall]:
    """The same calls once they are closed."""
    calls = []
    for place, part in enumerate(script):
        call = _call(part, place, now)
        dispatched = call.received_at + timedelta(minutes=2)
        closed_at = call.received_at + timedelta(minutes=9)
        calls.append(
            SampleCall(
                call.event_number,
                call.call_type,
                call.phone,
                call.received_at,
                dispatched,
                closed_at,
                call.priority,
                call.beat,
                call.role,
            )
        )
    return calls


def _call(part: Part, place: int, now: datetime) -> SampleCall:
    received = now - timedelta(minutes=12, seconds=place % 50)
    beat = str(place % 4 + 1)
    return SampleCall(
        part.event_number, part.call_type, part.phone, received, beat=beat, role=part.persona.role
    )
