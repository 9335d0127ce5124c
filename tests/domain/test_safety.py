from __future__ import annotations

import timeit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.records import AlarmLevel
from appliance.domain.safety import read

from .samples import rows

TEXTS = [(level, text) for level, _, text in rows("safety.tsv")]
REDS = [text for level, text in TEXTS if level == "red"]


def level(text: str) -> str:
    found = read(text)
    assert (found.level is None) == (found.family is None)
    return found.level.value if found.level else "none"


@pytest.mark.parametrize(("expected", "text"), TEXTS)
def test_reading(expected: str, text: str) -> None:
    assert level(text) == expected


def test_the_corpus_is_large_and_in_three_languages() -> None:
    languages = [language for _, language, _ in rows("safety.tsv")]
    assert len(languages) >= 300
    assert min(languages.count(code) for code in ("en", "es", "fr")) >= 45


SPACE = st.text(alphabet=" \t\r\n\u00a0\u200b\u2003", max_size=8)


@given(st.sampled_from(REDS), SPACE, SPACE)
def test_a_red_stays_red_between_blanks(text: str, before: str, after: str) -> None:
    assert read(before + text + after).level is AlarmLevel.RED


@given(st.sampled_from(REDS), st.sampled_from([str.upper, str.lower, str.swapcase, str.title]))
def test_a_red_stays_red_in_any_case(text, case) -> None:  # type: ignore[no-untyped-def]
    assert read(case(text)).level is AlarmLevel.RED


@given(st.sampled_from(REDS))
def test_a_red_stays_red_without_apostrophes_and_marks(text: str) -> None:
    bare = text.replace("'", "").replace("’", "").replace(".", "").replace(",", "")
    assert read(bare).level is AlarmLevel.RED


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    assert read(text).level in {None, AlarmLevel.RED, AlarmLevel.AMBER}


@pytest.mark.parametrize(
    "text",
    [
        "he is " * 400,
        "someone there is still now just " * 60,
        "my the a an " * 200,
        "hay un una " * 200,
        "a" * 2400,
    ],
    ids=["he is", "adverbs", "articles", "hay", "one word"],
)
def test_a_long_text_is_read_in_time(text: str) -> None:
    assert timeit.timeit(lambda: read(text), number=1) < 0.5
