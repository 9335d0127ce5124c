"""Conversations: bytes in, bytes out, as 27.005, 27.007 and V.250 have them."""

from __future__ import annotations

import pytest

from modem.pdu import encode_submit
from modem.simulator.equipment import Sim
from tests.modem.simulator.conversation import CTRL_Z, ESC, OK, OWN, RESIDENT, Conversation, info

ERROR = b"\r\nERROR\r\n"
OWN_UCS2 = OWN.encode("utf-16-be").hex().upper().encode()


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        pytest.param(b"AT\r", OK, id="attention"),
        pytest.param(b"at\r", OK, id="small letters"),
        pytest.param(b"\x1b\x00xxAT\r", OK, id="noise before AT"),
        pytest.param(b"hello\r", b"", id="no AT, no answer"),
        pytest.param(b"ATT\x08\r", OK, id="backspace"),
        pytest.param(b"AT\r\n", OK, id="line feed after CR"),
        pytest.param(b"AT\rAT\r", OK + OK, id="two lines at once"),
        pytest.param(b"AT+NOSUCH\r", ERROR, id="unknown"),
        pytest.param(b"AT^CURC=0\r", ERROR, id="another maker's command"),
        pytest.param(b"AT+CSQ=\r", ERROR, id="wrong form"),
        pytest.param(b'AT+CPMS="SM\r', ERROR, id="open quote"),
        pytest.param(b"AT+CMGR=x\r", ERROR, id="no number"),
        pytest.param(b"AT+CSQ\r", info(b"+CSQ: 21,99"), id="signal"),
        pytest.param(b"AT+CSQ;+CREG?\r", b"\r\n+CSQ: 21,99\r\n" + info(b"+CREG: 0,1"), id="two in a line"),
        pytest.param(b"AT+CSQ;+NOSUCH;+CSQ\r", b"\r\n+CSQ: 21,99\r\n" + ERROR, id="stops at the wrong one"),
        pytest.param(b"ATE0V1Q0+CMEE=1\r", OK, id="basic then extended"),
        pytest.param(b"AT+CREG=2;+CREG?\r", info(b'+CREG: 2,1,"1A2B","00C3D4E5",7'), id="with cell"),
        pytest.param(b"AT+CEREG=?\r", info(b"+CEREG: (0-2)"), id="registration test"),
        pytest.param(b"AT+CREG=3\r", ERROR, id="registration out of range"),
        pytest.param(b"AT+COPS?\r", info(b'+COPS: 0,0,"Simulated Network",7'), id="operator"),
        pytest.param(b"AT+COPS=3,2;+COPS?\r", info(b'+COPS: 0,2,"00101",7'), id="operator as number"),
        pytest.param(b"AT+CGSN\r", info(b"001010123456789"), id="IMEI"),
        pytest.param(b"AT+GMI\r", info(b"Aftercall"), id="maker"),
        pytest.param(b"AT+CGMM=?\r", OK, id="model test"),
        pytest.param(b"AT+CIMI\r", info(b"001010555010000"), id="IMSI"),
        pytest.param(b"AT+CCID\r", info(b"+CCID: 8900101555010000017"), id="ICCID"),
        pytest.param(b"AT+CPIN?\r", info(b"+CPIN: READY"), id="no PIN"),
        pytest.param(b"AT+CFUN?\r", info(b"+CFUN: 1"), id="functionality"),
        pytest.param(b"AT+CFUN=4;+CREG?\r", info(b"+CREG: 0,0"), id="radio off"),
        pytest.param(b"AT+CFUN=4;+CSQ\r", info(b"+CSQ: 99,99"), id="no signal"),
        pytest.param(b"AT+CFUN=7\r", ERROR, id="no such functionality"),
        pytest.param(b"AT+CSCA?\r", info(b'+CSCA: "+15415550100",145'), id="centre"),
        pytest.param(b'AT+CSCA="5550199";+CSCA?\r', info(b'+CSCA: "5550199",129'), id="centre set"),
        pytest.param(b"AT+CSMS=1\r", info(b"+CSMS: 1,1,1"), id="message service"),
        pytest.param(b"AT+CMGF=?\r", info(b"+CMGF: (0)"), id="PDU mode only"),
        pytest.param(b"AT+CMGF=1\r", b"\r\n+CMS ERROR: 303\r\n", id="no text mode"),
        pytest.param(b"AT+CNMI?\r", info(b"+CNMI: 2,1,0,1,0"), id="indications"),
        pytest.param(b"AT+CNMI=2,1,0,2;+CNMI?\r", info(b"+CNMI: 2,1,0,2,0"), id="indications shortened"),
        pytest.param(b"AT+CNMI=2,1,1\r", b"\r\n+CMS ERROR: 303\r\n", id="indications out of range"),
        pytest.param(b"AT+CPMS?\r", info(b'+CPMS: "SM",0,20,"SM",0,20,"SM",0,20'), id="storage"),
        pytest.param(b'AT+CPMS="ME","SM","MT"\r', info(b"+CPMS: 0,100,0,20,0,120"), id="storage set"),
        pytest.param(b'AT+CPMS="XX"\r', b"\r\n+CMS ERROR: 302\r\n", id="no such storage"),
        pytest.param(b"AT+CMGL=4\r", OK, id="nothing to list"),
        pytest.param(b"AT+CMGR=0\r", b"\r\n+CMS ERROR: 321\r\n", id="nothing to read"),
        pytest.param(b"AT+CMGD=99\r", b"\r\n+CMS ERROR: 321\r\n", id="no such place"),
        pytest.param(b"AT+CMGD=0\r", OK, id="deleting an empty place"),
        pytest.param(b"AT+CNMA\r", b"\r\n+CMS ERROR: 340\r\n", id="nothing to acknowledge"),
        pytest.param(b"AT+CCLK?\r", info(b'+CCLK: "26/03/04,05:06:07+00"'), id="clock"),
        pytest.param(b'AT+CSCS="UCS2";+CNUM\r', info(b'+CNUM: ,"' + OWN_UCS2 + b'",145'), id="UCS2 strings"),
        pytest.param(b"ATH\r", OK, id="hang up"),
        pytest.param(b"ATS3?\r", info(b"013"), id="register"),
        pytest.param(b"AT+CLIP=1;+CLIP?\r", info(b"+CLIP: 1,1"), id="calling line"),
        pytest.param(b"ATA\r", info(b"NO CARRIER"), id="nobody to answer"),
    ],
)  # fmt: skip
def test_a_command_gets_its_answer(said: bytes, answer: bytes) -> None:
    assert Conversation().say(said) == answer


