"""What V.250 and 27.005 allow a modem to say, in forms the simulator does not use."""

import pytest

from modem.channel import CTRL_Z, ESC, Expect, Unsolicited
from modem.errors import CommandRefused, NoReply, NotWritten, PortLost
from tests.modem.scripted import LOST, REPORT, Chunk
from tests.modem.test_channel import CSQ, make

CMGS = Expect(("+CMGS:",))
TEXT = b"0001000B915114550521F3000005E8329BFD06"
COMMAND = b"AT+CMGS=18"


def entry(after, prompt=b"\r\n> "):
    """A channel whose text is answered by `after`; opened up to the prompt."""
    channel, stream, clock = make({COMMAND: prompt, TEXT + CTRL_Z: after})
    channel.open_entry(COMMAND.decode(), within=10)
    return channel, stream, clock


def finish(channel, clock, within=180):
    return channel.finish_entry(TEXT, deadline=clock.now + within, expect=CMGS)


ACCEPTED = [
    ("without a blank", b"\r\n+CMGS:12\r\n\r\nOK\r\n", ["+CMGS:12"]),
    ("with the centre's time", b'\r\n+CMGS: 12,"26/11/24,10:00:00-32"\r\n\r\nOK\r\n', None),
    ("with an acknowledge PDU", b"\r\n+CMGS: 12,0001\r\n\r\nOK\r\n", ["+CMGS: 12,0001"]),
    ("the text echoed", b"\r\n" + TEXT + b"\x1a\r\n+CMGS: 12\r\n\r\nOK\r\n", ["+CMGS: 12"]),
    ("the text echoed behind the prompt", TEXT + b"\r\n+CMGS: 12\r\n\r\nOK\r\n", ["+CMGS: 12"]),
    ("the prompt once more", b"\r\n> \r\n+CMGS: 12\r\n\r\nOK\r\n", ["+CMGS: 12"]),
    ("numbers for results", b"+CMGS: 12\r\n0\r", ["+CMGS: 12"]),
    ("an announcement before", b'\r\n+CMTI: "SM",1\r\n\r\n+CMGS: 12\r\n\r\nOK\r\n', ["+CMGS: 12"]),
    ("an announcement between", b'\r\n+CMGS: 12\r\n\r\n+CMTI: "SM",1\r\n\r\nOK\r\n', ["+CMGS: 12"]),
    ("the report before", b"\r\n+CDS: 25\r\n%s\r\n\r\n+CMGS: 12\r\n\r\nOK\r\n" % REPORT.encode(), None),
    ("OK first", b"\r\nOK\r\n\r\n+CMGS: 12\r\n", ["+CMGS: 12"]),
]


@pytest.mark.parametrize("said, lines", [a[1:] for a in ACCEPTED], ids=[a[0] for a in ACCEPTED])
@pytest.mark.parametrize("piece", [None, 1])
def test_an_accepted_text_in_every_form(said, lines, piece):
    channel, stream, clock = entry(said)
    stream._piece = piece
    given = finish(channel, clock)
    assert [line.replace(" ", "").partition(":")[2].partition(",")[0] for line in given] == ["12"]
    assert lines in (None, given)
    assert channel.in_step
    assert stream.written == [COMMAND + b"\r", TEXT + CTRL_Z]


@pytest.mark.parametrize("prompt", [b"\r\n> ", b">", b"\r\n>\r\n", COMMAND + b"\r\r\n> ", b"\r\n\r\n> "])
@pytest.mark.parametrize("after", [0.0, 1.0, 9.5])
def test_a_prompt_may_take_its_time(prompt, after):
    channel, stream, clock = entry(b"\r\n+CMGS: 12\r\n\r\nOK\r\n", [Chunk(prompt, after)])
    assert finish(channel, clock) == ["+CMGS: 12"]
    assert stream.written[-1] == TEXT + CTRL_Z


PROVED = [
    ("OK never comes", [Chunk(b"\r\n+CMGS: 12\r\n", after=3)]),
    ("the port goes", [Chunk(b"\r\n+CMGS: 12\r\n", after=3), Chunk(after=3, lost=True)]),
    ("it restarts", [Chunk(b"\r\n+CMGS: 12\r\n\r\nRDY\r\n", after=3)]),
    ("it says ERROR", [Chunk(b"\r\n+CMGS: 12\r\n\r\nERROR\r\n", after=3)]),
]


@pytest.mark.parametrize("said", [p[1] for p in PROVED], ids=[p[0] for p in PROVED])
def test_a_reference_is_proof_enough(said):
    channel, _, clock = entry(said)
    started = clock.now
    assert finish(channel, clock) == ["+CMGS: 12"]
    assert clock.now - started <= 6


def test_ok_without_a_reference_is_waited_for_but_not_long():
    channel, _, clock = entry(b"\r\nOK\r\n")
    started = clock.now
    assert finish(channel, clock) == []
    assert clock.now - started <= 3
    assert channel.in_step


def test_an_ok_before_the_text_ends_nothing():
    channel, _, clock = entry([Chunk(b"\r\n+CMGS: 12\r\n\r\nOK\r\n", after=8)], b"\r\n> \r\nOK\r\n")
    assert finish(channel, clock) == ["+CMGS: 12"]


def test_a_modem_that_freezes_after_an_early_ok_is_not_waited_for_three_minutes():
    channel, _, clock = entry([], b"\r\n> \r\nOK\r\n")
    started = clock.now
    with pytest.raises(NoReply):
        finish(channel, clock)
    assert clock.now - started <= 30


