"""Conversations about arriving and stored texts, reports and long texts (27.005)."""

from __future__ import annotations

from itertools import pairwise

import pytest

from modem.pdu import Deliver, StatusReport, decode, encode_submit, join
from tests.modem.simulator.conversation import CTRL_Z, OK, RESIDENT, Conversation, info


def read_all(talk: Conversation) -> list[str]:
    lines = talk.say(b"AT+CMGL=4\r").decode().split("\r\n")
    texts = []
    for header, pdu_hex in pairwise(lines):
        if header.startswith("+CMGL:"):
            message = decode(pdu_hex)
            assert isinstance(message, Deliver)
            texts.append(message.text)
    return texts


def test_an_arriving_text_is_stored_announced_read_and_deleted() -> None:
    talk = Conversation()
    talk.network.receive(RESIDENT, "hello")
    assert talk.listen() == b'\r\n+CMTI: "SM",0\r\n'
    first = talk.say(b"AT+CMGR=0\r").decode().split("\r\n")
    assert first[1].startswith("+CMGR: 0,,")
    message = decode(first[2])
    assert isinstance(message, Deliver)
    assert (message.sender, message.text) == (RESIDENT, "hello")
    assert int(first[1].split(",")[2]) == len(first[2]) // 2 - 8
    assert talk.say(b"AT+CMGR=0\r").startswith(b"\r\n+CMGR: 1,,")
    assert talk.say(b"AT+CMGL=0\r") == OK
    assert talk.say(b"AT+CMGL=1\r").startswith(b"\r\n+CMGL: 0,1,,")
    assert talk.say(b"AT+CMGD=0\r") == OK
    assert talk.say(b"AT+CMGR=0\r") == b"\r\n+CMS ERROR: 321\r\n"


@pytest.mark.parametrize(("flag", "left"), [(1, ["new"]), (4, [])])
def test_deleting_by_flag(flag: int, left: list[str]) -> None:
    talk = Conversation()
    talk.network.receive(RESIDENT, "old")
    talk.listen()
    talk.say(b"AT+CMGR=0\r")
    talk.network.receive(RESIDENT, "new")
    talk.listen()
    assert talk.say(b"AT+CMGD=0,%d\r" % flag) == OK
    assert read_all(talk) == left


def test_a_full_storage_keeps_texts_in_the_network_until_there_is_room() -> None:
    talk = Conversation(sm=2, full_notice="+SMS FULL")
    for text in ("one", "two", "three", "four"):
        talk.network.receive(RESIDENT, text)
    assert talk.listen() == b'\r\n+CMTI: "SM",0\r\n\r\n+CMTI: "SM",1\r\n' + b"\r\n+SMS FULL\r\n" * 2
    assert talk.network.waiting() == 2
    assert talk.say(b"AT+CMGD=0\r") == OK + b'\r\n+CMTI: "SM",0\r\n\r\n+SMS FULL\r\n'
    assert read_all(talk) == ["three", "two"]
    talk.say(b"AT+CMGD=0;+CMGD=1\r")
    assert read_all(talk) == ["four"]
    assert talk.network.waiting() == 0


def test_27_005_has_no_word_for_a_full_storage() -> None:
    talk = Conversation(sm=1)
    for text in ("one", "two"):
        talk.network.receive(RESIDENT, text)
    assert talk.listen() == b'\r\n+CMTI: "SM",0\r\n'
    assert talk.network.waiting() == 1


def test_both_storages_as_one() -> None:
    talk = Conversation(sm=2, me=1, first_index=1)
    talk.say(b'AT+CPMS="MT","SM","MT"\r')
    for text in ("one", "two", "three"):
        talk.network.receive(RESIDENT, text)
    assert talk.listen().count(b'+CMTI: "MT"') == 3
    assert talk.say(b"AT+CMGD=?\r") == info(b"+CMGD: (1,2,3),(0-4)")
    assert read_all(talk) == ["one", "two", "three"]
    talk.say(b"AT+CMGD=2\r")
    assert read_all(talk) == ["one", "three"]
    assert talk.say(b'AT+CPMS="SM"\r') == info(b"+CPMS: 1,2,1,2,2,3")


