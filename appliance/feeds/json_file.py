"""JSON: one call, a list of calls, an object that holds one list of them, or one call a line (NDJSON)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from appliance.clock import Instant
from appliance.feeds import documents, mapping
from appliance.feeds.base import Batch, FeedSettings, Refusal, SourceFault
from appliance.feeds.decoding import decoded
from appliance.feeds.documents import MAX_DEPTH, MAX_VALUES, Document
from appliance.feeds.mapping import ColumnMap

_BEGIN = "A file holds a JSON object for each call"
CALLERS = "callers"
"""The list whose entries are each a caller of the call, where no column says otherwise."""

_CALL_ID_NAMES = frozenset({*mapping.ALIASES["call_id"], "callid"})


def parse(data: bytes, settings: FeedSettings, source: str, now: Instant) -> Batch:
    """A whole JSON or NDJSON file as a batch; never raises on its content, and takes all of it or none."""
    return documents.parsed(data, settings, source, now, found_in)


def columns_of(data: bytes, settings: FeedSettings) -> ColumnMap:
    """Which path of a sample file each field is read from. Raises FeedFault."""
    return documents.previewed(data, settings, found_in)


def load(data: bytes, source: str) -> list[tuple[int, Any]]:
    """The values of a JSON or NDJSON text, each with its line. Raises SourceFault.

    Numbers stay as they are written; duplicate names, NaN and what lies too deep are refused.
    """
    text = decoded(data, _BEGIN)
    if source.lower().endswith((".ndjson", ".jsonl")):
        return list(_lines(text))
    try:
        return [(1, _value(text))]
    except json.JSONDecodeError as error:
        if not error.msg.startswith("Extra data"):
            raise _not_json(error.lineno, error.msg) from error
    return list(_lines(text))


def _lines(text: str) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            try:
                yield number, _value(line)
            except json.JSONDecodeError as error:
                raise _not_json(number, error.msg) from error


def _value(text: str) -> Any:
    made = _Bounded()
    try:
        return json.loads(
            text,
            object_pairs_hook=made.object,
            parse_int=made.number,
            parse_float=made.number,
            parse_constant=_no_number,
        )
    except RecursionError as error:
        raise _too_deep() from error


class _Bounded:
    """Counts what is made while it is made: five megabytes of `{},` would be half a gigabyte of objects."""

    def __init__(self) -> None:
        self._left = MAX_VALUES

    def object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        self._count()
        made = dict(pairs)
        if len(made) < len(pairs):
            # Which of two values is meant would be a guess.
            seen: set[str] = set()
            twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
            remedy = "Write each name once"
            what = "A name stands twice in one object"
            raise SourceFault(Refusal("column_twice", what, remedy, column=twice[:40]))
        return made

    def number(self, written: str) -> str:
        self._count()
        return written

    def _count(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise _too_many()


def _too_many() -> SourceFault:
    return SourceFault(Refusal("too_many_rows", f"Over {MAX_VALUES} values", "Export a shorter period"))


def _no_number(word: str) -> Any:
    raise SourceFault(Refusal("json", f"{word} is no JSON value", "Write null where there is no value"))


def _not_json(line: int, message: str) -> SourceFault:
    return SourceFault(Refusal("json", f"It is not JSON: {message}", "Export valid JSON", line=line))


def _too_deep() -> SourceFault:
    remedy = f"Export calls that lie at most {MAX_DEPTH} levels deep"
    return SourceFault(Refusal("too_deep", "Its values lie too deep", remedy))


def found_in(data: bytes, settings: FeedSettings, source: str) -> list[Document]:
    """The records of a file as rows of paths. Raises SourceFault."""
    callers = _callers_path(settings.columns)
    found: list[Document] = []
    budget = [MAX_VALUES]
    for line, value in load(data, source):
        records = _records(value, settings.records)
        for number, record in enumerate(records, start=1):
            place = number if len(records) > 1 else line
            found += [Document(place, row) for row in expanded(record, callers, budget)]
    return found


def _records(value: Any, path: str | None) -> list[Any]:
    """The calls in a value: at `path`, else the value itself, its list, or the one list in it."""
    if path is not None:
        for name in path.replace("/", ".").split("."):
            value = value.get(name) if isinstance(value, Mapping) else None
    if isinstance(value, list):
        return value
    if isinstance(value, Mapping):
        if path is None and not _names_a_call(value):
            lists = [
                each
                for each in value.values()
                if isinstance(each, list) and each and all(isinstance(one, Mapping) for one in each)
            ]
            if len(lists) == 1:
                return lists[0]
        return [value]
    where = f"at {path}" if path else "at its top"
    raise SourceFault(Refusal("json", f"There is no object {where}", _BEGIN))


def _names_a_call(value: Mapping[str, Any], under: str = "", depth: int = 1) -> bool:
    """Whether the object is a call itself, and not what calls are wrapped in."""
    for name, each in value.items():
        if mapping.plain_name(name) in _CALL_ID_NAMES or mapping.plain_name(under + name) in _CALL_ID_NAMES:
            return True
        if isinstance(each, Mapping) and depth < MAX_DEPTH and _names_a_call(each, name, depth + 1):
            return True
    return False


def _callers_path(columns: Mapping[str, str]) -> str:
    path = columns.get("phone", "").replace("/", ".")
    return path.rpartition(".")[0] or CALLERS


def expanded(record: Any, callers: str, budget: list[int]) -> list[dict[str, str]]:
    """A record's values by path; one row for each entry of the list of callers. Raises SourceFault."""
    if not isinstance(record, Mapping):
        raise SourceFault(Refusal("json", "A record is no object", _BEGIN))
    row: dict[str, str] = {}
    lists: dict[str, list[Any]] = {}
    _flatten(record, "", 1, row, lists, budget)
    named = [one for one in lists.get(callers, ()) if isinstance(one, Mapping)]
    rows = []
    for caller in named:
        own = dict(row)
        _flatten(caller, f"{callers}.", 2, own, {}, budget)
        rows.append(own)
    return rows or [row]


def _flatten(
    value: Mapping[str, Any],
    prefix: str,
    depth: int,
    row: dict[str, str],
    lists: dict[str, list[Any]],
    budget: list[int],
) -> None:
    if depth > MAX_DEPTH:
        raise _too_deep()
    for name, each in value.items():
        budget[0] -= 1
        if budget[0] < 0:
            raise _too_many()
        path = f"{prefix}{name}"
        if isinstance(each, Mapping):
            _flatten(each, f"{path}.", depth + 1, row, lists, budget)
        elif isinstance(each, list):
            lists[path] = each
            if all(not isinstance(one, Mapping | list) for one in each):
                row[path] = "; ".join(_text(one) for one in each)
        else:
            row[path] = _text(each)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Y" if value else "N"
    return str(value)
