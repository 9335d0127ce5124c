"""The GSM 7-bit alphabet: tables, packing, and where a text is cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modem import gsm7
from modem.gsm7 import Alphabet

EVERY_CHARACTER = "".join(gsm7.BASIC.split("\x1b")) + "".join(gsm7.EXTENSION.values())
gsm7_texts = st.text(alphabet=EVERY_CHARACTER, max_size=400)
texts = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=400)

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"  # 8 UTF-16 units
HEART = "\u2764\ufe0f"  # a heart and the selector that makes it red
THUMB = "\U0001f44d\U0001f3fd"  # thumb and skin tone
FLAG = "\U0001f1fa\U0001f1f8"  # two regional indicators


@pytest.mark.parametrize(
    ("char", "septets"),
    [
        pytest.param("@", b"\x00", id="at is zero"),
        pytest.param("\u00a7", b"\x5f", id="section sign, no backtick"),
        pytest.param("\u00c7", b"\x09", id="capital c cedilla"),
        pytest.param("\u0394", b"\x10", id="delta"),
        pytest.param("\u00e0", b"\x7f", id="last of the table"),
        pytest.param("\n", b"\x0a", id="line feed"),
        pytest.param("\u20ac", b"\x1b\x65", id="euro"),
        pytest.param("\f", b"\x1b\x0a", id="form feed"),
        pytest.param("^", b"\x1b\x14", id="circumflex"),
        pytest.param("|", b"\x1b\x40", id="bar"),
        pytest.param("[", b"\x1b\x3c", id="bracket"),
    ],
)
def test_a_character_has_the_septets_of_the_standard(char: str, septets: bytes) -> None:
    assert gsm7.encode(char) == septets
    assert gsm7.decode(septets) == char
    assert gsm7.septets(char) == len(septets)


def test_the_tables_hold_127_and_10_different_characters() -> None:
    assert len(gsm7.BASIC) == 128
    assert len(set(EVERY_CHARACTER)) == 127 + 10


@pytest.mark.parametrize("char", ["`", "\u00e7", "\u00ff", "\u2019", "\x1b", "\0", "\t", "\U0001f600"])
def test_what_is_in_no_table_is_refused_by_name(char: str) -> None:
    assert not gsm7.is_gsm7(f"ab{char}")
    with pytest.raises(ValueError, match=f"U\\+{ord(char):04X}"):
        gsm7.septets(f"ab{char}\u2603")
    with pytest.raises(ValueError, match=f"U\\+{ord(char):04X}"):
        gsm7.encode(f"ab{char}\u2603")


@pytest.mark.parametrize(
    ("septets", "text"),
    [
        pytest.param(b"\x1bA", "A", id="escape and a code without extension: the basic character"),
        pytest.param(b"\x1b\x0d", "\r", id="escape and the reserved control code"),
        pytest.param(b"\x1b\x00x", "@x", id="escape and at"),
        pytest.param(b"\x1b\x1bA", " A", id="two escapes: a space, the next code stands alone"),
        pytest.param(b"A\x1b", "A ", id="escape at the end: a space"),
        pytest.param(b"AB\x00", "AB@", id="at at the end stays"),
        pytest.param(b"\x0d", "\r", id="a lone CR is text, not padding"),
    ],
)
def test_odd_septets_decode_as_the_standard_says(septets: bytes, text: str) -> None:
    assert gsm7.decode(septets) == text


def test_a_byte_above_127_is_no_septet() -> None:
    with pytest.raises(ValueError, match="0x80"):
        gsm7.decode(b"\x41\x80")


@pytest.mark.parametrize(
    ("text", "packed"),
    [
        pytest.param("", "", id="nothing"),
        pytest.param("1", "31", id="one"),
        pytest.param("hellohello", "E8329BFD4697D9EC37", id="dreamfabric"),
        pytest.param("How are you?", "C8F71D14969741F977FD07", id="smspdudecoder README"),
        pytest.param("MMoney", "CDE6DB5DCE03", id="smspdudecoder, sender name"),
        pytest.param("Design@Home", "C4F23C7D760390EF7619", id="smspdudecoder, eleven characters"),
        pytest.param("1234567", "31D98C56B3DD00", id="seven: the spare septet is zero"),
        pytest.param("1234567@", "31D98C56B3DD00", id="eight with at: the same octets, told apart by count"),
    ],
)
def test_packing_follows_published_octets(text: str, packed: str) -> None:
    assert gsm7.pack(gsm7.encode(text)).hex().upper() == packed
    assert gsm7.decode(gsm7.unpack(bytes.fromhex(packed), len(text))) == text


def test_unpacking_more_than_there_is_is_refused() -> None:
    with pytest.raises(ValueError, match="do not hold 3"):
        gsm7.unpack(b"\x31\xd9", 3)
    with pytest.raises(ValueError, match="do not hold 2"):
        gsm7.unpack(b"\x31\xd9", 2, fill_bits=3)


@given(st.binary(max_size=200).map(lambda data: bytes(octet & 0x7F for octet in data)), st.integers(0, 6))
def test_septets_survive_packing(septets: bytes, fill_bits: int) -> None:
    packed = gsm7.pack(septets, fill_bits)
    assert len(packed) == (len(septets) * 7 + fill_bits + 7) // 8
    assert gsm7.unpack(packed, len(septets), fill_bits) == septets


@given(gsm7_texts)
def test_every_gsm7_text_survives(text: str) -> None:
    assert gsm7.is_gsm7(text)
    assert gsm7.decode(gsm7.encode(text)) == text


@given(st.binary().map(lambda data: bytes(octet & 0x7F for octet in data)))
def test_any_septets_give_some_text(septets: bytes) -> None:
    text = gsm7.decode(septets)
    assert gsm7.decode(gsm7.encode(text)) == text


@pytest.mark.parametrize(
    ("text", "alphabet", "lengths", "units"),
    [
        pytest.param("", Alphabet.GSM7, [0], 0, id="empty"),
        pytest.param("a", Alphabet.GSM7, [1], 1, id="one"),
        pytest.param("a" * 160, Alphabet.GSM7, [160], 160, id="160"),
        pytest.param("a" * 161, Alphabet.GSM7, [152, 9], 161, id="161"),
        pytest.param("a" * 304, Alphabet.GSM7, [152, 152], 304, id="2 x 152"),
        pytest.param("a" * 305, Alphabet.GSM7, [152, 152, 1], 305, id="2 x 152 + 1"),
        pytest.param("a" * 456, Alphabet.GSM7, [152, 152, 152], 456, id="3 x 152"),
        pytest.param("a" * 158 + "\u20ac", Alphabet.GSM7, [159], 160, id="euro fills 160"),
        pytest.param("a" * 159 + "\u20ac", Alphabet.GSM7, [152, 8], 161, id="euro across 160"),
        pytest.param("a" * 151 + "\u20ac" + "b" * 9, Alphabet.GSM7, [151, 10], 162, id="euro across 152"),
        pytest.param("a" * 150 + "\u20ac" + "b" * 9, Alphabet.GSM7, [151, 9], 161, id="euro ends at 152"),
        pytest.param("\u20ac" * 81, Alphabet.GSM7, [76, 5], 162, id="only euros"),
        pytest.param("\u4e2d" * 70, Alphabet.UCS2, [70], 70, id="70"),
        pytest.param("\u4e2d" * 71, Alphabet.UCS2, [66, 5], 71, id="71"),
        pytest.param("\u4e2d" * 132, Alphabet.UCS2, [66, 66], 132, id="2 x 66"),
        pytest.param("\u4e2d" * 133, Alphabet.UCS2, [66, 66, 1], 133, id="2 x 66 + 1"),
        pytest.param("\U0001f600" * 35, Alphabet.UCS2, [35], 70, id="35 emoji"),
        pytest.param("\U0001f600" * 36, Alphabet.UCS2, [33, 3], 72, id="36 emoji"),
        pytest.param("x" * 65 + "\U0001f600" * 4, Alphabet.UCS2, [65, 4], 73, id="emoji across 66"),
        pytest.param("x" * 64 + "\U0001f600" * 4, Alphabet.UCS2, [65, 3], 72, id="emoji ends at 66"),
        pytest.param("x" * 60 + FAMILY + "yyy", Alphabet.UCS2, [60, 8], 71, id="family kept whole"),
        pytest.param("x" * 65 + HEART + "yyyy", Alphabet.UCS2, [65, 6], 71, id="selector kept"),
        pytest.param("x" * 64 + THUMB + "yyyy", Alphabet.UCS2, [64, 6], 72, id="skin tone kept"),
        pytest.param("x" * 64 + FLAG + "yyyy", Alphabet.UCS2, [64, 6], 72, id="flag kept"),
        pytest.param("e\u0301" * 67, Alphabet.UCS2, [66, 66, 2], 134, id="accents"),
        pytest.param(
            "x" * 61 + FAMILY + "y" * 63,
            Alphabet.UCS2,
            [64, 65],
            132,
            id="a family split where whole costs a part",
        ),
        pytest.param(
            "a" + "\u0301" * 100, Alphabet.UCS2, [66, 35], 101, id="a heap of accents is no character"
        ),
    ],
)
def test_a_text_is_cut_at_the_last_whole_character(
    text: str, alphabet: Alphabet, lengths: list[int], units: int
) -> None:
    cut = gsm7.segments(text)
    assert cut.alphabet is alphabet
    assert [len(part) for part in cut.parts] == lengths
    assert cut.units == units
    assert "".join(cut.parts) == text


@given(texts)
def test_parts_fit_and_make_the_text(text: str) -> None:
    cut = gsm7.segments(text)
    room = (gsm7.SINGLE if len(cut.parts) == 1 else gsm7.MULTI)[cut.alphabet]
    measure = gsm7.septets if cut.alphabet is Alphabet.GSM7 else gsm7.utf16_units
    assert "".join(cut.parts) == text
    assert cut.units == measure(text)
    assert all(measure(part) <= room for part in cut.parts)
    assert all(cut.parts[1:])
    assert len(cut.parts) <= max(1, -(-cut.units // (room - 1)))


@given(gsm7_texts)
def test_gsm7_is_chosen_whenever_it_can_be(text: str) -> None:
    assert gsm7.segments(text).alphabet is Alphabet.GSM7
    assert gsm7.segments(text + "`").alphabet is Alphabet.UCS2
