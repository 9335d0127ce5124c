"""Entries of the failure catalogue that are about the loop, through the real worker.

What each number is: tests/modem/catalogue/entries.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from pathlib import Path

import pytest

from appliance.demo.stage import MODEM_NUMBER
from modem.simulator.network import Receipt
from tests.walk import crowd
from tests.walk.resident import RESIDENT, TEXTS, answer, is_over, judge
from tests.walk.rig import Box, boxed

pytestmark = pytest.mark.timeout(300)

UNREACHABLE = "+15415550199"
REMARKS = [f"This is remark number {number}" for number in range(12)]


def surveyed(box: Box) -> None:
    """The whole survey, from the call to the thanks, and nothing else."""
    box.drop("calls.csv", [box.call(RESIDENT)])
    box.wait(lambda: is_over(box), "the survey did not come to its end", seconds=150)
    assert box.stop() == 0
    judge(box)
    assert len(box.network.sent) == TEXTS


def modem_comes_late(box: Box) -> None:
    box.modem.unplug()
    box.start()
    box.wait(lambda: bool(box.signs("modem:main")), "the worker says nothing of a missing modem")
    assert box.signs("modem:main")[0][0] == "absent"
    box.modem.replug()
    surveyed(box)


def one_bad_number(code: int) -> Callable[[Box], None]:
    def story(box: Box) -> None:
        box.modem.faults.arm("cms_error", code=code, to=UNREACHABLE, times=1000)
        box.start()
        box.drop("calls.csv", [box.call(UNREACHABLE, event="SAMPLE1"), box.call(RESIDENT, event="SAMPLE2")])
        box.wait(
            lambda: len(box.network.sent) == TEXTS, "one number holds up the other's survey", seconds=150
        )
        assert box.stop() == 0
        assert {sent.recipient for sent in box.network.sent} == {RESIDENT}

    return story


def full_sim(box: Box) -> None:
    equipment = box.modem.modem.equipment
    equipment.settings.cpms = ("SM", "SM", "SM")
    equipment.storage["SM"].capacity = 4
    for text in REMARKS:
        box.say(RESIDENT, text)
    rest = len(REMARKS) - 4
    # A text is on its way for a moment: those that find no room are counted once they have come that far.
    assert box.network.wait_for(
        lambda: equipment.storage["SM"].used() == 4 and box.network.waiting(MODEM_NUMBER) == rest
    )
    box.start()
    box.wait(lambda: box.one("SELECT COUNT(*) FROM replies") == len(REMARKS), "a reply did not come in", 60)
    box.wait(lambda: equipment.storage["SM"].used() == 0, "the SIM was not emptied")
    assert box.stop() == 0
    assert sorted(text for (text,) in box.rows("SELECT text FROM replies")) == sorted(REMARKS)


def no_reports(box: Box) -> None:
    box.network.receipts = Receipt.NONE
    box.start()
    surveyed(box)
    assert {state for (state,) in box.rows("SELECT state FROM messages")} == {"sent"}


STORIES: Mapping[str, Callable[[Box], None]] = {
    "late": modem_comes_late,
    "unassigned": one_bad_number(1),
    "switched off": one_bad_number(27),
    "out of order": one_bad_number(38),
    "full": full_sim,
    "no reports": no_reports,
}


def told(folder: Path, story: str) -> None:
    with boxed(folder) as box:
        box.answering(answer)
        STORIES[story](box)


Stories = Mapping[str, Future[None]]


@pytest.fixture(scope="module")
def stories(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stories]:
    with crowd.told(request, "story", tmp_path_factory.mktemp("catalogue"), told) as found:
        yield found


@pytest.mark.parametrize("story", ["late"])
def test_b3_the_modem_may_be_plugged_in_long_after_the_worker_started(stories: Stories, story: str) -> None:
    stories[story].result()


@pytest.mark.parametrize("story", ["unassigned", "switched off", "out of order"])
def test_b36_a_number_that_cannot_be_reached_holds_up_nobody(stories: Stories, story: str) -> None:
    stories[story].result()


@pytest.mark.parametrize("story", ["full"])
def test_b48_replies_that_wait_behind_a_full_sim_all_come_in(stories: Stories, story: str) -> None:
    stories[story].result()


@pytest.mark.parametrize("story", ["no reports"])
def test_b72_a_carrier_without_reports_stops_no_survey(stories: Stories, story: str) -> None:
    stories[story].result()
