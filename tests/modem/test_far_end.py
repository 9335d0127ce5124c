"""The network's side: what the simulator reads and writes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from modem import pdu
from modem.pdu import Concat, Deliver, Submit

NOON = datetime(2026, 4, 21, 12, 0, tzinfo=timezone(timedelta(hours=-7)))
RESIDENT = "+15415550123"
BOX = "+15415550100"
SUBMIT = "0021000B916407281553F800000AE8329BFD4697D9EC37"[2:]  # without the service centre's octet


def delivered(pdu_hex: str) -> Deliver:
    message = pdu.decode(pdu_hex)
    assert isinstance(message, Deliver), message
    return message


def test_a_submit_is_read_back_whole() -> None:
    (part,) = pdu.encode_submit(
        RESIDENT, "caf\u00e9", reference=1, validity_seconds=7200, message_reference=9
    )
    assert pdu.decode_submit(part.tpdu) == Submit(RESIDENT, "caf\u00e9", None, 9, True, 7200, None, 0)


def test_a_submit_of_two_parts_is_read_back() -> None:
    parts = pdu.encode_submit("12345", "\U0001f600" * 36, reference=700, validity_seconds=None, report=False)
    first, second = (pdu.decode_submit(part.tpdu) for part in parts)
    assert first == Submit("12345", "\U0001f600" * 33, 700, 0, False, None, Concat(700, 2, 1, True), 8)
    assert second == Submit("12345", "\U0001f600" * 3, 700, 1, False, None, Concat(700, 2, 2, True), 8)


@pytest.mark.parametrize(
    ("first", "period", "seconds"),
    [
        pytest.param("01", "", None, id="none"),
        pytest.param("11", "AA", 4 * 86400, id="relative"),
        pytest.param("09", "00" * 7, None, id="enhanced: passed over"),
        pytest.param("19", "62401221436500", None, id="absolute: passed over"),
    ],
)
def test_every_form_of_validity_is_stepped_over(first: str, period: str, seconds: int | None) -> None:
    tpdu = bytes.fromhex(f"{first}000B916407281553F80000{period}0AE8329BFD4697D9EC37")
    submit = pdu.decode_submit(tpdu)
    assert (submit.text, submit.validity_seconds) == ("hellohello", seconds)


@pytest.mark.parametrize("kept", range(len(SUBMIT) // 2))
def test_a_submit_cut_anywhere_is_refused(kept: int) -> None:
    with pytest.raises(ValueError, match="ends within"):
        pdu.decode_submit(bytes.fromhex(SUBMIT)[:kept])


@pytest.mark.parametrize(
    ("tpdu", "says"),
    [
        pytest.param(SUBMIT + "00", "1 octets follow", id="one octet too many"),
        pytest.param("00" + SUBMIT[2:], "begins no SUBMIT", id="a DELIVER"),
        pytest.param("02" + SUBMIT[2:], "begins no SUBMIT", id="a COMMAND"),
    ],
)
def test_a_broken_submit_is_refused(tpdu: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        pdu.decode_submit(bytes.fromhex(tpdu))


def test_a_deliver_carries_everything() -> None:
    (pdu_hex,) = pdu.encode_deliver(RESIDENT, "4", sent_at=NOON, smsc=BOX)
    message = delivered(pdu_hex)
    assert (message.sender, message.text, message.smsc, message.sent_at) == (RESIDENT, "4", BOX, NOON)
    assert not message.sender_is_alphanumeric
    # No more messages waiting, no header; octet by octet as 3GPP TS 23.040 9.2.2.1 has it.
    assert pdu_hex == "07915114550501F0040B915114550521F300006240122100008A0134"


@pytest.mark.parametrize(
    ("sender", "is_alphanumeric"),
    [("Dispatch", True), ("AT&T Msg", True), ("32665", False), ("*611", False), ("5415550123", False)],
)
def test_a_deliver_comes_from_a_name_or_a_number(sender: str, is_alphanumeric: bool) -> None:
    message = delivered(pdu.encode_deliver(sender, "x", sent_at=NOON)[0])
    assert (message.sender, message.sender_is_alphanumeric) == (sender, is_alphanumeric)


@pytest.mark.parametrize(
    ("text", "wide", "lengths"),
    [
        pytest.param("a" * 160, False, [160], id="160"),
        pytest.param("a" * 161, False, [153, 8], id="8-bit reference leaves 153"),
        pytest.param("a" * 161, True, [152, 9], id="16-bit reference leaves 152"),
        pytest.param("\u4e2d" * 71, False, [67, 4], id="8-bit reference leaves 67"),
        pytest.param("\u4e2d" * 71, True, [66, 5], id="16-bit reference leaves 66"),
    ],
)
def test_a_long_deliver_is_cut_as_networks_do(text: str, wide: bool, lengths: list[int]) -> None:
    parts = [
        delivered(part) for part in pdu.encode_deliver(RESIDENT, text, sent_at=NOON, reference=200, wide=wide)
    ]
    assert [len(part.text) for part in parts] == lengths
    assert pdu.join([part.text for part in parts]) == text
    if len(parts) > 1:
        assert [part.concat for part in parts] == [Concat(200, 2, 1, wide), Concat(200, 2, 2, wide)]


def test_a_long_deliver_without_a_reference_has_zero() -> None:
    concat = delivered(pdu.encode_deliver(RESIDENT, "a" * 161, sent_at=NOON)[0]).concat
    assert concat == Concat(0, 2, 1, False)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param({"reference": 256}, "8 bits", id="reference beyond 8 bits"),
        pytest.param({"reference": 65536, "wide": True}, "16 bits", id="reference beyond 16 bits"),
        pytest.param({"dcs": 0x04}, "carries octets", id="octets"),
        pytest.param({"dcs": 0x00, "text": "\u4e2d"}, "not in the GSM", id="alphabet too small"),
        pytest.param({"sent_at": datetime(2026, 1, 1)}, "no time zone", id="naive time"),
        pytest.param({"sender": "a name too long"}, "septets", id="long name"),
        pytest.param({"text": "a" * 153 * 255 + "a"}, "256 parts", id="too long"),
    ],
)
def test_what_no_network_sends_is_refused(arguments: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        pdu.encode_deliver(**{"sender": RESIDENT, "text": "x", "sent_at": NOON} | arguments)


def test_a_status_report_carries_everything() -> None:
    done = NOON + timedelta(seconds=5)
    pdu_hex = pdu.encode_status_report(255, RESIDENT, sent_at=NOON, discharged_at=done, status=0x46, smsc=BOX)
    report = pdu.decode(pdu_hex)
    assert isinstance(report, pdu.StatusReport)
    assert (report.reference, report.recipient, report.status) == (255, RESIDENT, 0x46)
    assert (report.sent_at, report.discharged_at) == (NOON, done)
    assert report.outcome is pdu.ReceiptOutcome.FAILED
    assert report.sent_at is not None
    assert report.sent_at.astimezone(UTC).hour == 19
