"""gammu-smsd and smstools3 drive the simulated modem; what left, came in and was reported, at both ends.

What a peer cannot do is no fault of the modem, and stands here rather than being left out:

- gammu-smsd 1.42 does not read +CDSI's memory: it files an empty report when one is announced and reads the
  content only where it polls, among the texts in SM. So its reports are kept there (`report_memory="SM"`);
  from SR, where newer modems put them, it has none (`test_gammu_does_not_read_reports_from_sr`).
- gammu-smsd takes Unicode from its injector only: a file with such characters leaves with question marks.
- smstools 3.1.21 ends a text given in UTF-8 at the first character beyond 16 bits
  (`test_smstools_cuts_a_utf8_text_at_an_emoji`); given in UCS-2 it leaves whole. Blanks at the end of a text
  it takes off.
- gammu-smsd waits 18 s for an answer it had, once a line it does not know, such as +SMS FULL, came in
  between: the modem here says nothing when it is full, as 27.005 has it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.peers import PEERS, Gammu, Peer, Smstools, Taken, Told
from modem.simulator.network import Network, Receipt
from modem.simulator.pty import PtyModem
from modem.simulator.timers import Loop

MODEM = "+15035550100"
RESIDENT = "+15415550190"
TEXTS = {
    "plain": "Ref SAMPLE-1 is closed. @ $ [x] {y} é",
    "long": "Long enough for more than two parts. " * 10 + "The end.",
    "emoji": "Ça va? 🚓 ok",
    "longemoji": "Звоните 🚓 " * 20 + "!",
}
PATIENCE = 40.0


class Rig:
    """A peer, its modem and the network behind it."""

    def __init__(self, folder: Path, kind: type[Peer], **options: Any) -> None:
        self.loop = Loop()
        self.network = Network(timers=self.loop, network_time=0.05, receipt_after=0.2)
        self.modem = PtyModem(folder / "modem", self.network, number=MODEM, **options)
        self.peer = kind(folder / "peer", folder / "modem")
        self.modem.start()
        self.peer.start()

    def close(self) -> None:
        self.peer.stop()
        self.modem.stop()
        self.loop.stop()

    def wait(self, holds: Callable[[], bool], what: str) -> None:
        pause, deadline = threading.Event(), time.monotonic() + PATIENCE
        while not holds():
            if time.monotonic() > deadline:
                log = (self.peer.folder / "log").read_text(encoding="utf-8", errors="replace")[-2000:]
                raise AssertionError(
                    f"{self.peer.name}: {what}\n{self.network.sent}\n{self.peer.taken()}\n{log}"
                )
            pause.wait(0.05)

    def number(self, place: int) -> str:
        return f"+1541555{120 + place:04d}"


@pytest.fixture(params=PEERS, ids=lambda kind: kind.name)
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rig]:
    """Reports are kept in SM, where both peers look for them."""
    made = Rig(tmp_path, request.param, report_memory="SM")
    yield made
    made.close()


def test_texts_of_every_kind_leave_whole_once_and_each_part_is_reported(rig: Rig) -> None:
    wanted = {rig.number(place): text for place, text in enumerate(TEXTS.values())}
    for place, (name, text) in enumerate(TEXTS.items()):
        rig.peer.queue(name, rig.number(place), text)
    rig.wait(lambda: len(rig.network.sent) == len(TEXTS), "not every text left")
    assert {sent.recipient: sent.text for sent in rig.network.sent} == wanted
    assert all(sent.sender == MODEM and sent.report_requested for sent in rig.network.sent)
    assert [sent.parts > 1 for sent in sorted(rig.network.sent, key=lambda sent: sent.recipient)] == [
        "long" in name for name in TEXTS
    ]
    parts = sorted(part.recipient for part in rig.network.parts)
    rig.wait(lambda: len(rig.peer.told()) == len(parts), "not every report was read")
    assert sorted(told.recipient for told in rig.peer.told()) == parts
    assert {told.status for told in rig.peer.told()} == {0x00}


def test_texts_of_every_kind_come_in_whole_once_and_are_taken_off_the_modem(rig: Rig) -> None:
    for wide, text in enumerate(TEXTS.values()):
        rig.network.receive(RESIDENT, text, wide=bool(wide % 2), out_of_order=bool(wide % 2))
    rig.wait(lambda: len(rig.peer.taken()) == len(TEXTS), "not every text came in")
    assert sorted(taken.text for taken in rig.peer.taken()) == sorted(TEXTS.values())
    assert {taken.sender for taken in rig.peer.taken()} == {RESIDENT}
    storage = rig.modem.modem.equipment.storage
    rig.wait(lambda: storage["SM"].used() == storage["ME"].used() == 0, "texts stayed on the modem")


def test_what_became_of_a_text_is_reported(rig: Rig) -> None:
    rig.network.set_receipt(rig.number(1), Receipt.FAILED)
    rig.network.set_receipt(rig.number(2), Receipt.NONE)
    for place in range(3):
        rig.peer.queue(f"text{place}", rig.number(place), TEXTS["plain"])
    rig.wait(lambda: len(rig.peer.told()) >= 2, "the reports were not read")
    rig.wait(lambda: len(rig.network.sent) == 3, "not every text left")
    assert sorted((told.recipient, told.status) for told in rig.peer.told()) == [
        (rig.number(0), 0x00),
        (rig.number(1), 0x46),
    ]


def test_more_texts_than_the_sim_holds_come_in(rig: Rig) -> None:
    numbers = [f"+1541555{100 + place:04d}" for place in range(30)]
    for number in numbers:
        rig.network.receive(number, f"from {number}")
    rig.wait(lambda: len(rig.peer.taken()) == 30, "not every text came in")
    assert sorted(rig.peer.taken(), key=lambda taken: taken.sender) == [
        Taken(number, f"from {number}") for number in numbers
    ]
    assert rig.network.waiting() == 0


def test_gammu_does_not_read_reports_from_sr(tmp_path: Path) -> None:
    rig = Rig(tmp_path, Gammu)
    try:
        rig.peer.queue("plain", rig.number(0), TEXTS["plain"])
        rig.wait(lambda: any((rig.peer.folder / "inbox").iterdir()), "the report was not announced")
        assert rig.modem.modem.equipment.storage["SR"].used() == 1
        assert rig.peer.told() == []
    finally:
        rig.close()


def test_smstools_takes_reports_that_are_brought_directly(tmp_path: Path) -> None:
    rig = Rig(tmp_path, _Routed)
    try:
        rig.peer.queue("plain", rig.number(0), TEXTS["plain"])
        rig.wait(lambda: bool(rig.peer.told()), "the report was not read")
        assert rig.peer.told() == [Told(rig.number(0), 0x00)]
    finally:
        rig.close()


class _Routed(Smstools):
    """The same with +CDS instead of a stored report."""

    config = Smstools.config.replace("AT+CNMI=2,0,0,2,0", "AT+CNMI=2,0,0,1,0")


def test_smstools_cuts_a_utf8_text_at_an_emoji(tmp_path: Path) -> None:
    rig = Rig(tmp_path, Smstools)
    try:
        text = f"To: {rig.number(0)[1:]}\nAlphabet: UTF-8\n\n{TEXTS['emoji']}"
        (rig.peer.folder / "outgoing" / "emoji").write_text(text, encoding="utf-8")
        rig.wait(lambda: bool(rig.network.sent), "the text did not leave")
        assert rig.network.sent[0].text == TEXTS["emoji"].partition("🚓")[0]
    finally:
        rig.close()