@pytest.mark.parametrize(
    ("cnmi", "said"),
    [
        pytest.param(b"2,0,0,0,0", "", id="stored in silence"),
        pytest.param(b"2,1,0,0,0", '+CMTI: "SM",0', id="stored and announced"),
        pytest.param(b"2,2,0,0,0", "+CMT: ,", id="brought directly"),
        pytest.param(b"2,3,0,0,0", '+CMTI: "SM",0', id="only class 3 directly"),
        pytest.param(b"0,1,0,0,0", "", id="kept back"),
    ],
)
def test_cnmi_routes_texts(cnmi: bytes, said: str) -> None:
    talk = Conversation()
    talk.say(b"AT+CNMI=" + cnmi + b"\r")
    talk.network.receive(RESIDENT, "hello")
    heard = talk.listen().decode()
    assert heard.lstrip().startswith(said)
    assert bool(heard) is bool(said)
    stored = talk.modem.equipment.storage["SM"].used()
    assert stored == (0 if cnmi.startswith(b"2,2") else 1)


@pytest.mark.parametrize(("buffer", "heard"), [(0, b'\r\n+CMTI: "SM",0\r\n'), (1, b"")])
def test_what_mode_0_kept_back_is_said_or_forgotten(buffer: int, heard: bytes) -> None:
    talk = Conversation()
    talk.say(b"AT+CNMI=0\r")
    talk.network.receive(RESIDENT, "hello")
    assert talk.listen() == b""
    assert talk.say(b"AT+CNMI=2,1,0,1,%d\r" % buffer) == OK + heard


@pytest.mark.parametrize(
    ("ds", "said"),
    [
        pytest.param(0, b"", id="not routed"),
        pytest.param(1, b"+CDS: 25\r\n", id="brought directly"),
        pytest.param(2, b'+CDSI: "SR",0\r\n', id="stored and announced"),
    ],
)
def test_cnmi_routes_reports(ds: int, said: bytes) -> None:
    talk = Conversation()
    talk.network.receipt_after = 3
    talk.say(b"AT+CNMI=2,1,0,%d,0\r" % ds)
    assert talk.send() == b"\r\n> \r\n+CMGS: 0\r\n" + OK
    assert talk.listen(2.9) == b""
    heard = talk.listen(0.2)
    assert heard.startswith(b"\r\n" + said if said else b"")
    assert bool(heard) is bool(said)
    if ds == 2:
        assert talk.say(b'AT+CPMS="SR"\r').startswith(b"\r\n+CPMS: 1,20")
        report = decode(talk.say(b"AT+CMGR=0\r").decode().split("\r\n")[2])
        assert isinstance(report, StatusReport)
        assert (report.reference, report.recipient) == (0, RESIDENT)


def test_direct_texts_need_their_acknowledgement_under_csms_1() -> None:
    talk = Conversation()
    talk.say(b"AT+CSMS=1;+CNMI=2,2,0,0,0\r")
    talk.network.receive(RESIDENT, "one")
    talk.network.receive(RESIDENT, "two")
    assert talk.listen().count(b"+CMT: ") == 1
    assert talk.say(b"AT+CNMA\r").count(b"+CMT: ") == 1
    assert talk.listen(20) == b""
    assert talk.say(b"AT+CNMI?\r") == info(b"+CNMI: 2,0,0,0,0")
    assert read_all(talk) == ["two"]


def test_texts_wait_while_the_radio_is_off() -> None:
    talk = Conversation()
    talk.say(b"AT+CFUN=4\r")
    talk.network.receive(RESIDENT, "hello")
    assert talk.listen() == b""
    assert talk.send() == b"\r\n> \r\n+CMS ERROR: 331\r\n"
    assert talk.say(b"AT+CFUN=1\r") == OK + b'\r\n+CMTI: "SM",0\r\n'


