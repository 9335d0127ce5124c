"""From the first schema to that of several modems, on a database with data in every table."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from playhouse.migrations import Runner

from appliance.store import database, dialect
from appliance.store import models as t

FIRST = "0001_first"
SIM, OTHER_SIM = "8901000000000000001", "8901000000000000002"

MESSAGES = (
    # number, key, state, sim, queued_at
    (1, "old", "delivered", OTHER_SIM, 1_000),
    (1, "new", "sent", SIM, 2_000),
    (1, "newest of all, never left", "failed", OTHER_SIM, 3_000),
    (2, "lost", "unknown", OTHER_SIM, 1_000),
    (3, "waiting", "queued", None, 1_000),
    (4, "taken back", "cancelled", OTHER_SIM, 1_000),
)


@pytest.fixture
def path(tmp_path: Path) -> Iterator[Path]:
    """A database as version 0001 left it, with a few rows in every table."""
    only_first = tmp_path / "migrations"
    only_first.mkdir()
    shutil.copy(database.MIGRATIONS / f"{FIRST}.py", only_first)
    path = tmp_path / "aftercall.db"
    old = dialect.sqlite(path)
    old.connect()
    assert list(Runner(old, directory=str(only_first)).up()) == [FIRST]
    old.close()
    with sqlite3.connect(path) as link:
        for table in tables(link):
            fill(link, table)
        give_texts(link)
        assert link.execute("PRAGMA foreign_key_check").fetchall() == []
    yield path
    database.disconnect()


def tables(link: sqlite3.Connection) -> list[str]:
    rows = link.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid")
    return [name for (name,) in rows if not name.startswith(("schema_", "sqlite_"))]


def fill(link: sqlite3.Connection, table: str) -> None:
    """Five rows, each column with a value of its type; every reference is to the row of the same id."""
    columns = [(row[1], row[2], row[5]) for row in link.execute(f"PRAGMA table_info({table})")]
    for row in range(1, 6):
        values = [row if kind == "INTEGER" else f"{name} {row}" for name, kind, _key in columns]
        names = ", ".join(name for name, _kind, _key in columns)
        places = ", ".join("?" * len(columns))
        link.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", values)


def give_texts(link: sqlite3.Connection) -> None:
    link.execute("PRAGMA foreign_keys = OFF")
    link.execute("DELETE FROM receipts")
    link.execute("DELETE FROM parts")
    link.execute("DELETE FROM messages")
    link.execute("DELETE FROM contacts WHERE number_id <> 1")
    for number, key, state, sim, queued_at in MESSAGES:
        cursor = link.execute(
            "INSERT INTO messages (key, lane, kind, number_id, policy_id, language, text, state, due_at, "
            "not_after, queued_at, attempts, sim) VALUES (?, 2, 'closed', ?, 1, 'en', 'x', ?, 1, 9, ?, 1, ?)",
            (key, number, state, queued_at, sim),
        )
        link.execute(
            "INSERT INTO parts (message_id, seq, state, sim, sent_at) VALUES (?, 1, ?, ?, ?)",
            (cursor.lastrowid, state, sim, queued_at + 5 if sim else None),
        )
    link.execute("PRAGMA foreign_keys = ON")


def content(path: Path, columns: dict[str, list[str]]) -> dict[str, list[tuple[object, ...]]]:
    with sqlite3.connect(path) as link:
        return {
            table: link.execute(f"SELECT {', '.join(names)} FROM {table} ORDER BY 1").fetchall()
            for table, names in columns.items()
        }


def old_columns(path: Path) -> dict[str, list[str]]:
    with sqlite3.connect(path) as link:
        return {
            table: [row[1] for row in link.execute(f"PRAGMA table_info({table})")] for table in tables(link)
        }


def test_nothing_that_was_there_is_lost_or_changed(path: Path) -> None:
    columns = old_columns(path)
    before = content(path, columns)
    assert all(before.values()) or set(name for name, rows in before.items() if not rows) == {"receipts"}
    applied = database.migrate(path)
    assert applied[0] == "0002_several_modems"
    after = content(path, columns)
    assert after.pop("contacts")[0] == before.pop("contacts")[0]
    assert after == before
    with sqlite3.connect(path) as link:
        assert link.execute("PRAGMA foreign_key_check").fetchall() == []
        assert link.execute("PRAGMA quick_check").fetchone() == ("ok",)


def test_a_number_knows_us_by_the_sim_of_the_last_text_that_left(path: Path) -> None:
    database.migrate(path)
    with database.connection():
        assert {row.number_id: row.sim for row in t.Contact.select()} == {1: SIM, 2: OTHER_SIM}
        assert t.Contact.get_by_id(1).language == "language 1"


def test_a_lost_text_can_still_be_found(path: Path) -> None:
    database.migrate(path)
    with database.connection():
        given_up = {row.message_id: row.given_up_at for row in t.Part.select() if row.given_up_at}
        lost = t.Message.get(t.Message.key == "lost")
        assert given_up == {lost.id: 1_005}


def test_sims_and_texts_begin_without_failures(path: Path) -> None:
    database.migrate(path)
    with database.connection():
        assert {(row.rejections, row.setbacks, row.pause_reason) for row in t.Sim.select()} == {(0, 0, None)}
        assert {(row.strikes, row.rejections) for row in t.Message.select()} == {(0, 0)}
        for model in (t.Equipment, t.Capability, t.Pairing):
            assert model.select().count() == 0


def test_a_second_start_migrates_nothing(path: Path) -> None:
    database.migrate(path)
    database.disconnect()
    assert database.migrate(path) == []
