"""What the recovery ladder does, in one plain sentence for the screen."""

from __future__ import annotations

from collections.abc import Mapping

from modem.rungs import DAY, RADIO, Outcome, Pace, Rung, within
from modem.supervisor import Ladder, State, Trouble, upcoming

_TROUBLE: Mapping[Trouble, str] = {
    Trouble.ABSENT: "The modem is not there; it is used as soon as it appears",
    Trouble.HELD: "Another program holds the modem's port; it is asked for every few seconds",
    Trouble.SIM: "The SIM is not ready; it is looked at again every half minute",
    Trouble.REFUSES: "The modem answers but does not take its settings",
    Trouble.MUTE: "The modem does not answer",
    Trouble.NO_NETWORK: "The modem finds no network",
}

_WORDS: Mapping[Rung, tuple[str, str]] = {
    Rung.RESYNC: ("it was asked again", "asking again"),
    Rung.REOPEN: ("its port was opened again", "opening its port again"),
    Rung.REINIT: ("it was set up again", "setting it up again"),
    Rung.RADIO_CYCLE: ("its radio was switched off and on", "radio off and on"),
    Rung.RESTART: ("it was restarted", "restart"),
    Rung.USB_AUTHORISE: ("it was taken off the USB bus and put back", "USB reset"),
    Rung.HUB_POWER: ("its USB power was switched off and on", "USB power off and on"),
    Rung.PERSON: ("somebody was called", "calling somebody"),
}
"""What was done, and the name of doing it."""


def sentence(ladder: Ladder, now: float, pace: Pace) -> str:
    """What is wrong, what was done about it last, and what comes next; "" where nothing is wrong."""
    if ladder.trouble is None or ladder.state is State.WORKING:
        return ""
    said = _TROUBLE[ladder.trouble]
    rung = upcoming(ladder, now, pace)
    if rung is not None and ladder.last is not None:
        said += f"; {_done(ladder, ladder.last, now)}"
    said += "."
    if rung is not None and rung.rung is not None:
        said += f" Next: {_WORDS[rung.rung][1]} {_when(rung.at - now)}."
    return f"{said} Somebody should look at it." if ladder.needs_person else said


def _done(ladder: Ladder, rung: Rung, now: float) -> str:
    done, name = _WORDS[rung]
    outcome = ladder.record(rung).outcome
    if outcome is Outcome.IMPOSSIBLE:
        return f"{name} is not possible here"
    if outcome is Outcome.NOT_DONE:
        return f"{name} had no effect"
    today = sum(attach.rung is rung for attach in within(ladder.attaches, DAY, now))
    return f"{done} ({_ordinal(today)} time today)" if rung in RADIO and today > 1 else done


def _ordinal(number: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th") if number % 100 not in (11, 12, 13) else "th"
    return f"{number}{ending}"


def _when(seconds: float) -> str:
    if seconds < 1:
        return "now"
    if seconds <= 90:
        return f"in {seconds:.0f} s"
    return f"in {-(-seconds // 60):.0f} min"
