"""Who wrote a text, and which of its words are ours."""

from __future__ import annotations

import pytest

from appliance.domain import senders

OURS = "Sampleville Police: Ref 26-1 is closed. To add: 541-555-0100. STOP=no texts ES=Español"


@pytest.mark.parametrize(
    "text",
    [
        "Liked “Ref 26-1”",
        "Loved an image",
        "Reacted 👍 to “Ref 26-1”",
        "👍 to “Ref 26-1”",
        "Removed a heart from “Ref 26-1”",
        "Le gustó “Ref 26-1”",
        "A aimé « Ref 26-1 »",
        "Auto-reply: away until Monday",
        "This is an automated message",
        "I'm driving right now",
        "Estoy manejando",
        "Je conduis",
    ],
)
def test_what_a_phone_writes_by_itself(text: str) -> None:
    assert senders.is_machine(text)


@pytest.mark.parametrize(
    "text",
    ["I liked the officer", "Loved it, 5", "I am not driving any more", "the auto was stolen", "5", ""],
)
def test_what_a_person_writes(text: str) -> None:
    assert not senders.is_machine(text)


@pytest.mark.parametrize(
    "text",
    [
        "I'm 12",
        "im 9 years old",
        "I am a kid",
        "this is my mom's phone",
        "tengo 10 años",
        "j'ai 11 ans",
        "soy menor",
    ],
)
def test_a_child(text: str) -> None:
    assert senders.is_child(text)


@pytest.mark.parametrize(
    "text",
    [
        "I'm 5 out of 5 happy",
        "I'm 4 on this",
        "my kid is 12",
        "waited 12 minutes",
        "tengo 40 años",
        "I am 34",
    ],
)
def test_no_child(text: str) -> None:
    assert not senders.is_child(text)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"{OURS}\n4", "4"),
        (f"> {OURS}\n4", "4"),
        (f"4 {OURS.upper()}", "4"),
        (f"“{OURS}”\n4", "“”\n4"),
        ("> Ref 26-1 is closed.\nthanks", "thanks"),
        ("> I waited an hour\nbut 4", "> I waited an hour\nbut 4"),
        ("“5”", "“5”"),
        ("the officer said “take care of yourself”", "the officer said “take care of yourself”"),
        ("STOP=no", "STOP=no"),
    ],
)
def test_copies_of_our_texts_are_cut_and_nothing_else(text: str, left: str) -> None:
    assert senders.cut_quotes(text, [OURS]).strip() == left
