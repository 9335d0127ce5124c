import pytest

from modem import carrier
from modem.capabilities import Capabilities
from modem.carrier import CarrierState
from modem.channel import Channel
from modem.errors import NoReply
from modem.profiles import choose
from tests.modem.scripted import BareModem, Chunk, FakeClock, ScriptedStream


def look(replies, profile="generic", refused=()):
    clock = FakeClock()
    stream = ScriptedStream(clock, BareModem(replies=replies))
    can = Capabilities({}, frozenset(refused))
    return carrier.look(Channel(stream, clock), choose(profile, "", ""), can), stream


def test_a_modem_of_the_standard_tells_all_but_its_profile():
    replies = {
        "AT+CIREG?": "+CIREG: 0,1,5\nOK",
        "AT+CGSMS?": "+CGSMS: 3\nOK",
        "AT+CGATT?": "+CGATT: 1\nOK",
    }
    state, stream = look(replies)
    assert state == CarrierState("registered", True, None, True, "circuit_preferred", "+15415550100")
    assert not any("=" in command for command in stream.commands())  # it is asked, never set


CIREG = [
    ("+CIREG: 0,0", "not_registered", None),
    ("+CIREG: 2,1,4", "registered", True),
    ("+CIREG: 2,1,1", "registered", False),
    ("+CIREG: 2,1,FFFF", "registered", True),
    ("+CIREG: 0,1", "registered", None),
    ("+CIREG:0,1", "registered", None),
    ("+CIREG: 0,1,x", "registered", None),
    ("+CIREG: 1", "unknown", None),
    ("+CIREGU: 1\n+CIREG: 0,0", "not_registered", None),
]


@pytest.mark.parametrize("reply, ims, texts", CIREG, ids=[row[0] for row in CIREG])
def test_the_standard_answer_on_ims(reply, ims, texts):
    state, _ = look({"AT+CIREG?": f"{reply}\nOK"})
    assert (state.ims, state.texts_by_ims) == (ims, texts)


AGREED = [
    # +CIREG, the maker's word, what is shown
    ("0,1", "2,0", "registered"),
    ("0,0", "2,0", "off"),
    ("0,0", "1,1", "not_registered"),
    (None, "1,1", "registered"),
    (None, "0,1", "registered"),
    (None, "1,0", "not_registered"),
    (None, "0,0", "off"),
    (None, "2", "off"),
    (None, "0", "unknown"),
    (None, "1", "unknown"),
    (None, "", "unknown"),
]


@pytest.mark.parametrize("standard, maker, ims", AGREED)
def test_the_standard_comes_before_the_makers_word(standard, maker, ims):
    replies = {'AT+QCFG="ims"': f'+QCFG: "ims",{maker}\nOK'}
    if standard is not None:
        replies["AT+CIREG?"] = f"+CIREG: {standard}\nOK"
    assert look(replies, "quectel")[0].ims == ims


PROFILES = [
    ("quectel", 'AT+QMBNCFG="Select"', '+QMBNCFG: "Select","VoLTE-ATT"', "VoLTE-ATT"),
    ("quectel", 'AT+QMBNCFG="Select"', '+QMBNCFG: "Select"', None),
    (
        "quectel",
        'AT+QMBNCFG="List"',
        '+QMBNCFG: "List",0,1,0,"VoLTE-ATT",0x1,2',
        None,
    ),  # not before a restart
    ("ublox", "AT+UMNOPROF?", "+UMNOPROF: 2", "AT&T"),
    ("ublox", "AT+UMNOPROF?", "+UMNOPROF: 3,0", "Verizon"),
    ("ublox", "AT+UMNOPROF?", "+UMNOPROF: 90", "UMNOPROF 90"),
    ("ublox", "AT+UMNOPROF?", "+UMNOPROF: ", None),
]


@pytest.mark.parametrize("profile, command, reply, name", PROFILES, ids=[row[2] for row in PROFILES])
def test_the_carrier_profile_in_force(profile, command, reply, name):
    assert look({command: f"{reply}\nOK"}, profile)[0].profile == name


@pytest.mark.parametrize(
    "row, ims",
    [
        ("IMS reg state: No Srv", "not_registered"),
        ("IMS reg state: NOT REGISTERED\t\tIMS mode:    Normal", "not_registered"),
        ("IMS reg state: Full Srv", "registered"),
        ("IMS reg state: In Prog", "unknown"),
        ("System mode:   LTE", "unknown"),
    ],
)
def test_sierra_says_it_among_other_rows(row, ims):
    assert look({"AT!GSTATUS?": f"!GSTATUS:\n{row}\nOK"}, "sierra")[0].ims == ims


@pytest.mark.parametrize(
    "profile, asked", [("generic", []), ("quectel", ["QCFG", "QMBNCFG"]), ("sierra", ["GSTATUS"])]
)
def test_a_makers_question_goes_to_its_own_modems_alone(profile, asked):
    _, stream = look({}, profile)
    names = [
        name for name in ("QCFG", "QMBNCFG", "GSTATUS", "UMNOPROF") if name in " ".join(stream.commands())
    ]
    assert names == asked


def test_what_the_model_lacks_is_not_asked():
    _, stream = look({}, refused=("CIREG", "CGSMS"))
    assert stream.commands() == ["AT+CGATT?", "AT+CSCA?"]


@pytest.mark.parametrize(
    "reply", ["ERROR", "OK", [Chunk(b"")], "+CME ERROR: 58"], ids=["error", "ok", "silent", "cme"]
)
@pytest.mark.parametrize("command", ["AT+CIREG?", "AT+CGSMS?", "AT+CGATT?", 'AT+QCFG="ims"'])
def test_no_single_answer_is_needed(command, reply):
    assert look({command: reply}, "quectel")[0].centre == "+15415550100"


@pytest.mark.parametrize("reply, centre", [('+CSCA: "",129\nOK', ""), ("ERROR", None)])
def test_no_centre_is_not_the_same_as_none_told(reply, centre):
    assert look({"AT+CSCA?": reply})[0].centre == centre


def test_a_modem_that_has_stopped_answering_is_told_of():
    clock = FakeClock()
    stream = ScriptedStream(clock, lambda data: [])
    with pytest.raises(NoReply):
        carrier.look(Channel(stream, clock), choose("generic", "", ""), Capabilities())
