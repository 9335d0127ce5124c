"""The database: opened once a process, one connection a thread, every write in `transaction()`."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from peewee import DatabaseError, OperationalError, SqliteDatabase
from playhouse.migrations import Runner

from appliance.errors import SchemaError
from appliance.store import dialect, models

MIGRATIONS = Path(__file__).with_name("migrations")


class _Once(threading.local):
    """What waits for the commit of this thread's transaction."""

    actions: list[Callable[[], object]]


_once = _Once()
_commit_hooks: list[Callable[[], None]] = []
_work_hooks: list[Callable[[], None]] = []


def configure(path: Path) -> None:
    """Names the database file for this process; every thread then calls `connection()`."""
    if isinstance(models.database.obj, SqliteDatabase) and not models.database.obj.is_closed():
        models.database.obj.close()
    models.database.initialize(dialect.sqlite(path))


@contextmanager
def connection() -> Iterator[None]:
    """This thread's connection, for as long as the block runs. Nested use keeps the outer one.

    Raises DatabaseTrouble where the file cannot be read or written (disk full, locked, not allowed).
    """
    database = models.database
    with _in_plain_words():
        opened = database.connect(reuse_if_open=True)
        try:
            yield
        finally:
            if opened:
                database.close()


def connect() -> bool:
    """Opens this thread's connection if it has none; says whether it did (so that the caller closes it)."""
    with _in_plain_words():
        return bool(models.database.connect(reuse_if_open=True))


def disconnect() -> None:
    """Closes this thread's connection."""
    if not models.database.is_closed():
        models.database.close()


@contextmanager
def transaction(*, leaves_work: bool = True) -> Iterator[None]:
    """One write transaction (BEGIN IMMEDIATE), free of any I/O but the database's own.

    Nested blocks join the outer one: a step of the walk is one commit. After the outermost commit the
    hooks run, so that what follows in this process is woken at once; where nothing follows
    (`leaves_work` is False) nobody is woken.
    """
    if models.database.in_transaction():
        yield
        return
    actions = _once.actions = []
    with _in_plain_words(), models.database.atomic("IMMEDIATE"):
        yield
    for action in actions:
        action()
    for hook in (*_commit_hooks, *(_work_hooks if leaves_work else ())):
        hook()


def once_committed(action: Callable[[], object]) -> None:
    """Has `action` called when this thread's transaction has committed, and never if it does not.

    For what must not be done within it (a file, a sync) and must not be done for nothing.
    """
    if not models.database.in_transaction():
        raise RuntimeError("there is no transaction to wait for")
    _once.actions.append(action)


@contextmanager
def _in_plain_words() -> Iterator[None]:
    try:
        yield
    except (DatabaseError, *dialect.DRIVER_ERRORS) as error:
        if type(error) not in (OperationalError, DatabaseError, *dialect.DRIVER_ERRORS):
            raise  # a rule of the schema, not the file: whoever asked for it knows what it means
        raise dialect.trouble(error, str(models.database.database)) from error


def after_commit(hook: Callable[[], None]) -> None:
    """Has `hook` called after every commit of this process, on the committing thread."""
    _commit_hooks.append(hook)


def after_work(hook: Callable[[], None]) -> None:
    """Has `hook` called after every commit that leaves something to do, on the committing thread."""
    _work_hooks.append(hook)


def forget_hooks() -> None:
    """Drops all hooks, when a service stops inside a process that goes on."""
    _commit_hooks.clear()
    _work_hooks.clear()


def change_counter() -> int:
    """A number that changes when another process has committed; cheap enough to ask 20 times a second."""
    return dialect.data_version(models.database.obj)


def write_stamp() -> Callable[[], object]:
    """Tells another value after most commits, whoever made them, cheaper than `change_counter`."""
    return dialect.write_stamp(str(models.database.database))


def migrate(path: Path) -> list[str]:
    """Brings the schema up to date; returns the names of what was applied. Makes the file if need be.

    The file is for the two service users of one group alone (umask 0007 at least).
    """
    if not path.parent.is_dir():
        path.parent.mkdir(mode=0o770, parents=True)
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o660))
    configure(path)
    with connection():
        return list(_runner().up())


def pending_migrations() -> list[str]:
    """The migrations this version has and the database has not; raises SchemaError on a newer database."""
    known = {m.name for m in _runner().migrations()}
    applied = set(_runner().applied())
    newer = sorted(applied - known)
    if newer:
        raise SchemaError(
            f"The database was made by a newer version (it has {newer[-1]}). "
            "Install that version again, or restore a backup made by this one."
        )
    return sorted(known - applied)


def _runner() -> Runner:
    return Runner(models.database.obj, directory=str(MIGRATIONS))
