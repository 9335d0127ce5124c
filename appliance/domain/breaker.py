"""When more texts are about to leave than an ordinary day explains, or more people than usual say STOP.

Pure: the counts come in. What a window, a hold or the breaker itself made wait is in none of them, because a
person has seen it wait; neither are answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from appliance.clock import MINUTE
from appliance.domain.policy import Breaker

USUAL_AT_LEAST = 10
"""Texts an hour below which no hour counts as usual: a quiet box must not stop at its fifth text."""

DAYS_LOOKED_AT = 28
DAYS_NEEDED = 7
"""The usual hour is the median of the same hour of the last 28 days, once seven of them are known."""

LAST_TEXTS = 100
FEWEST_STOPS = 5
"""STOP is counted in the last hundred texts; fewer than five are nothing but chance."""

RELEASED_FOR = 30 * MINUTE
RELEASED_TEXTS = 60
"""What one person's release lets out: notices, for half an hour, and so many of them."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What is known when one more text is about to be queued; that one is in no count."""

    fresh: int
    """Notices and invitations whose events came within the policy's time."""
    fresh_hour: int = 0
    same_hours: Sequence[int] = ()
    """Texts in the same hour of each earlier day that is known, the latest first."""
    texts: int = 0
    stops: int = 0
    """Of the last texts (at most a hundred), how many went to somebody who then said no."""


@dataclass(frozen=True, slots=True)
class Trip:
    """Why the breaker opens: a code of docs/codes.md and what fills its sentence."""

    code: str
    values: dict[str, int]

    @property
    def sentence(self) -> str:
        text = SENTENCES[self.code]
        for name, value in self.values.items():
            text = text.replace("{" + name + "}", str(value))
        return text


SENTENCES = {
    "many_at_once": "{texts} texts within {minutes} min were about to become more",
    "many_an_hour": "{texts} texts within an hour, where {usual} are usual",
    "many_stops": "{stops} of the last {texts} residents who got a text said STOP",
}


def usual_hour(same_hours: Sequence[int]) -> int | None:
    """How many texts this hour usually sees; None while too few days are known."""
    if len(same_hours) < DAYS_NEEDED:
        return None
    return max(USUAL_AT_LEAST, round(median(same_hours)))


def trip(rules: Breaker, counts: Counts) -> Trip | None:
    """Why one more text would be one too many, or None."""
    if rules.texts and counts.fresh >= rules.texts:
        return Trip("many_at_once", {"texts": counts.fresh, "minutes": rules.within // MINUTE})
    usual = usual_hour(counts.same_hours)
    if rules.usual and usual is not None and counts.fresh_hour >= rules.usual * usual:
        return Trip("many_an_hour", {"texts": counts.fresh_hour, "usual": usual})
    many = counts.texts >= LAST_TEXTS and counts.stops >= rules.stop_share * counts.texts
    if rules.stop_share and many and counts.stops >= FEWEST_STOPS:
        return Trip("many_stops", {"stops": counts.stops, "texts": counts.texts})
    return None


def asks_for_hours(rules: Breaker, fresh_hour: int) -> bool:
    """Whether the earlier days matter at all: they are not looked up for nothing."""
    return bool(rules.usual) and fresh_hour >= rules.usual * USUAL_AT_LEAST
