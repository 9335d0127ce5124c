"""What residents write, and what it is read as. The phrases are in tests/samples/answers.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.domain import answers, policy
from appliance.domain.answers import Reading, read_rating

SAMPLES = tomllib.loads(
    (Path(__file__).parent.parent / "samples" / "answers.toml").read_text(encoding="utf-8")
)
SCORES = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5}


@pytest.mark.parametrize(
    ("text", "score"), [(text, score) for name, score in SCORES.items() for text in SAMPLES[name]], ids=repr
)
def test_a_single_number_is_read(text: str, score: int) -> None:
    assert read_rating(text, zero_skips=True) == Reading(score, False, None)


@pytest.mark.parametrize("text", SAMPLES["zero"], ids=repr)
@pytest.mark.parametrize("zero_skips", [True, False])
def test_a_zero_is_told_apart_from_a_score(text: str, zero_skips: bool) -> None:
    assert read_rating(text, zero_skips=zero_skips) == Reading(None, True, None)


@pytest.mark.parametrize("text", SAMPLES["skip"], ids=repr)
def test_a_word_for_skipping_counts_only_where_zero_is_offered(text: str) -> None:
    assert read_rating(text, zero_skips=True).zero
    assert read_rating(text, zero_skips=False) == Reading(None, False, text)


@pytest.mark.parametrize("text", SAMPLES["again"], ids=repr)
def test_what_could_mean_two_things_is_asked_again(text: str) -> None:
    assert read_rating(text, zero_skips=True) == Reading(None, False, text.strip() or None)


@pytest.mark.parametrize(("text", "score", "comment"), SAMPLES["comments"], ids=repr)
def test_words_beside_the_number_are_kept(text: str, score: int, comment: str) -> None:
    assert read_rating(text, zero_skips=True) == Reading(score or None, score == 0, comment)


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


@pytest.mark.parametrize(
    "text",
    [
        "Liked “Sample PD: How satisfied are you ... Reply 1-5”",
        'Liked "Sample PD: thank you"',
        "Loved “5”",
        "Disliked “ok”",
        "Laughed at “ok”",
        "Emphasized “Reply 1-5”",
        "Emphasised “Reply 1-5”",
        "Questioned “Ref 12 is closed”",
        "Liked an image",
        "Reacted 👍 to “Reply 1-5 (5=very)”",
        "👍 to “Reply 1-5 (5=very)”",
        "\u200b👍\u200b to “\u200aReply 1-5\u200a”",
        "Removed a heart from “Thank you”",
        "Removed a like from “Thank you”",
        "Le gusta “Ref 12”",
        "Le gustó “Ref 12”",
        "Le encantó “Ref 12”",
        "No le gustó “Ref 12”",
        "Reaccionó con 👍 a “Ref 12”",
        "Enfatizó “Ref 12”",
        "A aimé « Ref 12 »",
        "A adoré “Ref 12”",
        "N’a pas aimé « Ref 12 »",
        "A réagi avec 👍 à « Ref 12 »",
        "Liked “”",
        "I'm driving with Do Not Disturb While Driving turned on. I'll see your message when I get there.",
        "I’m driving right now",
        "(I’m not receiving notifications. If this is urgent, reply “urgent”.)",
        "Auto-reply: I am away until Monday 5",
        "Automatic reply: out of office",
        "[Auto reply] back on the 4th",
        "I am currently out of the office",
        "Out of office until 5/5",
        "This is an automated message. 5",
        "The number you are texting cannot receive messages",
        "Estoy conduciendo",
        "Respuesta automática: vuelvo el 5",
        "Fuera de la oficina",
        "Je conduis",
        "Réponse automatique : absent",
        "Absent du bureau jusqu'au 5",
    ],
    ids=repr,
)
def test_a_phones_own_text_is_no_answer(text: str) -> None:
    assert answers.is_machine(text)


@pytest.mark.parametrize(
    "text",
    [
        "5",
        "liked the officer, 5",
        "I liked how they listened",
        "Loved it! 5",
        "the officer was driving too fast",
        "out of 5 I say 4",
        "me gustó mucho, 5",
        "J'ai aimé, 5",
        "5 to the officer",
        "automatic weapon",
        "",
    ],
    ids=repr,
)
def test_a_persons_text_is_not_taken_for_a_phones(text: str) -> None:
    assert not answers.is_machine(text)


@pytest.mark.parametrize(
    "text",
    [
        "I'm 12",
        "im 12",
        "I’m 12.",
        "i am 9",
        "I'm only 11, sorry",
        "I am 5 years old",
        "im 10 yrs old",
        "I'm 14 and I don't know",
        "I'm a kid",
        "i am a child",
        "I'm a minor",
        "im in 5th grade",
        "this is my mom's phone",
        "its my moms phone",
        "this is my dad's cell phone",
        "my mother’s phone",
        "my parents' phone",
        "tengo 10 años",
        "Tengo 8 anos",
        "solo tengo 12",
        "soy un niño",
        "soy menor de edad",
        "es el teléfono de mi mamá",
        "este celular es de mi papá",
        "j'ai 12 ans",
        "je suis un enfant",
        "c'est le téléphone de ma mère",
    ],
    ids=repr,
)
def test_a_child_is_heard(text: str) -> None:
    assert answers.is_child(text)


@pytest.mark.parametrize(
    "text",
    [
        "5",
        "I'm 45",
        "I'm 5",
        "im a 4",
        "I'm 12 minutes away",
        "my 12 year old was hurt",
        "I'm 30 years old",
        "tengo 5 hijos",
        "tengo 40 años",
        "j'ai 40 ans",
        "call my mom",
        "they took my phone",
        "a child was there",
        "",
    ],
    ids=repr,
)
def test_a_grown_up_is_not_taken_for_a_child(text: str) -> None:
    assert not answers.is_child(text)


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
