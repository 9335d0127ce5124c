"""Every fault does what its line says, and stops when it should."""

from __future__ import annotations

import pytest

from modem.simulator.faults import FAULTS, Faults
from modem.simulator.speech import NOISE
from tests.modem.simulator.conversation import ESC, OK, RESIDENT, Conversation, info

SENT = b"\r\n> \r\n+CMGS: 0\r\n" + OK
RDY = b"\r\nRDY\r\n\r\n+CFUN: 1\r\n\r\n+CPIN: READY\r\n"
CMTI = b'\r\n+CMTI: "SM",0\r\n'


@pytest.fixture
def talk() -> Conversation:
    """A modem that reports nothing, so that a send says no more than its result."""
    conversation = Conversation()
    conversation.say(b"AT+CNMI=2,1,0,0,0\r")
    return conversation


def texts(talk: Conversation) -> int:
    return len(talk.network.sent)


def test_silence_swallows_everything_for_its_time(talk: Conversation) -> None:
    talk.faults.arm("silence", seconds=60)
    talk.network.receive(RESIDENT, "hello")
    assert talk.say(b"AT\r") == b""
    assert talk.listen(59) == b""
    talk.listen(2)
    assert talk.say(b"AT\r") == OK
    assert talk.say(b"AT+CPMS?\r").startswith(b'\r\n+CPMS: "SM",1,20')


def test_slow(talk: Conversation) -> None:
    talk.faults.arm("slow", delay=3.0)
    assert talk.say(b"AT\r") == b""
    assert talk.listen(2.9) == b""
    assert talk.listen(0.2) == OK


def test_garble_hits_once_and_only_where_it_is_asked_to(talk: Conversation) -> None:
    talk.faults.arm("garble", of="+CSQ")
    assert talk.say(b"AT\r") == OK
    garbled = talk.say(b"AT+CSQ\r")
    assert garbled != info(b"+CSQ: 21,99")
    assert len(garbled) == len(info(b"+CSQ: 21,99"))
    assert any(byte > 127 for byte in garbled)
    assert talk.say(b"AT+CSQ\r") == info(b"+CSQ: 21,99")


def test_half_line(talk: Conversation) -> None:
    talk.faults.arm("half_line", of="OK")
    assert talk.say(b"AT\r") == b"\r\nO"
    assert talk.say(b"AT\r") == OK


def test_one_byte_at_a_time(talk: Conversation) -> None:
    talk.faults.arm("one_byte", gap=0.1)
    said = talk.say(b"AT\r")
    pieces = [said] + [talk.listen(0.1) for _ in range(8)]
    assert b"".join(pieces) == OK
    assert max(map(len, pieces)) <= 2
    talk.faults.disarm("one_byte")
    assert talk.say(b"AT\r") == OK


def test_noise_stands_between_lines(talk: Conversation) -> None:
    talk.network.receive(RESIDENT, "hello")
    talk.listen()
    talk.say(b"AT+CMGR=0\r")
    quiet = talk.say(b"AT+CMGR=0\r")
    talk.faults.arm("noise")
    noisy = talk.say(b"AT+CMGR=0\r")
    assert noisy != quiet
    lines = [line for line in noisy.decode().split("\r\n") if line]
    assert [line for line in lines if line not in NOISE] == list(filter(None, quiet.decode().split("\r\n")))
    assert sum(line in NOISE for line in lines) == 2
    talk.faults.arm("noise", deep=True)
    lines = [line for line in talk.say(b"AT+CMGR=0\r").decode().split("\r\n") if line]
    header = next(place for place, line in enumerate(lines) if line.startswith("+CMGR:"))
    assert lines[header + 1] in NOISE
    assert lines[header + 2].startswith("07")


def test_noise_comes_unasked(talk: Conversation) -> None:
    talk.faults.arm("noise", every=1.0)
    assert len([line for line in talk.listen(5.5).decode().split("\r\n") if line in NOISE]) == 5
    talk.faults.disarm("noise")
    talk.listen()
    assert talk.listen(5) == b""


def test_echo_back(talk: Conversation) -> None:
    talk.faults.arm("echo_back")
    assert talk.say(b"ATE0\r") == b"ATE0\r" + OK


def test_no_prompt_waits_in_silence(talk: Conversation) -> None:
    talk.faults.arm("no_prompt")
    assert talk.say(b"AT+CMGS=20\r") == b""
    assert talk.say(b"AT\r") == b""
    assert talk.say(ESC) == OK


