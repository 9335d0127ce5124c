"""The worker: exactly one a box. Start order, the threads, signs of life, and a clean stop."""

from __future__ import annotations

import fcntl
import logging
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Protocol

from appliance import clock
from appliance.config import Config
from appliance.errors import ApplianceError
from appliance.flow import dispatch
from appliance.store import database, numbers, optout_journal, outbox, policies
from appliance.upkeep.clock_watch import ClockWatch
from appliance.worker import sdnotify
from appliance.worker.feed_loop import FeedLoop
from appliance.worker.handing import HandingJournal
from appliance.worker.modem_loop import ModemLoop, OpenPort
from appliance.worker.ticks import Ticks
from appliance.worker.walk_loop import WalkLoop
from appliance.worker.watcher import Watcher
from modem import ports, profiles, serial_port
from modem.pool import Pool
from modem.rungs import Pace

LOOK_EVERY = 1.0
STOP_WITHIN = 8.0
"""Seconds a loop gets to end what it has in hand; a text in flight then becomes `unknown`, not lost."""

STUCK_AFTER = {"modem": 400.0, "walk": 120.0, "feeds": 120.0}
"""Seconds without a round after which systemd is no longer told that the worker is alive."""

log = logging.getLogger(__name__)


class _Loop(Protocol):
    thread: threading.Thread
    progress: float
    failure: BaseException | None


@contextmanager
def only_worker(config: Config) -> Iterator[None]:
    """Holds the lock file beside the database; ApplianceError when another worker has it."""
    path = config.data_dir / "worker.lock"
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o660)
    except OSError as error:
        raise ApplianceError(
            f"{path}: {error.strerror}. Run `aftercall init` first, as the service user."
        ) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.pread(descriptor, 32, 0).decode(errors="replace").strip() or "unknown"
        os.close(descriptor)
        raise ApplianceError(
            f"Another worker (process {holder}) runs on this database; two would send texts twice. "
            "Stop it first: systemctl stop aftercall-worker."
        ) from error
    os.pwrite(descriptor, str(os.getpid()).ljust(32).encode(), 0)
    try:
        yield
    finally:
        os.close(descriptor)


def prepare(config: Config) -> None:
    """Database and key ready for this process, schema up to date; ApplianceError when there is no box yet."""
    for modem in config.modem:
        try:
            profiles.choose(modem.profile, "", "")
            ports.wanted(modem.port)
        except ValueError as error:
            raise ApplianceError(f"config.toml, modem {modem.name}: {error}.") from error
    if not config.storage.path.is_file():
        raise ApplianceError(f"{config.storage.path} does not exist. Run `aftercall init` first.")
    applied = database.migrate(config.storage.path)
    if applied:
        log.info("schema brought up to date: %s", ", ".join(applied))
    numbers.use_key(key_path(config))
    with database.connection():
        database.pending_migrations()
        numbers.check_key(key_path(config))
        try:
            policies.current()
        except LookupError as error:
            raise ApplianceError(f"{config.storage.path}: {error}.") from error
        _recover_strangers(config)
        restored = optout_journal.reconcile(clock.now())
        if restored:
            log.warning("%d opt-outs that the database had lost are in force again", restored)


def _recover_strangers(config: Config) -> None:
    """Sorts out what a modem had in hand that is not in the config any more: nobody else would."""
    for name in outbox.holders() - {modem.name for modem in config.modem}:
        journal = HandingJournal(config.data_dir / f"handing.{name}")
        dispatch.recover(name, journal.certainly_not_sent, clock.now())
        log.warning("modem %s is not in the config any more; its texts in hand were sorted out", name)


def key_path(config: Config) -> Path:
    """Where the key of the number table lies: in the data folder, never in the database or a backup."""
    return config.data_dir / "numbers.key"


def run(config: Config, *, open_port: OpenPort = serial_port.open_serial, pace: Pace | None = None) -> int:
    """Runs until SIGTERM or SIGINT; the exit code is 1 when a loop died, so that systemd restarts it."""
    os.umask(0o007)
    with only_worker(config):
        prepare(config)
        return Worker(config, open_port, pace).run()


