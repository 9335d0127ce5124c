from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from appliance.clock import DAY, Instant
from appliance.feeds import csv_file
from appliance.feeds.base import MAX_BYTES, Batch, FeedFault, FeedSettings, Refusal
from appliance.feeds.drop_folder import DropFolder, safe_name
from appliance.feeds.folder_feed import FolderFeed
from tests.feeds.conftest import NOON, Ticks

CANARY = "CANARY-7341"
HEADER = "call_id,received_at,call_type,phone,Narrative\n"
GOOD = HEADER + f"C-1,2026-03-04T19:00:00Z,NOISE,541-555-0123,{CANARY}\n"
OLD = (NOON - 3_000) * 1_000_000
FRESH = (NOON - 500) * 1_000_000


@pytest.fixture
def feed(settings: Callable[..., FeedSettings], ticks: Ticks) -> FolderFeed:
    return FolderFeed(settings(), csv_file.parse, ticks)


@pytest.fixture
def folder(settings: Callable[..., FeedSettings]) -> Path:
    return settings().path


def drop(path: Path, text: str | bytes = GOOD, mtime_ns: int = OLD) -> Path:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    os.utime(path, ns=(mtime_ns, mtime_ns))
    return path


def names(feed: FolderFeed, now: Instant = NOON) -> list[str]:
    return [batch.source for batch in feed.fetch(now)]


def only(feed: FolderFeed, now: Instant = NOON) -> Batch:
    (batch,) = feed.fetch(now)
    return batch


def everything_below(folder: Path) -> str:
    return "\n".join(
        f"{path.name}\n{path.read_bytes().decode('utf-8', errors='replace')}"
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    )


def test_at_start_what_has_settled_is_taken_oldest_first(feed: FolderFeed, folder: Path) -> None:
    drop(folder / "a.csv", mtime_ns=OLD)
    drop(folder / "b.csv", mtime_ns=OLD - 10_000_000_000)
    drop(folder / "fresh.csv", mtime_ns=FRESH)
    assert names(feed) == ["b.csv", "a.csv"]


def test_a_file_stays_until_it_is_done(feed: FolderFeed, folder: Path) -> None:
    drop(folder / "a.csv")
    assert names(feed) == ["a.csv"]
    assert names(feed) == ["a.csv"]
    feed.done(only(feed), 1, 1, NOON)
    assert names(feed) == []


@pytest.mark.parametrize(
    ("pause", "is_changed", "is_taken"),
    [(1.0, False, True), (0.9, False, False), (5.0, True, False)],
    ids=["settled", "too soon", "still growing"],
)
def test_a_file_found_by_poll_must_hold_still(
    feed: FolderFeed, folder: Path, ticks: Ticks, pause: float, is_changed: bool, is_taken: bool
) -> None:
    assert names(feed) == []
    drop(folder / "a.csv")
    assert names(feed) == []
    ticks.seconds += pause
    if is_changed:
        drop(folder / "a.csv", GOOD + "C-2,", mtime_ns=FRESH)
    assert bool(names(feed)) is is_taken


def test_a_file_seen_closed_is_taken_at_once(feed: FolderFeed, folder: Path, ticks: Ticks) -> None:
    place = DropFolder(folder, ticks)
    assert place.ready(NOON) == []
    drop(folder / "a.csv", mtime_ns=FRESH)
    assert place.closed("a.csv")
    assert place.ready(NOON) == ["a.csv"]
    place.touched("a.csv")
    assert place.ready(NOON) == []


@pytest.mark.parametrize("name", ["a.csv.part", "a.tmp", "a.csv.filepart", "A.CSV.PART", ".a.csv", ".hidden"])
def test_a_half_written_file_is_left_alone(feed: FolderFeed, folder: Path, ticks: Ticks, name: str) -> None:
    path = drop(folder / name)
    assert not DropFolder(folder, ticks).closed(name)
    for _ in range(3):
        assert names(feed) == []
        ticks.seconds += 60
    assert path.read_text() == GOOD
    assert feed.strays() == ()


def test_an_upload_never_finished_is_told_after_a_day(feed: FolderFeed, folder: Path) -> None:
    drop(folder / "a.csv.part", mtime_ns=OLD)
    assert (names(feed, NOON + DAY - 10_000), feed.strays()) == ([], ())
    assert names(feed, NOON + DAY) == []
    assert [(stray.name, stray.reason) for stray in feed.strays()] == [("a.csv.part", "unfinished")]


