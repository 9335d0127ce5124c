import pytest

from modem import commands
from modem.channel import Channel
from modem.commands import Listed, Registration, StorageUse
from modem.errors import CommandRefused
from tests.modem.scripted import PDU_IN, PDU_OTHER, Chunk, FakeClock, ScriptedStream


def ask(function, reply, *arguments):
    """What a command function makes of a reply, and what it wrote."""
    clock = FakeClock()
    framed = "".join(f"\r\n{line}\r\n" for line in reply.split("\n")).encode("latin-1")
    stream = ScriptedStream(clock, lambda data: [Chunk(framed)])
    return function(Channel(stream, clock), *arguments), stream.commands()


CASES = [
    # function, arguments, what is written, reply, value
    (commands.manufacturer, (), "AT+CGMI", "Quectel\nOK", "Quectel"),
    (commands.model, (), "AT+CGMM", "EC25\nOK", "EC25"),
    (commands.model, (), "AT+CGMM", '+CGMM: "MC75i"\nOK', "MC75i"),
    (commands.model, (), "AT+CGMM", "^MODE: 5,4\nEC25\nRDY\nOK", "EC25"),
    (commands.revision, (), "AT+CGMR", "EC25EFAR06A01M4G\nOK", "EC25EFAR06A01M4G"),
    (commands.imei, (), "AT+CGSN", "490154203237518\nOK", "490154203237518"),
    (commands.imei, (), "AT+CGSN", '+CGSN: "490154203237518"\nOK', "490154203237518"),
    (commands.imei, (), "AT+CGSN", "OK", ""),
    (commands.signal_dbm, (), "AT+CSQ", "+CSQ: 0,99\nOK", -113),
    (commands.signal_dbm, (), "AT+CSQ", "+CSQ:31,0\nOK", -51),
    (commands.signal_dbm, (), "AT+CSQ", "+CSQ: 99,99\nOK", None),
    (commands.signal_dbm, (), "AT+CSQ", "OK", None),
    (commands.pin_state, (), "AT+CPIN?", "+CPIN: READY\nOK", "READY"),
    (commands.pin_state, (), "AT+CPIN?", "+CPIN:READY\nOK", "READY"),
    (commands.pin_state, (), "AT+CPIN?", '+CPIN: "SIM PUK"\nOK', "SIM PUK"),
    (commands.imsi, (), "AT+CIMI", "001010000000001\nOK", "001010000000001"),
    (commands.imsi, (), "AT+CIMI", "+CIMI: 001010000000001\nOK", "001010000000001"),
    (commands.own_number, (), "AT+CNUM", '+CNUM: "Line 1","+15415550100",145\nOK', "+15415550100"),
    (commands.own_number, (), "AT+CNUM", '+CNUM: "","",129\nOK', None),
    (commands.own_number, (), "AT+CNUM", "OK", None),
    (commands.registration, ("CREG",), "AT+CREG?", "+CREG: 0,1\nOK", Registration(1)),
    (commands.registration, ("CREG",), "AT+CREG?", '+CREG: 2,5,"00C3","1A2B",7\nOK', Registration(5)),
    (commands.registration, ("CREG",), "AT+CREG?", "+CREG:0, 11\nOK", Registration(11)),
    (commands.registration, ("CREG",), "AT+CREG?", '+CREG: 0,1\n+CREG: 5,"00C3","1A"\nOK', Registration(1)),
    (commands.registration, ("CEREG",), "AT+CEREG?", "OK", None),
    (commands.operator, (), "AT+COPS?", '+COPS: 0,0,"Example, Net",7\nOK', "Example, Net"),
    (commands.operator, (), "AT+COPS?", '+COPS: 0,2,"00101"\nOK', "00101"),
    (commands.operator, (), "AT+COPS?", "+COPS: 0\nOK", None),
    (commands.message_centre, (), "AT+CSCA?", '+CSCA: "+15415550100",145\nOK', "+15415550100"),
    (commands.message_centre, (), "AT+CSCA?", '+CSCA: "",129\nOK', ""),
    (commands.message_format, (), "AT+CMGF?", "+CMGF: 1\nOK", 1),
    (commands.message_service, (), "AT+CSMS?", "+CSMS: 0,1,1,1\nOK", 0),
    (
        commands.storage_choices,
        (),
        "AT+CPMS=?",
        '+CPMS: ("ME","SM","MT"),("ME","SM","MT"),("SM","MT")\nOK',
        [["ME", "SM", "MT"], ["ME", "SM", "MT"], ["SM", "MT"]],
    ),
    (
        commands.storage_choices,
        (),
        "AT+CPMS=?",
        '+CPMS:("SM"),("SM"),("SM")\nOK',
        [["SM"], ["SM"], ["SM"]],
    ),
    (
        commands.choose_storage,
        ("SM", "SM", "SM"),
        'AT+CPMS="SM","SM","SM"',
        "+CPMS: 1,50,2,50,3,50\nOK",
        [StorageUse("", 1, 50), StorageUse("", 2, 50), StorageUse("", 3, 50)],
    ),
    (commands.choose_storage, ("ME",), 'AT+CPMS="ME"', "OK", []),
    (
        commands.storage_now,
        (),
        "AT+CPMS?",
        '+CPMS:"SM",3,30,"SM",3,30,"ME",4,99\nOK',
        [StorageUse("SM", 3, 30), StorageUse("SM", 3, 30), StorageUse("ME", 4, 99)],
    ),
    (
        commands.indication_choices,
        (),
        "AT+CNMI=?",
        "+CNMI: (0-3),(0,1),(0,2,3),(0,2),(1)\nOK",
        [frozenset({0, 1, 2, 3}), frozenset({0, 1}), frozenset({0, 2, 3}), frozenset({0, 2}), frozenset({1})],
    ),
    (commands.indications_now, (), "AT+CNMI?", "+CNMI: 2,1,0,1,0\nOK", [2, 1, 0, 1, 0]),
    (
        commands.list_messages,
        (),
        "AT+CMGL=4",
        f'+CMGL: 0,1,,24\n{PDU_IN}\n+CMGL: 3,0,"",24\n{PDU_OTHER.lower()}\nOK',
        [Listed(0, 1, PDU_IN), Listed(3, 0, PDU_OTHER)],
    ),
    (
        commands.list_messages,
        (),
        "AT+CMGL=4",
        f"+CMGL: 1,1,,24\n+CMGL: 2,1,,24\n{PDU_OTHER}\nOK",
        [Listed(2, 1, PDU_OTHER)],
    ),
    (
        commands.list_messages,
        (),
        "AT+CMGL=4",
        f"+CMGL:7,,,24\nABCD\n^RSSI: 3\n{PDU_IN}\nOK",
        [Listed(7, -1, PDU_IN)],
    ),
    (commands.list_messages, (), "AT+CMGL=4", "OK", []),
    (commands.read_message, (5,), "AT+CMGR=5", f"+CMGR: 0,,24\n{PDU_IN}\nOK", Listed(5, 0, PDU_IN)),
    (commands.read_message, (5,), "AT+CMGR=5", f"+CMGR: ,,24\n{PDU_IN}\nOK", Listed(5, -1, PDU_IN)),
    (commands.read_message, (5,), "AT+CMGR=5", f'+CMGR:1,"x,y",24\n{PDU_IN}\nOK', Listed(5, 1, PDU_IN)),
    (commands.read_message, (0,), "AT+CMGR=0", "OK", None),
    (commands.slots_in_use, (), "AT+CMGD=?", "+CMGD: (1,4,7),(0-4)\nOK", [1, 4, 7]),
    (commands.slots_in_use, (), "AT+CMGD=?", "+CMGD: (0-3),(0-4)\nOK", [0, 1, 2, 3]),
    (commands.slots_in_use, (), "AT+CMGD=?", "+CMGD: (),(0-4)\nOK", []),
    (commands.delete_message, (4,), "AT+CMGD=4", "OK", None),
    (commands.set_message_centre, ("+15415550100",), 'AT+CSCA="+15415550100",145', "OK", None),
    (commands.indicate, ([2, 1, 0, 1],), "AT+CNMI=2,1,0,1", "OK", None),
    (commands.enter_pin, ("1234",), 'AT+CPIN="1234"', "+CPIN: READY\nOK", None),
]


