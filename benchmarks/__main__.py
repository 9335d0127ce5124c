"""`make bench`, or `python -m benchmarks [--quick] [--only PART] [--json] [--write]`."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

from appliance import clock
from benchmarks import contest, conversation, faults, product, results, rules
from benchmarks.contest import Entrant
from benchmarks.faults import Outcome
from benchmarks.figures import Figure, table
from benchmarks.peers import PEERS
from benchmarks.results import Run

PARTS = ("product", "conversation", "rules", "contest", "faults")


def main() -> int:
    """Measures, and says of each aim whether it is met; the exit code is 0 either way."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure speed and size.")
    parser.add_argument("--quick", action="store_true", help="fewer repeats, a few minutes")
    parser.add_argument("--only", action="append", choices=PARTS, help="one part; may be repeated")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    parser.add_argument("--write", action="store_true", help=f"renew {results.RESULTS.name}")
    given = parser.parse_args()
    if given.write and (given.quick or given.only):
        parser.error("--write is for a whole run")
    # A daemon that outlives its modem would look for it under a name that the next one gets.
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    with tempfile.TemporaryDirectory(prefix="aftercall-bench-") as folder:
        run = _run(Path(folder), given.quick, given.only or PARTS)
    if given.json:
        sys.stdout.write(json.dumps(_as_json(run), indent=2) + "\n")
    else:
        sys.stdout.write(_as_text(run))
    if given.write:
        results.RESULTS.write_text(results.document(run), encoding="utf-8")
    return 0


def _run(folder: Path, quick: bool, parts: tuple[str, ...]) -> Run:
    began, load_before = clock.to_datetime(clock.now()), os.getloadavg()[0]
    entrants = contest.entrants()
    absent = [peer.package for peer in PEERS if peer.path() is None]
    if absent and not {"contest", "faults"}.isdisjoint(parts):
        _tell("peers", f"not installed: {', '.join(absent)}")
    figures = []
    for figure in _figures(folder, quick, parts):
        figures.append(figure)
        _tell(figure.name, figure.note if figure.value is None else figure.cells()[0])
    measured: dict[str, dict[str, float]] = {}
    outcomes: dict[str, list[Outcome]] = {}
    names = [each.name for each in entrants]
    if "contest" in parts:
        with ThreadPoolExecutor(len(entrants) if quick else 1) as pool:
            each_one = pool.map(lambda each: _measured(folder, each, quick), entrants)
            measured = dict(zip(names, each_one, strict=True))
    if "faults" in parts:
        # Mostly waiting, and each with a modem of its own: side by side they take as long as the slowest.
        with ThreadPoolExecutor(len(entrants)) as pool:
            found = pool.map(lambda each: _outcomes(folder, each, quick), entrants)
            outcomes = dict(zip(names, found, strict=True))
    return Run(began, load_before, os.getloadavg()[0], figures, entrants, measured, outcomes)


def _figures(folder: Path, quick: bool, parts: tuple[str, ...]) -> Iterator[Figure]:
    """What is measured of the product alone."""
    if "product" in parts:
        yield from product.measure(folder / "product", product.QUICK if quick else product.FULL)
    if "conversation" in parts:
        sizes = conversation.QUICK if quick else conversation.FULL
        yield from conversation.measure(folder / "conversation", sizes)
    if "rules" in parts:
        yield from rules.measure(folder / "rules", rules.QUICK if quick else rules.FULL)


def _measured(folder: Path, entrant: Entrant, quick: bool) -> dict[str, float]:
    sizes = contest.QUICK if quick else contest.FULL
    return dict(_as_known(entrant, lambda: contest.measure(folder / entrant.name, entrant, sizes)))


def _outcomes(folder: Path, entrant: Entrant, quick: bool) -> list[Outcome]:
    found = []
    try:
        for outcome in faults.outcomes(folder / "faults", entrant, quick=quick):
            found.append(outcome)
            _tell(f"{entrant.name}, {outcome.fault}", outcome)
    except TimeoutError as error:
        _tell(entrant.name, f"did not get along with the modem: {error}")
    return found


def _as_known(
    entrant: Entrant, measures: Callable[[], Iterator[tuple[str, float]]]
) -> Iterator[tuple[str, float]]:
    """Says each on the way; a daemon that gives up loses its further rows, not the run."""
    try:
        for name, value in measures():
            _tell(f"{entrant.name}, {name}", f"{value:.3g}")
            yield name, value
    except TimeoutError as error:
        _tell(entrant.name, f"did not get along with the modem: {error}")


def _as_json(run: Run) -> dict[str, object]:
    return {
        "machine": results.machine() | {"load_before": run.load_before, "load_after": run.load_after},
        "figures": [figure.as_json() for figure in run.figures],
        "contest": run.measured,
        "faults": {name: [asdict(each) for each in found] for name, found in run.outcomes.items()},
    }


def _as_text(run: Run) -> str:
    names = [each.name for each in run.entrants]
    told = ", ".join(f"{name} {value}" for name, value in results.machine().items())
    parts = []
    if run.figures:
        parts.append(table(run.figures))
    if run.measured:
        parts.append(_columns([["measure", *names], *results.contest_rows(run)]))
    if run.outcomes:
        head = ["lost / duplicated / unknown, recovered", *names]
        parts.append(_columns([head, *results.fault_rows(run)]))
    parts.append(f"{told}, load before {run.load_before:.1f}, after {run.load_after:.1f}")
    return "\n" + "\n\n".join(parts) + "\n"


def _columns(rows: list[list[str]]) -> str:
    plain = [[cell.replace("**", "") for cell in row] for row in rows]
    widths = [max(len(row[place]) for row in plain) for place in range(len(plain[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in plain
    )


def _tell(name: str, value: object) -> None:
    """On the way, so that minutes do not pass in silence; not part of the output."""
    sys.stderr.write(f"  {name}: {value}\n")


if __name__ == "__main__":
    sys.exit(main())
