import re
import stat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from modem.errors import PortLost
from modem.masking import Masking, command_shown
from modem.trace import RING_BYTES, TracedStream, Transcript, write_trace
from tests.modem.scripted import PDU_IN, PDU_OUT, Chunk, FakeClock, ScriptedStream

WRITTEN = [
    ("AT", "AT"),
    ("ATE0", "ATE0"),
    ("AT+CMGF=0", "AT+CMGF=0"),
    ("AT+CNMI=2,1,0,1,0", "AT+CNMI=2,1,0,1,0"),
    ("AT+CNMI=?", "AT+CNMI=?"),
    ("AT+CMGS=18", "AT+CMGS=18"),
    (PDU_OUT, "<pdu 19>"),
    ('AT+CPIN="1234"', "AT+CPIN=<pin>"),
    ("AT+CPIN=1234", "AT+CPIN=<pin>"),
    ("at+cpin=1234", "at+cpin=<pin>"),
    ('AT+CLCK="SC",1,"1234"', "AT+CLCK=<pin>"),
    ('AT+CPWD="SC","1234","9999"', "AT+CPWD=<pin>"),
    ("AT+CPIN?", "AT+CPIN?"),
    ('AT+CPINR="SIM PIN"', 'AT+CPINR="SIM PIN"'),
    ('AT+CPMS="SM","SM","SM"', 'AT+CPMS="SM","SM","SM"'),
    ('AT+CSCA="+15415550100",145', 'AT+CSCA="<number 12>",145'),
    ('AT+CCFC=0,3,"5415550100",129', 'AT+CCFC=0,3,"<number 10>",129'),
    ('AT+CMGS="+15415550123"', 'AT+CMGS="<number 12>"'),
    ("AT+CRSM=176,12258,0,0,10", "AT+CRSM=176,<number 5>,0,0,10"),
    ('AT+CUSD=1,"*100#"', 'AT+CUSD=1,"<text 5>"'),
    ("ATD+15415550123;", "<text 16>"),
    ("help me, he has a knife", "<text 23>"),
]


@pytest.mark.parametrize("line, shown", WRITTEN, ids=[line[:20] for line, _ in WRITTEN])
def test_what_is_shown_of_a_line_to_the_modem(line, shown):
    assert command_shown(line) == shown
    assert Masking().outgoing(line) == shown


READ = [
    # what was asked, the lines that come, how they are shown
    ("AT+CSQ", ["+CSQ: 18,99", "OK"], ["+CSQ: 18,99", "OK"]),
    ("AT+CGMM", ["EC25", "OK"], ["EC25", "OK"]),
    ("AT+CGMI", ["SIMCOM INCORPORATED"], ["SIMCOM INCORPORATED"]),
    ("ATI", ["Quectel", "EC25", "Revision: EC25EFAR06A06M4G"],
     ["Quectel", "EC25", "Revision: EC25EFAR06A06M4G"]),
    ("AT+CGMR", ["+CGMR: LE11B13SIM7600M22"], ["+CGMR: LE11B13SIM7600M22"]),
    ("AT+CGMM", ["490154203237518"], ["<number 15>"]),
    ("AT+CGSN", ["490154203237518"], ["<number 15>"]),
    ("AT+CGSN", ['+CGSN: "490154203237518"'], ['+CGSN: "<number 15>"']),
    ("AT+CIMI", ["001010123456789"], ["<number 15>"]),
    ("AT+CCID", ["+CCID: 8901260000000000001"], ["+CCID: <number 19>"]),
    ("AT+CCID", ['+CCID: "8901260000000000001F"'], ['+CCID: "<pdu 10>"']),
    ("AT+CRSM=176,12258,0,0,10", ['+CRSM: 144,0,"98102143658709214365"'], ['+CRSM: 144,0,"<number 20>"']),
    ("AT+CNUM", ['+CNUM: "Jo","+15415550100",145'], ['+CNUM: "<text 2>","<number 12>",145']),
    ("AT+CPIN?", ["+CPIN: READY"], ["+CPIN: READY"]),
    ("AT+CPIN?", ["+CPIN: SIM PIN"], ["+CPIN: SIM PIN"]),
    ("AT+CPMS?", ['+CPMS: "SM",3,30,"SM",3,30'], ['+CPMS: "SM",3,30,"SM",3,30']),
    ("AT+CNMI=?", ["+CNMI: (0-3),(0,1),(0,2,3),(0,2),(1)"], ["+CNMI: (0-3),(0,1),(0,2,3),(0,2),(1)"]),
    ("AT+CREG?", ['+CREG: 2,1,"00C3","0A1B2C3D",7'], ['+CREG: 2,1,"<text 4>","<pdu 4>",7']),
    ("AT+CMGL=4", ["+CMGL: 1,1,,24", PDU_IN, "OK"], ["+CMGL: 1,1,,24", f"<pdu {len(PDU_IN) // 2}>", "OK"]),
    ("AT+CMGR=1", ['+CMGR: 1,"Jo",24', PDU_IN], ['+CMGR: 1,"<text 2>",24', f"<pdu {len(PDU_IN) // 2}>"]),
    ("AT+CMGL=\"ALL\"",
     ['+CMGL: 1,"REC UNREAD","+15415550123",,"26/11/26,01:02:03+00"', "he is back", "+FIRE: my house", "OK"],
     ['+CMGL: 1,"REC UNREAD","<number 12>",,"<text 20>"', "<text 10>", "<text 15>", "OK"]),
    ("AT+CSQ", ['+CMT: "+15415550123",,"26/11/26,01:02:03+00"', "call 541-555-0123", "+CSQ: 18,99", "OK"],
     ['+CMT: "<number 12>",,"<text 20>"', "<text 17>", "+CSQ: 18,99", "OK"]),
    ("AT", ['+CUSD: 0,"You have', "3 dollars left on", '5415550123",15'],
     ['+CUSD: 0,"<text 8>', "<text 17>", "<text 14>"]),
    ("AT", ['+CLIP: "+15415550123",145,"Jo"'], ['+CLIP: "<number 12>",145,"<text 2>"']),
    ("AT", ['+CMTI: "SM",12', "RING"], ['+CMTI: "SM",12', "RING"]),
    ("AT", ["^BOOT:4711,0,0,0,50"], ["^BOOT:4711,0,0,0,50"]),
    ("AT+CGMM", ['+CMT: "+15415550123",,""', "hello", "EC25"],
     ['+CMT: "<number 12>",,""', "<text 5>", "<text 4>"]),
    ("AT+CMGS=18", ["> ", "+CMS ERROR: 500"], [">", "+CMS ERROR: 500"]),
    ("AT+CMGS=18", ["+CME ERROR: SIM busy"], ["+CME ERROR: SIM busy"]),
    ("AT", ["TOO MANY PARAMETERS at 12 Elm"], ["TOO MANY PARAMETERS"]),
    ("AT", ["hello"], ["<text 5>"]),
    ("AT+CPIN=1234", ["AT+CPIN=1234", "OK"], ["AT+CPIN=<pin>", "OK"]),
]  # fmt: skip