@pytest.mark.parametrize(
    ("setting", "answer"),
    [
        ("+CMEE=0", ERROR),
        ("+CMEE=1", b"\r\n+CME ERROR: 11\r\n"),
        ("+CMEE=2", b"\r\n+CME ERROR: SIM PIN required\r\n"),
    ],
)
def test_cmee_chooses_the_form_of_an_error(setting: str, answer: bytes) -> None:
    talk = Conversation(pin="1234")
    talk.say(f"AT{setting}\r".encode())
    assert talk.say(b"AT+CIMI\r") == answer


def test_message_errors_carry_a_code_whatever_cmee_says() -> None:
    talk = Conversation()
    talk.say(b"AT+CMEE=0\r")
    assert talk.say(b"AT+CMGR=5\r") == b"\r\n+CMS ERROR: 321\r\n"
    talk.say(b"AT+CMEE=2\r")
    assert talk.say(b"AT+CMGR=5\r") == b"\r\n+CMS ERROR: invalid memory index\r\n"


def test_a_fresh_modem_echoes_and_announces_nothing() -> None:
    talk = Conversation(fresh=True)
    assert talk.say(b"AT\r") == b"AT\r\r\nOK\r\n"
    assert talk.say(b"A/") == b"A/\r\nOK\r\n"
    talk.network.receive(RESIDENT, "hello")
    assert talk.listen() == b""
    assert talk.say(b"ATE0\r") == b"ATE0\r\r\nOK\r\n"
    assert talk.say(b"AT+CPMS?\r").startswith(b'\r\n+CPMS: "SM",1,20')


