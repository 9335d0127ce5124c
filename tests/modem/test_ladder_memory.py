"""What of a ladder outlives the process."""

from __future__ import annotations

from dataclasses import replace

import pytest

from modem import ladder_memory
from modem.rungs import CHEAP, HOUR, Attach, Outcome, Rung, radio_allowed_at
from modem.supervisor import Ladder
from tests.modem.ladders import MINUTE, NOW, PACE, WALL, MuteModem, tried, working


def test_a_rung_counts_from_its_beginning() -> None:
    """A worker that dies in the middle of it must not find it undone."""
    supervisor = working()
    supervisor.begin(Rung.RESTART, NOW)
    kept = ladder_memory.kept(supervisor.ladder, NOW, WALL)
    again = ladder_memory.recalled(Ladder(heard_at=NOW), kept, NOW, WALL)
    assert (again.series, again.attaches) == (1, (Attach(Rung.RESTART, NOW),))
    assert again.record(Rung.RESTART).outcome is Outcome.UNSURE


def test_what_is_kept_comes_back_after_a_restart() -> None:
    pace = replace(PACE, person_after=1e9)
    modem = MuteModem(None, pace=pace, cannot=frozenset({Rung.HUB_POWER}))
    modem.run(HOUR)
    before = modem.supervisor.ladder
    kept = ladder_memory.kept(before, modem.now, WALL)
    after = ladder_memory.recalled(Ladder(heard_at=5.0), kept, 5.0 + 60.0, WALL + 60_000)
    shift = 5.0 - modem.now
    assert (after.series, after.impossible, after.needs_person) == (
        before.series,
        before.impossible,
        before.needs_person,
    )
    assert after.tried == before.tried - CHEAP
    assert [a.at for a in after.attaches] == pytest.approx([a.at + shift for a in before.attaches], abs=0.01)
    assert {rung: record.tried for rung, record in after.records.items()} == {
        rung: record.tried for rung, record in before.records.items()
    }


def test_what_happened_before_it_was_recalled_is_not_lost() -> None:
    old = tried(working(), Rung.RESTART, Rung.RESTART).ladder
    new = tried(working(), Rung.RESTART, at=NOW + 90).ladder
    both = ladder_memory.recalled(new, ladder_memory.kept(old, NOW, WALL), NOW + 100, WALL + 100_000)
    assert (both.series, len(both.attaches)) == (3, 3)
    record = both.record(Rung.RESTART)
    assert (record.tried, record.at) == (3, NOW + 90)


def test_after_a_day_without_attach_a_series_is_over() -> None:
    old = tried(working(), Rung.RESTART, Rung.RESTART).ladder
    kept = ladder_memory.kept(old, NOW, WALL)
    again = ladder_memory.recalled(Ladder(heard_at=NOW), kept, NOW, WALL + 86_400_000)
    assert (again.series, again.attaches) == (0, ())


def test_a_clock_set_back_makes_a_rung_late_and_never_early() -> None:
    old = tried(working(), Rung.RESTART, Rung.RESTART).ladder
    kept = ladder_memory.kept(old, NOW, WALL)
    again = ladder_memory.recalled(Ladder(heard_at=NOW), kept, NOW, WALL - 86_400_000)
    assert radio_allowed_at(again.attaches, again.series, NOW, PACE) == NOW + MINUTE


@pytest.mark.parametrize(
    "text",
    [
        *("", "{}", "[]", "nonsense", '{"version":2}', '{"version":1}', '{"version":1,"series":Infinity}'),
        '{"version":1,"series":1,"attaches":[["lift",1]],"rungs":{},"tried":[],"impossible":[]}',
    ],
)
def test_a_memory_that_cannot_be_read_is_none(text: str) -> None:
    ladder = tried(working(), Rung.RESTART).ladder
    assert ladder_memory.recalled(ladder, text, NOW, WALL) == ladder
