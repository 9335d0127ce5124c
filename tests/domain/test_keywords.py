from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.keyword_words import STOP
from appliance.domain.keywords import Extra, Standing, Use, is_wrong, language, standing, use

from .samples import rows

TEXTS = [
    (expected, text.replace("\\n", "\n").replace("\\u200b", "\u200b"))
    for expected, text in rows("standing.tsv")
]


@pytest.mark.parametrize(("expected", "text"), TEXTS)
def test_standing(expected: str, text: str) -> None:
    assert standing(text) is Standing(expected)


WIDE = {ord(c): ord(c) + 0xFEE0 for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"}
AROUND = st.text(alphabet=" .!?,;:*-\n\t🛑🙏👍😡️\u200b\u2060\u202e“”'", max_size=6)


@given(
    st.sampled_from(sorted(STOP)),
    AROUND,
    AROUND,
    st.sampled_from([str.upper, str.lower, str.title, str.swapcase]),
    st.booleans(),
    st.booleans(),
)
def test_nothing_around_an_opt_out_word_changes_it(word, before, after, case, wide, split) -> None:  # type: ignore[no-untyped-def]
    written = case(word)
    if wide:
        written = written.translate(WIDE)
    if split:
        written = "\u200b".join(written)
    assert standing(before + written + after) is Standing.STOP


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    assert standing(text) in Standing
    assert use(text) in Use
    assert language(text) in {None, "es", "en", "fr"}


@given(st.text())
def test_the_form_of_unicode_does_not_matter(text: str) -> None:
    assert standing(unicodedata.normalize("NFD", text)) is standing(unicodedata.normalize("NFC", text))


LANGUAGES = [
    ("ES", "es"),
    ("es.", "es"),
    ("Español", "es"),
    ("spanish please", "es"),
    ("en español", "es"),
    ("¿habla español?", "es"),
    ("no hablo ingles", "es"),
    ("ES=Español", "es"),
    ("EN", "en"),
    ("English", "en"),
    ("in english please", "en"),
    ("FR", "fr"),
    ("français", "fr"),
    ("en français svp", "fr"),
    ("5", None),
    ("hola", None),
    ("es el oficial", None),
    ("en mi casa", None),
    ("", None),
]


@pytest.mark.parametrize(("text", "expected"), LANGUAGES)
def test_language(text: str, expected: str | None) -> None:
    assert language(text) == expected


USES = [
    ("help", "help"),
    ("HELP!", "help"),
    ("info", "help"),
    ("ayuda", "help"),
    ("aide", "help"),
    ("?", "help"),
    ("who is this", "who"),
    ("Who?", "who"),
    ("is this a scam?", "who"),
    ("¿Quién es?", "who"),
    ("qui êtes-vous", "who"),
    ("STATUS", "status"),
    ("any update?", "status"),
    ("estado", "status"),
    ("statut", "status"),
    ("CALLME", "callme"),
    ("call me", "callme"),
    ("Please call me back", "callme"),
    ("can an officer call me", "callme"),
    ("llámeme por favor", "callme"),
    ("rappelez-moi", "callme"),
    ("5", "none"),
    ("dont call me", "none"),
    ("they helped", "none"),
    ("the status quo is bad", "none"),
]


@pytest.mark.parametrize(("text", "expected"), USES)
def test_use(text: str, expected: str) -> None:
    assert use(text) is Use(expected)


OWN = Extra(
    stop=("genug",),
    refusal=("bother somebody else",),
    wrong=("not my phone",),
    start=("weiter",),
    callme=("ruf an",),
    languages={"de": ("de", "deutsch")},
)


def test_the_policy_adds_words() -> None:
    assert standing("Genug!", OWN) is Standing.STOP
    assert standing("genug, danke", OWN) is Standing.STOP
    assert standing("go bother somebody else", OWN) is Standing.REFUSAL
    assert standing("this is not my phone", OWN) is Standing.WRONG
    assert standing("weiter", OWN) is Standing.START
    assert use("ruf an", OWN) is Use.CALLME
    assert language("Deutsch", OWN) == "de"
    assert standing("genug") is Standing.NONE


def test_the_policy_removes_nothing() -> None:
    assert standing("STOP", Extra(start=("stop",))) is Standing.STOP
    assert standing("leave me alone", Extra(start=("leave me alone",))) is Standing.REFUSAL


def test_a_refusal_beside_a_wrong_number_is_both() -> None:
    text = "wrong number, leave me alone"
    assert standing(text) is Standing.REFUSAL
    assert is_wrong(text)
