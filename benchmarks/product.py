"""What is measured of the product: its services are real processes, only the modem is simulated."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from appliance import clock
from appliance.clock import DAY
from appliance.demo import residents, script
from appliance.demo.stage import MODEM_NUMBER
from appliance.domain.records import Lane, MessageState
from appliance.store import database, numbers, outbox, policies
from benchmarks import process, wal
from benchmarks.box import Box
from benchmarks.figures import Figure, link_share, percentile
from benchmarks.tape import Tape
from modem.simulator.network import Network, Receipt
from modem.simulator.pty import PtyModem
from modem.simulator.timers import Loop

NETWORK_TIME = 1.2
"""Seconds a real network takes for a text, roughly: what the link share is measured at."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """How often each thing is done."""

    arrivals: int
    conversations: int
    ledger: int
    burst: int
    slow: int
    idle: float


FULL = Sizes(arrivals=30, conversations=6, ledger=12, burst=200, slow=30, idle=20.0)
QUICK = Sizes(arrivals=10, conversations=2, ledger=6, burst=60, slow=6, idle=10.0)


def measure(folder: Path, sizes: Sizes) -> Iterator[Figure]:
    """Every figure of the product, as it is known."""
    with Box(folder) as box:
        yield from arrival_to_air(box, sizes.arrivals)
        yield from announcement_to_next_question(box, sizes.conversations)
        yield from written_per_text(box, sizes.ledger)
        yield from burst(box, folder, sizes.burst)
        yield from at_network_time(box, sizes.slow)
        yield from memory(box)
        yield from idle(box, sizes.idle)


def arrival_to_air(box: Box, times: int) -> Iterator[Figure]:
    """From the rename into the feed folder to the first byte of the text's AT+CMGS."""
    spans = []
    for _ in range(times):
        sent = len(box.tape.submits)
        arrived = box.drop(box.calls(1, closed=False))
        box.tape.wait(lambda sent=sent: len(box.tape.submits) > sent, 30, "a text on the air")
        spans.append(box.tape.submits[sent] - arrived)
        box.settle()
    yield from _both("file's arrival to AT+CMGS", spans, aim=150)


def announcement_to_next_question(box: Box, conversations: int) -> Iterator[Figure]:
    """From +CMTI to the first byte of the next question's AT+CMGS, one resident at a time."""
    spans = []
    for turn in range(1, conversations + 1):
        (call,) = box.calls(1, closed=True)
        box.residents.move_in(call.phone, residents.HAPPY)
        heard = len(box.tape.announcements)
        box.drop([call])
        box.wait(lambda turn=turn: _completed(box) == turn, "a conversation did not end")
        box.settle()
        # The comment, the last of all, is followed by no question.
        for at in box.tape.announcements[heard:][: len(residents.HAPPY.says) - 1]:
            spans.append(next(submit for submit in box.tape.submits if submit > at) - at)
    yield from _both("+CMTI to the next AT+CMGS", spans, aim=100)


def _completed(box: Box) -> object:
    return box.rows("SELECT COUNT(*) FROM conversations WHERE state = 'completed'")[0][0]


def written_per_text(box: Box, texts: int) -> Iterator[Figure]:
    """Commits and bytes in the write-ahead log between a text's `queued` and its `sent`."""
    box.network.receipts = Receipt.NONE
    with database.connection():
        alone = [_written(box, [turn]) for turn in range(texts)]
        # A checkpoint in between makes the log begin anew, and the row is counted once more.
        rows = (_written(box, range(turn * texts, (turn + 1) * texts)) for turn in range(1, 4))
        together = next((row for row in rows if row is not None), None)
    box.network.receipts = Receipt.DELIVERED
    known = [each for each in alone if each is not None]
    note = "write-ahead log, median of single texts"
    yield Figure(
        "commits from queued to sent", percentile([each[0] for each in known], 0.5), "", 2, note=note
    )
    kilobytes = percentile([each[1] / 1024 for each in known], 0.5)
    yield Figure("written from queued to sent", kilobytes, "KiB", 24, note=note)
    if together is not None:
        note = f"{texts} texts queued at once"
        yield Figure("commits a text, in a row", together[0] / texts, "", 2, note=note)
        yield Figure("written a text, in a row", together[1] / texts / 1024, "KiB", 24, note=note)


def _written(box: Box, places: Sequence[int]) -> tuple[int, int] | None:
    before = _queue(box, places)
    box.wait(lambda: not _waiting(box), "a test text did not leave")
    return wal.mark(box.database).since(before)


def _waiting(box: Box) -> bool:
    busy = "SELECT COUNT(*) FROM messages WHERE kind = 'bench' AND state IN ('queued', 'sending')"
    return box.rows(busy) != [(0,)]


