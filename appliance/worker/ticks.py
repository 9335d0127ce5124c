"""The ticks: one table, the only importer of APScheduler. A tick only asks; due times are columns.

Every loop is woken by what happens; the ticks are the safety net beneath, so that nothing rests on a wake-up
that got lost.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

SECONDS: Mapping[str, float] = {
    "poll_feeds": 5,
    "plan": 15,
    "beat": 60,
    "clock": 5,
}
"""Seconds between two ticks of each kind."""


class Ticks:
    """The scheduled calls of the worker, by name."""

    def __init__(
        self, calls: Mapping[str, Callable[[], None]], seconds: Mapping[str, float] = SECONDS
    ) -> None:
        unknown = set(calls) - set(seconds)
        if unknown:
            raise ValueError(f"no such tick: {', '.join(sorted(unknown))}")
        self._calls = calls
        self._seconds = seconds
        self._scheduler = BackgroundScheduler(
            timezone="UTC",
            executors={"default": ThreadPoolExecutor(1)},
            # A late tick still ticks, once: the default drops what is a second late (a busy box).
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )

    def start(self) -> None:
        """Starts ticking."""
        self._add_all()
        self._scheduler.start()

    def reschedule(self) -> None:
        """Counts every tick anew from now: after a backward clock step they would stand still."""
        for name in self._calls:
            self._scheduler.reschedule_job(
                name, trigger=IntervalTrigger(seconds=self._seconds[name], timezone="UTC")
            )

    def stop(self) -> None:
        """Stops ticking, without waiting for a tick that runs."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    def _add_all(self) -> None:
        for name, call in self._calls.items():
            trigger = IntervalTrigger(seconds=self._seconds[name], timezone="UTC")
            self._scheduler.add_job(call, trigger, id=name)
