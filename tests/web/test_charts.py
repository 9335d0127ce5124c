from __future__ import annotations

import pytest

from appliance.domain.scoring import FunnelCounts
from web import charts


@pytest.mark.parametrize(
    ("spread", "scores"),
    [((0, 0, 0, 0, 7), [5]), ((1, 1, 1, 1, 1), [1, 2, 3, 4, 5]), ((3, 0, 0, 0, 1), [1, 5]), ((0,) * 5, [])],
    ids=["one score", "all scores", "the ends", "none"],
)
def test_a_stacked_bar_is_full_and_has_no_gaps(spread: tuple[int, ...], scores: list[int]) -> None:
    segments = charts.stacked({str(n + 1): count for n, count in enumerate(spread)})
    assert [s.score for s in segments] == scores
    x = 0.0
    for segment in segments:
        assert segment.x == pytest.approx(x, abs=0.2)
        assert segment.width == pytest.approx(charts.WIDTH * segment.n / sum(spread), abs=0.1)
        x += segment.width
    assert not segments or x == pytest.approx(charts.WIDTH, abs=0.5)


def counts(delivered: int | None, calls: int = 200) -> FunnelCounts:
    return FunnelCounts(calls, 100 if calls else 0, 90, delivered, 40, 20, 3)


def test_the_funnel_measures_each_stage_against_the_right_one() -> None:
    found = {step.key: (step.n, step.width, step.share, step.of) for step in charts.funnel(counts(80))}
    assert found == {
        "calls": (200, 1000.0, None, None),
        "invited": (100, 500.0, 0.5, "calls"),
        "delivered": (80, 400.0, 0.8, "invited"),
        "started": (40, 200.0, 0.5, "delivered"),
        "completed": (20, 100.0, 0.25, "delivered"),
    }


def test_without_delivery_reports_the_base_is_what_was_sent() -> None:
    assert [step.key for step in charts.funnel(counts(None))] == [
        "calls",
        "invited",
        "sent",
        "started",
        "completed",
    ]
    assert charts.funnel(counts(None))[-1].of == "sent"


def test_an_empty_funnel_divides_by_nothing() -> None:
    assert charts.funnel(counts(0, calls=0))[1].share is None


def test_sensitive_reasons_are_one_line_and_the_sum_stays() -> None:
    reasons = {"never_list": 3, "minor": 2, "opted_out": 5, "sensitive": 1, "window": 7}
    found = charts.excluded(reasons)
    assert found == [("window", 7), ("agency_rule", 6), ("opted_out", 5)]
    assert sum(n for _reason, n in found) == sum(reasons.values())
