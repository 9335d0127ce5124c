from __future__ import annotations

from datetime import date

import pytest

from appliance.domain.scoring import FunnelCounts, Summary
from web.figures import KEPT_FOR, Kept

NOW = 1_800_000_000_000
DAYS = (date(2027, 1, 1), date(2027, 1, 31))
OTHER = (date(2027, 1, 2), date(2027, 1, 31))


@pytest.mark.parametrize(
    ("cost", "days", "stamp", "age", "holds"),
    [
        (5.0, DAYS, "1-1", 50, True),
        (5.0, DAYS, "1-1", KEPT_FOR - 1, True),
        (5.0, DAYS, "1-1", KEPT_FOR, False),
        (5.0, DAYS, "1-2", 99, True),
        (5.0, DAYS, "1-2", 100, False),
        (1200.0, DAYS, "1-2", 23_999, True),
        (1200.0, DAYS, "1-2", 24_000, False),
        (1200.0, OTHER, "1-1", 50, False),
        (1200.0, DAYS, "1-1", -1, False),
    ],
    ids=[
        "just now", "nothing changed", "too old", "changed, cheap", "changed", "changed, dear",
        "changed, at last", "another period", "the clock stepped back",
    ],
)  # fmt: skip
def test_figures_are_kept_as_long_as_they_do(
    cost: float, days: tuple[date, date], stamp: str, age: int, holds: bool
) -> None:
    summary = Summary(FunnelCounts(0, 0, 0, 0, 0, 0, 0), None, "delivered", (), 10)
    assert Kept(DAYS, "1-1", NOW, cost, summary, (0, 0)).holds(days, stamp, NOW + age) is holds
