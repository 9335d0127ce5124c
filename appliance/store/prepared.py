"""Queries asked many times a text: peewee writes their SQL once, and afterwards only values change.

Building a query and its SQL costs ten times what SQLite needs to answer it, and a text asks dozens. The
query is still peewee's, so that it fits every engine the store knows.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from peewee import BooleanField, Database, Value


class _Bound:
    """Stands in the statement for a value that is given at each use."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name


def bound(name: str) -> Value:
    """A place in a prepared query; the value given under this name reaches the engine as it is."""
    return Value(_Bound(name), converter=False)


class Prepared:
    """One query with `bound` places. Rows have the columns' names; nothing is kept of earlier answers."""

    def __init__(self, query: Any) -> None:
        self._query = query
        self._sql = ""
        self._values: Sequence[object] = ()
        self._row: Callable[..., Any] | None = None
        self._flags: tuple[int, ...] = ()

    def rows(self, **values: object) -> Iterator[Any]:
        """Every row of the answer, read from the engine before the first is given out."""
        cursor = self._run(values)
        found = cursor.fetchall()
        if self._row is None:
            names = [column[0] for column in cursor.description]
            row_type: Any = namedtuple("Row", names, rename=True)  # type: ignore[misc]
            self._row = row_type._make
        flags = self._flags
        return iter([self._row(_with_truth(row, flags) if flags else row) for row in found])

    def first(self, **values: object) -> Any | None:
        """The first row, or None."""
        return next(self.rows(**values), None)

    def exists(self, **values: object) -> bool:
        """Whether there is a row; the query should be limited to one."""
        return self._run(values).fetchone() is not None

    def scalar(self, **values: object) -> Any:
        """The first column of the first row, or None."""
        row = self._run(values).fetchone()
        return None if row is None else row[0]

    def execute(self, **values: object) -> int:
        """For an UPDATE, or an INSERT that may be ignored: how many rows it changed or made."""
        return int(self._database.rows_affected(self._run(values)))

    def insert(self, values: Mapping[str, object]) -> int:
        """For an INSERT: the id of the new row."""
        cursor = self._run(values)
        return int(cursor.fetchone()[0] if self._database.returning_clause else cursor.lastrowid)

    @property
    def _database(self) -> Database:
        return self._query.model._meta.database

    def _run(self, values: Mapping[str, object]) -> Any:
        if not self._sql:
            self._prepare()
        given = [values[each.name] if isinstance(each, _Bound) else each for each in self._values]
        return self._database.execute_sql(self._sql, given)

    def _prepare(self) -> None:
        context = self._database.get_sql_context()
        sql, self._values = context.sql(self._query).query()
        selected = getattr(self._query, "_returning", None) or ()
        self._flags = tuple(place for place, each in enumerate(selected) if isinstance(each, BooleanField))
        self._sql = sql


class PreparedChange:
    """An UPDATE whose columns differ from use to use: one prepared statement for each set of them."""

    def __init__(self, model: Any, where: Any) -> None:
        self._model = model
        self._where = where
        self._known: dict[tuple[str, ...], Prepared] = {}

    def execute(self, changes: Mapping[str, object], **values: object) -> int:
        """Sets these columns where the condition holds; how many rows it changed."""
        names = tuple(changes)
        if names not in self._known:
            places = {name: bound(f"new {name}") for name in names}
            self._known[names] = Prepared(self._model.update(**places).where(self._where))
        return self._known[names].execute(**values, **{f"new {name}": changes[name] for name in names})


def _with_truth(row: Sequence[Any], flags: tuple[int, ...]) -> list[Any]:
    """SQLite keeps a truth value as 0 or 1."""
    made = list(row)
    for place in flags:
        if made[place] is not None:
            made[place] = bool(made[place])
    return made
