"""Whatever only one database engine understands. Today: SQLite."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

from peewee import DatabaseError, SqliteDatabase

from appliance.errors import DatabaseTrouble

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


_REMEDIES = (
    ("disk is full", "Free some space in {folder}"),
    ("locked", "Another program has held it for over 5 s: find it with `fuser {file}`"),
    ("unable to open", "Let the service user read and write {folder}"),
    ("readonly", "Let the service user write {folder}"),
    ("malformed", "Put the last good copy of {folder} back"),
    ("not a database", "Put the last good copy of {folder} back"),
    ("I/O error", "The disk fails to read or write: look at `dmesg`, and copy {folder} while it can be read"),
)


DRIVER_ERRORS = (sqlite3.OperationalError, sqlite3.DatabaseError)
"""What comes from the driver itself while rows are fetched: peewee wraps only what executing raises."""


def trouble(error: Exception, path: str) -> DatabaseTrouble:
    """What the engine's complaint means for the person at the box, and what to do."""
    first: BaseException = error
    # SQLite undoes the transaction by itself when the disk is full; the rollback then fails, too.
    while isinstance(first.__context__, (DatabaseError, sqlite3.Error)):
        first = first.__context__
    said = str(first)
    remedy = next((words for part, words in _REMEDIES if part in said), "Look at the log of the worker")
    sentence = f"{path}: {said}. {remedy.format(file=path, folder=Path(path).parent)}."
    return DatabaseTrouble(sentence, said)


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
