"""The fields of a TPDU: addresses, time stamps, validity, data coding scheme. Pure.

Sources: 3GPP TS 23.040 9.1.2.5 (addresses), 9.2.3.11 (time stamp), 9.2.3.12 (validity) and
TS 23.038 4 (data coding scheme).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from modem import gsm7
from modem.gsm7 import Alphabet

INTERNATIONAL = 0x91
UNKNOWN = 0x81
ALPHANUMERIC = 0xD0

_DIGITS = "0123456789*#abc"  # 3GPP TS 23.040 9.1.2.3: semi-octets 0x0 to 0xE; 0xF ends the number
_NUMBER = re.compile(r"\+[0-9]{1,20}|[0-9*#abc]{1,20}")
_MINUTE, _HOUR, _DAY, _WEEK = 60, 3600, 86400, 604800
_EARLIEST_YEAR = 1990  # two digits of a year count from here: no text message is older


class FirstOctet:
    """Bits of a TPDU's first octet (3GPP TS 23.040 9.2.3.1 to 9.2.3.7, 9.2.3.23)."""

    MESSAGE_TYPE = 0x03
    DELIVER = 0x00
    SUBMIT = 0x01
    STATUS_REPORT = 0x02
    RESERVED = 0x03
    NO_MORE_MESSAGES = 0x04
    VALIDITY_FORMAT = 0x18
    VALIDITY_RELATIVE = 0x10
    REPORT_REQUESTED = 0x20
    HAS_HEADER = 0x40


