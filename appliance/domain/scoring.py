"""What the report says: the funnel, the rate with its base, and the spread of every question's answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, tzinfo
from datetime import time as day_time
from typing import Literal

from appliance.clock import Instant, from_datetime
from appliance.domain.scripts import Question

SCALE = (1, 2, 3, 4, 5)


@dataclass(frozen=True, slots=True)
class FunnelCounts:
    """How many calls went how far; `delivered` is None where the SIM never reports delivery."""

    calls: int
    invited: int
    sent: int
    delivered: int | None
    started: int
    completed: int
    opted_out: int
    excluded: Mapping[str, int] = field(default_factory=dict)
    cut_off: int = 0
    """Surveys that ran out while a later question of ours had not arrived: nobody declined to answer it."""


@dataclass(frozen=True, slots=True)
class ScoredAnswer:
    """One stored answer: a number as in `domain.scripts`, 0 (skipped) or None (kept as a comment)."""

    question: str
    score: int | None


@dataclass(frozen=True, slots=True)
class QuestionScore:
    """One question: `n` answers of 1-5, their spread, and what is only said from `min_n` answers on.

    `top` and `bottom` are the shares of 4-5 and of 1-2, from 0 to 1; they and `mean` are None below
    `min_n`. `skipped` counts zeros and `unscored` answers kept as comments: neither is in `n`.
    """

    id: str
    n: int
    mean: float | None
    distribution: Mapping[str, int]
    top: float | None
    bottom: float | None
    skipped: int
    unscored: int


@dataclass(frozen=True, slots=True)
class OtherCount:
    """A question that is no rating: how often each answer was given, by what the report calls it.

    `mean` only for a number, and only from `min_n` answers on; below it `counts` is empty as well.
    """

    id: str
    kind: str
    n: int
    counts: Mapping[str, int]
    mean: float | None
    skipped: int
    unscored: int


@dataclass(frozen=True, slots=True)
class Summary:
    """The report's figures. `response_rate` is completed / `base`, from 0 to 1; None if nobody was asked.

    What was cut off (see `FunnelCounts`) is not in the base.
    """

    funnel: FunnelCounts
    response_rate: float | None
    base: Literal["delivered", "sent"]
    questions: tuple[QuestionScore, ...]
    min_n: int
    others: tuple[OtherCount, ...] = ()

    @property
    def asked(self) -> int:
        """What the response rate is a share of."""
        counts = self.funnel
        return (counts.sent if counts.delivered is None else counts.delivered) - counts.cut_off


def summarise(
    funnel: FunnelCounts,
    answers: Iterable[ScoredAnswer],
    questions: Sequence[str],
    min_n: int,
    others: Sequence[Question] = (),
) -> Summary:
    """The figures of one period; `questions` are the rated questions' keys in the order they are asked.

    `others` are those of other kinds. Answers to what is in neither (the comment, an older script's) count
    nowhere.
    """
    by_question: dict[str, list[int | None]] = {key: [] for key in (*questions, *(q.key for q in others))}
    for answer in answers:
        if answer.question in by_question:
            by_question[answer.question].append(answer.score)
    base: Literal["delivered", "sent"] = "sent" if funnel.delivered is None else "delivered"
    summary = Summary(
        funnel=funnel,
        response_rate=None,
        base=base,
        questions=tuple(_question(key, by_question[key], min_n) for key in questions),
        min_n=min_n,
        others=tuple(_other(question, by_question[question.key], min_n) for question in others),
    )
    rate = funnel.completed / summary.asked if summary.asked else None
    return replace(summary, response_rate=rate)


def _other(question: Question, scores: Sequence[int | None], min_n: int) -> OtherCount:
    given = [score for score in scores if score]
    is_shown = len(given) >= min_n and bool(given)
    spread = Counter(given)
    return OtherCount(
        id=question.key,
        kind=question.kind,
        n=len(given),
        counts={label: spread[score] for score, label in question.labels().items()} if is_shown else {},
        mean=sum(given) / len(given) if is_shown and question.kind == "number" else None,
        skipped=sum(score == 0 for score in scores),
        unscored=sum(score is None for score in scores),
    )


def _question(key: str, scores: Sequence[int | None], min_n: int) -> QuestionScore:
    spread = Counter(scores)
    n = sum(spread[score] for score in SCALE)
    is_shown = n >= min_n and n > 0
    return QuestionScore(
        id=key,
        n=n,
        mean=sum(score * spread[score] for score in SCALE) / n if is_shown else None,
        distribution={str(score): spread[score] for score in SCALE},
        top=(spread[4] + spread[5]) / n if is_shown else None,
        bottom=(spread[1] + spread[2]) / n if is_shown else None,
        skipped=spread[0],
        unscored=spread[None],
    )


def period(from_date: date, to_date: date, zone: tzinfo) -> tuple[Instant, Instant]:
    """The agency's days from `from_date` to `to_date`, both in, as instants `start <= t < end`.

    Days are 23 or 25 hours long where the clocks change. ValueError if `to_date` is the earlier one.
    """
    if to_date < from_date:
        raise ValueError(f"the period ends on {to_date}, before it begins on {from_date}")
    return _midnight(from_date, zone), _midnight(to_date + timedelta(days=1), zone)


def _midnight(day: date, zone: tzinfo) -> Instant:
    return from_datetime(datetime.combine(day, day_time(), tzinfo=zone))
