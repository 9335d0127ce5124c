"""Who sends, and what it has in hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from appliance.clock import Instant
from appliance.config import Config, ModemConfig


def _nobody() -> Mapping[str, Instant]:
    return {}


@dataclass(frozen=True, slots=True)
class Sender:
    """The modem that asks: its name, its SIM, and what its SIM may send.

    `unable` tells which modems of the box cannot send now, by name, and since when this worker knows; asked
    once a claim, on a box with several modems alone. Pauses and budgets are in the database.
    """

    config: Config
    modem: ModemConfig
    sim: str
    unable: Callable[[], Mapping[str, Instant]] = field(default=_nobody)


@dataclass(frozen=True, slots=True)
class Claim:
    """A text this modem has in hand: which parts are still to go, and to whom."""

    sender: Sender
    message_id: int
    number_id: int
    key: str
    e164: str
    text: str
    parts: tuple[int, ...]
    reference: int
    validity_seconds: int
    attempts: int
    invites: bool
    """Whether the number's cool-down begins when this text leaves: only an invitation has one."""
    settles: bool
    """Whether the number knows us by this SIM from this text on."""
    sim_was_failing: bool
    """Whether the SIM has failures behind it that end when this text leaves."""
