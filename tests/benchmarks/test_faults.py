"""What is counted of a fault, and from when a daemon counts as recovered."""

from __future__ import annotations

import pytest

from benchmarks.faults import recovered, tally


@pytest.mark.parametrize(
    ("left", "unknown", "counted"),
    [
        pytest.param("abc", 0, (0, 0, 0), id="all well"),
        pytest.param("abbbc", 0, (0, 2, 0), id="one three times"),
        pytest.param("a", 0, (2, 0, 0), id="two never left"),
        pytest.param("a", 1, (1, 0, 1), id="one of them said to be unknown"),
        pytest.param("aab", 5, (0, 1, 1), id="unknown though they left"),
        pytest.param("", 3, (0, 0, 3), id="all unknown"),
    ],
)
def test_texts_are_counted_at_the_network(left: str, unknown: int, counted: tuple[int, int, int]) -> None:
    assert tally("abc", left, unknown) == counted


@pytest.mark.parametrize(
    ("over", "submits", "results", "seconds"),
    [
        (None, [1.0], [2.0], None),
        (5.0, [1.0], [2.0, 6.0], None),  # the end of a send that was begun before
        (5.0, [4.0, 7.0], [6.0], None),
        (5.0, [4.0, 7.0], [6.0, 8.5, 9.0], 3.5),
    ],
)
def test_it_has_recovered_with_the_first_send_begun_afterwards(
    over: float | None, submits: list[float], results: list[float], seconds: float | None
) -> None:
    assert recovered(over, submits, results) == seconds
