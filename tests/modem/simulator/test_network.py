"""The network's truth: what arrived, what is reported, who answers."""

from __future__ import annotations

import pytest

from modem.pdu import Deliver, StatusReport, decode, encode_submit, join
from modem.simulator.network import Network, Receipt, Sent
from modem.simulator.timers import Timers
from tests.modem.simulator.conversation import OK, OWN, RESIDENT, Conversation, info


def reports(heard: bytes) -> list[int]:
    lines = heard.decode().split("\r\n")
    found = [decode(line) for line in lines if line.startswith("07")]
    assert all(isinstance(report, StatusReport) for report in found)
    return [report.status for report in found if isinstance(report, StatusReport)]


@pytest.mark.parametrize(
    ("receipt", "statuses", "arrives"),
    [
        (Receipt.DELIVERED, [0x00], True),
        (Receipt.PENDING, [0x22, 0x00], True),
        (Receipt.FAILED, [0x46], False),
        (Receipt.NONE, [], True),
    ],
)
def test_receipts_follow_the_rule_for_the_recipient(
    receipt: Receipt, statuses: list[int], arrives: bool
) -> None:
    talk = Conversation()
    arrived: list[Sent] = []
    talk.network.on_text = arrived.append
    talk.network.receipt_after = 1
    talk.network.set_receipt(RESIDENT, receipt)
    talk.send("for the resident")
    assert reports(talk.listen(5)) == statuses
    assert [sent.text for sent in arrived] == (["for the resident"] if arrives else [])
    talk.send("for another", to="+15415550124")
    assert reports(talk.listen(5)) == [0x00]


def test_every_part_of_a_long_text_has_its_report() -> None:
    talk = Conversation()
    assert reports(talk.send("Long enough for two parts. " * 8)) == [0x00, 0x00]
    assert talk.network.sent[0].references == (0, 1)


def test_a_resident_answers_from_the_hook() -> None:
    talk = Conversation()
    talk.network.reply_after = 2
    talk.network.on_text = lambda sent: talk.network.receive(sent.recipient, "5", to=sent.sender)
    assert talk.send().startswith(b"\r\n> \r\n+CMGS: 0\r\n" + OK)
    talk.listen(1.9)
    assert talk.network.waiting() == 0
    assert talk.listen(0.2) == b'\r\n+CMTI: "SM",0\r\n'


def test_two_modems_share_one_network() -> None:
    first = Conversation()
    second = Conversation(first.network, number="+15415550102")
    first.network.on_text = lambda sent: first.network.receive(sent.recipient, "got it", to=sent.sender)
    second.send("from the second")
    first.send("from the first")
    second.listen()
    assert [(sent.sender, sent.text) for sent in first.network.sent] == [
        ("+15415550102", "from the second"),
        (OWN, "from the first"),
    ]
    for talk in (first, second):
        assert talk.say(b"AT+CPMS?\r").startswith(b'\r\n+CPMS: "SM",1,20')


def test_a_text_needs_a_modem_that_is_there() -> None:
    with pytest.raises(ValueError, match="no modem has the number"):
        Network(timers=Timers()).receive(RESIDENT, "hello", to=OWN)


def test_lost_parts_never_arrive() -> None:
    talk = Conversation()
    talk.network.receive(RESIDENT, "Long enough for three parts. " * 14, lost_parts=(2,))
    assert talk.listen() == b'\r\n+CMTI: "SM",0\r\n\r\n+CMTI: "SM",1\r\n'


def test_no_report_unless_it_was_asked_for() -> None:
    talk = Conversation()
    # SMS-SUBMIT without TP-SRR: 01, reference, recipient, PID, DCS, one septet
    tpdu = bytes.fromhex("01000B915114550521F300000141")
    talk.say(b"AT+CMGS=%d\r" % len(tpdu))
    assert talk.say(b"00" + tpdu.hex().encode() + b"\x1a") == info(b"+CMGS: 0")
    assert talk.listen(5) == b""
    assert talk.network.sent[0].report_requested is False


@pytest.mark.parametrize("text", ["round trip", "Long enough for two parts. " * 8, "🚓 " * 50])
def test_a_text_to_its_own_number_comes_back_to_the_modem(text: str) -> None:
    talk = Conversation()
    talk.network.network_time = 1.0
    talk.say(b"AT+CNMI=2,1,0,0,0\r")
    parts = encode_submit(OWN, text, reference=7, validity_seconds=3600)
    for part in parts:
        talk.hand_over(part)
        assert b"CMTI" not in talk.listen(0.9)
        heard = talk.listen(0.2)
    assert heard.count(b"+CMTI") == len(parts)
    pdus = [line for line in talk.say(b"AT+CMGL=4\r").decode().split("\r\n") if line.startswith("07")]
    messages = [decode(each) for each in pdus]
    assert all(isinstance(each, Deliver) and each.sender == OWN for each in messages)
    assert join([each.text for each in messages if isinstance(each, Deliver)]) == text


def test_any_pdu_may_come_and_one_that_is_none_is_refused() -> None:
    talk = Conversation()
    push = (
        "07915114550501F0"
        + "440B915114550521F3"
        + "0004"
        + "62304050607000"
        + "0A"
        + "0605040B8423F0"
        + "010600"
    )
    for pdu_hex in (push, push[:30]):
        talk.network.receive_pdu(pdu_hex)
    assert talk.listen().count(b"+CMTI") == 2
    assert push.encode() in talk.say(b"AT+CMGL=4\r")
    for broken in ("", "07", "zz", "0791511455"):
        with pytest.raises(ValueError, match=r"TPDU|hex"):
            talk.network.receive_pdu(broken)


@pytest.mark.parametrize(
    ("dcs", "heard", "stored"),
    [
        pytest.param(0x00, b"\r\n+CMT: ", 0, id="plain"),
        pytest.param(0x10, b"\r\n+CMT: ", 0, id="class 0"),
        pytest.param(0x12, b'\r\n+CMTI: "SM"', 1, id="class 2 belongs on the SIM"),
        pytest.param(0xC8, b"\r\n+CMT: ", 0, id="message waiting, discard"),
        pytest.param(0xD8, b'\r\n+CMTI: "SM"', 1, id="message waiting, store"),
    ],
)
def test_kinds_of_texts_have_ways_of_their_own(dcs: int, heard: bytes, stored: int) -> None:
    talk = Conversation()
    talk.say(b"AT+CNMI=2,2,0,0,0\r")
    talk.network.receive(RESIDENT, "hello", dcs=dcs)
    assert talk.listen().startswith(heard)
    assert talk.modem.equipment.storage["SM"].used() == stored


def test_a_class_2_text_goes_to_the_sim_whatever_the_storage() -> None:
    talk = Conversation()
    talk.say(b'AT+CPMS="ME","ME","ME"\r')
    talk.network.receive(RESIDENT, "plain")
    talk.network.receive(RESIDENT, "for the SIM", pid=0x7F, dcs=0xF6 & 0xFB)
    assert talk.listen() == b'\r\n+CMTI: "ME",0\r\n\r\n+CMTI: "SM",0\r\n'