def test_what_is_no_plain_file_is_reported_and_never_read(
    feed: FolderFeed, folder: Path, tmp_path: Path
) -> None:
    outside = drop(tmp_path / "outside.csv")
    (folder / "link.csv").symlink_to(outside)
    (folder / "broken.csv").symlink_to(tmp_path / "nowhere")
    os.mkfifo(folder / "pipe.csv")
    (folder / "sub.csv").mkdir()
    os.link(outside, folder / "hard.csv")
    drop(folder / "good.csv")
    assert names(feed) == ["good.csv"]
    assert {(stray.name, stray.reason) for stray in feed.strays()} == {
        ("link.csv", "symlink"),
        ("broken.csv", "symlink"),
        ("pipe.csv", "not_a_file"),
        ("sub.csv", "folder"),
        ("hard.csv", "hard_link"),
    }
    assert outside.read_text() == GOOD


@pytest.mark.parametrize("kind", ["symlink", "fifo", "folder", "gone"])
def test_a_file_swapped_after_the_listing_is_not_read(
    folder: Path, tmp_path: Path, ticks: Ticks, kind: str
) -> None:
    path = drop(folder / "a.csv")
    place = DropFolder(folder, ticks)
    assert place.ready(NOON) == ["a.csv"]
    path.unlink()
    if kind == "symlink":
        path.symlink_to(drop(tmp_path / "secret"))
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    assert place.read("a.csv", MAX_BYTES) is None


def test_done_leaves_a_receipt_and_nothing_of_the_raw_file(feed: FolderFeed, folder: Path) -> None:
    drop(
        folder / "a.csv",
        GOOD + "C-2,2026-03-04T19:00:00Z,WANTED,541-555-0124,x\nC-3,never,x,541-555-0125,y\n",
    )
    batch = only(feed)
    feed.done(batch, 1, 0, NOON)
    assert not (folder / "a.csv").exists()
    assert json.loads((folder / "done" / "a.csv.json").read_text()) == {
        "name": "a.csv",
        "sha256": batch.sha256,
        "at": "2026-03-04T20:00:00.000Z",
        "rows": 3,
        "accepted": 1,
        "changed": 0,
        "rejected": 1,
        "quarantined": [{"line": 3, "mark": "WANTED"}],
        "notes": [],
    }
    assert [p.name for p in (folder / "done").iterdir()] == ["a.csv.json"]


def test_rejected_rows_tell_place_and_remedy_and_hold_listed_columns_only(
    feed: FolderFeed, folder: Path
) -> None:
    text = (
        "call_id,received_at,call_type,phone,Disposition,Narrative\n"
        f"=cmd(),never {CANARY},=1+1,541-555-0123,+ADV,{CANARY}\n"
        f"C-2,{CANARY},{CANARY}\n"
        f'C-3,"x"{CANARY},,,,\n'
        f"C-4,2026-03-04T19:00:00Z,FBI/{CANARY},541-555-0199,,{CANARY}\n"
        f"{CANARY * 30},2026-03-04T19:00:00Z,x,541-555-0123,,\n"
    )
    drop(folder / "a.csv", text)
    feed.done(only(feed), 0, 0, NOON)
    with (folder / "rejected" / "a.csv").open(encoding="utf-8-sig", newline="") as opened:
        first, second, third, fourth = csv.DictReader(opened)
    assert (first["line"], first["column"], first["reason"]) == ("2", "received_at", "time_unreadable")
    assert (first["call_id"], first["call_type"], first["disposition"]) == ("'=cmd()", "'=1+1", "'+ADV")
    assert (first["phone"], first["value_hint"]) == ("(given)", "AAAAA AAAAAA-9999")
    assert (second["line"], second["reason"], second["value_hint"]) == (
        "3",
        "cell_count",
        "3 cells, 6 columns",
    )
    assert (third["line"], third["reason"]) == ("4", "quotes")
    assert (fourth["line"], fourth["reason"]) == ("6", "field_too_long")
    left = everything_below(folder)
    assert CANARY not in left
    assert "555-01" not in left


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"SMITH,541-555-0123," + CANARY.encode() + b"\n", "column_missing"),
        (GOOD.encode("latin-1") + b"caf\xe9", "encoding"),
        (GOOD.encode() + b"x" * MAX_BYTES, "too_large"),
        (b"", "empty"),
    ],
)
def test_a_refused_file_leaves_its_reason_and_goes(
    feed: FolderFeed, folder: Path, data: bytes, reason: str
) -> None:
    drop(folder / "a.csv", data)
    batch = only(feed)
    assert batch.refusal is not None
    feed.done(batch, 0, 0, NOON)
    note = (folder / "rejected" / "a.csv.reason.txt").read_text()
    assert f"reason: {reason}\n" in note
    assert batch.refusal.remedy in note
    assert not (folder / "a.csv").exists()
    left = everything_below(folder)
    assert not any(canary in left for canary in (CANARY, "SMITH", "541-555"))


