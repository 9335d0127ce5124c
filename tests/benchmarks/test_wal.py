"""Commits and bytes are counted in the log that SQLite itself writes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import wal

PAGE = 1024


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "box.db"


@pytest.fixture
def link(path: Path) -> Iterator[sqlite3.Connection]:
    link = sqlite3.connect(path, isolation_level=None)
    link.execute(f"PRAGMA page_size = {PAGE}")
    link.execute("PRAGMA journal_mode = wal")
    link.execute("CREATE TABLE texts (id INTEGER PRIMARY KEY, text TEXT)")
    yield link
    link.close()


def test_each_commit_counts_once_with_its_frames(link: sqlite3.Connection, path: Path) -> None:
    before = wal.mark(path)
    for turn in range(3):
        link.execute("INSERT INTO texts VALUES (?, 'short')", (turn,))
    assert wal.mark(path).since(before) == (3, 3 * (24 + PAGE))


def test_a_transaction_of_many_rows_is_one_commit(link: sqlite3.Connection, path: Path) -> None:
    before = wal.mark(path)
    link.execute("BEGIN")
    link.executemany("INSERT INTO texts VALUES (?, ?)", [(turn, "x" * 900) for turn in range(20)])
    link.execute("COMMIT")
    commits, written = wal.mark(path).since(before) or (0, 0)
    assert commits == 1
    assert written >= 20 * (24 + PAGE)


def test_what_is_rolled_back_is_no_commit(link: sqlite3.Connection, path: Path) -> None:
    before = wal.mark(path)
    link.execute("BEGIN")
    link.execute("INSERT INTO texts VALUES (1, 'short')")
    link.execute("ROLLBACK")
    assert wal.mark(path).since(before) == (0, 0)


def test_a_log_that_began_anew_is_not_compared(link: sqlite3.Connection, path: Path) -> None:
    before = wal.mark(path)
    link.execute("PRAGMA wal_checkpoint(RESTART)")
    link.execute("INSERT INTO texts VALUES (1, 'short')")
    after = wal.mark(path)
    assert after.since(before) is None
    assert after.commits == 1


def test_a_database_without_a_log_has_written_nothing(path: Path) -> None:
    assert wal.mark(path) == wal.Mark(b"", 0, 0)
