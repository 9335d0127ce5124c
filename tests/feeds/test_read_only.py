"""A share that may only be read: nothing is written or removed, and nothing is taken twice."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from appliance.feeds import registry
from appliance.feeds.base import Feed, FeedSettings
from tests.feeds.conftest import NOON, Ticks

ROW = "call_id,received_at,call_type,phone\nC-1,2026-03-04T19:00:00Z,NOISE,541-555-0123\n"


def taken(feed: Feed) -> list[str]:
    """The sources that are offered, each told as done."""
    names = []
    for batch in feed.fetch(NOON):
        names.append(batch.source)
        feed.done(batch, len(batch.records), len(batch.records), NOON)
    return names


def opened(
    settings: Callable[..., FeedSettings], known: Callable[[str], bool] = lambda _: False
) -> tuple[Feed, Path]:
    made = settings(read_only=True)
    return registry.open_feed(made, Ticks(), known), made.path


def old(path: Path, text: str) -> None:
    path.write_text(text)
    os.utime(path, (NOON / 1000 - 60, NOON / 1000 - 60))


def test_a_file_is_taken_once_and_stays(settings: Callable[..., FeedSettings]) -> None:
    feed, folder = opened(settings)
    old(folder / "a.csv", ROW)
    folder.chmod(0o555)
    assert [taken(feed) for _ in range(3)] == [["a.csv"], [], []]
    assert os.listdir(folder) == ["a.csv"]


def test_a_refused_file_stays_too_and_is_told_once(settings: Callable[..., FeedSettings]) -> None:
    feed, folder = opened(settings)
    old(folder / "a.csv", "nothing,of,use\n")
    assert [taken(feed) for _ in range(3)] == [["a.csv"], [], []]
    assert os.listdir(folder) == ["a.csv"]


def test_what_changed_is_taken_again(settings: Callable[..., FeedSettings]) -> None:
    made = settings(read_only=True)
    ticks = Ticks()
    feed = registry.open_feed(made, ticks)
    old(made.path / "a.csv", ROW)
    assert taken(feed) == ["a.csv"]
    (made.path / "a.csv").write_text(ROW + ROW.splitlines()[1].replace("C-1", "C-2") + "\n")
    assert taken(feed) == []
    ticks.seconds += 2
    assert taken(feed) == ["a.csv"]


def test_after_a_restart_a_known_content_is_not_read_again(settings: Callable[..., FeedSettings]) -> None:
    asked: list[str] = []

    def known(sha256: str) -> bool:
        asked.append(sha256)
        return True

    feed, folder = opened(settings, known)
    old(folder / "a.csv", ROW)
    assert [taken(feed) for _ in range(3)] == [[], [], []]
    assert len(asked) == 1
