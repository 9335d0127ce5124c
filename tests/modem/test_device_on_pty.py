"""The device through a real pty and pyserial, against the simulated modem and its faults."""

import threading
import time
from collections.abc import Iterator

import pytest

from modem.device import Device, NewMessage, Report
from modem.errors import ModemError, PortLost, PortMissing, SendRefused, SendUnknown
from modem.ports import open_port
from modem.simulator.network import Network
from modem.simulator.pty import PtyModem
from modem.simulator.timers import Loop
from modem.trace import TracedStream
from tests.modem.scripted import FakeMemory

TEXT = "0021000B915114550521F3000005E8329BFD06"  # "hello", a report asked for
LENGTH = 18


@pytest.fixture
def modem(tmp_path) -> Iterator[PtyModem]:
    with PtyModem(tmp_path / "modem", Network(timers=Loop())) as simulated:
        yield simulated


def device_on(modem: PtyModem) -> Device:
    stream = TracedStream(open_port(str(modem.link)), time.monotonic)
    return Device("main", stream, memory=FakeMemory(), monotonic=time.monotonic)


def notices_until(device, kind, count):
    """What the modem says, until it said `count` of a kind; fails after ten seconds."""
    found, until = [], time.monotonic() + 10
    while sum(isinstance(notice, kind) for notice in found) < count:
        assert time.monotonic() < until, found
        device.wait(1)
        found += device.notices()
    return found


def test_a_text_there_its_report_and_an_answer_back(modem):
    device = device_on(modem)
    identity = device.bring_up()
    assert identity.sim == identity.iccid != ""
    reference = device.send_part(TEXT, LENGTH)
    report = next(n for n in notices_until(device, Report, 1) if isinstance(n, Report))
    assert int(report.pdu[18:20], 16) == reference
    modem.network.receive("+15415550123", "4")
    notices_until(device, NewMessage, 1)
    (stored,) = device.stored()
    assert device.delete(stored)
    assert device.stored() == []
    device.close()


def test_every_report_of_a_burst_is_heard(modem):
    device = device_on(modem)
    device.bring_up()
    for _ in range(50):
        device.send_part(TEXT, LENGTH)
    assert len(notices_until(device, Report, 50)) == 50
    device.close()


FAULTS = [
    # fault, outcome, texts that left
    ("prompt_crlf", int, 1),
    ("noise:deep=1", int, 1),
    ("one_byte", int, 1),
    ("echo_back", SendRefused, 0),  # as after a restart nobody told of: it is set up anew first
    ("garble:of=+CMGS", SendUnknown, 1),
    ("half_line:of=+CMGS", SendUnknown, 1),
    ("false_error", SendUnknown, 1),
    ("bare_error", SendUnknown, 1),
    ("cms_error:code=38", SendRefused, 0),
    ("cms_error:code=500,when=prompt", SendRefused, 0),
    ("no_network", SendRefused, 0),
    ("unplug:when=prompt", PortLost, 0),
    ("unplug:when=entry", SendUnknown, 0),
    ("unplug:when=pdu", SendUnknown, 1),
]


@pytest.mark.parametrize("fault, outcome, left", FAULTS, ids=[fault[0] for fault in FAULTS])
def test_what_a_send_says_is_what_happened(modem, fault, outcome, left):
    device = device_on(modem)
    device.bring_up()
    modem.faults.arm_text(fault)
    given: object
    try:
        given = device.send_part(TEXT, LENGTH)
    except ModemError as error:
        given = error
    assert type(given) is outcome
    assert len(modem.network.parts) == left
    assert device.lost is fault.startswith("unplug")
    modem.faults.disarm()
    if not device.lost:
        if not device.is_as_set_up():
            device.bring_up()
        device.send_part(TEXT, LENGTH)
        assert len(modem.network.parts) == left + 1
    device.close()


def test_an_unplug_ends_an_idle_wait_and_a_replug_is_found_under_the_same_name(modem):
    device = device_on(modem)
    device.bring_up()
    threading.Timer(0.05, modem.unplug).start()
    with pytest.raises(PortLost):
        device.wait(60)
    assert device.lost
    with pytest.raises(PortMissing):
        open_port(str(modem.link))
    modem.replug()
    again = device_on(modem)
    again.bring_up()
    again.send_part(TEXT, LENGTH)
    again.close()


def test_a_wake_from_another_thread_ends_a_wait(modem):
    device = device_on(modem)
    device.bring_up()
    started = time.monotonic()
    threading.Timer(0.05, device.wake).start()
    device.wait(60)
    assert time.monotonic() - started < 30
    device.close()
