"""Hand-overs that end otherwise, a worker that is killed or stopped in the middle of one."""

from __future__ import annotations

from collections import Counter
from functools import partial
from pathlib import Path
from signal import SIGKILL

from tests.foreign.box import Box, answering, boxed, judge
from tests.foreign.habits import Habits
from tests.foreign.modem import ForeignModem
from tests.foreign.network import Network, Outcome
from tests.foreign.scenes import (
    FIRST,
    PATIENCE,
    READY_WITHIN,
    SECOND,
    THIRD,
    ended,
    patient_answers,
    ready,
    scenes_of,
    settled,
    thanked,
)

SCENES, scene = scenes_of()


def _with_outcome(folder: Path, outcome: Outcome, nth: int, lost: str, **network: object) -> None:
    """The nth hand-over ends otherwise; the survey goes on, and nothing leaves twice."""
    with boxed(folder, Habits(), Network(outcomes={nth: outcome}, **network)) as box:  # type: ignore[arg-type]
        answering(box.network, patient_answers)
        box.start()
        box.call(FIRST, SECOND)
        box.wait(lambda: ended(box, FIRST, SECOND), PATIENCE + 20, "not everybody was thanked")
        box.wait(lambda: settled(box), 5, "the SIM is not emptied")
        told = judge(box, lost=frozenset((lost,)), within=60.0)
        assert sum(text["state"] == lost for text in told.messages) <= 1


_OK_ALONE = Outcome(answer=b"\r\nOK\r\n")
_BARE_ERROR = Outcome(answer=b"\r\nERROR\r\n")
_UNKNOWN_ERROR = Outcome(answer=b"\r\n+CMS ERROR: 500\r\n")

SCENES.update(
    {
        "result_without_reference": partial(_with_outcome, outcome=_OK_ALONE, nth=4, lost="unknown"),
        "error_though_it_left": partial(_with_outcome, outcome=_BARE_ERROR, nth=5, lost="unknown"),
        "error_500_though_it_left": partial(
            _with_outcome, outcome=_UNKNOWN_ERROR, nth=6, lost="unknown", statuses=()
        ),
        "error_500_and_it_did_not_leave": partial(
            _with_outcome, outcome=Outcome(refused=("CMS", 500)), nth=6, lost="unknown"
        ),
        "restart_instead_of_the_result": partial(
            _with_outcome, outcome=Outcome(answer=b"\r\nRDY\r\n"), nth=6, lost="unknown"
        ),
        "network_out_of_order_once": partial(
            _with_outcome, outcome=Outcome(refused=("CMS", 38)), nth=3, lost="none"
        ),
        "no_such_number": partial(_with_outcome, outcome=Outcome(refused=("CMS", 1)), nth=1, lost="failed"),
    }
)


@scene
def killed_after_ctrl_z(folder: Path) -> None:
    _killed(folder, on_prompt=False)


@scene
def killed_at_the_prompt(folder: Path) -> None:
    _killed(folder, on_prompt=True)


def _killed(folder: Path, *, on_prompt: bool) -> None:
    """kill -9 at the fourth text, then a second life of the worker."""
    with boxed(folder, Habits(), Network(takes=0.2)) as box:
        answering(box.network, patient_answers)
        killed = 0

        def go() -> None:
            nonlocal killed
            killed += 1
            if killed == 4 and box.life is not None:
                box.life.signal(SIGKILL)

        if on_prompt:
            box.modem.on_prompt = go
        else:
            box.modem.on_submit = go
        box.start()
        box.call(FIRST, SECOND, THIRD)
        life = box.life
        assert life is not None
        box.wait(lambda: life.is_over, PATIENCE, "it was never killed")
        box.start()
        box.wait(lambda: ended(box, FIRST, SECOND, THIRD), PATIENCE + 20, "not everybody was thanked")
        box.wait(lambda: settled(box), 5, "the SIM is not emptied")
        judge(box, lost=frozenset(("unknown",)), within=30.0)


