import pytest

from modem.bring_up import indications_from
from modem.channel import Channel
from modem.commands import indication_choices
from tests.modem.scripted import BareModem, FakeClock, ScriptedStream
from tests.modem.test_device import make

OFFERS = [
    ("(0-3),(0-3),(0,2),(0-2),(0,1)", (1, 2, 0), [[2, 1, 0, 1, 0], [2, 1, 0, 2, 0], [2, 1, 0, 0, 0]]),
    ("(0-3),(0,1),(0,2,3),(0,2),(1)", (1, 2, 0), [[2, 1, 0, 2, 1], [2, 1, 0, 0, 1]]),
    ("(0-2),(0-3),(0,2),(0-2),(0,1)", (1, 0), [[2, 1, 0, 1, 0], [2, 1, 0, 0, 0]]),
    ("(1),(0,1),(0),(0,1)", (1, 2, 0), [[1, 1, 0, 1], [1, 1, 0, 0]]),
    ("(0,1),(0,2)", (1, 2, 0), [[1, 2]]),
    ("2,1,0,(0-2),0", (1, 2, 0), [[2, 1, 0, 1, 0], [2, 1, 0, 2, 0], [2, 1, 0, 0, 0]]),
    ("", (1, 2, 0), []),
]


@pytest.mark.parametrize("offer, reports, wanted", OFFERS, ids=[o[0] for o in OFFERS])
def test_announcements_are_picked_from_what_the_modem_offers(offer, reports, wanted):
    clock = FakeClock()
    stream = ScriptedStream(clock, BareModem(replies={"AT+CNMI=?": f"+CNMI: {offer}\nOK"}))
    assert indications_from(indication_choices(Channel(stream, clock)), reports) == wanted


def test_without_an_offer_the_common_settings_are_tried_in_turn():
    refused = {"AT+CNMI=?": "ERROR", "AT+CNMI=2,1,0,1,0": "ERROR", "AT+CNMI=2,1,0,2,0": "OK"}
    device, stream, _ = make(BareModem(replies=refused))
    device.bring_up()
    tried = [command for command in stream.commands() if command.startswith("AT+CNMI=2")]
    assert tried == ["AT+CNMI=2,1,0,1,0", "AT+CNMI=2,1,0,2,0"]


def test_a_modem_without_any_announcement_is_used_all_the_same():
    device, _, _ = make(BareModem(replies={"AT+CNMI=?": "ERROR", "AT+CNMI=2,1,0,1,0": "ERROR"}))
    device.bring_up()
    assert device.check_settings()


def test_acknowledged_service_is_left():
    device, stream, _ = make(
        BareModem(replies={"AT+CSMS?": "+CSMS: 1,1,1,1\nOK", "AT+CSMS=0": "+CSMS: 1,1,1\nOK"})
    )
    device.bring_up()
    assert "AT+CSMS=0" in stream.commands()


@pytest.mark.parametrize("command", ["AT+CMGF=0", 'AT+CPMS="SM","SM","SM"'])
def test_a_modem_still_busy_with_its_sim_is_waited_for(command):
    refusals = ["+CMS ERROR: 314"] * 5
    then = "OK"
    device, stream, _ = make(BareModem(replies={command: lambda *_: refusals.pop() if refusals else then}))
    started = stream.clock.now
    device.bring_up()
    assert refusals == []
    assert stream.clock.now - started < 10


def test_a_profiles_own_commands_may_be_refused():
    device, stream, _ = make(BareModem(replies={"AT+CGMI": "Quectel\nOK"}))
    device.bring_up()
    assert device.profile.name == "quectel"
    assert 'AT+QURCCFG="urcport","all"' in stream.commands()
