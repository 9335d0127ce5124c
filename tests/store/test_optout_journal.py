"""Whoever said no stays unasked, whatever becomes of the database."""

from __future__ import annotations

import multiprocessing
import shutil
from pathlib import Path

import pytest

from appliance.clock import MINUTE, Instant
from appliance.store import alarms, contacts, database, numbers, optout_journal
from appliance.store import models as t

NOW: Instant = 1_800_000_000_000
ONE, OTHER = "+15415550123", "+15415550145"


@pytest.fixture(autouse=True)
def key(box: Path) -> None:
    numbers.make_key(box.with_name("numbers.key"))
    numbers.use_key(box.with_name("numbers.key"))


def say_no(e164: str, by: str = "stop", at: Instant = NOW) -> None:
    with database.transaction():
        contacts.opt_out(numbers.remember(e164), by, at)


def say_start(e164: str, at: Instant = NOW + MINUTE) -> None:
    with database.transaction():
        contacts.opt_in(numbers.remember(e164), at)


def is_out(e164: str) -> bool:
    number_id = numbers.find(e164)
    return number_id is not None and contacts.get(number_id).opted_out_at is not None


def restore(box: Path, backup: Path) -> None:
    """The database as it was, the file beside it as it is."""
    database.disconnect()
    shutil.copyfile(backup, t.database.database)
    for beside in ("-wal", "-shm"):
        Path(f"{t.database.database}{beside}").unlink(missing_ok=True)
    database.connect()


@pytest.fixture
def backup(box: Path, tmp_path: Path) -> Path:
    t.database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    copy = tmp_path / "backup.db"
    shutil.copyfile(t.database.database, copy)
    return copy


def test_an_older_database_gets_its_opt_outs_back(box: Path, backup: Path) -> None:
    say_no(ONE)
    say_no(OTHER, "wrong", NOW + 1)
    restore(box, backup)
    assert not is_out(ONE)
    assert optout_journal.reconcile(NOW + MINUTE) == 2
    assert is_out(ONE) and is_out(OTHER)
    restored = contacts.get(numbers.find(OTHER) or 0)
    assert (restored.opted_out_at, restored.opted_out_by) == (NOW + 1, "wrong")
    assert restored.e164 is None, "what a number was before it is met again, its hash alone tells"
    (alarm,) = alarms.open_alarms()
    assert (alarm.code, alarm.details["numbers"]) == ("optouts_restored", 2)
    assert t.Audit.select().where(t.Audit.action == "optout-restored").count() == 2
    assert optout_journal.reconcile(NOW + MINUTE) == 0, "once"


def test_start_after_stop_stays_in(box: Path, backup: Path) -> None:
    say_no(ONE)
    say_start(ONE)
    restore(box, backup)
    assert optout_journal.reconcile(NOW) == 0
    assert not is_out(ONE)


def test_a_no_on_top_of_a_stop_is_kept_as_the_graver_one(box: Path, backup: Path) -> None:
    say_no(ONE, "stop")
    say_no(ONE, "staff", NOW + 5)
    restore(box, backup)
    optout_journal.reconcile(NOW)
    say_start(ONE)
    assert is_out(ONE)


def test_a_transaction_that_fails_leaves_no_line(box: Path) -> None:
    with pytest.raises(RuntimeError), database.transaction():
        contacts.opt_out(numbers.remember(ONE), "stop", NOW)
        raise RuntimeError
    say_no(OTHER)
    assert len(optout_journal.read()) == 1


def test_a_crash_between_the_commit_and_the_line_is_made_good(box: Path) -> None:
    say_no(ONE)
    optout_journal.path().unlink()
    assert optout_journal.reconcile(NOW + MINUTE) == 0
    assert [line.is_out for line in optout_journal.read().values()] == [True]


@pytest.mark.parametrize("cut", [2, 5, 9, 40, 90])
def test_a_torn_last_line_is_left_out_and_harms_no_other(box: Path, cut: int) -> None:
    say_no(ONE)
    say_no(OTHER)
    file = optout_journal.path()
    file.write_bytes(file.read_bytes()[:-cut])
    assert [line.digest for line in optout_journal.read().values()] == [numbers.digest(ONE)]
    assert optout_journal.reconcile(NOW) == 0, "the database still knows it"
    assert set(optout_journal.read()) == {numbers.digest(ONE), numbers.digest(OTHER)}


def test_no_number_stands_in_it(box: Path) -> None:
    say_no(ONE)
    assert ONE[2:].encode() not in optout_journal.path().read_bytes()
    assert optout_journal.path().stat().st_mode & 0o007 == 0


def test_where_it_cannot_be_written_the_no_holds_and_a_person_is_told(box: Path) -> None:
    optout_journal.path().mkdir()
    say_no(ONE)
    assert is_out(ONE)
    assert [alarm.code for alarm in alarms.open_alarms()] == ["optout_journal"]
    assert optout_journal.reconcile(NOW) == 0


def test_once_it_can_be_written_again_it_catches_up_and_the_alarm_ends(box: Path) -> None:
    optout_journal.path().mkdir()
    say_no(ONE)
    optout_journal.path().rmdir()
    optout_journal.reconcile(NOW + MINUTE)
    assert set(optout_journal.read()) == {numbers.digest(ONE)}
    assert alarms.open_alarms() == []


def test_a_stop_that_staff_had_made_more_than_a_stop_becomes_that_again(box: Path, tmp_path: Path) -> None:
    say_no(ONE, "stop")
    t.database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    older = tmp_path / "older.db"
    shutil.copyfile(t.database.database, older)
    say_no(ONE, "staff", NOW + 5)
    restore(box, older)
    assert optout_journal.reconcile(NOW + MINUTE) == 1
    say_start(ONE)
    assert is_out(ONE)


def _append_many(first: int) -> None:
    for n in range(first, first + 100):
        line = optout_journal.Line(NOW + n, True, "stop", f"{n:064x}")
        optout_journal._write(line.written())


def test_two_processes_lose_no_line(box: Path) -> None:
    fork = multiprocessing.get_context("fork")
    writers = [fork.Process(target=_append_many, args=(first,)) for first in (0, 1_000)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert len(optout_journal.read()) == 200