@pytest.mark.parametrize("asked, lines, shown", READ, ids=[f"{row[0]} {row[1][0][:16]}" for row in READ])
def test_what_is_shown_of_an_answer(asked, lines, shown):
    masking = Masking()
    masking.outgoing(asked)
    assert [masking.incoming(line) for line in lines] == shown


# ---- whatever goes over the wire ----------------------------------------------------------------------

NUMBERS = some.from_regex(r"\+?1?541555[0-9]{4}", fullmatch=True)
HARMLESS = {"ready", "ring", "inserted", "removed", "urcport", "usbat", "smsincoming", "all", "error"}
WORDS = some.text(some.characters(codec="latin-1", exclude_characters="\r\n\x1a\x1b"), min_size=4)
BODIES = some.lists(WORDS, min_size=1, max_size=4).map("\r\n".join)
HEADERS = ('+CMT: "{n}",,"26/11/26,01:02:03+00"\r\n{b}\r\n', '+CMGL: 1,"REC UNREAD","{n}"\r\n{b}\r\nOK\r\n',
           '+CMGR: "REC READ","{n}",,\r\n{b}\r\nOK\r\n', '+CUSD: 0,"{b}",15\r\n',
           '+CUSD: 0,"call {n}",15\r\n',
           '+CNUM: "{w}","{n}",145\r\n', '+CLIP: "{n}",145,"{w}"\r\n', "{b}\r\n", "{n}\r\n", "{n}{w}\r\n",
           '+CSCA: "{n}",145\r\n', "+CSCA: {n},145\r\n", "OK\r\n", '+CMTI: "SM",3\r\n', "> ")  # fmt: skip
COMMANDS = ("AT+CSQ\r", "AT+CMGL=4\r", "AT+CMGS=18\r", "AT+CNUM\r", 'AT+CPIN="{pin}"\r',
            'AT+CLCK="SC",1,"{pin}"\r', 'AT+CMGS="{n}"\r', "{b}\x1a", "{h}\x1a", 'AT+CSCA="{n}"\r',
            "ATD{n};\r", "\x1b\r")  # fmt: skip


@settings(deadline=None)
@given(
    steps=some.lists(some.sampled_from(HEADERS + COMMANDS), min_size=1, max_size=12),
    body=BODIES,
    number=NUMBERS,
    size=some.integers(1, 40),
)
def test_no_number_and_no_word_of_a_text_is_in_the_export(steps, body, number, size):
    transcript = Transcript(lambda: 0.0)
    parts = {"n": number, "b": body, "w": body.split("\r\n")[0], "h": PDU_OUT, "pin": "8241"}
    for step in steps:
        raw = step
        for name, value in parts.items():
            raw = raw.replace("{" + name + "}", value)
        data = raw.encode("latin-1")
        for at in range(0, len(data), size):
            transcript.note(">" if step in COMMANDS else "<", data[at : at + size])
    export = transcript.text()
    digits = number.lstrip("+")
    assert not any(digits[at : at + 7] in export for at in range(len(digits) - 6))
    assert "8241" not in export and PDU_OUT[10:20] not in export
    shown = re.sub(r"<[^>]*>", "", export).lower()
    ours = HARMLESS | set(re.findall(r"[a-z]{4,}", "".join(HEADERS + COMMANDS).lower()))
    told = set(re.findall(r"[a-z]{4,}", body.lower())) - ours
    assert not told & set(re.findall(r"[a-z]{4,}", shown)), export


