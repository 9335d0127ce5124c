"""The arithmetic behind the printed figures."""

from __future__ import annotations

import pytest

from benchmarks.figures import Figure, link_share, percentile, table


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ([5.0], 0.95, 5.0),
        ([1, 2, 3, 4], 0.5, 2),
        ([4, 3, 2, 1], 0.95, 4),
        (list(range(1, 101)), 0.95, 95),
        (list(range(1, 101)), 1.0, 100),
        (list(range(1, 101)), 0.0, 1),
    ],
)
def test_a_percentile_is_the_value_that_so_many_do_not_pass(
    values: list[float], share: float, expected: float
) -> None:
    assert percentile(values, share) == expected


def test_nothing_has_no_percentile() -> None:
    with pytest.raises(ValueError, match="nothing"):
        percentile([], 0.5)


def test_the_link_share_is_one_when_only_the_network_took_time() -> None:
    assert link_share(10, 1.2, 12.0) == pytest.approx(1.0)
    assert link_share(10, 1.2, 16.0) == pytest.approx(0.75)


@pytest.mark.parametrize(
    ("figure", "met"),
    [
        (Figure("a", 5, aim=5), True),
        (Figure("a", 5.1, aim=5), False),
        (Figure("a", 0.98, aim=0.98, at_least=True), True),
        (Figure("a", 0.97, aim=0.98, at_least=True), False),
        (Figure("a", 5), None),
        (Figure("a", None, aim=5), None),
    ],
)
def test_an_aim_is_met_on_its_own_side(figure: Figure, met: bool | None) -> None:
    assert figure.met is met
    assert figure.as_json()["met"] is met


def test_the_table_says_of_each_aim_whether_it_is_met() -> None:
    rows = table([Figure("fast", 3, "ms", 5), Figure("slow", 9, "ms", 5), Figure("plain", 1)]).splitlines()
    assert rows[0].split() == ["measure", "value", "aim", "met"]
    assert rows[2].split() == ["fast", "3", "ms", "<=", "5", "ms", "yes"]
    assert rows[3].split()[-1] == "NO"
    assert rows[4].split() == ["plain", "1"]
