"""Beside the outcomes of a send, which are in test_device: the held link, and the report as a proof."""

from __future__ import annotations

import pytest

from modem.channel import AFTER_REPORT
from modem.commands import SUBMIT
from modem.device import Report
from modem.errors import SendUnknown
from modem.submit import BURST_GAP
from tests.modem.scripted import PDU_OUT, PDU_OUT_LENGTH, REPORT, BareModem, Chunk, Reply
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


ANOTHERS = REPORT.replace("5114550521F3", "5114550521F4")
REPORT_AFTER = 3.0


@pytest.mark.parametrize(
    ("report", "known", "waits"),
    [
        (REPORT, (), REPORT_AFTER + AFTER_REPORT),
        (REPORT, (0x4E,), SUBMIT),
        (ANOTHERS, (), SUBMIT),
        ("", (), SUBMIT),
    ],
    ids=["of this text", "of an earlier text", "of another's", "none"],
)
def test_a_report_on_the_text_ends_the_wait_for_a_lost_result(
    report: str, known: tuple[int, ...], waits: float
) -> None:
    device, stream, bare = ready()
    for reference in known:
        bare.reference = reference
        device.send_part(PDU_OUT, PDU_OUT_LENGTH)
    said = f"\r\n+CDS: 25\r\n{report}\r\n" if report else ""
    bare.replies["^Z"] = [Chunk(said.encode(), after=REPORT_AFTER)]
    started = stream.clock.now
    with pytest.raises(SendUnknown):
        device.send_part(PDU_OUT, PDU_OUT_LENGTH)
    assert stream.clock.now - started == pytest.approx(waits, abs=0.5)
    reports = [notice for notice in device.notices() if isinstance(notice, Report)]
    assert reports == ([Report(report)] if report else [])


def test_a_result_that_only_was_slower_than_the_report_is_taken() -> None:
    device, _stream, bare = ready()
    bare.replies["^Z"] = [
        Chunk(f"\r\n+CDS: 25\r\n{REPORT}\r\n".encode(), after=1),
        Chunk(b"\r\n+CMGS: 78\r\n\r\nOK\r\n", after=3),
    ]
    assert device.send_part(PDU_OUT, PDU_OUT_LENGTH) == 78
