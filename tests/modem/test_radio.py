"""The radio off and on, and the modem restarted: also where it has stopped answering."""

from __future__ import annotations

import pytest

from modem import radio
from modem.channel import Channel
from modem.errors import NoReply, PortLost
from tests.modem.scripted import LOST, BareModem, Chunk, FakeClock, Reply, ScriptedStream


def channel_to(replies: dict[str, Reply]) -> tuple[Channel, ScriptedStream]:
    clock = FakeClock()
    stream = ScriptedStream(clock, BareModem(replies=replies))
    return Channel(stream, clock), stream


def full(functionality: int) -> dict[str, Reply]:
    return {"AT+CFUN?": f"+CFUN: {functionality}\nOK", "AT+CFUN=1": "OK", "AT+CFUN=4": "OK"}


@pytest.mark.parametrize(
    ("functionality", "switched"), [(1, False), (0, True), (4, True), (5, False)], ids=str
)
def test_a_radio_left_off_is_switched_on(functionality: int, switched: bool) -> None:
    channel, stream = channel_to(full(functionality))
    radio.switch_on(channel)
    assert ("AT+CFUN=1" in stream.commands()) is switched


def test_a_modem_without_the_command_counts_as_on() -> None:
    channel, stream = channel_to({})
    radio.switch_on(channel)
    assert stream.commands() == ["AT+CFUN?"]


def test_the_radio_rests_between_off_and_on() -> None:
    channel, stream = channel_to(full(1))
    started = stream.clock.now
    assert radio.cycle(channel, stream)
    assert stream.commands() == ["AT+CFUN=4", "AT+CFUN=1"]
    assert stream.clock.now - started >= radio.OFF_FOR


def test_a_modem_that_will_not_have_it_is_left_alone() -> None:
    channel, stream = channel_to({})
    assert not radio.cycle(channel, stream)
    assert stream.commands() == ["AT+CFUN=4"]


def test_a_mute_modem_is_told_all_the_same_and_never_left_without_radio() -> None:
    channel, stream = channel_to(
        {"AT+CFUN=4": [Chunk(b"")], "AT+CMGF?": [Chunk(b"")], "AT+CSQ": [Chunk(b"")]}
    )
    stream.answer = lambda data: []
    with pytest.raises(NoReply):
        radio.cycle(channel, stream)
    told = [command for command in stream.commands() if "CFUN" in command]
    assert told[0] == "AT+CFUN=4"
    assert told[-1].endswith("AT+CFUN=1")


WAYS = [
    ("taken at once", {"AT+CFUN=1,1": "OK"}, ("AT+CFUN=1,1", "AT^RESET"), ["AT+CFUN=1,1"], True),
    (
        "the first is refused",
        {"AT^RESET": "OK"},
        ("AT+CFUN=1,1", "AT^RESET"),
        ["AT+CFUN=1,1", "AT^RESET"],
        True,
    ),
    ("none is taken", {}, ("AT+CFUN=1,1",), ["AT+CFUN=1,1"], False),
]


@pytest.mark.parametrize(
    ("replies", "ways", "told", "done"), [way[1:] for way in WAYS], ids=[way[0] for way in WAYS]
)
def test_a_restart_takes_the_first_way_the_modem_knows(
    replies: dict[str, Reply], ways: tuple[str, ...], told: list[str], done: bool
) -> None:
    channel, stream = channel_to(replies)
    assert radio.restart(channel, stream, ways) is done
    assert stream.commands() == told


def test_a_restart_is_written_to_a_modem_that_says_nothing() -> None:
    channel, stream = channel_to({})
    stream.answer = lambda data: []
    assert radio.restart(channel, stream)
    assert stream.written[-1] == b"\x1b\rAT+CFUN=1,1\r"
    assert not channel.in_step


def test_a_port_that_goes_with_the_restart_is_told() -> None:
    channel, stream = channel_to({"AT+CFUN=1,1": [LOST]})
    with pytest.raises(PortLost):
        radio.restart(channel, stream)
