"""Sessions published by people whose modems misbehaved, replayed against the driver.

Each is told by its source; numbers and texts are replaced by samples, since the sources leave them out.
"""

import pytest

from modem import carrier
from modem.capabilities import Capabilities
from modem.carrier import CarrierState
from modem.channel import Channel
from modem.commands import indication_choices, storage_choices, storage_now
from modem.device import NewMessage, Report, StoredMessage
from modem.errors import SendUnknown
from modem.profiles import choose
from tests.modem.scripted import (
    PDU_IN,
    PDU_OTHER,
    PDU_OUT,
    PDU_OUT_LENGTH,
    REPORT,
    BareModem,
    Chunk,
    FakeClock,
    ScriptedStream,
)
from tests.modem.test_device import make, ready

SESSIONS = {
    "quectel": ("Quectel", "EC25"),
    "simcom-a76xx": ("SIMCOM INCORPORATED", "SIM7670G-LNGV"),
    "huawei": ("huawei", "E173"),
    "sierra": ("Sierra Wireless, Incorporated", "MC7455"),
    "zte": ("ZTE INCORPORATED", "MF190"),
    "cinterion": ("SIEMENS", "MC75i"),
    "generic": ("", ""),
}
"""The families of which a session is replayed here, by profile: maker and model as they call themselves."""


def family(name, model=None):
    """A modem's answers to who it is, which lead to its profile."""
    maker, usual = SESSIONS[name]
    assert choose("auto", maker, model or usual).name == name
    return {"AT+CGMI": f"{maker}\nOK", "AT+CGMM": f"{model or usual}\nOK"}


QUECTEL = family("quectel") | {
    "AT+CPMS=?": '+CPMS: ("SM","ME","MT","SR"),("SM","ME","MT"),("SM","ME","MT")\nOK',
}


def test_ec25_announces_a_report_under_the_slot_of_a_reply():
    """chan_quectel#75: with ds=2 the report is in SR, announced as "SM",0; slot 0 of SM is a reply."""
    bare = BareModem(replies=dict(QUECTEL), slots={"SM": {0: PDU_IN}, "ME": {}, "SR": {0: REPORT}})
    device, stream, _ = ready(bare)
    bare.replies["^Z"] = [Chunk(b'\r\n+CMGS: 78\r\n\r\nOK\r\n\r\n+CDSI: "SM",0\r\n')]
    assert device.send_part(PDU_OUT, PDU_OUT_LENGTH) == 78
    device.wait(5)
    assert device.notices() == [Report(REPORT, StoredMessage("SR", 0, 1, REPORT))]
    assert bare.slots["SM"] == {0: PDU_IN}
    assert not any("CMGD" in command for command in stream.commands())


def test_ec25_is_set_to_show_reports_instead():
    device, stream, _ = make(BareModem(replies=dict(QUECTEL), slots={"SM": {}, "ME": {}, "SR": {}}))
    device.bring_up()
    assert "AT+CNMI=2,1,0,1,0" in stream.commands()


@pytest.mark.parametrize("piece", [None, 1])
def test_sim7670g_prompts_without_a_blank_and_with_cr_lf(piece):
    """gammu#1176, live on AT&T band 66."""
    bare = BareModem(replies=family("simcom-a76xx"))

    def prompt(modem, line):
        modem.entering = True
        return ">"

    device, _, _ = ready(bare, piece=piece)
    bare.replies["AT+CMGS"] = prompt
    assert device.send_part(PDU_OUT, PDU_OUT_LENGTH) == 77
    assert bare.sent == [PDU_OUT]


def test_eg06_answers_an_error_after_135_seconds():
    """Quectel forum 4452: +CMS ERROR: 350 that late does not say whether the text left."""
    late = {"^Z": [Chunk(b"\r\n+CMS ERROR: 350\r\n", after=135)]}
    device, stream, _ = ready(BareModem(replies=family("quectel", "EG06") | late))
    started = stream.clock.now
    with pytest.raises(SendUnknown, match="350"):
        device.send_part(PDU_OUT, PDU_OUT_LENGTH)
    assert stream.clock.now - started == pytest.approx(135)


def test_mc7455_says_ok_before_the_pdu():
    """Sierra forum 10538: with NMEA on, OK follows the prompt, the text is sent, +CMGS never comes."""
    bare = BareModem(replies=family("sierra"))
    device, stream, _ = ready(bare)

    def prompt(modem, line):
        modem.entering = True
        return ">\nOK"

    bare.replies |= {"AT+CMGS": prompt, "^Z": [Chunk(b"")]}
    with pytest.raises(SendUnknown):
        device.send_part(PDU_OUT, PDU_OUT_LENGTH)
    assert stream.written[-1] == f"{PDU_OUT}\x1a".encode()
    bare.replies.clear()
    assert device.send_part(PDU_OUT, PDU_OUT_LENGTH) == 77


