"""What the demo tells in the terminal: one line of how far it is and what happened last."""

from __future__ import annotations

import shutil
import sys
import unicodedata
from datetime import datetime, timedelta
from typing import Any, TextIO

from appliance import clock
from appliance.demo.stage import Stage
from appliance.domain import scoring
from appliance.store import database, listings, reports

FIGURES_EVERY = 2.0
"""Seconds between two reports: they count every call of the day, and the demo may run all day."""


def figures(stage: Stage, began: datetime) -> dict[str, Any]:
    """The report over the days of the demo's calls."""
    first, last = (began - timedelta(minutes=15)).date(), stage.local_now().date()
    with database.connection():
        start, end = scoring.period(first, last, stage.config.agency.zone)
        return reports.contract(reports.summary(start, end), first.isoformat(), last.isoformat())


class LiveLine:
    """On a terminal the line rewrites itself; elsewhere it is printed when it changes."""

    def __init__(self, stage: Stage, began: datetime, out: TextIO = sys.stdout) -> None:
        self._stage = stage
        self._began = began
        self._out = out
        self._figures: dict[str, Any] = {}
        self._figures_at = 0.0
        self._last_line = ""
        self._seen = (0, 0)
        self._last_event = "waiting for the first call"

    def tell(self) -> None:
        """Looks at the box and says how it stands."""
        if not self._figures or clock.monotonic() - self._figures_at >= FIGURES_EVERY:
            self._figures = figures(self._stage, self._began)
            self._figures_at = clock.monotonic()
        with database.connection():
            texts, replies = reports.totals()
            self._note_newest()
        counts = f"{self._figures['funnel']['calls']} calls, {texts} texts, {replies} replies"
        self._show(f"  {counts}, {score(self._figures)} | {self._last_event}")

    def end(self) -> None:
        """What is written next stands on a line of its own."""
        if self._out.isatty() and self._last_line:
            self._out.write("\n")

    def _note_newest(self) -> None:
        """The newest reply, else the newest text: what a resident wrote is what one wants to see."""
        text = next(iter(listings.messages(limit=1)), None)
        reply = next(iter(listings.replies(limit=1)), None)
        newest = (text.id if text else 0, reply.id if reply else 0)
        if reply is not None and newest[1] != self._seen[1]:
            self._last_event = f"{_ending(reply.from_)} says: {reply.text}{_read_as(reply.kind, reply.score)}"
        elif text is not None and newest[0] != self._seen[0]:
            said = text.text.removeprefix(f"{self._stage.config.agency.name}: ")
            self._last_event = f"to {_ending(text.to)}: {said}"
        self._seen = newest

    def _show(self, line: str) -> None:
        if self._out.isatty():
            columns = shutil.get_terminal_size().columns - 1
            shown = fitted(line, columns)
            # Back to the margin, the line, and the rest of the row wiped.
            self._out.write(f"\r{shown}\x1b[K")
        elif line != self._last_line:
            self._out.write(f"{line}\n")
        self._last_line = line
        self._out.flush()


def score(figures: dict[str, Any]) -> str:
    """How the first question stands: its mean, or how many answers there are towards one."""
    overall = figures["questions"][0]
    if overall["mean"] is None:
        return f"score from {figures['min_n']} answers on ({overall['n']})"
    return f"score {overall['mean']:.2f} of 5 ({overall['n']})"


def fitted(line: str, columns: int) -> str:
    """The line cut to so many columns: one that wraps could not be rewritten. An emoji takes two."""
    used = 0
    for place, char in enumerate(line):
        used += _width(char)
        if used > columns:
            return f"{line[: max(0, place - 1)]}…"
    return line


def _width(char: str) -> int:
    return 2 if unicodedata.east_asian_width(char) in "WF" or ord(char) > 0xFFFF else 1


def _ending(number: str | None) -> str:
    return "somebody" if number is None else number[-4:]


def _read_as(kind: str, read: int | None) -> str:
    if read is not None:
        return f" (read as {read})" if read else " (skipped)"
    # An answer is scored a moment after it came in; until then there is nothing to say.
    return "" if kind in ("comment", "answer") else f" ({kind})"
