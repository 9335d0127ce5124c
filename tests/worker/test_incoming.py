"""From decoded PDUs to what the walk takes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from appliance import clock
from appliance.worker.incoming import incoming_of, instant, report_of
from modem import pdu

SIM = "8901000000000000001"
DELIVER = "00040B915114550521F3000062304021000000" + "02B51C"
"""From +15415550123, GSM-7, 2026-03-04 12:00:00 UTC, two characters."""

REPORT = "0006070B915114550521F3" + "62304021000000" * 2 + "00"


def test_a_text() -> None:
    made = incoming_of(pdu.decode(DELIVER), DELIVER, SIM)
    assert (made.sim, made.pdu, made.sender, made.kind) == (SIM, DELIVER, "+15415550123", "text")
    assert not made.is_alphanumeric
    assert made.sent_at == clock.from_datetime(datetime(2026, 3, 4, 12, tzinfo=UTC))
    assert (made.reference, made.seq, made.total) == (None, None, None)
    assert report_of(pdu.decode(DELIVER), SIM) is None


def test_a_part_of_a_long_text_names_its_place() -> None:
    decoded = pdu.decode(DELIVER)
    assert isinstance(decoded, pdu.Deliver)
    made = incoming_of(
        replace(decoded, concat=pdu.Concat(reference=77, total=3, sequence=2, wide=False)), DELIVER, SIM
    )
    assert (made.reference, made.total, made.seq) == (77, 3, 2)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (pdu.DeliverKind.TEXT, "text"),
        (pdu.DeliverKind.CLASS0, "text"),
        (pdu.DeliverKind.MMS_NOTICE, "mms_notice"),
        (pdu.DeliverKind.SIM_DATA, "sim_data"),
    ],
)
def test_only_what_a_person_wrote_is_a_text(kind: pdu.DeliverKind, name: str) -> None:
    decoded = pdu.decode(DELIVER)
    assert isinstance(decoded, pdu.Deliver)
    assert incoming_of(replace(decoded, kind=kind), DELIVER, SIM).kind == name


def test_the_width_of_a_reference_is_part_of_it() -> None:
    decoded = pdu.decode(DELIVER)
    assert isinstance(decoded, pdu.Deliver)
    references = {
        incoming_of(replace(decoded, concat=pdu.Concat(77, 2, 1, wide=wide)), DELIVER, SIM).reference
        for wide in (False, True)
    }
    assert len(references) == 2


PUSH = bytes.fromhex("0706BEAF848C8298") + b"T1\x00\x8d\x90"
FROM = b"\x89\x18\x80+15415550145/TYPE=PLMN\x00"


@pytest.mark.parametrize(
    ("data", "sender"),
    [(PUSH + FROM, "+15415550145"), (PUSH, "72727"), (b"", "72727")],
    ids=["the first part", "no sender in it", "a later part"],
)
def test_a_picture_is_from_who_sent_it_and_not_from_the_carrier(data: bytes, sender: str) -> None:
    decoded = pdu.decode(DELIVER)
    assert isinstance(decoded, pdu.Deliver)
    notice = replace(decoded, kind=pdu.DeliverKind.MMS_NOTICE, sender="72727", data=data, text="")
    made = incoming_of(notice, DELIVER, SIM)
    assert (made.kind, made.sender, made.text) == ("mms_notice", sender, "")


@pytest.mark.parametrize(
    ("data", "kind", "text"),
    [
        (b"STOP", "text", "STOP"),
        (b"he has a gun\r\n", "text", "he has a gun\r\n"),
        ("no más".encode(), "text", "no más"),
        (b"\x02\x4a\x3a\x5d", "binary", ""),
        (b"\xff\xfe", "binary", ""),
        (b"...", "binary", ""),
        (b"", "binary", ""),
    ],
)
def test_plain_words_in_octets_are_a_text(data: bytes, kind: str, text: str) -> None:
    raw = f"00040B915114550521F3000462304021000000{len(data):02X}{data.hex().upper()}"
    made = incoming_of(pdu.decode(raw), raw, SIM)
    assert (made.kind, made.text) == (kind, text)


MISCODED = (
    # stated coding, octets, what is read
    (8, b"STOP", "STOP"),
    (8, "STOP".encode("utf-16-le"), "STOP"),
    (8, b"he has a gun", "he has a gun"),
    (4, "STOP".encode("utf-16-be"), "STOP"),
    (4, "STOP".encode("utf-16-le"), "STOP"),
    (0, b"STOP", "STOP"),
    (8, b"HI", "\u4849"),
    (8, "\u505c\u6b62".encode("utf-16-be"), "\u505c\u6b62"),
    (8, "STOP".encode("utf-16-be"), "STOP"),
    (8, "gracias".encode("utf-16-be"), "gracias"),
)


@pytest.mark.parametrize(("coding", "data", "text"), MISCODED, ids=[f"{c}-{d!r}" for c, d, _ in MISCODED])
def test_a_stop_in_the_wrong_alphabet_is_heard(coding: int, data: bytes, text: str) -> None:
    raw = f"00040B915114550521F300{coding:02X}62304021000000{len(data):02X}{data.hex().upper()}"
    made = incoming_of(pdu.decode(raw), raw, SIM)
    assert (made.kind, made.text) == ("text", text)


@pytest.mark.parametrize("raw", ["", "00", "FFFFFF", REPORT])
def test_what_cannot_be_read_as_a_text_is_kept_as_it_is(raw: str) -> None:
    made = incoming_of(pdu.decode(raw), raw, SIM)
    assert (made.pdu, made.kind, made.text, made.sent_at) == (raw, "raw", "", None)


def test_a_delivery_report() -> None:
    made = report_of(pdu.decode(REPORT), SIM)
    assert made is not None
    assert (made.reference, made.recipient, made.status, made.outcome) == (7, "+15415550123", 0, "delivered")
    assert made.discharged_at == clock.from_datetime(datetime(2026, 3, 4, 12, tzinfo=UTC))


def test_a_network_time_is_an_instant_whatever_its_zone() -> None:
    west = datetime(2026, 3, 4, 4, tzinfo=timezone(timedelta(hours=-8)))
    assert instant(west) == clock.from_datetime(datetime(2026, 3, 4, 12, tzinfo=UTC))
    assert instant(None) is None
