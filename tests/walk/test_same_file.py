"""The same CAD file again and again, under other names and in other orders: nobody is texted twice."""

from __future__ import annotations

import random
from pathlib import Path

from appliance.demo.calls import SampleCall, export
from tests.walk.rig import Box, boxed

CALLS = 12
DROPS = 10


def test_ten_times_and_shuffled_it_sends_nothing_new(tmp_path: Path) -> None:
    chance = random.Random(10)
    with boxed(tmp_path) as box:
        calls = [call for place in range(CALLS) for call in _versions(box, place)]
        box.start()
        box.drop("export.csv", calls)
        box.wait(lambda: _taken(box) == 1 and box.is_idle(), "the file was not worked off")
        first = sorted((sent.recipient, sent.text) for sent in box.network.sent)

        for turn in range(1, DROPS + 1):
            chance.shuffle(calls)
            box.drop(f"export-{turn}.csv", calls)
        box.stage.drop("shuffled.csv", _with_columns_turned_round(export(calls)))
        box.wait(lambda: _taken(box) == DROPS + 2 and box.is_idle(), "the repeated files were not worked off")
        assert box.stop() == 0

        assert sorted((sent.recipient, sent.text) for sent in box.network.sent) == first
        assert len(first) == len(set(first)) == 2 * CALLS  # closed and the first question
        assert box.one("SELECT COUNT(*) FROM incidents") == CALLS
        assert box.one("SELECT COUNT(*) FROM messages") == 2 * CALLS


def test_in_any_order_of_versions_the_latest_one_counts(tmp_path: Path) -> None:
    """The closed version first, then the open one of before: it changes nothing."""
    with boxed(tmp_path) as box:
        opened, closed = _versions(box, 0)
        box.start()
        box.drop("1.csv", [closed])
        box.wait(lambda: _taken(box) == 1 and box.is_idle(), "the first file was not worked off")
        box.drop("2.csv", [opened])
        box.wait(lambda: _taken(box) == 2 and box.is_idle(), "the second file was not worked off")
        assert box.stop() == 0

        assert [sent.text.split(":")[1].split()[0] for sent in box.network.sent] == ["Ref", "How"]
        assert box.one("SELECT closed_at IS NOT NULL FROM incidents") == 1


def _versions(box: Box, place: int) -> tuple[SampleCall, SampleCall]:
    number, event = f"+1541555{100 + place:04d}", f"SAMPLE{place}"
    return box.call(number, event=event, closed=False), box.call(number, event=event)


def _taken(box: Box) -> int:
    """How many files the feed has worked off."""
    return len(list((box.stage.feed / "done").glob("*"))) if not list(box.stage.feed.glob("*.csv")) else 0


def _with_columns_turned_round(text: str) -> str:
    return "\n".join(",".join(reversed(line.split(","))) for line in text.splitlines()) + "\n"
