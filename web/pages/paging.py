"""Long lists, page by page: each page begins below the last id of the one before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar
from urllib.parse import urlencode

from flask import request

PAGE = 50
LARGEST_ID = 2**63
"""SQLite's integers end here."""


class _HasId(Protocol):
    @property
    def id(self) -> int: ...


Row = TypeVar("Row", bound=_HasId)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page of rows; `older` is the address of the next, `newest` that of the first unless this is it."""

    rows: Sequence[Row]
    older: str | None
    newest: str | None


def before_id() -> int | None:
    """Where this page begins, from the address; what is no id is as good as none."""
    given = request.args.get("before", type=int)
    return given if given is not None and 0 < given < LARGEST_ID else None


def cut(rows: Sequence[Row]) -> Page[Row]:
    """A page of what was found; ask the store for `PAGE + 1` rows, so that the next page is known."""
    older = _address(rows[PAGE - 1].id) if len(rows) > PAGE else None
    return Page(rows[:PAGE], older, None if before_id() is None else _address(None))


def _address(before: int | None) -> str:
    arguments = [(k, v) for k, v in request.args.items() if k in KEPT and v]
    if before is not None:
        arguments.append(("before", str(before)))
    return f"{request.path}?{urlencode(arguments)}" if arguments else request.path


KEPT = ("state", "kind", "alarm", "call_id", "call_type", "outcome")
"""The filters that stay in the address from page to page."""
