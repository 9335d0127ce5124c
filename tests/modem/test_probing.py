import pytest

from modem.probing import Answer, ask_who
from tests.modem.bus import IMEI, binary, echoing, modem, positions, silent
from tests.modem.scripted import LOST, BareModem, Chunk, FakeClock, ScriptedStream


def ask(far_end, **settings):
    clock = FakeClock()
    stream = ScriptedStream(clock, far_end, **settings)
    started = clock.now
    return ask_who(stream, clock), stream, clock.now - started


@pytest.mark.parametrize("piece", [None, 1])
@pytest.mark.parametrize("echo", [False, True])
def test_a_modem_says_who_it_is_at_once(piece, echo):
    answer, stream, took = ask(BareModem(echo=echo), piece=piece)
    assert answer == Answer("BARE-1", IMEI)
    assert took < 0.5
    assert not stream.closed


@pytest.mark.parametrize("far_end", [silent, positions, binary, echoing], ids=lambda f: f.__name__)
def test_a_port_for_something_else_is_passed_over_within_two_seconds(far_end):
    answer, stream, took = ask(far_end)
    assert answer is None
    assert took < 2
    assert not any(b"\x1a" in data for data in stream.written)


def test_a_modem_left_in_a_text_entry_is_led_out_first():
    bare = BareModem(entering=True)
    assert ask(bare)[0] == Answer("BARE-1", IMEI)
    assert bare.sent == []


def test_what_another_program_left_in_the_line_costs_one_try():
    refusals = ["ERROR"]
    bare = BareModem(replies={"AT": lambda *_: refusals.pop() if refusals else "OK"})
    assert ask(bare)[0] == Answer("BARE-1", IMEI)


@pytest.mark.parametrize(
    "refused, answer",
    [
        (["AT+CGMM"], Answer("", IMEI)),
        (["AT+CGSN"], Answer("BARE-1", "")),
        (["AT+CGMM", "AT+CGSN"], None),
        (["AT"], None),
    ],
    ids=str,
)
def test_what_is_refused_is_not_known(refused, answer):
    assert ask(BareModem(replies=dict.fromkeys(refused, "ERROR")))[0] == answer


def test_a_modem_between_two_of_its_own_lines_is_still_heard():
    bare = modem()
    bare.before_line = lambda number: b"\r\n^RSSI: 18\r\n+CREG: 1\r\n"
    assert ask(bare)[0] == Answer("BARE-1", IMEI)


@pytest.mark.parametrize("at", ["AT", "AT+CGMM", "AT+CGSN"])
@pytest.mark.parametrize("fault", [[LOST], [Chunk(b"")]], ids=["lost", "silent"])
def test_a_port_that_fails_meanwhile_is_passed_over(at, fault):
    assert ask(BareModem(replies={at: fault}))[0] is None
