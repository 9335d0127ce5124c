"""A silent feed is one alarm until it speaks, and none while nobody knows what time it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.clock import HOUR, MINUTE
from appliance.config import FeedConfig
from appliance.store import alarms, database, incidents, switches
from appliance.store.incidents import IntakeCounts
from appliance.upkeep.feed_watch import FeedWatch
from tests.flow.box import Box, boxed

NOTHING = IntakeCounts(0, 0, 0, 0)


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    """A box whose feed has brought a file every ten minutes for three weeks."""
    with boxed(tmp_path) as made:
        feed = FeedConfig(name="cad", type="csv", path=tmp_path)
        made.config = made.config.model_copy(update={"feed": (feed,)})
        with database.transaction():
            for n in range(3 * 7 * 24 * 6):
                at = made.now - n * 10 * MINUTE
                incidents.add_intake("cad", f"{n}.csv", f"{n:064d}", NOTHING, at)
        yield made


def told(box: Box) -> list[int]:
    return [a.count for a in alarms.open_alarms() if (a.code, a.subject) == ("feed_silent", "feed:cad")]


def test_one_alarm_while_it_is_silent_and_none_when_it_speaks(box: Box) -> None:
    last, watch = box.now, FeedWatch(box.config)
    assert watch.look({"cad": last}, box.later(20 * MINUTE).now) == {"cad": False}
    for _ in range(5):
        assert watch.look({"cad": last}, box.later(MINUTE).now) == {"cad": True}
    assert told(box) == [1]
    [alarm] = alarms.open_alarms()
    assert "20 min is unusual" in str(alarm.details["sentence"])
    assert watch.look({"cad": box.now}, box.now) == {"cad": False}
    assert told(box) == []


def test_a_feed_that_never_spoke_is_shown_and_raises_nothing(box: Box) -> None:
    assert FeedWatch(box.config).look({"cad": None}, box.now) == {"cad": True}
    assert told(box) == []


def test_a_doubted_clock_judges_nothing(box: Box) -> None:
    last = box.now
    with database.transaction():
        switches.stop_for_clock("stepped", box.now)
    assert FeedWatch(box.config).look({"cad": last}, box.later(5 * HOUR).now) == {"cad": False}
    assert told(box) == []
