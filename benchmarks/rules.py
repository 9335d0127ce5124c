"""How fast calls become decisions: a history in replay, and a live file into the real database."""

from __future__ import annotations

import csv
import gc
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from appliance import clock
from appliance.domain import policy
from appliance.domain.policy import Policy
from appliance.feeds import registry
from appliance.feeds.base import FeedSettings
from appliance.flow import intake
from appliance.replay.engine import Engine
from appliance.replay.run import Played, play
from appliance.replay.summary import Tally
from appliance.store import database, numbers, policies
from benchmarks.figures import Figure

ZONE = ZoneInfo("America/Los_Angeles")
LIVE_ROWS = 2_000
ONCE_ABOVE = 100_000
"""Rows from which one pass is long enough to even out what else the machine does; else the best of three."""
TYPES = (
    *("NOISE COMPLAINT",) * 4, *("PARKING",) * 3, *("THEFT-COLD",) * 2,
    "DOMESTIC DISTURBANCE", "TRAFFIC STOP", "WELFARE CHECK", "ALARM",
)  # fmt: skip
COLUMNS = (
    "NOPD_Item", "Type_", "TypeText", "Priority", "InitialType", "InitialTypeText", "InitialPriority", "MapX",
    "MapY", "TimeCreate", "TimeDispatch", "TimeArrive", "TimeClosed", "Disposition", "DispositionText",
    "SelfInitiated", "Beat", "BLOCK_ADDRESS", "Zip", "PoliceDistrict", "CallerPhone",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many rows of history are replayed, the fewest first; how many calls the database holds before."""

    replayed: tuple[int, ...]
    held: int


QUICK = Sizes((1_000, 10_000), 4_000)
FULL = Sizes((1_000, 10_000, 100_000, 1_000_000), 100_000)


def measure(folder: Path, sizes: Sizes) -> Iterator[Figure]:
    """Every figure of this part."""
    folder.mkdir(parents=True)
    yield from replayed(folder, sizes.replayed)
    yield from taken(folder, sizes.held)


def replayed(folder: Path, counts: tuple[int, ...]) -> Iterator[Figure]:
    """Rows a second from bytes to decisions, and what a row of a long history costs beside a short one's."""
    rules = _rules()
    a_row: list[float] = []
    for count in counts:
        path = folder / f"{count}.csv"
        # As many calls a day whatever the number: a longer history is more days of the same agency.
        write(path, count, datetime(2020, 1, 1), timedelta(minutes=3))
        seconds = min(_replay(path, rules) for _ in range(1 if count > ONCE_ABOVE else 3))
        a_row.append(seconds / count)
        path.unlink()
        aim = 5_000.0 if count == counts[-1] else None
        yield Figure(f"replay, {count} rows", count / seconds, "rows/s", aim, at_least=True)
    yield Figure("replay, a row of the longest against the shortest", a_row[-1] / a_row[0], "x", 1.5)


def _replay(path: Path, rules: Policy) -> float:
    settings = FeedSettings("cad", "csv", path, ZONE)
    played = Played(Engine(rules, ZONE), Tally(ZONE))
    gc.collect()
    began = time.perf_counter()
    play([path], settings, [played], clock.now(), lambda _bytes: None)
    return time.perf_counter() - began


def taken(folder: Path, held: int) -> Iterator[Figure]:
    """Seconds for a live file of 2,000 rows, from bytes to commits: in an empty box and a full one."""
    path = folder / "aftercall.db"
    database.migrate(path)
    numbers.make_key(folder / "numbers.key")
    numbers.use_key(folder / "numbers.key")
    with database.connection():
        with database.transaction():
            policies.add(_document(), "bench", clock.now())
        data = _live(folder, 0)
        empty = _take(folder, data)
        yield Figure("intake, 2,000 calls nobody knew", empty, "s", 3.0)
        yield Figure("intake, the same file again", _take(folder, data), "s", 3.0)
        for start in range(LIVE_ROWS, held, LIVE_ROWS):
            _take(folder, _live(folder, start))
        full = _take(folder, _live(folder, held + LIVE_ROWS))
        yield Figure(f"intake, 2,000 calls in a box of {held}", full, "s", 3.0)
        yield Figure("intake, the full box against the empty one", full / empty, "x", 1.5)
    database.disconnect()


def _live(folder: Path, start: int) -> bytes:
    """A file of calls of the last two hours."""
    path = folder / "live.csv"
    began_at = clock.to_datetime(clock.now()).astimezone(ZONE).replace(tzinfo=None) - timedelta(hours=2)
    write(path, LIVE_ROWS, began_at, timedelta(seconds=1), start)
    return path.read_bytes()


def _take(folder: Path, data: bytes) -> float:
    now = clock.now()
    began = time.perf_counter()
    batch = registry.parse(FeedSettings("cad", "csv", folder, ZONE), data, "live.csv", now)
    source = intake.Source("cad", "live.csv", batch.sha256)
    intake.accept(source, batch.taken, policies.current(), frozenset(), now, batch.quarantined)
    return time.perf_counter() - began


def write(path: Path, count: int, began: datetime, step: timedelta, start: int = 0) -> None:
    """A history of so many calls in a column layout of a real city, each with a number of its own area."""
    chance = random.Random(start)
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(COLUMNS)
        for n in range(count):
            rows.writerow(_row(start + n, began + n * step, chance))


def _row(number: int, at: datetime, chance: random.Random) -> list[str]:
    sent = at + timedelta(seconds=chance.randrange(60, 2_400))
    there = sent + timedelta(seconds=300)
    closed = there + timedelta(seconds=chance.randrange(300, 5_000))
    kind = chance.choice(TYPES)
    return [
        f"A{number:07d}", "103", kind, str(chance.randint(1, 5)), "103", kind, "3", "0", "0",
        *(moment.strftime("%m/%d/%Y %H:%M:%S") for moment in (at, sent, there, closed)),
        "NAT", "NECESSARY ACTION TAKEN", "N", "4B", "SAMPLE", "00000", "4",
        f"{chance.choice(('206', '415', '503', '541', '702'))}-555-01{chance.randrange(100):02d}",
    ]  # fmt: skip


def _document() -> dict[str, object]:
    return policy.merge(
        policy.default_document(), {"call_types": {"allow": ["NOISE COMPLAINT", "PARKING", "THEFT-COLD"]}}
    )


def _rules() -> Policy:
    return policy.load(_document())
