"""benchmarks/RESULTS.md: the figures of one run, where they came from, and how each daemon was set up."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from benchmarks.contest import MEASURES, Entrant
from benchmarks.faults import Outcome
from benchmarks.figures import Figure, shown

RESULTS = Path(__file__).parent / "RESULTS.md"


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the bench; `measured` and `outcomes` by contestant."""

    began: datetime
    load_before: float
    load_after: float
    figures: Sequence[Figure]
    entrants: Sequence[Entrant]
    measured: Mapping[str, Mapping[str, float]]
    outcomes: Mapping[str, Sequence[Outcome]]


def machine() -> dict[str, object]:
    """What it ran on."""
    model = _first("/proc/cpuinfo", "model name") or platform.processor()
    memory = int((_first("/proc/meminfo", "MemTotal") or "0 kB").split()[0]) / 1e6
    return {
        "processor": model,
        "cores": os.cpu_count(),
        "memory": f"{memory:.0f} GB",
        "architecture": platform.machine(),
        "kernel": platform.release(),
        "python": platform.python_version(),
    }


def _first(path: str, name: str) -> str | None:
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        key, colon, value = line.partition(":")
        if colon and key.strip() == name:
            return value.strip()
    return None


def contest_rows(run: Run) -> list[list[str]]:
    """A row a measure: its name with the unit, then each contestant's value; the best one in bold."""
    rows = []
    for name, unit, best in MEASURES:
        values = [run.measured.get(each.name, {}).get(name) for each in run.entrants]
        rows.append([f"{name}, {unit}" if unit else name, *_marked(values, best)])
    return rows


def _marked(values: Sequence[float | None], best: str) -> list[str]:
    known = [value for value in values if value is not None]
    top = (min if best == "least" else max)(known) if len(known) > 1 else None
    cells = ["-" if value is None else shown(value) for value in values]
    return [
        f"**{cell}**" if value is not None and value == top else cell
        for cell, value in zip(cells, values, strict=True)
    ]


def fault_rows(run: Run) -> list[list[str]]:
    """A row a fault: each contestant's lost / duplicated / unknown, and seconds to recover."""
    names = [outcome.fault for outcome in max(run.outcomes.values(), key=len)] if run.outcomes else []
    rows = []
    for name in names:
        row = [name]
        for entrant in run.entrants:
            outcome = next((each for each in run.outcomes.get(entrant.name, ()) if each.fault == name), None)
            row.append("-" if outcome is None else _told(outcome))
        rows.append(row)
    return rows


def _told(outcome: Outcome) -> str:
    recovered = (
        f"not in {outcome.within:.0f} s" if outcome.recovered is None else f"{outcome.recovered:.1f} s"
    )
    return f"{outcome.lost} / {outcome.duplicated} / {outcome.unknown}, {recovered}"


def document(run: Run) -> str:
    """The whole page."""
    names = [each.name for each in run.entrants]
    told = ", ".join(f"{name} {value}" for name, value in machine().items())
    own = [[each.name, *each.cells(), each.note] for each in run.figures]
    parts = [
        "# Results",
        "Made by `make bench BENCH=--write`. What is measured and how stands in "
        "[docs/benchmarks.md](../docs/benchmarks.md).",
        f"{run.began:%Y-%m-%d %H:%M} UTC; {told}; load before {run.load_before:.1f}, "
        f"after {run.load_after:.1f}. Versions: "
        + ", ".join(f"{each.name} {each.version}" for each in run.entrants)
        + ".",
        "## The product",
        _markdown(["measure", "value", "aim", "met", ""], own),
        "## Beside its peers",
        "The same simulated modem and network, one daemon after the other. The best value is bold.",
        _markdown(["measure", *names], contest_rows(run)),
        "## Faults in mid-queue",
        "Lost / duplicated / unknown, counted at the simulated network, and the time from the end of the "
        "fault to the next text through. A text is unknown where the daemon says that it cannot tell and the "
        "network does not have it; the peers have no such word.",
        _markdown(["fault", *names], fault_rows(run)),
        "## How they were set up",
        "Each at its best: every wait as short as its settings allow.",
        "\n".join(f"- **{each.name}**: {each.settings}" for each in run.entrants),
    ]
    return "\n\n".join(parts) + "\n"


def _markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
