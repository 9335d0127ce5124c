"""A folder CAD drops files into: what is ready, what is left alone, and what remains of a file taken.

The raw file is the only place where unlisted columns exist, so it goes as soon as its rows are committed;
`done/` and `rejected/` hold listed columns only. Nothing here follows a link or waits on a pipe.
"""

from __future__ import annotations

import csv
import errno
import hashlib
import io
import json
import os
import re
import stat
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from appliance.clock import DAY, SECOND, Instant, iso
from appliance.domain.records import FEED_FIELDS
from appliance.feeds.base import Batch, FeedFault, Refusal, Reject, SourceFile, Stray

DONE = "done"
REJECTED = "rejected"

UNFINISHED = (".part", ".tmp", ".filepart")
"""How SFTP and copy programs name a file until it is whole (WinSCP: .filepart)."""

SETTLED_AT_START = 2 * SECOND
SETTLED_SECONDS = 1.0
"""A file nobody was seen closing is whole when it has not changed for this long between two polls."""

ABANDONED_AFTER = DAY
"""An upload that rests for this long will not be finished, and its raw columns lie on the disk."""

_LONGEST_NAME = 100
_OPEN_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
_OPEN_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


class DropFolder:
    """One feed's folder. `closed` and `touched` may be called from any thread, the rest from one."""

    def __init__(self, path: Path, monotonic: Callable[[], float], *, read_only: bool = False) -> None:
        self.path = path
        self._read_only = read_only
        self._aside: dict[str, SourceFile] = {}
        self.strays: tuple[Stray, ...] = ()
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._closed: set[str] = set()
        self._seen: dict[str, tuple[SourceFile, float]] = {}
        self._is_started = False

    def closed(self, name: str) -> bool:
        """Notes that a file was closed or renamed into place; says whether that is one to take."""
        if _is_left_alone(name):
            return False
        with self._lock:
            self._closed.add(name)
        return True

    def touched(self, name: str) -> None:
        """Notes that somebody writes to a file again."""
        with self._lock:
            self._closed.discard(name)

    def ready(self, now: Instant) -> list[str]:
        """The names of the files that are whole, oldest first. Raises FeedFault without a readable folder."""
        with self._lock:
            closed = set(self._closed)
        with self._opened() as folder:
            files, strays = self._listed(folder, now)
            if files and not self._read_only:
                # Told before the first row is taken: without a receipt the file would come again for ever.
                self._check_writable(folder)
        with self._lock:
            # Only names known before the listing: a file closed since then is missing from it, not gone.
            self._closed -= closed - {file.name for file in files}
        started, self._is_started = self._is_started, True
        moment = self._monotonic()
        seen, self._seen = self._seen, {}
        self._aside = {file.name: file for file in files if self._aside.get(file.name) == file}
        whole = []
        for file in files:
            if file.name in self._aside:
                continue
            known = seen.get(file.name)
            since = known[1] if known is not None and known[0] == file else moment
            self._seen[file.name] = (file, since)
            is_old = not started and now - file.mtime_ns // 1_000_000 > SETTLED_AT_START
            if is_old:
                # Kept as settled: a file whose intake failed is offered again at the next poll.
                self._seen[file.name] = (file, moment - SETTLED_SECONDS)
            if is_old or file.name in closed or moment - since >= SETTLED_SECONDS:
                whole.append(file)
        self.strays = tuple(strays)
        return [file.name for file in sorted(whole, key=lambda file: (file.mtime_ns, file.name))]

    def set_aside(self, file: SourceFile) -> None:
        """A file that stays where it is and is not offered again, until it changes."""
        self._aside[file.name] = file
        self.touched(file.name)

    def read(self, name: str, limit: int) -> tuple[SourceFile, bytes | None] | None:
        """A file read once: what it was and its bytes, None instead of them over `limit`.

        None at all when it is gone, is no plain file any more, or was written to while it was read.
        """
        with self._opened() as folder:
            try:
                if not stat.S_ISREG(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
                    return None  # opening a device could already act on it
                descriptor = os.open(name, _OPEN_FILE, dir_fd=folder)
            except OSError as error:
                if not isinstance(error, FileNotFoundError):
                    remedy = "Let the service user read it"
                    self.strays = (*self.strays, Stray(safe_name(name), "unreadable", remedy))
                return None
            with os.fdopen(descriptor, "rb") as opened:
                before = os.fstat(opened.fileno())
                if not stat.S_ISREG(before.st_mode):
                    return None
                data = opened.read(limit + 1) if before.st_size <= limit else b""
                after = os.fstat(opened.fileno())
        file = _source_file(name, before)
        if file != _source_file(name, after):
            self.touched(name)
            return None
        return file, data if before.st_size <= limit else None

    def finish(self, batch: Batch, accepted: int, changed: int, now: Instant) -> None:
        """After the commit: rejected rows, then the receipt, then the raw file goes. Safe to repeat."""
        receipt = {
            "name": batch.source,
            "sha256": batch.sha256,
            "at": iso(now),
            "rows": len(batch.records) + len(batch.rejects) + len(batch.quarantined),
            "accepted": accepted,
            "changed": changed,
            "rejected": len(batch.rejects),
            "quarantined": [{"line": row.line, "mark": row.mark} for row in batch.quarantined],
            "notes": [{"line": row.line, "notes": list(row.notes)} for row in batch.records if row.notes],
        }
        with self._opened() as folder, _writing(self.path):
            with _subfolder(folder, DONE) as done:
                stem = _free_stem(done, batch, ".json")
                if batch.rejects:
                    with _subfolder(folder, REJECTED) as rejected:
                        suffix = "" if stem.lower().endswith(".csv") else ".csv"
                        _write(rejected, stem + suffix, rejected_rows(batch.rejects))
                _write(done, f"{stem}.json", (json.dumps(receipt, indent=1) + "\n").encode())
            self._remove(folder, batch.file)

    def refuse(self, batch: Batch, refusal: Refusal, now: Instant) -> None:
        """Writes why a whole file is refused, then the raw file goes: its content may hold anything."""
        lines = [
            f"{batch.source} was refused: {refusal.what}.",
            f"{refusal.remedy}.",
            f"reason: {refusal.reason}",
            *([f"line: {refusal.line}"] if refusal.line is not None else []),
            *([f"column: {refusal.column}"] if refusal.column is not None else []),
            f"sha256: {batch.sha256 or '(not read)'}",
            f"at: {iso(now)}",
        ]
        with self._opened() as folder, _writing(self.path):
            with _subfolder(folder, REJECTED) as rejected:
                stem = _free_stem(rejected, batch, ".reason.txt")
                _write(rejected, f"{stem}.reason.txt", ("\n".join(lines) + "\n").encode())
            self._remove(folder, batch.file)

    def _remove(self, folder: int, file: SourceFile | None) -> None:
        """Deletes the file that was read; another that has its name by now stays and is taken in its turn."""
        if file is None:
            return
        try:
            current = _source_file(file.name, os.stat(file.name, dir_fd=folder, follow_symlinks=False))
        except FileNotFoundError:
            return
        if current != file:
            return
        os.unlink(file.name, dir_fd=folder)
        os.fsync(folder)
        self.touched(file.name)
        self._seen.pop(file.name, None)

    def _check_writable(self, folder: int) -> None:
        with _writing(self.path):
            for name in (DONE, REJECTED):
                with _subfolder(folder, name):
                    _check_access(name, folder)
            _check_access(".", folder)

    def _listed(self, folder: int, now: Instant) -> tuple[list[SourceFile], list[Stray]]:
        files, strays = [], []
        for name in os.listdir(folder):
            if name in (DONE, REJECTED):
                continue
            try:
                found = os.stat(name, dir_fd=folder, follow_symlinks=False)
            except FileNotFoundError:
                continue  # renamed or taken away since the listing
            if _is_left_alone(name):
                if now - found.st_mtime_ns // 1_000_000 > ABANDONED_AFTER:
                    strays.append(Stray(safe_name(name), "unfinished", "Remove it, or let the upload finish"))
                continue
            reason = _stray_reason(found)
            if reason is None:
                files.append(_source_file(name, found))
            else:
                strays.append(Stray(safe_name(name), reason, "Remove it; only plain files are read"))
        return files, strays

    @contextmanager
    def _opened(self) -> Iterator[int]:
        try:
            folder = os.open(self.path, _OPEN_FOLDER)
        except OSError as error:
            what = f"the drop folder {self.path} cannot be opened ({error.strerror})"
            raise FeedFault(
                what, "Create it, readable and writable for the service user", "folder"
            ) from error
        try:
            yield folder
        finally:
            os.close(folder)


def safe_name(name: str) -> str:
    """A file's name for screens, databases and names of our own: plain ASCII, bounded, still its own."""
    plain = re.sub(r"[^A-Za-z0-9._ -]", "_", name)[:_LONGEST_NAME].lstrip(". ") or "_"
    if plain == name:
        return plain
    return f"{plain}.{hashlib.sha256(os.fsencode(name)).hexdigest()[:8]}"


def rejected_rows(rejects: Sequence[Reject]) -> bytes:
    """The rejected rows of a file as CSV: place, reason, remedy, and the listed fields that did read."""
    kept = [name for name in FEED_FIELDS if any(name in reject.kept for reject in rejects)]
    text = io.StringIO(newline="")
    rows = csv.writer(text)
    rows.writerow(["line", "column", "reason", "remedy", "value_hint", *kept])
    for reject in rejects:
        place = (reject.column, reject.reason, reject.remedy, reject.value_hint)
        values = (*place, *(reject.kept.get(name, "") for name in kept))
        rows.writerow([reject.line, *(_harmless(value) for value in values)])
    return text.getvalue().encode("utf-8-sig")


def _harmless(value: str) -> str:
    """A cell that a spreadsheet takes as text, not as a formula."""
    return f"'{value}" if value.startswith(_FORMULA) else value


def _is_left_alone(name: str) -> bool:
    return name.startswith(".") or name.lower().endswith(UNFINISHED)


def _stray_reason(found: os.stat_result) -> str | None:
    if stat.S_ISLNK(found.st_mode):
        return "symlink"
    if stat.S_ISDIR(found.st_mode):
        return "folder"
    if not stat.S_ISREG(found.st_mode):
        return "not_a_file"
    # A second name elsewhere means that another hand can change the file, or that it is not CAD's own.
    return "hard_link" if found.st_nlink > 1 else None


def _source_file(name: str, found: os.stat_result) -> SourceFile:
    return SourceFile(name, found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        what = f"the drop folder {path} cannot be written ({error.strerror})"
        remedy = "Let the service user write to it and to done/ and rejected/, and look at the free space"
        raise FeedFault(what, remedy, "folder") from error


def _check_access(name: str, folder: int) -> None:
    if not os.access(name, os.W_OK | os.X_OK, dir_fd=folder):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


@contextmanager
def _subfolder(folder: int, name: str) -> Iterator[int]:
    with suppress(FileExistsError):
        os.mkdir(name, 0o770, dir_fd=folder)
    opened = os.open(name, _OPEN_FOLDER | os.O_NOFOLLOW, dir_fd=folder)
    try:
        yield opened
    finally:
        os.close(opened)


def _free_stem(folder: int, batch: Batch, suffix: str) -> str:
    """The batch's name, with part of its hash where another file of that name left a note before."""
    try:
        opened = os.open(batch.source + suffix, _OPEN_FILE, dir_fd=folder)
    except FileNotFoundError:
        return batch.source
    with os.fdopen(opened, "rb") as note:
        is_same = batch.sha256.encode() in note.read(64 * 1024)
    return batch.source if is_same else f"{batch.source}.{batch.sha256[:12]}"


def _write(folder: int, name: str, data: bytes) -> None:
    """All of the file or none of it, on the disk when this returns."""
    unfinished = f".{name}.part"
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(unfinished, flags, 0o660, dir_fd=folder), "wb") as opened:
        opened.write(data)
        opened.flush()
        os.fsync(opened.fileno())
    os.rename(unfinished, name, src_dir_fd=folder, dst_dir_fd=folder)
    os.fsync(folder)
