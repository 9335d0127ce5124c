"""Catalogue 66-77: delivery reports, and modems that hang in the long run."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from modem import pdu
from modem.device import Report, Ring
from modem.errors import NoReply, SendUnknown
from modem.simulator.network import Receipt
from tests.modem.catalogue.stage import RESIDENT, heard, plugged_in, send, working
from tests.modem.scripted import PDU_IN, REPORT, BareModem, Chunk
from tests.modem.test_device import make, ready, with_stores


def report_in(notice: object) -> pdu.StatusReport:
    assert isinstance(notice, Report)
    message = pdu.decode(notice.pdu)
    assert isinstance(message, pdu.StatusReport)
    return message


def test_b66_a_report_announced_under_the_slot_of_a_reply_costs_no_reply() -> None:
    device, stream, bare = ready(with_stores(SM={0: PDU_IN}, SR={0: REPORT}))
    stream.say(b'\r\n+CDSI: "SM",0\r\n')
    device.wait(5)
    (report,) = device.notices()
    assert isinstance(report, Report) and report.stored is not None and report.stored.storage == "SR"
    assert device.delete(report.stored)
    assert bare.slots["SM"] == {0: PDU_IN} and bare.slots["SR"] == {}


def test_b67_where_shown_reports_are_refused_stored_ones_are_asked_for() -> None:
    bare = with_stores()
    bare.replies["AT+CNMI=?"] = "+CNMI: (0-2),(0-3),(0,2),(0-2),(0,1)\nOK"
    bare.replies["AT+CNMI=2,1,0,1,0"] = "+CMS ERROR: 303"
    device, stream, _ = make(bare)
    device.bring_up()
    tried = [command for command in stream.commands() if command.startswith("AT+CNMI=2")]
    assert tried == ["AT+CNMI=2,1,0,1,0", "AT+CNMI=2,1,0,2,0"]


@pytest.mark.parametrize("reference", [0, 255])
def test_b68_a_reference_of_nought_is_one(reference: int, tmp_path: Path) -> None:
    with plugged_in(tmp_path) as modem, working(modem) as device:
        modem.modem.equipment.reference = reference
        assert send(device) == reference
        (notice,) = heard(device, Report)
        assert report_in(notice).reference == reference


def test_b69_every_part_asks_for_its_report() -> None:
    for part in pdu.encode_submit(RESIDENT, "a" * 400, reference=1, validity_seconds=60):
        assert part.tpdu[0] & 0x20


@pytest.mark.parametrize("receipt", [Receipt.DELIVERED, Receipt.PENDING, Receipt.FAILED])
def test_b70_b71_what_a_report_says_and_of_whom(receipt: Receipt, tmp_path: Path) -> None:
    outcomes = {
        Receipt.DELIVERED: [pdu.ReceiptOutcome.DELIVERED],
        Receipt.PENDING: [pdu.ReceiptOutcome.PENDING, pdu.ReceiptOutcome.DELIVERED],
        Receipt.FAILED: [pdu.ReceiptOutcome.FAILED],
    }[receipt]
    with plugged_in(tmp_path) as modem, working(modem) as device:
        modem.network.receipts = receipt
        send(device)
        reports = [report_in(notice) for notice in heard(device, Report, len(outcomes))]
    assert [report.outcome for report in reports] == outcomes
    assert {report.recipient for report in reports} == {RESIDENT}  # the + of an international number is kept


def test_b72_without_reports_a_text_is_sent_all_the_same(tmp_path: Path) -> None:
    with plugged_in(tmp_path) as modem, working(modem) as device:
        modem.network.receipts = Receipt.NONE
        for _ in range(3):
            send(device)
        device.wait(0.05)
        assert device.notices() == []


@pytest.mark.parametrize("line", [b"+ZEND", b"^RSSI: 12", b"+CREG: 1", b"RING", b"> "])
def test_b73_lines_nobody_asked_for_keep_no_dead_command_alive(line: bytes) -> None:
    storm = [Chunk(b"\r\n" + line + b"\r\n", after=5.0 * turn) for turn in range(1, 100)]
    device, stream, _ = ready(BareModem(replies={"^Z": list(storm), "AT+CSQ": list(storm)}))
    began = stream.clock.now
    with pytest.raises(SendUnknown):
        send(device)
    assert stream.clock.now - began == pytest.approx(180)


def test_b74_a_modem_that_died_in_the_night_is_found_by_the_next_heartbeat(tmp_path: Path) -> None:
    device, stream, _ = ready()
    device.health()
    stream.answer = lambda _: []
    began = stream.clock.now
    for _ in range(3):
        with pytest.raises(NoReply):
            device.health()
    assert stream.clock.now - began < 90


def test_b76_a_deadline_holds_for_everything_and_one_thread_is_enough(tmp_path: Path) -> None:
    with plugged_in(tmp_path) as modem:
        before = threading.active_count()
        with working(modem) as device:
            modem.faults.arm("slow", delay=0.2)
            began = time.monotonic()
            send(device)
            assert time.monotonic() - began < 10
            assert threading.active_count() == before


def test_b77_a_call_in_the_middle_of_everything_does_no_harm() -> None:
    bare = BareModem(slots={"SM": {1: PDU_IN}})
    device, _, _ = ready(bare)
    bare.before_line = lambda number: f'\r\nRING\r\n\r\n+CLIP: "{RESIDENT}",145\r\n'.encode()
    assert send(device) == 77
    assert [message.pdu for message in device.stored()] == [PDU_IN]
    bare.before_line = None
    assert device.notices() == [Ring(RESIDENT)]
