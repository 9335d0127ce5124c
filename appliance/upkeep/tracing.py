"""How `aftercall modem trace` asks the worker for the transcript in its memory: by a file in the data folder.

The request is a file and so is the answer, which carries nobody's words or numbers; both are gone afterwards.
"""

from __future__ import annotations

from pathlib import Path


def request(folder: Path, name: str) -> Path:
    """Asks for the transcript of one modem; returns where the answer will be."""
    answer = _answer(folder, name)
    answer.unlink(missing_ok=True)
    _request(folder, name).touch(mode=0o660)
    return answer


def wanted(folder: Path, name: str) -> Path | None:
    """For the worker: where to write this modem's transcript, if somebody asks for it."""
    return _answer(folder, name) if _request(folder, name).exists() else None


def is_answered(folder: Path, name: str) -> bool:
    """Whether the worker has written what was asked for."""
    return not _request(folder, name).exists()


def settle(folder: Path, name: str) -> None:
    """The request is done with: answered by the worker, or given up by who asked."""
    _request(folder, name).unlink(missing_ok=True)


def _request(folder: Path, name: str) -> Path:
    return folder / f"trace.{name}.wanted"


def _answer(folder: Path, name: str) -> Path:
    return folder / f"trace.{name}.txt"
