from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modem.channel import CTRL_Z, ESC, NOTHING, Channel, Expect, Unsolicited, plain_text
from modem.errors import CommandRefused, NoReply, PortLost
from modem.lines import is_hex
from tests.modem.scripted import LOST, PDU_IN, REPORT, Chunk, FakeClock, ScriptedStream

CSQ = Expect(("+CSQ:",))
CMGR = Expect(("+CMGR:",), is_hex)
PROBE = b"AT+CMGF?\r"
PROBE_ANSWER = b"\r\n+CMGF: 0\r\n\r\nOK\r\n"


def make(answers, piece=None):
    """A channel whose stream answers each written command from a table of chunks, ESC with silence."""
    clock = FakeClock()

    def answer(data):
        key = data.lstrip(ESC).strip(b"\r")
        reply = answers.get(key, [])
        if isinstance(reply, list) and reply and isinstance(reply[0], list):
            return reply.pop(0) if len(reply) > 1 else reply[0]
        return [Chunk(reply)] if isinstance(reply, bytes) else reply

    stream = ScriptedStream(clock, answer, piece=piece)
    return Channel(stream, clock), stream, clock


URCS = [
    (b'\r\n+CMTI: "SM",3\r\n', Unsolicited('+CMTI: "SM",3')),
    (b"\r\n^RSSI: 12\r\n", Unsolicited("^RSSI: 12")),
    (b"\r\nunknown noise\r\n", Unsolicited("unknown noise")),
    (b"\r\n\xe9\xff\x80\r\n", Unsolicited("\xe9\xff\x80")),
    (b"\r\nRING\r\n", Unsolicited("RING")),
    (b"\r\nNO CARRIER\r\n", Unsolicited("NO CARRIER")),
    (f"\r\n+CDS: 25\r\n{REPORT}\r\n".encode(), Unsolicited("+CDS: 25", REPORT)),
    (f"\r\n+CMT: ,24\r\n{PDU_IN}\r\n".encode(), Unsolicited("+CMT: ,24", PDU_IN)),
]
EXCHANGES = [
    (b"AT+CSQ", CSQ, [b"\r\n+CSQ: 20,99\r\n", b"\r\nOK\r\n"], ["+CSQ: 20,99"]),
    (b"ATE0", NOTHING, [b"ATE0\r", b"\r\nOK\r\n"], []),
    (
        b"AT+CMGR=1",
        CMGR,
        [b"\r\n+CMGR: 1,,25\r\n", REPORT.encode() + b"\r\n", b"\r\nOK\r\n"],
        ["+CMGR: 1,,25", REPORT],
    ),
]


@pytest.mark.parametrize("urc, unasked", URCS, ids=[u[1].text for u in URCS])
@pytest.mark.parametrize("command, expect, reply, lines", EXCHANGES, ids=[e[0].decode() for e in EXCHANGES])
@pytest.mark.parametrize("piece", [None, 1])
def test_a_line_nobody_asked_for_goes_aside_at_every_position(
    urc, unasked, command, expect, reply, lines, piece
):
    for at in range(len(reply) + 1):
        said = b"".join([*reply[:at], urc, *reply[at:]])
        channel, stream, _ = make({command: said}, piece)
        assert channel.ask(command.decode(), within=5, expect=expect) == lines
        while stream.coming:
            channel.listen(0)
        assert list(channel.unsolicited) == [unasked], at
        assert channel.in_step


def test_a_report_between_header_and_pdu_of_the_same_length_is_told_from_it():
    other = REPORT.replace("064E", "0650")
    said = f"\r\n+CMGR: 1,,25\r\n\r\n+CDS: 25\r\n{other}\r\n{REPORT}\r\n\r\nOK\r\n".encode()
    channel, _, _ = make({b"AT+CMGR=1": said})
    assert channel.ask("AT+CMGR=1", within=5, expect=CMGR) == ["+CMGR: 1,,25", REPORT]
    assert list(channel.unsolicited) == [Unsolicited("+CDS: 25", other)]


@pytest.mark.parametrize(
    "result, code, family",
    [
        (b"ERROR", None, ""),
        (b"+CME ERROR: 10", 10, "cme"),
        (b"+CMS ERROR: memory full", 322, "cms"),
        (b"COMMAND NOT SUPPORT", None, ""),
    ],
)
def test_a_refusal_says_what_and_why(result, code, family):
    channel, _, _ = make({b"AT+X": b"\r\n" + result + b"\r\n"})
    with pytest.raises(CommandRefused) as refusal:
        channel.ask("AT+X", within=5)
    assert (refusal.value.command, refusal.value.result) == ("AT+X", result.decode())
    assert (refusal.value.code, refusal.value.family) == (code, family)
    assert channel.in_step


