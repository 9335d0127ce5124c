"""Raises an alarm when a feed is silent for longer than usual at this hour; clears it when it speaks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from appliance.clock import HOUR, MINUTE, Instant, to_datetime
from appliance.config import Config
from appliance.domain import silence
from appliance.domain.records import AlarmLevel
from appliance.store import alarms, database, incidents, switches


def look(config: Config, last_seen: Mapping[str, Instant | None], now: Instant) -> dict[str, bool]:
    """Which feeds are silent; alarms follow. While the clock is doubted nothing is judged anew."""
    zone = config.agency.zone
    is_doubted = switches.clock_stop() is not None
    silent: dict[str, bool] = {}
    for feed in config.feed:
        subject, last = f"feed:{feed.name}", last_seen.get(feed.name)
        was = alarms.is_open("feed_silent", subject)
        if is_doubted:
            silent[feed.name] = was
            continue
        spoke = incidents.spoke_at(feed.name, now - silence.LEARNED_FROM)
        usual = silence.usual(spoke, now, zone)
        silent[feed.name] = last is None or now - last > usual.span
        if last is not None and silent[feed.name] is not was:
            with database.transaction():
                if was:
                    alarms.clear("feed_silent", subject, now)
                else:
                    details = {"sentence": _sentence(feed.name, last, usual.span, zone)}
                    alarms.raise_alarm("feed_silent", AlarmLevel.AMBER, subject, now, details=details)
    return silent


def _sentence(name: str, last: Instant, span: int, zone: ZoneInfo) -> str:
    since: datetime = to_datetime(last).astimezone(zone)
    hours, minutes = divmod(span // MINUTE, HOUR // MINUTE)
    usual = f"{hours} h {minutes} min" if hours else f"{minutes} min"
    return (
        f"Feed {name} has brought nothing since {since:%Y-%m-%d %H:%M}; more than {usual} is unusual at this "
        "hour. See whether CAD still exports"
    )
