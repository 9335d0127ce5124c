"""What is taken from a box comes back to it: modem, voice, SIM, network; and then it goes on by itself.

The waits of the ladder are shortened, so that a story takes seconds; their real lengths are in `modem.rungs`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from pathlib import Path

import pytest

from modem.rungs import Pace
from modem.simulator.equipment import Sim
from tests.walk import crowd
from tests.walk.resident import RESIDENT, TEXTS, answer, is_over, judge
from tests.walk.rig import Box, boxed

pytestmark = pytest.mark.timeout(300)

QUICK = Pace(
    heartbeat_every=0.5,
    heartbeat_again=0.1,
    busy_every=0.2,
    parked_every=(0.5,),
    cheap_every=0.5,
    fresh_for=0.0,
    no_network_for=60.0,
    radio_gaps=(1.0,),
)


def texts(box: Box) -> int:
    return len(box.network.sent)


def state(box: Box) -> str:
    return str(box.one("SELECT state FROM heartbeats WHERE name = 'modem:main'"))


def unplugged_thrice(box: Box) -> None:
    for _ in range(3):
        box.modem.unplug()
        box.wait(lambda: state(box) == "absent", "the unplug was not noticed")
        box.modem.replug()
        box.wait(lambda: state(box) == "ready", "the modem did not come back")


def mute(until: str) -> Callable[[Box], None]:
    def story(box: Box) -> None:
        box.modem.faults.arm("mute_after", bytes=0, until=until)
        box.wait(lambda: state(box) != "ready", "the silence was not noticed", seconds=90)
        if until == "power":
            box.wait(lambda: bool(rungs(box)), "no rung was tried", seconds=90)
            box.modem.unplug()
            box.modem.replug()
        box.wait(lambda: state(box) == "ready", "it did not speak again", seconds=120)

    return story


def rungs(box: Box) -> list[tuple[object, ...]]:
    return box.rows("SELECT 1 FROM equipment WHERE ladder LIKE '%radio_cycle%'")


def without_sim(box: Box) -> None:
    number = box.modem.number
    box.modem.change_sim(Sim(number, is_inserted=False))
    box.wait(lambda: state(box) == "parked", "nobody missed the SIM")
    box.modem.change_sim(Sim(number))
    box.wait(lambda: state(box) == "ready", "the SIM was not taken up again")


def without_network(box: Box) -> None:
    box.modem.faults.arm("no_network", seconds=4)
    box.wait(lambda: not box.modem.faults.names(), "the network did not come back")


STORIES: Mapping[str, Callable[[Box], None]] = {
    "unplugged": unplugged_thrice,
    "mute-until-opened": mute("open"),
    "mute-until-restarted": mute("restart"),
    "mute-until-power": mute("power"),
    "without-sim": without_sim,
    "without-network": without_network,
}


def told(folder: Path, name: str) -> int:
    """A resident's survey, interrupted after its second text by the story; returns how many texts left."""
    with boxed(folder) as box:
        held: list[bool] = []

        def answering(sent):  # type: ignore[no-untyped-def]
            # The first answer waits for the story: what follows it proves that all is well again.
            return answer(sent) if held or "How satisfied" not in sent.text else None

        box.answering(answering)
        box.start(pace=QUICK)
        box.drop("calls.csv", [box.call(RESIDENT)])
        box.wait(lambda: texts(box) == 2 and box.is_idle(), "the survey did not begin")
        STORIES[name](box)
        held.append(True)
        box.say(RESIDENT, "5")
        box.wait(lambda: is_over(box), f"the survey did not go on after {name}", seconds=120)
        assert box.stop() == 0
        judge(box)
        return texts(box)


@pytest.fixture(scope="module")
def stories(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mapping[str, Future[int]]]:
    with crowd.told(request, "story", tmp_path_factory.mktemp("healing"), told) as found:
        yield found


@pytest.mark.parametrize("story", STORIES)
def test_it_goes_on_by_itself(stories: Mapping[str, Future[int]], story: str) -> None:
    assert stories[story].result() == TEXTS
