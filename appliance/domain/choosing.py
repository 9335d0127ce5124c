"""By which SIM a text leaves, where a box has several: one number, one SIM, for good (behaviour 4).

A number sticks to the SIM it knows us by. A text waits for that SIM and goes by another only when that one
cannot send for longer than the text can wait; the next text of an open survey never does, because residents
answer the number that wrote.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from appliance.clock import MINUTE, SECOND, Instant
from appliance.domain.records import Lane

MOVES_AFTER: Mapping[Lane, int | None] = {
    Lane.CONFIRMATION: MINUTE,
    Lane.CONVERSATION: None,
    Lane.NOTICE: 10 * MINUTE,
    Lane.INVITATION: 10 * MINUTE,
}
"""How long its SIM cannot send before a text goes by another; None: it never does."""

MOVES_AT_ONCE = ("alert",)
"""Texts to our own people: nobody answers them, and none can wait."""

NEVER_MOVES = ("selftest",)
"""A text of a SIM to itself says something of that SIM alone."""

HESITATION = 5 * SECOND
"""How long a text to a new number is left for the SIM with most room; then any that can takes it."""

_BUDGETED = frozenset({Lane.NOTICE, Lane.INVITATION})


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which a SIM cannot send; `until` None: nobody knows.

    `is_lasting`: not without a person. `is_brake`: the network slows the SIM down, and what it holds back
    must not come by another: that would evade a filter (behaviour 4).
    """

    since: Instant
    until: Instant | None = None
    is_lasting: bool = False
    is_brake: bool = False


@dataclass(frozen=True, slots=True)
class SimState:
    """One SIM of the box as a claim sees it."""

    sim: str
    room: int
    """How many SMS it may still send today: the more, the sooner it gets a new number."""
    absent: Gap | None = None
    """Its modem is away, or the SIM is paused: nothing leaves."""
    spent: Gap | None = None
    """Its budget is used up: notices and invitations wait."""
    is_busy: bool = False
    """It has a text in hand."""
    takes_new_numbers: bool = True
    """Whether it may text one more number today."""

    def gap(self, lane: Lane) -> Gap | None:
        """Why a text of this lane cannot leave by it now, if so."""
        return self.absent or (self.spent if lane in _BUDGETED else None)


def may_move(state: SimState, lane: Lane, kind: str, now: Instant) -> bool:
    """Whether a text that belongs to this SIM may go by another one now.

    What counts is the whole gap, the part still to come included where it is known.
    """
    gap = state.gap(lane)
    after = 0 if kind in MOVES_AT_ONCE else MOVES_AFTER[lane]
    if gap is None or after is None or kind in NEVER_MOVES:
        return False
    if gap.is_brake and lane in _BUDGETED:
        return False
    return gap.is_lasting or max(now, gap.until or now) - gap.since >= after


def takes(own: SimState, states: Iterable[SimState], lane: Lane, waited: int) -> bool:
    """Whether `own` takes a text that may go by any SIM: the one with most room does, at a tie the first.

    `states` in the order of the config, `own` among them; `waited` since the text was due.
    """
    if waited >= HESITATION:
        return True
    rivals = [
        state
        for state in states
        if state.sim == own.sim or (state.gap(lane) is None and state.takes_new_numbers and not state.is_busy)
    ]
    return max(rivals, key=lambda state: state.room).sim == own.sim
