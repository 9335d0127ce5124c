"""The report in plain text, for a terminal: the same figures and the same honesty as on paper."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

FUNNEL = ("calls", "invited", "delivered", "started", "completed", "opted_out")
SELF_SELECTION = "Respondents chose to answer; results describe them, not all callers."


def whole(figures: Mapping[str, Any]) -> str:
    """The report of `store.reports.contract` as a person reads it."""
    return "\n".join(_lines(figures))


def _lines(figures: Mapping[str, Any]) -> Iterator[str]:
    period, funnel = figures["period"], figures["funnel"]
    yield f"Calls received {period['from']} to {period['to']}"
    yield ""
    for name in FUNNEL:
        value = funnel[name]
        yield f"  {name.replace('_', ' '):<12}{'not reported' if value is None else value}"
    for reason, count in sorted(funnel["excluded"].items(), key=lambda item: (-item[1], item[0])):
        yield f"  excluded    {count:<5}{reason}"
    yield f"  response    {_rate(figures)}"
    if funnel["cut_off"]:
        yield f"  cut off     {funnel['cut_off']:<5}a question of ours did not arrive; not in the rate"
    yield ""
    yield f"  {'question':<12}{'n':>6}{'mean':>7}    1    2    3    4    5"
    for question in figures["questions"]:
        mean = "-" if question["mean"] is None else f"{question['mean']:.2f}"
        spread = "".join(f"{question['distribution'].get(str(score), 0):>5}" for score in range(1, 6))
        yield f"  {question['id']:<12}{question['n']:>6}{mean:>7}{spread}"
    for other in figures["others"]:
        told = ", ".join(f"{label} {count}" for label, count in other["counts"].items())
        mean = "" if other["mean"] is None else f"mean {other['mean']:.1f}"
        yield f"  {other['id']:<12}{other['n']:>6}  {told or mean or '-'}"
    yield ""
    yield f"No mean is printed below n = {figures['min_n']}. {SELF_SELECTION}"


def _rate(figures: Mapping[str, Any]) -> str:
    rate = figures["response_rate"]
    return "nobody was invited" if rate is None else f"{rate:.0%} of {figures['base']}"
