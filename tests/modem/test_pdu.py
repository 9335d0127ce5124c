"""SUBMIT out, DELIVER and STATUS-REPORT in: published PDUs, kinds, and what cannot be read."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from modem import pdu
from modem.pdu import Concat, Deliver, DeliverKind, Raw, ReceiptOutcome, StatusReport

VECTORS: dict[str, list[dict[str, Any]]] = tomllib.loads(
    (Path(__file__).parents[1] / "vectors" / "pdus.toml").read_text(encoding="utf-8")
)
NOON = datetime(2026, 4, 21, 12, 0, tzinfo=UTC)
RESIDENT = "+15415550123"
MMS_TYPE = b"application/vnd.wap.mms-message\0"


def named(kind: str) -> list[Any]:
    return [pytest.param(vector, id=f"{vector['source']}: {vector['name']}") for vector in VECTORS[kind]]


def delivered(pdu_hex: str) -> Deliver:
    message = pdu.decode(pdu_hex)
    assert isinstance(message, Deliver), message
    return message


@pytest.mark.parametrize("vector", named("deliver"))
def test_published_delivers(vector: dict[str, Any]) -> None:
    message = delivered(vector["pdu"])
    for name in ("smsc", "sender", "text", "sent_at"):
        if name in vector:
            assert getattr(message, name) == vector[name], name
    assert message.concat == (Concat(*vector["concat"]) if "concat" in vector else None)
    assert message.kind is DeliverKind(vector["kind"])


@pytest.mark.parametrize("vector", named("submit"))
def test_published_submits(vector: dict[str, Any]) -> None:
    (part,) = pdu.encode_submit(
        vector["recipient"],
        vector["text"],
        reference=0,
        validity_seconds=vector["validity_seconds"],
        report=False,
    )
    assert part.tpdu.hex().upper() == vector["tpdu"]


@pytest.mark.parametrize("vector", named("status_report"))
def test_published_status_reports(vector: dict[str, Any]) -> None:
    assert pdu.decode(vector["pdu"]) == StatusReport(
        vector["reference"],
        vector["recipient"],
        vector["sent_at"],
        vector["discharged_at"],
        vector["status"],
        ReceiptOutcome(vector["outcome"]),
    )


def test_one_part_has_no_header_and_no_reference() -> None:
    (part,) = pdu.encode_submit(RESIDENT, "hello", reference=7, validity_seconds=None)
    assert part.hex == "0021000B915114550521F3000005E8329BFD06"
    assert part.length == len(part.hex) // 2 - 1  # the service centre's length octet is not counted
    assert (part.recipient, part.index, part.total, part.reference) == (RESIDENT, 1, 1, None)


def test_parts_share_a_16_bit_reference_and_count_on() -> None:
    parts = pdu.encode_submit(
        RESIDENT, "a" * 305, reference=0xBEEF, validity_seconds=3600, message_reference=254
    )
    assert [(part.index, part.total, part.reference) for part in parts] == [
        (1, 3, 0xBEEF),
        (2, 3, 0xBEEF),
        (3, 3, 0xBEEF),
    ]
    for part, message_reference, length in zip(parts, (254, 255, 0), (160, 160, 9), strict=True):
        start = f"71{message_reference:02X}0B915114550521F300000B{length:02X}060804BEEF03{part.index:02X}"
        assert part.tpdu.hex().upper().startswith(start)
        assert part.length <= 14 + 140


@pytest.mark.parametrize(
    ("text", "octets"),
    [
        pytest.param("a" * 160, 140, id="160 septets"),
        pytest.param("a" * 152 * 2, 140, id="header and 152 septets"),
        pytest.param("\u4e2d" * 70, 140, id="70 UTF-16 units"),
        pytest.param("\u4e2d" * 66 * 2, 139, id="header and 66 UTF-16 units"),
    ],
)
def test_a_full_part_leaves_no_room(text: str, octets: int) -> None:
    part = pdu.encode_submit(RESIDENT, text, reference=1, validity_seconds=None)[0]
    assert part.length == 13 + octets


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param({"recipient": "541-555-0123"}, "not a telephone number", id="dashes"),
        pytest.param({"recipient": "541 555 0123"}, "not a telephone number", id="blanks"),
        pytest.param({"recipient": ""}, "not a telephone number", id="nobody"),
        pytest.param({"text": "x\ud83d"}, "surrogates", id="half an emoji"),
        pytest.param({"text": "a" * (152 * 255 + 1)}, "256 parts", id="too long"),
        pytest.param({"reference": -1}, "16 bits", id="negative reference"),
        pytest.param({"reference": 65536}, "16 bits", id="reference too high"),
    ],
)
def test_what_cannot_be_sent_is_refused(arguments: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        pdu.encode_submit(
            **{"recipient": RESIDENT, "text": "x", "reference": 0, "validity_seconds": 60} | arguments
        )


def test_255_parts_can_be_sent() -> None:
    assert len(pdu.encode_submit(RESIDENT, "a" * 152 * 255, reference=0, validity_seconds=None)) == 255


@pytest.mark.parametrize(
    ("pid", "dcs", "kind"),
    [
        pytest.param(0x00, 0x00, DeliverKind.TEXT, id="plain"),
        pytest.param(0x00, 0x08, DeliverKind.TEXT, id="UCS2"),
        pytest.param(0x00, 0x11, DeliverKind.TEXT, id="class 1"),
        pytest.param(0x00, 0x13, DeliverKind.TEXT, id="class 3"),
        pytest.param(0x00, 0x48, DeliverKind.TEXT, id="automatic deletion"),
        pytest.param(0x41, 0x00, DeliverKind.TEXT, id="replace type 1"),
        pytest.param(0x00, 0x84, DeliverKind.TEXT, id="reserved group"),
        pytest.param(0x00, 0x10, DeliverKind.CLASS0, id="class 0"),
        pytest.param(0x00, 0x18, DeliverKind.CLASS0, id="class 0, UCS2"),
        pytest.param(0x00, 0xF0, DeliverKind.CLASS0, id="class 0, other group"),
        pytest.param(0x00, 0xC8, DeliverKind.VOICEMAIL, id="discard"),
        pytest.param(0x00, 0xD0, DeliverKind.VOICEMAIL, id="store"),
        pytest.param(0x00, 0xE8, DeliverKind.VOICEMAIL, id="store, UCS2"),
        pytest.param(0x00, 0x12, DeliverKind.TEXT, id="class 2: words kept on the SIM"),
        pytest.param(0x00, 0xF2, DeliverKind.TEXT, id="class 2, other group"),
        pytest.param(0x7F, 0xF2, DeliverKind.SIM_DATA, id="SIM data download, class 2"),
        pytest.param(0x5F, 0x00, DeliverKind.VOICEMAIL, id="return call"),
        pytest.param(0x7F, 0x00, DeliverKind.SIM_DATA, id="SIM data download"),
        pytest.param(0x40, 0x00, DeliverKind.SIM_DATA, id="type 0, shown to nobody"),
    ],
)
def test_the_kind_of_a_text(pid: int, dcs: int, kind: DeliverKind) -> None:
    (pdu_hex,) = pdu.encode_deliver(RESIDENT, "caf\u00e9", sent_at=NOON, pid=pid, dcs=dcs)
    message = delivered(pdu_hex)
    assert (message.kind, message.text, message.pid, message.dcs) == (kind, "caf\u00e9", pid, dcs)


@pytest.mark.parametrize(
    ("header", "data", "dcs", "kind"),
    [
        pytest.param("", b"\xde\xad", 0x04, DeliverKind.BINARY, id="octets"),
        pytest.param("", b"\xde\xad", 0x20, DeliverKind.BINARY, id="compressed text"),
        pytest.param("", b"\xde\xad", 0xF5, DeliverKind.BINARY, id="octets, class 1"),
        pytest.param("", b"\xde\xad", 0xF6, DeliverKind.SIM_DATA, id="octets, class 2"),
        pytest.param("027000", b"\xde\xad", 0x04, DeliverKind.SIM_DATA, id="SIM toolkit header"),
        pytest.param("0401020005", b"", 0x04, DeliverKind.VOICEMAIL, id="special indication"),
        pytest.param("06050415810000", b"x", 0xF5, DeliverKind.BINARY, id="ring tone port"),
        pytest.param(
            "0605040B8423F0", b"\x01\x06\x03\xbe\xaf\x84", 0x04, DeliverKind.MMS_NOTICE, id="MMS, short type"
        ),
        pytest.param(
            "0605040B8423F0", b"\x01\x06\x22" + MMS_TYPE, 0xF5, DeliverKind.MMS_NOTICE, id="MMS, long type"
        ),
        pytest.param("0605040B8423F0", b"", 0x04, DeliverKind.MMS_NOTICE, id="MMS port, nothing to read"),
        pytest.param(
            "0605040B8423F0", b"\x01\x06\x01\xae\x02", 0x04, DeliverKind.WAP_PUSH, id="service note"
        ),
        pytest.param(
            "0B05040B8423F00003070202", b"\x01\x06\x01\xae", 0x04, DeliverKind.MMS_NOTICE, id="a later part"
        ),
        pytest.param(
            "0605040B8523F0", b"\x01\x06\x03\xbe", 0x04, DeliverKind.WAP_PUSH, id="secure push port"
        ),
        pytest.param("060504C34F0000", b"x", 0xF5, DeliverKind.WAP_PUSH, id="phone settings port"),
    ],
)
def test_the_kind_of_octets(header: str, data: bytes, dcs: int, kind: DeliverKind) -> None:
    pdu_hex = pdu.encode_deliver_octets(RESIDENT, data, sent_at=NOON, header=bytes.fromhex(header), dcs=dcs)
    message = delivered(pdu_hex)
    assert (message.kind, message.text, message.data) == (kind, "", data)


@pytest.mark.parametrize(
    ("pdu_hex", "reason"),
    [
        pytest.param("", "ends within its service centre", id="nothing"),
        pytest.param("not a pdu", "not hexadecimal", id="words"),
        pytest.param("0", "not hexadecimal", id="half an octet"),
        pytest.param("\u0660\u0660", "not hexadecimal", id="digits of another script"),
        pytest.param("\ud83d", "not hexadecimal", id="half an emoji"),
        pytest.param("07917238010010", "ends within its service centre", id="cut in the service centre"),
        pytest.param("00", "ends within its first octet", id="nothing behind it"),
        pytest.param("00040B9151", "ends within its address", id="cut in the sender"),
        pytest.param("000405912143F500", "ends within its data coding", id="cut before the coding"),
        pytest.param("000405912143F500006240", "ends within its time stamp", id="cut in the time"),
        pytest.param(
            "000405912143F5000062401221436500", "ends within its user data length", id="cut before the text"
        ),
        pytest.param(
            "000405912143F500006240122143650005E8329B", "ends within its user data", id="cut in the text"
        ),
        pytest.param("0011000B916407281553F80000AA0AE8329BFD4697D9EC37", "SUBMIT", id="our own text"),
        pytest.param(
            "00060705912143F56240122143650062401221436500", "ends within its status", id="no status"
        ),
    ],
)
def test_what_cannot_be_read_is_kept_with_the_reason(pdu_hex: str, reason: str) -> None:
    message = pdu.decode(pdu_hex)
    assert isinstance(message, Raw)
    assert message.hex == pdu_hex
    assert reason in message.reason


def test_a_zero_time_stamp_costs_no_text() -> None:
    message = delivered("000405912143F500000000000000000005E8329BFD06")
    assert message.sent_at is None
    assert message.text == "hello"
    assert message.smsc is None


def test_a_reserved_message_type_is_read_as_a_deliver() -> None:
    assert delivered("000705912143F500006240122143650005E8329BFD06").text == "hello"


def test_blanks_around_a_pdu_are_no_harm() -> None:
    assert delivered(" 000405912143F500006240122143650005E8329BFD06\r\n").text == "hello"


@pytest.mark.parametrize("status", range(256))
def test_every_status_has_its_outcome(status: int) -> None:
    report = pdu.decode(
        pdu.encode_status_report(9, RESIDENT, sent_at=NOON, discharged_at=NOON, status=status)
    )
    ranges = {0x00: "delivered", 0x20: "pending", 0x40: "failed", 0x60: "gave_up"}
    expected = ReceiptOutcome(ranges.get(status & 0xE0, "gave_up"))
    assert report == StatusReport(9, RESIDENT, NOON, NOON, status, expected)


def test_a_report_without_times_is_a_report() -> None:
    report = pdu.decode("00060705912143F5" + "00" * 14 + "00")
    assert report == StatusReport(7, "+12345", None, None, 0, ReceiptOutcome.DELIVERED)


def test_what_follows_a_report_is_left_alone() -> None:
    report = pdu.encode_status_report(9, RESIDENT, sent_at=NOON, discharged_at=NOON, status=0)
    assert pdu.decode(report + "07000005E8329BFD06") == pdu.decode(report)


@pytest.mark.parametrize(
    ("texts", "whole"),
    [
        pytest.param([], "", id="nothing"),
        pytest.param(["a", "b"], "ab", id="two"),
        pytest.param(["a\ud83d", "\ude00b"], "a\U0001f600b", id="a pair cut in two"),
        pytest.param(["a\ud83d"], "a\ufffd", id="first half alone"),
        pytest.param(["\ude00b"], "\ufffdb", id="second half alone"),
        pytest.param(["\ud83d", "x", "\ude00"], "\ufffdx\ufffd", id="a part between the halves"),
        pytest.param(["\ud83d", "\ud83d", "\ude00"], "\ufffd\U0001f600", id="two first halves"),
        pytest.param(["STOP\0", "\0"], "STOP", id="NULs"),
        pytest.param(["\ud83d\0", "\ude00"], "\U0001f600", id="a NUL between the halves"),
    ],
)
def test_joined_parts_are_whole_and_encodable(texts: list[str], whole: str) -> None:
    assert pdu.join(texts) == whole
    assert pdu.join(texts).encode("utf-8").decode("utf-8") == whole
