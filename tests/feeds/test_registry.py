from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from appliance.config import AgencyConfig, Config, FeedConfig
from appliance.feeds import registry
from appliance.feeds.base import Feed, FeedFault, FeedSettings


@pytest.mark.parametrize(
    ("zone", "expected"),
    [(None, "America/Chicago"), ("America/Denver", "America/Denver")],
    ids=["agency", "own"],
)
def test_a_feed_without_a_zone_has_the_agencys(zone: str | None, expected: str) -> None:
    configured = FeedConfig(
        name="cad", type="csv", path=Path("cad"), timezone=zone, columns={"phone": "Cell"}
    )
    found = registry.settings_of(configured, ZoneInfo("America/Chicago"))
    assert (found.zone.key, found.path, dict(found.columns)) == (expected, Path("cad"), {"phone": "Cell"})


def test_opens_every_feed_of_the_configuration(tmp_path: Path) -> None:
    feeds = tuple(FeedConfig(name=name, type="csv", path=tmp_path / name) for name in ("cad", "rms"))
    agency = AgencyConfig(name="Sample Police", phone="541-555-0100", timezone="America/Los_Angeles")
    opened: list[Feed] = registry.open_feeds(Config(agency=agency, feed=feeds))
    assert [feed.name for feed in opened] == ["cad", "rms"]


def test_an_unknown_type_names_the_known_ones(settings: Callable[..., FeedSettings]) -> None:
    with pytest.raises(FeedFault, match="csv"):
        registry.open_feed(settings(type="fax"))


def test_a_preview_tells_the_columns_of_a_sample(settings: Callable[..., FeedSettings]) -> None:
    found = registry.preview(settings(), b"EVENT_NUMBER;CallTime;Problem;CallerPhone\n")
    assert dict(found.headers) == {
        "call_id": "EVENT_NUMBER",
        "received_at": "CallTime",
        "call_type": "Problem",
        "phone": "CallerPhone",
    }
    with pytest.raises(FeedFault, match="no column for phone"):
        registry.preview(settings(), b"EVENT_NUMBER;CallTime;Problem\n")
