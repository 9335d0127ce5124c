import pytest

from modem.lines import (
    LONGEST_LINE,
    Final,
    LineSplitter,
    Prompt,
    Text,
    final_result,
    is_unsolicited,
    pdu_fits,
)
from tests.modem.scripted import PDU_IN, REPORT

OK = Final("OK", ok=True)

STREAMS = [
    ("answer", b"\r\n+CSQ: 20,99\r\n\r\nOK\r\n", [Text("+CSQ: 20,99"), OK]),
    ("LF alone", b"+CSQ: 20,99\nOK\n", [Text("+CSQ: 20,99"), OK]),
    ("CR alone", b"OK\r", [OK]),
    ("echo with CR CR LF", b"AT+CSQ\r\r\nOK\r\n", [Text("AT+CSQ"), OK]),
    ("prompt with blank", b"\r\n> ", [Prompt()]),
    ("prompt without blank", b"\r\n>", [Prompt()]),
    ("prompt with CR LF (SIM7670G)", b"\r\n>\r\n", [Prompt()]),
    ("prompt, then the answer", b"\r\n> \r\n+CMGS: 5\r\n\r\nOK\r\n", [Prompt(), Text("+CMGS: 5"), OK]),
    ("half line", b'\r\n+CMTI: "SM', []),
    ("NULs at power-on", b"\0\0\0\r\nRDY\r\n", [Text("RDY")]),
    ("bytes above 127", b"\xff\xe9junk\r\nOK\r\n", [Text("\xff\xe9junk"), OK]),
    ("begins like a result", b"OKAY\r\nERRORS: 3\r\n", [Text("OKAY"), Text("ERRORS: 3")]),
    ("no end ever", b"x" * (LONGEST_LINE + 1), [Text("x" * LONGEST_LINE)]),
]


@pytest.mark.parametrize("data, items", [s[1:] for s in STREAMS], ids=[s[0] for s in STREAMS])
@pytest.mark.parametrize("size", [1, 2, 3, 10_000])
def test_the_same_items_come_out_however_the_bytes_are_cut(data, items, size):
    splitter = LineSplitter()
    found = [item for at in range(0, len(data), size) for item in splitter.feed(data[at : at + size])]
    assert found == items


FINALS = [
    ("OK", OK),
    ("ERROR", Final("ERROR")),
    ("+CMS ERROR: 304", Final("+CMS ERROR: 304", family="cms", code=304)),
    ("+CMS ERROR:304", Final("+CMS ERROR:304", family="cms", code=304)),
    ("+CMS ERROR: network timeout", Final("+CMS ERROR: network timeout", family="cms", code=332)),
    ("+CMS ERROR: odd words", Final("+CMS ERROR: odd words", family="cms", code=None)),
    ("+CME ERROR: 14", Final("+CME ERROR: 14", family="cme", code=14)),
    ("+CME ERROR: SIM busy", Final("+CME ERROR: SIM busy", family="cme", code=14)),
    ("COMMAND NOT SUPPORT", Final("COMMAND NOT SUPPORT")),
    ("TOO MANY PARAMETERS", Final("TOO MANY PARAMETERS")),
    ("NO CARRIER", Final("NO CARRIER", of_call=True)),
    ('+CMTI: "SM",1', None),
    ("OK then", None),
]


@pytest.mark.parametrize("line, final", FINALS, ids=[line for line, _ in FINALS])
def test_final_results(line, final):
    assert final_result(line) == final


@pytest.mark.parametrize(
    "line, unasked",
    [
        ('+CMTI: "SM",3', True),
        ("^RSSI: 12", True),
        ("*PSUTTZ: 26/11/24", True),
        ("SMS DONE", True),
        ("SMS Ready", True),
        ("RING", True),
        ("EC25", False),
        ("+CSQ: 20,99", False),
    ],
)
def test_lines_that_come_unasked(line, unasked):
    assert is_unsolicited(line) is unasked


@pytest.mark.parametrize(
    "pdu, length, fits",
    [
        (PDU_IN, 24, True),
        (PDU_IN, 25, False),
        (REPORT, 25, True),
        ("not a pdu", 3, False),
        ("ABC", 1, False),
        ("", 0, False),
    ],
)
def test_a_pdu_is_known_by_its_length(pdu, length, fits):
    assert pdu_fits(pdu, length) is fits


def test_a_forgotten_half_line_does_not_taint_the_next():
    splitter = LineSplitter()
    splitter.feed(b"\r\n+CM")
    splitter.forget()
    assert splitter.feed(b"\r\nOK\r\n") == [OK]