def test_a_restart_forgets_settings_and_keeps_texts() -> None:
    talk = Conversation()
    talk.network.receive(RESIDENT, "hello")
    talk.listen()
    assert talk.say(b"AT+CFUN=1,1\r") == OK
    assert talk.say(b"AT\r") == b""
    assert talk.listen(1.1) == b"\r\nRDY\r\n\r\n+CFUN: 1\r\n\r\n+CPIN: READY\r\n"
    assert talk.say(b"AT+CNMI?\r") == b"AT+CNMI?\r\r\n+CNMI: 0,0,0,0,0\r\n\r\nOK\r\n"
    assert talk.say(b"ATE0\r").endswith(OK)
    assert read_all(talk) == ["hello"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Reports, seen and unseen. " * 10, id="GSM-7"),
        pytest.param("Ça va? Звоните 🚓 " * 12, id="UCS2 with surrogates"),
    ],
)
@pytest.mark.parametrize("wide", [False, True])
def test_long_texts_go_both_ways(text: str, wide: bool) -> None:
    talk = Conversation()
    talk.send(text)
    (sent,) = talk.network.sent
    assert sent.text == text
    assert sent.parts == len(sent.references) == len(talk.network.parts) > 1
    talk.network.receive(RESIDENT, text, wide=wide, out_of_order=True)
    talk.listen()
    assert join(read_all(talk)[::-1]) == text


def test_a_text_sent_twice_is_there_twice() -> None:
    talk = Conversation()
    long = "Long enough for two parts. " * 8
    for text in ("same", "same", long, long):
        talk.send(text)
    assert [sent.text for sent in talk.network.sent] == ["same", "same", long, long]


def test_a_repeated_part_makes_no_text_but_is_seen() -> None:
    talk = Conversation()
    first, second = encode_submit(
        RESIDENT, "Long enough for two parts. " * 8, reference=9, validity_seconds=None
    )
    for part in (first, first, second):
        talk.hand_over(part)
    assert len(talk.network.sent) == 1
    assert [part.concat for part in talk.network.parts] == [(9, 2, 1), (9, 2, 1), (9, 2, 2)]


def test_a_text_can_be_written_to_storage_and_sent_from_there() -> None:
    talk = Conversation()
    (part,) = encode_submit(RESIDENT, "stored", reference=1, validity_seconds=None)
    assert talk.say(b"AT+CMGW=%d\r" % part.length) == b"\r\n> "
    assert talk.say(part.hex.encode() + CTRL_Z) == info(b"+CMGW: 0")
    assert talk.say(b"AT+CMSS=0\r").startswith(info(b"+CMSS: 0"))
    assert [sent.text for sent in talk.network.sent] == ["stored"]
    assert talk.say(b"AT+CMSS=1\r") == b"\r\n+CMS ERROR: 321\r\n"


def test_an_older_modem_keeps_reports_among_the_texts() -> None:
    talk = Conversation(report_memory="SM")
    talk.say(b"AT+CNMI=2,1,0,2,0\r")
    assert talk.send() == b"\r\n> " + info(b"+CMGS: 0") + b'\r\n+CDSI: "SM",0\r\n'
    assert talk.say(b"AT+CMGR=0\r").startswith(b"\r\n+CMGR: 0,,25\r\n")


def test_reports_in_sr_never_keep_a_text_waiting() -> None:
    talk = Conversation()
    talk.say(b"AT+CNMI=2,1,0,2,0\r")
    for _ in range(25):
        talk.send()
    talk.network.receive(RESIDENT, "behind the reports")
    assert talk.listen() == b'\r\n+CMTI: "SM",0\r\n'
    assert talk.say(b'AT+CPMS="SR"\r').startswith(b"\r\n+CPMS: 20,20,")
