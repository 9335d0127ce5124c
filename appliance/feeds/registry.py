"""Which adapter reads which [[feed]] type; a new one is a file beside these and a line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from zoneinfo import ZoneInfo

from appliance.config import Config, FeedConfig
from appliance.feeds.base import Feed, FeedFault, FeedSettings
from appliance.feeds.csv_file import CsvFeed

ADAPTERS: Mapping[str, Callable[[FeedSettings], Feed]] = {"csv": CsvFeed}


def settings_of(feed: FeedConfig, agency_zone: ZoneInfo) -> FeedSettings:
    """A [[feed]] as its adapter takes it; without a timezone of its own the agency's counts."""
    zone = ZoneInfo(feed.timezone) if feed.timezone else agency_zone
    return FeedSettings(feed.name, feed.type, feed.path, zone, feed.time_format, dict(feed.columns))


def open_feed(settings: FeedSettings) -> Feed:
    """The adapter for one feed. Raises FeedFault when its type is unknown or its settings cannot be used."""
    adapter = ADAPTERS.get(settings.type)
    if adapter is None:
        known = ", ".join(sorted(ADAPTERS))
        raise FeedFault(
            f"[[feed]] {settings.name}: no such type {settings.type!r}", f"The types are: {known}"
        )
    return adapter(settings)


def open_feeds(config: Config) -> list[Feed]:
    """Every feed of the configuration, in its order."""
    return [open_feed(settings_of(feed, config.agency.zone)) for feed in config.feed]
