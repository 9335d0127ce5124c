"""The GSM 7-bit default alphabet, and what a text costs in it: septets, packing, segments. Pure.

Tables and packing: 3GPP TS 23.038 6.2.1, 6.2.1.1 and 6.1.2.1.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

ESCAPE = 0x1B

BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅå"
    "Δ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ"
    " !\"#¤%&'()*+,-./"
    "0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNO"
    "PQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmno"
    "pqrstuvwxyzäöñüà"
)
"""3GPP TS 23.038 6.2.1: the character of each septet; 0x1B stands for the escape and is no character."""

EXTENSION: Mapping[int, str] = {
    0x0A: "\f",
    0x14: "^",
    0x28: "{",
    0x29: "}",
    0x2F: "\\",
    0x3C: "[",
    0x3D: "~",
    0x3E: "]",
    0x40: "|",
    0x65: "€",
}
"""3GPP TS 23.038 6.2.1.1: what a septet means behind an escape."""

_CODES: Mapping[str, bytes] = {
    **{char: bytes((code,)) for code, char in enumerate(BASIC) if code != ESCAPE},
    **{char: bytes((ESCAPE, code)) for code, char in EXTENSION.items()},
}

# What belongs to the character before it: combining marks, variation selectors, skin tones, flag tags.
_EXTENDERS = "[\u0300-\u036f\u20d0-\u20ff\ufe00-\ufe0f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]*"
_CLUSTER = re.compile(
    f"[\U0001f1e6-\U0001f1ff]{{2}}|.{_EXTENDERS}(?:\u200d.{_EXTENDERS})*",
    re.DOTALL,
)


class Alphabet(Enum):
    """How the characters of a text message are coded."""

    GSM7 = "gsm7"
    UCS2 = "ucs2"  # on the air: UTF-16, because phones send and show surrogate pairs


SINGLE: Mapping[Alphabet, int] = {Alphabet.GSM7: 160, Alphabet.UCS2: 70}
"""Units (septets, UTF-16 units) in a message of one part: 140 octets."""

MULTI: Mapping[Alphabet, int] = {Alphabet.GSM7: 152, Alphabet.UCS2: 66}
"""Units in each of several parts, behind a concatenation header of 7 octets (16-bit reference)."""


@dataclass(frozen=True, slots=True)
class Segments:
    """A text as the parts it is sent in; `units` counts the whole text, headers not included."""

    alphabet: Alphabet
    parts: tuple[str, ...]
    units: int


def is_gsm7(text: str) -> bool:
    """True where every character is in the default alphabet or its extension table."""
    return all(char in _CODES for char in text)


def septets(text: str) -> int:
    """How many septets a text takes, two for a character of the extension table.

    Raises ValueError naming the first character that is in neither table.
    """
    return len(encode(text))


def encode(text: str) -> bytes:
    """The septets of a text, one in each byte, escapes included; ValueError names what does not fit."""
    try:
        return b"".join([_CODES[char] for char in text])
    except KeyError as error:
        char: str = error.args[0]
        raise ValueError(f"{char!r} (U+{ord(char):04X}) is not in the GSM 7-bit alphabet") from None


def decode(septets: bytes, extension: Mapping[int, str] = EXTENSION, basic: str = BASIC) -> str:
    """The text of septets given one in each byte; ValueError only for a byte above 0x7F.

    An escape followed by a code that the extension table lacks gives the character of the basic
    table, a second escape or nothing behind it a space (3GPP TS 23.038 6.2.1, 6.2.1.1).
    """
    chars: list[str] = []
    escaped = False
    for code in septets:
        if code > 0x7F:
            raise ValueError(f"0x{code:02X} is no septet")
        if escaped:
            chars.append(extension.get(code) or (" " if code == ESCAPE else basic[code]))
            escaped = False
        elif code == ESCAPE:
            escaped = True
        else:
            chars.append(basic[code])
    return "".join(chars) + (" " if escaped else "")


def pack(septets: bytes, fill_bits: int = 0) -> bytes:
    """Septets (one in each byte) as octets, low bits first, behind `fill_bits` zero bits.

    Spare bits at the end are zero; the length field counts septets, so that they are never read
    (3GPP TS 23.038 6.1.2.1.1). `fill_bits` aligns the text behind a user data header.
    """
    bits = bits_held = 0
    out = bytearray()
    bits_held = fill_bits
    for code in septets:
        bits |= code << bits_held
        bits_held += 7
        while bits_held >= 8:
            out.append(bits & 0xFF)
            bits >>= 8
            bits_held -= 8
    if bits_held:
        out.append(bits & 0xFF)
    return bytes(out)


def unpack(data: bytes, count: int, fill_bits: int = 0) -> bytes:
    """`count` septets, one in each byte, from octets that begin with `fill_bits` unused bits.

    Raises ValueError where `data` is too short for them.
    """
    if count * 7 + fill_bits > len(data) * 8:
        raise ValueError(f"{len(data)} octets do not hold {count} septets")
    bits = int.from_bytes(data, "little") >> fill_bits
    return bytes((bits >> shift) & 0x7F for shift in range(0, count * 7, 7))


def utf16_units(text: str) -> int:
    """How many 16-bit units a text takes in UTF-16: two for an emoji."""
    return len(text) + sum(char > "\uffff" for char in text)


def segments(text: str) -> Segments:
    """A text as it goes out: one part where it fits, else parts behind a 16-bit concatenation header.

    Never splits an escape pair or a surrogate pair, nor an emoji sequence where that costs no part.
    """
    alphabet = Alphabet.GSM7 if is_gsm7(text) else Alphabet.UCS2
    units = _measure(alphabet)(text)
    if units <= SINGLE[alphabet]:
        return Segments(alphabet, (text,), units)
    return Segments(alphabet, split(text, alphabet, MULTI[alphabet]), units)


def split(text: str, alphabet: Alphabet, room: int) -> tuple[str, ...]:
    """A text cut into as few parts of at most `room` units as whole characters allow."""
    measure = _measure(alphabet)
    bare = _fill(text, measure, room)
    if alphabet is Alphabet.GSM7:
        return bare
    pieces: list[str] = []
    for cluster in _CLUSTER.findall(text):
        pieces.extend([cluster] if measure(cluster) <= room else cluster)
    whole = _fill(pieces, measure, room)
    # Each part is paid for: a sequence that falls apart on screen is the smaller harm.
    return whole if len(whole) <= len(bare) else bare


def _measure(alphabet: Alphabet) -> Callable[[str], int]:
    return septets if alphabet is Alphabet.GSM7 else utf16_units


def _fill(pieces: Iterable[str], measure: Callable[[str], int], room: int) -> tuple[str, ...]:
    parts: list[str] = []
    part: list[str] = []
    used = 0
    for piece in pieces:
        units = measure(piece)
        if part and used + units > room:
            parts.append("".join(part))
            part, used = [], 0
        part.append(piece)
        used += units
    return (*parts, "".join(part))
