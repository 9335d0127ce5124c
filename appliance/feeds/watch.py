"""Tells when a file in a folder was closed or renamed into place; only a hint, the poll lies beneath it."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from pathlib import Path

from watchdog.events import (
    FileClosedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers.inotify import InotifyObserver

log = logging.getLogger(__name__)

_STOP_SECONDS = 5.0


class _Handler(FileSystemEventHandler):
    """`on_ready` and `on_touched` get the bare name, in the order things happened."""

    def __init__(self, on_ready: Callable[[str], None], on_touched: Callable[[str], None]) -> None:
        self._on_ready = on_ready
        self._on_touched = on_touched

    def on_closed(self, event: FileSystemEvent) -> None:
        self._on_ready(_name(event.src_path))

    def on_moved(self, event: FileSystemEvent) -> None:
        if event.dest_path:
            self._on_ready(_name(event.dest_path))

    def on_modified(self, event: FileSystemEvent) -> None:
        self._on_touched(_name(event.src_path))


def watch(
    folder: Path, on_ready: Callable[[str], None], on_touched: Callable[[str], None]
) -> Callable[[], None]:
    """Watches the files of one folder, not those below it, and returns the stop.

    `on_ready(name)`: closed after writing, or renamed into place; `on_touched(name)`: written to again. Both
    run in the watcher's thread. Where the system gives no watch (no such folder, none left, a network drive)
    it says so in the log and the returned stop does nothing.
    """
    # Full events tell a file renamed into place from one just created and still empty.
    observer = InotifyObserver(generate_full_events=True)
    wanted: list[type[FileSystemEvent]] = [FileClosedEvent, FileMovedEvent, FileModifiedEvent]
    try:
        observer.schedule(_Handler(on_ready, on_touched), str(folder), event_filter=wanted)
        observer.start()
    except OSError as error:
        log.warning("no file events for %s (%s); the poll finds new files", folder, error)
        if observer.is_alive():
            observer.stop()
        return _nothing

    def stop() -> None:
        observer.stop()
        observer.join(_STOP_SECONDS)

    return stop


def _nothing() -> None:
    """There is no watch to stop."""


def _name(path: bytes | str) -> str:
    return os.path.basename(os.fsdecode(path))
