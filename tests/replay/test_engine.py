"""A replay decides as the box does: the same versions at the same instants, event by event."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from appliance.clock import DAY, HOUR, Instant
from appliance.domain.records import Verdict
from appliance.replay import history
from appliance.replay.engine import Engine
from appliance.replay.history import Version
from appliance.store import decisions, policies, switches
from appliance.store import models as t
from tests.flow.box import RESIDENT, ZONE, Box, boxed, local
from tests.replay import days

Fates = dict[tuple[str, str, str], list[tuple[str, Instant]]]


def of_box(box: Box, told: list[Version]) -> Fates:
    """What the real store makes of it in shadow mode, each step at its own time."""
    for at, record in told:
        until(box, at)
        box.now = at
        box.feed_speaks()
        box.take(record)
        box.plan()
    until(box, box.now + 3 * DAY)
    fates: Fates = {}
    for row in t.Event.select().order_by(t.Event.id):
        last = t.Decision.select().where(t.Decision.event == row.id).order_by(t.Decision.id.desc()).first()
        number = row.number.e164 if row.number and row.number.e164 else "-"
        fates.setdefault((row.incident.call_id, row.kind, number), []).append((last.reason, last.at))
    return fates


def until(box: Box, end: Instant) -> None:
    """Plans whenever something is due, and whenever a delay could be told."""
    while True:
        due = [at for at in (decisions.next_due(), next_delay(box)) if at is not None and at > box.now]
        if not due or min(due) > end:
            return
        box.now = min(due)
        box.feed_speaks()
        box.plan()


def next_delay(box: Box) -> Instant | None:
    after = policies.current().policy.delayed.after
    times = [row.received_at + after for row in t.Incident.select(t.Incident.received_at)]
    return min((at for at in times if at > box.now), default=None)


def of_replay(box: Box, told: list[Version]) -> Fates:
    engine = Engine(policies.current().policy, ZoneInfo(ZONE))
    fates: Fates = {}
    for outcome in engine.run(told):
        reason = "shadow_mode" if outcome.verdict is Verdict.SEND else outcome.reason
        key = (outcome.call_id, outcome.kind.value, outcome.number or "-")
        fates.setdefault(key, []).append((reason, outcome.at))
    assert sum(len(each) for each in fates.values()) == engine.events
    return fates


@pytest.mark.parametrize("seed", range(8))
def test_every_event_has_the_same_fate_as_in_the_box(tmp_path: Path, seed: int) -> None:
    with boxed(tmp_path, "shadow", breaker={"texts": 0, "usual": 0.0}) as box:
        told = days.calls(seed, 60, local(7, 0), 16 * HOUR)
        box.now = told[0][0]
        real, replayed = of_box(box, told), of_replay(box, told)
        # A number that is locked stands in the box as its hash alone; its events are the same in number.
        clear = {key: fates for key, fates in real.items() if key[2] != "-"}
        for key, fates in clear.items():
            assert [reason for reason, _ in replayed[key]] == [reason for reason, _ in fates], key
            assert [at for _, at in replayed[key]] == [at for _, at in fates], key
        assert sum(map(len, real.values())) == sum(map(len, replayed.values()))
        texted = {reason for fates in clear.values() for reason, _ in fates}
        assert "shadow_mode" in texted and len(texted) > 5
        assert switches.breaker() is None


def test_a_final_row_is_told_as_it_happened() -> None:
    told = days.calls(1, 40, local(9), 5 * HOUR)
    final = [record for _, record in told if record.closed_at and record.dispatched_at]
    for record in final:
        versions = list(history.versions(record))
        assert [at for at, _ in versions] == sorted(at for at, _ in versions)
        assert versions[-1][1] == record
        first = versions[0][1]
        assert (first.dispatched_at, first.closed_at, first.disposition, first.unit) == (None, None, "", "")


def test_rows_a_little_out_of_order_are_told_in_order_and_others_are_said() -> None:
    records = [record for _, record in days.calls(2, 50, local(9), DAY)]
    mixed = [at for at, _ in history.in_order(reversed(records))]
    assert mixed == sorted(mixed)
    far = [record for _, record in days.calls(3, 400, local(9), 60 * DAY)]
    with pytest.raises(history.OutOfOrder):
        list(history.in_order(reversed(far)))
    sorted_at = [at for at, _ in history.all_sorted(reversed(far))]
    assert sorted_at == sorted(sorted_at)


def test_a_flood_is_counted_as_one_the_breaker_would_have_stopped(tmp_path: Path) -> None:
    with boxed(tmp_path) as box:
        at = local(12)
        flood = [
            (at, box.closed(f"26-{n}", closed_at=at, phone=f"+1541555{100 + n:04d}")) for n in range(40)
        ]  # fmt: skip
        engine = Engine(policies.current().policy, ZoneInfo(ZONE))
        outcomes = list(engine.run(flood))
        assert next(code for _, code in engine.trips) == "many_at_once"
        assert sum(o.verdict is Verdict.SEND and o.kind == "closed" for o in outcomes) == 40


def test_what_is_old_is_forgotten(tmp_path: Path) -> None:
    with boxed(tmp_path) as box:
        engine = Engine(policies.current().policy, ZoneInfo(ZONE))
        for day in range(80):
            at = local(12) + day * DAY
            engine.step(at, box.closed(f"26-{day}", received_at=at - HOUR, closed_at=at, phone=RESIDENT))
        assert len(engine._calls) < 20
