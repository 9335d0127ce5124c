"""Counts commits and bytes in SQLite's write-ahead log (https://sqlite.org/fileformat2.html#walformat).

Every page a commit writes is a frame of 24 bytes and the page; the last frame of a commit holds the size
of the database. So the file itself says what a text cost, without a tracer, and it is what reaches the disk
at each commit. The checkpoint's copying into the database, which many commits share, is not in it.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

_HEADER = 32
_FRAME = 24


@dataclass(frozen=True, slots=True)
class Mark:
    """How far the log has been written: its salt changes when it begins anew after a checkpoint."""

    salt: bytes
    commits: int
    bytes: int

    def since(self, before: Mark) -> tuple[int, int] | None:
        """Commits and bytes since an earlier mark; None where the log began anew in between."""
        if before.salt and before.salt != self.salt:
            return None
        return self.commits - before.commits, self.bytes - before.bytes


def mark(database: Path) -> Mark:
    """Where the log of this database stands now."""
    log = Path(f"{database}-wal")
    data = log.read_bytes() if log.exists() else b""
    if len(data) < _HEADER:
        return Mark(b"", 0, 0)
    page = int(struct.unpack_from(">I", data, 8)[0])
    salt = data[16:24]
    commits = written = 0
    for start in range(_HEADER, len(data) - _FRAME - page + 1, _FRAME + page):
        if data[start + 8 : start + 16] != salt:
            break  # left over from before the last checkpoint
        if struct.unpack_from(">I", data, start + 4)[0]:
            commits += 1
            written = start + _FRAME + page - _HEADER
    return Mark(salt, commits, written)