def test_ep06_refuses_to_list_in_pdu_mode():
    """Quectel forum 7820: AT+CMGL=4 gives +CMS ERROR: 303; reading slot by slot works."""
    bare = BareModem(slots={"SM": {3: PDU_IN, 9: PDU_OTHER}})
    bare.replies = {"AT+CMGL=4": "+CMS ERROR: 303", "AT+CMGD=?": "+CMGD: (3,9),(0-4)\nOK"}
    bare.replies |= family("quectel", "EP06")
    device, _, _ = ready(bare)
    assert [(message.slot, message.pdu) for message in device.stored()] == [(3, PDU_IN), (9, PDU_OTHER)]


def test_rc7620_announces_a_slot_it_cannot_read():
    """Sierra forum 35851: +CMTI: "ME",15, then AT+CMGR=15 gives +CMS ERROR: 321; nothing else is lost."""
    bare = BareModem(slots={"SM": {1: PDU_IN}}, replies=family("sierra", "RC7620"))
    device, stream, _ = ready(bare)
    bare.replies["AT+CMGR=15"] = "+CMS ERROR: 321"
    stream.say(b'\r\n+CMTI: "ME",15\r\n')
    device.wait(5)
    assert device.notices() == [NewMessage("ME", 15)]
    assert [message.slot for message in device.stored()] == [1]


def test_eg21_boots_while_it_is_asked():
    """Its start-up lines come between any two lines of the first answers."""
    boot = [b"RDY", b"+CFUN: 1", b"+CPIN: READY", b"+QUSIM: 1", b"+QIND: SMS DONE", b"+QIND: PB DONE"]
    bare = BareModem(replies=dict(QUECTEL), slots={"SM": {}, "ME": {}, "SR": {}})
    bare.before_line = lambda number: b"\r\n" + boot[number % len(boot)] + b"\r\n" if number < 30 else b""
    device, _, _ = make(bare)
    identity = device.bring_up()
    assert (identity.model, identity.iccid) == ("EC25", "8901260000000000001")


FORMS = [
    ("+CPMS: 1,50,1,50,1,50", [("", 1, 50)] * 3),
    ('+CPMS:"SM",3,30,"SM",3,30,"SM",3,30', [("SM", 3, 30)] * 3),
]


@pytest.mark.parametrize("form, uses", FORMS, ids=[form for form, _ in FORMS])
def test_huawei_counts_its_storage_in_two_forms(form, uses):
    found = storage_now(channel({"AT+CPMS?": f"{form}\nOK"}))
    assert [(use.name, use.used, use.total) for use in found] == uses


@pytest.mark.parametrize("form", [form for form, _ in FORMS])
def test_a_huawei_stick_refuses_in_its_own_words(form):
    """asterisk-chan-dongle: `COMMAND NOT SUPPORT` for what it does not know, ^RSSI and ^BOOT in between."""
    bare = BareModem(replies=family("huawei"))
    bare.before_line = lambda number: (
        b"\r\n^RSSI:18\r\n\r\n^BOOT:27710117,0,0,0,75\r\n" if number % 3 == 0 else b""
    )
    bare.replies |= dict.fromkeys(("AT+CEREG?", "AT+CCID", "AT^CURC=0", "AT+CSMS?"), "COMMAND NOT SUPPORT")
    bare.replies |= {"AT^ICCID?": "^ICCID: 981062000000000000F1\nOK", "AT+CPMS?": f"{form}\nOK"}
    device, _, _ = make(bare)
    assert device.bring_up().iccid == "8901260000000000001"
    assert device.profile.name == "huawei"
    assert device.check_settings()


def test_mc75i_has_its_own_ideas():
    """gammu#1207: the third memory may not be ME, and only bfr=1 is taken."""
    asked = channel(
        {
            "AT+CPMS=?": '+CPMS: ("ME","SM","MT"),("ME","SM","MT"),("SM","MT")\nOK',
            "AT+CNMI=?": "+CNMI: (0-3),(0,1),(0,2,3),(0,2),(1)\nOK",
        }
    )
    assert storage_choices(asked)[2] == ["SM", "MT"]
    assert indication_choices(asked)[4] == {1}
    bare = BareModem(
        replies={
            "AT+CPMS=?": '+CPMS: ("ME","SM","MT"),("ME","SM","MT"),("SM","MT")\nOK',
            "AT+CNMI=?": "+CNMI: (0-3),(0,1),(0,2,3),(0,2),(1)\nOK",
            "AT+CNMI=2,1,0,2,1": "OK",
        }
        | family("cinterion")
    )
    device, stream, _ = make(bare)
    device.bring_up()
    assert "AT+CNMI=2,1,0,2,1" in stream.commands()
    assert 'AT+CPMS="SM","SM","SM"' in stream.commands()


