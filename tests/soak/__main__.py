"""`make soak`, or `python -m tests.soak [--count N] [--minutes M] [--seed S] [--only WORD]`."""

from __future__ import annotations

import argparse
import resource
import sys
import time
import traceback
from dataclasses import dataclass, field

from tests.soak.loads import Load, loads

FAILURES_TOLD = 3
"""Of one load; then it is left, because the next thousand would say the same."""


@dataclass
class Result:
    """What came of one load; `failures` as the exceptions say it."""

    name: str
    wanted: int
    tried: int = 0
    seconds: float = 0.0
    failures: list[str] = field(default_factory=list)
    is_interrupted: bool = False

    @property
    def verdict(self) -> str:
        if self.failures:
            return "FAILED"
        return "ok" if self.tried >= self.wanted else "ok, cut short"


def main() -> int:
    """Tries everything, or until it is interrupted, and prints a table; 1 where anything failed."""
    given = _arguments()
    seed = given.seed if given.seed is not None else time.time_ns() % 1_000_000_000
    chosen = [load for load in loads(given.count) if given.only in load.name]
    if not chosen:
        sys.stderr.write(f"nothing to try has {given.only!r} in its name\n")
        return 2
    sys.stdout.write(f"seed {seed}\n")
    before = _memory()
    results: list[Result] = []
    ends = None if given.minutes is None else time.monotonic() + 60 * given.minutes
    for place, load in enumerate(chosen):
        share = None if ends is None else max(0.0, ends - time.monotonic()) / (len(chosen) - place)
        results.append(_run(load, seed, share))
        sys.stderr.write(f"  {_line(results[-1])}\n")
        if results[-1].is_interrupted:
            break
    sys.stdout.write(_table(results) + "\n")
    sys.stdout.write(f"seed {seed}, memory {before} -> {_memory()} MiB at most\n")
    return 1 if any(result.failures for result in results) else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description="Try it very often.")
    parser.add_argument("--count", type=int, default=100_000, help="PDUs (default 100000); cycles: a tenth")
    parser.add_argument("--minutes", type=float, help="stop after so long, each load after its share")
    parser.add_argument("--seed", type=int, help="to repeat an earlier run")
    parser.add_argument("--only", default="", help="loads that have this in their name")
    return parser.parse_args()


def _run(load: Load, seed: int, seconds: float | None) -> Result:
    result = Result(load.name, load.wanted)
    began = time.monotonic()
    turns = load.turns(seed)
    for turn in turns:
        try:
            result.tried += turn()
        except KeyboardInterrupt:
            result.is_interrupted = True
        except Exception as error:  # noqa: BLE001  # whatever it is, it is what we look for
            result.tried += 1
            result.failures.append(_told(error))
            sys.stderr.write(f"  {load.name}: {result.failures[-1]}\n")
        result.seconds = time.monotonic() - began
        is_late = seconds is not None and result.seconds >= seconds
        is_enough = result.tried >= load.wanted or len(result.failures) >= FAILURES_TOLD
        if is_enough or is_late or result.is_interrupted:
            break
    turns.close()
    return result


def _told(error: Exception) -> str:
    """The exception and where it was raised: an assertion often says nothing else."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} at {place.filename}:{place.lineno}: {error}"[:2000]


def _table(results: list[Result]) -> str:
    lines = [f"{'':56} {'tried':>8} {'failed':>7} {'seconds':>8}"]
    lines += [_line(result) for result in results]
    tried, failed = sum(r.tried for r in results), sum(len(r.failures) for r in results)
    lines.append(f"{'all':56} {tried:8} {failed:7} {sum(r.seconds for r in results):8.1f}")
    for result in results:
        lines += [f"\n{result.name}\n{failure}" for failure in result.failures]
    return "\n".join(lines)


def _line(result: Result) -> str:
    numbers = f"{result.tried:8} {len(result.failures):7} {result.seconds:8.1f}"
    return f"{result.name[:56]:56} {numbers}  {result.verdict}"


def _memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    sys.exit(main())
