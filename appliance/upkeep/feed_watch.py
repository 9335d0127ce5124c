"""Raises an alarm when a feed is silent for longer than usual at this hour; clears it when it speaks."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from appliance.clock import HOUR, MINUTE, Instant, to_datetime
from appliance.config import Config
from appliance.domain import silence
from appliance.domain.records import AlarmLevel
from appliance.store import alarms, database, incidents, switches

LEARNED_ANEW = HOUR
"""What is usual changes slowly, and a feed that exports every minute has eighty thousand instants."""


class FeedWatch:
    """What each feed's silence means; may be asked from any thread."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._looking = threading.Lock()
        self._spoke: dict[str, tuple[Instant, Sequence[Instant]]] = {}

    def look(self, last_seen: Mapping[str, Instant | None], now: Instant) -> dict[str, bool]:
        """Which feeds are silent; alarms follow. While the clock is doubted nothing is judged anew."""
        with self._looking:
            is_doubted = switches.clock_stop() is not None
            return {
                feed.name: self._judge(feed.name, last_seen.get(feed.name), now, is_doubted=is_doubted)
                for feed in self._config.feed
            }

    def _judge(self, name: str, last: Instant | None, now: Instant, *, is_doubted: bool) -> bool:
        subject = f"feed:{name}"
        was = alarms.is_open("feed_silent", subject)
        if is_doubted or last is None:
            return was or last is None
        span = silence.usual(self._learned(name, now), now, self._config.agency.zone).span
        is_silent = now - last > span
        if is_silent is not was:
            with database.transaction():
                if was:
                    alarms.clear("feed_silent", subject, now)
                else:
                    details = {"sentence": _sentence(name, last, span, self._config.agency.zone)}
                    alarms.raise_alarm("feed_silent", AlarmLevel.AMBER, subject, now, details=details)
        return is_silent

    def _learned(self, name: str, now: Instant) -> Sequence[Instant]:
        at, spoke = self._spoke.get(name, (0, ()))
        if not 0 <= now - at < LEARNED_ANEW:
            spoke = incidents.spoke_at(name, now - silence.LEARNED_FROM)
            self._spoke[name] = (now, spoke)
        return spoke


def _sentence(name: str, last: Instant, span: int, zone: ZoneInfo) -> str:
    since: datetime = to_datetime(last).astimezone(zone)
    hours, minutes = divmod(span // MINUTE, HOUR // MINUTE)
    usual = f"{hours} h {minutes} min" if hours else f"{minutes} min"
    return (
        f"Feed {name} has brought nothing since {since:%Y-%m-%d %H:%M}; more than {usual} is unusual at this "
        "hour. See whether CAD still exports"
    )
