"""The figures of a period, kept while nothing has changed: open pages ask for them again and again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from flask import current_app

from appliance.clock import SECOND, Instant, to_datetime
from appliance.config import Config
from appliance.domain import scoring
from appliance.domain.scoring import Summary
from appliance.store import listings, reports

KEPT_FOR = 30 * SECOND
"""A text's state can change without a new row; its count is this old at most."""


@dataclass(frozen=True, slots=True)
class _Kept:
    key: tuple[date, date, str]
    at: Instant
    summary: Summary


def today(now: Instant) -> date:
    """The agency's day."""
    config: Config = current_app.config["AFTERCALL"]
    return to_datetime(now).astimezone(config.agency.zone).date()


def last_days(now: Instant, days: int) -> tuple[date, date]:
    """The last `days` agency days, today in."""
    until = today(now)
    return until - timedelta(days=days - 1), until


def of(from_day: date, to_day: date, now: Instant) -> Summary:
    """The summary of these agency days, both in."""
    config: Config = current_app.config["AFTERCALL"]
    key = (from_day, to_day, listings.stamp())
    kept: _Kept | None = current_app.extensions.get("aftercall_figures")
    if kept is not None and kept.key == key and 0 <= now - kept.at < KEPT_FOR:
        return kept.summary
    summary = reports.summary(*scoring.period(from_day, to_day, config.agency.zone))
    current_app.extensions["aftercall_figures"] = _Kept(key, now, summary)
    return summary
