"""What a killed worker had in its hands: proof, kept in the page cache, that Ctrl-Z was not written.

The claim commits a part as `handing` before the modem gets a byte. A worker killed between that commit and
Ctrl-Z would leave the part `unknown` for ever, though it never left. So the part's name is written to a small
file right before Ctrl-Z, without a sync: a killed process loses nothing it has written, and after a power cut
the boot id no longer fits, so that the file proves nothing and the part stays `unknown`.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_LENGTH = 96

log = logging.getLogger(__name__)


class HandingJournal:
    """One modem's journal: the boot it belongs to and the part armed last."""

    def __init__(self, path: Path, boot_id_path: Path = BOOT_ID) -> None:
        self._path = path
        self._boot_id = _read_boot_id(boot_id_path)
        self._file: int | None = None

    def certainly_not_sent(self, message_id: int, seq: int) -> bool:
        """Whether this part's Ctrl-Z was certainly never written: same boot, and another part armed last."""
        if self._boot_id is None:
            return False
        try:
            boot_id, _, armed = self._path.read_text(encoding="ascii").strip().partition(" ")
        except (OSError, UnicodeDecodeError) as error:
            log.info("no proof of what the modem was given: %s", error)
            return False
        return boot_id == self._boot_id and bool(armed) and armed != _name(message_id, seq)

    def begin(self) -> None:
        """Starts the journal of this run, nothing armed; only after recovery has read the old one."""
        self._file = os.open(self._path, os.O_CREAT | os.O_RDWR, 0o660)
        self._write("nothing")

    def arm(self, message_id: int, seq: int) -> None:
        """Called right before the PDU and its Ctrl-Z are written."""
        self._write(_name(message_id, seq))

    def close(self) -> None:
        """Closes the file; what it says stays true."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _write(self, armed: str) -> None:
        if self._file is None:
            raise RuntimeError("the journal was not begun")
        # One write of one length: a reader after a kill sees the old line or the new one, never half.
        os.pwrite(self._file, f"{self._boot_id or 'unknown'} {armed}".ljust(_LENGTH).encode(), 0)


def _name(message_id: int, seq: int) -> str:
    return f"{message_id}/{seq}"


def _read_boot_id(path: Path) -> str | None:
    try:
        return path.read_text(encoding="ascii").strip() or None
    except OSError as error:
        log.warning("the boot id cannot be read (%s): after a kill a text in hand will be unknown", error)
        return None
