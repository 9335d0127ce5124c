"""How a new export could be mapped: which column each field has, what is unsure, and what reading it gives.

Pure but for reading the bytes it is given. Nothing is guessed silently: what a name can mean in two ways is a
question, with the values that stand under it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from appliance.clock import Instant
from appliance.domain import never_list
from appliance.domain.records import FEED_FIELDS
from appliance.feeds import csv_file, json_file, mapping, registry, times, xml_file
from appliance.feeds.base import REQUIRED_FIELDS, Batch, FeedSettings, Refusal, SourceFault
from appliance.feeds.rows import TIME_FIELDS, find_mark, shape

ROWS = 200
SAMPLES = 5

_HOW_IT_CAME = re.compile(
    r"\b(?:9-?1-?1|e911|phone|telephone|tele|radio|on ?view|walk|web|online|text|admin|self.?init|officer|"
    r"field|alarm co|in person|lobby)\b",
    re.IGNORECASE,
)
_TWO_COLUMNS = re.compile(r"(?P<what>.*?)_?(?:date|dt)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Column:
    """One field's column with what stands in it; phone numbers are shown by their shape alone."""

    field: str
    header: str
    samples: tuple[str, ...]
    empty: int
    other: tuple[str, ...] = ()
    """Further columns whose name could mean the same."""
    written: tuple[str, ...] = ()
    """How a time column's values are written, in words; more than one way is refused."""


@dataclass(frozen=True, slots=True)
class Question:
    """Something only a person can say; `choices` are what `--answer FIELD=...` takes."""

    field: str
    sentence: str
    choices: tuple[str, ...]
    guess: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """What was found in a sample file, and what reading it that way gives."""

    kind: str
    layout: str
    rows: int
    columns: tuple[Column, ...]
    dropped: tuple[str, ...]
    questions: tuple[Question, ...]
    problems: tuple[str, ...]
    notes: tuple[str, ...]
    read: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_complete(self) -> bool:
        """Whether it can be used as it stands."""
        return not self.questions and not self.problems

    def named(self) -> dict[str, str]:
        """The [feed.columns] of this proposal."""
        return {column.field: column.header for column in self.columns}


def propose(
    data: bytes, settings: FeedSettings, source: str, answers: Mapping[str, str], now: Instant
) -> Proposal:
    """A mapping for this sample. `answers` are fields with the column a person named ("" for none).

    Raises SourceFault for what cannot be read at all, and where an answer names no column of the sample.
    """
    layout, headers, rows = _table(data, settings, source)
    chosen, questions = _chosen(headers, rows, {**settings.columns, **answers}, frozenset(answers))
    if settings.preset == xml_file.NEW_WORLD:
        questions = []  # this export says what each of its values is
    columns = tuple(_column(name, headers, rows, chosen, settings) for name in FEED_FIELDS if name in chosen)
    problems, notes = _judged(headers, rows, chosen)
    read: dict[str, int] = {}
    if not problems:
        batch = registry.parse(replace(settings, columns=dict(chosen)), data, source, now)
        read, more, told = _tried(batch)
        problems, notes = [*problems, *more], [*notes, *told]
    dropped = tuple(header for header in headers if header not in chosen.values())
    return Proposal(
        settings.type,
        layout,
        len(rows),
        columns,
        dropped,
        tuple(questions),
        tuple(problems),
        tuple(notes),
        read,
    )


def _table(data: bytes, settings: FeedSettings, source: str) -> tuple[str, list[str], list[list[str]]]:
    if settings.type == "csv":
        delimiter, headers, rows = csv_file.sample(data, ROWS)
        name = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}[delimiter]
        return f"{name}, {_encoding(data)}", [h.strip() for h in headers], rows
    reader = json_file.found_in if settings.type == "json" else xml_file.found_in
    found = reader(data, settings, source)[:ROWS]
    headers = list(dict.fromkeys(path for document in found for path in document.values))
    return _encoding(data), headers, [[d.values.get(path, "") for path in headers] for d in found]