def test_prompt_crlf(talk: Conversation) -> None:
    talk.faults.arm("prompt_crlf")
    assert talk.send() == SENT.replace(b"\r\n> ", b"\r\n>\r\n")


@pytest.mark.parametrize(
    ("options", "said", "left"),
    [
        pytest.param({"code": 38, "when": "prompt"}, b"\r\n+CMS ERROR: 38\r\n", 0, id="before the prompt"),
        pytest.param({"code": 38}, b"\r\n> \r\n+CMS ERROR: 38\r\n", 0, id="after the PDU"),
        pytest.param({"code": 1, "to": RESIDENT}, b"\r\n> \r\n+CMS ERROR: 1\r\n", 0, id="this recipient"),
        pytest.param({"code": 1, "to": "+15415550199"}, SENT, 1, id="another recipient"),
    ],
)  # fmt: skip
def test_cms_error(talk: Conversation, options: dict[str, str | int], said: bytes, left: int) -> None:
    talk.faults.arm_options("cms_error", options)
    assert talk.send().startswith(said)
    assert texts(talk) == left


def test_cme_error_answers_the_command_it_names(talk: Conversation) -> None:
    talk.faults.arm("cme_error", code=14, command="+CREG")
    assert talk.say(b"AT+CSQ\r") == info(b"+CSQ: 21,99")
    assert talk.say(b"AT+CREG?\r") == b"\r\n+CME ERROR: 14\r\n"
    assert talk.say(b"AT+CREG?\r") == info(b"+CREG: 0,1")


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("false_error:code=500", b"\r\n> \r\n+CMS ERROR: 500\r\n"),
        ("bare_error", b"\r\n> \r\nERROR\r\n"),
        ("lost_result", b"\r\n> "),
    ],
)
def test_the_text_leaves_and_the_result_does_not_say_so(talk: Conversation, fault: str, said: bytes) -> None:
    talk.faults.arm_text(fault)
    assert talk.send() == said
    assert texts(talk) == 1
    assert talk.listen(600) == b""
    assert talk.say(b"AT\r") == OK


def test_a_lost_result_may_come_late(talk: Conversation) -> None:
    talk.faults.arm("lost_result", late=30)
    assert talk.send() == b"\r\n> "
    assert talk.say(b"AT+CSQ\r") == info(b"+CSQ: 21,99")
    assert talk.listen(31) == b"\r\n+CMGS: 0\r\n" + OK


def test_a_fault_may_wait_for_some_sends(talk: Conversation) -> None:
    talk.faults.arm("lost_result", times=1, after=2)
    assert [b"+CMGS" in talk.send() for _ in range(4)] == [True, True, False, True]
    assert texts(talk) == 4


@pytest.mark.parametrize(
    ("when", "heard", "left"),
    [("now", b"", 0), ("prompt", b"", 0), ("entry", b"\r\n> ", 0), ("pdu", b"\r\n> ", 1)],
)
def test_unplug_at_a_moment_of_the_send(talk: Conversation, when: str, heard: bytes, left: int) -> None:
    gone: list[float] = []
    talk.modem.on_vanish = gone.append
    talk.network.network_time = 1.0
    talk.faults.arm("unplug", when=when, back=2.0)
    talk.listen()
    assert talk.send() == heard
    assert texts(talk) == left
    assert talk.listen(5) == b""
    assert gone == [2.0]
    talk.modem.power_on()
    assert talk.listen() == RDY


def test_self_reset_forgets_settings(talk: Conversation) -> None:
    talk.faults.arm("self_reset")
    assert talk.listen() == RDY
    assert talk.say(b"AT+CNMI?\r") == b"AT+CNMI?\r" + info(b"+CNMI: 0,0,0,0,0")


def test_self_reset_in_the_middle_of_a_send(talk: Conversation) -> None:
    talk.network.network_time = 1.0
    talk.faults.arm("self_reset", after=1)
    assert talk.send() == b"\r\n> " + RDY
    assert talk.listen(5) == b""
    assert texts(talk) == 1


def test_full_storage_until_it_is_disarmed(talk: Conversation) -> None:
    talk.modem.equipment.full_notice = "+SMS FULL"
    talk.faults.arm("full_storage", seconds=10)
    talk.network.receive(RESIDENT, "hello")
    assert talk.listen(9) == b"\r\n+SMS FULL\r\n"
    assert talk.network.waiting() == 1
    assert talk.listen(2) == CMTI
    assert talk.network.waiting() == 0


