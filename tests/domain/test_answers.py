"""What residents write, and what it is read as. The texts are in tests/samples/answers.csv."""

from __future__ import annotations

import csv
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.domain import answers, policy
from appliance.domain.answers import Reading, read_rating
from tests.domain.samples import SAMPLES, unescaped


def corpus() -> list[tuple[str, str, str, str]]:
    """Each row as language, what it reads as, the comment beside the score, and the text."""
    with (SAMPLES / "answers.csv").open(encoding="utf-8", newline="") as file:
        return [
            (row["language"], row["reads"], unescaped(row["comment"]), unescaped(row["text"]))
            for row in csv.DictReader(file)
        ]


ROWS = corpus()


def test_the_corpus_holds_what_it_should() -> None:
    languages, kinds = Counter(row[0] for row in ROWS), Counter(row[1] for row in ROWS)
    assert len(ROWS) >= 900
    assert min(languages[code] for code in ("en", "es", "fr")) >= 80
    assert set(kinds) == {*"012345", "skip", "again", "machine", "child", "person"}
    assert len({row[3] for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize(
    ("reads", "comment", "text"), [row[1:] for row in ROWS], ids=[repr(row[3]) for row in ROWS]
)
def test_each_answer_is_read_as_a_person_reads_it(reads: str, comment: str, text: str) -> None:
    assert (answers.is_machine(text), answers.is_child(text)) == (reads == "machine", reads == "child")
    if reads in ("machine", "child", "person"):
        return
    found = read_rating(text, zero_skips=True)
    if reads == "skip":
        assert found.zero
        assert read_rating(text, zero_skips=False) == Reading(None, False, text), "no 0 was offered"
    elif reads == "again":
        assert found == Reading(None, False, text.strip() or None)
    elif reads == "0":
        assert found == Reading(None, True, comment or None)
        assert read_rating(text, zero_skips=False) == found
    else:
        assert found == Reading(int(reads), False, comment or None)


def test_a_scale_leaves_out_what_lies_outside_it() -> None:
    assert read_rating("4", high=3, zero_skips=True) == Reading(None, False, "4")
    assert read_rating("1", low=2, zero_skips=True) == Reading(None, False, "1")


@settings(deadline=None)  # the machine may be busy; time is not what is tested
@given(st.text(max_size=160))
def test_any_text_is_read_as_one_of_the_three_things(text: str) -> None:
    reading = read_rating(text, zero_skips=True)
    assert reading.score in (None, 1, 2, 3, 4, 5)
    assert not (reading.zero and reading.score is not None)
    if reading.score is None and not reading.zero:
        assert reading.comment == (text.strip() or None)


@settings(deadline=None)  # the machine may be busy; time is not what is tested
@given(
    score=st.integers(1, 5),
    before=st.sampled_from(["", " ", "\n", "(", '"', "#", "\u200b"]),
    after=st.sampled_from(["", " ", ".", "!", "!!", ",", ")", '"', "\n", "\ufe0f\u20e3", "/5", " out of 5"]),
)
def test_punctuation_about_a_number_changes_nothing(score: int, before: str, after: str) -> None:
    number = "5" if before == "#" else str(score)
    assert read_rating(before + number + after, zero_skips=True) == Reading(int(number), False, None)


@settings(deadline=None)  # the machine may be busy; time is not what is tested
@given(st.integers(min_value=6))
def test_numbers_beyond_the_scale_are_never_scores(number: int) -> None:
    assert read_rating(str(number), zero_skips=True).score is None


@settings(deadline=None)  # the machine may be busy; time is not what is tested
@given(
    st.integers(1, 5), st.integers(1, 5), st.sampled_from([" or ", "-", " - ", ", ", " ", " o ", " ou ", "/"])
)
def test_two_numbers_are_never_one_score(first: int, second: int, between: str) -> None:
    text = f"{first}{between}{second}"
    is_out_of_five = between == "/" and second == 5
    assert read_rating(text, zero_skips=True).score == (first if is_out_of_five else None)


OWN = (
    "Sample PD: How satisfied are you with how we handled your request? Reply 1-5 (5=very). Read later.",
    "Sample PD 2/6: The officer listened to me. Reply 1-5 (1=strongly disagree, 5=strongly agree).",
)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("5", "5"),
        (f"{OWN[0]}\n5", "5"),
        (f"4 {OWN[0].upper()}", "4"),
        (f"“{OWN[1]}” 3", "“” 3"),
        (OWN[0].replace(" ", "  ").replace("? Reply", "?\nReply") + " 2", "2"),
        ("> Sample PD: How satisfied are you with\n> how we handled your request? Reply 1-5\n4", "4"),
        ("“The officer listened to me. Reply 1-5 (1=strongly…” 2", "“” 2"),
        ('They said "great job" 5', 'They said "great job" 5'),
        ("“5”", "“5”"),
        ("", ""),
    ],
    ids=[
        "alone",
        "above",
        "in capitals",
        "in quotes",
        "re-wrapped",
        "mail style",
        "cut short",
        "own words",
        "short",
        "empty",
    ],
)
def test_copies_of_our_texts_are_cut(text: str, left: str) -> None:
    assert answers.cut_quotes(text, OWN) == left


@pytest.mark.parametrize("language", ["en", "es", "fr"])
def test_a_quoted_question_of_ours_is_never_an_answer(language: str) -> None:
    for text in policy.default().texts[language].values():  # type: ignore[index]
        assert answers.cut_quotes(text, [text]) == ""
        assert read_rating(text, zero_skips=True).score is None
