"""`modem list`, `modem confirm` and `modem trace`."""

from __future__ import annotations

import getpass
import json
import re
import threading
import time

import pytest

from appliance import clock, config
from appliance.cli.doctor import NoMemory
from appliance.store import database, pairings, sims
from appliance.upkeep import tracing
from modem.device import Device
from modem.replay import ReplayStream, sessions
from modem.trace import Transcript, write_trace
from tests.cli.boxes import Box
from tests.cli.test_doctor import READY, worker

OLD, NEW = str(READY["sim"]), "8901260000000000009"
IMEI = str(READY["imei"])


def came_up(*sims_in_order: str) -> None:
    """Bring-ups of `main` with these SIMs, one after the other."""
    with database.connection(), database.transaction():
        for sim in sims_in_order:
            sims.meet(sim, clock.now())
            pairings.check("main", IMEI, sim, clock.now())


def test_the_list_names_what_is_in_each_modem(box: Box) -> None:
    with worker(box, sim=NEW, model="SIM7600"):
        came_up(OLD, NEW)
        assert re.search(r"main +ready +SIM7600 +\.\.\.0009 +another sim +/", box.run("modem", "list").out)
        (row,) = box.run("modem", "list", "--json").json
    assert (row["name"], row["changed"], row["pairing"]["sim"], row["pairing"]["seen_sim"]) == (
        "main", ["sim"], OLD, NEW,
    )  # fmt: skip


def test_a_changed_sim_is_confirmed_once_with_one_audit_row(box: Box) -> None:
    with worker(box, sim=NEW):
        came_up(OLD, NEW)
        with database.connection():
            assert sims.pause_of(NEW, clock.now()) is not None
        first, again = box.run("modem", "confirm", "main"), box.run("modem", "confirm", "main", "--json")
    assert (first.code, first.out) == (0, "Confirmed: this SIM belongs to main. Sending goes on.\n")
    assert again.json == {"name": "main", "confirmed": []}
    assert box.audited()[-1] == ("modem-confirm", "modem:main")
    assert [row for row in box.audited() if row[0] == "modem-confirm"] == [("modem-confirm", "modem:main")]
    who, details = box.rows("SELECT actor, details FROM audit ORDER BY id DESC LIMIT 1")[0]
    assert who == f"cli:{getpass.getuser()}"
    assert json.loads(details) == {"imei": IMEI, "sim": NEW, "was_sim": OLD}
    with database.connection():
        assert sims.pause_of(NEW, clock.now()) is None


def test_a_name_that_never_had_a_modem_cannot_be_confirmed(box: Box) -> None:
    found = box.run("modem", "confirm", "other")
    assert (found.code, found.out) == (1, "")
    assert "aftercall modem list" in found.err


# ---- trace


class Worker:
    """The worker's side of an export: looks for a request as its main thread does."""

    def __init__(self, box: Box, *names: str) -> None:
        self._folder = config.load(box.config).data_dir
        self._transcript = Transcript(time.monotonic)
        self._transcript.note(">", b"AT+CSQ\r")
        self._transcript.note("<", b"\r\n+CSQ: 18,99\r\n\r\nOK\r\n")
        self._names = names
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        while not self._stop.wait(0.01):
            for name in self._names:
                path = tracing.wanted(self._folder, name)
                if path is not None:
                    write_trace(self._transcript, path, f"modem {name}")
                    tracing.settle(self._folder, name)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()


def leftovers(box: Box) -> list[str]:
    return [path.name for path in (box.folder / "data").iterdir() if "trace" in path.name]


def test_a_trace_is_printed_and_leaves_nothing_but_its_audit_row(box: Box) -> None:
    with worker(box), Worker(box, "main"):
        found = box.run("modem", "trace")
    assert found.code == 0
    assert re.fullmatch(r"# modem main\n\S+ > AT\+CSQ<CR>\n\S+ < \+CSQ: 18,99<CR>\n\S+ < OK<CR>\n", found.out)
    assert box.audited()[-1] == ("modem-trace", "modem:main")
    assert leftovers(box) == []


def test_a_trace_is_written_to_a_file(box: Box) -> None:
    with worker(box), Worker(box, "main"):
        found = box.run("modem", "trace", "main", "--output", str(box.folder / "out.txt"))
    assert found.out.startswith("4 lines in ")
    assert "+CSQ: 18,99" in (box.folder / "out.txt").read_text(encoding="utf-8")


def test_without_a_worker_there_is_no_trace_and_no_waiting(box: Box) -> None:
    started = time.monotonic()
    found = box.run("modem", "trace")
    assert (found.code, found.out) == (1, "")
    assert "The worker does not run" in found.err
    assert time.monotonic() - started < 5
    assert leftovers(box) == []
    assert "modem-trace" not in [action for action, _ in box.audited()]


def test_a_worker_that_does_not_answer_is_given_up(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("appliance.cli.modems.ANSWER_WITHIN", 0.2)
    with worker(box):
        found = box.run("modem", "trace")
    assert found.code == 1 and "did not answer" in found.err
    assert leftovers(box) == []


def test_a_wrong_name_is_told_with_the_right_ones(box: Box) -> None:
    found = box.run("modem", "trace", "other")
    assert found.code == 1 and "There is: main." in found.err


def test_the_worker_tells_what_went_over_its_wire_and_it_replays(box: Box) -> None:
    radio = box.simulate()
    box.start("worker", "--config", str(box.config))
    box.wait(
        lambda: box.run("status", "--json").json["modems"][0]["state"] == "ready", "the modem never came up"
    )
    found = box.run("modem", "trace")
    assert (found.code, found.err) == (0, "")
    text = sessions(found.out)[-1]
    assert " > AT+CMGF=0<CR>" in text and not re.search(r"\d{7}", re.sub(r"\d+\.\d+", "", text))
    replay = ReplayStream(text)
    device = Device("main", replay, memory=NoMemory(), monotonic=replay.monotonic)
    assert device.bring_up().model == "Simulated Modem"
    radio.close()
