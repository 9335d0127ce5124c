"""What is gathered for the diagnosis: from the heartbeat, the store, the policy and the config."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.clock import HOUR, MINUTE
from appliance.domain.budget import Spent
from appliance.domain.modem_facts import ModemFacts
from appliance.domain.records import AlarmLevel
from appliance.store import alarms, database, heartbeats, pairings, policies, sims
from appliance.store import models as t
from appliance.upkeep import checkup
from tests.flow.box import SIM, Box, boxed, local

IMEI = "001010123456789"


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    with boxed(tmp_path) as made:
        yield made


def beat(box: Box, **details: object) -> None:
    with database.transaction():
        heartbeats.beat("modem:main", "ready", box.now, {"state": "ready", "sim": SIM, **details})


def modem(box: Box) -> ModemFacts:
    (facts,) = checkup.of_box(box.config, box.now).modems
    return facts


def test_a_modem_nobody_has_heard_of_is_known_by_its_config(box: Box) -> None:
    facts = modem(box)
    assert (facts.name, facts.port, facts.is_heard, facts.state) == ("main", "/dev/null", False, "absent")
    assert checkup.of_box(box.config, box.now).is_running is False


def test_a_heartbeat_counts_for_three_minutes(box: Box) -> None:
    beat(box, signal=-71)
    assert modem(box.later(3 * MINUTE)).is_heard
    assert not modem(box.later(1)).is_heard
    assert modem(box).signal == -71


def test_the_store_tells_pause_round_trip_swap_and_missing_test(box: Box) -> None:
    beat(box)
    with database.transaction():
        sims.pause(SIM, box.now + HOUR, "account", box.now)
        sims.note_round_trip(SIM, 3200, box.now)
        for seen in ("8901000000000000009", SIM):
            sims.meet(seen, box.now)
            pairings.check("main", IMEI, seen, box.now)
        alarms.raise_alarm("self_test_missing", AlarmLevel.AMBER, "modem:main", box.now)
    facts = modem(box)
    assert (facts.round_trip_ms, facts.changed, facts.is_test_missing) == (3200, ("sim",), True)
    assert (facts.pause, facts.pause_until) == ("swap", 0)


def test_the_budget_is_what_left_against_the_lower_limit(box: Box) -> None:
    box.import_policy(limits={"sim_per_day": 400, "sim_per_hour": 60})
    box.take(box.closed())
    box.plan()
    assert box.send()
    beat(box)
    budget = modem(box).budget
    assert budget is not None
    assert (budget.day, budget.hour, budget.minute) == (Spent(1, 400), Spent(1, 60), Spent(1, 0))


def test_after_a_look_of_our_own_nothing_old_of_the_way_to_it_is_left(box: Box) -> None:
    beat(box, signal=-71, registered=True, rung_sentence="It does not answer.")
    with database.transaction():
        sims.note_round_trip(SIM, 3200, box.now)
    seen = {"state": "parked", "reason": "no_sim", "sentence": "There is no SIM."}
    facts = checkup.looked_at(modem(box.later(HOUR)), seen, box.now)
    assert (facts.state, facts.reason, facts.is_heard) == ("parked", "no_sim", True)
    assert (facts.signal, facts.rung_sentence, facts.round_trip_ms, facts.sim) == (None, "", None, "")


@pytest.mark.parametrize(
    ("hour", "shut"),
    [
        (12, {}),
        (20, {"surveys": "09:00"}),
        (22, {"surveys": "09:00", "notices of closed calls and reports": "09:00"}),
        (8, {"surveys": "09:00", "notices of closed calls and reports": "09:00"}),
    ],
)
def test_what_waits_for_its_hours_is_named_with_the_time(box: Box, hour: int, shut: dict[str, str]) -> None:
    assert checkup.of_box(box.config, local(hour)).shut_windows == shut


def test_a_box_without_a_policy_can_be_looked_at(box: Box) -> None:
    beat(box)
    t.Policy.delete().execute()
    policies.forget_loaded()
    found = checkup.of_box(box.config, box.now)
    assert (found.enabled_types, found.shut_windows, found.modems[0].budget) == (None, None, None)
