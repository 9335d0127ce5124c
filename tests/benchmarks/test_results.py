"""The page of results says what was measured, and marks the best of each row."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from benchmarks.contest import MEASURES, Entrant, Product
from benchmarks.faults import Outcome
from benchmarks.figures import Figure
from benchmarks.results import Run, contest_rows, document, fault_rows

ENTRANTS = [
    Entrant("ours", "1.0", "as it comes", Product),
    Entrant("theirs", "2.0", "loopsleep = 0", Product),
]


def run(
    measured: Mapping[str, Mapping[str, float]], outcomes: Mapping[str, list[Outcome]] | None = None
) -> Run:
    began = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)
    figures = [Figure("link share", 0.991, "", 0.98, at_least=True)]
    return Run(began, 0.5, 1.0, figures, ENTRANTS, measured, outcomes or {})


@pytest.mark.parametrize(
    ("name", "ours", "theirs", "row"),
    [
        ("link share, network 1.2 s", 0.991, 0.66, ["**0.991**", "0.66"]),
        ("queue to air, median", 45.0, 900.0, ["**45.0**", "900"]),
        ("memory (PSS)", 38.0, 8.6, ["38.0", "**8.6**"]),
        ("memory (PSS)", 38.0, None, ["38.0", "-"]),
        ("memory (PSS)", 8.0, 8.0, ["**8**", "**8**"]),
    ],
)
def test_the_best_of_a_row_is_marked(name: str, ours: float, theirs: float | None, row: list[str]) -> None:
    measured = {"ours": {name: ours}, "theirs": {} if theirs is None else {name: theirs}}
    place = [each[0] for each in MEASURES].index(name)
    assert contest_rows(run(measured))[place][1:] == row


def test_a_fault_is_told_in_numbers() -> None:
    outcomes = {
        "ours": [Outcome("unplugged", 0, 0, 1, 1.24, 200.0)],
        "theirs": [Outcome("unplugged", 2, 1, 0, None, 200.0), Outcome("silence", 0, 0, 0, 70.0, 180.0)],
    }
    assert fault_rows(run({}, outcomes)) == [
        ["unplugged", "0 / 0 / 1, 1.2 s", "2 / 1 / 0, not in 200 s"],
        ["silence", "-", "0 / 0 / 0, 70.0 s"],
    ]


def test_the_page_names_date_machine_versions_and_settings() -> None:
    page = document(run({"ours": {"memory (PSS)": 38.0}, "theirs": {"memory (PSS)": 8.6}}))
    for wanted in ("2026-03-04 05:06 UTC", "cores", "python", "ours 1.0, theirs 2.0", "loopsleep = 0"):
        assert wanted in page
    assert "| link share | 0.991 | >= 0.98 | yes |  |" in page
    assert "| memory (PSS), MB | 38.0 | **8.6** |" in page