def test_unsolicited_lines_never_extend_a_deadline():
    storm = [Chunk(b"\r\n+ZEND\r\n", after=second) for second in range(1, 300)]
    channel, _, clock = make({b"AT+CSQ": storm})
    started = clock.now
    with pytest.raises(NoReply, match="AT\\+CSQ"):
        channel.ask("AT+CSQ", within=30, expect=CSQ)
    assert clock.now - started == pytest.approx(30)


def test_an_interrupt_does_not_cut_a_command_short():
    channel, stream, _ = make({b"AT+CSQ": [Chunk(b"\r\n+CSQ: 9,99\r\n\r\nOK\r\n", after=2)]})
    answer = stream.answer

    def interrupting(data):
        stream.interrupt()
        return answer(data)

    stream.answer = interrupting
    assert channel.ask("AT+CSQ", within=5, expect=CSQ) == ["+CSQ: 9,99"]


LATE = [
    ("lines and OK", b"\r\n+CSQ: 9,99\r\n\r\nOK\r\n"),
    ("a mere OK", b"\r\nOK\r\n"),
    ("ERROR", b"\r\nERROR\r\n"),
]


@pytest.mark.parametrize("late", [late for _, late in LATE], ids=[name for name, _ in LATE])
@pytest.mark.parametrize("after", [5.1, 5.35, 6.0, 8.0, 12.0])
def test_a_late_answer_is_never_given_to_the_next_command(late, after):
    busy_until = 1000.0 + after

    def in_turn(reply):
        """A modem answers one command after the other: nothing before the slow one is done."""
        return lambda clock: [Chunk(reply, after=max(0.0, busy_until - clock.now) + 0.01)]

    replies = {
        b"AT+CSQ\r": lambda clock: [Chunk(late, after=max(0.0, busy_until - clock.now))],
        PROBE: in_turn(PROBE_ANSWER),
        b"AT+CGMM\r": in_turn(b"\r\nBARE-1\r\n\r\nOK\r\n"),
        b"AT+CREG?\r": in_turn(b"\r\n+CREG: 0,1\r\n\r\nOK\r\n"),
    }
    clock = FakeClock()
    stream = ScriptedStream(clock, lambda data: replies.get(data, lambda _: [])(clock))
    channel = Channel(stream, clock)
    with pytest.raises(NoReply):
        channel.ask("AT+CSQ", within=5, expect=CSQ)
    for _ in range(3):
        assert channel.ask("AT+CREG?", within=5, expect=Expect(("+CREG:",))) == ["+CREG: 0,1"]
    assert channel.in_step


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.floats(0, 14), min_size=1, max_size=8), st.sampled_from([b"OK", b"ERROR", b"+CME ERROR: 3"])
)
def test_no_answer_is_ever_given_to_another_command(times, result):
    """A modem that takes its time, one command after the other, whatever we have given up meanwhile."""
    clock = FakeClock()
    service = iter(times)
    free_at = [clock.now]

    def answer(data):
        command = data.lstrip(ESC).strip(b"\r").decode()
        if not command:
            return []
        takes, said = next(service, 0.01), f"\r\n+X: {command[4:]}\r\n\r\n".encode() + result
        if command.startswith("AT+CMGF"):
            takes, said = 0.01, b"\r\n+CMGF: 0\r\n\r\nOK"
        elif command.startswith("AT+CSQ"):
            takes, said = 0.01, b"\r\n+CSQ: 9,99\r\n\r\nOK"
        elif command.startswith("AT+CGMM"):
            takes, said = 0.01, b"\r\nBARE-1\r\n\r\nOK"
        free_at[0] = max(free_at[0], clock.now) + takes
        return [Chunk(said + b"\r\n", after=free_at[0] - clock.now)]

    channel = Channel(ScriptedStream(clock, answer), clock)
    for turn in range(20):
        command = f"AT+X{turn}"
        try:
            lines = channel.ask(command, within=5, expect=Expect(("+X:",)))
        except NoReply:
            continue
        except CommandRefused as refusal:
            assert refusal.command == command and result != b"OK"
            continue
        assert lines == [f"+X: {turn}"] and result == b"OK"
    assert channel.in_step


def test_a_silent_modem_is_told_from_a_slow_one():
    channel, stream, _ = make({})
    with pytest.raises(NoReply):
        channel.ask("AT", within=5)
    with pytest.raises(NoReply, match="does not answer"):
        channel.ask("AT", within=5)
    assert CTRL_Z not in b"".join(stream.written)


def test_an_old_ok_does_not_end_a_new_command():
    channel, stream, _ = make({b"AT+CSQ": b"\r\n+CSQ: 20,99\r\n\r\nOK\r\n"})
    stream.say(b"\r\nOK\r\n")
    assert channel.ask("AT+CSQ", within=5, expect=CSQ) == ["+CSQ: 20,99"]
    assert channel.strays == 1


