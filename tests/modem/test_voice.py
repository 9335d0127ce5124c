"""Calls to a modem: forwarding by the network in every form modems answer, rings, hanging up."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from modem import voice
from modem.channel import Channel
from modem.errors import PortLost
from modem.notices import Ring, notice_in
from modem.ports import open_port
from modem.simulator.exchange import Ended
from modem.simulator.network import Network
from modem.simulator.pty import PtyModem
from modem.simulator.timers import Loop
from modem.voice import Call, Forwarding, Ringing
from tests.modem.scripted import LOST, BareModem, Chunk, FakeClock, Reply, ScriptedStream

NUMBER = "+15415550100"
ASK = "AT+CCFC=0,2"
SET = 'AT+CCFC=0,3,"+15415550100",145,1'
OFF = "+CCFC: 0,7\nOK"
SET_TO_OURS = '+CCFC: 1,1,"+15415550100",145\n+CCFC: 0,2\n+CCFC: 0,4\nOK'
ELSEWHERE = '+CCFC: 1,1,"+15415550177",145\nOK'
SLOW: list[Chunk] = [Chunk(b"\r\n+CCFC: 0,7\r\n\r\nOK\r\n", after=45.0)]


def on(replies: dict[str, Reply]) -> tuple[Channel, ScriptedStream]:
    """A channel to a modem with these replies besides the usual ones."""
    clock = FakeClock()
    stream = ScriptedStream(clock, BareModem(replies=replies))
    return Channel(stream, clock), stream


def in_turn(*answers: str) -> Reply:
    """Another answer each time the command is asked."""
    left = list(answers)
    return lambda _modem, _line: left.pop(0)


@pytest.mark.parametrize(
    ("replies", "state", "asked"),
    [
        ({ASK: SET_TO_OURS}, Forwarding.FORWARDED, [ASK]),
        ({ASK: '+CCFC: 1,1,"5415550100",129\nOK'}, Forwarding.FORWARDED, [ASK]),
        ({ASK: '+CCFC:1,7,"15415550100",145\nOK'}, Forwarding.FORWARDED, [ASK]),
        ({ASK: in_turn(OFF, SET_TO_OURS), SET: "OK"}, Forwarding.FORWARDED, [ASK, SET, ASK]),
        ({ASK: in_turn(ELSEWHERE, SET_TO_OURS), SET: "OK"}, Forwarding.FORWARDED, [ASK, SET, ASK]),
        ({ASK: in_turn("OK", SET_TO_OURS), SET: "OK"}, Forwarding.FORWARDED, [ASK, SET, ASK]),
        ({ASK: ELSEWHERE, SET: "OK"}, Forwarding.OTHER_NUMBER, [ASK, SET, ASK]),
        ({ASK: OFF, SET: "OK"}, Forwarding.OFF, [ASK, SET, ASK]),
        ({ASK: '+CCFC: 1,4,"+15415550100",145\nOK', SET: "OK"}, Forwarding.OFF, [ASK, SET, ASK]),
        ({ASK: OFF, SET: "+CME ERROR: 3"}, Forwarding.REFUSED, [ASK, SET]),
        ({ASK: "+CME ERROR: 3"}, Forwarding.REFUSED, [ASK]),
        ({ASK: "+CME ERROR: operation not allowed"}, Forwarding.REFUSED, [ASK]),
        ({ASK: "+CME ERROR: 32"}, Forwarding.REFUSED, [ASK]),
        ({ASK: "+CME ERROR: 100"}, Forwarding.REFUSED, [ASK]),
        ({ASK: "+CME ERROR: 133"}, Forwarding.REFUSED, [ASK]),
        ({ASK: "+CME ERROR: 4"}, Forwarding.NOT_SUPPORTED, [ASK]),
        ({ASK: "ERROR"}, Forwarding.NOT_SUPPORTED, [ASK]),
        ({ASK: "+CME ERROR: 30"}, Forwarding.UNKNOWN, [ASK]),
        ({ASK: "+CME ERROR: 14"}, Forwarding.UNKNOWN, [ASK]),
        ({ASK: []}, Forwarding.UNKNOWN, [ASK]),
    ],
)
def test_it_is_set_where_it_differs_and_checked(
    replies: dict[str, Reply], state: Forwarding, asked: list[str]
) -> None:
    channel, stream = on(replies)
    assert voice.ensure(channel, NUMBER) is state
    assert [command for command in stream.commands() if "CCFC" in command] == asked


def test_a_national_number_is_set_as_one() -> None:
    command = 'AT+CCFC=0,3,"8005550100",129,1'
    channel, stream = on({ASK: in_turn(OFF, '+CCFC: 1,1,"8005550100",129\nOK'), command: "OK"})
    assert voice.ensure(channel, "8005550100") is Forwarding.FORWARDED
    assert command in stream.commands()


def test_the_network_may_take_three_quarters_of_a_minute() -> None:
    channel, _ = on({ASK: SLOW})
    assert voice.forwarded_to(channel) is None
    assert channel.in_step


def test_a_modem_that_goes_is_no_answer() -> None:
    channel, _ = on({ASK: [LOST]})
    with pytest.raises(PortLost):
        voice.ensure(channel, NUMBER)


@pytest.mark.parametrize(
    ("replies", "commands", "done"),
    [
        ({"AT+CHUP": "OK"}, ["AT+CHUP"], True),
        ({"AT+CHUP": "ERROR", "ATH": "OK"}, ["AT+CHUP", "ATH"], True),
        ({"AT+CHUP": "+CME ERROR: 3", "ATH": "NO CARRIER"}, ["AT+CHUP", "ATH"], False),
    ],
)
def test_hanging_up(replies: dict[str, Reply], commands: list[str], done: bool) -> None:
    channel, stream = on(replies)
    assert voice.reject(channel) is done
    assert stream.commands() == commands


RINGS = [
    # what is heard as (second, number); the calls as (second asked, call)
    ("with its number", [(0.0, None), (0.1, NUMBER)], [(0.1, Call(NUMBER, True))]),
    ("the number alone", [(0.0, NUMBER)], [(0.0, Call(NUMBER, True))]),
    ("no number", [(0.0, None)], [(2.9, None), (3.0, Call(None, True)), (3.1, None)]),
    ("no number, ring by ring", [(0.0, None), (2.0, None)], [(3.0, Call(None, True))]),
    (
        "rings on after it was hung up",
        [(0.0, NUMBER), (5.0, None)],
        [(0.0, Call(NUMBER, True)), (8.0, Call(NUMBER, False))],
    ),
    (
        "rings on with its number",
        [(0.0, NUMBER), (5.0, NUMBER)],
        [(0.0, Call(NUMBER, True)), (5.0, Call(NUMBER, False))],
    ),
    (
        "somebody else calls at once",
        [(0.0, NUMBER), (5.0, "+15415550145")],
        [(0.0, Call(NUMBER, True)), (5.0, Call("+15415550145", True))],
    ),
    (
        "the same again, later",
        [(0.0, NUMBER), (20.0, NUMBER)],
        [(0.0, Call(NUMBER, True)), (20.0, Call(NUMBER, True))],
    ),
]


@pytest.mark.parametrize(("heard", "calls"), [row[1:] for row in RINGS], ids=[row[0] for row in RINGS])
def test_the_rings_of_one_call_are_one_call(
    heard: list[tuple[float, str | None]], calls: list[tuple[float, Call | None]]
) -> None:
    ringing = Ringing()
    taken = []
    moments = sorted({at for at, _ in heard} | {at for at, _ in calls})
    for moment in moments:
        for at, number in heard:
            if at == moment:
                ringing.hear(number, at)
        if moment in [at for at, _ in calls]:
            taken.append((moment, ringing.take(moment)))
    assert taken == calls


def test_it_says_how_long_to_wait_for_the_number() -> None:
    ringing = Ringing()
    assert ringing.seconds_left(10.0) is None
    ringing.hear(None, 10.0)
    assert ringing.seconds_left(11.0) == 2.0
    ringing.hear(NUMBER, 11.0)
    assert ringing.seconds_left(11.0) == 0.0


class TestOnASimulatedNetwork:
    @pytest.fixture
    def modem(self, tmp_path: Path) -> Iterator[PtyModem]:
        with PtyModem(tmp_path / "modem", Network(timers=Loop())) as simulated:
            yield simulated

    @pytest.fixture
    def channel(self, modem: PtyModem) -> Iterator[Channel]:
        stream = open_port(str(modem.link))
        channel = Channel(stream, time.monotonic)
        channel.synchronise()
        for command in ("ATE0", "AT+CMEE=1", "AT+CLIP=1"):
            channel.ask(command, within=5)
        yield channel
        stream.close()

    def test_a_call_is_forwarded_and_never_rings(self, modem: PtyModem, channel: Channel) -> None:
        assert voice.forwarded_to(channel) is None
        assert voice.ensure(channel, NUMBER) is Forwarding.FORWARDED
        assert voice.forwarded_to(channel) == NUMBER
        modem.network.call("+15415550123")
        until = time.monotonic() + 10
        while not modem.network.exchange.calls:
            assert time.monotonic() < until
            channel.listen(0.05)
        (call,) = modem.network.exchange.calls
        assert not channel.unsolicited
        assert (call.ended, call.forwarded_to) == (Ended.FORWARDED, NUMBER)

    @pytest.mark.parametrize("number", ["+15415550123", None])
    def test_a_call_that_rings_is_told_once_and_rejected(
        self, modem: PtyModem, channel: Channel, number: str | None
    ) -> None:
        ringing, call = Ringing(), None
        modem.network.call(number)
        until = time.monotonic() + 10
        while call is None:
            assert time.monotonic() < until
            channel.listen(0.2)
            while channel.unsolicited:
                notice = notice_in(channel.unsolicited.popleft())
                if isinstance(notice, Ring):
                    ringing.hear(notice.number, time.monotonic())
            call = ringing.take(time.monotonic())
        assert call == Call(number, is_new=True)
        assert voice.reject(channel)
        assert [each.ended for each in modem.network.exchange.calls] == [Ended.REJECTED]
