"""The product and its peers on the same simulated modem: each is started, given texts, and listened to."""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Protocol, Self

from appliance import clock
from appliance.clock import DAY
from appliance.demo import script
from appliance.demo.stage import COMPRESSED, MODEM_NUMBER, Stage
from appliance.domain.records import Lane, MessageState
from appliance.store import database, numbers, outbox, policies
from benchmarks import process
from benchmarks.figures import link_share, percentile
from benchmarks.peers import PEERS, Taken
from benchmarks.tape import Tape
from modem.simulator.network import Network, Sent
from modem.simulator.pty import PtyModem
from modem.simulator.timers import Loop

TEXT = "Sample PD: Ref SAMPLE26000100 is closed. Nobody reads replies live. Emergency: call 911."
NETWORK_TIME = 1.2
PATIENCE = 120.0
"""Seconds a text may take before a daemon is said not to get along with the modem."""


class Contestant(Protocol):
    """A daemon in a folder, on the modem at `modem` in it."""

    @property
    def pid(self) -> int: ...
    def start(self) -> None: ...
    def stop(self) -> None: ...
    def kill(self) -> None: ...
    def queue(self, name: str, number: str, text: str) -> None: ...
    def pending(self) -> int: ...
    def unknown(self) -> int: ...
    def taken(self) -> list[Taken]: ...


class Product:
    """The worker of this repository with a box of its own; one such box a process at a time."""

    def __init__(self, folder: Path, link: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._stage = Stage(folder, 0)
        self._stage.set_up(COMPRESSED)
        assert link == self._stage.modem_link
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        with (self._stage.folder / "worker.log").open("ab") as file:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-m", "appliance.worker", str(self._stage.config_path)],
                stdout=file,
                stderr=file,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )

    def stop(self) -> None:
        """SIGTERM, which it heeds once it is up; and after fifteen seconds kill -9."""
        database.disconnect()
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def queue(self, name: str, number: str, text: str) -> None:
        """A row in the outbox, as `aftercall send-test` makes it."""
        now = clock.now()
        with database.connection(), database.transaction():
            outbox.put_once(
                outbox.NewMessage(
                    key=f"bench/{name}",
                    lane=Lane.NOTICE,
                    kind="bench",
                    number_id=numbers.remember(number),
                    language="en",
                    text=text,
                    parts=1,
                    policy_id=policies.current().id,
                    due_at=now,
                    not_after=now + DAY,
                ),
                MessageState.QUEUED,
                now,
            )

    def pending(self) -> int:
        return self._count("SELECT COUNT(*) FROM messages WHERE state IN ('queued', 'sending')")

    def unknown(self) -> int:
        return self._count("SELECT COUNT(*) FROM messages WHERE state = 'unknown'")

    def taken(self) -> list[Taken]:
        rows = self._rows(
            "SELECT n.e164, r.text FROM replies r JOIN numbers n ON n.id = r.number_id ORDER BY r.id"
        )
        return [Taken(str(sender), str(text)) for sender, text in rows]

    def _count(self, query: str) -> int:
        return int(str(self._rows(query)[0][0]))

    def _rows(self, query: str) -> list[tuple[object, ...]]:
        """Through a connection of its own, as a screen reads them."""
        path = self._stage.config.storage.path
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as link:
            return link.execute(query).fetchall()


@dataclass(frozen=True, slots=True)
class Entrant:
    """Who takes part: its version, how it is set up, and how it is made."""

    name: str
    version: str
    settings: str
    make: Callable[[Path, Path], Contestant]


def entrants() -> list[Entrant]:
    """The product, and whichever peers are installed."""
    found = [Entrant("aftercall", version("aftercall"), "no limits a minute, an hour or a day", Product)]
    for peer in PEERS:
        if peer.path() is not None:
            settings = "; ".join(
                line for line in peer.config.splitlines() if "{" not in line and not line.startswith("[")
            )
            found.append(Entrant(peer.name, peer.version(), settings, peer))
    return found


