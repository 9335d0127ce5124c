"""A modem that falls mute or vanishes after any byte, and what brings it back."""

from __future__ import annotations

import pytest

from tests.modem.simulator.conversation import OK, RESIDENT, Conversation, info

RDY = b"\r\nRDY\r\n\r\n+CFUN: 1\r\n\r\n+CPIN: READY\r\n"
SIGNAL = info(b"+CSQ: 21,99")


@pytest.mark.parametrize(
    ("way", "count", "heard"),
    [
        ("written", 0, b""),
        ("written", 6, b""),
        ("written", 7, b""),
        ("written", 8, SIGNAL),
        ("said", 0, b""),
        ("said", 10, SIGNAL[:10]),
        ("said", len(SIGNAL), SIGNAL),
        ("both", 3, b""),
        ("both", 7, b""),
        ("both", 7 + 5, SIGNAL[:5]),
    ],
)
def test_it_falls_mute_after_so_many_bytes(way: str, count: int, heard: bytes) -> None:
    talk = Conversation()
    talk.faults.arm("mute_after", bytes=count, way=way)
    assert talk.say(b"AT+CSQ\r") == heard
    talk.say(b"AT\r")
    assert talk.modem.wire.is_mute
    assert talk.listen(600) == b""


def test_a_mute_modem_works_on_and_keeps_what_comes() -> None:
    talk = Conversation()
    talk.faults.arm("mute_after", bytes=0, way="written")
    assert talk.say(b"AT\r") == b""
    talk.network.receive(RESIDENT, "hello")
    assert talk.listen() == b""
    talk.modem.wire.opened()
    assert talk.say(b"AT+CPMS?\r").startswith(b'\r\n+CPMS: "SM",1,20')


@pytest.mark.parametrize(
    ("until", "opened", "restart", "power"),
    [("open", True, False, True), ("restart", False, True, True), ("power", False, False, True)],
)
def test_what_ends_it(until: str, opened: bool, restart: bool, power: bool) -> None:
    talk = Conversation()

    def is_back() -> bool:
        talk.listen(2)
        return talk.say(b"ATE0\r").endswith(OK)

    def mute() -> None:
        talk.faults.arm("mute_after", bytes=0, way="written", until=until)
        assert not is_back()

    mute()
    talk.modem.wire.opened()
    assert is_back() is opened
    talk.modem.power_off()
    talk.modem.power_on()
    assert is_back() is power
    mute()
    for piece in (b"AT+CF", b"UN=1,", b"1\r"):
        assert talk.say(piece) == b""
    assert is_back() is restart


def test_a_restart_is_heeded_in_silence() -> None:
    talk = Conversation()
    talk.faults.arm("mute_after", bytes=0, way="written", until="restart")
    assert talk.say(b"AT+CFUN=1,1\r") == b""
    assert talk.listen(1.1) == RDY


def test_bytes_count_from_arming_and_after_the_texts_it_waits_for() -> None:
    talk = Conversation()
    talk.say(b"AT+CNMI=2,1,0,0,0\r")
    talk.faults.arm("mute_after", bytes=4, way="written", after=1)
    assert talk.send() == b"\r\n> " + info(b"+CMGS: 0")
    assert talk.say(b"AT\r") == OK
    assert talk.say(b"AT\r") == b""


@pytest.mark.parametrize(
    ("way", "count", "heard"), [("written", 2, b""), ("said", 3, OK[:3]), ("both", 5, OK[:2])]
)
def test_the_port_vanishes_after_so_many_bytes(way: str, count: int, heard: bytes) -> None:
    talk = Conversation()
    gone: list[float] = []
    talk.modem.on_vanish = gone.append
    talk.faults.arm("unplug", when="byte", bytes=count, way=way, back=2.0)
    assert gone == []
    assert talk.say(b"AT\r") == heard
    assert gone == [2.0]
    assert talk.say(b"AT\r") == b""
    talk.modem.power_on()
    assert talk.listen() == RDY


def test_a_text_cut_off_at_its_end_has_left_only_with_ctrl_z() -> None:
    entered = len("AT+CMGS=14\r0001000B915114550521F300000141\x1a")
    for count, left in ((entered - 1, 0), (entered, 1)):
        talk = Conversation()
        talk.faults.arm("unplug", when="byte", bytes=count, way="written")
        talk.say(b"AT+CMGS=14\r")
        assert talk.say(b"0001000B915114550521F300000141\x1a") == b""
        assert len(talk.network.sent) == left
        assert talk.say(b"AT\r") == b""
