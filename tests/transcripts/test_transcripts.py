"""Sessions published by people whose modems misbehaved, replayed against the driver.

Each is told by its source; numbers and texts are replaced by samples, since the sources leave them out.
"""

import pytest

from modem.channel import Channel
from modem.commands import indication_choices, storage_choices, storage_now
from modem.device import NewMessage, Report, StoredMessage
from modem.errors import SendUnknown
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

QUECTEL = {
    "AT+CGMI": "Quectel\nOK",
    "AT+CGMM": "EC25\nOK",
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
    bare = BareModem()
    bare.replies["AT+CGMI"] = "SIMCOM INCORPORATED\nOK"

    def prompt(modem, line):
        modem.entering = True
        return ">"

    device, _, _ = ready(bare, piece=piece)
    bare.replies["AT+CMGS"] = prompt
    assert device.send_part(PDU_OUT, PDU_OUT_LENGTH) == 77
    assert bare.sent == [PDU_OUT]


def test_eg06_answers_an_error_after_135_seconds():
    """Quectel forum 4452: +CMS ERROR: 350 that late does not say whether the text left."""
    device, stream, _ = ready(BareModem(replies={"^Z": [Chunk(b"\r\n+CMS ERROR: 350\r\n", after=135)]}))
    started = stream.clock.now
    with pytest.raises(SendUnknown, match="350"):
        device.send_part(PDU_OUT, PDU_OUT_LENGTH)
    assert stream.clock.now - started == pytest.approx(135)


def test_mc7455_says_ok_before_the_pdu():
    """Sierra forum 10538: with NMEA on, OK follows the prompt, the text is sent, +CMGS never comes."""
    bare = BareModem()
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
    device, _, _ = ready(bare)
    assert [(message.slot, message.pdu) for message in device.stored()] == [(3, PDU_IN), (9, PDU_OTHER)]


def test_rc7620_announces_a_slot_it_cannot_read():
    """Sierra forum 35851: +CMTI: "ME",15, then AT+CMGR=15 gives +CMS ERROR: 321; nothing else is lost."""
    bare = BareModem(slots={"SM": {1: PDU_IN}})
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
    device, stream, _ = ready(BareModem(replies={"^Z": storm}))
    started = stream.clock.now
    with pytest.raises(SendUnknown):
        device.send_part(PDU_OUT, PDU_OUT_LENGTH)
    assert stream.clock.now - started == pytest.approx(180)
