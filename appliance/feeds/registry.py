"""Which format reads which [[feed]] type; a new one is a file beside these and a line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from appliance import clock
from appliance.clock import Instant
from appliance.config import Config, FeedConfig
from appliance.feeds import csv_file, eido, json_file, mapping, times, xml_file
from appliance.feeds.base import Batch, Feed, FeedFault, FeedSettings, Parse
from appliance.feeds.folder_feed import FolderFeed
from appliance.feeds.mapping import ColumnMap


@dataclass(frozen=True, slots=True)
class Format:
    """A feed type: how its bytes are read, how a sample of it is looked at, which presets it knows."""

    parse: Parse
    preview: Callable[[bytes, FeedSettings], ColumnMap]
    presets: tuple[str, ...] = ()


FORMATS: Mapping[str, Format] = {
    "csv": Format(csv_file.parse, csv_file.columns_of),
    "json": Format(json_file.parse, json_file.columns_of),
    "xml": Format(xml_file.parse, xml_file.columns_of, xml_file.PRESETS),
    "eido": Format(eido.parse, eido.columns_of),
}
PUSHED: Mapping[str | None, str] = {None: "json", "json": "json", "eido": "eido"}
"""What a pushed body is, by the preset of its feed."""


def settings_of(feed: FeedConfig, agency_zone: ZoneInfo) -> FeedSettings:
    """A [[feed]] as its format takes it; without a timezone of its own the agency's counts."""
    zone = ZoneInfo(feed.timezone) if feed.timezone else agency_zone
    return FeedSettings(
        name=feed.name,
        type=feed.type,
        path=feed.path or Path(),
        zone=zone,
        time_format=feed.time_format,
        columns=dict(feed.columns),
        preset=feed.preset,
        records=feed.records,
        read_only=feed.read_only,
    )


def check(settings: FeedSettings) -> None:
    """Raises FeedFault when the settings cannot be right, whatever file comes."""
    if settings.time_format is not None:
        times.check_format(settings.time_format)
    mapping.check_fields(settings.columns)
    known = tuple(name for name in PUSHED if name) if settings.type == "push" else _format(settings).presets
    if settings.preset is not None and settings.preset not in known:
        remedy = f"The presets are: {', '.join(known)}" if known else "Leave preset out"
        what = f"[[feed]] {settings.name}: type {settings.type} knows no preset {settings.preset!r}"
        raise FeedFault(what, remedy, "unknown_preset")


def open_feed(
    settings: FeedSettings,
    monotonic: Callable[[], float] = clock.monotonic,
    is_known: Callable[[str], bool] | None = None,
) -> Feed:
    """A feed on a folder. Raises FeedFault when its type is unknown or its settings cannot be used."""
    check(settings)
    parse = _format(settings).parse
    return FolderFeed(settings, parse, monotonic, *([is_known] if is_known else []))


def open_feeds(
    config: Config, is_known: Callable[[str, str], bool] = lambda _feed, _sha256: False
) -> list[Feed]:
    """Every feed of the configuration that comes as files, in its order."""
    feeds = (settings_of(feed, config.agency.zone) for feed in config.feed if feed.type != "push")
    return [
        open_feed(settings, is_known=lambda sha256, name=settings.name: is_known(name, sha256))  # type: ignore[misc]
        for settings in feeds
    ]


def parse(settings: FeedSettings, data: bytes, source: str, now: Instant) -> Batch:
    """Bytes of a feed as a batch, wherever they came from. Raises FeedFault for settings that cannot be."""
    return _format(settings).parse(data, settings, source, now)


def preview(settings: FeedSettings, sample: bytes) -> ColumnMap:
    """Which column each field would be read from in a sample file, for `aftercall check` and `feed map`.

    Raises FeedFault when call_id, received_at, call_type or phone has none, or the sample cannot be read.
    """
    return _format(settings).preview(sample, settings)


def _format(settings: FeedSettings) -> Format:
    name = PUSHED.get(settings.preset, "") if settings.type == "push" else settings.type
    found = FORMATS.get(name)
    if found is None:
        known = ", ".join(sorted((*FORMATS, "push")))
        raise FeedFault(
            f"[[feed]] {settings.name}: no such type {settings.type!r}", f"The types are: {known}"
        )
    return found