def test_a_late_cmgs_goes_aside_and_its_ok_ends_nothing():
    said = b"\r\n+CMGS: 78\r\n\r\nOK\r\n\r\n+CSQ: 20,99\r\n\r\nOK\r\n"
    channel, _, _ = make({b"AT+CSQ": said})
    assert channel.ask("AT+CSQ", within=5, expect=CSQ) == ["+CSQ: 20,99"]
    assert list(channel.unsolicited) == [Unsolicited("+CMGS: 78")]


@pytest.mark.parametrize("prompt", [b"\r\n> ", b"\r\n>", b"\r\n>\r\n", b"AT+CMGS=18\r\r\n> "])
@pytest.mark.parametrize("piece", [None, 1])
def test_a_text_goes_out_in_one_write_after_the_prompt(prompt, piece):
    answers = {b"AT+CMGS=18": prompt, b"00AA" + CTRL_Z: b"\r\n+CMGS: 5\r\n\r\nOK\r\n"}
    channel, stream, clock = make(answers, piece)
    channel.open_entry("AT+CMGS=18", within=10)
    lines = channel.finish_entry(b"00AA", deadline=clock.now + 180, expect=Expect(("+CMGS:",)))
    assert lines == ["+CMGS: 5"]
    assert stream.written == [b"AT+CMGS=18\r", b"00AA\x1a"]


def test_without_a_prompt_the_entry_is_left_by_esc_and_what_comes_late_is_nobodys():
    answers = {
        b"AT+CMGS=18": [Chunk(b"\r\n> ", after=10.2)],
        b"AT+CMGF?": PROBE_ANSWER,
        b"AT+CSQ": b"\r\n+CSQ: 20,99\r\n\r\nOK\r\n",
    }
    channel, stream, _ = make(answers)
    with pytest.raises(NoReply, match="did not ask for the text within 10 s"):
        channel.open_entry("AT+CMGS=18", within=10)
    assert stream.written[-1] == ESC
    assert channel.ask("AT+CSQ", within=5, expect=CSQ) == ["+CSQ: 20,99"]
    assert stream.written.count(ESC) == 2  # the late prompt was left again
    assert CTRL_Z not in b"".join(stream.written)


def test_a_prompt_in_the_middle_of_another_command_ends_it_and_the_entry():
    channel, stream, clock = make({b"AT+CSQ": b"\r\n> "})
    started = clock.now
    with pytest.raises(NoReply, match="still waiting for a text"):
        channel.ask("AT+CSQ", within=60, expect=CSQ)
    assert stream.written[-1] == ESC
    assert clock.now - started < 1
    assert not channel.in_step


@pytest.mark.parametrize("command", ["ask", "open_entry", "listen"])
def test_a_lost_port_is_told_at_once_and_for_ever(command):
    channel, stream, clock = make({b"AT": [Chunk(b"\r\nO"), LOST]})
    acts = {
        "ask": lambda: channel.ask("AT", within=60),
        "open_entry": lambda: channel.open_entry("AT", within=60),
        "listen": lambda: channel.listen(60),
    }
    if command == "listen":
        stream.lose()
    for _ in range(2):
        with pytest.raises(PortLost):
            acts[command]()
    assert channel.lost
    assert clock.now == 1000.0


@pytest.mark.parametrize(
    "line, is_answer",
    [("EC25", True), ("+CMTI: 1", False), ("^MODE: 5", False), ("RDY", False), ("AT+CSQ", False)],
)
def test_free_words_are_no_announcements(line, is_answer):
    assert plain_text(line) is is_answer


def test_the_queue_of_unsolicited_lines_is_bounded():
    channel, stream, _ = make({})
    stream.say(b"".join(b"\r\n+CREG: %d\r\n" % number for number in range(2000)))
    channel.listen(1)
    assert len(channel.unsolicited) == 512
    assert channel.unsolicited[-1].text == "+CREG: 1999"


def test_a_finish_without_an_open_entry_writes_nothing():
    channel, stream, clock = make({})
    with pytest.raises(RuntimeError):
        channel.finish_entry(b"00", deadline=clock.now + 1, expect=NOTHING)
    assert stream.written == []


@pytest.mark.parametrize("first, second", list(product([b"+CDS: 25", b"+CMT: ,25"], repeat=2)))
def test_a_header_whose_body_was_lost_does_not_take_the_next_ones(first, second):
    channel, stream, _ = make({})
    stream.say(b"\r\n" + first + b"\r\n\r\n" + second + b"\r\n" + REPORT.encode() + b"\r\n")
    channel.listen(1)
    assert list(channel.unsolicited) == [Unsolicited(second.decode(), REPORT)]
