"""Transfer PDUs as the network sees them: SUBMIT is read, DELIVER and STATUS-REPORT are written.

From 3GPP TS 23.040 9.2 and 23.038 6 alone, so that a mistake of the product's codec finds no twin here.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

# 23.038 6.2.1, one row for sixteen codes; 0x1B is the escape.
_ROWS = (
    "@£$¥èéùìòÇ\nØø\rÅå",
    "Δ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ",
    " !\"#¤%&'()*+,-./",
    "0123456789:;<=>?",
    "¡ABCDEFGHIJKLMNO",
    "PQRSTUVWXYZÄÖÑÜ§",
    "¿abcdefghijklmno",
    "pqrstuvwxyzäöñüà",
)
_ALPHABET = "".join(_ROWS)
_ESCAPED = {
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
_ESCAPES = {char: code for code, char in _ESCAPED.items()}


class NotAPdu(Exception):
    """What a modem would answer with +CMS ERROR: 304."""


@dataclass(frozen=True, slots=True)
class Submit:
    """One SMS-SUBMIT; `group` is (reference, parts) of a concatenated text, `number` its place in it."""

    reference: int
    recipient: str
    wants_report: bool
    rejects_duplicates: bool
    body: bytes
    is_ucs2: bool
    validity: int | None
    group: tuple[int, int] | None = None
    number: int = 1


def septets_of(text: str) -> list[int]:
    """The text in the default alphabet; ValueError where it does not fit into it."""
    codes: list[int] = []
    for char in text:
        codes += [0x1B, _ESCAPES[char]] if char in _ESCAPES else [_ALPHABET.index(char)]
    return codes


def fits_gsm7(text: str) -> bool:
    return all(char in _ESCAPES or char in _ALPHABET for char in text)


def text_of(septets: Sequence[int]) -> str:
    out, escaped = "", False
    for code in septets:
        if code == 0x1B and not escaped:
            escaped = True
            continue
        out += _ESCAPED.get(code, _ALPHABET[code]) if escaped else _ALPHABET[code]
        escaped = False
    return out


def packed(septets: Sequence[int], skip: int = 0) -> bytes:
    """Septets as octets, after `skip` bits of nothing (23.038 6.1.2.1.1; the fill after a header)."""
    value, bits = 0, skip
    for code in septets:
        value |= code << bits
        bits += 7
    return value.to_bytes((bits + 7) // 8, "little")


def unpacked(octets: bytes, count: int, skip: int = 0) -> list[int]:
    value = int.from_bytes(octets, "little") >> skip
    return [(value >> (7 * at)) & 0x7F for at in range(count)]


def _swapped(digits: str) -> bytes:
    digits += "F" * (len(digits) % 2)
    return bytes(int(digits[at + 1] + digits[at], 16) for at in range(0, len(digits), 2))


def address(number: str) -> bytes:
    """An address field (23.040 9.1.2.5): international, a plain short code, or a name in letters."""
    if number.startswith("+"):
        return bytes((len(number) - 1, 0x91)) + _swapped(number[1:])
    if number.isdigit():
        # Ten digits are a national number (1010 0001); fewer a short code, more of unknown kind.
        return bytes((len(number), 0xA1 if len(number) == 10 else 0x81)) + _swapped(number)
    letters = packed(septets_of(number))
    return bytes((-(-len(number) * 7 // 4), 0xD0)) + letters


def stamp(at: float, quarters: int = -28) -> bytes:
    """Seven octets of time (23.040 9.2.3.11), local to a zone `quarters` quarters of an hour from UTC."""
    local = time.gmtime(at + quarters * 900)
    octets = _swapped(time.strftime("%y%m%d%H%M%S", local))
    zone = _swapped(f"{abs(quarters):02d}")[0]
    return octets + bytes((zone | (0x08 if quarters < 0 else 0),))


def _read_address(octets: bytes) -> tuple[str, int]:
    """The number and how many octets it took."""
    if len(octets) < 2:
        raise NotAPdu("no address")
    length, kind = octets[0], octets[1]
    size = 2 + (length + 1) // 2
    digits = "".join(f"{octet & 15:X}{octet >> 4:X}" for octet in octets[2:size])[:length]
    if not digits.isdigit() or kind not in (0x91, 0x81, 0xA1):
        raise NotAPdu(f"not a number: {digits} of kind {kind:02X}")
    return ("+" if kind == 0x91 else "") + digits, size


def read_submit(tpdu: bytes) -> Submit:
    """An SMS-SUBMIT (23.040 9.2.2.2); NotAPdu where it is none or its lengths do not add up."""
    if len(tpdu) < 8 or tpdu[0] & 3 != 1:
        raise NotAPdu("no SMS-SUBMIT")
    first = tpdu[0]
    recipient, size = _read_address(tpdu[2:])
    rest = tpdu[2 + size :]
    form = first >> 3 & 3
    validity_size = (0, 7, 1, 7)[form]
    if len(rest) < 3 + validity_size:
        raise NotAPdu("cut short")
    coding, validity, length = rest[1], rest[2 : 2 + validity_size], rest[2 + validity_size]
    data = rest[3 + validity_size :]
    is_ucs2 = coding & 0xEC == 0x08
    if coding & 0xEC not in (0x00, 0x08):
        raise NotAPdu(f"coding {coding:02X}")
    if len(data) != (length if is_ucs2 else (length * 7 + 7) // 8):
        raise NotAPdu(f"{len(data)} octets of user data where {length} were announced")
    body, group, number = _read_user_data(data, length, bool(first & 0x40), is_ucs2)
    return Submit(
        tpdu[1],
        recipient,
        bool(first & 0x20),
        bool(first & 0x04),
        body,
        is_ucs2,
        validity[0] if form == 2 else None,
        group,
        number,
    )


def _read_user_data(
    data: bytes, length: int, headed: bool, is_ucs2: bool
) -> tuple[bytes, tuple[int, int] | None, int]:
    header = data[1 : 1 + data[0]] if headed else b""
    octets = len(header) + 1 if headed else 0
    group, number = None, 1
    while header:
        kind, value = header[0], header[2 : 2 + header[1]]
        if kind in (0x00, 0x08):
            group, number = (int.from_bytes(value[:-2], "big"), value[-2]), value[-1]
        header = header[2 + len(value) :]
    if is_ucs2:
        return data[octets:], group, number
    before = -(-octets * 8 // 7)
    return bytes(unpacked(data, length)[before:]), group, number


def joined(parts: Sequence[Submit]) -> str:
    """The text of all its parts, joined before it is read: a pair may be split between two."""
    body = b"".join(part.body for part in sorted(parts, key=lambda part: part.number))
    return body.decode("utf-16-be") if parts[0].is_ucs2 else text_of(body)


def delivers(
    sender: str, text: str, at: float, *, reference: int = 0, wide: bool = False, keyed: int = 0
) -> list[bytes]:
    """The SMS-DELIVERs (23.040 9.2.2.1) of a text, in order; `wide` numbers them by 16-bit references.

    UCS2 is cut between any two of its sixteen bits, as some handsets do, right through a pair. `keyed` is
    the DCS of a GSM-7 text: its class, or that it waits in a mailbox.
    """
    seven = fits_gsm7(text)
    body = bytes(septets_of(text)) if seven else text.encode("utf-16-be")
    head = 7 if wide else 6
    room = 160 if seven else 140
    if len(body) > room:
        room = 160 - -(-head * 8 // 7) if seven else (140 - head) // 2 * 2
    cuts = [body[at : at + room] for at in range(0, len(body), room)] or [b""]
    tpdus = []
    for number, cut in enumerate(cuts, 1):
        key = reference.to_bytes(2 if wide else 1, "big")
        element = key + bytes((len(cuts), number))
        header = bytes((len(element) + 2, 8 if wide else 0, len(element))) + element
        if len(cuts) == 1:
            header = b""
        data, length = _user_data(header, cut, seven)
        first = 0x04 | (0x40 if header else 0)
        coding = keyed if seven else 0x08
        fields = address(sender) + bytes((0, coding)) + stamp(at)
        tpdus.append(bytes((first,)) + fields + bytes((length,)) + data)
    return tpdus


def _user_data(header: bytes, cut: bytes, seven: bool) -> tuple[bytes, int]:
    if not seven:
        return header + cut, len(header) + len(cut)
    before = -(-len(header) * 8 // 7)
    tail = packed(cut, before * 7 - len(header) * 8)
    return header + tail, before + len(cut)


def status_report(reference: int, recipient: str, sent: float, done: float, status: int) -> bytes:
    """An SMS-STATUS-REPORT (23.040 9.2.2.3) without optional fields."""
    fields = bytes((reference,)) + address(recipient) + stamp(sent) + stamp(done)
    return b"\x06" + fields + bytes((status,))