RESTARTS = [b"RDY", b"^SYSSTART", b"*ATREADY: 1", b"NORMAL POWER DOWN", b"UNDER-VOLTAGE POWER DOWN"]


@pytest.mark.parametrize("line", RESTARTS, ids=[line.decode() for line in RESTARTS])
def test_a_restart_ends_the_waiting_for_a_reference(line):
    channel, _, clock = entry([Chunk(b"\r\n" + line + b"\r\n", after=2)])
    started = clock.now
    with pytest.raises(NoReply, match="restarted"):
        finish(channel, clock)
    assert clock.now - started == pytest.approx(2)


def test_a_warning_of_the_supply_voltage_is_no_restart():
    said = [Chunk(b"\r\nUNDER-VOLTAGE WARNNING\r\n", after=2), Chunk(b"\r\n+CMGS: 12\r\n\r\nOK\r\n", after=4)]
    channel, _, clock = entry(said)
    assert finish(channel, clock) == ["+CMGS: 12"]


@pytest.mark.parametrize("taken", [0, 1, len(TEXT) - 1, len(TEXT)])
def test_a_port_that_goes_before_ctrl_z_has_sent_nothing(taken):
    channel, stream, clock = entry(b"")
    stream.lose_writes_after = sum(map(len, stream.written)) + taken
    with pytest.raises(NotWritten):
        finish(channel, clock)
    assert channel.lost
    assert CTRL_Z not in b"".join(stream.written)


def test_a_port_that_goes_after_ctrl_z_is_merely_lost():
    channel, _, clock = entry([LOST])
    with pytest.raises(PortLost) as lost:
        finish(channel, clock)
    assert not isinstance(lost.value, NotWritten)


REFUSALS = [
    (b"4\r", "4"),
    (b"\r\nNOT SUPPORT\r\n", "NOT SUPPORT"),
    (b"\r\nABORTED\r\n", "ABORTED"),
    (b"\r\nINVALID COMMAND LINE\r\n", "INVALID COMMAND LINE"),
]


@pytest.mark.parametrize("said, result", REFUSALS, ids=[r[1] for r in REFUSALS])
def test_a_refusal_in_other_words(said, result):
    channel, _, _ = make({b"AT+X": said})
    with pytest.raises(CommandRefused) as refusal:
        channel.ask("AT+X", within=5)
    assert (refusal.value.result, refusal.value.code) == (result, None)


def test_a_modem_left_with_numbers_for_results_is_understood():
    channel, _, _ = make({b"AT+CMGF?": b"+CMGF: 0\r\n0\r", b"AT+CSQ": b"+CSQ: 20,99\r\n0\r"})
    channel.synchronise()
    assert channel.ask("AT+CSQ", within=5, expect=CSQ) == ["+CSQ: 20,99"]


def test_a_modem_left_without_results_gets_them_back():
    """ATQ1 (V.250 6.2.5): lines come, results do not."""
    loud = []

    def answer(data):
        if data == b"ATQ0\r":
            loud.append(True)
            return [Chunk(b"\r\nOK\r\n")]
        said = {b"AT+CMGF?\r": b"\r\n+CMGF: 0\r\n", b"AT+CSQ\r": b"\r\n+CSQ: 20,99\r\n"}.get(data)
        return [Chunk(said + b"\r\nOK\r\n" if loud else said)] if said else []

    channel, stream, clock = make({})
    stream.answer = answer
    started = clock.now
    channel.synchronise()
    assert channel.ask("AT+CSQ", within=5, expect=CSQ) == ["+CSQ: 20,99"]
    assert clock.now - started < 15


def test_however_much_is_old_none_of_it_ends_a_new_command():
    channel, stream, _ = make({b"AT+CSQ": b"\r\n+CSQ: 20,99\r\n\r\nOK\r\n"})
    for _ in range(5):
        stream.say(b"\r\nOK\r\n")
    assert channel.ask("AT+CSQ", within=5, expect=CSQ) == ["+CSQ: 20,99"]
    assert channel.strays == 5


def test_a_reference_that_comes_after_its_ok_takes_no_ok_of_the_next_command():
    said = b"\r\n+CMGS: 12\r\n\r\n+CSQ: 20,99\r\n\r\nOK\r\n"
    channel, _, _ = make({b"AT+CSQ": said})
    assert channel.ask("AT+CSQ", within=5, expect=CSQ) == ["+CSQ: 20,99"]
    assert list(channel.unsolicited) == [Unsolicited("+CMGS: 12")]
    assert channel.in_step


def test_an_echoed_text_is_not_the_body_of_an_announcement_cut_short():
    channel, stream, clock = make(
        {COMMAND: b"\r\n> ", TEXT + CTRL_Z: TEXT + b"\r\n\r\n+CMGS: 12\r\n\r\nOK\r\n"}
    )
    stream.say(b"\r\n+CDS: 25\r\n")
    channel.open_entry(COMMAND.decode(), within=10)
    assert finish(channel, clock) == ["+CMGS: 12"]
    assert list(channel.unsolicited) == []


@pytest.mark.parametrize("command", ['AT+QURCCFG="urcport","all"', 'AT+CPIN="1234"', "AT^CURC=0"])
def test_an_echo_is_dropped_whatever_its_letters(command):
    channel, _, _ = make({command.encode(): command.encode() + b"\r\r\nOK\r\n"})
    channel.ask(command, within=5)
    assert list(channel.unsolicited) == []


def test_an_entry_is_left_by_esc_alone():
    channel, stream, _ = entry(b"")
    channel.leave_entry()
    assert stream.written[-1] == ESC