def test_the_caller_may_refuse_a_whole_file(feed: FolderFeed, folder: Path) -> None:
    drop(folder / "a.csv")
    feed.refuse(
        only(feed), Refusal("test", "It is not wanted", "Send another", line=3, column="Priority"), NOON
    )
    note = (folder / "rejected" / "a.csv.reason.txt").read_text()
    assert "line: 3\ncolumn: Priority\n" in note
    assert names(feed) == []


def test_done_may_be_repeated_after_a_crash(feed: FolderFeed, folder: Path) -> None:
    drop(folder / "a.csv")
    batch = only(feed)
    feed.done(batch, 1, 1, NOON)
    feed.done(batch, 1, 0, NOON)
    assert [path.name for path in (folder / "done").iterdir()] == ["a.csv.json"]


def test_a_newer_file_of_the_same_name_stays_and_keeps_its_own_receipt(
    feed: FolderFeed, folder: Path, settings: Callable[..., FeedSettings]
) -> None:
    drop(folder / "a.csv")
    first = only(feed)
    drop(folder / "next", GOOD.replace("C-1", "C-2"), mtime_ns=FRESH).rename(folder / "a.csv")
    feed.done(first, 1, 1, NOON)
    assert "C-2" in (folder / "a.csv").read_text()
    second = only(FolderFeed(settings(), csv_file.parse, Ticks()), NOON + 10_000)
    feed.done(second, 1, 1, NOON)
    assert {path.name for path in (folder / "done").iterdir()} == {
        "a.csv.json",
        f"a.csv.{second.sha256[:12]}.json",
    }


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.csv", "a.csv"),
        ("Export 2026-03-04_1.csv", "Export 2026-03-04_1.csv"),
        ("a\nb.csv", "a_b.csv."),
        ("=cmd.csv", "_cmd.csv."),
        ("naïve.csv", "na_ve.csv."),
        ("bad\udcff.csv", "bad_.csv."),
        ("x" * 255, "x" * 100 + "."),
    ],
)
def test_names_are_made_safe_and_stay_apart(name: str, expected: str) -> None:
    found = safe_name(name)
    assert found.startswith(expected)
    assert found.isascii()
    assert len(found) <= 110
    assert (found == name) is (expected == name)


@pytest.mark.parametrize("name", [b"bad\xff.csv", b"line\nbreak.csv", b"x" * 255, b"-rf", b"..."])
def test_files_with_hostile_names_are_taken_and_gone(feed: FolderFeed, folder: Path, name: bytes) -> None:
    drop(Path(os.fsdecode(os.fsencode(folder) + b"/" + name)))
    for batch in feed.fetch(NOON):
        feed.done(batch, 1, 1, NOON)
    assert {entry.name for entry in folder.iterdir()} - {"done", "rejected"} == (
        {"..."} if name == b"..." else set()
    )


@pytest.mark.parametrize("name", ["done", "rejected"])
def test_nothing_is_read_while_no_receipt_could_be_written(feed: FolderFeed, folder: Path, name: str) -> None:
    drop(folder / "a.csv")
    (folder / name).write_text("in the way")
    with pytest.raises(FeedFault, match="cannot be written"):
        names(feed)
    (folder / name).unlink()
    assert names(feed) == ["a.csv"]


def test_a_missing_folder_says_what_to_do(feed: FolderFeed, folder: Path) -> None:
    folder.rmdir()
    with pytest.raises(FeedFault, match="Create it"):
        names(feed)


def test_a_receipt_that_cannot_be_written_keeps_the_raw_file(
    feed: FolderFeed, folder: Path, tmp_path: Path
) -> None:
    drop(folder / "a.csv")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    batch = only(feed)
    (folder / "done").rmdir()
    (folder / "done").symlink_to(elsewhere)
    with pytest.raises(FeedFault, match="cannot be written"):
        feed.done(batch, 1, 1, NOON)
    assert (folder / "a.csv").exists()
    assert list(elsewhere.iterdir()) == []
