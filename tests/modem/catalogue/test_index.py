"""No entry of the catalogue is forgotten, and what the index says is there is there."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

from tests.modem.catalogue.entries import ENTRIES

ROOT = Path(__file__).parents[3]
NAMED = re.compile(r"^ *def (test_((?:b\d+b?_)+)\w*)\(", re.MULTILINE)
NUMBER = re.compile(r"b0*(\d+b?)_")


@cache
def named() -> dict[str, list[str]]:
    """The tests named after an entry, by its number."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for name, numbers in NAMED.findall(path.read_text(encoding="utf-8")):
            for number in NUMBER.findall(numbers):
                found[number].append(f"{path.relative_to(ROOT)}::{name}")
    return dict(found)


def test_every_number_is_in_the_index() -> None:
    assert list(ENTRIES) == [*map(str, range(1, 25)), "24b", *map(str, range(25, 88))]


@pytest.mark.parametrize("number", ENTRIES)
def test_each_entry_is_shown_or_cannot_be(number: str) -> None:
    entry = ENTRIES[number]
    shown = [*named().get(number, []), *entry.also]
    assert bool(shown) is not bool(entry.cannot), shown


@pytest.mark.parametrize("number", [number for number, entry in ENTRIES.items() if entry.also])
def test_what_the_index_points_to_is_there(number: str) -> None:
    for pointer in ENTRIES[number].also:
        path, _, name = pointer.partition("::")
        assert f"def {name}(" in (ROOT / path).read_text(encoding="utf-8"), pointer


def test_no_test_is_named_after_what_is_no_entry() -> None:
    assert set(named()) <= set(ENTRIES)