@scene
def killed_between_keeping_and_deleting(folder: Path) -> None:
    """kill -9 when the modem is told to delete a reply: the next life must not count it twice."""
    with boxed(folder, Habits()) as box:
        answering(box.network, patient_answers)
        told = 0

        def on_command(command: str) -> None:
            nonlocal told
            deletes = command.startswith("+CMGD=") and "?" not in command
            told += deletes
            if deletes and told == 2 and box.life is not None:
                box.life.signal(SIGKILL)

        box.modem.session.on_command = on_command
        box.start()
        box.call(FIRST)
        life = box.life
        assert life is not None
        box.wait(lambda: life.is_over, PATIENCE, "it was never killed")
        box.start()
        box.wait(lambda: thanked(box.network, FIRST), PATIENCE, "not thanked")
        box.wait(lambda: settled(box), 5, "the SIM is not emptied")
        judge(box, within=30.0)


@scene
def stopped_in_mid_queue(folder: Path) -> None:
    """SIGTERM while a text is on its way: nothing is unknown, nothing leaves twice."""
    with boxed(folder, Habits(), Network(takes=0.5)) as box:
        answering(box.network, patient_answers)
        box.start()
        box.call(FIRST, SECOND)
        box.wait(lambda: len(box.network.arrivals) >= 2, PATIENCE, "nothing leaves")
        assert box.stop() == 0
        box.start()
        box.wait(lambda: thanked(box.network, FIRST, SECOND), PATIENCE, "not everybody was thanked")
        box.wait(lambda: settled(box), 5, "the SIM is not emptied")
        judge(box, within=30.0)


_SECOND_MODEM = """name = "one"

[[modem]]
name = "two"
port = "modem-two"
"""


@scene
def two_modems_and_one_goes(folder: Path) -> None:
    """What the one that goes had not handed over leaves by the other; nothing leaves by both."""
    with boxed(folder, Habits(), Network(takes=0.1), modem_keys=_SECOND_MODEM) as box:
        other = ForeignModem(folder / "modem-two", Network(takes=0.1), Habits(first_slot=1))
        other.session.card, other.session.serial = "8901260000000000999", "350000000000025"
        networks = (box.network, other.network)
        for network in networks:
            answering(network, patient_answers)
        other.start()
        try:
            _play_two(box, other, networks)
        finally:
            box.kill()
            other.stop()


def _play_two(box: Box, other: ForeignModem, networks: tuple[Network, Network]) -> None:
    residents = [f"+154155501{number}" for number in range(40, 48)]
    box.start()
    ready(box)
    box.wait(lambda: other.session.indications[1] > 0, READY_WITHIN, "the second modem was never set up")
    box.call(*residents)
    box.wait(lambda: len(box.network.arrivals) >= 3, PATIENCE, "the first modem sends nothing")
    box.modem.call(box.modem.unplug)
    box.modem.later(4.0, box.modem.replug)

    def reached() -> set[str]:
        return {each for network in networks for each in residents if thanked(network, each)}

    def is_over() -> bool:
        """All were thanked, or nothing moves any more: whose first question is unknown is asked nothing."""
        last = max(arrival.at for network in networks for arrival in network.arrivals)
        return reached() == set(residents) or box.clock() - last > 6.0

    box.wait(lambda: len(reached()) >= len(residents) - 1, PATIENCE + 20, "not everybody was thanked")
    box.wait(is_over, 30, "there is no end")
    box.wait(
        lambda: box.stored() == 0 and not any(other.session.memories.values()), 35, "a SIM is not emptied"
    )
    arrived = Counter((a.recipient, a.text) for network in networks for a in network.arrivals)
    assert max(arrived.values()) == 1, f"sent twice: {arrived.most_common(2)}\n{box.story()}"
    # The last text is on the air before its answer is stored.
    box.wait(lambda: not {"queued", "sending"} & set(_states(box)), 30, "a text stays in hand")
    states = _states(box)
    assert states["unknown"] <= 1 and set(states) <= {"delivered", "sent", "unknown"}, states
    said = Counter(each for network in networks for each in network.said)
    assert Counter((reply["from"], reply["text"]) for reply in box.cli("replies")) == said
    assert not [*box.modem.violations, *other.violations]


def _states(box: Box) -> Counter[str]:
    return Counter(text["state"] for text in box.cli("messages"))
