"""What other people's phones and networks may send, group by group, against a reading written a second time.

Each property is a strategy and what must hold for whatever it draws; `make soak` draws a hundred thousand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta, timezone
from itertools import chain, repeat
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modem import pdu
from modem.gsm7 import BASIC, EXTENSION, pack
from modem.gsm7_languages import LOCKING_SHIFT, SINGLE_SHIFT
from modem.pdu import Concat, Deliver, DeliverKind, Raw, StatusReport

EXAMPLES = 300
ESCAPE = 0x1B
RESIDENT = "0B915114550521F3"
NOON = "62401221436500"
ZERO = "00" * 7

octets = st.binary(max_size=140)
gsm7_codes = st.lists(st.integers(0, 127), max_size=140)
languages = st.integers(0, 14)
emoji = st.text("a\u20ac\u4e2d\U0001f600\U0001f468\u200d\U0001f469\ufe0f\U0001f1fa\U0001f1f8", max_size=300)
wide_text = emoji | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=200)
names = st.lists(st.integers(0, 127).filter(lambda code: code != ESCAPE), min_size=1, max_size=11)
phones = st.from_regex(r"\+[0-9]{1,15}|[0-9*#]{1,20}", fullmatch=True)
clocks = st.binary(min_size=7, max_size=7) | st.just(bytes(7)) | st.just(b"\xff" * 7)


def deliver(pid: int, dcs: int, user_data: bytes, *, length: int | None = None, first: int = 0x04) -> str:
    """A DELIVER with these user data; `length` is TP-UDL where it is no count of octets."""
    size = len(user_data) if length is None else length
    return f"00{first:02X}{RESIDENT}{pid:02X}{dcs:02X}{NOON}{size:02X}{user_data.hex().upper()}"


def read(pdu_hex: str) -> Deliver:
    message = pdu.decode(pdu_hex)
    assert isinstance(message, Deliver), message
    pdu.join([message.sender, message.text]).encode("utf-8")
    return message


# ---- data coding schemes -------------------------------------------------------------------------


def alphabet_of(dcs: int) -> str:
    """3GPP TS 23.038 4 as a table of ranges."""
    if dcs < 0x80:
        return "octets" if dcs & 0x20 else ("gsm7", "octets", "ucs2", "gsm7")[dcs >> 2 & 3]
    if dcs < 0xE0:
        return "gsm7"
    return "ucs2" if dcs < 0xF0 else ("octets" if dcs & 4 else "gsm7")


def kind_of(pid: int, dcs: int) -> DeliverKind:
    """What a message without header is, in the order of what it must not be taken for."""
    has_class = dcs >= 0xF0 or (dcs < 0x80 and dcs & 0x10 != 0)
    if pid in (0x40, 0x7C, 0x7D, 0x7E, 0x7F):
        return DeliverKind.SIM_DATA
    if alphabet_of(dcs) == "octets" and has_class and dcs & 3 == 2:
        return DeliverKind.SIM_DATA
    if 0xC0 <= dcs < 0xF0 or pid == 0x5F:
        return DeliverKind.VOICEMAIL
    if alphabet_of(dcs) == "octets":
        return DeliverKind.BINARY
    return DeliverKind.CLASS0 if has_class and dcs & 3 == 0 else DeliverKind.TEXT


def any_coding(drawn: tuple[int, int, bytes, list[int]]) -> None:
    """Every protocol identifier and coding scheme: the alphabet, the kind and the octets are right."""
    pid, dcs, data, codes = drawn
    alphabet = alphabet_of(dcs)
    if alphabet == "gsm7":
        message = read(deliver(pid, dcs, pack(bytes(codes)), length=len(codes)))
        assert message.text == reading(codes, BASIC, EXTENSION)
    else:
        message = read(deliver(pid, dcs, data))
        assert message.data == data
        whole = data[: len(data) // 2 * 2].decode("utf-16-be", "surrogatepass")
        wanted = whole + "\ufffd" * (len(data) % 2) if alphabet == "ucs2" else ""
        assert message.text == wanted
    assert message.kind is kind_of(pid, dcs)


def any_header(drawn: tuple[int, bytes, bytes]) -> None:
    """Any header before any user data: read or kept, and no text beyond what TP-UDL counts."""
    dcs, header, data = drawn
    content = (bytes((len(header),)) + header + data)[:140]
    message = pdu.decode(deliver(0, dcs, content, first=0x44))
    if isinstance(message, Deliver):
        assert len(message.data) <= len(content)
        assert message.concat is None or 1 <= message.concat.sequence <= message.concat.total
    else:
        assert isinstance(message, Raw)


# ---- national languages --------------------------------------------------------------------------


def reading(codes: Sequence[int], basic: str, extension: Any) -> str:
    """3GPP TS 23.038 6.2.1.1: an unknown code behind an escape is the basic character, an escape a blank."""
    text, at = "", 0
    while at < len(codes):
        code = codes[at]
        at += 1
        if code != ESCAPE:
            text += basic[code]
        elif at == len(codes):
            text += " "
        else:
            follower = codes[at]
            at += 1
            text += extension.get(follower, " " if follower == ESCAPE else basic[follower])
    return text


def national(drawn: tuple[int | None, int | None, list[int]]) -> None:
    """Locking and single shift tables of any language, alone and together."""
    locking, single, codes = drawn
    elements = b""
    if single is not None:
        elements += bytes((0x24, 1, single))
    if locking is not None:
        elements += bytes((0x25, 1, locking))
    header = bytes((len(elements),)) + elements
    covered = (len(header) * 8 + 6) // 7
    content = header + pack(bytes(codes), covered * 7 - len(header) * 8)
    message = read(deliver(0, 0, content, length=covered + len(codes), first=0x44))
    basic = LOCKING_SHIFT.get(locking or 0, BASIC)
    assert message.text == reading(codes, basic, SINGLE_SHIFT.get(single or 0, EXTENSION))


# ---- parts ---------------------------------------------------------------------------------------


def edges(drawn: tuple[str, list[int], bool, int]) -> None:
    """UCS2 cut by a phone anywhere between two units, pairs too: the parts in order are the text."""
    text, sizes, wide, reference = drawn
    reference &= 0xFFFF if wide else 0xFF
    pieces = list(cut(text.encode("utf-16-be"), sizes))
    start = bytes((6, 8, 4)) if wide else bytes((5, 0, 3))
    start += reference.to_bytes(2 if wide else 1, "big")
    parts = []
    for sequence, piece in enumerate(pieces, 1):
        message = read(deliver(0, 8, start + bytes((len(pieces), sequence)) + piece, first=0x44))
        assert message.concat == Concat(reference, len(pieces), sequence, wide=wide)
        parts.append(message.text)
    assert pdu.join(parts) == text


def cut(units: bytes, sizes: Sequence[int]) -> Iterator[bytes]:
    """Pieces of so many units, then full ones: at most 66 fit behind a header."""
    at = 0
    for size in chain(sizes, repeat(66)):
        yield units[at : at + 2 * size]
        at += 2 * size
        if at >= len(units):
            return


def cut_off(drawn: tuple[str, bool, float]) -> None:
    """A PDU that ends anywhere too early is kept as it came, with the reason."""
    text, wide, share = drawn
    whole = pdu.encode_deliver("+15415550123", text, sent_at=datetime(2026, 4, 21, tzinfo=UTC), wide=wide)[0]
    rest = whole[: int(share * (len(whole) - 1))]
    message = pdu.decode(rest)
    assert isinstance(message, Raw), (rest, message)
    assert message.hex == rest and message.reason


# ---- senders and times ---------------------------------------------------------------------------


def named_sender(codes: list[int]) -> None:
    """A sender with a name of up to eleven characters, an "@" at its end too."""
    packed = pack(bytes(codes))
    field = f"{(len(codes) * 7 + 3) // 4:02X}D0{packed.hex()}"
    message = read(f"0004{field}0000{NOON}05E8329BFD06")
    assert message.sender_is_alphanumeric and message.text == "hello"
    assert message.sender == "".join(BASIC[code] for code in codes)


def any_time(drawn: tuple[bytes, bytes]) -> None:
    """Any seven octets where the time stands: a moment or none, and never the end of the reading."""
    stamp, other = drawn
    message = read(f"0004{RESIDENT}0000{stamp.hex()}05E8329BFD06")
    assert message.text == "hello"
    assert message.sent_at is None or message.sent_at.tzinfo is not None
    report = pdu.decode(f"000607{RESIDENT}{stamp.hex()}{other.hex()}00")
    assert isinstance(report, StatusReport)
    assert report.sent_at == message.sent_at


def own_reports(drawn: tuple[int, str, int, datetime]) -> None:
    """A report comes out as it went in, whatever its status, with and without a service centre."""
    reference, recipient, status, moment = drawn
    for smsc in ("", "+15415550100"):
        message = pdu.decode(
            pdu.encode_status_report(
                reference, recipient, sent_at=moment, discharged_at=moment, status=status, smsc=smsc
            )
        )
        assert isinstance(message, StatusReport)
        assert (message.reference, message.recipient, message.status) == (reference, recipient, status)
        assert message.sent_at == message.discharged_at == moment


def anything(data: bytes) -> None:
    """Random octets, in either case of their digits: read or kept, never a fault."""
    for form in (data.hex(), data.hex().upper()):
        message = pdu.decode(form)
        assert isinstance(message, Deliver | StatusReport | Raw)
        if isinstance(message, Raw):
            assert message.hex == form and message.reason


moments = st.datetimes(
    datetime(1990, 1, 2),
    datetime(2089, 12, 30),
    timezones=st.integers(-79, 79).map(lambda count: timezone(timedelta(minutes=15 * count))),
).map(lambda moment: moment.replace(microsecond=0))
octet = st.integers(0, 255)

PROPERTIES: dict[str, tuple[st.SearchStrategy[Any], Callable[[Any], None]]] = {
    "every coding scheme": (st.tuples(octet, octet, octets, gsm7_codes), any_coding),
    "any header": (st.tuples(octet, st.binary(max_size=60), octets), any_header),
    "national tables": (st.tuples(st.none() | languages, st.none() | languages, gsm7_codes), national),
    "parts cut anywhere": (
        st.tuples(wide_text, st.lists(st.integers(0, 66), max_size=6), st.booleans(), st.integers(0, 0xFFFF)),
        edges,
    ),
    "cut off": (
        st.tuples(st.text(st.characters(max_codepoint=127), max_size=300), st.booleans(), st.floats(0, 1)),
        cut_off,
    ),
    "senders with a name": (names, named_sender),
    "any time stamp": (st.tuples(clocks, clocks), any_time),
    "reports": (st.tuples(octet, phones, octet, moments), own_reports),
    "random octets": (st.binary(max_size=180), anything),
}


@pytest.mark.parametrize("name", PROPERTIES)
def test_whatever_comes_is_read_rightly_or_kept(name: str) -> None:
    strategy, holds = PROPERTIES[name]
    settings(max_examples=EXAMPLES, deadline=None)(given(strategy)(holds))()
