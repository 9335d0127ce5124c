"""The codec against two others, on the ground where those are right; their faults as a table.

Oracles: `gsmmodem.pdu` of python-gsmmodem-new 0.13.0 and smspdudecoder 2.2.0. Neither is used by the
product.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from gsmmodem import pdu as gsmmodem
from hypothesis import given
from hypothesis import strategies as st
from smspdudecoder.fields import SMSDeliver, SMSSubmit

from modem import pdu
from modem.gsm7 import BASIC, EXTENSION

NOON = datetime(2026, 4, 21, 12, 0, tzinfo=UTC)
RESIDENT = "+15415550123"
BASIC_CHARACTERS = BASIC.replace("\x1b", "")
EVERY_CHARACTER = BASIC_CHARACTERS + "".join(EXTENSION.values())

# python-gsmmodem-new takes a backtick for the section sign, has the number 12 for a form feed, and
# loses an "@" (septet 0) at the end; it cannot carry anything above U+FFFF.
gsmmodem_gsm7 = st.text(EVERY_CHARACTER.replace("\u00a7", "").replace("\f", ""), max_size=400).filter(
    lambda text: not text.endswith("@")
)
# It also takes a y with diaeresis for its form feed, and fails.
bmp = st.characters(
    min_codepoint=1, max_codepoint=0xFFFF, exclude_categories=["Cs"], exclude_characters="\u00ff"
)
bmp_texts = st.text(bmp, max_size=150).map(lambda text: text + "\u4e2d")
numbers = st.from_regex(r"\+[0-9]{1,15}", fullmatch=True)
moments = st.datetimes(datetime(2000, 1, 1), datetime(2068, 12, 31), timezones=st.just(UTC)).map(
    lambda moment: moment.replace(microsecond=0)
)


def texts_of(pdus: tuple[str, ...]) -> list[str]:
    read = [pdu.decode(pdu_hex) for pdu_hex in pdus]
    return [message.text for message in read if isinstance(message, pdu.Deliver)]


class TestGsmmodem:
    """python-gsmmodem-new 0.13.0: numbers, times, GSM-7 without three characters, UCS2 without emoji."""

    @given(numbers, gsmmodem_gsm7.filter(lambda text: len(text) < 80), st.integers(1, 143), st.booleans())
    def test_writes_the_same_submit(self, recipient: str, text: str, fives: int, report: bool) -> None:
        minutes = 5 * fives
        (part,) = pdu.encode_submit(
            recipient, text, reference=0, validity_seconds=60 * minutes, report=report, message_reference=9
        )
        (theirs,) = gsmmodem.encodeSmsSubmitPdu(
            recipient, text, reference=9, validity=timedelta(minutes=minutes), requestStatusReport=report
        )
        assert part.hex == str(theirs)
        assert part.length == theirs.tpduLength

    @given(st.text(bmp, min_size=0, max_size=69).map(lambda text: text + "\u4e2d"))
    def test_writes_the_same_submit_in_ucs2(self, text: str) -> None:
        (part,) = pdu.encode_submit(RESIDENT, text, reference=0, validity_seconds=None)
        (theirs,) = gsmmodem.encodeSmsSubmitPdu(RESIDENT, text, requestStatusReport=True)
        assert part.hex == str(theirs)

    @given(gsmmodem_gsm7 | bmp_texts, st.integers(0, 0xFFFF))
    def test_reads_our_submits(self, text: str, reference: int) -> None:
        parts = pdu.encode_submit(RESIDENT, text, reference=reference, validity_seconds=7200)
        for part in parts:
            theirs = gsmmodem.decodeSmsPdu(part.hex)
            ours = pdu.decode_submit(part.tpdu)
            assert theirs["number"] == ours.recipient
            assert theirs["validity"] == timedelta(seconds=7200)
            if not ours.text.endswith("@"):
                assert theirs["text"] == ours.text
            if len(parts) > 1:
                (element,) = theirs["udh"]
                concat = pdu.Concat(element.reference, element.parts, element.number, wide=True)
                assert concat == ours.concat

    @given(numbers, gsmmodem_gsm7 | bmp_texts, moments, st.booleans())
    def test_reads_our_delivers(self, sender: str, text: str, sent_at: datetime, wide: bool) -> None:
        for pdu_hex in pdu.encode_deliver(sender, text, sent_at=sent_at, reference=5, wide=wide):
            theirs = gsmmodem.decodeSmsPdu(pdu_hex)
            ours = pdu.decode(pdu_hex)
            assert isinstance(ours, pdu.Deliver)
            assert (theirs["number"], theirs["time"]) == (ours.sender, ours.sent_at)
            if not ours.text.endswith("@"):
                assert theirs["text"] == ours.text

    @given(gsmmodem_gsm7 | bmp_texts)
    def test_is_read_by_us(self, text: str) -> None:
        theirs = gsmmodem.encodeSmsSubmitPdu(RESIDENT, text, reference=3, validity=timedelta(hours=1))
        read = [pdu.decode_submit(bytes(part.data)[1:]) for part in theirs]
        assert "".join(submit.text for submit in read) == text
        assert {submit.recipient for submit in read} == {RESIDENT}
        assert {submit.validity_seconds for submit in read} == {3600}

    @given(st.integers(0, 255), numbers, moments, moments, st.integers(0, 255))
    def test_reads_our_reports(
        self, reference: int, recipient: str, sent_at: datetime, discharged_at: datetime, status: int
    ) -> None:
        pdu_hex = pdu.encode_status_report(
            reference, recipient, sent_at=sent_at, discharged_at=discharged_at, status=status
        )
        theirs = gsmmodem.decodeSmsPdu(pdu_hex)
        assert (theirs["reference"], theirs["number"], theirs["status"]) == (reference, recipient, status)
        assert (theirs["time"], theirs["discharge"]) == (sent_at, discharged_at)


class TestSmspdudecoder:
    """smspdudecoder 2.2.0: basic GSM-7, UCS2 whole in each part, both concatenations.

    It cuts the decoded characters at the length, which counts septets: escape pairs are out.
    """

    @given(numbers, st.text(BASIC_CHARACTERS, max_size=400) | bmp_texts, moments, st.booleans())
    def test_reads_our_delivers(self, sender: str, text: str, sent_at: datetime, wide: bool) -> None:
        for pdu_hex in pdu.encode_deliver(sender, text, sent_at=sent_at, reference=5, wide=wide):
            theirs = SMSDeliver.decode(StringIO(pdu_hex))
            ours = pdu.decode(pdu_hex)
            assert isinstance(ours, pdu.Deliver)
            assert theirs["user_data"]["data"] == ours.text
            assert "+" + theirs["sender"]["number"] == ours.sender
            assert theirs["scts"] == ours.sent_at
            header = theirs["user_data"]["header"]
            if ours.concat:
                counts = header["elements"][0]["data"]
                assert counts == {
                    "reference": ours.concat.reference,
                    "parts_count": ours.concat.total,
                    "part_number": ours.concat.sequence,
                }
            else:
                assert header is None

    @given(st.text(BASIC_CHARACTERS, max_size=400) | st.text("a\U0001f600\u200d", max_size=200))
    def test_reads_our_submits(self, text: str) -> None:
        # A pair is never split between parts, so that this reader, which fails on halves, reads emoji too.
        parts = pdu.encode_submit(RESIDENT, text, reference=1, validity_seconds=300)
        read = [SMSSubmit.decode(StringIO(part.hex))["user_data"]["data"] for part in parts]
        assert "".join(read) == text


START = "00040B915114550521F3"
WHEN = "62401221436500"


def gsmmodem_reads(pdu_hex: str) -> Any:
    """The text, or the class of what it raises instead."""
    try:
        return gsmmodem.decodeSmsPdu(pdu_hex)["text"]
    except (ValueError, TypeError, AttributeError, StopIteration, RuntimeError) as error:
        return type(error)


def smspdudecoder_reads(pdu_hex: str) -> Any:
    """The text, or the class of what it raises instead."""
    try:
        return SMSDeliver.decode(StringIO(pdu_hex))["user_data"]["data"]
    except (ValueError, KeyError, AssertionError) as error:
        return type(error)


BOTH = (gsmmodem_reads, smspdudecoder_reads)


@pytest.mark.parametrize(
    ("pdu_hex", "text", "at_fault"),
    [
        # gsmmodem/pdu.py:29: a backtick stands at 0x5F of its table.
        pytest.param(f"{START}0000{WHEN}015F", "\u00a7", [gsmmodem_reads], id="section sign"),
        # gsmmodem/pdu.py:898: a last septet of zero is dropped where the octets are full.
        pytest.param(f"{START}0000{WHEN}0831D98C56B3DD00", "1234567@", [gsmmodem_reads], id="at at the end"),
        # gsmmodem/pdu.py:30: the form feed of its table is the number 12.
        pytest.param(f"{START}0000{WHEN}021B05", "\f", [gsmmodem_reads], id="form feed"),
        # gsmmodem drops an unknown code behind an escape; 23.038 6.2.1.1 has the basic character.
        pytest.param(f"{START}0000{WHEN}029B20", "A", [gsmmodem_reads], id="unknown escape"),
        # gsmmodem stops reading at an escape at the end.
        pytest.param(f"{START}0000{WHEN}02C10D", "A ", [gsmmodem_reads], id="escape at the end"),
        # smspdudecoder cuts characters where septets are counted: a spare septet becomes an "@".
        pytest.param(
            f"{START}0000{WHEN}0730180C06DB2800",
            "00000\f",
            [smspdudecoder_reads],
            id="spare septet behind an escape pair",
        ),
        # gsmmodem/pdu.py:558 and smspdudecoder's DCS know one coding group only.
        pytest.param(f"{START}00E0{WHEN}0400480069", "Hi", BOTH, id="UCS2 with a waiting indication"),
        # smspdudecoder fails on half of a pair, which every phone sends at the edge of a part.
        pytest.param(f"{START}0008{WHEN}040041D83D", "A\ud83d", [smspdudecoder_reads], id="half an emoji"),
        # gsmmodem/pdu.py:524 and smspdudecoder's Date: a time stamp of zeros ends the reading.
        pytest.param(f"{START}0000{'00' * 7}05E8329BFD06", "hello", BOTH, id="no time stamp"),
    ],
)
def test_where_the_oracles_are_wrong(
    pdu_hex: str, text: str, at_fault: Sequence[Callable[[str], Any]]
) -> None:
    message = pdu.decode(pdu_hex)
    assert isinstance(message, pdu.Deliver)
    assert message.text == text
    assert [reads.__name__ for reads in at_fault if reads(pdu_hex) == text] == []


@pytest.mark.parametrize(
    ("number", "field"),
    [
        # gsmmodem/pdu.py:603: digits without plus get the type "national", which short codes are not.
        pytest.param("12345", "05812143F5", id="short code"),
        pytest.param("5415550123", "0A814551551032", id="national digits"),
    ],
)
def test_where_the_oracle_misdials(number: str, field: str) -> None:
    (part,) = pdu.encode_submit(number, "x", reference=0, validity_seconds=None)
    assert part.tpdu[2:].hex().upper().startswith(field)
    assert not str(gsmmodem.encodeSmsSubmitPdu(number, "x")[0])[6:].startswith(field)
