"""How soon a resident's answer is followed by the next question, while very many surveys are open."""

from __future__ import annotations

import secrets
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from appliance import clock
from appliance.demo import residents, script
from appliance.demo.stage import MODEM_NUMBER
from appliance.store import numbers
from benchmarks.box import Box
from benchmarks.figures import Figure, percentile

PACE = 0.6
"""Seconds between two answers: a hundred a minute."""

_FIRST = 1_000
"""From this place on the sample numbers belong to those who answer here."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many surveys are open, and how many answers come in."""

    open: int
    answers: int


QUICK = Sizes(open=10_000, answers=40)
FULL = Sizes(open=10_000, answers=300)


def measure(folder: Path, sizes: Sizes) -> Iterator[Figure]:
    """From +CMTI to the first byte of the next question's AT+CMGS, with few and very many open surveys."""
    with Box(folder) as box:
        numbers.use_key(box.stage.config.data_dir / "numbers.key")
        _ask_one(box)
        _copy(box, range(20), answering=20)
        few = _answered(box, range(20))
        _copy(box, range(20, sizes.open), answering=20 + sizes.answers)
        many = _answered(box, range(20, 20 + sizes.answers))
    note = f"{sizes.answers} answers, {round(60 / PACE)} a minute"
    yield Figure("+CMTI to the next AT+CMGS, 20 surveys open, p95", percentile(few, 0.95) * 1000, "ms")
    name = f"+CMTI to the next AT+CMGS, {sizes.open} surveys open"
    yield Figure(f"{name}, p50", percentile(many, 0.5) * 1000, "ms", note=note)
    yield Figure(f"{name}, p95", percentile(many, 0.95) * 1000, "ms", 100, note=note)


def _ask_one(box: Box) -> None:
    """One real survey, asked and not answered: the others are made like it."""
    (call,) = box.calls(1, closed=True)
    box.residents.move_in(call.phone, residents.SILENT)
    box.drop([call])
    asked = "SELECT COUNT(*) FROM messages WHERE kind = 'q_overall' AND state = 'delivered'"
    box.wait(lambda: box.rows(asked) == [(1,)], "nobody was asked")
    box.settle()


def _copy(box: Box, places: range, *, answering: int) -> None:
    """Surveys like the first one, each of a number and a call of its own.

    Only the first `answering` have a clear number: for the others the box has no use.
    """
    with sqlite3.connect(box.database, timeout=30) as link:
        link.row_factory = sqlite3.Row
        first = {
            table: dict(link.execute(f"SELECT * FROM {table} WHERE {which}").fetchone())  # noqa: S608
            for table, which in (
                ("incidents", "id = (SELECT MIN(incident_id) FROM conversations)"),
                ("events", "kind = 'survey' ORDER BY id"),
                ("conversations", "1 ORDER BY id"),
                ("messages", "kind = 'q_overall' ORDER BY id"),
            )
        }
        for place in places:
            e164 = script.number(_FIRST + place) if place < answering else None
            digest = secrets.token_hex(32) if e164 is None else numbers.digest(e164)
            number = _insert(link, "numbers", {"digest": digest, "e164": e164})
            call = f"COPY{place}"
            own = {"number_id": number}
            incident = _insert(link, "incidents", {**first["incidents"], **own, "call_id": call})
            link.execute(
                "INSERT INTO callers (incident_id, number_id, role, added_at) VALUES (?, ?, 'caller', 0)",
                (incident, number),
            )
            own["incident_id"] = incident
            event = _insert(link, "events", {**first["events"], **own, "key": f"cad/{call}/survey/+{number}"})
            talk = _insert(link, "conversations", {**first["conversations"], **own, "event_id": event})
            own |= {"conversation_id": talk, "event_id": event}
            _insert(link, "messages", {**first["messages"], **own, "key": f"cad/{call}/q_overall"})
    link.close()


def _insert(link: sqlite3.Connection, table: str, row: Mapping[str, object]) -> int:
    columns = [name for name in row if name != "id"]
    marks = ", ".join("?" * len(columns))
    made = link.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})",  # noqa: S608
        [row[name] for name in columns],
    )
    assert made.lastrowid is not None
    return made.lastrowid


def _answered(box: Box, places: range) -> list[float]:
    """Each of these people answers "5", one after the other; seconds until the next question goes out."""
    box.settle()
    spans, pause = [], threading.Event()
    for place in places:
        heard, began = len(box.tape.announcements), clock.monotonic()
        box.network.receive(script.number(_FIRST + place), "5", to=MODEM_NUMBER)
        spans.append(_next_question(box, heard))
        pause.wait(max(0.0, PACE - (clock.monotonic() - began)))
    return spans


def _next_question(box: Box, heard: int) -> float:
    """Seconds from the announcement with this place to the first text that is handed over after it."""
    box.tape.wait(lambda: len(box.tape.announcements) > heard, 30, "an answer's arrival")
    at = box.tape.announcements[heard]
    box.tape.wait(lambda: box.tape.submits[-1] > at, 30, "the next question")
    return next(submit for submit in box.tape.submits if submit > at) - at
