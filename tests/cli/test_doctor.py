"""`doctor`: what a person reads where a text cannot leave, with the worker and without one."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from appliance import clock, config
from appliance.cli.worker_lock import worker_runs
from appliance.clock import MINUTE
from appliance.domain.records import AlarmLevel
from appliance.store import alarms, database, heartbeats, pairings, sims, switches
from modem.ports import open_port
from tests.cli.boxes import Box

READY = {
    "state": "ready",
    "sentence": "Ready.",
    "signal": -71,
    "registered": True,
    "registration": "home",
    "sim": "8901260000000000001",
    "imei": "001010123456789",
    "centre": "+15415550100",
    "storage_used": 0,
    "storage_total": 20,
}


@contextmanager
def worker(
    box: Box, changes: dict[str, object] | None = None, *, age: int = 0, **more: object
) -> Iterator[None]:
    """A worker as others see it: it holds the lock and gave a sign of life `age` ms ago."""
    details = {**READY, **(changes or {}), **more}
    lock = os.open(box.folder / "data" / "worker.lock", os.O_CREAT | os.O_RDWR, 0o660)
    fcntl.flock(lock, fcntl.LOCK_EX)
    database.configure(box.folder / "data" / "aftercall.db")
    with database.connection(), database.transaction():
        heartbeats.beat("modem:main", str(details["state"]), clock.now() - age, details)
    try:
        yield
    finally:
        os.close(lock)


def codes(found: Any) -> list[str]:
    """The codes, without what depends on the time of day and this machine's disk."""
    return [finding["code"] for finding in found["findings"] if finding["code"] not in ("window", "disk_low")]


def told(box: Box) -> tuple[int, Any]:
    """Exit status and the JSON, whatever the status."""
    found = box.run("doctor", "--json")
    return found.code, json.loads(found.out)


def test_with_a_worker_that_is_well_nothing_is_found(box: Box) -> None:
    with worker(box):
        code, found = told(box)
    assert (code, found["good"], found["looked"], codes(found)) == (0, True, "worker", [])
    (modem,) = found["modems"]
    assert (modem["name"], modem["signal"], modem["budget"]["day"]) == ("main", -71, {"used": 0, "limit": 0})


TOLD = [
    ({"state": "parked", "reason": "no_sim", "registered": False}, ["no_sim"]),
    ({"state": "recovering", "reason": "mute", "registered": False}, ["mute"]),
    ({"state": "absent", "reason": "port_missing", "registered": False}, ["port_missing"]),
    ({"registered": False, "registration": "denied"}, ["denied"]),
    ({"registration": "roaming"}, ["roaming"]),
    ({"centre": ""}, ["no_centre"]),
    ({"storage_used": 20}, ["storage_full"]),
]


@pytest.mark.parametrize(("changes", "expected"), TOLD, ids=[row[1][0] for row in TOLD])
def test_what_the_worker_saw_is_told(box: Box, changes: dict[str, object], expected: list[str]) -> None:
    with worker(box, changes):
        code, found = told(box)
    assert (code, codes(found)) == (1, expected)


def test_what_the_store_knows_is_told(box: Box) -> None:
    with worker(box), database.connection(), database.transaction():
        now = clock.now()
        switches.hold("sample drill", "sample-admin", now)
        sims.meet("8901260000000000001", now)
        sims.pause("8901260000000000001", now + MINUTE, "account", now)
        alarms.raise_alarm(
            "feed_fault", AlarmLevel.AMBER, "feed:cad", now, details={"sentence": "No folder."}
        )
    with worker(box):
        found = box.run("doctor")
    assert found.code == 1
    problems = [line for line in found.out.splitlines() if line.startswith("PROBLEM")]
    assert problems == [
        "PROBLEM  box: Sending is on hold (sample-admin): sample drill",
        "PROBLEM  modem main: The carrier takes no texts from this SIM.",
        "PROBLEM  feed cad: The feed cannot be read: No folder.",
    ]
    assert "Next: When the reason is gone: aftercall release, or the Hold page." in found.out
    assert found.out.endswith("3 problems found\n")


def test_a_swapped_sim_is_told_until_it_is_confirmed(box: Box) -> None:
    with worker(box, sim="8901260000000000009"):
        with database.connection(), database.transaction():
            for sim in ("8901260000000000001", "8901260000000000009"):
                sims.meet(sim, clock.now())
                pairings.check("main", "001010123456789", sim, clock.now())
        assert codes(told(box)[1]) == ["swap"]
        assert box.run("modem", "confirm", "main").code == 0
        assert told(box)[0] == 0


def test_a_worker_that_has_gone_silent_is_told(box: Box) -> None:
    with worker(box, age=10 * MINUTE):
        assert codes(told(box)[1]) == ["modem_unheard"]


# ---- without a worker the modem itself is looked at


def test_without_worker_and_modem_the_port_is_what_is_missing(box: Box) -> None:
    code, found = told(box)
    assert (code, found["looked"], codes(found)) == (1, "port", ["port_missing"])
    text = box.run("doctor").out
    assert f"There is no modem at {box.folder / 'modem'}." in text
    assert "looked at just now; no worker runs" in text


def test_without_a_worker_a_good_modem_is_found_good_and_left_alone(box: Box) -> None:
    radio = box.simulate()
    radio.say("+15415550123", "4")
    code, found = told(box)
    assert (code, found["looked"], codes(found)) == (0, "port", [])
    (modem,) = found["modems"]
    assert modem["state"] == "ready" and modem["is_registered"] and modem["centre"]
    assert (modem["storage_used"], radio.count()) == (1, 0)
    assert box.rows("SELECT count(*) FROM heartbeats") == [(0,)]
    assert box.rows("SELECT count(*) FROM sims") == [(0,)]
    radio.close()


def test_a_look_never_enters_a_pin(box: Box) -> None:
    radio = box.simulate()
    radio.ask("sim", number="+15415550100", pin="4711")
    (box.folder / "pin").write_text("4711\n", encoding="ascii")
    assert codes(told(box)[1]) == ["pin_needed"]
    text = box.config.read_text(encoding="utf-8")
    box.config.write_text(text.replace('port = "modem"\n', 'port = "modem"\nsim_pin_file = "pin"\n'), "utf-8")
    assert codes(told(box)[1]) == ["pin_waits"]
    radio.close()


def test_asking_whether_a_worker_runs_keeps_none_out(box: Box) -> None:
    loaded = config.load(box.config)
    for _ in range(2):
        assert not worker_runs(loaded)
        with worker(box):
            assert worker_runs(loaded)


def test_a_port_that_another_program_holds_is_told_with_its_name(box: Box) -> None:
    radio = box.simulate()
    holder = open_port(str(box.folder / "modem"))
    try:
        code, found = told(box)
    finally:
        holder.close()
        radio.close()
    assert (code, found["looked"], codes(found)) == (1, "port", ["port_busy"])
    assert "Stop it; only one program can drive a modem." in found["findings"][0]["what"]


def test_a_shadow_box_says_first_that_nothing_is_sent(box: Box) -> None:
    box.config.write_text(box.config.read_text("utf-8").replace('"live"', '"shadow"'), "utf-8")
    with worker(box):
        code, found = told(box)
    assert (code, codes(found)) == (1, ["shadow"])
