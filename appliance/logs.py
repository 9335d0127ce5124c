"""Logging for journald: one line a record, telephone numbers masked, control characters escaped."""

from __future__ import annotations

import logging
import re
import sys

_NUMBER = re.compile(r"\+?\d[\d ().-]{5,}(?=\d{2}(?!\d))")
_CONTROL = {code: f"\\x{code:02x}" for code in (*range(0x20), 0x7F, *range(0x80, 0xA0))}


class MaskingFormatter(logging.Formatter):
    """Formats a record so that no log ever holds a whole telephone number or a forged second line."""

    def format(self, record: logging.LogRecord) -> str:
        """The finished line; a traceback keeps its line breaks, because it is ours."""
        text, *trace = super().format(record).split("\nTraceback", 1)
        text = mask(text).translate(_CONTROL)
        return text + "".join(f"\nTraceback{mask(part)}" for part in trace)


def mask(text: str) -> str:
    """Leaves the last two digits of anything that looks like a telephone number."""
    return _NUMBER.sub("…", text)


def set_up(level: int = logging.INFO) -> None:
    """Sends the process's log to standard error, where journald (or a terminal) takes it."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(MaskingFormatter("%(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