def channel(replies):
    clock = FakeClock()
    return Channel(ScriptedStream(clock, BareModem(replies=replies)), clock)


def test_zte_storms_do_not_keep_a_dead_command_alive():
    """gammu#393: +ZEND every 30 s; the deadline counts from the command's start."""
    storm = [Chunk(b"\r\n+ZEND\r\n", after=30.0 * turn) for turn in range(20)]
    device, stream, _ = ready(BareModem(replies=family("zte") | {"^Z": storm}))
    started = stream.clock.now
    with pytest.raises(SendUnknown):
        device.send_part(PDU_OUT, PDU_OUT_LENGTH)
    assert stream.clock.now - started == pytest.approx(180)


def test_an_a7670_says_sim_failure_and_then_ready():
    """LilyGo#79: asked too early, it answers SIM failure; +CPIN: READY, SMS DONE and PB DONE come later."""
    bare = BareModem(replies=family("simcom-a76xx", "A7670E-LASE") | {"AT+CPIN?": "+CME ERROR: SIM failure"})
    device, stream, _ = make(bare)
    stream.say(b"\r\n+CPIN: READY\r\n\r\nSMS DONE\r\n\r\nPB DONE\r\n", after=12)
    ready_at = stream.clock.now + 12

    def starting(modem, line):
        return "+CPIN: READY\nOK" if stream.clock.now >= ready_at else "+CME ERROR: SIM failure"

    bare.replies["AT+CPIN?"] = starting
    assert device.bring_up().sim == "8901260000000000001"
    assert stream.clock.now >= ready_at


# ---- what the modem says of its carrier ----------------------------------------------------------


def carrier_of(name, replies):
    """What is made of a family's answers; whatever else is asked is refused."""
    return carrier.look(channel({"AT+CSCA?": "ERROR"} | replies), choose(name, "", ""), Capabilities())


NOTHING_TOLD = CarrierState("unknown", None, None, None, None, None)

IMS = [
    ("quectel", 'AT+QCFG="ims"', '+QCFG: "ims",0,0', "off"),  # RM502Q-AE, no text in either direction
    ("quectel", 'AT+QCFG="ims"', '+QCFG: "ims",1,1', "registered"),  # EC20, calls over LTE work
    ("quectel", 'AT+QCFG="ims"', '+QCFG: "ims",1,0', "not_registered"),  # EC200U, with +CIREG: 0,0
    ("quectel", "AT+CIREG?", "+CIREG: 0,0", "not_registered"),
]


@pytest.mark.parametrize("name, command, reply, ims", IMS, ids=[reply for _, _, reply, _ in IMS])
def test_ims_as_published(name, command, reply, ims):
    assert carrier_of(name, {command: f"{reply}\nOK"}).ims == ims


def test_an_eg25_lists_its_carrier_profiles():
    """lukejenkins/cwd, firmware EG25GGBR07A08M2G: selected and in force is the fifth."""
    listed = """+QMBNCFG: "List",0,0,0,"ROW_Generic_3GPP",0x0501081F,202307241
+QMBNCFG: "List",1,0,0,"VoLTE-ATT",0x0501033C,202203251
+QMBNCFG: "List",2,0,0,"hVoLTE-Verizon",0x05010141,202302081
+QMBNCFG: "List",3,0,0,"Sprint-VoLTE",0x05010205,202010201
+QMBNCFG: "List",4,1,1,"Commercial-TMO_VoLTE",0x05010505,202301051
+QMBNCFG: "List",5,0,0,"Telus-Commercial_DO",0x0580F601,202105061
OK"""
    assert carrier_of("quectel", {'AT+QMBNCFG="List"': listed}).profile == "Commercial-TMO_VoLTE"


def test_an_mc7455_says_no_service_of_ims():
    """mdlayher/atmodem: rows without a prefix of their own, noise among them all the same."""
    status = """!GSTATUS:
Current Time:  71465            Temperature: 41
Reset Counter: 8                Mode:        ONLINE
System mode:   LTE              PS state:    Attached
LTE band:      B12              LTE bw:      5 MHz
EMM state:     Registered       Normal Service
RRC state:     RRC Idle
IMS reg state: No Srv
+CREG: 1
PCC RxM RSSI:  -84              RSRP (dBm):  -113
Tx Power:      --               TAC:         BEEF (12345)
SINR (dB):      0.6
OK"""
    assert carrier_of("sierra", {"AT!GSTATUS?": status}).ims == "not_registered"


def test_a_modem_that_tells_nothing_of_its_carrier():
    for name in SESSIONS:
        assert carrier_of(name, {}) == NOTHING_TOLD