class Octets:
    """Reads a TPDU front to back; ValueError names the field that its end cuts off."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, count: int, field: str) -> bytes:
        """The next `count` octets."""
        taken = self._data[self._at : self._at + count]
        if len(taken) < count:
            raise ValueError(f"the PDU ends within its {field}")
        self._at += count
        return taken

    def octet(self, field: str) -> int:
        """The next octet as a number."""
        return self.take(1, field)[0]

    def rest(self) -> bytes:
        """What is left, without taking it."""
        return self._data[self._at :]


@dataclass(frozen=True, slots=True)
class Address:
    """Who a message is from or for: a number (with + where international) or a name of letters."""

    text: str
    is_alphanumeric: bool = False


@dataclass(frozen=True, slots=True)
class Coding:
    """What a data coding scheme says (3GPP TS 23.038 4); `alphabet` is None for octets that are no text."""

    alphabet: Alphabet | None
    message_class: int | None = None
    is_waiting_indication: bool = False


def semi_octets(digits: str) -> bytes:
    """Digits, `*`, `#` and a to c as swapped semi-octets, filled up with 0xF."""
    codes = [_DIGITS.index(digit) for digit in digits]
    if len(codes) % 2:
        codes.append(0xF)
    return bytes(low | high << 4 for low, high in zip(codes[::2], codes[1::2], strict=True))


def digits_of(data: bytes, count: int) -> str:
    """At most `count` digits of swapped semi-octets, up to the first filler."""
    nibbles = [nibble for octet in data for nibble in (octet & 0xF, octet >> 4)][:count]
    if 0xF in nibbles:
        nibbles = nibbles[: nibbles.index(0xF)]
    return "".join(_DIGITS[nibble] for nibble in nibbles)


def is_number(text: str) -> bool:
    """True for what may be dialled as it stands: digits, `*`, `#`, or `+` and digits; at most 20."""
    return _NUMBER.fullmatch(text) is not None


def number_field(number: str) -> bytes:
    """A TP address of a number: type 0x91 behind `+`, else 0x81 (unknown, so short codes work too).

    Raises ValueError for anything but digits, `*`, `#`, a to c: a number with blanks or dashes is
    somebody's guess, and is not ours to repair.
    """
    if not is_number(number):
        raise ValueError(f"{number!r} is not a telephone number: digits only, + in front if international")
    kind = INTERNATIONAL if number.startswith("+") else UNKNOWN
    digits = number.removeprefix("+")
    return bytes((len(digits), kind)) + semi_octets(digits)


def address_field(sender: str) -> bytes:
    """A TP address of a number or, where it is none, of a name of up to 11 GSM-7 characters."""
    if is_number(sender):
        return number_field(sender)
    codes = gsm7.encode(sender)
    if not 1 <= len(codes) <= 11:
        raise ValueError(f"{sender!r} takes {len(codes)} septets; a name has 1 to 11")
    # The length counts used semi-octets, not octets (3GPP TS 23.040 9.1.2.5).
    return bytes(((len(codes) * 7 + 3) // 4, ALPHANUMERIC)) + gsm7.pack(codes)


def take_address(octets: Octets) -> Address:
    """Reads a TP address; its length octet counts semi-octets."""
    length = octets.octet("address")
    kind = octets.octet("address")
    data = octets.take((length + 1) // 2, "address")
    if kind & 0x70 == ALPHANUMERIC & 0x70:
        return Address(gsm7.decode(gsm7.unpack(data, length * 4 // 7)), is_alphanumeric=True)
    return Address(_with_plus(kind, digits_of(data, length)))


def smsc_field(smsc: str) -> bytes:
    """The service centre in front of a TPDU; "" leaves it to the SIM. Its length counts octets."""
    if not smsc:
        return b"\x00"
    number = number_field(smsc)[1:]
    return bytes((len(number),)) + number


def take_smsc(octets: Octets) -> str | None:
    """Reads the service centre in front of a TPDU; None where it is left out."""
    length = octets.octet("service centre")
    field = octets.take(length, "service centre")
    if len(field) < 2:
        return None
    return _with_plus(field[0], digits_of(field[1:], 2 * len(field)))


def _with_plus(kind: int, digits: str) -> str:
    return f"+{digits}" if digits and kind & 0x70 == INTERNATIONAL & 0x70 else digits


def timestamp_field(moment: datetime) -> bytes:
    """A time stamp of seven octets in the moment's own zone, to the second.

    A zone that is no whole quarter of an hour goes out as UTC. Raises ValueError for a naive moment,
    and for a year that two digits cannot carry (1990 to 2089).
    """
    offset = moment.utcoffset()
    if offset is None:
        raise ValueError(f"{moment.isoformat()} has no time zone")
    quarters, rest = divmod(int(offset.total_seconds()), 15 * _MINUTE)
    if rest or offset.microseconds or abs(quarters) > 79:
        moment, quarters = moment.astimezone(UTC), 0
    if not _EARLIEST_YEAR <= moment.year < _EARLIEST_YEAR + 100:
        raise ValueError(f"the year {moment.year} does not fit a time stamp")
    zone = semi_octets(f"{abs(quarters):02d}")[0] | (0x08 if quarters < 0 else 0)
    return semi_octets(moment.strftime("%y%m%d%H%M%S")) + bytes((zone,))


def timestamp_of(data: bytes) -> datetime | None:
    """The aware moment of a time stamp of seven octets; None for zeros and whatever is no moment.

    The last octet counts quarters of an hour, its bit 3 the sign (3GPP TS 23.040 9.2.3.11).
    """
    zone = data[6]
    digits = digits_of(data[:6] + bytes((zone & 0xF7,)), 14)
    if len(digits) < 14 or not digits.isdigit():
        return None
    year, month, day, hour, minute, second, quarters = (int(digits[at : at + 2]) for at in range(0, 14, 2))
    year += 1900 if 1900 + year >= _EARLIEST_YEAR else 2000
    offset = timedelta(minutes=-15 * quarters if zone & 0x08 else 15 * quarters)
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=timezone(offset))
    except ValueError:
        return None


def validity_octet(seconds: int) -> int:
    """The relative validity nearest below `seconds`, at least 5 minutes, at most 63 weeks.

    Rounded down, so that no text outlives its deadline (3GPP TS 23.040 9.2.3.12.1).
    """
    if seconds < 12 * _HOUR + 30 * _MINUTE:
        return min(max(seconds // (5 * _MINUTE) - 1, 0), 143)
    if seconds < 2 * _DAY:
        return min(143 + (seconds - 12 * _HOUR) // (30 * _MINUTE), 167)
    if seconds < 5 * _WEEK:
        return 166 + min(seconds // _DAY, 30)
    return min(192 + seconds // _WEEK, 255)


def validity_seconds(octet: int) -> int:
    """The seconds a relative validity octet stands for."""
    if octet <= 143:
        return (octet + 1) * 5 * _MINUTE
    if octet <= 167:
        return 12 * _HOUR + (octet - 143) * 30 * _MINUTE
    if octet <= 196:
        return (octet - 166) * _DAY
    return (octet - 192) * _WEEK


def coding_of(dcs: int) -> Coding:
    """What any data coding scheme octet means; reserved ones count as the default alphabet (23.038 4)."""
    group = dcs >> 4
    if group <= 0x7:  # general, and the same with automatic deletion
        message_class = dcs & 0x03 if dcs & 0x10 else None
        if dcs & 0x20:  # compressed: nobody sends it, and no text comes out without the 23.042 coder
            return Coding(None, message_class)
        alphabet = {0x04: None, 0x08: Alphabet.UCS2}.get(dcs & 0x0C, Alphabet.GSM7)
        return Coding(alphabet, message_class)
    if group <= 0xB:
        return Coding(Alphabet.GSM7)
    if group <= 0xE:
        alphabet = Alphabet.UCS2 if group == 0xE else Alphabet.GSM7
        return Coding(alphabet, is_waiting_indication=True)
    return Coding(None if dcs & 0x04 else Alphabet.GSM7, dcs & 0x03)


def dcs_of(alphabet: Alphabet) -> int:
    """The plain data coding scheme of an alphabet: no class, no indication."""
    return 0x08 if alphabet is Alphabet.UCS2 else 0x00
