"""What scenes at a foreign modem have in common: residents, their patience, and a table to enter them in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.foreign.box import Box
from tests.foreign.network import Arrival, Network

FIRST, SECOND, THIRD = (f"+154155501{digits}" for digits in ("23", "24", "25"))

READY_WITHIN = 20.0
PATIENCE = 40.0
"""Seconds on a machine that has more to do."""

Scene = Callable[[Path], None]


def scenes_of() -> tuple[dict[str, Scene], Callable[[Scene], Scene]]:
    """A table of scenes and what enters one under its name."""
    table: dict[str, Scene] = {}

    def enter(play: Scene) -> Scene:
        table[getattr(play, "__name__", "")] = play
        return play

    return table, enter


def patient_answers(arrival: Arrival) -> str | None:
    """A resident who answers everything."""
    if "Anything else" in arrival.text:
        return "All was said"
    return "4" if "eply 1" in arrival.text else None


def thanked(network: Network, *residents: str) -> bool:
    done = {arrival.recipient for arrival in network.arrivals if "Thank you" in arrival.text}
    return done >= set(residents)


def ended(box: Box, *residents: str) -> bool:
    """Everybody was thanked, save who never got the first question and stands there as `unknown`."""
    left = {each for each in residents if not thanked(box.network, each)}
    if not left or box.clock() - max((a.at for a in box.network.arrivals), default=box.clock()) < 2.0:
        return not left
    asked = {arrival.recipient for arrival in box.network.arrivals if "How satisfied" in arrival.text}
    states = {(text["kind"], text["to"]): text["state"] for text in box.cli("messages")}
    return all(each not in asked and states.get(("q_overall", each)) == "unknown" for each in left)


def settled(box: Box) -> bool:
    """Nothing left in the SIM and everything said is kept."""
    return box.stored() == 0


def idle(box: Box) -> bool:
    """Nothing in hand, in the SIM or on its way back."""
    return settled(box) and {text["state"] for text in box.cli("messages")} == {"delivered"}


def ready(box: Box, seconds: float = READY_WITHIN) -> None:
    box.wait(lambda: box.modem.session.indications[1] > 0, seconds, "the modem was never set up")
