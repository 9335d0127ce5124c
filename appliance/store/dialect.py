"""Whatever only one database engine understands. Today: SQLite."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from peewee import SqliteDatabase

PRAGMAS: tuple[tuple[str, str | int], ...] = (
    # Before the first table: small pages quarter the bytes written per commit, and flash wears by bytes.
    ("page_size", 1024),
    ("journal_mode", "wal"),
    # NORMAL can undo a commit after a power cut, when the SIM's copy is already deleted.
    ("synchronous", "FULL"),
    ("foreign_keys", 1),
    ("secure_delete", 1),
    ("busy_timeout", 5000),
    ("cache_size", -2048),
)


def sqlite(path: Path) -> SqliteDatabase:
    """A SQLite database with the pragmas the promises rest on, set on every connection."""
    return SqliteDatabase(str(path), pragmas=PRAGMAS, lock_type="IMMEDIATE", autoconnect=False)


def data_version(database: SqliteDatabase) -> int:
    """A number that changes when another connection commits (PRAGMA data_version)."""
    # Straight to the driver: this is asked 20 times a second for as long as the box stands.
    return int(database.connection().execute("PRAGMA data_version").fetchone()[0])


def write_stamp(path: str) -> Callable[[], tuple[int, int] | None]:
    """Tells size and time of the write-ahead log: another one after a commit, at the price of one stat.

    Two commits within one tick of the kernel's clock may leave the same stamp.
    """
    log, stat = f"{path}-wal", os.stat

    def stamp() -> tuple[int, int] | None:
        try:
            found = stat(log)
        except FileNotFoundError:
            return None
        return found.st_size, found.st_mtime_ns

    return stamp


def is_intact(database: SqliteDatabase) -> bool:
    """Whether the file's own structure is whole (PRAGMA quick_check)."""
    return bool(database.execute_sql("PRAGMA quick_check").fetchone()[0] == "ok")
