from __future__ import annotations

import pytest

from appliance.demo.live import fitted, score


@pytest.mark.parametrize(
    ("line", "columns", "shown"),
    [
        ("short", 10, "short"),
        ("just fits", 9, "just fits"),
        ("too long", 7, "too lo…"),
        ("ends \U0001f44d", 7, "ends \U0001f44d"),
        ("ends \U0001f44d", 6, "ends…"),
        ("\u2b50\u2b50\u2b50", 5, "\u2b50…"),
        ("any", 1, "…"),
        ("", 0, ""),
    ],
    ids=["short", "fits", "cut", "an emoji that fits", "an emoji that does not", "stars", "one", "nothing"],
)
def test_a_line_is_cut_to_the_terminal(line: str, columns: int, shown: str) -> None:
    assert fitted(line, columns) == shown


@pytest.mark.parametrize(
    ("n", "mean", "says"),
    [(6, None, "score from 10 answers on (6)"), (12, 4.25, "score 4.25 of 5 (12)")],
    ids=["too few", "enough"],
)
def test_the_score_is_said_only_from_enough_answers_on(n: int, mean: float | None, says: str) -> None:
    assert score({"questions": [{"n": n, "mean": mean}], "min_n": 10}) == says
