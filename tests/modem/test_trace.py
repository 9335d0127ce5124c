import pytest

from modem.errors import PortLost
from modem.trace import TracedStream, masked
from tests.modem.scripted import PDU_IN, PDU_OUT, Chunk, FakeClock, ScriptedStream

MASKS = [
    (f"{PDU_OUT}", "<pdu 19>"),
    ("AT+CMGS=18", "AT+CMGS=18"),
    ('+CSCA: "+15415550100",145', '+CSCA: "<number 12>",145'),
    ("490154203237518", "<number 15>"),
    ("+CCID: 8901260000000000001", "+CCID: <pdu 9>"),
    ('AT+CPIN="1234"', "AT+CPIN=<pin>"),
    ('AT+CPINR="SIM PIN"', 'AT+CPINR="SIM PIN"'),
    ('+CLIP: "+15415550123",145,"Jo"', '+CLIP: "<number 12>",145,"<text>"'),
    ("+CMS ERROR: 500", "+CMS ERROR: 500"),
    ('+CMTI: "SM",12', '+CMTI: "SM",12'),
]


@pytest.mark.parametrize("line, shown", MASKS, ids=[m[0][:20] for m in MASKS])
def test_numbers_and_texts_are_masked(line, shown):
    assert masked(line) == shown


def traced(piece=None, ring_bytes=1 << 20):
    clock = FakeClock()
    reply = f'\r\n+CMGR: 1,"Jo",24\r\n{PDU_IN}\r\n\r\nOK\r\n'.encode()
    stream = ScriptedStream(clock, lambda data: [Chunk(reply, after=0.5)], piece=piece)
    return TracedStream(stream, clock, ring_bytes), stream, clock


@pytest.mark.parametrize("piece", [None, 1, 3])
def test_a_session_is_kept_with_time_and_direction_and_without_its_text(piece):
    trace, _, _ = traced(piece)
    trace.write(b"AT+CMGR=1\r")
    while trace.read(1):
        pass
    shown = [(entry.at, entry.direction, entry.text) for entry in trace.entries()]
    assert shown == [
        (1000.0, ">", "AT+CMGR=1<CR>"),
        (1000.5, "<", '+CMGR: 1,"<text>",24<CR>'),
        (1000.5, "<", f"<pdu {len(PDU_IN) // 2}><CR>"),
        (1000.5, "<", "OK<CR>"),
    ]
    assert "1000.500 < OK<CR>\n" in trace.text()


def test_a_number_in_two_pieces_does_not_slip_through():
    trace, _, _ = traced()
    trace.write(b'AT+CSCA="+154')
    trace.write(b"15550100")
    assert "5550100" not in trace.text() and "+154" not in trace.text()


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
    entries = trace.entries()
    assert len(entries) < 50
    assert entries[-1].text == "AT+CMGR=999<CR>"


def test_the_end_of_the_port_is_in_the_trace():
    trace, stream, _ = traced()
    stream.lose()
    with pytest.raises(PortLost):
        trace.read(1)
    assert trace.entries()[-1].direction == "!"
    assert "PortLost" in trace.entries()[-1].text
