"""Voice calls, their forwarding and dialogues with the network."""

from __future__ import annotations

import pytest

from modem.simulator.exchange import Call, Ended
from tests.modem.simulator.conversation import OK, OWN, RESIDENT, WALL, Conversation, info

RING = b"\r\nRING\r\n"
CLIP = b'\r\n+CLIP: "+15415550123",145,,,,0\r\n'
LINE = "+15415550199"


def ended(talk: Conversation) -> list[tuple[str, str | None]]:
    return [(call.ended.value, call.forwarded_to) for call in talk.network.exchange.calls]


@pytest.mark.parametrize(
    ("setting", "caller", "heard"),
    [
        ("+CLIP=0", RESIDENT, RING),
        ("+CLIP=1", RESIDENT, RING + CLIP),
        ("+CLIP=1", None, RING + b'\r\n+CLIP: "",128,,,,1\r\n'),
        ("+CRC=1", RESIDENT, b"\r\n+CRING: VOICE\r\n"),
    ],
)
def test_a_call_rings_as_it_was_asked_to(setting: str, caller: str | None, heard: bytes) -> None:
    talk = Conversation()
    talk.say(f"AT{setting}\r".encode())
    talk.network.call(caller)
    assert talk.listen() == heard
    assert talk.listen(2.9) == b""
    assert talk.listen(0.2) == heard


def test_nobody_answers() -> None:
    talk = Conversation()
    talk.network.call(RESIDENT, seconds=7)
    assert talk.listen(30) == RING * 3
    assert talk.network.exchange.calls == [Call(WALL, RESIDENT, OWN, Ended.UNANSWERED)]


@pytest.mark.parametrize(("command", "how"), [("+CHUP", "rejected"), ("H", "rejected"), ("A", "answered")])
def test_a_call_is_rejected_or_taken(command: str, how: str) -> None:
    talk = Conversation()
    assert talk.say(b"AT+CPAS;+CLCC\r") == info(b"+CPAS: 0")
    talk.network.call(RESIDENT)
    assert talk.listen() == RING
    assert talk.say(b"AT+CPAS;+CLCC\r") == b"\r\n+CPAS: 3\r\n" + info(b'+CLCC: 1,1,4,0,0,"+15415550123",145')
    assert talk.say(f"AT{command}\r".encode()) == OK
    assert talk.listen(10) == b""
    assert ended(talk) == [(how, None)]


def test_a_call_to_a_modem_that_is_off_or_busy_does_not_ring() -> None:
    talk = Conversation()
    talk.network.call(RESIDENT)
    talk.network.call("+15415550124")
    assert talk.listen() == RING
    assert ended(talk) == [("away", None)]
    talk.say(b"AT+CHUP;+CFUN=4\r")
    talk.network.call(RESIDENT)
    assert talk.listen() == b""
    assert ended(talk)[-1] == ("away", None)


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        pytest.param("+CCFC=?", info(b"+CCFC: (0-5)"), id="test"),
        pytest.param("+CCFC=0,2", info(b"+CCFC: 0,7"), id="no rule"),
        pytest.param("+CCFC=0,1", b"\r\n+CME ERROR: 3\r\n", id="no number to switch on"),
        pytest.param("+CCFC=4,2", b"\r\n+CME ERROR: 3\r\n", id="all cannot be asked for at once"),
        pytest.param("+CCFC=9,2", b"\r\nERROR\r\n", id="no such reason"),
        pytest.param('+CCFC=0,3,"x"', b"\r\n+CME ERROR: 21\r\n", id="no number"),
    ],
)
def test_forwarding_is_asked_for(said: str, answer: bytes) -> None:
    assert Conversation().say(f"AT{said}\r".encode()) == answer


@pytest.mark.parametrize(
    ("commands", "shown"),
    [
        (['+CCFC=0,3,"+15415550199",145'], b'+CCFC: 1,1,"+15415550199",145'),
        (['+CCFC=0,3,"15415550199",145,1'], b'+CCFC: 1,1,"+15415550199",145'),
        (['+CCFC=0,3,"5550199",129'], b'+CCFC: 1,1,"5550199",129'),
        (['+CCFC=0,3,"5550199",129,2'], b"+CCFC: 0,7"),
        (['+CCFC=4,3,"+15415550199",145', "+CCFC=0,0"], b'+CCFC: 0,1,"+15415550199",145'),
        (['+CCFC=0,3,"+15415550199",145', "+CCFC=0,0", "+CCFC=0,1"], b'+CCFC: 1,1,"+15415550199",145'),
        (['+CCFC=0,3,"+15415550199",145', "+CCFC=4,4"], b"+CCFC: 0,7"),
    ],
)
def test_forwarding_is_set(commands: list[str], shown: bytes) -> None:
    talk = Conversation()
    for command in commands:
        assert talk.say(f"AT{command}\r".encode()) == OK
    assert talk.say(b"AT+CCFC=0,2\r") == info(shown)


def test_a_forwarded_call_never_rings_and_the_rule_outlives_the_modem() -> None:
    talk = Conversation()
    talk.say(f'AT+CCFC=0,3,"{LINE}",145\r'.encode())
    talk.modem.power_off()
    talk.network.call(RESIDENT)
    talk.listen()
    talk.modem.power_on()
    talk.listen()
    talk.network.call(RESIDENT)
    assert talk.listen(9) == b""
    assert ended(talk) == [("forwarded", LINE)] * 2


@pytest.mark.parametrize(("reason", "rings"), [(1, 0), (2, 2), (3, 0)])
def test_conditional_forwarding(reason: int, rings: int) -> None:
    talk = Conversation()
    talk.say(f'AT+CCFC={reason},3,"{LINE}",145\r'.encode())
    if reason == 1:
        talk.network.call("+15415550124", seconds=60)
        assert talk.listen() == RING
    elif reason == 3:
        talk.faults.arm("no_network")
    talk.network.call(RESIDENT, seconds=5)
    heard = talk.listen(2) if reason == 1 else talk.listen(8)
    assert heard == RING * rings
    assert ended(talk) == [("forwarded", LINE)]


def test_forwarding_takes_the_networks_time_and_needs_it() -> None:
    talk = Conversation()
    talk.network.network_time = 4
    assert talk.say(b"AT+CCFC=0,2\r") == b""
    assert talk.listen(4.1) == info(b"+CCFC: 0,7")
    talk.faults.arm("no_network")
    assert talk.say(b"AT+CCFC=0,2\r") == b"\r\n+CME ERROR: 30\r\n"


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ('AT+CUSD=1,"*100#",15', OK + b'\r\n+CUSD: 0,"Credit: 5.00",15\r\n'),
        ('AT+CUSD=1,"*999#",15', OK + b"\r\n+CUSD: 4\r\n"),
        ('AT+CUSD=0,"*100#",15', OK),
        ("AT+CUSD=2", OK),
        ("AT+CUSD=1;+CUSD?", info(b"+CUSD: 1")),
    ],
)
def test_a_dialogue_with_the_network(said: str, answer: bytes) -> None:
    talk = Conversation()
    assert talk.say(f"{said}\r".encode()) == answer
