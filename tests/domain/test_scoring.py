"""The report's arithmetic, worked by hand."""

from __future__ import annotations

from datetime import UTC, date
from zoneinfo import ZoneInfo

import pytest

from appliance.clock import HOUR, iso
from appliance.domain import scoring
from appliance.domain.scoring import FunnelCounts, ScoredAnswer
from appliance.domain.scripts import Question

QUESTIONS = ("overall", "listened")


def funnel(**changes: int | None) -> FunnelCounts:
    counts: dict[str, int | None] = {
        "calls": 50,
        "invited": 30,
        "sent": 28,
        "delivered": 25,
        "started": 12,
        "completed": 10,
        "opted_out": 1,
    }
    return FunnelCounts(**{**counts, **changes}, excluded={"type_not_enabled": 20})  # type: ignore[arg-type]


def answers(question: str, *scores: int | None) -> list[ScoredAnswer]:
    return [ScoredAnswer(question, score) for score in scores]


def test_zeros_and_comments_are_counted_apart_from_the_scores() -> None:
    given = [*answers("listened", 5, 0, 4, None, 1, 0), *answers("overall", 5), *answers("comment", None, 3)]
    summary = scoring.summarise(funnel(), given, QUESTIONS, min_n=1)
    assert [question.id for question in summary.questions] == ["overall", "listened"]
    listened = summary.questions[1]
    assert listened.n == 3
    assert listened.distribution == {"1": 1, "2": 0, "3": 0, "4": 1, "5": 1}
    assert listened.mean == pytest.approx(10 / 3)
    assert listened.top == pytest.approx(2 / 3)
    assert listened.bottom == pytest.approx(1 / 3)
    assert (listened.skipped, listened.unscored) == (2, 1)


@pytest.mark.parametrize(
    ("n", "is_shown"), [(0, False), (9, False), (10, True), (11, True)], ids=["none", "below", "at", "above"]
)
def test_no_mean_below_the_least_number(n: int, is_shown: bool) -> None:
    question = scoring.summarise(funnel(), answers("overall", *[4] * n), ("overall",), min_n=10).questions[0]
    assert (question.n, question.distribution["4"]) == (n, n)
    assert (question.mean, question.top, question.bottom) == ((4.0, 1.0, 0.0) if is_shown else (None,) * 3)


def test_nobody_is_no_mean_even_where_the_least_number_is_nought() -> None:
    assert scoring.summarise(funnel(), [], ("overall",), min_n=0).questions[0].mean is None


@pytest.mark.parametrize(
    ("counts", "rate", "base"),
    [
        (funnel(), 10 / 25, "delivered"),
        (funnel(delivered=None), 10 / 28, "sent"),
        (funnel(delivered=0, completed=0), None, "delivered"),
        (funnel(delivered=None, sent=0, completed=0), None, "sent"),
    ],
    ids=["delivered", "the SIM never reports", "none delivered", "none sent"],
)
def test_the_rate_says_what_it_is_a_share_of(counts: FunnelCounts, rate: float | None, base: str) -> None:
    summary = scoring.summarise(counts, [], QUESTIONS, min_n=10)
    assert (summary.response_rate, summary.base) == (rate, base)
    assert summary.funnel.excluded == {"type_not_enabled": 20}


def test_a_survey_our_own_text_cut_off_is_not_in_the_rate() -> None:
    summary = scoring.summarise(funnel(cut_off=5), [], QUESTIONS, min_n=10)
    assert summary.response_rate == 10 / 20


OTHERS = [
    Question(key="came", text="q", kind="yes_no"),
    Question(key="about", text="q", kind="choice", choices=("noise|ruido", "car")),
    Question(key="wait", text="q", kind="number"),
]


def test_other_kinds_are_counted_by_what_was_said() -> None:
    given = [*answers("came", 1, 1, 2, 0, None), *answers("about", 2), *answers("wait", 10, 20)]
    came, about, wait = scoring.summarise(funnel(), given, QUESTIONS, 1, OTHERS).others
    assert (came.n, came.counts, came.skipped, came.unscored, came.mean) == (
        3,
        {"yes": 2, "no": 1},
        1,
        1,
        None,
    )
    assert (about.counts, about.kind) == ({"noise": 0, "car": 1}, "choice")
    assert (wait.mean, wait.counts, wait.n) == (15.0, {}, 2)
    few = scoring.summarise(funnel(), given, QUESTIONS, 10, OTHERS).others
    assert [(other.counts, other.mean) for other in few] == [({}, None)] * 3


PACIFIC = ZoneInfo("America/Los_Angeles")


@pytest.mark.parametrize(
    ("first", "last", "start", "end", "hours"),
    [
        (
            date(2025, 1, 1),
            date(2025, 1, 31),
            "2025-01-01T08:00:00.000Z",
            "2025-02-01T08:00:00.000Z",
            31 * 24,
        ),
        (date(2025, 3, 9), date(2025, 3, 9), "2025-03-09T08:00:00.000Z", "2025-03-10T07:00:00.000Z", 23),
        (date(2025, 11, 2), date(2025, 11, 2), "2025-11-02T07:00:00.000Z", "2025-11-03T08:00:00.000Z", 25),
    ],
    ids=["a month", "clocks go forward", "clocks go back"],
)
def test_a_period_holds_both_its_days(first: date, last: date, start: str, end: str, hours: int) -> None:
    begins, ends = scoring.period(first, last, PACIFIC)
    assert (iso(begins), iso(ends)) == (start, end)
    assert ends - begins == hours * HOUR


def test_a_period_runs_forward() -> None:
    with pytest.raises(ValueError, match="before it begins"):
        scoring.period(date(2025, 1, 2), date(2025, 1, 1), UTC)
