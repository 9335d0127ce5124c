"""An exported trace replays against the driver: the same commands, the same outcomes."""

import re
import time
from dataclasses import replace

import pytest

from modem.device import Device, Health, NewMessage, Report
from modem.errors import ModemError, PortLost, SendUnknown
from modem.ports import open_port
from modem.replay import Diverged, ReplayStream, sessions
from modem.simulator.network import Network
from modem.simulator.pty import PtyModem
from modem.simulator.timers import Loop
from modem.trace import TracedStream, Transcript
from tests.modem.scripted import FakeMemory

TEXT = "0021000B915114550521F3000005E8329BFD06"  # "hello", a report asked for
LENGTH = 18


def driver(stream, monotonic):
    return Device("main", stream, memory=FakeMemory(), monotonic=monotonic)


def hear(device, kind, heard):
    """Listens until one of this kind was heard; two notices may come at once the second time."""
    for _ in range(50):
        if kind.__name__ in heard:
            return
        device.wait(1)
        heard += [type(notice).__name__ for notice in device.notices()]
    raise AssertionError(f"no {kind.__name__} in {heard}")


def a_day(device, receive):
    """What an ordinary day brings; returns what came of it."""
    identity = device.bring_up()
    found = [identity.model, identity.firmware, len(identity.imei), len(identity.iccid), device.profile.name]
    heard = []
    found.append(device.send_part(TEXT, LENGTH))
    hear(device, Report, heard)
    receive()
    hear(device, NewMessage, heard)
    for message in device.stored():
        found += [message.storage, message.slot, len(message.pdu), device.delete(message)]
    return [*found, heard, device.stored(), device.health(), device.check_settings()]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """A day at the simulated modem: its transcript and what came of it."""
    transcript = Transcript(time.monotonic)
    with PtyModem(tmp_path_factory.mktemp("pty") / "modem", Network(timers=Loop())) as modem:
        stream = TracedStream(open_port(str(modem.link)), time.monotonic, transcript)
        device = driver(stream, time.monotonic)
        outcome = a_day(device, lambda: modem.network.receive("+15415550123", "4, and thank you"))
        device.close()
    return transcript.text(), outcome


def without_operator(outcome):
    """The operator's name is masked: only that there was one comes back."""
    return [replace(one, operator=bool(one.operator)) if isinstance(one, Health) else one for one in outcome]


def test_a_transcript_replays_with_the_same_commands_and_outcomes(recorded):
    text, outcome = recorded
    replay = ReplayStream(text)
    again = a_day(driver(replay, replay.monotonic), lambda: None)
    assert without_operator(again) == without_operator(outcome)
    assert replay.is_done


FAULTS = [
    "prompt_crlf", "noise:deep=1", "one_byte", "echo_back", "garble:of=+CMGS", "half_line:of=+CMGS",
    "false_error", "bare_error", "cms_error:code=38", "cms_error:code=500,when=prompt", "unplug:when=prompt",
    "unplug:when=pdu",
]  # fmt: skip


def sent(device):
    """A bring-up and one text; what came of it, an error by its name and sentence."""
    device.bring_up()
    try:
        return device.send_part(TEXT, LENGTH), device.lost
    except ModemError as error:
        return type(error).__name__, str(error).partition(": /")[0], device.lost


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_from_the_field_happens_again(tmp_path, fault):
    transcript = Transcript(time.monotonic)
    with PtyModem(tmp_path / "modem", Network(timers=Loop())) as modem:
        device = driver(TracedStream(open_port(str(modem.link)), time.monotonic, transcript), time.monotonic)
        modem.faults.arm_text(fault)
        outcome = sent(device)
        device.close()
    replay = ReplayStream(transcript.text())
    again = sent(driver(replay, replay.monotonic))
    if outcome[-1]:  # the port's own words name its path, the replay's do not
        assert again[0] == outcome[0] and again[-1]
    else:
        assert again == outcome
    assert replay.is_done


def test_the_transcript_holds_nobody(recorded):
    text, _ = recorded
    assert "5550" not in text and "thank" not in text and TEXT[10:20] not in text
    assert not re.search(r"\d{7}", re.sub(r"^\d+\.\d+", "", text, flags=re.MULTILINE))


def test_a_driver_that_asks_something_else_is_told_where(recorded):
    text, _ = recorded
    replay = ReplayStream(text.replace("AT+CMGF=0", "AT+CMGF=1"))
    with pytest.raises(Diverged, match=r"'AT\+CMGF=1<CR>', not 'AT\+CMGF=0<CR>'"):
        driver(replay, replay.monotonic).bring_up()


def test_a_port_that_failed_fails_again(recorded):
    text, _ = recorded
    lines = text.splitlines()
    sent = next(n for n, line in enumerate(lines) if line.endswith("<^Z>"))
    replay = ReplayStream("\n".join([*lines[: sent + 1], f"{lines[sent].split()[0]} ! PortLost"]))
    device = driver(replay, replay.monotonic)
    device.bring_up()
    with pytest.raises(SendUnknown):
        device.send_part(TEXT, LENGTH)
    assert device.lost
    with pytest.raises(PortLost):
        device.stored()


def test_hours_of_silence_pass_at_once():
    replay = ReplayStream("10.000 > AT<CR>\n13609.500 < OK<CR>\n")
    replay.write(b"AT\r")
    started = time.monotonic()
    assert replay.read(3600) == b"" and replay.monotonic() == 3610.0
    assert replay.read(36000) == b"OK\r\n" and replay.monotonic() == 13609.5
    assert time.monotonic() - started < 5


def test_a_transcript_of_several_openings_is_cut_into_whole_sessions():
    text = (
        "1.000 < OK<CR>\n2.000 ! opened\n3.000 > AT<CR>\n4.000 ! PortLost\n5.000 ! opened\n6.000 > ATE0<CR>\n"
    )
    assert sessions(text) == [
        "2.000 ! opened\n3.000 > AT<CR>\n4.000 ! PortLost\n",
        "5.000 ! opened\n6.000 > ATE0<CR>\n",
    ]


FILLED = [
    # what stands in the transcript, what the driver reads
    ('+CSCA: "<number 12>",145<CR>', '+CSCA: "+15415550100",145\r\n'),
    ("<number 15><CR>", "890111111111111\r\n"),
    ('+CRSM: 144,0,"<pdu 10>"<CR>', '+CRSM: 144,0,"98101010101010101010"\r\n'),
    ('+COPS: 0,0,"<text 4>",7<CR>', '+COPS: 0,0,"xxxx",7\r\n'),
    ("> ", "> "),
    ("OK<LF>", "OK\n"),
]


@pytest.mark.parametrize("shown, read", FILLED)
def test_what_was_masked_is_made_up(shown, read):
    assert ReplayStream(f"1.000 < {shown}\n").read(0) == read.encode()
