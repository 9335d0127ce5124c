"""A session at device level whose wire fails at any byte, in either direction: the port goes, the modem falls
mute, a line nobody asked for comes in between, bytes get lost.

Here at some hundred bytes; `make soak` takes each of them.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from modem.errors import NoReply, PortLost, SendUnknown
from tests.modem.rough_wire import KINDS, NOISE, Wire, bad_wires, judge, tell

PLACES = 100


def test_a_good_wire_leaves_nothing_to_tell() -> None:
    outcome = tell(Wire())
    judge(outcome, Wire())
    assert (outcome.text, len(outcome.kept), outcome.faults) == ("sent", 2, [])


def test_one_byte_at_a_time_is_as_good() -> None:
    assert tell(Wire(piece=1)) == tell(Wire())


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_fails_at_a_byte_nothing_is_lost_or_sent_twice(kind: str) -> None:
    for wire in bad_wires(kind, PLACES):
        judge(tell(wire), wire)


@pytest.mark.parametrize("kind", KINDS)
def test_nor_with_one_byte_at_a_time(kind: str) -> None:
    for wire in bad_wires(kind, PLACES // 5):
        slow = replace(wire, piece=1)
        judge(tell(slow), slow)


@pytest.mark.parametrize("losing", [0.002, 0.01, 0.05])
def test_bytes_that_get_lost_at_random_lose_no_text(losing: float) -> None:
    for seed in range(30):
        wire = Wire(losing=losing, seed=seed, bad_for=5)
        judge(tell(wire), wire)


@pytest.mark.parametrize("noise", NOISE, ids=repr)
def test_noise_between_two_bytes_of_a_send(noise: bytes) -> None:
    first, last = _dialogue()
    for at in range(first, last + 1, 2):
        wire = Wire(noise_said=at, noise=noise)
        judge(tell(wire), wire)


def test_unknown_is_said_exactly_between_ctrl_z_and_the_reference() -> None:
    """The port goes while the modem speaks: before the prompt is over nothing left, with +CMGS it did."""
    first, last = _dialogue()
    outcomes = [tell(Wire(lost_said=at)).faults for at in range(first, last + 1)]
    kinds = [type(faults[0]) if faults else None for faults in outcomes]
    changes = [kind for place, kind in enumerate(kinds) if place == 0 or kinds[place - 1] is not kind]
    assert changes == [PortLost, SendUnknown, PortLost]


def test_a_mute_modem_is_told_from_a_lost_port() -> None:
    first, last = _dialogue()
    faults = {type(tell(Wire(mute_said=at)).faults[0]) for at in range(first, last + 1, 2)}
    assert faults == {NoReply, SendUnknown}


def _dialogue() -> tuple[int, int]:
    """The bytes of a session between which a text is handed over, its command's echo and its OK included."""
    said = b""

    def listening(data: bytes) -> None:
        nonlocal said
        said += data

    tell(Wire(), listening)
    first = said.index(b"AT+CMGS")
    return first, said.index(b"OK", said.index(b"+CMGS:", first + 10)) + 2
