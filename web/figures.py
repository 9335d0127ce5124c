"""The figures of a period, kept while nothing has changed: open pages ask for them again and again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from flask import current_app

from appliance.clock import SECOND, Instant, monotonic, to_datetime
from appliance.config import Config
from appliance.domain import scoring
from appliance.domain.scoring import Summary
from appliance.store import listings, reports

KEPT_FOR = 30 * SECOND
"""A text's state can change without a new row; its count is this old at most."""

COST_SHARE = 20
"""Figures that took long are kept this many times as long, whatever happens: 5 % of a core at most."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The last figures that were asked for."""

    days: tuple[date, date]
    stamp: str
    at: Instant
    cost: float  # milliseconds it took
    summary: Summary
    totals: tuple[int, int]  # texts that left, replies that came

    def holds(self, days: tuple[date, date], stamp: str, now: Instant) -> bool:
        """Whether these figures still do for what is asked now."""
        age = now - self.at
        if days != self.days or age < 0:
            return False
        return age < self.cost * COST_SHARE or (stamp == self.stamp and age < KEPT_FOR)


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
    return kept(from_day, to_day, now).summary


def kept(from_day: date, to_day: date, now: Instant) -> Kept:
    """The figures of these agency days, both in, with the texts and replies of all days."""
    config: Config = current_app.config["AFTERCALL"]
    days, stamp = (from_day, to_day), listings.stamp()
    last: Kept | None = current_app.extensions.get("aftercall_figures")
    if last is not None and last.holds(days, stamp, now):
        return last
    begun = monotonic()
    summary = reports.summary(*scoring.period(from_day, to_day, config.agency.zone))
    totals = reports.totals()
    cost = (monotonic() - begun) * 1000
    fresh = Kept(days, stamp, now, cost, summary, totals)
    current_app.extensions["aftercall_figures"] = fresh
    return fresh
