"""The worker, the pages and the simulated modem as processes of their own, started by the command line."""

from __future__ import annotations

import csv
import json
import os
import signal
import stat
from http.client import HTTPConnection
from typing import Any

import pytest

from appliance import clock
from appliance.demo.calls import COLUMNS, export
from tests.cli.boxes import Box


def modem_of(box: Box) -> dict[str, Any]:
    [modem] = box.run("status", "--json").json["modems"]
    return dict(modem)


def test_a_missing_port_is_reported_and_waited_for(box: Box) -> None:
    box.start("worker")
    box.wait(lambda: "opened as soon as it appears" in modem_of(box)["sentence"], "the port was not missed")
    found = modem_of(box)
    assert (found["state"], found["signal"], found["registered"]) == ("absent", None, False)
    assert str(box.folder / "modem") in found["sentence"]
    assert f"main: absent, no signal. {found['sentence']}" in box.run("status").out
    box.drop("calls.csv", box.call("S1", "541-555-0123"))
    box.wait(lambda: modem_of(box)["queue"] == 2, "calls are not taken without a modem")

    radio = box.simulate()
    box.wait(lambda: modem_of(box)["state"] == "ready", "the modem was not taken")
    box.wait(lambda: radio.count() == 2, "what had waited did not leave")
    radio.close()
    assert box.stop("worker") == 0
    assert (modem_of(box)["state"], modem_of(box)["sentence"]) == ("absent", "The worker is stopped.")


def test_a_bad_row_goes_to_rejected_with_its_place_and_the_good_ones_go_on(box: Box) -> None:
    box.start("worker")
    good, bad, more = (box.call(f"S{n}", f"541-555-012{n}") for n in range(3))
    rows = list(csv.DictReader(export([good, bad, more]).splitlines()))
    rows[1]["CREATE_TIME_INCIDENT"] = "yesterday"
    lines = [",".join(COLUMNS), *(",".join(row.values()) for row in rows), "S9,one cell too few"]
    box.drop_text("calls.csv", "\n".join(lines) + "\n")
    rejected = box.feed / "rejected"
    box.wait(lambda: not (box.feed / "calls.csv").exists(), "the file was not taken")
    box.wait(lambda: rejected.is_dir() and any(rejected.iterdir()), "nothing was rejected")

    assert sorted(box.rows("SELECT call_id FROM incidents")) == [("S0",), ("S2",)]
    [file] = rejected.iterdir()
    assert file.name == "calls.csv"
    found = list(csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines()))
    assert [row["line"] for row in found] == ["3", "5"]
    assert found[0]["column"] == "CREATE_TIME_INCIDENT"
    assert all(row["reason"] and row["remedy"] for row in found)
    kept = file.read_text(encoding="utf-8")
    assert "SAMPLE ST" not in kept and "5550121" not in kept, "an address or a number was kept"


def test_a_hold_stops_sending_within_two_seconds_and_release_lets_it_go_on(box: Box) -> None:
    assert box.import_policy("[limits]\nnotices_per_number_per_day = 0\n").code == 0
    radio = box.simulate("--network-time", "0.2")
    box.start("worker")
    box.drop("calls.csv", *(box.call(f"S{n}", f"541-555-01{n}") for n in range(10, 40)))
    box.wait(lambda: radio.count() >= 3, "nothing left")

    assert box.run("hold", "sample drill").code == 0
    held_at = clock.monotonic()
    box.wait(lambda: clock.monotonic() - held_at > 2.0, "time stands still")
    left = radio.count()
    assert left < 60, "all had left before the hold"
    # Longer than several texts take: whatever was in flight at the hold has landed.
    box.wait(lambda: clock.monotonic() - held_at > 4.0, "time stands still")
    assert radio.count() == left
    assert box.run("status", "--json").json["queue"]["queued"] == 60 - left

    radio.say("+15415550199", "help me")
    box.wait(lambda: box.rows("SELECT 1 FROM replies WHERE alarm = 'red'") != [], "a hold stopped receiving")
    assert box.run("release").code == 0
    box.wait(lambda: radio.count() >= left + 3, "nothing left after the release")
    radio.close()


def page(box: Box, path: str) -> tuple[int, str]:
    link = HTTPConnection("127.0.0.1", box.port, timeout=10)
    try:
        link.request("GET", path)
        answer = link.getresponse()
        return answer.status, answer.read().decode()
    finally:
        link.close()


def answers(box: Box) -> bool:
    try:
        return page(box, "/healthz")[0] == 200
    except OSError:
        return False


def test_the_pages_say_why_until_the_schema_fits(bare: Box) -> None:
    bare.start("web")
    bare.wait(lambda: answers(bare), "the pages never came up")
    code, text = page(bare, "/login")
    assert code == 503
    assert "The database does not exist yet" in text
    assert not (bare.folder / "data").exists(), "the pages made the database"

    (bare.folder / "data").mkdir()
    (bare.folder / "data" / "aftercall.db").touch()
    code, text = page(bare, "/")
    assert code == 503
    assert "is being brought up to date" in text

    assert bare.run("init").code == 0
    assert page(bare, "/login")[0] == 200
    assert page(bare, "/readyz") == (200, "ready\n")
    assert page(bare, "/")[0] == 303, "nobody is let in without logging in"
    assert bare.stop("web") == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
def test_a_simulated_modem_goes_without_a_trace(bare: Box, number: signal.Signals) -> None:
    radio = bare.simulate()
    link = bare.folder / "modem"
    assert link.is_symlink() and stat.S_ISCHR(link.stat().st_mode)
    assert stat.S_IMODE((bare.folder / "control").stat().st_mode) == 0o600
    radio.close()
    process = bare.processes.pop("simulate-modem")
    os.kill(process.pid, number)
    assert process.wait(10) == 0
    assert sorted(path.name for path in bare.folder.iterdir()) == ["config.toml", "simulate-modem.log"]


def test_the_simulated_modem_answers_at_commands_and_lists_its_faults(bare: Box) -> None:
    process = bare.start(
        "simulate-modem", "--link", str(bare.folder / "m"), "--fault", "nonsense", name="wrong"
    )
    assert process.wait(30) == 2
    assert "nonsense" in bare.log("wrong").read_text(encoding="utf-8")


def test_the_worker_without_a_box_says_to_make_one(bare: Box) -> None:
    assert bare.start("worker").wait(30) == 1
    assert "Run `aftercall init` first" in bare.log("worker").read_text(encoding="utf-8")
    assert not (bare.folder / "data").exists()


def test_what_a_script_reads_is_the_same_from_a_real_process(box: Box) -> None:
    process = box.start("status", "--json", name="status")
    assert process.wait(30) == 0
    found = json.loads(box.log("status").read_text(encoding="utf-8"))
    assert found == box.run("status", "--json").json
