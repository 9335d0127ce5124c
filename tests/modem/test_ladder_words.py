"""The ladder in a sentence."""

from __future__ import annotations

import pytest

from modem import ladder_words
from modem.rungs import Outcome, Rung
from modem.supervisor import Event
from tests.modem.ladders import BOTTOM, NOW, PACE, tried, working

SENTENCES = [
    ([Event.HEALTHY], [], Outcome.DONE, ""),
    ([Event.MISSED], [], Outcome.DONE, ""),
    ([Event.MISSING], [], Outcome.DONE, "The modem is not there; it is used as soon as it appears."),
    ([Event.MUTE], [], Outcome.DONE, "The modem does not answer. Next: asking again now."),
    (
        [Event.MUTE],
        [Rung.RESYNC],
        Outcome.DONE,
        "The modem does not answer; it was asked again. Next: opening its port again now.",
    ),
    (
        [Event.MUTE],
        [*BOTTOM, Rung.RADIO_CYCLE],
        Outcome.NOT_DONE,
        "The modem does not answer; radio off and on had no effect. Next: restart now.",
    ),
    (
        [Event.MUTE],
        [*BOTTOM, Rung.RADIO_CYCLE, Rung.RESTART],
        Outcome.DONE,
        "The modem does not answer; it was restarted. Next: USB reset in 60 s.",
    ),
    (
        [Event.MUTE],
        [*list(Rung), *BOTTOM],
        Outcome.DONE,
        "The modem does not answer; it was set up again. Next: radio off and on in 10 min. "
        "Somebody should look at it.",
    ),
    ([Event.NO_NETWORK], [], Outcome.DONE, "The modem finds no network. Next: radio off and on in 5 min."),
    (
        [Event.NO_NETWORK],
        [Rung.RADIO_CYCLE, Rung.RESTART, Rung.RESTART],
        Outcome.DONE,
        "The modem finds no network; it was restarted (2nd time today). Next: USB power off and on in 5 min.",
    ),
    (
        [Event.NOT_READY],
        [Rung.RESTART],
        Outcome.DONE,
        "The SIM is not ready; it is looked at again every half minute.",
    ),
    (
        [Event.MUTE],
        [*BOTTOM, Rung.RADIO_CYCLE, Rung.RESTART, Rung.USB_AUTHORISE],
        Outcome.IMPOSSIBLE,
        "The modem does not answer; USB reset is not possible here. Next: USB power off and on now.",
    ),
]


@pytest.mark.parametrize(("events", "rungs", "outcome", "said"), SENTENCES)
def test_the_ladder_in_a_sentence(
    events: list[Event], rungs: list[Rung], outcome: Outcome, said: str
) -> None:
    supervisor = working()
    for event in events:
        supervisor.heard(event, NOW)
    tried(supervisor, *rungs, outcome=outcome)
    assert ladder_words.sentence(supervisor.ladder, NOW, PACE) == said
