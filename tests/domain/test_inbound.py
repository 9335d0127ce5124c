"""What residents text in, and the three readings each gets. The texts are in tests/samples/inbound.csv."""

from __future__ import annotations

import csv
from collections import Counter

import pytest

from appliance.domain import policy, reading
from appliance.domain.reading import Readings
from tests.domain.samples import SAMPLES, unescaped

NO_WORDS = policy.default().keywords


def corpus() -> list[dict[str, str]]:
    with (SAMPLES / "inbound.csv").open(encoding="utf-8", newline="") as file:
        return [{**row, "text": unescaped(row["text"])} for row in csv.DictReader(file)]


ROWS = corpus()


def asks(readings: Readings) -> str:
    """What the text asks of the texting, and who wrote it."""
    if readings.is_machine:
        return "machine"
    if readings.language is not None:
        return f"language:{readings.language}"
    return readings.use.value if readings.use.value != "none" else "child" if readings.is_child else "none"


def test_the_corpus_holds_what_it_should() -> None:
    languages = Counter(row["language"] for row in ROWS)
    assert len(ROWS) >= 600
    assert min(languages[code] for code in ("en", "es", "fr")) >= 90
    assert {row["safety"] for row in ROWS} == {"red", "amber", "none"}
    assert len({row["text"] for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=[repr(row["text"]) for row in ROWS])
def test_each_text_gets_its_three_readings(row: dict[str, str]) -> None:
    readings = reading.read(row["text"], [], NO_WORDS)
    level = readings.safety.level
    found = {
        "safety": "none" if level is None else level.value,
        "standing": readings.standing.value,
        "asks": asks(readings),
        "kind": reading.kind(readings, has_survey=True).value,
    }
    assert found == {name: row[name] for name in found}


OWN = "Sampleville Police: How satisfied are you with us? Reply 1-5 (5=very). STOP=no texts"


@pytest.mark.parametrize(
    ("text", "kind", "left"),
    [
        (OWN, "machine", ""),
        (f"“{OWN}”", "machine", "“”"),
        (f"> {OWN}\nSTOP", "stop", "STOP"),
        (f"{OWN}\nhe has a gun", "emergency", "he has a gun"),
        (f"{OWN} 4", "answer", "4"),
    ],
    ids=["alone", "quoted", "and STOP", "and danger", "and an answer"],
)
def test_a_copy_of_our_own_text_says_nothing_by_itself(text: str, kind: str, left: str) -> None:
    readings = reading.read(text, [OWN], NO_WORDS)
    assert (reading.kind(readings, has_survey=True).value, readings.text) == (kind, left)
