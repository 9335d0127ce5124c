"""Whether the box may believe its clock: every rule about windows and ages hangs on it.

A box without a battery-backed clock starts at the time it was switched off; a network without a time server
never corrects it. What is doubted is the clock, not the want of a time service: a box that has none is not
held for that.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from appliance.clock import MINUTE, Instant

STEP = 5 * MINUTE
"""A clock that was set by more than this has made every age and window before it wrong."""

STEADY = 5 * MINUTE
"""How long a time service must call the clock synchronised before a step is forgotten."""


class Doubt(StrEnum):
    """Why sending waits; the sentence of each stands in docs/codes.md."""

    STEPPED = "stepped"
    BEHIND = "behind"
    UNSYNCHRONISED = "unsynchronised"


SENTENCES = {
    Doubt.STEPPED: "the clock was set by more than five minutes while the box ran",
    Doubt.BEHIND: "the clock is behind what this box has written already",
    Doubt.UNSYNCHRONISED: "the time service of this machine says that the clock is not synchronised",
}


def sentence(code: str) -> str:
    """A doubt in words; an unknown code stays as it is."""
    return SENTENCES[Doubt(code)] if code in set(Doubt) else code


@dataclass(frozen=True, slots=True)
class Signals:
    """What is known of the clock now. `newest` is the latest instant this box wrote before it started."""

    now: Instant
    newest: Instant | None = None
    step: int = 0
    """Milliseconds by which it was set since the last look, either way."""
    has_service: bool = False
    is_synchronised: bool = False
    synchronised_for: int = 0


def doubt(signals: Signals) -> Doubt | None:
    """What gives reason to doubt the clock now, the worst first."""
    if abs(signals.step) > STEP:
        return Doubt.STEPPED
    if signals.newest is not None and signals.newest - signals.now > STEP:
        return Doubt.BEHIND
    if signals.has_service and not signals.is_synchronised:
        return Doubt.UNSYNCHRONISED
    return None


def is_over(doubted: Doubt, signals: Signals) -> bool:
    """Whether a doubt ends by itself; else a person says that the clock is right."""
    if doubt(signals) is not None:
        return False
    if doubted is Doubt.STEPPED:
        return signals.has_service and signals.synchronised_for >= STEADY
    return True