def test_results_as_numbers_and_not_at_all() -> None:
    talk = Conversation()
    assert talk.say(b"ATV0\r") == b"0\r"
    assert talk.say(b"AT+CSQ\r") == b"+CSQ: 21,99\r\n0\r"
    assert talk.say(b"AT+X\r") == b"4\r"
    assert talk.say(b"ATV1Q1\r") == b""
    assert talk.say(b"AT+CSQ\r") == b"\r\n+CSQ: 21,99\r\n"


def test_a_pin_opens_the_sim_and_wrong_ones_lead_to_the_puk() -> None:
    talk = Conversation(pin="1234")
    assert talk.say(b"AT+CPIN?\r") == info(b"+CPIN: SIM PIN")
    assert talk.say(b"AT+CMGL=4\r") == b"\r\n+CMS ERROR: 311\r\n"
    assert talk.say(b'AT+CPIN="0000"\r') == b"\r\n+CME ERROR: 16\r\n"
    assert talk.say(b'AT+CPINR="SIM PIN"\r') == info(b"+CPINR: SIM PIN,2,3")
    assert talk.say(b'AT+CPIN="1234"\r') == b"\r\n+CPIN: READY\r\n" + OK
    assert talk.say(b"AT+CREG?\r") == info(b"+CREG: 0,1")
    talk.modem.power_off()
    talk.modem.power_on()
    talk.listen()
    for left in (16, 16, 12):
        assert talk.say(b'ATE0+CMEE=1;+CPIN="9999"\r').endswith(b"+CME ERROR: %d\r\n" % left)
    assert talk.say(b"AT+CPIN?\r") == info(b"+CPIN: SIM PUK")
    assert talk.say(b'AT+CPIN="12345678","4321"\r') == b"\r\n+CPIN: READY\r\n" + OK


def test_a_text_leaves_through_the_prompt_and_gets_its_reference() -> None:
    talk = Conversation()
    (part,) = encode_submit(RESIDENT, "On our way", reference=1, validity_seconds=3600)
    assert talk.say(b"AT+CMGS=%d\r" % part.length) == b"\r\n> "
    assert talk.say(part.hex.encode()) == b""
    assert talk.network.sent == []
    answer = talk.say(CTRL_Z)
    assert answer.startswith(b"\r\n+CMGS: 0\r\n\r\nOK\r\n")
    (sent,) = talk.network.sent
    assert (sent.recipient, sent.text, sent.parts, sent.sender) == (RESIDENT, "On our way", 1, OWN)
    assert talk.send().startswith(b"\r\n> \r\n+CMGS: 1\r\n")


def test_the_pdu_is_echoed_when_echo_is_on() -> None:
    talk = Conversation()
    talk.say(b"ATE1\r")
    assert talk.say(b"AT+CMGS=9\r") == b"AT+CMGS=9\r\r\n> "
    assert talk.say(b"0011") == b"0011"
    assert talk.say(ESC) == OK


@pytest.mark.parametrize(
    ("length", "typed", "code"),
    [
        pytest.param(99, None, 304, id="wrong length"),
        pytest.param(2, "00ZZ11", 304, id="not hex"),
        pytest.param(0, "", 304, id="empty"),
        pytest.param(4, "0001000B91", 304, id="cut off"),
        pytest.param(3, "0004000B", 304, id="a DELIVER"),
    ],
)
def test_a_wrong_pdu_is_refused_and_nothing_leaves(length: int, typed: str | None, code: int) -> None:
    talk = Conversation()
    text = (
        typed
        if typed is not None
        else encode_submit(RESIDENT, "x", reference=1, validity_seconds=None)[0].hex
    )
    assert talk.say(b"AT+CMGS=%d\r" % length) == b"\r\n> "
    assert talk.say(text.encode() + CTRL_Z) == b"\r\n+CMS ERROR: %d\r\n" % code
    assert talk.network.parts == []
    assert talk.say(b"AT\r") == OK


def test_escape_ends_the_entry_and_nothing_leaves() -> None:
    talk = Conversation()
    talk.say(b"AT+CMGS=20\r")
    assert talk.say(b"001100" + ESC) == OK
    assert talk.network.parts == []
    assert talk.say(b"AT\r") == OK


