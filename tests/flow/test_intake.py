"""The same rows in any order, repeated, in any file: nothing new is planned, and no text twice."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.clock import HOUR, MINUTE, SECOND
from appliance.domain.records import IncidentRecord
from appliance.flow import intake
from appliance.store import models as t
from appliance.store import policies
from tests.flow.box import OTHER, RESIDENT, Box, boxed, digest, local

KINDS = ("plain", "late_unit", "renumbered", "never_later", "unlisted")


def story(call_id: str, kind: str, began: int) -> list[IncidentRecord]:
    """The versions of one call as CAD would export them, each a minute or more after the one before."""
    first = IncidentRecord(
        feed="cad", call_id=call_id, received_at=began, call_type="NOISE COMPLAINT", priority="4",
        phone=f"541-555-01{int(call_id[-2:]):02d}",
    )  # fmt: skip
    if kind == "unlisted":
        first = replace(first, call_type="GRAFFITI")
    versions = [first, replace(first, dispatched_at=began + 5 * MINUTE)]
    if kind == "late_unit":
        versions.append(replace(versions[-1], arrived_at=began + 9 * MINUTE, unit="4A12"))
    if kind == "renumbered":
        versions.append(replace(versions[-1], arrived_at=began + 9 * MINUTE, phone=OTHER))
    closed = replace(versions[-1], closed_at=began + 20 * MINUTE)
    versions.append(closed)
    if kind == "never_later":
        versions.append(replace(closed, closed_at=began + 21 * MINUTE, disposition="DV REPORT"))
    return versions


def planned(files: list[list[IncidentRecord]]) -> tuple[set[tuple[str, str]], list[tuple[str, str, int]]]:
    """What a box makes of these files, an hour apart in nothing: message keys with states, and meanings."""
    with TemporaryDirectory() as folder, boxed(Path(folder), breaker={"texts": 0}) as box:
        box.now = local(12)
        for rows in files:
            box.take(*rows)
        box.plan()
        box.send()
        box.later(4 * HOUR).plan()
        box.send()
        keys = {
            (row.key.rpartition("+")[0], row.state)
            for row in t.Message.select()
            if row.state not in ("cancelled", "expired")
        }
        meanings = [
            (row.incident.call_id, row.kind, row.number_id)
            for row in t.Message.select()
            if row.incident is not None and row.state == "sent"
        ]
        return keys, meanings


@given(
    kinds=st.lists(st.sampled_from(KINDS), min_size=1, max_size=3),
    chance=st.randoms(use_true_random=False),
    files=st.integers(1, 4),
    repeats=st.integers(1, 3),
)
@settings(max_examples=25, deadline=None)
def test_order_and_repetition_change_nothing(
    kinds: list[str], chance: random.Random, files: int, repeats: int
) -> None:
    began = local(11, 38)
    rows = [
        version for n, kind in enumerate(kinds) for version in story(f"26-{n + 10}", kind, began + n * SECOND)
    ]
    in_order, meanings = planned([rows])
    assert len(meanings) == len(set(meanings))
    shuffled = rows * repeats
    chance.shuffle(shuffled)
    cut = max(1, len(shuffled) // files)
    mixed, meanings = planned([shuffled[at : at + cut] for at in range(0, len(shuffled), cut)])
    assert len(meanings) == len(set(meanings)), "a text with the same meaning twice"
    assert mixed == in_order


def test_the_same_file_ten_times_and_shuffled_sends_nothing_new(box: Box) -> None:
    rows = [
        version
        for n, kind in enumerate(KINDS)
        for version in story(f"26-{n + 10}", kind, box.now - 22 * MINUTE)
    ]
    assert box.take(*rows) == len(rows)
    box.plan()
    left = len(box.send())
    for turn in range(10):
        random.Random(turn).shuffle(rows)
        assert box.take(*rows) == 0
        box.later(MINUTE).plan()
        assert box.send() == []
    assert left == 3, "not the unlisted call, not the one on the never-list"


def test_rows_that_were_taken_count_as_unchanged_though_the_file_is_another(box: Box) -> None:
    record = box.closed()
    rows = [(record, digest(record))] * 3
    counts = intake.accept(
        intake.Source("cad", "again.csv", "1" * 64, 2, 1), rows, policies.current(), frozenset(), box.now
    )
    assert (counts.accepted, counts.unchanged, counts.rejected, counts.quarantined) == (1, 2, 2, 1)
    line = t.Intake.get()
    assert (line.source, line.accepted, line.unchanged, line.rejected) == ("again.csv", 1, 2, 2)


def test_the_hash_of_a_record_is_keyed_before_it_is_stored(box: Box) -> None:
    record = box.closed()
    box.take(record)
    assert t.Version.get().digest != digest(record)


def test_a_missing_time_takes_nothing_back(box: Box) -> None:
    first = box.closed()
    box.take(first)
    box.take(replace(first, dispatched_at=None, beat="2"))
    row = t.Incident.get()
    assert (row.dispatched_at, row.beat) == (first.dispatched_at, "2")


def test_an_older_version_changes_nothing(box: Box) -> None:
    first = box.closed()
    box.take(first)
    box.take(replace(first, closed_at=None, beat="9", phone=OTHER))
    row = t.Incident.get()
    assert (row.beat, row.closed_at, row.number.e164) == ("", first.closed_at, RESIDENT)


def test_two_feeds_may_use_the_same_call_numbers(box: Box) -> None:
    box.take(box.closed(), box.closed(feed="fire", phone=OTHER))
    box.plan()
    assert sorted(number for number, _ in (box.send(), box.air)[1]) == [RESIDENT, OTHER]


@pytest.mark.parametrize("count", [1, 100, 101, 250])
def test_many_rows_take_a_commit_a_hundred(box: Box, count: int) -> None:
    from appliance.store import database

    commits: list[int] = []
    database.after_commit(lambda: commits.append(1))
    rows = [box.closed(f"26-{n}", call_type="GRAFFITI", phone="") for n in range(count)]
    assert box.take(*rows) == count
    database.forget_hooks()
    assert len(commits) == -(-count // 100) + 1
