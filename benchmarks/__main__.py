"""`make bench`, or `python -m benchmarks [--quick] [--json]`."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from pathlib import Path

from benchmarks import peers, product
from benchmarks.figures import Figure, table


def main() -> int:
    """Measures, and says of each aim whether it is met; the exit code is 0 either way."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure speed and size.")
    parser.add_argument("--quick", action="store_true", help="fewer repeats, under a minute")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    given = parser.parse_args()
    sizes = product.QUICK if given.quick else product.FULL
    found: list[Figure] = []
    load_before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="aftercall-bench-") as folder:
        for figure in product.measure(Path(folder), sizes):
            found.append(figure)
            _tell(figure)
        for figure in peers.measure(Path(folder), sizes.peers):
            found.append(figure)
            _tell(figure)
    machine: dict[str, object] = {
        "cores": os.cpu_count(),
        "architecture": platform.machine(),
        "python": platform.python_version(),
        "load_before": round(load_before, 1),
        "load_after": round(os.getloadavg()[0], 1),
    }
    if given.json:
        whole = {"machine": machine, "figures": [figure.as_json() for figure in found]}
        sys.stdout.write(json.dumps(whole, indent=2) + "\n")
    else:
        said = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in machine.items())
        sys.stdout.write(f"\n{table(found)}\n\n{said}\n")
    return 0


def _tell(figure: Figure) -> None:
    """On the way, so that three minutes do not pass in silence; not part of the output."""
    value = figure.note if figure.value is None else f"{figure.value:.3g} {figure.unit}"
    sys.stderr.write(f"  {figure.name}: {value}\n")


if __name__ == "__main__":
    sys.exit(main())