class Rig:
    """A contestant, its modem and its network; a context manager that begins once a first text has left."""

    def __init__(self, folder: Path, entrant: Entrant) -> None:
        folder.mkdir(parents=True)
        self.loop = Loop()
        self.network = Network(timers=self.loop, receipt_after=0.01)
        # The peers look for reports among the texts; to the product it makes no difference.
        self.modem = PtyModem(folder / "modem", self.network, number=MODEM_NUMBER, report_memory="SM")
        self.tape = Tape()
        self.modem.on_traffic = self.tape.heard
        self.daemon = entrant.make(folder, folder / "modem")
        self.left: list[tuple[float, Sent]] = []
        self.network.on_sent = lambda sent: self.left.append((clock.monotonic(), sent))
        self._place = 0
        self._random = random.Random(7)

    def __enter__(self) -> Self:
        try:
            self.modem.start()
            self.daemon.start()
            self.send(1)
            self.rest()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        self.daemon.stop()
        self.modem.stop()
        self.loop.stop()

    def numbers(self, count: int) -> list[str]:
        """Numbers nobody was texted on yet."""
        first, self._place = self._place, self._place + count
        return [script.number(place) for place in range(first, first + count)]

    def queue(self, count: int) -> list[str]:
        """Texts to so many people; returns their numbers."""
        numbers_ = self.numbers(count)
        for number in numbers_:
            self.daemon.queue(number.removeprefix("+"), number, TEXT)
        return numbers_

    def send(self, count: int) -> None:
        """Queues and waits until the modem has said OK to the last."""
        before = len(self.tape.results)
        self.queue(count)
        self.tape.wait(lambda: len(self.tape.results) >= before + count, PATIENCE, f"{count} texts")

    def wait(self, holds: Callable[[], bool], seconds: float) -> bool:
        """Looks every 5 ms; whether it held in time."""
        pause, deadline = threading.Event(), clock.monotonic() + seconds
        while not holds():
            if clock.monotonic() > deadline:
                return False
            pause.wait(0.005)
        return True

    def has_taken(self, count: int) -> bool:
        """Whether so many texts have come in."""
        return len(self.daemon.taken()) >= count

    def has_left(self, count: int) -> bool:
        """Whether so many texts have left."""
        return len(self.left) >= count

    def rest(self, seconds: float = 1.5) -> None:
        """Until nothing is pending, and on to anywhere in a round of whoever looks once a second."""
        self.wait(lambda: self.daemon.pending() == 0, PATIENCE)
        threading.Event().wait(seconds + self._random.random())


@dataclass(frozen=True, slots=True)
class Sizes:
    """How often each thing is done."""

    burst: int
    slow: int
    latencies: int
    idle: float


FULL = Sizes(burst=30, slow=10, latencies=10, idle=10.0)
QUICK = Sizes(burst=4, slow=2, latencies=1, idle=1.0)


MEASURES = (
    ("texts a second, network 0 s", "", "most"),
    ("texts a second, network 1.2 s", "", "most"),
    ("link share, network 1.2 s", "", "most"),
    ("queue to air, median", "ms", "least"),
    ("queue to air, slowest", "ms", "least"),
    ("air to inbox, median", "ms", "least"),
    ("air to inbox, slowest", "ms", "least"),
    ("processor a text", "ms", "least"),
    ("written a text", "KiB", "least"),
    ("processor when idle", "% of a core", "least"),
    ("memory (PSS)", "MB", "least"),
)


def measure(folder: Path, entrant: Entrant, sizes: Sizes) -> Iterator[tuple[str, float]]:
    """Every measure of `MEASURES` for one contestant, as it is known."""
    with Rig(folder, entrant) as rig:
        yield from _burst(rig, sizes.burst)
        yield from _slow(rig, sizes.slow)
        yield from _latencies(rig, sizes.latencies)
        yield from _idle(rig, sizes.idle)
        yield "memory (PSS)", process.memory(rig.daemon.pid).pss


def _burst(rig: Rig, texts: int) -> Iterator[tuple[str, float]]:
    first = len(rig.tape.submits)
    spent, written = process.processor_seconds(rig.daemon.pid), process.written_bytes(rig.daemon.pid)
    rig.send(texts)
    yield "texts a second, network 0 s", texts / (rig.tape.results[-1] - rig.tape.submits[first])
    rig.wait(lambda: not rig.network.waiting(), PATIENCE)
    yield "processor a text", (process.processor_seconds(rig.daemon.pid) - spent) / texts * 1000
    rig.rest()
    yield "written a text", (process.written_bytes(rig.daemon.pid) - written) / texts / 1024


def _slow(rig: Rig, texts: int) -> Iterator[tuple[str, float]]:
    rig.network.network_time = NETWORK_TIME
    first = len(rig.tape.submits)
    rig.send(texts)
    span = rig.tape.results[-1] - rig.tape.submits[first]
    rig.network.network_time = 0.0
    yield "texts a second, network 1.2 s", texts / span
    yield "link share, network 1.2 s", link_share(texts, NETWORK_TIME, span)


def _latencies(rig: Rig, times: int) -> Iterator[tuple[str, float]]:
    out, incoming = [], []
    for number in rig.numbers(times):
        rig.rest()
        before, began = len(rig.tape.submits), clock.monotonic()
        rig.send(1)
        out.append(rig.tape.submits[before] - began)
        rig.rest()
        have, began = len(rig.daemon.taken()), clock.monotonic()
        rig.network.receive(number, "Thank you")
        if not rig.wait(partial(rig.has_taken, have + 1), PATIENCE):
            raise TimeoutError("a text did not come in")
        incoming.append(clock.monotonic() - began)
    for name, spans in (("queue to air", out), ("air to inbox", incoming)):
        yield f"{name}, median", percentile(spans, 0.5) * 1000
        yield f"{name}, slowest", max(spans) * 1000


def _idle(rig: Rig, seconds: float) -> Iterator[tuple[str, float]]:
    rig.rest()
    before, began = process.processor_seconds(rig.daemon.pid), clock.monotonic()
    threading.Event().wait(seconds)
    spent = process.processor_seconds(rig.daemon.pid) - before
    yield "processor when idle", spent / (clock.monotonic() - began) * 100
