"""Addresses, time stamps, validity and coding schemes, octet by octet."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modem import tpdu_fields as fields
from modem.gsm7 import Alphabet
from modem.tpdu_fields import Address, Coding, Octets

MINUTE, HOUR, DAY, WEEK = 60, 3600, 86400, 604800
numbers = st.from_regex(r"\+[0-9]{1,20}|[0-9*#abc]{1,20}", fullmatch=True)
quarters = st.integers(-79, 79).map(lambda count: timezone(timedelta(minutes=15 * count)))
moments = st.datetimes(datetime(1990, 1, 2), datetime(2089, 12, 30), timezones=quarters).map(
    lambda moment: moment.replace(microsecond=0)
)


def address_of(field: bytes) -> Address:
    octets = Octets(field)
    address = fields.take_address(octets)
    assert octets.rest() == b""
    return address


@pytest.mark.parametrize(
    ("number", "field"),
    [
        pytest.param("+46708251358", "0B916407281553F8", id="international, odd (dreamfabric)"),
        pytest.param("+15551234567", "0B915155214365F7", id="international, odd (smspdudecoder)"),
        pytest.param("+441234567890", "0C91442143658709", id="international, even"),
        pytest.param("5415550123", "0A814551551032", id="national digits: type unknown"),
        pytest.param("12345", "05812143F5", id="short code: type unknown"),
        pytest.param("911", "038119F1", id="three digits"),
        pytest.param("7", "0181F7", id="one digit"),
        pytest.param("*#06#", "0581BA60FB", id="star and hash"),
        pytest.param("12abc", "058121DCFE", id="a to c"),
    ],
)
def test_a_number_becomes_its_octets_and_back(number: str, field: str) -> None:
    assert fields.number_field(number).hex().upper() == field
    assert address_of(bytes.fromhex(field)) == Address(number)


@pytest.mark.parametrize(
    "number",
    [
        "", "+", "++1", "541-555-0123", "541 555 0123", "+1 5415550123", "(541)5550123", "tel:5550123", "1+2",
        "+1*2", "5550123\n", "\u0661\u0662\u0663", "ABC", "1" * 21, "+" + "1" * 21,
    ],
)  # fmt: skip
def test_what_is_no_number_is_refused_not_repaired(number: str) -> None:
    with pytest.raises(ValueError, match="is not a telephone number"):
        fields.number_field(number)


@pytest.mark.parametrize(
    ("field", "address"),
    [
        pytest.param("0BD0CDE6DB5DCE03", Address("MMoney", True), id="smspdudecoder"),
        pytest.param("14D0C4F23C7D760390EF7619", Address("Design@Home", True), id="smspdudecoder, eleven"),
        pytest.param("04D01100", Address("_@", True), id="at at the end stays"),
        pytest.param("0ED031D98C56B3DD00", Address("1234567@", True), id="14 semi-octets are eight septets"),
        pytest.param("0DD031D98C56B3DD00", Address("1234567", True), id="13 semi-octets are seven"),
        pytest.param("0AA14551551032", Address("5415550123"), id="national type: digits as they are"),
        pytest.param("039121F3", Address("+123"), id="international"),
        pytest.param("068121F365", Address("123"), id="a filler ends the number"),
        pytest.param("0081", Address(""), id="no digits"),
        pytest.param("0091", Address(""), id="no digits, international"),
    ],
)
def test_an_address_is_read_exactly(field: str, address: Address) -> None:
    assert address_of(bytes.fromhex(field)) == address


@pytest.mark.parametrize("field", ["", "0B", "0B91", "0B915155214365"])
def test_a_short_address_names_the_field(field: str) -> None:
    with pytest.raises(ValueError, match="ends within its address"):
        fields.take_address(Octets(bytes.fromhex(field)))


@pytest.mark.parametrize(
    ("name", "says"),
    [
        pytest.param("twelve chars", "12 septets", id="too long"),
        pytest.param("", "0 septets", id="empty"),
        pytest.param("{{{{{{", "12 septets", id="escapes count twice"),
        pytest.param("\u4e2d", "U\\+4E2D", id="no GSM-7 character"),
    ],
)
def test_a_name_that_does_not_fit_is_refused(name: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        fields.address_field(name)


@given(numbers)
def test_every_number_survives(number: str) -> None:
    assert address_of(fields.address_field(number)) == Address(number)


@given(st.text("ABCxyz @&!\u00a7\u00fc.", min_size=1, max_size=11))
def test_every_name_survives(name: str) -> None:
    assert address_of(fields.address_field(name)) == Address(name, is_alphanumeric=True)


@pytest.mark.parametrize(
    ("field", "smsc"),
    [
        pytest.param("00", None, id="left out"),
        pytest.param("0191", None, id="a type and no digits"),
        pytest.param("07917238010010F5", "+27831000015", id="dreamfabric"),
        pytest.param("07912160130300F4", "+12063130004", id="android"),
        pytest.param("0481214365", "123456", id="without plus"),
    ],
)
def test_the_service_centre_counts_octets(field: str, smsc: str | None) -> None:
    assert fields.take_smsc(Octets(bytes.fromhex(field))) == smsc


def test_the_service_centre_is_written_as_read() -> None:
    assert fields.smsc_field("").hex() == "00"
    assert fields.smsc_field("+27831000015").hex().upper() == "07917238010010F5"


@pytest.mark.parametrize(
    ("field", "moment"),
    [
        pytest.param("99309251619580", "1999-03-29T15:16:59+02:00", id="dreamfabric"),
        pytest.param("70902151012180", "2007-09-12T15:10:12+02:00", id="amro"),
        pytest.param("62401221436500", "2026-04-21T12:34:56+00:00", id="UTC"),
        pytest.param("6240122143654A", "2026-04-21T12:34:56-06:00", id="central time: sign in bit 3"),
        pytest.param("6240122143658A", "2026-04-21T12:34:56-07:00", id="pacific summer time"),
        pytest.param("6240122143650A", "2026-04-21T12:34:56-05:00", id="eastern time"),
        pytest.param("62401221436522", "2026-04-21T12:34:56+05:30", id="half an hour"),
        pytest.param("6240122143654B", "2026-04-21T12:34:56-08:30", id="thirty-four quarters west"),
        pytest.param("09101010101000", "1990-01-01T01:01:01+00:00", id="earliest"),
        pytest.param("98211332959500", "2089-12-31T23:59:59+00:00", id="latest"),
    ],
)
def test_a_time_stamp_is_read_with_its_zone(field: str, moment: str) -> None:
    expected = datetime.fromisoformat(moment)
    read = fields.timestamp_of(bytes.fromhex(field))
    assert read == expected
    assert read is not None
    assert read.utcoffset() == expected.utcoffset()
    assert fields.timestamp_field(expected).hex().upper() == field


@pytest.mark.parametrize(
    "field",
    [
        pytest.param("00000000000000", id="zeros"),
        pytest.param("FFFFFFFFFFFFFF", id="fillers"),
        pytest.param("62311221436500", id="month 13"),
        pytest.param("62200321436500", id="30 February"),
        pytest.param("62400021436500", id="day 0"),
        pytest.param("62401242436500", id="hour 24"),
        pytest.param("62401221066500", id="minute 60"),
        pytest.param("62401221430600", id="second 60"),
        pytest.param("6A401221436500", id="a letter in the year"),
        pytest.param("624012214365F0", id="a filler in the zone"),
    ],
)
def test_what_is_no_moment_is_none(field: str) -> None:
    assert fields.timestamp_of(bytes.fromhex(field)) is None


@given(moments)
def test_every_moment_survives_with_its_zone(moment: datetime) -> None:
    read = fields.timestamp_of(fields.timestamp_field(moment))
    assert read == moment
    assert read is not None
    assert read.utcoffset() == moment.utcoffset()


@given(st.binary(min_size=7, max_size=7))
def test_any_seven_octets_are_a_moment_or_none(data: bytes) -> None:
    read = fields.timestamp_of(data)
    assert read is None or fields.timestamp_of(fields.timestamp_field(read)) == read


def test_an_odd_zone_goes_out_as_utc() -> None:
    odd = datetime(2026, 1, 1, 12, 0, tzinfo=timezone(timedelta(minutes=7)))
    assert fields.timestamp_of(fields.timestamp_field(odd)) == odd.astimezone(UTC)


@pytest.mark.parametrize(
    ("moment", "says"),
    [
        pytest.param(datetime(2026, 1, 1), "no time zone", id="naive"),
        pytest.param(datetime(1989, 12, 31, tzinfo=UTC), "year 1989", id="too early"),
        pytest.param(datetime(2090, 1, 1, tzinfo=UTC), "year 2090", id="too late"),
    ],
)
def test_a_moment_that_does_not_fit_is_refused(moment: datetime, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        fields.timestamp_field(moment)


@pytest.mark.parametrize(
    ("seconds", "octet"),
    [
        pytest.param(-1, 0, id="past: five minutes"),
        pytest.param(0, 0, id="none: five minutes"),
        pytest.param(299, 0, id="below five minutes"),
        pytest.param(5 * MINUTE, 0, id="five minutes"),
        pytest.param(10 * MINUTE - 1, 0, id="down to five"),
        pytest.param(10 * MINUTE, 1, id="ten minutes"),
        pytest.param(HOUR, 11, id="an hour"),
        pytest.param(12 * HOUR, 143, id="twelve hours"),
        pytest.param(12 * HOUR + 29 * MINUTE, 143, id="down to twelve hours"),
        pytest.param(12 * HOUR + 30 * MINUTE, 144, id="twelve and a half"),
        pytest.param(DAY, 167, id="a day"),
        pytest.param(2 * DAY - 1, 167, id="down to a day"),
        pytest.param(2 * DAY, 168, id="two days"),
        pytest.param(4 * DAY, 0xAA, id="four days (dreamfabric)"),
        pytest.param(30 * DAY, 196, id="thirty days"),
        pytest.param(5 * WEEK - 1, 196, id="down to thirty days"),
        pytest.param(5 * WEEK, 197, id="five weeks"),
        pytest.param(63 * WEEK, 255, id="sixty-three weeks"),
        pytest.param(99 * WEEK, 255, id="more than there is"),
    ],
)
def test_validity_is_rounded_down(seconds: int, octet: int) -> None:
    assert fields.validity_octet(seconds) == octet


@pytest.mark.parametrize("octet", range(256))
def test_every_validity_octet_means_itself(octet: int) -> None:
    assert fields.validity_octet(fields.validity_seconds(octet)) == octet


@given(st.integers(5 * MINUTE, 70 * WEEK))
def test_no_text_outlives_its_deadline(seconds: int) -> None:
    octet = fields.validity_octet(seconds)
    assert fields.validity_seconds(octet) <= seconds
    assert octet == 255 or fields.validity_seconds(octet + 1) > seconds


def expected_coding(dcs: int) -> Coding:
    """3GPP TS 23.038 4, bit by bit, written down a second time."""
    bits = f"{dcs:08b}"
    alphabets = {"00": Alphabet.GSM7, "01": None, "10": Alphabet.UCS2, "11": Alphabet.GSM7}
    if bits[0] == "0":
        alphabet = None if bits[2] == "1" else alphabets[bits[4:6]]
        return Coding(alphabet, int(bits[6:], 2) if bits[3] == "1" else None)
    if bits[:2] == "10":
        return Coding(Alphabet.GSM7)
    if bits[:4] == "1111":
        return Coding(Alphabet.GSM7 if bits[5] == "0" else None, int(bits[6:], 2))
    return Coding(Alphabet.UCS2 if bits[:4] == "1110" else Alphabet.GSM7, None, True)


@pytest.mark.parametrize("dcs", range(256))
def test_every_coding_scheme_means_what_its_bits_say(dcs: int) -> None:
    assert fields.coding_of(dcs) == expected_coding(dcs)


@pytest.mark.parametrize(
    ("dcs", "coding"),
    [
        pytest.param(0x00, Coding(Alphabet.GSM7), id="plain"),
        pytest.param(0x04, Coding(None), id="octets"),
        pytest.param(0x08, Coding(Alphabet.UCS2), id="UCS2"),
        pytest.param(0x0C, Coding(Alphabet.GSM7), id="reserved alphabet"),
        pytest.param(0x10, Coding(Alphabet.GSM7, 0), id="class 0"),
        pytest.param(0x18, Coding(Alphabet.UCS2, 0), id="class 0, UCS2"),
        pytest.param(0x20, Coding(None), id="compressed"),
        pytest.param(0x48, Coding(Alphabet.UCS2), id="automatic deletion"),
        pytest.param(0x84, Coding(Alphabet.GSM7), id="reserved group"),
        pytest.param(0xC8, Coding(Alphabet.GSM7, None, True), id="voice mail, discard"),
        pytest.param(0xD8, Coding(Alphabet.GSM7, None, True), id="voice mail, store"),
        pytest.param(0xE0, Coding(Alphabet.UCS2, None, True), id="voice mail, UCS2"),
        pytest.param(0xF0, Coding(Alphabet.GSM7, 0), id="class 0, other group"),
        pytest.param(0xF5, Coding(None, 1), id="octets, class 1"),
        pytest.param(0xF6, Coding(None, 2), id="SIM data"),
    ],
)
def test_well_known_coding_schemes(dcs: int, coding: Coding) -> None:
    assert fields.coding_of(dcs) == coding
