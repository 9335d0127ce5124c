"""Lines that no table knows: each kind is logged once and counted, and none is ever a fault."""

from __future__ import annotations

import logging
import re

from modem.lines import final_result, is_unsolicited

KINDS_KEPT = 64
_WORDS = "(words)"
_OTHERS = "(others)"
# A name as vendors give them. Anything else may be a number or somebody's words, and stays out of the log.
_NAME = re.compile(r"[+^*#$!%][A-Z]{2,15}", re.IGNORECASE)

log = logging.getLogger(__name__)


def is_known(line: str) -> bool:
    """True for what modems are known to say by themselves: vendors' lines, a caller who hangs up."""
    return is_unsolicited(line) or final_result(line) is not None


class StrangeLines:
    """How many lines nobody knows a modem has said, by how they begin."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def note(self, line: str) -> None:
        """Counts a line, and logs the first of its kind."""
        kind = _kind_of(line)
        if kind not in self.counts:
            if len(self.counts) >= KINDS_KEPT:
                kind = _OTHERS
            else:
                log.info("the modem says what nobody knows, such as %s", kind)
        self.counts[kind] = self.counts.get(kind, 0) + 1


def _kind_of(line: str) -> str:
    name = _NAME.match(line)
    return name[0].upper() if name else _WORDS
