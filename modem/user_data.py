"""User data and its header: what stands behind TP-UDL, both ways. Pure.

Sources: 3GPP TS 23.040 9.2.3.16 (length), 9.2.3.24 (header and its information elements).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from modem import gsm7
from modem.gsm7 import Alphabet
from modem.gsm7_languages import LOCKING_SHIFT, SINGLE_SHIFT
from modem.tpdu_fields import Coding, Octets


class Element(IntEnum):
    """Information elements of a user data header (3GPP TS 23.040 9.2.3.24) that we act on."""

    CONCAT_8 = 0x00
    SPECIAL_INDICATION = 0x01
    PORTS_8 = 0x04
    PORTS_16 = 0x05
    CONCAT_16 = 0x08
    ENHANCED_VOICEMAIL = 0x23
    SINGLE_SHIFT = 0x24
    LOCKING_SHIFT = 0x25


_SIM_TOOLKIT = range(0x70, 0x80)


@dataclass(frozen=True, slots=True)
class Concat:
    """Which part of which text this is; `sequence` counts from 1, `wide` means a 16-bit reference."""

    reference: int
    total: int
    sequence: int
    wide: bool


@dataclass(frozen=True, slots=True)
class Header:
    """What a user data header says that we act on; everything else in it is skipped."""

    concat: Concat | None = None
    port: int | None = None
    is_waiting_indication: bool = False
    is_for_sim: bool = False
    single_shift: int = 0
    locking_shift: int = 0


@dataclass(frozen=True, slots=True)
class UserData:
    """A message's content: `text` is "" where it is none, `data` the octets behind the header."""

    header: Header
    text: str
    data: bytes


def checked_total(parts: Sequence[str]) -> int:
    """How many parts there are; ValueError above 255, which an octet cannot count."""
    if len(parts) > 255:
        raise ValueError(f"the text takes {len(parts)} parts; 255 are possible")
    return len(parts)


def concat_header(concat: Concat) -> bytes:
    """A whole user data header (length octet first) that holds one concatenation element."""
    counts = bytes((concat.total, concat.sequence))
    if concat.wide:
        return bytes((6, Element.CONCAT_16, 4)) + concat.reference.to_bytes(2, "big") + counts
    return bytes((5, Element.CONCAT_8, 3, concat.reference)) + counts


def text_field(text: str, alphabet: Alphabet, header: bytes = b"") -> bytes:
    """TP-UDL and TP-UD of a text behind a header (b"" for none).

    TP-UDL counts septets, with those the header and its fill bits cover, or octets. Raises ValueError
    where the text does not fit the alphabet (a lone surrogate fits none).
    """
    if alphabet is Alphabet.UCS2:
        return octets_field(text.encode("utf-16-be"), header)
    codes = gsm7.encode(text)
    covered, fill_bits = _covered(len(header))
    return bytes((covered + len(codes),)) + header + gsm7.pack(codes, fill_bits)


def octets_field(data: bytes, header: bytes = b"") -> bytes:
    """TP-UDL and TP-UD of 8-bit data behind a header."""
    return bytes((len(header) + len(data),)) + header + data


def take_user_data(octets: Octets, coding: Coding, has_header: bool) -> UserData:
    """Reads TP-UDL and TP-UD; what follows them is left alone.

    A header that claims more octets than there are is no header; one whose elements do not add up is
    passed over as a whole (3GPP TS 23.040 9.2.3.24). Raises ValueError where the user data is cut off.
    """
    length = octets.octet("user data length")
    is_packed = coding.alphabet is Alphabet.GSM7
    data = octets.take((length * 7 + 7) // 8 if is_packed else length, "user data")
    size = data[0] + 1 if has_header and data else 0
    if size > len(data):
        size = 0
    header = _header_of(data[1:size])
    body = data[size:]
    if coding.alphabet is None:
        return UserData(header, "", body)
    if coding.alphabet is Alphabet.UCS2:
        return UserData(header, _utf16(body), body)
    covered, fill_bits = _covered(size)
    codes = gsm7.unpack(body, max(length - covered, 0), fill_bits)
    extension = SINGLE_SHIFT.get(header.single_shift, gsm7.EXTENSION)
    basic = LOCKING_SHIFT.get(header.locking_shift, gsm7.BASIC)
    return UserData(header, gsm7.decode(codes, extension, basic), body)


def _covered(header_octets: int) -> tuple[int, int]:
    """How many septets a header covers, and the fill bits behind it."""
    covered = (header_octets * 8 + 6) // 7
    return covered, covered * 7 - header_octets * 8


def _utf16(data: bytes) -> str:
    whole = data[: len(data) // 2 * 2].decode("utf-16-be", "surrogatepass")
    return whole if len(data) % 2 == 0 else whole + "\ufffd"


def _elements(data: bytes) -> list[tuple[int, bytes]]:
    """The information elements of a header; none of them where their lengths do not add up."""
    elements: list[tuple[int, bytes]] = []
    at = 0
    while at < len(data):
        if at + 2 > len(data) or at + 2 + data[at + 1] > len(data):
            return []
        end = at + 2 + data[at + 1]
        elements.append((data[at], data[at + 2 : end]))
        at = end
    return elements


def _header_of(data: bytes) -> Header:
    concat: Concat | None = None
    port: int | None = None
    is_waiting_indication = is_for_sim = False
    single_shift = locking_shift = 0
    for element, value in _elements(data):  # of a repeated element the last one counts
        match element, len(value):
            case (Element.CONCAT_8, 3) | (Element.CONCAT_16, 4):
                concat = _concat_of(value)
            case Element.PORTS_8, 2:
                port = value[0]
            case Element.PORTS_16, 4:
                port = int.from_bytes(value[:2], "big")
            case Element.SINGLE_SHIFT, 1:
                single_shift = value[0]
            case Element.LOCKING_SHIFT, 1:
                locking_shift = value[0]
        is_waiting_indication |= element in (Element.SPECIAL_INDICATION, Element.ENHANCED_VOICEMAIL)
        is_for_sim |= element in _SIM_TOOLKIT
    return Header(concat, port, is_waiting_indication, is_for_sim, single_shift, locking_shift)


def _concat_of(value: bytes) -> Concat | None:
    """None where the counts make no sense: 3GPP TS 23.040 9.2.3.24.1 has the element ignored then."""
    total, sequence = value[-2:]
    if not 1 <= sequence <= total:
        return None
    return Concat(int.from_bytes(value[:-2], "big"), total, sequence, wide=len(value) == 4)