class Worker:
    """The running daemon."""

    def __init__(self, config: Config, open_port: OpenPort, pace: Pace | None = None) -> None:
        self._stop = threading.Event()
        self._wanted = threading.Event()
        self._walk = WalkLoop(config, self._stop, self._hearing)
        pool = Pool(tuple(modem.name for modem in config.modem), clock.now())
        self._modems = [
            ModemLoop(config, modem, pool, self._stop, open_port, self._ring_walk, pace)
            for modem in config.modem
        ]
        self._feeds = FeedLoop(config, self._stop, self._own_numbers)
        self._watcher = Watcher(self._ring_walk, self._clock_stepped)
        self._clock = ClockWatch()
        self._ticks = Ticks(
            {
                "poll_feeds": self._feeds.bell.ring,
                "plan": self._walk.bell.ring,
                "beat": self._beat,
                "clock": self._look_at_clock,
            }
        )

    def run(self) -> int:
        """Starts everything, waits for the stop, stops everything."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)
        with database.connection():
            self._clock.start(clock.now())
        database.after_work(self._ring_walk)
        for loop in self._loops():
            loop.thread.start()
        self._watcher.start()
        self._ticks.start()
        sdnotify.notify("READY=1")
        log.info("worker started: %d modems, %d feeds", len(self._modems), self._feeds.count)
        code = self._watch()
        self._shut_down()
        return code

    def _loops(self) -> list[_Loop]:
        return [self._walk, self._feeds, *self._modems]

    def _watch(self) -> int:
        """Tells systemd that the worker lives, for as long as every loop does."""
        every = sdnotify.watchdog_interval()
        fed_at = 0.0
        while not self._wanted.wait(LOOK_EVERY):
            dead = [loop for loop in self._loops() if not loop.thread.is_alive()]
            if dead:
                for loop in dead:
                    log.critical("%s died: %r; restarting the worker", loop.thread.name, loop.failure)
                return 1
            for modem in self._modems:
                modem.export_trace()
            now = clock.monotonic()
            if every is not None and now - fed_at >= every and not self._stuck(now):
                fed_at = now
                sdnotify.notify("WATCHDOG=1")
        return 0

    def _stuck(self, now: float) -> bool:
        stuck = [
            loop.thread.name
            for loop in self._loops()
            if now - loop.progress > STUCK_AFTER[loop.thread.name.partition(":")[0]]
        ]
        if stuck:
            log.error("no progress: %s", ", ".join(stuck))
        return bool(stuck)

    def _shut_down(self) -> None:
        sdnotify.notify("STOPPING=1")
        log.info("stopping")
        self._stop.set()
        self._ticks.stop()
        self._watcher.stop()
        self._ring_all()
        deadline = clock.monotonic() + STOP_WITHIN
        for loop in self._loops():
            loop.thread.join(max(0.0, deadline - clock.monotonic()))
            if loop.thread.is_alive():
                log.warning(
                    "%s had to be left behind; what it had in hand is sorted out at the next start",
                    loop.thread.name,
                )
        database.forget_hooks()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._wanted.set()

    def _ring_walk(self) -> None:
        """A commit may be work for the walk and the modems; the feeds wait for files."""
        self._walk.bell.ring()
        for loop in self._modems:
            loop.wake()

    def _ring_all(self) -> None:
        self._feeds.bell.ring()
        self._ring_walk()

    def _clock_stepped(self, seconds: float) -> None:
        log.warning("the clock was set by %+.1f s; every tick starts anew", seconds)
        with database.connection():
            self._clock.look(clock.now(), round(seconds * 1000))
        self._ticks.reschedule()
        self._ring_all()

    def _beat(self) -> None:
        with database.connection():
            self._feeds.beat(clock.now())

    def _look_at_clock(self) -> None:
        with database.connection():
            self._clock.look(clock.now())

    def _hearing(self) -> frozenset[str]:
        return frozenset(loop.name for loop in self._modems if loop.has_heard)

    def _own_numbers(self) -> frozenset[str]:
        return frozenset(loop.own_number for loop in self._modems if loop.own_number)