def test_without_a_centre_nothing_leaves() -> None:
    talk = Conversation()
    talk.say(b'AT+CSCA=""\r')
    assert talk.send() == b"\r\n> \r\n+CMS ERROR: 330\r\n"


def test_the_result_takes_the_networks_time_and_indications_come_in_between() -> None:
    talk = Conversation()
    talk.network.network_time = 1.2
    assert talk.send() == b"\r\n> "
    talk.network.receive(RESIDENT, "hello")
    assert talk.listen(0.5) == b'\r\n+CMTI: "SM",0\r\n'
    assert talk.say(b"AT\r") == b""
    assert talk.listen(0.6) == b""
    assert talk.listen(0.2).startswith(b"\r\n+CMGS: 0\r\n" + OK + OK)


def test_indications_wait_for_the_end_of_a_pdus_entry() -> None:
    talk = Conversation()
    assert talk.say(b"AT+CMGS=20\r") == b"\r\n> "
    talk.network.receive(RESIDENT, "hello")
    assert talk.listen(5) == b""
    assert talk.say(ESC) == OK + b'\r\n+CMTI: "SM",0\r\n'


def test_commands_take_the_time_they_are_given() -> None:
    talk = Conversation()
    talk.modem.at_time = 0.5
    assert talk.say(b"AT+CSQ\r") == b""
    assert talk.listen(0.6) == info(b"+CSQ: 21,99")


def test_cmms_holds_the_link_for_the_next_text() -> None:
    talk = Conversation()
    talk.network.link_time = 2.0
    talk.say(b"AT+CNMI=2,1,0,0,0\r")

    def seconds() -> int:
        assert talk.send() == b"\r\n> "
        return next(turn for turn in range(1, 50) if b"OK" in talk.listen(0.1)) // 10

    talk.network.network_time = 1.0
    assert [seconds(), seconds()] == [3, 3]
    talk.say(b"AT+CMMS=2\r")
    assert [seconds(), seconds(), seconds()] == [3, 1, 1]
    talk.listen(6)
    assert seconds() == 3
    assert talk.say(b"AT+CMMS?\r") == info(b"+CMMS: 2")
    talk.say(b"AT+CMMS=1\r")
    assert [seconds(), seconds()] == [3, 1]
    talk.listen(6)
    assert talk.say(b"AT+CMMS?\r") == info(b"+CMMS: 0")
    assert talk.say(b"AT+CMMS=3\r") == b"\r\n+CMS ERROR: 302\r\n"


def test_a_sim_is_taken_out_and_another_put_in() -> None:
    talk = Conversation()
    talk.network.receive(RESIDENT, "for the first SIM")
    talk.listen()
    talk.modem.change_sim(Sim(OWN, is_inserted=False))
    assert talk.listen() == b"\r\n+CPIN: NOT INSERTED\r\n"
    assert talk.say(b"AT+CPIN?\r") == b"\r\n+CME ERROR: 10\r\n"
    assert talk.say(b"AT+CMGL=4\r") == b"\r\n+CMS ERROR: 310\r\n"
    assert talk.say(b"AT+CREG?\r") == info(b"+CREG: 0,0")
    talk.modem.change_sim(Sim("+15415550102", iccid="8900101555010000025", pin="1234"))
    assert talk.listen() == b"\r\n+CPIN: SIM PIN\r\n"
    assert talk.say(b'AT+CPIN="1234"\r') == b"\r\n+CPIN: READY\r\n" + OK
    assert talk.say(b"AT+CCID\r") == info(b"+CCID: 8900101555010000025")
    assert talk.say(b"AT+CPMS?\r").startswith(b'\r\n+CPMS: "SM",0,20')
    talk.network.receive(RESIDENT, "for the second", to="+15415550102")
    assert talk.listen() == b'\r\n+CMTI: "SM",0\r\n'
    with pytest.raises(ValueError, match="no modem has the number"):
        talk.network.receive(RESIDENT, "for the first", to=OWN)