@pytest.mark.parametrize(
    "function, arguments, written, reply, value", CASES, ids=[f"{c[2]} {c[3][:30]}" for c in CASES]
)
def test_every_form_of_an_answer_is_understood(function, arguments, written, reply, value):
    assert ask(function, reply, *arguments) == (value, [written])


ICCIDS = [
    ("AT+CCID", "+CCID: 8901260000000000001\nOK"),
    ("AT+CCID", '+CCID: "8901260000000000001"\nOK'),
    ("AT+CCID", "8901260000000000001\nOK"),
    ("AT+ICCID", "+ICCID:8901260000000000001\nOK"),
    ("AT+CICCID", "+ICCID: 8901260000000000001\nOK"),
    ("AT+QCCID", "+QCCID: 8901260000000000001F\nOK"),
    ("AT^ICCID?", "^ICCID: 981062000000000000F1\nOK"),
    ("AT#CCID", "#CCID: 8901260000000000001\nOK"),
    ("AT!ICCID?", "!ICCID: 8901260000000000001\nOK"),
]


@pytest.mark.parametrize("command, reply", ICCIDS, ids=[f"{c} {r[:20]}" for c, r in ICCIDS])
def test_the_sim_serial_number_in_every_vendor_form(command, reply):
    assert ask(commands.iccid, reply, command)[0] == "8901260000000000001"


def test_the_sim_serial_number_from_the_sims_own_file():
    reply = '+CRSM: 144,0,"981062000000000000F1"\nOK'
    assert ask(commands.iccid_from_file, reply)[0] == "8901260000000000001"


COUNTERS = [
    (0, "+CPINR: SIM PIN,3,3", 3),
    (1, '+QPINC: "SC",2,10', 2),
    (2, "^CPIN: SIM PIN,1,10,2,10,3", 2),
    (3, "+SPIC: 3,10,0,10", 3),
    (4, "#PCT: 1", 1),
    (0, "+CPINR: SIM PIN", None),
]


@pytest.mark.parametrize("form, reply, left", COUNTERS, ids=[c[1] for c in COUNTERS])
def test_pin_attempts_in_every_vendor_form(form, reply, left):
    assert ask(commands.pin_attempts, f"{reply}\nOK", form)[0].left == left


def test_a_garbled_range_stays_small():
    assert len(ask(commands.slots_in_use, "+CMGD: (0-999999999),(0-4)\nOK")[0]) == 1024


def test_a_list_in_text_mode_is_refused_and_not_taken_for_an_empty_one():
    with pytest.raises(CommandRefused, match="text mode"):
        ask(commands.list_messages, '+CMGL: 1,"REC UNREAD","+15415550123"\nhello\nOK')


@pytest.mark.parametrize(
    "text, fields",
    [
        ('"a,b",1,,(2,3)', ["a,b", "1", "", "(2,3)"]),
        ("", [""]),
        (' 1 , "x" ', ["1", "x"]),
        ('"unclosed,1', ['"unclosed,1']),
    ],
)
def test_fields(text, fields):
    assert commands.fields_of(text) == fields
