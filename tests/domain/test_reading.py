"""The three readings of a text, and which one names its kind."""

from __future__ import annotations

import pytest

from appliance.domain import policy, reading
from appliance.domain.records import AlarmLevel, ReplyKind

NO_WORDS = policy.default().keywords
QUESTION = "Sampleville Police: How satisfied are you with how we handled your request? Reply 1-5 (5=very)."

KINDS = (
    ("he has a knife", "emergency", "emergency"),
    ("STOP! he has a knife", "emergency", "emergency"),
    ("STOP", "stop", "stop"),
    ("5. STOP", "stop", "stop"),
    ("leave me alone", "refusal", "refusal"),
    ("wrong number", "wrong", "wrong"),
    ("START", "start", "start"),
    ("ES", "language", "language"),
    ("who is this", "who", "who"),
    ("STATUS", "status", "status"),
    ("call me", "callme", "callme"),
    ("HELP", "help", "help"),
    ("I'm 12", "child", "other"),
    ("5", "answer", "other"),
    ("someone broke in last week", "answer", "other"),
    ("Liked “STOP”", "machine", "machine"),
    ("I'm driving, HELP", "machine", "machine"),
)


@pytest.mark.parametrize(("text", "with_survey", "without"), KINDS)
def test_the_first_kind_that_holds(text: str, with_survey: str, without: str) -> None:
    readings = reading.read(text, [], NO_WORDS)
    assert reading.kind(readings, has_survey=True) is ReplyKind(with_survey)
    assert reading.kind(readings, has_survey=False) is ReplyKind(without)


def test_all_three_are_made_whichever_wins() -> None:
    readings = reading.read("STOP! he has a knife", [], NO_WORDS)
    assert (readings.is_red, readings.standing.value) == (True, "stop")


def test_a_copy_of_our_own_text_is_cut_before_any_reading() -> None:
    readings = reading.read(f"“{QUESTION}” 4", [QUESTION], NO_WORDS)
    assert readings.text.strip("“” ") == "4"


@pytest.mark.parametrize(
    ("word", "text", "level"),
    [
        ("red", "there is a cougar here", AlarmLevel.RED),
        ("red", "There is a COUGAR, here!", AlarmLevel.RED),
        ("amber", "there is a cougar here", AlarmLevel.AMBER),
        ("red", "the cougars lost again", None),
    ],
)
def test_words_the_agency_added(word: str, text: str, level: AlarmLevel | None) -> None:
    words = NO_WORDS.model_copy(update={word: ("cougar",)})
    assert reading.read(text.replace(",", "").replace("!", ""), [], words).safety.level is level