@given(pieces=some.lists(some.binary(min_size=1, max_size=40), max_size=30))
def test_any_bytes_can_be_recorded(pieces):
    transcript = Transcript(lambda: 1.0)
    for place, piece in enumerate(pieces):
        transcript.note("<>"[place % 2], piece)
    assert all(re.fullmatch(r"1\.000 [<>] .*", line) for line in transcript.text().splitlines())


# ---- the stream and its ring --------------------------------------------------------------------------


def traced(piece=None, ring_bytes=RING_BYTES):
    clock = FakeClock()
    reply = f'\r\n+CMGR: 1,"Jo",24\r\n{PDU_IN}\r\n\r\nOK\r\n'.encode()
    stream = ScriptedStream(clock, lambda data: [Chunk(reply, after=0.5)], piece=piece)
    return TracedStream(stream, clock, Transcript(clock, ring_bytes)), stream, clock


@pytest.mark.parametrize("piece", [None, 1, 3])
def test_a_session_is_kept_with_time_and_direction_and_without_its_text(piece):
    trace, _, _ = traced(piece)
    trace.write(b"AT+CMGR=1\r")
    while trace.read(1):
        pass
    shown = [(entry.at, entry.direction, entry.text) for entry in trace.transcript.entries()]
    assert shown == [
        (1000.0, "!", "opened"),
        (1000.0, ">", "AT+CMGR=1<CR>"),
        (1000.5, "<", '+CMGR: 1,"<text 2>",24<CR>'),
        (1000.5, "<", f"<pdu {len(PDU_IN) // 2}><CR>"),
        (1000.5, "<", "OK<CR>"),
    ]
    assert "1000.500 < OK<CR>\n" in trace.transcript.text()


def test_a_number_in_two_pieces_does_not_slip_through():
    trace, _, _ = traced()
    trace.write(b'AT+CSCA="+154')
    assert trace.transcript.entries()[-1].text == "<unfinished 13>"
    trace.write(b'15550100"\r')
    assert trace.transcript.entries()[-1].text == 'AT+CSCA="<number 12>"<CR>'


def test_a_prompt_stands_before_what_was_written_to_it():
    transcript = Transcript(lambda: 0.0)
    transcript.note(">", b"AT+CMGS=18\r")
    transcript.note("<", b"\r\n> ")
    transcript.note(">", PDU_OUT.encode() + b"\x1a")
    transcript.note("<", b"\r\n+CMGS: 7\r\n")
    assert [entry.text for entry in transcript.entries()] == [
        "AT+CMGS=18<CR>", "> ", "<pdu 19><^Z>", "+CMGS: 7<CR>",
    ]  # fmt: skip


def test_what_passes_through_is_untouched():
    trace, stream, _ = traced()
    trace.write(b"AT\x1b\x1a")
    assert stream.written == [b"AT\x1b\x1a"]
    assert trace.read(1).endswith(b"OK\r\n")
    trace.interrupt()
    assert trace.read(5) == b""
    trace.close()
    assert stream.closed


def test_the_ring_is_bounded_and_loses_the_oldest():
    trace, _, _ = traced(ring_bytes=2000)
    for number in range(1000):
        trace.write(f"AT+CMGR={number}\r".encode())
    entries = trace.transcript.entries()
    assert len(entries) < 50
    assert entries[-1].text == "AT+CMGR=999<CR>"


def test_the_end_of_the_port_is_in_the_trace_and_the_next_opening_too():
    trace, stream, clock = traced()
    stream.lose()
    with pytest.raises(PortLost):
        trace.read(1)
    TracedStream(stream, clock, trace.transcript)
    shown = [(entry.direction, entry.text) for entry in trace.transcript.entries()]
    assert shown == [("!", "opened"), ("!", "PortLost"), ("!", "opened")]


def test_a_trace_is_written_whole_and_for_the_group_alone(tmp_path):
    trace, _, _ = traced()
    trace.write(b"AT\r")
    path, elsewhere = tmp_path / "trace.main.txt", tmp_path / "elsewhere"
    path.symlink_to(elsewhere)
    write_trace(trace.transcript, path, "modem main")
    assert path.read_text() == "# modem main\n1000.000 ! opened\n1000.000 > AT<CR>\n"
    assert not path.is_symlink() and not elsewhere.exists()
    assert stat.S_IMODE(path.stat().st_mode) & 0o007 == 0
    assert list(tmp_path.iterdir()) == [path]
