"""The start of the worker: one a box, and a sentence for whatever is missing."""

from __future__ import annotations

import multiprocessing
import os
from pathlib import Path

import pytest

from appliance.config import Config, ModemConfig
from appliance.errors import ApplianceError, SchemaError
from appliance.store import database, numbers, policies
from appliance.store import models as t
from appliance.worker import service
from tests.flow.box import boxed


def config(folder: Path) -> Config:
    return Config.model_validate(
        {
            "agency": {"name": "Sampleville Police", "phone": "541-555-0100", "timezone": "America/Denver"},
            "storage": {"path": str(folder / "aftercall.db")},
        }
    )


def _hold_the_lock(folder: str, ready: object, done: object) -> None:
    with service.only_worker(config(Path(folder))):
        ready.set()  # type: ignore[attr-defined]
        done.wait(20)  # type: ignore[attr-defined]


class TestOnlyWorker:
    def test_a_second_one_is_told_who_runs(self, tmp_path: Path) -> None:
        with (
            service.only_worker(config(tmp_path)),
            pytest.raises(ApplianceError, match=rf"process {os.getpid()}\)") as told,
            service.only_worker(config(tmp_path)),
        ):
            raise AssertionError("two workers")
        assert "twice" in str(told.value)

    def test_the_next_one_may_start_when_the_first_has_ended(self, tmp_path: Path) -> None:
        for _ in range(2):
            with service.only_worker(config(tmp_path)):
                holder = (tmp_path / "worker.lock").read_text().strip()
            assert holder == str(os.getpid())

    def test_a_killed_worker_leaves_no_lock(self, tmp_path: Path) -> None:
        spawn = multiprocessing.get_context("spawn")
        ready, done = spawn.Event(), spawn.Event()
        other = spawn.Process(target=_hold_the_lock, args=(str(tmp_path), ready, done))
        other.start()
        assert ready.wait(20)
        with pytest.raises(ApplianceError, match="Another worker"), service.only_worker(config(tmp_path)):
            raise AssertionError("two workers")
        other.kill()
        other.join(20)
        with service.only_worker(config(tmp_path)):
            pass

    def test_a_folder_that_is_missing_is_named(self, tmp_path: Path) -> None:
        with (
            pytest.raises(ApplianceError, match="aftercall init"),
            service.only_worker(config(tmp_path / "nowhere")),
        ):
            raise AssertionError("no box")


class TestPrepare:
    def made(self, folder: Path) -> Config:
        database.migrate(folder / "aftercall.db")
        numbers.make_key(folder / "numbers.key")
        return config(folder)

    def test_no_box_yet(self, tmp_path: Path) -> None:
        with pytest.raises(ApplianceError, match="Run `aftercall init` first"):
            service.prepare(config(tmp_path))
        assert not (tmp_path / "aftercall.db").exists()

    def test_no_key(self, tmp_path: Path) -> None:
        box = self.made(tmp_path)
        (tmp_path / "numbers.key").unlink()
        with pytest.raises(ApplianceError, match=r"numbers\.key"):
            service.prepare(box)

    def test_a_modem_profile_nobody_knows(self, tmp_path: Path) -> None:
        box = self.made(tmp_path)
        modem = ModemConfig(name="main", port="/dev/null", profile="sim900")
        with pytest.raises(ApplianceError, match="modem main: there is no modem profile 'sim900'; use auto"):
            service.prepare(box.model_copy(update={"modem": (modem,)}))

    def test_the_key_of_another_box(self, tmp_path: Path) -> None:
        box = self.made(tmp_path)
        with database.connection():
            numbers.adopt_key(tmp_path / "numbers.key", 0)
        (tmp_path / "numbers.key").write_bytes(b"y" * 32)
        with pytest.raises(ApplianceError, match="not the key this database was made with"):
            service.prepare(box)

    def test_no_policy(self, tmp_path: Path) -> None:
        with pytest.raises(ApplianceError, match="holds no policy"):
            service.prepare(self.made(tmp_path))

    def test_a_newer_database(self, tmp_path: Path) -> None:
        box = self.made(tmp_path)
        with database.connection():
            t.database.execute_sql("INSERT INTO schema_migration SELECT * FROM schema_migration WHERE 0")
            columns = [row[1] for row in t.database.execute_sql("PRAGMA table_info(schema_migration)")]
            rest = ", ".join(column for column in columns if column not in ("id", "name"))
            t.database.execute_sql(
                f"INSERT INTO schema_migration (name{', ' + rest if rest else ''}) "
                f"SELECT '9999_later'{', ' + rest if rest else ''} FROM schema_migration LIMIT 1"
            )
        with pytest.raises(SchemaError, match="newer version"):
            service.prepare(box)

    def test_a_text_in_the_hands_of_a_modem_that_was_renamed_is_sorted_out(self, tmp_path: Path) -> None:
        with boxed(tmp_path) as box:
            box.take(box.closed())
            box.plan()
            assert box.claim() is not None
            renamed = box.config.model_copy(update={"modem": (ModemConfig(name="other", port="/dev/null"),)})
            assert box.state("closed") == "sending"
            service.prepare(renamed)
            with database.connection():
                # Nobody has proof that Ctrl-Z was not written.
                assert box.state("closed") == "unknown"

    def test_all_is_there(self, tmp_path: Path) -> None:
        from appliance.domain import policy

        box = self.made(tmp_path)
        policies.forget_loaded()
        with database.connection(), database.transaction():
            policies.add(policy.default_document(), "sample", 0)
        service.prepare(box)
        with database.connection():
            assert numbers.find("+15415550123") is None  # database and key are ready
            assert policies.current().policy == policy.load(policy.default_document())
        database.disconnect()
