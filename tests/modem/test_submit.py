"""The radio link is held through a burst and never beyond it; the outcomes of a send are in test_device."""

from __future__ import annotations

import pytest

from modem.submit import BURST_GAP
from tests.modem.scripted import PDU_OUT, PDU_OUT_LENGTH, BareModem, Chunk, Reply
from tests.modem.test_device import ready

HOLD = "AT+CMMS=1"


def held(stream) -> int:
    return stream.commands().count(HOLD)


def sent(gaps: list[float], *, more: bool = False, reply: Reply = "OK") -> int:
    """How often the link was asked to be held over texts that far apart."""
    device, stream, _ = ready(BareModem(replies={HOLD: reply}))
    for gap in gaps:
        stream.clock.now += gap
        assert device.send_part(PDU_OUT, PDU_OUT_LENGTH, more=more) == 77
    return held(stream)


@pytest.mark.parametrize(
    ("gaps", "asked"),
    [
        ([0], 0),
        ([0, 0], 1),
        ([0, 0, 0, 0], 1),
        ([0, BURST_GAP + 1], 0),
        ([0, 0, BURST_GAP + 1, 0], 2),
    ],
    ids=["one text", "two at once", "a burst", "far apart", "two bursts"],
)
def test_the_link_is_held_once_a_burst(gaps: list[float], asked: int) -> None:
    assert sent(gaps) == asked


def test_a_long_text_holds_it_from_its_first_part() -> None:
    assert sent([0, 0, 0], more=True) == 1


@pytest.mark.parametrize("reply", ["ERROR", "+CMS ERROR: 303", [Chunk(b"")]], ids=["error", "cms", "mute"])
def test_a_modem_that_cannot_is_asked_once(reply: Reply) -> None:
    assert sent([0, 0, 0, 0], reply=reply) == 1