def test_refuse_cnmi(talk: Conversation) -> None:
    talk.faults.arm("refuse_cnmi", times=1)
    assert talk.say(b"AT+CNMI=2,1,0,1,0\r") == b"\r\nERROR\r\n"
    assert talk.say(b"AT+CNMI=2,1,0,1,0\r") == OK


@pytest.mark.parametrize(("silent", "said"), [(False, b"\r\n+CMS ERROR: 500\r\n"), (True, OK)])
def test_delete_fails(talk: Conversation, silent: bool, said: bytes) -> None:
    talk.network.receive(RESIDENT, "hello")
    talk.listen()
    talk.faults.arm("delete_fails", silent=silent)
    assert talk.say(b"AT+CMGD=0\r") == said
    assert talk.say(b"AT+CMGR=0\r").startswith(b"\r\n+CMGR: 0,,")


def test_report_misnamed(talk: Conversation) -> None:
    talk.say(b"AT+CNMI=2,1,0,2,0\r")
    talk.faults.arm("report_misnamed")
    assert talk.send() == SENT + b'\r\n+CDSI: "SM",0\r\n'
    assert talk.say(b"AT+CMGR=0\r") == b"\r\n+CMS ERROR: 321\r\n"


def test_received_twice(talk: Conversation) -> None:
    talk.faults.arm("received_twice")
    talk.network.receive(RESIDENT, "hello")
    assert talk.listen() == CMTI + CMTI.replace(b"0", b"1")


def test_no_network(talk: Conversation) -> None:
    talk.faults.arm("no_network")
    talk.network.receive(RESIDENT, "hello")
    assert talk.say(b"AT+CREG?\r") == info(b"+CREG: 0,2")
    assert talk.send() == b"\r\n> \r\n+CMS ERROR: 331\r\n"
    talk.faults.disarm()
    assert talk.listen() == CMTI


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        ({"creg": 5, "cereg": 5}, b"+CREG: 0,5\r\n\r\n+CGREG: 0,1\r\n\r\n+CEREG: 0,5"),
        ({"creg": 3}, b"+CREG: 0,3\r\n\r\n+CGREG: 0,1\r\n\r\n+CEREG: 0,1"),
        ({"creg": 6, "cgreg": 0, "cereg": 0}, b"+CREG: 0,6\r\n\r\n+CGREG: 0,0\r\n\r\n+CEREG: 0,0"),
    ],
)
def test_registration(talk: Conversation, options: dict[str, int], shown: bytes) -> None:
    talk.faults.arm_options("registration", options)
    assert talk.say(b"AT+CREG?;+CGREG?;+CEREG?\r") == info(shown)
    assert talk.send() == SENT


def test_a_change_of_registration_is_announced_where_it_was_asked_for(talk: Conversation) -> None:
    talk.say(b"AT+CEREG=1\r")
    talk.faults.arm("registration", creg=5, cereg=5, seconds=10)
    assert talk.listen() == b"\r\n+CEREG: 5\r\n"
    assert talk.listen(11) == b"\r\n+CEREG: 1\r\n"
    assert talk.say(b"AT+CFUN=4\r") == b"\r\n+CEREG: 0\r\n" + OK


def test_sim_busy(talk: Conversation) -> None:
    talk.faults.arm("sim_busy", seconds=10)
    assert talk.say(b"AT+CPIN?\r") == b"\r\n+CME ERROR: 14\r\n"
    assert talk.say(b"AT+CPMS?\r") == b"\r\n+CMS ERROR: 314\r\n"
    talk.listen(11)
    assert talk.say(b"AT+CPIN?\r") == info(b"+CPIN: READY")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("silense", "no fault 'silense'"),
        ("silence:colour=red", "has no colour"),
        ("silence:60", "is not key=value"),
        ("silence:times=often", "invalid literal"),
    ],
)
def test_a_wrong_fault_is_refused_with_what_there_is(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Faults(lambda: 0.0).arm_text(text)


def test_the_registry_says_of_every_fault_what_it_does() -> None:
    faults = Faults(lambda: 0.0)
    for name, kind in FAULTS.items():
        assert kind.doc
        faults.arm(name)
    assert faults.names() == list(FAULTS)
    faults.disarm()
    assert faults.names() == []
