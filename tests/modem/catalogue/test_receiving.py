"""Catalogue 47-58: texts that come in."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from modem import pdu
from modem.device import DirectMessage, NewMessage, Report, StoredMessage
from modem.pdu import DeliverKind
from tests.modem.catalogue.stage import RESIDENT, delivered, heard, plugged_in, send, working
from tests.modem.scripted import PDU_IN, PDU_OTHER, REPORT, BareModem, length_of
from tests.modem.test_device import make, ready, with_stores

NOON = datetime(2026, 4, 21, 12, 0, tzinfo=UTC)


def texts_of(stored: list[StoredMessage]) -> list[str]:
    read = [pdu.decode(message.pdu) for message in stored]
    return [message.text for message in read if isinstance(message, pdu.Deliver)]


def test_b47_a_text_nobody_announced_is_found(tmp_path: Path) -> None:
    with plugged_in(tmp_path) as modem, working(modem) as device:
        modem.modem.equipment.settings.cnmi = [0, 0, 0, 0, 0]
        modem.network.receive(RESIDENT, "4")
        delivered(modem)
        assert device.notices() == []
        assert texts_of(device.stored()) == ["4"]


def test_b47_quectel_is_told_to_announce_on_this_port() -> None:
    device, stream, _ = make(BareModem(replies={"AT+CGMI": "Quectel\nOK"}))
    device.bring_up()
    assert 'AT+QURCCFG="urcport","all"' in stream.commands()


def test_b48_a_sim_that_was_full_at_the_start_is_emptied_and_the_rest_comes(tmp_path: Path) -> None:
    with plugged_in(tmp_path, sm=3) as modem:
        modem.modem.equipment.settings.cpms = ("SM", "SM", "SM")
        for number in range(8):
            modem.network.receive(RESIDENT, f"text {number}")
        modem.network.wait_for(lambda: modem.modem.equipment.storage["SM"].used() == 3)
        kept: list[str] = []
        until = time.monotonic() + 20
        with working(modem) as device:
            while len(kept) < 8 and time.monotonic() < until:
                stored = device.stored()
                kept += texts_of(stored)
                assert all(device.delete(message) for message in stored)
                device.wait(0.1)
                device.notices()
        assert kept == [f"text {number}" for number in range(8)]


def test_b49_a_slot_that_cannot_be_read_hides_no_other() -> None:
    bare = BareModem(slots={"SM": {1: PDU_IN}})
    device, stream, _ = ready(bare)
    bare.replies |= {"AT+CMGR=15": "+CMS ERROR: 321", "AT+CMGL=4": "+CMS ERROR: 321"}
    bare.replies["AT+CMGD=?"] = "+CMGD: (1-30),(0-4)\nOK"
    stream.say(b'\r\n+CMTI: "SM",15\r\n')
    device.wait(5)
    assert device.notices() == [NewMessage("SM", 15)]
    assert device.stored() == [StoredMessage("SM", 1, 1, PDU_IN)]


def test_b50_an_announcement_in_the_middle_of_choosing_a_memory() -> None:
    bare = BareModem(slots={"SM": {1: PDU_IN}})
    bare.replies["AT+CPMS?"] = '+CMTI: "SM",1\n+CPMS: "SM",1,30,\n+CPMS: "SM",1,30,"SM",1,30,"SM",1,30\nOK'
    device, stream, _ = make(bare)
    began = stream.clock.now
    device.bring_up()
    device.health()
    assert stream.clock.now - began < 30
    assert NewMessage("SM", 1) in device.notices()


@pytest.mark.parametrize("fault", ["delete_fails", "delete_fails:silent=true"])
def test_b51_a_slot_that_cannot_be_emptied_is_told(fault: str, tmp_path: Path) -> None:
    with plugged_in(tmp_path) as modem, working(modem) as device:
        modem.network.receive(RESIDENT, "4")
        heard(device, NewMessage)
        modem.faults.arm_text(fault)
        (stored,) = device.stored()
        assert not device.delete(stored)
        modem.faults.disarm()
        assert device.delete(stored)
        assert device.stored() == []


def test_b52_a_text_handed_over_directly_and_stored_too_is_twice_the_same_bytes() -> None:
    device, stream, _ = ready(BareModem(slots={"SM": {1: PDU_IN}}))
    stream.say(f"\r\n+CMT: ,{length_of(PDU_IN)}\r\n{PDU_IN}\r\n".encode())
    device.wait(5)
    (direct,) = device.notices()
    assert isinstance(direct, DirectMessage)
    assert [message.pdu for message in device.stored()] == [direct.pdu]


def test_b53_reading_writing_and_receiving_share_one_memory() -> None:
    device, stream, bare = ready(with_stores(SM={1: PDU_IN}, ME={}))
    device.bring_up()
    assert 'AT+CPMS="SM","SM","SM"' in stream.commands()
    assert texts_of(device.stored()) == ["hello"]
    bare.slots["ME"][0] = PDU_OTHER  # a network or a firmware that puts it elsewhere all the same
    assert sorted(texts_of(device.stored())) == ["hello", "world"]


@pytest.mark.parametrize("listing", ["+CMS ERROR: 303", '+CMGL: 3,"REC UNREAD","x",,\nhi\nOK'])
def test_b54_a_modem_that_does_not_list_is_read_slot_by_slot(listing: str) -> None:
    bare = BareModem(slots={"SM": {3: PDU_IN, 9: PDU_OTHER}})
    bare.replies = {"AT+CMGL=4": listing, "AT+CMGD=?": "+CMGD: (3,9),(0-4)\nOK"}
    device, _, _ = ready(bare)
    assert texts_of(device.stored()) == ["hello", "world"]


def test_b55_a_count_that_lags_behind_hides_nothing() -> None:
    bare = BareModem(slots={"SM": {0: PDU_IN}})
    bare.replies["AT+CPMS?"] = '+CPMS:"SM",0,30,"SM",0,30,"SM",0,30\nOK'
    device, _, _ = ready(bare)
    assert texts_of(device.stored()) == ["hello"]


def test_b56_coming_up_deletes_nothing_and_nothing_is_ever_deleted_wholesale(tmp_path: Path) -> None:
    with plugged_in(tmp_path) as modem:
        said: list[bytes] = []
        modem.on_traffic = lambda written, data: said.append(data) if written else None
        modem.network.receive(RESIDENT, "unread")
        delivered(modem)
        for _ in range(3):
            with working(modem) as device:
                assert texts_of(device.stored()) == ["unread"]
        assert deletions(said) == []
        with working(modem) as device:
            assert all(device.delete(message) for message in device.stored())
        assert deletions(said) == [b"AT+CMGD=0"]


def deletions(said: list[bytes]) -> list[bytes]:
    return re.findall(rb"AT\+CMGD=\d[^\r]*", b"".join(said))


KINDS = [
    ("b57 MMS notice", "0605040B8423F0", b"\x01\x06\x03\xbe\xaf\x84", 0, 0x04, DeliverKind.MMS_NOTICE),
    ("b57 WAP push", "0605040B8423F0", b"\x01\x06\x01\xae\x02", 0, 0x04, DeliverKind.WAP_PUSH),
    ("SIM toolkit", "027000", b"\xde\xad", 0x7F, 0xF6, DeliverKind.SIM_DATA),
    ("voicemail", "0401020005", b"", 0, 0x04, DeliverKind.VOICEMAIL),
    ("octets", "", b"\xde\xad", 0, 0xF5, DeliverKind.BINARY),
]


@pytest.mark.parametrize(
    "header, data, pid, dcs, kind", [kind[1:] for kind in KINDS], ids=[kind[0] for kind in KINDS]
)
def test_b57_what_is_no_text_is_read_filed_and_deleted_as_any(
    header: str, data: bytes, pid: int, dcs: int, kind: DeliverKind, tmp_path: Path
) -> None:
    raw = pdu.encode_deliver_octets(
        RESIDENT, data, sent_at=NOON, header=bytes.fromhex(header), pid=pid, dcs=dcs
    )
    with plugged_in(tmp_path) as modem, working(modem) as device:
        modem.network.receive_pdu(raw, to=modem.number)
        modem.network.receive(RESIDENT, "4")
        heard(device, NewMessage, 2)
        first, second = device.stored()
        message = pdu.decode(first.pdu)
        assert isinstance(message, pdu.Deliver) and message.kind is kind
        assert texts_of([second]) == ["4"]
        assert device.delete(first) and device.delete(second)


def test_a_report_in_a_memory_of_texts_is_told_from_them() -> None:
    device, _, _ = ready(BareModem(slots={"SM": {0: REPORT, 1: PDU_IN}}))
    kinds = [type(pdu.decode(message.pdu)) for message in device.stored()]
    assert kinds == [pdu.StatusReport, pdu.Deliver]


def test_b58_no_acknowledgement_is_owed_and_where_it_is_it_is_given(tmp_path: Path) -> None:
    with plugged_in(tmp_path) as modem:
        modem.modem.equipment.settings.csms = 1
        with working(modem) as device:
            assert modem.modem.equipment.settings.csms == 0
            for _ in range(3):
                send(device)
            assert len(heard(device, Report, 3)) == 3
    insists = BareModem(replies={"AT+CSMS?": "+CSMS: 1,1,1,1\nOK", "AT+CSMS=0": "ERROR", "AT+CNMA": "OK"})
    device, stream, _ = ready(insists)
    device.acknowledge(DirectMessage(PDU_IN))
    assert stream.commands()[-1] == "AT+CNMA"
    insists.replies["AT+CNMA"] = "+CMS ERROR: 340"  # acknowledged already
    device.acknowledge(DirectMessage(PDU_IN))
    assert send(device) == 77
