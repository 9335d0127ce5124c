"""A feed on a folder, at a fixed moment."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from appliance.clock import Instant
from appliance.feeds.base import FeedSettings

NOON = 1_772_654_400_000  # 2026-03-04 20:00 UTC, noon in Los Angeles


class Ticks:
    """A monotonic clock that stands still until told."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


@pytest.fixture
def now() -> Instant:
    return NOON


@pytest.fixture
def settings(tmp_path: Path) -> Callable[..., FeedSettings]:
    def make(**given: object) -> FeedSettings:
        path = tmp_path / "cad"
        path.mkdir(exist_ok=True)
        values = {"name": "cad", "type": "csv", "path": path, "zone": ZoneInfo("America/Los_Angeles")} | given
        return FeedSettings(**values)  # type: ignore[arg-type]

    return make
