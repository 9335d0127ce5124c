"""What is printed: figures with their aims, and the arithmetic behind them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value; `aim` is a bound it must not pass, `at_least` says on which side."""

    name: str
    value: float | None
    unit: str = ""
    aim: float | None = None
    at_least: bool = False
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the aim is met; None where there is none, or nothing was measured."""
        if self.aim is None or self.value is None:
            return None
        return self.value >= self.aim if self.at_least else self.value <= self.aim

    def cells(self) -> tuple[str, str, str]:
        """Value, aim and whether it is met, for people."""
        return _value(self), _aim(self), _met(self)

    def as_json(self) -> dict[str, object]:
        """The figure as the JSON output has it."""
        return {
            "measure": self.name,
            "value": None if self.value is None else round(self.value, 4),
            "unit": self.unit,
            "aim": self.aim,
            "aim_is": None if self.aim is None else ("at least" if self.at_least else "at most"),
            "met": self.met,
            "note": self.note,
        }


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that `share` of all values do not pass (nearest rank)."""
    if not values:
        raise ValueError("there is no percentile of nothing")
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def link_share(texts: int, network_time: float, seconds: float) -> float:
    """How much of the time from the first AT+CMGS to the last OK the network itself needed."""
    return texts * network_time / seconds


def table(figures: Sequence[Figure]) -> str:
    """The figures as a table for people: measure, value, aim, met."""
    rows = [("measure", "value", "aim", "met", "")] + [
        (each.name, *each.cells(), each.note) for each in figures
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    return "\n".join(line.rstrip() for line in [lines[0], "-" * len(lines[0].rstrip()), *lines[1:]])


def _value(figure: Figure) -> str:
    return "-" if figure.value is None else f"{shown(figure.value)} {figure.unit}".rstrip()


def _aim(figure: Figure) -> str:
    if figure.aim is None:
        return ""
    return f"{'>=' if figure.at_least else '<='} {shown(figure.aim)} {figure.unit}".rstrip()


def _met(figure: Figure) -> str:
    return {None: "", True: "yes", False: "NO"}[figure.met]


def shown(value: float) -> str:
    """Three figures, whole numbers from 100 on."""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.3g}"
