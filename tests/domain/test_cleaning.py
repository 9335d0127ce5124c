from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.cleaning import clean, fold, lines, plain

CLEANED = [
    ("full width", "ＳＴＯＰ", "STOP"),
    ("zero width", "S\u200bT\u200dO\u2060P\ufeff", "STOP"),
    ("bidi", "\u202eSTOP\u202c \u2066x\u2069", "STOP x"),
    ("spelled with spaces", "S T O P", "STOP"),
    ("spelled with dots", "S.T.O.P.", "STOP."),
    ("spelled with hyphens", "please s-t-o-p now", "please stop now"),
    ("two letters are not spelling", "a b", "a b"),
    ("digits are not joined", "1 2 3 4 5", "1 2 3 4 5"),
    ("apostrophe", "he’s here", "he's here"),
    ("space", " a \t\n b ", "a b"),
    ("keycap digit", "5️⃣", "5"),
    ("full-width digit", "５", "5"),
    ("circled digit", "④", "4"),
    ("emoji stays", "👍🏽 5", "👍🏽 5"),
    ("tag and filler characters", "a\U000e0041b\u3164", "ab"),
    ("NUL and escape", "a\x00b\x1b[31m", "ab[31m"),
    ("composed", "e\u200d\u0301", "é"),
]

FOLDED = [
    ("Cyrillic", "ЅТОР", "stop"),
    ("Greek", "ΝΟ ΤΕΧΤ", "no text"),
    ("accents", "ARRÊTEZ Ayúdame", "arretez ayudame"),
    ("sharp s", "STRASSE ß", "strasse ss"),
    ("dotted capital I", "İ", "i"),
]


@pytest.mark.parametrize(("name", "raw", "cleaned"), CLEANED, ids=[row[0] for row in CLEANED])
def test_clean(name: str, raw: str, cleaned: str) -> None:
    assert clean(raw) == cleaned


@pytest.mark.parametrize(("name", "raw", "folded"), FOLDED, ids=[row[0] for row in FOLDED])
def test_fold(name: str, raw: str, folded: str) -> None:
    assert fold(raw) == folded


def test_plain_closes_apostrophes_and_drops_the_rest() -> None:
    assert plain("He’s at l'aide — 5/5! 👍") == "hes at laide 5 5"


def test_lines_keeps_a_signature_apart() -> None:
    assert lines("STOP\r\n\r\nSent from a phone") == ["STOP", "Sent from a phone"]


def test_a_flood_of_marks_is_cut() -> None:
    assert len(clean("e" + "\u0316" * 5000)) <= 3


@given(st.text())
def test_clean_is_idempotent(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(st.text())
def test_fold_is_idempotent(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_nothing_invisible_is_left(text: str) -> None:
    assert not set(clean(text)) & set(
        "\u200b\u200c\u200d\u2060\ufeff\u202a\u202e\u2066\u2069\u00ad\ufe0f\x00"
    )
