"""Where the bars go: lengths in a drawing 1000 units wide, so that the templates only draw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from appliance.domain.reasons import is_sensitive
from appliance.domain.scoring import SCALE, FunnelCounts

WIDTH = 1000


@dataclass(frozen=True, slots=True)
class Segment:
    """One piece of a stacked bar: `x` and `width` of WIDTH, and the score it stands for."""

    score: int
    n: int
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Step:
    """One stage of the funnel; `share` of the stage it is measured against, from 0 to 1."""

    key: str
    n: int
    width: float
    share: float | None
    of: str | None


def stacked(distribution: Mapping[str, int]) -> list[Segment]:
    """A bar of all answers, 1 at the left and 5 at the right; empty scores have no piece."""
    total = sum(distribution.values())
    segments: list[Segment] = []
    x = 0.0
    for score in SCALE:
        n = distribution[str(score)]
        if n:
            width = WIDTH * n / total
            segments.append(Segment(score, n, round(x, 1), round(width, 1)))
            x += width
    return segments


def funnel(counts: FunnelCounts) -> list[Step]:
    """The stages from the calls to the thanks; each with its share of the one that it is measured against."""
    reached = counts.sent if counts.delivered is None else counts.delivered
    base = "sent" if counts.delivered is None else "delivered"
    stages: list[tuple[str, int, str | None, int | None]] = [
        ("calls", counts.calls, None, None),
        ("invited", counts.invited, "calls", counts.calls),
        (base, reached, "invited", counts.invited),
        ("started", counts.started, base, reached),
        ("completed", counts.completed, base, reached),
    ]
    return [
        Step(
            key=key,
            n=n,
            width=round(WIDTH * n / counts.calls, 1) if counts.calls else 0.0,
            share=n / whole if whole else None,
            of=of,
        )
        for key, n, of, whole in stages
    ]


def excluded(reasons: Mapping[str, int]) -> list[tuple[str, int]]:
    """Why calls were not asked, the most frequent first; sensitive reasons become one neutral line."""
    shown: dict[str, int] = {}
    for reason, n in reasons.items():
        key = "agency_rule" if is_sensitive(reason) else reason
        shown[key] = shown.get(key, 0) + n
    return sorted(shown.items(), key=lambda item: (-item[1], item[0]))