def _queue(box: Box, places: Sequence[int]) -> wal.Mark:
    """Queues texts as `aftercall send-test` does; the mark is set before the worker has seen them."""
    now = clock.now()
    with database.transaction():
        for place in places:
            outbox.put_once(
                outbox.NewMessage(
                    key=f"bench/{place}",
                    lane=Lane.CONFIRMATION,
                    kind="bench",
                    number_id=numbers.remember(script.number(2900 + place)),
                    language="en",
                    text="Sample PD: Ref SAMPLE26000100 is closed. Nobody reads replies live.",
                    parts=1,
                    policy_id=policies.current().id,
                    due_at=now,
                    not_after=now + DAY,
                ),
                MessageState.QUEUED,
                now,
            )
    return wal.mark(box.database)


def burst(box: Box, folder: Path, texts: int) -> Iterator[Figure]:
    """A network that takes no time: the product against a bare loop of the modem driver."""
    before = process.processor_seconds(box.worker)
    speed = _texts_per_second(box, texts)
    spent = process.processor_seconds(box.worker) - before
    bare = _bare_texts_per_second(folder, texts)
    yield Figure("texts a second, network 0 s", speed, "/s")
    yield Figure("the same, bare modem loop", bare, "/s", note="no database, no rules")
    yield Figure("share of the bare loop", speed / bare, note="side by side in this run")
    yield Figure(
        "CPU of the worker a text, network 0 s", spent / texts * 1000, "ms", note="with intake and receipts"
    )


def at_network_time(box: Box, texts: int) -> Iterator[Figure]:
    """A network as slow as a real one: how much of the link's time the product loses."""
    box.network.network_time = NETWORK_TIME
    before = process.processor_seconds(box.worker)
    speed = _texts_per_second(box, texts)
    spent = process.processor_seconds(box.worker) - before
    box.network.network_time = 0.0
    yield Figure(f"texts a second, network {NETWORK_TIME} s", speed, "/s")
    yield Figure(
        f"link share, network {NETWORK_TIME} s",
        link_share(1, NETWORK_TIME, 1 / speed),
        "",
        0.98,
        at_least=True,
    )
    yield Figure(f"CPU of the worker a text, network {NETWORK_TIME} s", spent / texts * 1000, "ms")


def memory(box: Box) -> Iterator[Figure]:
    """What both services hold after all this; a page that both use counts half for each (PSS)."""
    worker, web = process.memory(box.worker), process.memory(box.web)
    yield Figure("memory of the worker (PSS)", worker.pss, "MB", note=f"RSS {worker.rss:.0f} MB")
    yield Figure("memory of the web (PSS)", web.pss, "MB", note=f"RSS {web.rss:.0f} MB, all its processes")
    yield Figure("memory of both (PSS)", worker.pss + web.pss, "MB", 120)


def idle(box: Box, seconds: float) -> Iterator[Figure]:
    """Processor time while nothing happens, in percent of one core."""
    box.settle()
    before = [process.processor_seconds(pid) for pid in (box.worker, box.web)]
    began = clock.monotonic()
    threading.Event().wait(seconds)
    span = clock.monotonic() - began
    spent = [
        process.processor_seconds(pid) - was for pid, was in zip((box.worker, box.web), before, strict=True)
    ]
    for name, each in zip(("worker", "web"), spent, strict=True):
        yield Figure(f"idle CPU of the {name}", each / span * 100, "%", 0.5, note=f"over {span:.0f} s")


def _texts_per_second(box: Box, texts: int) -> float:
    """Closed calls in one file, two texts each; from the first AT+CMGS to the last OK."""
    box.settle()
    first, last = len(box.tape.submits), len(box.tape.results)
    box.drop(box.calls(texts // 2, closed=True))
    box.tape.wait(lambda: len(box.tape.results) >= last + texts, 120, "all texts")
    box.settle()
    return texts / (box.tape.results[last + texts - 1] - box.tape.submits[first])


def _bare_texts_per_second(folder: Path, texts: int) -> float:
    tape = Tape()
    loop = Loop()
    network = Network(timers=loop, receipt_after=0.01)
    link = folder / "bare-modem"
    modem = PtyModem(link, network, number=MODEM_NUMBER)
    modem.on_traffic = tape.heard
    with modem:
        subprocess.run(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", "benchmarks.bare", str(link), str(texts)], check=True, env=dict(os.environ)
        )
    loop.stop()
    return texts / (tape.results[-1] - tape.submits[0])


def _both(name: str, seconds: Sequence[float], *, aim: float) -> Iterator[Figure]:
    note = f"{len(seconds)} times"
    yield Figure(f"{name}, p50", percentile(seconds, 0.5) * 1000, "ms", note=note)
    yield Figure(f"{name}, p95", percentile(seconds, 0.95) * 1000, "ms", aim, note=note)
