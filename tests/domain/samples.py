"""Reads the corpora in tests/samples: tab-separated, `#` starts a comment line."""

from __future__ import annotations

from pathlib import Path

SAMPLES = Path(__file__).resolve().parents[1] / "samples"


def rows(name: str) -> list[list[str]]:
    """The fields of every line that is not a comment."""
    written = (SAMPLES / name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in written if line and not line.startswith("#")]


def unescaped(written: str) -> str:
    """A text of a corpus as it was: \\n, \\xNN and \\uNNNN stand for what they are in Python."""
    return written.encode("latin-1", "backslashreplace").decode("unicode_escape")
