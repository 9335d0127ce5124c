"""National language tables, against the whole tables as Android's own tests print them."""

from __future__ import annotations

import pytest

from modem import gsm7_languages as languages
from modem import user_data
from modem.gsm7 import BASIC, EXTENSION, pack
from modem.tpdu_fields import Octets, coding_of

# Android Open Source Project, GsmSmsTest.java: codes with a meaning behind an escape, in order.
SINGLE = {
    languages.TURKISH: "\f^{}\\[~]|\u011e\u0130\u015e\u00e7\u20ac\u011f\u0131\u015f",
    languages.SPANISH: "\u00e7\f^{}\\[~]|\u00c1\u00cd\u00d3\u00da\u00e1\u20ac\u00ed\u00f3\u00fa",
    languages.PORTUGUESE: (
        "\u00ea\u00e7\f\u00d4\u00f4\u00c1\u00e1\u03a6\u0393^\u03a9\u03a0\u03a8\u03a3\u0398\u00ca{}\\[~]|\u00c0"
        "\u00cd\u00d3\u00da\u00c3\u00d5\u00c2\u20ac\u00ed\u00f3\u00fa\u00e3\u00f5\u00e2"
    ),
}
DIGITS_AND_SIGNS = "0123456789:;<=>?"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LOCKING = {
    languages.TURKISH: (
        "@\u00a3$\u00a5\u20ac\u00e9\u00f9\u0131\u00f2\u00c7\n\u011e\u011f\r\u00c5\u00e5"
        "\u0394_\u03a6\u0393\u039b\u03a9\u03a0\u03a8\u03a3\u0398\u039e\x1b\u015e\u015f\u00df\u00c9"
        f" !\"#\u00a4%&'()*+,-./{DIGITS_AND_SIGNS}\u0130{LETTERS}\u00c4\u00d6\u00d1\u00dc\u00a7"
        f"\u00e7{LETTERS.lower()}\u00e4\u00f6\u00f1\u00fc\u00e0"
    ),
    languages.PORTUGUESE: (
        "@\u00a3$\u00a5\u00ea\u00e9\u00fa\u00ed\u00f3\u00e7\n\u00d4\u00f4\r\u00c1\u00e1"
        "\u0394_\u00aa\u00c7\u00c0\u221e^\\\u20ac\u00d3|\x1b\u00c2\u00e2\u00ca\u00c9"
        f" !\"#\u00ba%&'()*+,-./{DIGITS_AND_SIGNS}\u00cd{LETTERS}\u00c3\u00d5\u00da\u00dc\u00a7"
        f"~{LETTERS.lower()}\u00e3\u00f5`\u00fc\u00e0"
    ),
}


@pytest.mark.parametrize("language", SINGLE)
def test_single_shift_tables(language: int) -> None:
    table = languages.SINGLE_SHIFT[language]
    assert "".join(table[code] for code in sorted(table)) == SINGLE[language]
    assert EXTENSION.items() <= table.items()


@pytest.mark.parametrize("language", LOCKING)
def test_locking_shift_tables(language: int) -> None:
    assert languages.LOCKING_SHIFT[language] == LOCKING[language]
    assert len(LOCKING[language]) == len(BASIC) == 128


@pytest.mark.parametrize(
    ("header", "septets", "text"),
    [
        pytest.param("03240102", "531B69", "S\u00ed", id="Spanish"),
        pytest.param("03240102", "1B531B65", "S\u20ac", id="Spanish: an unknown code is the basic character"),
        pytest.param("03250103", "04606061", "\u00ea~~a", id="Portuguese, locked"),
        pytest.param("06240103250103", "041B041B7F", "\u00ea\u00ea\u00e2", id="Portuguese, both"),
        pytest.param("03250101", "60401B40", "\u00e7\u0130|", id="Turkish, locked: escapes as ever"),
        pytest.param("0324010A", "1B6541", "\u20acA", id="a language we lack: the default tables"),
        pytest.param("03250102", "4041", "\u00a1A", id="no locking table for Spanish"),
        pytest.param("0424020202", "1B69", "i", id="an element of the wrong length"),
        pytest.param("080003070201240102", "1B69", "\u00ed", id="behind a concatenation"),
    ],
)
def test_a_header_names_the_language(header: str, septets: str, text: str) -> None:
    codes, start = bytes.fromhex(septets), bytes.fromhex(header)
    covered = (len(start) * 8 + 6) // 7
    field = bytes((covered + len(codes),)) + start + pack(codes, covered * 7 - len(start) * 8)
    assert user_data.take_user_data(Octets(field), coding_of(0), True).text == text
