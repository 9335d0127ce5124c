"""Catalogue 32-46 and 83: handing a text over."""

from __future__ import annotations

from pathlib import Path

import pytest

from modem import pdu
from modem.device import LateAccept, Restarted
from modem.errors import FailureClass, ModemError, NoReply, SendRefused, SendUnknown
from tests.modem.catalogue.stage import LENGTH, TEXT, heard, plugged_in, send, working
from tests.modem.scripted import BareModem, Chunk
from tests.modem.test_device import ready

CTRL_Z = b"\x1a"


def test_b32_a_prompt_without_a_blank_and_with_a_line_end(tmp_path: Path) -> None:
    with plugged_in(tmp_path) as modem, working(modem) as device:
        modem.faults.arm("prompt_crlf")
        send(device)
        assert len(modem.network.parts) == 1


@pytest.mark.parametrize("fault", ["false_error:code=500", "false_error:code=332", "bare_error"])
def test_b33_an_error_for_a_text_that_left_is_unknown(fault: str, tmp_path: Path) -> None:
    with plugged_in(tmp_path) as modem, working(modem) as device:
        modem.faults.arm_text(fault)
        with pytest.raises(SendUnknown):
            send(device)
        assert len(modem.network.parts) == 1
        send(device)  # the next one is not held up


@pytest.mark.parametrize("seconds", [60, 135, 179])
def test_b34_a_slow_network_is_waited_for(seconds: int) -> None:
    late = [Chunk(b"\r\n+CMGS: 9\r\n\r\nOK\r\n", after=seconds)]
    device, _, _ = ready(BareModem(replies={"^Z": late}))
    assert send(device) == 9


def test_b34_what_comes_later_still_is_told_to_whoever_asks() -> None:
    device, _, _ = ready(BareModem(replies={"^Z": [Chunk(b"\r\n+CMGS: 9\r\n\r\nOK\r\n", after=240)]}))
    with pytest.raises(SendUnknown):
        send(device)
    device.wait(120)
    assert device.notices() == [LateAccept(9)]


def test_b35_an_ok_before_the_text_and_then_nothing_is_unknown() -> None:
    bare = BareModem()

    def prompt(modem: BareModem, _line: str) -> str:
        modem.entering = True
        return ">\nOK"

    bare.replies |= {"AT+CMGS": prompt, "^Z": [Chunk(b"")]}
    device, stream, _ = ready(bare)
    began = stream.clock.now
    with pytest.raises(SendUnknown):
        send(device)
    assert stream.clock.now - began < 60
    bare.replies.clear()
    assert send(device) == 77


def test_b36_one_bad_number_leaves_the_next_text_alone(tmp_path: Path) -> None:
    with plugged_in(tmp_path) as modem, working(modem) as device:
        modem.faults.arm("cms_error", code=38, to="+15415550123", times=3)
        for _ in range(3):
            with pytest.raises(SendRefused) as refusal:
                send(device)
            assert refusal.value.failure is FailureClass.TEMPORARY
            (part,) = pdu.encode_submit("+15415550124", "next", reference=0, validity_seconds=None)
            device.send_part(part.hex, part.length)
        assert [part.recipient for part in modem.network.parts] == ["+15415550124"] * 3


ANSWERS = [
    ("b37 rejected, perhaps throttled", 21, FailureClass.REJECTED),
    ("b41 out of credit", 34, FailureClass.ACCOUNT),
    ("b41 barred", 8, FailureClass.ACCOUNT),
    ("b44 not ready", 512, FailureClass.BUSY),
    ("b44 working on another command", 515, FailureClass.BUSY),
]


@pytest.mark.parametrize("code, failure", [a[1:] for a in ANSWERS], ids=[a[0] for a in ANSWERS])
def test_b37_b41_b44_each_code_has_its_class(code: int, failure: FailureClass, tmp_path: Path) -> None:
    with plugged_in(tmp_path) as modem, working(modem) as device:
        modem.faults.arm("cms_error", code=code)
        with pytest.raises(SendRefused) as refusal:
            send(device)
        assert (refusal.value.failure, refusal.value.code) == (failure, code)
        assert modem.network.parts == []


