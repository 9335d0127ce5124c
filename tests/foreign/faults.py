"""Ports that die, modems that fall silent or restart, cards that change."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.foreign.box import Box, answering, boxed, judge
from tests.foreign.habits import Habits
from tests.foreign.network import Network
from tests.foreign.scenes import (
    FIRST,
    PATIENCE,
    SECOND,
    THIRD,
    ended,
    idle,
    patient_answers,
    ready,
    scenes_of,
    settled,
    thanked,
)

SCENES, scene = scenes_of()


@scene
def unplugged_in_mid_queue(folder: Path) -> None:
    """Gone right after Ctrl-Z of the fourth text, back within a second at another pts."""
    _unplugged(folder, on_prompt=False)


@scene
def unplugged_at_the_prompt(folder: Path) -> None:
    _unplugged(folder, on_prompt=True)


def _unplugged(folder: Path, *, on_prompt: bool) -> None:
    with boxed(folder, Habits(), Network(takes=0.1)) as box:
        answering(box.network, patient_answers)
        back = 0.0
        calls = 0

        def go() -> None:
            nonlocal calls
            calls += 1
            if calls == 4:
                box.modem.later(0.01, box.modem.unplug)
                box.modem.later(1.0, come_back)

        def come_back() -> None:
            nonlocal back
            box.modem.replug()
            back = box.clock()

        if on_prompt:
            box.modem.on_prompt = go
        else:
            box.modem.on_submit = go
        box.start()
        box.call(FIRST, SECOND, THIRD)
        box.wait(lambda: back > 0, PATIENCE, "it was never unplugged")
        box.wait(lambda: any(a.at > back for a in box.network.arrivals), PATIENCE, "nothing leaves any more")
        first = min(a.at for a in box.network.arrivals if a.at > back)
        box.wait(lambda: ended(box, FIRST, SECOND, THIRD), PATIENCE, "not everybody was thanked")
        box.wait(lambda: settled(box), 5, "the SIM is not emptied")
        judge(box, lost=frozenset(("unknown",)), within=12.0)
        assert first - back <= 5.0, f"{first - back:.1f} s after it came back\n{box.story()}"


@scene
def unplugged_while_a_reply_is_listed(folder: Path) -> None:
    """Other texts wait, one may be claimed already: it certainly did not leave, so it leaves afterwards."""
    with boxed(folder, Habits()) as box:
        answering(box.network, patient_answers)
        gone = False

        def on_command(command: str) -> None:
            nonlocal gone
            if command.startswith("+CMGL") and len(box.network.arrivals) == 4 and not gone:
                gone = True
                box.modem.unplug()
                box.modem.later(0.5, box.modem.replug)

        box.modem.session.on_command = on_command
        box.start()
        box.call(FIRST, SECOND, THIRD)
        box.wait(lambda: gone, PATIENCE, "it was never unplugged")
        box.wait(lambda: ended(box, FIRST, SECOND, THIRD), PATIENCE, "not everybody was thanked")
        box.wait(lambda: settled(box), 5, "the SIM is not emptied")
        judge(box, within=12.0)


def _after_a_fault(
    folder: Path, fault: Callable[[Box], None], heals: float, habits: Habits | None = None
) -> None:
    """A modem that worked, an idle moment, a fault; then a call, thanked within `heals` seconds."""
    with boxed(folder, habits or Habits()) as box:
        answering(box.network, patient_answers)
        box.start()
        box.call(FIRST)
        box.wait(lambda: thanked(box.network, FIRST), PATIENCE, "the modem never worked")
        box.wait(lambda: idle(box), 10, "it does not come to rest")
        box.modem.call(partial(fault, box))
        box.call(SECOND)
        box.wait(lambda: thanked(box.network, SECOND), heals, "it never healed")
        box.wait(lambda: settled(box), 5, "the SIM is not emptied")
        judge(box, lost=frozenset(("unknown",)), within=heals)


@scene
def mute_for_twenty_seconds(folder: Path) -> None:
    def fault(box: Box) -> None:
        box.modem.fall_silent()
        box.modem.later(20.0, box.modem.speak)

    _after_a_fault(folder, fault, 70.0)


@scene
def mute_until_it_is_reset(folder: Path) -> None:
    _after_a_fault(folder, lambda box: box.modem.fall_silent(command="AT+CFUN=1,1"), 75.0)


@scene
def mute_until_its_port_is_opened_again(folder: Path) -> None:
    _after_a_fault(folder, lambda box: box.modem.fall_silent(opening=True), 80.0)


@scene
def dead_port_stays_and_the_modem_is_elsewhere(folder: Path) -> None:
    _after_a_fault(folder, lambda box: box.modem.leave_behind(), 80.0)


@scene
def resets_itself_and_says_so(folder: Path) -> None:
    habits = Habits(text_mode=True, banner=("RDY", "+CPIN: READY"))
    _after_a_fault(folder, lambda box: box.modem.restart(), 30.0, habits)


@scene
def resets_itself_and_says_nothing(folder: Path) -> None:
    _after_a_fault(folder, lambda box: box.modem.restart(silently=True), 60.0, Habits(text_mode=True))


@scene
def resets_itself_silently_in_pdu_mode(folder: Path) -> None:
    """Echo on, announcements off: the first reply after it must not wait for ten minutes."""
    _after_a_fault(folder, lambda box: box.modem.restart(silently=True), 60.0)


@scene
def resets_itself_silently_without_echo(folder: Path) -> None:
    """Nothing at all gives it away but the answers to what one asks."""
    habits = Habits(text_mode=True, echoes=False)
    _after_a_fault(folder, lambda box: box.modem.restart(silently=True), 60.0, habits)


@scene
def dead_port_in_mid_send(folder: Path) -> None:
    """The link leads elsewhere while a result is waited for at a port that is dead and does not say so."""
    with boxed(folder, Habits(), Network(takes=0.1)) as box:
        answering(box.network, patient_answers)
        handed = 0

        def go() -> None:
            nonlocal handed
            handed += 1
            if handed == 3:
                box.modem.later(0.05, box.modem.leave_behind)

        box.modem.on_submit = go
        box.start()
        box.call(FIRST, SECOND)
        box.wait(lambda: ended(box, FIRST, SECOND), PATIENCE, "not everybody was thanked")
        box.wait(lambda: settled(box), 5, "the SIM is not emptied")
        judge(box, lost=frozenset(("unknown",)), within=15.0)


@scene
def first_result_after_forty_seconds(folder: Path) -> None:
    with boxed(folder, Habits(), Network(takes=40.0)) as box:
        answering(box.network, patient_answers)
        box.modem.on_submit = lambda: box.modem.later(1.0, lambda: setattr(box.network, "takes", 0.02))
        box.start()
        box.call(FIRST)
        box.wait(lambda: thanked(box.network, FIRST), PATIENCE + 40, "not thanked")
        box.wait(lambda: settled(box), 5, "the SIM is not emptied")
        judge(box, within=45.0)


@scene
def unplugged_for_long(folder: Path) -> None:
    """Gone for 25 s: however long it was away, it is found within seconds of its return."""
    with boxed(folder, Habits()) as box:
        answering(box.network, patient_answers)
        box.start()
        box.call(FIRST)
        box.wait(lambda: thanked(box.network, FIRST), PATIENCE, "the modem never worked")
        box.wait(lambda: idle(box), 10, "it does not come to rest")
        back: list[float] = []

        def come_back() -> None:
            box.modem.replug()
            back.append(box.clock())

        box.modem.call(box.modem.unplug)
        box.modem.later(25.0, come_back)
        box.call(SECOND)
        box.wait(lambda: thanked(box.network, SECOND), PATIENCE + 25, "it never came back")
        first = min(a.at for a in box.network.arrivals if a.recipient == SECOND)
        judge(box, within=30.0)
        assert first - back[0] <= 5.0, f"{first - back[0]:.1f} s after it came back\n{box.story()}"


@scene
def plug_that_is_loose(folder: Path) -> None:
    """Out and in seven times within five seconds."""
    with boxed(folder, Habits()) as box:
        answering(box.network, patient_answers)
        box.start()
        ready(box)
        for number in range(7):
            box.modem.later(0.7 * number, box.modem.unplug)
            box.modem.later(0.7 * number + 0.35, box.modem.replug)
        box.call(FIRST, SECOND)
        box.wait(lambda: ended(box, FIRST, SECOND), PATIENCE, "not everybody was thanked")
        box.wait(lambda: settled(box), 5, "the SIM is not emptied")
        judge(box, lost=frozenset(("unknown",)), within=30.0)


@scene
def mute_before_the_prompt(folder: Path) -> None:
    """It takes +CMGS and says nothing for 15 s: nothing was sent, so it is sent later, once."""
    with boxed(folder, Habits()) as box:
        answering(box.network, patient_answers)
        asked = 0

        def on_command(command: str) -> None:
            nonlocal asked
            asked += command.startswith("+CMGS=")
            if asked == 3 and command.startswith("+CMGS="):
                box.modem.fall_silent()
                box.modem.later(15.0, box.modem.speak)

        box.modem.session.on_command = on_command
        box.start()
        box.call(FIRST)
        box.wait(lambda: thanked(box.network, FIRST), PATIENCE + 20, "not thanked")
        box.wait(lambda: settled(box), 5, "the SIM is not emptied")
        judge(box, within=45.0)


def _replugged(folder: Path, change: Callable[[Box], None], then: Callable[[Box], None]) -> None:
    """A modem that worked, out and in again, changed meanwhile."""
    with boxed(folder, Habits(lacks=("+CGREG", "+CLIP"))) as box:
        answering(box.network, patient_answers)
        box.start()
        box.call(FIRST)
        box.wait(lambda: thanked(box.network, FIRST), PATIENCE, "the modem never worked")
        box.wait(lambda: idle(box), 10, "it does not come to rest")
        box.modem.call(box.modem.unplug)
        box.wait(lambda: box.state() == "absent", 15, "its absence is not told")
        change(box)
        box.modem.call(box.modem.replug)
        box.wait(lambda: box.state() in ("ready", "parked"), 20, "it did not come back")
        box.call(SECOND)
        then(box)


@scene
def another_card_after_a_replug(folder: Path) -> None:
    """Somebody else's SIM must not text in the agency's name; what comes to it is kept all the same."""

    def change(box: Box) -> None:
        box.modem.session.card = "8901260000000000999"

    def then(box: Box) -> None:
        box.network.say(THIRD, "hello there")
        box.wait(lambda: any(r["from"] == THIRD for r in box.cli("replies")), 15, "the reply was not kept")
        box.wait(lambda: len(box.cli("messages")) >= 10, 15, "nothing was queued")
        assert not any(arrival.recipient == SECOND for arrival in box.network.arrivals), box.story()
        box.run("modem", "confirm", "main")
        box.wait(lambda: thanked(box.network, SECOND), PATIENCE, "not sent after the confirmation")

    _replugged(folder, change, then)


def _thanked_within(box: Box, seconds: float) -> None:
    box.wait(lambda: thanked(box.network, SECOND), seconds, "it does not send")


@scene
def tells_less_of_itself_after_a_replug(folder: Path) -> None:
    """The same card, whose serial number is not told this time: no reason to stop."""

    def change(box: Box) -> None:
        box.modem.session.hidden = {"+CCID", "+CRSM"}

    _replugged(folder, change, lambda box: _thanked_within(box, 20.0))


@scene
def test_text(folder: Path) -> None:
    with boxed(folder, Habits()) as box:
        box.start()
        box.run("send-test", typed=FIRST + "\n")
        box.wait(lambda: len(box.network.arrivals) == 1, PATIENCE, "the test text did not leave")
        box.wait(lambda: idle(box), 10, "no receipt")
        judge(box)
