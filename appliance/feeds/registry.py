"""Which adapter reads which [[feed]] type; a new one is a file beside these and a line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from appliance.config import Config, FeedConfig
from appliance.feeds.base import Feed, FeedFault, FeedSettings
from appliance.feeds.csv_file import CsvFeed, columns_of
from appliance.feeds.mapping import ColumnMap


@dataclass(frozen=True, slots=True)
class Adapter:
    """A feed type: how its feed is opened, and how a sample of it is looked at."""

    open: Callable[[FeedSettings], Feed]
    preview: Callable[[bytes, FeedSettings], ColumnMap]


ADAPTERS: Mapping[str, Adapter] = {"csv": Adapter(CsvFeed, columns_of)}


def settings_of(feed: FeedConfig, agency_zone: ZoneInfo) -> FeedSettings:
    """A [[feed]] as its adapter takes it; without a timezone of its own the agency's counts."""
    zone = ZoneInfo(feed.timezone) if feed.timezone else agency_zone
    return FeedSettings(feed.name, feed.type, feed.path, zone, feed.time_format, dict(feed.columns))


def open_feed(settings: FeedSettings) -> Feed:
    """The adapter for one feed. Raises FeedFault when its type is unknown or its settings cannot be used."""
    return _adapter(settings).open(settings)


def open_feeds(config: Config) -> list[Feed]:
    """Every feed of the configuration, in its order."""
    return [open_feed(settings_of(feed, config.agency.zone)) for feed in config.feed]


def preview(settings: FeedSettings, sample: bytes) -> ColumnMap:
    """Which column each field would be read from in a sample file, for `aftercall check` and `feed map`.

    Raises FeedFault when call_id, received_at, call_type or phone has none, or the sample cannot be read.
    """
    return _adapter(settings).preview(sample, settings)


def _adapter(settings: FeedSettings) -> Adapter:
    found = ADAPTERS.get(settings.type)
    if found is None:
        known = ", ".join(sorted(ADAPTERS))
        raise FeedFault(
            f"[[feed]] {settings.name}: no such type {settings.type!r}", f"The types are: {known}"
        )
    return found
