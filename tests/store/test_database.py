"""Migrations, pragmas, transactions; and the tables against what the code thinks they are."""

from __future__ import annotations

import sqlite3
import stat
import threading
from pathlib import Path

import pytest
from peewee import IntegrityError

from appliance.errors import DatabaseTrouble, SchemaError
from appliance.store import database, models
from appliance.store import models as t


def applied(path: Path) -> list[str]:
    with sqlite3.connect(path) as link:
        return [row[0] for row in link.execute("SELECT name FROM schema_migration ORDER BY name")]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "aftercall.db"


class TestMigrations:
    def test_a_fresh_database_gets_them_all_and_a_second_start_none(self, path: Path) -> None:
        names = database.migrate(path)
        assert names == sorted(names)
        assert names[0] == "0001_first"
        assert applied(path) == names
        database.disconnect()
        assert database.migrate(path) == []
        with database.connection():
            assert database.pending_migrations() == []
        database.disconnect()

    def test_only_the_two_services_can_read_it(self, path: Path) -> None:
        database.migrate(path)
        assert stat.S_IMODE(path.stat().st_mode) & 0o007 == 0
        assert stat.S_IMODE(path.parent.stat().st_mode) & 0o007 == 0
        database.disconnect()

    def test_a_database_of_a_newer_version_is_refused_with_a_sentence(self, path: Path) -> None:
        database.migrate(path)
        with database.connection():
            t.database.execute_sql(
                "UPDATE schema_migration SET name = '9999_later' "
                "WHERE name = (SELECT MAX(name) FROM schema_migration)"
            )
            with pytest.raises(SchemaError, match=r"newer version \(it has 9999_later\).*restore a backup"):
                database.pending_migrations()
        database.disconnect()

    def test_the_tables_are_what_the_models_say(self, path: Path) -> None:
        database.migrate(path)
        with database.connection():
            for model in models.ALL:
                table = model._meta.table_name
                columns = {
                    row[1]: (bool(row[3]), bool(row[5]))
                    for row in t.database.execute_sql(f"PRAGMA table_info({table})")
                }
                fields = {field.column_name: field for field in model._meta.sorted_fields}
                assert set(columns) == set(fields), table
                for name, (not_null, is_key) in columns.items():
                    assert not_null or is_key or fields[name].null, f"{table}.{name}"
                    assert not (not_null and fields[name].null), f"{table}.{name}"
        database.disconnect()


class TestPragmas:
    @pytest.mark.parametrize(
        ("pragma", "value"),
        [
            ("page_size", 1024),
            ("journal_mode", "wal"),
            ("synchronous", 2),
            ("foreign_keys", 1),
            ("secure_delete", 1),
            ("busy_timeout", 5000),
        ],
    )
    def test_each_connection_has_them(self, box: Path, pragma: str, value: object) -> None:
        assert t.database.execute_sql(f"PRAGMA {pragma}").fetchone()[0] == value
        found: list[object] = []

        def another() -> None:
            with database.connection():
                found.append(t.database.execute_sql(f"PRAGMA {pragma}").fetchone()[0])

        thread = threading.Thread(target=another)
        thread.start()
        thread.join(10)
        assert found == [value]


class TestTransactions:
    def test_a_failing_one_leaves_nothing(self, box: Path) -> None:
        with pytest.raises(ZeroDivisionError), database.transaction():
            t.Number.create(digest="sample")
            1 / 0  # noqa: B018
        assert t.Number.select().count() == 0

    def test_a_nested_one_joins_and_is_undone_with_the_outer(self, box: Path) -> None:
        with pytest.raises(ZeroDivisionError), database.transaction():
            with database.transaction():
                t.Number.create(digest="sample")
            1 / 0  # noqa: B018
        assert t.Number.select().count() == 0

    def test_hooks_hear_each_outer_commit_once(self, box: Path) -> None:
        heard: list[int] = []
        database.after_commit(lambda: heard.append(1))
        try:
            with database.transaction(), database.transaction():
                t.Number.create(digest="sample")
            with pytest.raises(ZeroDivisionError), database.transaction():
                1 / 0  # noqa: B018
        finally:
            database.forget_hooks()
        assert heard == [1]

    def test_a_commit_elsewhere_moves_the_counter_and_an_own_one_does_not(self, box: Path) -> None:
        before = database.change_counter()
        with database.transaction():
            t.Number.create(digest="sample")
        assert database.change_counter() == before
        with sqlite3.connect(box) as link:
            link.execute("INSERT INTO numbers (digest) VALUES ('other')")
        assert database.change_counter() != before

    def test_a_writer_waits_for_another_instead_of_failing(self, box: Path) -> None:
        begun, done = threading.Event(), threading.Event()

        def another() -> None:
            with database.connection(), database.transaction():
                t.Number.create(digest="slow")
                begun.set()
                done.wait(0.3)

        thread = threading.Thread(target=another)
        thread.start()
        assert begun.wait(10)
        with database.transaction():
            t.Number.create(digest="patient")
        thread.join(10)
        assert t.Number.select().count() == 2


class TestTrouble:
    """What the file cannot do is said in words, and nothing is left half done."""

    def test_a_full_disk(self, box: Path) -> None:
        pages = t.database.execute_sql("PRAGMA page_count").fetchone()[0]
        t.database.execute_sql(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(DatabaseTrouble, match=f"Free some space in {box.parent}"), database.transaction():
            for number in range(1000):
                t.Number.create(digest=f"sample {number}")
        assert t.Number.select().count() == 0
        t.database.execute_sql("PRAGMA max_page_count = 1000000")
        with database.transaction():
            t.Number.create(digest="room again")
        assert t.Number.select().count() == 1

    def test_a_file_held_by_another_program(self, box: Path) -> None:
        t.database.execute_sql("PRAGMA busy_timeout = 50")
        with sqlite3.connect(box, isolation_level=None) as link:
            link.execute("BEGIN IMMEDIATE")
            with pytest.raises(DatabaseTrouble, match="Another program has held it"), database.transaction():
                raise AssertionError("the transaction began")

    def test_a_file_that_is_no_database(self, path: Path) -> None:
        path.parent.mkdir()
        path.write_bytes(b"not a database at all " * 100)
        with pytest.raises(DatabaseTrouble, match=f"Put the last good copy of {path.parent} back"):
            database.migrate(path)

    def test_a_rule_of_the_schema_stays_what_it_is(self, box: Path) -> None:
        with pytest.raises(IntegrityError), database.transaction():
            t.Number.create(digest="one")
            t.Number.create(digest="one")


def test_one_open_conversation_a_number_is_held_by_the_schema_itself(box: Path) -> None:
    """Whatever the code thinks."""
    indexes = {
        row[0] for row in t.database.execute_sql("SELECT name FROM sqlite_master WHERE type = 'index'")
    }
    assert {"conversations_one_open", "messages_key", "fragments_key", "receipts_key"} <= indexes


def test_an_error_while_rows_are_fetched_is_told_in_plain_words(tmp_path: Path) -> None:
    database.migrate(tmp_path / "aftercall.db")
    with database.connection():
        with database.transaction():
            for n in range(400):
                t.Attempt.create(address="192.0.2.1", at=n)
        link = t.database.connection()
        with pytest.raises(DatabaseTrouble, match="interrupted"), database.transaction():
            rows = link.execute("SELECT a.id FROM attempts a, attempts b ORDER BY a.at + b.at")
            link.set_progress_handler(lambda: 1, 100)
            rows.fetchall()
        link.set_progress_handler(None, 0)
    database.disconnect()