def test_b39_two_long_texts_to_one_person_cannot_be_mixed_up() -> None:
    texts = ["a" * 400, "b" * 400]
    pdus = [
        pdu.encode_submit("+15415550123", text, reference=number, validity_seconds=None)
        for number, text in enumerate(texts, 0x0101)  # alike in their low eight bits' width, not in sixteen
    ]
    marks = {pdu.decode_submit(part.tpdu).concat for parts in pdus for part in parts}
    assert {mark.reference for mark in marks if mark} == {0x0101, 0x0102}
    assert all(mark is not None and mark.wide for mark in marks)


def test_b42_a_message_centre_the_modem_forgot_is_set_again() -> None:
    device, stream, bare = ready(BareModem(replies={'AT+CSCA="+15415550100",145': "OK"}))
    bare.replies["AT+CMGS"] = "+CMS ERROR: 330"
    with pytest.raises(SendRefused) as refusal:
        send(device)
    assert refusal.value.failure is FailureClass.CONFIGURATION
    assert device.restore_centre()
    assert stream.commands()[-1] == 'AT+CSCA="+15415550100",145'
    del bare.replies["AT+CMGS"]
    assert send(device) == 77


def test_b43_a_modem_that_freezes_after_a_send_is_noticed_at_the_next_command() -> None:
    device, stream, _ = ready()
    assert send(device) == 77
    stream.answer = lambda _: []
    began = stream.clock.now
    with pytest.raises(NoReply):
        device.health()
    assert stream.clock.now - began < 60
    assert CTRL_Z not in b"".join(stream.written[2:])


TEMPTATIONS = [b'\r\n+CMTI: "SM",1\r\n', b"\r\nRING\r\n", b"\r\n> ", b"\r\n+CREG: 0\r\n", b"\r\nOK"]


def test_b45_nothing_is_written_while_a_text_is_on_its_way() -> None:
    said = [Chunk(line, after=10.0 * place) for place, line in enumerate(TEMPTATIONS, 1)]
    said.append(Chunk(b"\r\n+CMGS: 9\r\n\r\nOK\r\n", after=90))
    device, stream, _ = ready(BareModem(replies={"^Z": said}))
    device.wake()
    assert send(device) == 9
    assert stream.written == [f"AT+CMGS={LENGTH}\r".encode(), TEXT.encode() + CTRL_Z]


WEDGED = {
    "no prompt": {"AT+CMGS": [Chunk(b"")]},
    "no result": {"^Z": [Chunk(b"")]},
    "an entry that is still open": {"AT+CMGF?": "+CMGF: 0\n>"},
}


@pytest.mark.parametrize("wedge", WEDGED)
def test_b46_a_wedged_modem_gets_esc_and_never_ctrl_z(wedge: str) -> None:
    device, stream, bare = ready()
    bare.replies |= WEDGED[wedge]
    try:
        send(device)
    except ModemError as error:
        assert isinstance(error, NoReply | SendUnknown)
    written = len(stream.written)
    try:
        device.health()
        device.check_settings()
    except ModemError as error:
        assert isinstance(error, NoReply)
    assert CTRL_Z not in b"".join(stream.written[written:])
    assert wedge == "an entry that is still open" or b"\x1b" in b"".join(stream.written)


def test_b83_a_modem_that_resets_itself_over_a_text_is_not_waited_for(tmp_path: Path) -> None:
    device, stream, _ = ready(BareModem(replies={"^Z": [Chunk(b"\r\nRDY\r\n", after=1)]}))
    began = stream.clock.now
    with pytest.raises(SendUnknown, match="restarted"):
        send(device)
    assert stream.clock.now - began < 2
    with plugged_in(tmp_path) as modem, working(modem) as live:
        modem.faults.arm("lost_result")
        modem.network.on_sent = lambda _: modem.faults.arm("self_reset")
        with pytest.raises(SendUnknown):
            send(live)
        assert heard(live, Restarted)
        assert len(modem.network.parts) == 1
