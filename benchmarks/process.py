"""What a service costs, as Linux counts it: processor time and memory of a process and its children."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Memory:
    """Megabytes (10^6): `pss` counts shared pages by their share, `rss` in full for each process."""

    pss: float
    rss: float


def children(pid: int) -> set[int]:
    """The processes this one has started and that still live."""
    found: set[int] = set()
    for task in Path(f"/proc/{pid}/task").iterdir():
        found |= {int(child) for child in (task / "children").read_text(encoding="ascii").split()}
    return found


def family(pid: int) -> Iterator[int]:
    """The process and all below it."""
    yield pid
    for child in children(pid):
        yield from family(child)


def processor_seconds(pid: int) -> float:
    """User and system time of the process and all that live below it."""
    total = 0
    for each in family(pid):
        fields = Path(f"/proc/{each}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / _TICKS


def written_bytes(pid: int) -> int:
    """What the process and all that live below it have sent to storage so far (/proc/PID/io)."""
    total = 0
    for each in family(pid):
        for line in Path(f"/proc/{each}/io").read_text(encoding="ascii").splitlines():
            name, _, value = line.partition(": ")
            total += int(value) if name == "write_bytes" else 0
    return total


def memory(pid: int) -> Memory:
    """Resident memory of the process and all below it (smaps_rollup)."""
    kilobytes = {"Pss:": 0, "Rss:": 0}
    for each in family(pid):
        for line in Path(f"/proc/{each}/smaps_rollup").read_text(encoding="ascii").splitlines():
            name, _, rest = line.partition(" ")
            if name in kilobytes:
                kilobytes[name] += int(rest.split()[0])
    return Memory(kilobytes["Pss:"] * 1024 / 1e6, kilobytes["Rss:"] * 1024 / 1e6)