def _encoding(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "UTF-16"
    return "UTF-8 with BOM" if data.startswith(b"\xef\xbb\xbf") else "UTF-8"


def _chosen(
    headers: Sequence[str], rows: Sequence[Sequence[str]], named: Mapping[str, str], answered: frozenset[str]
) -> tuple[dict[str, str], list[Question]]:
    """The column of each field, and what has to be asked first."""
    chosen = {name: _exact(header, headers) for name, header in named.items() if header}
    questions: list[Question] = []
    for name in FEED_FIELDS:
        if name in named:
            continue
        free = [h for h in mapping.candidates(name, headers) if h not in chosen.values()]
        if free:
            chosen[name] = free[0]
    kind = chosen.get("call_type")
    if kind is not None and mapping.plain_name(kind) == "calltype" and not answered & {"call_type", "source"}:
        values = _values(headers, rows, kind)
        came = sum(bool(_HOW_IT_CAME.search(value)) for value in values) * 2 > len(values)
        sentence = f"{kind}: is it what happened, or how the call came in? It holds {_told(values)}."
        questions.append(Question("call_type", sentence, (kind, ""), "" if came else kind))
    return chosen, questions


def _exact(header: str, headers: Sequence[str]) -> str:
    wanted = mapping.plain_name(header)
    found = [h for h in headers if h == header] or [h for h in headers if mapping.plain_name(h) == wanted]
    if not found:
        shown = ", ".join(headers)
        refusal = Refusal("column_absent", f"there is no column {header!r}", f"The columns are: {shown}")
        raise SourceFault(refusal)
    return found[0]


def _column(
    name: str,
    headers: Sequence[str],
    rows: Sequence[Sequence[str]],
    chosen: Mapping[str, str],
    settings: FeedSettings,
) -> Column:
    header = chosen[name]
    values = _values(headers, rows, header)
    samples = [shape(v) if name == "phone" else v[:40] for v in dict.fromkeys(values)][:SAMPLES]
    other = [h for h in mapping.candidates(name, headers) if h != header and h not in chosen.values()]
    written = _ways(values, settings) if name in TIME_FIELDS else ()
    return Column(name, header, tuple(samples), len(rows) - len(values), tuple(other), written)


def _ways(values: Sequence[str], settings: FeedSettings) -> tuple[str, ...]:
    """How a column's times are written, the most frequent way first."""
    if settings.time_format:
        return (f"time_format {settings.time_format}",)
    day_first = times.is_day_first(values)
    counts: Counter[str] = Counter()
    for value in values:
        way = times.way_of(value)
        told = f"unreadable: {shape(value)}" if way is None else times.told(way, settings.zone)
        counts[told.replace("month first", "day first") if day_first else told] += 1
    return tuple(told for told, _ in counts.most_common(SAMPLES))


def _values(headers: Sequence[str], rows: Sequence[Sequence[str]], header: str) -> list[str]:
    place = list(headers).index(header)
    cells = (row[place].strip() for row in rows if place < len(row))
    return [cell for cell in cells if cell and not times.is_null(cell)]


def _told(values: Sequence[str]) -> str:
    return ", ".join(list(dict.fromkeys(values))[:SAMPLES]) or "nothing"


def _judged(
    headers: Sequence[str], rows: Sequence[Sequence[str]], chosen: Mapping[str, str]
) -> tuple[list[str], list[str]]:
    """What keeps the mapping from being of use, and what a person should know."""
    problems = [_missing(name, headers) for name in REQUIRED_FIELDS if name not in chosen]
    held = {name: _values(headers, rows, header) for name, header in chosen.items()}
    notes = [*_of_times(chosen, held), *_of_types(held)]
    for name, header in chosen.items():
        marks = {mark for value in held[name] if (mark := find_mark({name: value}))}
        if marks:
            told = ", ".join(sorted(marks))
            notes.append(f"{header} carries marks of criminal justice information ({told}).")
        longest = max((len(value) for value in held[name]), default=0)
        if longest > 120:
            notes.append(f"{header} holds values of {longest} characters: is it free text?")
    return problems, notes


def _of_times(chosen: Mapping[str, str], held: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for name in TIME_FIELDS:
        values = held.get(name, ())
        if values and all(_is_open(value) for value in values):
            yield f"{chosen[name]}: its dates can be read month first or day first; month first is taken."
        if values and times.is_day_first(values):
            written = f"{chosen[name]} writes the day first ({shape(values[0])})"
            yield f"{written}: set time_format, such as %d/%m/%Y %H:%M:%S."


def _of_types(held: Mapping[str, Sequence[str]]) -> Iterator[str]:
    types = held.get("call_type", ())
    never = [value for value in types if never_list.families(value)]
    if types:
        which = f" ({_told(never)})" if never else ""
        yield f"{len(never)} of {len(types)} calls have a type that is never texted{which}."
    for name, word in (("self_initiated", "self-initiated"), ("role", "roles"), ("language", "languages")):
        if name in held:
            counts = Counter(held[name]).most_common(SAMPLES)
            yield f"{word}: " + (", ".join(f"{value} ({count})" for value, count in counts) or "none")


def _missing(name: str, headers: Sequence[str]) -> str:
    if name == "phone":
        return (
            "No column holds the caller's number. No public CAD export has one: ask for the callback number "
            "in your agency's own export, and name its column with --answer phone=COLUMN."
        )
    if name == "received_at":
        dates = [h for h in headers if _TWO_COLUMNS.fullmatch(h)]
        if dates:
            return (
                f"{', '.join(dates)} and the time beside it stand in two columns. Have CAD export one column "
                "with date and time."
            )
    return f"No column is known to hold {name}. Name it with --answer {name}=COLUMN."


def _is_open(value: str) -> bool:
    found = re.match(r"(\d{1,2})[-/](\d{1,2})[-/]\d{4}", value)
    return found is not None and int(found[1]) <= 12 and int(found[2]) <= 12 and found[1] != found[2]


def _tried(batch: Batch) -> tuple[dict[str, int], list[str], list[str]]:
    """What reading the whole sample with these columns gives."""
    if batch.refusal is not None:
        return {}, [f"The file cannot be read: {batch.refusal.what}. {batch.refusal.remedy}."], []
    reasons = Counter((reject.column, reject.reason, reject.remedy) for reject in batch.rejects)
    notes = [
        f"{count} rows are rejected: {c or 'the row'}: {r}. {do}." for (c, r, do), count in reasons.items()
    ]
    again = sum("repeated_hour" in row.notes for row in batch.records)
    if again:
        notes.append(
            f"{again} rows lie in the hour that comes twice when the clocks change; its first pass counts."
        )
    read = {
        "records": len(batch.records),
        "rejected": len(batch.rejects),
        "quarantined": len(batch.quarantined),
    }
    problems = ["Not one row could be read this way."] if not batch.records and batch.rejects else []
    return read, problems, notes
