"""When a rung may use the radio: AT&T's back-off and the two caps."""

from __future__ import annotations

import pytest

from modem.rungs import Attach, Rung, radio_allowed_at
from tests.modem.ladders import MINUTE, NOW, PACE

SPACING = [
    # attaches so far (minutes ago), series, minutes to wait
    pytest.param([], 0, 0.0, id="none yet"),
    pytest.param([0], 0, 0.0, id="the first of a series, after an older one"),
    pytest.param([0], 1, 1 / 3, id="the second"),
    pytest.param([0.5], 1, 0.0, id="the second, later"),
    pytest.param([0], 2, 1.0, id="the third"),
    pytest.param([0], 3, 5.0, id="the fourth"),
    pytest.param([0], 4, 10.0, id="the fifth"),
    pytest.param([0], 5, 15.0, id="the sixth"),
    pytest.param([0], 6, 30.0, id="the seventh"),
    pytest.param([0], 7, 60.0, id="the eighth"),
    pytest.param([0], 50, 60.0, id="any later one"),
    pytest.param([59, 50, 40, 30, 20, 12], 0, 1.0, id="six in this hour"),
    pytest.param([61, 50, 40, 30, 20, 12], 0, 0.0, id="five in this hour"),
    pytest.param([1439 - 45 * n for n in range(30)], 0, 1.0, id="thirty in this day"),
    pytest.param([1441, *(1439 - 45 * n for n in range(29))], 0, 0.0, id="twenty-nine in this day"),
]


@pytest.mark.parametrize(("ago", "series", "wait"), SPACING)
def test_when_the_next_attach_is_allowed(ago: list[float], series: int, wait: float) -> None:
    attaches = tuple(Attach(Rung.RESTART, NOW - minutes * MINUTE) for minutes in ago)
    allowed = radio_allowed_at(attaches, series, NOW, PACE)
    assert max(0.0, allowed - NOW) == pytest.approx(wait * MINUTE)
