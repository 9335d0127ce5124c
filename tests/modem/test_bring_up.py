import pytest

from modem import bring_up
from modem.bring_up import indications_from
from modem.capabilities import ASKED
from modem.channel import Channel
from modem.commands import indication_choices
from modem.errors import NoReply
from modem.profiles import choose
from modem.storage import Storage
from tests.modem.scripted import (
    PDU_OUT,
    PDU_OUT_LENGTH,
    BareModem,
    Chunk,
    FakeClock,
    FakeMemory,
    ScriptedStream,
)
from tests.modem.test_device import make

SILENCE = [Chunk(b"")]

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


@pytest.mark.parametrize("command", ["AT+CMGF=0", "AT+CPMS=?", 'AT+CPMS="SM","SM","SM"'])
@pytest.mark.parametrize("busy", ["+CMS ERROR: 314", "+CME ERROR: 14", "+CME ERROR: SIM busy"])
def test_a_modem_still_busy_with_its_sim_is_waited_for(command, busy):
    refusals = [busy] * 5
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


# ---- modems that know little ---------------------------------------------------------------------

ROUGH = {
    "an error": "ERROR",
    "mere OK": "OK",
    "nothing": "",
    "a code": "+CME ERROR: 100",
    "words": "COMMAND NOT SUPPORT",
    "a line of the standard": "+CME ERROR: 58",
}


@pytest.mark.parametrize("unknown", ROUGH.values(), ids=ROUGH.keys())
def test_a_modem_that_answers_what_it_does_not_know_with(unknown):
    test_answers = dict.fromkeys((f"AT+{name}=?" for name in ASKED), unknown or SILENCE)
    bare = BareModem(unknown=unknown, replies=test_answers | {"AT+CFUN?": "+CFUN: 1\nOK"})
    device, stream, _ = make(bare)
    started = stream.clock.now
    assert device.bring_up().sim == "8901260000000000001"
    assert stream.clock.now - started < 90
    assert device.send_part(PDU_OUT, PDU_OUT_LENGTH) == 77


@pytest.mark.parametrize("unknown", ROUGH.values(), ids=ROUGH.keys())
def test_its_capabilities_are_asked_all_the_same(unknown):
    test_answers = dict.fromkeys((f"AT+{name}=?" for name in ASKED), unknown or SILENCE)
    clock = FakeClock()
    channel = Channel(ScriptedStream(clock, BareModem(unknown=unknown, replies=test_answers)), clock)
    hardware = bring_up.identify(channel)
    can = bring_up.capabilities_of(channel, hardware, FakeMemory())
    arranged = bring_up.arrange_messages(channel, Storage(channel), choose("generic", "", ""), can)
    assert arranged.indications == [2, 1, 0, 1, 0]


@pytest.mark.parametrize(
    "command",
    [
        "ATE0",
        "ATV1",
        "AT+CMEE=1",
        "AT+CGMI",
        "AT+CGMR",
        "AT+CPMS=?",
        "AT+CNMI=?",
        "AT+CNMI=2,1,0,1,0",
        "AT+CSMS?",
    ],
)
def test_no_single_optional_answer_is_needed(command):
    device, _, _ = make(
        BareModem(replies={command: SILENCE, 'AT+CPMS="SM","SM","SM"': "+CPMS: 0,9,0,9,0,9\nOK"})
    )
    device.bring_up()
    assert device.send_part(PDU_OUT, PDU_OUT_LENGTH) == 77


@pytest.mark.parametrize(
    "command", ["ATE0", "AT+CGMM", "AT+CIMI", "AT+CSMS?", "AT+CPMS=?", "AT+CNMI=2,1,0,1,0"]
)
def test_a_modem_that_dies_in_the_middle_is_told_of_within_half_a_minute(command):
    bare = BareModem()
    device, stream, _ = make(bare)
    died_at = []

    def dies(data):
        if data == f"{command}\r".encode():
            died_at.append(stream.clock.now)
        return [] if died_at else bare(data)

    stream.answer = dies
    with pytest.raises(NoReply):
        device.bring_up()
    assert stream.clock.now - died_at[0] < 30
