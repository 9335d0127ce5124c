"""A box with two modems: one number, one SIM; the other helps out, but never with what may have left."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from modem.simulator.equipment import Identity, Sim
from modem.simulator.pty import PtyModem
from tests.walk.resident import RESIDENT, TEXTS, answer, is_over, judge
from tests.walk.rig import Box, boxed

pytestmark = pytest.mark.timeout(300)

SPARE = "+19075550101"
OTHERS = [f"+1541555{number:04d}" for number in range(130, 142)]
TWO = """
[[modem]]
name = "spare"
port = "modem-2"
"""


@contextmanager
def two(folder: Path, **radio: float) -> Iterator[tuple[Box, PtyModem]]:
    """A box whose second modem has an IMEI and a SIM of its own; both plugged in."""
    with boxed(folder, **radio) as box:
        path = box.stage.config_path
        path.write_text(path.read_text(encoding="utf-8") + TWO, encoding="utf-8")
        identity = Identity(imei="001010123456780")
        spare = PtyModem(box.stage.folder / "modem-2", box.network, number=SPARE, identity=identity)
        with spare:
            spare.change_sim(Sim(SPARE, iccid="8900101555010000025", imsi="001010555010001"))
            yield box, spare


def both_ready(box: Box) -> bool:
    rows = box.rows("SELECT state FROM heartbeats WHERE name LIKE 'modem:%' AND at >= ?", box.started_at)
    return sorted(rows) == [("ready",), ("ready",)]


def senders(box: Box) -> dict[str, set[str]]:
    """Recipient -> the numbers it got texts from."""
    found: dict[str, set[str]] = {}
    for sent in box.network.sent:
        found.setdefault(sent.recipient, set()).add(sent.sender)
    return found


def test_a_number_is_texted_by_one_sim_and_the_sims_share_the_work(tmp_path: Path) -> None:
    with two(tmp_path / "box", network_time=0.05) as (box, _spare):
        box.answering(answer)
        box.start()
        box.wait(lambda: both_ready(box), "the modems did not come up")
        calls = [box.call(number, event=f"SAMPLE{place}") for place, number in enumerate(OTHERS)]
        box.drop("calls.csv", calls)
        box.wait(
            lambda: len(box.network.sent) == TEXTS * len(OTHERS) and box.is_idle(), "texts are missing", 120
        )
        assert box.stop() == 0

        by = senders(box)
        assert set(by) == set(OTHERS)
        assert all(len(numbers) == 1 for numbers in by.values()), "a resident saw two numbers"
        assert {number for numbers in by.values() for number in numbers} == {box.modem.number, SPARE}
        assert box.one("SELECT COUNT(*) FROM answers WHERE question = 'overall'") == len(OTHERS)


def test_new_numbers_go_by_the_modem_that_is_there(tmp_path: Path) -> None:
    with two(tmp_path / "box") as (box, spare):
        spare.unplug()
        box.answering(answer)
        box.start()
        box.wait(lambda: bool(box.signs("modem:main")), "the modem did not come up")
        box.drop("calls.csv", [box.call(RESIDENT)])
        box.wait(lambda: is_over(box), "the survey did not go by the other modem", 60)
        assert box.stop() == 0
        judge(box)
        assert senders(box) == {RESIDENT: {box.modem.number}}


def test_what_may_have_left_by_one_is_not_sent_by_the_other(tmp_path: Path) -> None:
    with two(tmp_path / "box") as (box, spare):
        spare.unplug()
        box.modem.faults.arm("unplug", when="entry")
        box.start()
        box.drop("calls.csv", [box.call(RESIDENT)])
        unknown = "SELECT COUNT(*) FROM messages WHERE state = 'unknown'"
        box.wait(lambda: box.one(unknown) == 1, "the cut text is not unknown")
        spare.replug()
        box.drop("more.csv", [box.call(OTHERS[0], event="SAMPLE2")])
        box.wait(lambda: OTHERS[0] in senders(box), "nothing went by the modem that is left", 60)
        box.wait(lambda: len(box.network.sent) == 2, "the survey did not go by the modem that is left", 60)
        assert box.stop() == 0
        assert senders(box) == {OTHERS[0]: {SPARE}}
        assert box.one(unknown) == 1
