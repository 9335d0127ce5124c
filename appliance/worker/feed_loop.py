"""The loop of the feeds: IN, when a file arrives and every few seconds besides."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from appliance import clock
from appliance.clock import Instant
from appliance.config import Config
from appliance.domain.records import AlarmLevel
from appliance.feeds import registry
from appliance.feeds.base import Batch, Feed, FeedFault, Refusal
from appliance.flow import intake
from appliance.store import alarms, database, heartbeats, incidents, policies
from appliance.upkeep.feed_watch import FeedWatch
from appliance.worker.bell import Bell

log = logging.getLogger(__name__)


class FeedLoop:
    """One thread that takes what the feeds bring; `progress` is the monotonic second of its last round."""

    def __init__(
        self, config: Config, stop: threading.Event, own_numbers: Callable[[], frozenset[str]]
    ) -> None:
        self._config = config
        self._stop = stop
        self._own_numbers = own_numbers
        self._feeds = {feed.name: feed for feed in registry.open_feeds(config, incidents.was_source_taken)}
        self._watch = FeedWatch(config)
        self._last_seen: dict[str, Instant | None] = {}
        self._last_file: dict[str, str] = {}
        self._faults: dict[str, str] = {}
        self._unreadable: dict[str, str] = {}
        self.bell = Bell()
        self.progress = clock.monotonic()
        self.failure: BaseException | None = None
        self.thread = threading.Thread(target=self._run, name="feeds", daemon=True)

    @property
    def count(self) -> int:
        """How many feeds there are."""
        return len(self._feeds)

    def _run(self) -> None:
        watches: list[Callable[[], None]] = []
        try:
            with database.connection():
                self._remember()
                watches = [feed.watch(self.bell.ring) for feed in self._feeds.values()]
                while not self._stop.is_set():
                    for feed in self._feeds.values():
                        self._visit(feed)
                    self.progress = clock.monotonic()
                    self.bell.wait(60.0)
        except BaseException as error:
            self.failure = error
            raise
        finally:
            for unwatch in watches:
                unwatch()

    def _remember(self) -> None:
        """A feed's last sign of life and its open fault outlive a restart of the worker."""
        for alarm in alarms.open_alarms():
            name = alarm.subject.removeprefix("feed:")
            if alarm.code == "feed_fault" and name in self._feeds:
                self._faults[name] = sentence = str(alarm.details["sentence"])
                if alarm.details.get("until_read"):
                    self._unreadable[name] = sentence
        for name in self._feeds:
            beat = heartbeats.last(f"feed:{name}")
            self._last_seen[name] = None if beat is None else beat.details.get("last_seen")
            self._last_file[name] = "" if beat is None else str(beat.details.get("last_file") or "")

    def _visit(self, feed: Feed) -> None:
        """Takes what is ready. A feed that cannot be read is an alarm, and is looked at again next time."""
        try:
            for batch in feed.fetch(clock.now()):
                if self._stop.is_set():
                    return
                self._take(feed, batch, clock.now())
                # A file refused whole stays an alarm until one is read: nobody looks into rejected/ unasked.
                self._unreadable[feed.name] = (
                    "" if batch.refusal is None else _refused(batch.source, batch.refusal)
                )
        except FeedFault as fault:
            self._fault(feed.name, str(fault), clock.now())
        else:
            self._fault(feed.name, self._unreadable.get(feed.name, ""), clock.now())

    def _take(self, feed: Feed, batch: Batch, now: Instant) -> None:
        counts = intake.accept(
            intake.Source(feed.name, batch.source, batch.sha256, len(batch.rejects), len(batch.quarantined)),
            batch.taken,
            policies.current(),
            self._own_numbers(),
            now,
            batch.quarantined,
        )
        # Only now, when every row is committed, the raw file goes.
        feed.done(batch, accepted=len(batch.records), changed=counts.accepted, now=now)
        self._say(feed, batch, counts.accepted, now)

    def _fault(self, name: str, sentence: str, now: Instant) -> None:
        """A feed's fault as an alarm that clears by itself; written only when it changes."""
        if self._faults.get(name, "") == sentence:
            return
        self._faults[name] = sentence
        with database.transaction():
            if sentence:
                log.error("feed %s: %s", name, sentence)
                details = {"sentence": sentence, "until_read": sentence == self._unreadable.get(name)}
                alarms.raise_alarm("feed_fault", AlarmLevel.AMBER, f"feed:{name}", now, details=details)
            else:
                alarms.clear("feed_fault", f"feed:{name}", now)

    def _say(self, feed: Feed, batch: Batch, accepted: int, now: Instant) -> None:
        log.info(
            "feed %s: %s: %d rows taken, %d known, %d rejected",
            feed.name,
            batch.source,
            accepted,
            len(batch.records) - accepted,
            len(batch.rejects),
        )
        self._last_seen[feed.name] = now
        self._last_file[feed.name] = batch.source
        self.beat(now)

    def beat(self, now: Instant) -> None:
        """Writes the sign of life of every feed; called after each file and once a minute."""
        for config in self._config.feed:
            if config.type == "push":  # the pages take what is pushed, and say so themselves
                beat = heartbeats.last(f"feed:{config.name}")
                self._last_seen[config.name] = None if beat is None else beat.details.get("last_seen")
                self._last_file[config.name] = "" if beat is None else str(beat.details.get("last_file"))
        silent = self._watch.look(self._last_seen, now)
        for config in self._config.feed:
            seen = self._last_seen.get(config.name)
            details = {
                "last_seen": seen,
                "silent": silent[config.name],
                "path": "" if config.path is None else str(config.path),
                "last_file": self._last_file.get(config.name, ""),
            }
            with database.transaction(leaves_work=False):
                heartbeats.beat(f"feed:{config.name}", "ok", now, details)


def _refused(source: str, refusal: Refusal) -> str:
    return f"{source} was refused whole: {refusal.what}. {refusal.remedy}. It lies in rejected/."
