"""The device against a bare modem of 27.005, with faults at every place."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modem.commands import StorageUse
from modem.device import (
    Device,
    DirectMessage,
    Health,
    Identity,
    LateAccept,
    NewMessage,
    Report,
    Restarted,
    Ring,
    StorageFull,
    StoredMessage,
)
from modem.errors import FailureClass, ModemError, NoReply, PortLost, SendRefused, SendUnknown
from tests.modem.scripted import (
    LOST,
    PDU_IN,
    PDU_OTHER,
    PDU_OUT,
    PDU_OUT_LENGTH,
    REPORT,
    BareModem,
    Chunk,
    FakeClock,
    FakeMemory,
    ScriptedStream,
)

PROMPT = Chunk(b"\r\n> ")
MEMORIES = (StorageUse("SM", 0, 30), StorageUse("SM", 1, 30), StorageUse("SM", 1, 30))


def make(bare=None, *, piece=None, memory=None, **settings):
    clock = FakeClock()
    bare = bare or BareModem()
    stream = ScriptedStream(clock, bare, piece=piece)
    device = Device("main", stream, memory=memory or FakeMemory(), monotonic=clock, **settings)
    return device, stream, bare


def ready(bare=None, **settings):
    """A device that is up, and a stream that has forgotten how it came up."""
    device, stream, bare = make(bare, **settings)
    device.bring_up()
    device.notices()
    stream.written.clear()
    return device, stream, bare


def send(device, **more):
    return device.send_part(PDU_OUT, PDU_OUT_LENGTH, **more)


# ---- bring-up ------------------------------------------------------------------------------------


@pytest.mark.parametrize("echo", [False, True])
@pytest.mark.parametrize("piece", [None, 1])
def test_a_modem_with_the_bare_minimum_comes_up(echo, piece):
    device, stream, _ = make(BareModem(echo=echo), piece=piece)
    identity = device.bring_up()
    assert identity == Identity(
        "490154203237518", "8901260000000000001", "001010000000001", "BARE-1", "R1.0", None
    )
    assert identity.sim == "8901260000000000001"
    assert device.centre == "+15415550100"
    assert 'AT+CPMS="SM","SM","SM"' in stream.commands() and "AT+CNMI=2,1,0,1,0" in stream.commands()
    assert not any(command.startswith(("ATZ", "AT&F")) for command in stream.commands())


@pytest.mark.parametrize(
    "identity, name",
    [
        (Identity("1", "2", "3", "", ""), "2"),
        (Identity("1", "", "3", "", ""), "3"),
        (Identity("1", "", "", "", ""), "imei:1"),
    ],
    ids=["iccid", "imsi", "imei"],
)
def test_a_sim_is_named_by_the_best_that_is_known(identity, name):
    assert identity.sim == name


def test_a_modem_that_refuses_every_optional_command_comes_up():
    refused = ["AT+CGMI", "AT+CGMM", "AT+CGMR", "AT+CCID", "AT+CIMI", "AT+CPMS=?", "AT+CNMI=?", "AT+CPIN?"]
    refused += ["AT+CSCA?", "AT+CREG?", "AT+CEREG?", "ATV1", "AT+CMEE=1"]
    device, _, _ = make(BareModem(replies=dict.fromkeys(refused, "ERROR")))
    identity = device.bring_up()
    assert identity.sim == "imei:490154203237518"
    assert send(device) == 77


def test_a_modem_left_in_a_text_entry_is_led_out_of_it():
    device, _, bare = make(BareModem(entering=True))
    device.bring_up()
    assert bare.sent == []


def test_a_silent_port_is_given_up():
    device, stream, _ = make()
    stream.answer = lambda data: []
    with pytest.raises(NoReply):
        device.bring_up()


def test_a_modem_that_cannot_do_pdu_mode_is_not_used():
    device, _, _ = make(BareModem(replies={"AT+CMGF=0": "ERROR"}))
    with pytest.raises(Exception, match="PDU mode"):
        device.bring_up()


# ---- sending -------------------------------------------------------------------------------------


def test_a_text_costs_two_writes_and_no_waiting():
    device, stream, bare = ready()
    started = stream.clock.now
    assert send(device) == 77
    assert stream.written == [f"AT+CMGS={PDU_OUT_LENGTH}\r".encode(), f"{PDU_OUT}\x1a".encode()]
    assert bare.sent == [PDU_OUT]
    assert stream.clock.now == started


def test_the_commit_comes_between_prompt_and_text():
    device, stream, _ = ready()
    seen = []
    send(device, before_ctrl_z=lambda: seen.extend(stream.commands()))
    assert seen == [f"AT+CMGS={PDU_OUT_LENGTH}"]


@pytest.mark.parametrize(
    "reason", [ValueError("disk full"), KeyboardInterrupt()], ids=lambda r: type(r).__name__
)
def test_a_failed_commit_means_nothing_is_sent(reason):
    device, stream, bare = ready()

    def fail():
        raise reason

    with pytest.raises(type(reason)):
        send(device, before_ctrl_z=fail)
    assert stream.written[-1] == b"\x1b"
    assert bare.sent == []
    assert send(device) == 77  # and the modem is usable at once


NOT_SENT = [
    ("ERROR", FailureClass.TEMPORARY, None),
    ("+CMS ERROR: 500", FailureClass.TEMPORARY, 500),
    ("+CMS ERROR: 332", FailureClass.TEMPORARY, 332),
    ("+CMS ERROR: 330", FailureClass.CONFIGURATION, 330),
    ("+CMS ERROR: 322", FailureClass.MEMORY, 322),
    ("+CME ERROR: 14", FailureClass.BUSY, 14),
    ("+CMS ERROR: SIM busy", FailureClass.BUSY, 314),
]


@pytest.mark.parametrize("answer, failure, code", NOT_SENT, ids=[n[0] for n in NOT_SENT])
def test_what_is_refused_before_the_text_was_not_sent(answer, failure, code):
    device, stream, bare = ready(BareModem(replies={"AT+CMGS": answer}))
    with pytest.raises(SendRefused) as refusal:
        send(device)
    assert (refusal.value.failure, refusal.value.code) == (failure, code)
    assert not any(b"\x1a" in written for written in stream.written)
    assert bare.sent == []


AFTER = [
    ("+CMS ERROR: 1", FailureClass.RECIPIENT, False),
    ("+CMS ERROR: 27", FailureClass.RECIPIENT_LATER, True),
    ("+CMS ERROR: 304", FailureClass.TEXT, False),
    ("+CMS ERROR: 38", FailureClass.TEMPORARY, True),
    ("+CMS ERROR: 21", FailureClass.REJECTED, True),
    ("+CMS ERROR: 197", FailureClass.DUPLICATE, True),
    ("+CME ERROR: 30", FailureClass.TEMPORARY, True),
]


@pytest.mark.parametrize("answer, failure, retryable", AFTER, ids=[a[0] for a in AFTER])
def test_a_clear_refusal_after_the_text_is_a_refusal(answer, failure, retryable):
    device, _, _ = ready(BareModem(replies={"^Z": answer}))
    with pytest.raises(SendRefused) as refusal:
        send(device)
    assert (refusal.value.failure, refusal.value.retryable) == (failure, retryable)


@pytest.mark.parametrize(
    "answer",
    [
        "ERROR",
        "+CMS ERROR: 500",
        "+CMS ERROR: 332",
        "+CMS ERROR: 350",
        "+CMS ERROR: 9999",
        "OK",
        "+CMGS:\nOK",
    ],
)
def test_an_unclear_answer_after_the_text_is_unknown(answer):
    device, _, _ = ready(BareModem(replies={"^Z": answer}))
    with pytest.raises(SendUnknown) as unknown:
        send(device)
    assert unknown.value.unknown and not unknown.value.retryable


@pytest.mark.parametrize("seconds, accepted", [(40, True), (135, True), (179, True), (181, False)])
def test_the_network_may_take_180_seconds(seconds, accepted):
    late = [Chunk(b"\r\n+CMGS: 9\r\n\r\nOK\r\n", after=seconds)]
    device, stream, _ = ready(BareModem(replies={"^Z": late}))
    started = stream.clock.now
    if accepted:
        assert send(device) == 9
        return
    with pytest.raises(SendUnknown):
        send(device)
    assert stream.clock.now - started == pytest.approx(180)
    device.wait(60)
    assert device.notices() == [LateAccept(9)]
    assert send_again_after(device, stream) == 77


def send_again_after(device, stream):
    """The next text on a modem that works again."""
    stream.answer.replies.pop("^Z")
    return send(device)


def test_a_port_lost_after_the_text_leaves_it_unknown():
    device, _, _ = ready(BareModem(replies={"^Z": [LOST]}))
    with pytest.raises(SendUnknown) as unknown:
        send(device)
    assert isinstance(unknown.value.__cause__, PortLost)
    assert device.lost


def test_a_modem_that_restarts_over_a_text_is_not_waited_for():
    device, stream, _ = ready(BareModem(replies={"^Z": [Chunk(b"\r\nRDY\r\n", after=2)]}))
    started = stream.clock.now
    with pytest.raises(SendUnknown, match="restarted"):
        send(device)
    assert stream.clock.now - started == pytest.approx(2)
    assert device.notices() == [Restarted("RDY")]


def test_a_port_lost_before_the_text_means_it_was_not_sent():
    device, _, _ = ready(BareModem(replies={"AT+CMGS": [LOST]}))
    with pytest.raises(PortLost):
        send(device)
    assert device.lost


def test_no_prompt_within_ten_seconds_means_not_sent_and_no_ctrl_z():
    device, stream, bare = ready(BareModem(replies={"AT+CMGS": [Chunk(b"", after=0)]}))
    started = stream.clock.now
    with pytest.raises(NoReply):
        send(device)
    assert stream.clock.now - started == pytest.approx(10)
    assert stream.written[-1] == b"\x1b"
    del bare.replies["AT+CMGS"]
    assert send(device) == 77


@pytest.mark.parametrize("allowed", [True, False])
def test_a_roaming_sim_sends_only_where_that_is_allowed(allowed):
    device, stream, _ = ready(BareModem(replies={"AT+CREG?": "+CREG: 0,5\nOK"}), allow_roaming=allowed)
    if allowed:
        assert send(device) == 77
        return
    with pytest.raises(SendRefused, match="roaming"):
        send(device)
    assert stream.written == []


def test_after_a_restart_into_text_mode_nothing_is_handed_over():
    device, stream, bare = ready()
    bare.replies["AT+CMGF?"] = "+CMGF: 1\nOK"
    stream.say(b"\r\nRDY\r\n")
    with pytest.raises(SendRefused) as refusal:
        send(device)
    assert refusal.value.failure is FailureClass.CONFIGURATION
    assert device.notices() == [Restarted("RDY")]
    assert not any("CMGS" in command for command in stream.commands())
    del bare.replies["AT+CMGF?"]
    device.bring_up()
    assert send(device) == 77


# ---- receiving -----------------------------------------------------------------------------------

TWO_STORES = {
    "AT+CPMS=?": '+CPMS: ("SM","ME","SR"),("SM","ME"),("SM","ME")\nOK',
    "AT+CNMI=?": "+CNMI: (2),(1),(0),(2),(0)\nOK",
    "AT+CNMI=2,1,0,2,0": "OK",
}


def with_stores(**slots):
    stores = {"SM": {}, "ME": {}, "SR": {}} | slots
    return BareModem(replies=dict(TWO_STORES), slots=stores)


def test_all_memories_are_listed():
    device, _, _ = ready(with_stores(SM={1: PDU_IN}, ME={0: PDU_OTHER}, SR={4: REPORT}))
    assert sorted(device.stored(), key=lambda message: message.storage) == [
        StoredMessage("ME", 0, 1, PDU_OTHER),
        StoredMessage("SM", 1, 1, PDU_IN),
        StoredMessage("SR", 4, 1, REPORT),
    ]


def test_a_text_that_arrives_while_listing_is_announced():
    bare = BareModem(slots={"SM": {1: PDU_IN}})
    device, _, _ = ready(bare)
    bare.before_line = lambda number: b'\r\n+CMTI: "SM",9\r\n'
    assert len(device.stored()) == 1
    assert NewMessage("SM", 9) in device.notices()


def test_deleting_takes_that_slot_and_no_other():
    device, stream, bare = ready(BareModem(slots={"SM": {1: PDU_IN, 2: PDU_OTHER}}))
    first = device.stored()[0]
    assert device.delete(first)
    assert bare.slots == {"SM": {2: PDU_OTHER}}
    assert [command for command in stream.commands() if "CMGD" in command] == ["AT+CMGD=1"]
    assert device.delete(first)  # gone already: nothing to do


def test_a_slot_that_holds_another_text_by_now_is_left_alone():
    device, stream, bare = ready(BareModem(slots={"SM": {1: PDU_IN}}))
    first = device.stored()[0]
    bare.slots["SM"][1] = PDU_OTHER
    assert not device.delete(first)
    assert bare.slots == {"SM": {1: PDU_OTHER}}
    assert not any("CMGD" in command for command in stream.commands())


@pytest.mark.parametrize("answer", ["ERROR", "+CMS ERROR: 320"])
def test_a_delete_that_did_not_work_is_told(answer):
    device, _, bare = ready(BareModem(slots={"SM": {1: PDU_IN}}))
    first = device.stored()[0]
    bare.replies |= {"AT+CMGD=1": answer, "AT+CMGD=1,0": answer}
    assert not device.delete(first)


@pytest.mark.parametrize("stays, acknowledged", [("ERROR", True), ("+CSMS: 1,1,1\nOK", False)])
def test_only_a_modem_that_insists_is_told_that_ours_is_safe(stays, acknowledged):
    bare = BareModem(replies={"AT+CSMS?": "+CSMS: 1,1,1,1\nOK", "AT+CSMS=0": stays})
    device, stream, _ = ready(bare)
    device.acknowledge(Report(REPORT))
    device.acknowledge(Report(REPORT, StoredMessage("SR", 0, 1, REPORT)))
    assert stream.commands() == (["AT+CNMA"] if acknowledged else [])


def test_a_stored_report_is_read_where_it_lies_and_nothing_is_deleted():
    device, stream, bare = ready(with_stores(SM={0: PDU_IN}, SR={0: REPORT}))
    stream.say(b'\r\n+CDSI: "SM",0\r\n')
    device.wait(5)
    stored = StoredMessage("SR", 0, 1, REPORT)
    assert device.notices() == [Report(REPORT, stored)]
    assert bare.slots["SM"] == {0: PDU_IN}
    assert device.delete(stored)
    assert bare.slots["SR"] == {} and bare.slots["SM"] == {0: PDU_IN}


def test_an_announced_report_that_is_a_reply_is_left_alone():
    device, stream, bare = ready(BareModem(slots={"SM": {0: PDU_IN}}))
    stream.say(b'\r\n+CDSI: "SM",0\r\n')
    device.wait(5)
    for _ in range(5):
        assert device.notices() == []
    assert bare.slots["SM"] == {0: PDU_IN}
    assert not any("CMGD" in command for command in stream.commands())
    assert len(stream.written) == 3  # tried three times, then no more


SAID = [
    (b'+CMTI: "ME",15', NewMessage("ME", 15)),
    (b'+CMTI:"SM",0', NewMessage("SM", 0)),
    (f"+CDS: 25\r\n{REPORT}".encode(), Report(REPORT)),
    (f"+CMT: ,24\r\n{PDU_IN.lower()}".encode(), DirectMessage(PDU_IN)),
    (b"RDY", Restarted("RDY")),
    (b"^BOOT:27710117,0,0,0,75", Restarted("^BOOT:27710117,0,0,0,75")),
    (b"+SMS FULL", StorageFull()),
    (b'^SMMEMFULL: "SM"', StorageFull()),
    (b'+QIND: "smsfull","ME"', StorageFull()),
    (b"RING", Ring()),
    (b'RING\r\n+CLIP: "+15415550123",145\r\nRING', Ring("+15415550123")),
    (b"+CMGS: 78\r\n\r\nOK", LateAccept(78)),
]


@pytest.mark.parametrize("said, notice", SAID, ids=[s[0][:18].decode() for s in SAID])
def test_what_the_modem_says_unasked(said, notice):
    device, stream, _ = ready()
    stream.say(b"\r\n" + said + b"\r\n", after=2)
    device.wait(60)
    assert device.notices() == [notice]
    assert device.notices() == []


@pytest.mark.parametrize("noise", [b"^RSSI: 12", b"+CREG: 1", b"\xe9\xff", b"+CMTI: cut", b"+CDS: 25"])
def test_noise_ends_no_wait(noise):
    device, stream, _ = ready()
    stream.say(b"\r\n" + noise + b"\r\n", after=2)
    started = stream.clock.now
    device.wait(60)
    assert stream.clock.now - started == pytest.approx(60)
    assert device.notices() == []


def test_a_wait_ends_when_woken_even_before_it_began():
    device, stream, _ = ready()
    started = stream.clock.now
    device.wake()
    send(device)  # takes the interrupt off the stream, not the wish
    device.wait(60)
    assert stream.clock.now == started
    device.wait(60)
    assert stream.clock.now - started == pytest.approx(60)


def test_an_idle_wait_is_one_read():
    device, stream, _ = ready()
    stream.waits.clear()
    device.wait(30)
    assert stream.waits == [30]


# ---- health --------------------------------------------------------------------------------------


def test_health():
    device, _, _ = ready()
    assert device.health() == Health(-73, True, "home", "Example Net", MEMORIES, usable=True)


def test_health_of_a_modem_that_tells_nothing():
    nothing = dict.fromkeys(["AT+CSQ", "AT+CREG?", "AT+CEREG?", "AT+CGREG?", "AT+CPMS?"], "ERROR")
    device, _, _ = ready(BareModem(replies=nothing | {"AT+CPMS=?": "ERROR"}))
    assert device.health() == Health(None, False, "unknown", None, (), usable=True)


@pytest.mark.parametrize(
    "changed, ours",
    [
        ({}, True),
        ({"AT+CMGF?": "+CMGF: 1\nOK"}, False),
        ({"AT+CNMI?": "+CNMI: 0,0,0,0,0\nOK"}, False),
        ({"AT+CNMI?": "ERROR"}, True),
        ({"AT+CPMS?": '+CPMS: "ME",0,99,"ME",0,99,"ME",0,99\nOK'}, False),
        ({"AT+CPMS?": '+CPMS: "ME",0,99,"SM",0,30,"SM",0,30\nOK'}, True),
    ],
    ids=str,
)
def test_settings_that_are_no_longer_ours_are_noticed(changed, ours):
    device, _, bare = ready()
    bare.replies |= changed
    assert device.check_settings() is ours


def test_a_call_is_ended_one_way_or_the_other():
    device, stream, _ = ready(BareModem(replies={"ATH": "NO CARRIER"}))
    device.hang_up()
    assert stream.commands() == ["AT+CHUP", "ATH"]


# ---- faults at every place -----------------------------------------------------------------------


def a_day(device):
    """Every act of the worker once; what they gave, and no notices."""
    given = [device.bring_up(), send(device)]
    stored = device.stored()
    return [*given, stored, device.delete(stored[0]), device.health(), device.check_settings()]


def a_modem():
    return BareModem(slots={"SM": {1: PDU_IN, 2: PDU_OTHER}}, echo=True)


def quiet_day():
    device, stream, bare = make(a_modem())
    return a_day(device), bare.lines_said, stream.delivered


INTRUDERS = [
    (b'\r\n+CMTI: "SM",7\r\n', NewMessage("SM", 7)),
    (b"\r\n^RSSI: 12\r\n", None),
    (b"\r\n\xff\xe9 garbage \x80\r\n", None),
    (b"\r\nRING\r\n", Ring()),
    (f"\r\n+CDS: 25\r\n{REPORT}\r\n".encode(), Report(REPORT)),
    (f"\r\n+CMT: ,24\r\n{PDU_OTHER}\r\n".encode(), DirectMessage(PDU_OTHER)),
]


@pytest.mark.parametrize("intruder, notice", INTRUDERS, ids=[repr(i[0][:12]) for i in INTRUDERS])
@pytest.mark.parametrize("piece", [None, 1])
def test_an_announcement_before_any_line_changes_no_answer_and_is_not_lost(intruder, notice, piece):
    expected, lines, _ = quiet_day()
    for at in range(1, lines + 1):
        bare = a_modem()
        bare.before_line = lambda number, at=at: intruder if number == at else b""
        device, _, _ = make(bare, piece=piece)
        given = a_day(device)
        assert given == expected, at
        assert device.notices() == ([notice] if notice else []), at


TOKENS = [b"\r\n", b">", b"OK\r\n", b"\r\nERROR\r\n", b"\r\n+CMGS: 3\r\n", b"\r\n+CMS ERROR: 500\r\n"]
TOKENS += [b"RDY\r\n", b"\r\n+CDS: 25\r\n", b'\r\n+CDSI: "SM",0\r\n', b'\r\n+CMTI: "SM",\xb2\r\n']
TOKENS += [b"\r\n+CMT: ,\r\n", REPORT.encode() + b"\r\n", b"00\r\n", b"\r\n+CLIP:\r\n", b"\r\n+CREG: 5\r\n"]
FRAGMENTS = st.one_of(st.binary(max_size=40), st.sampled_from(TOKENS))


@settings(max_examples=300, deadline=None)
@given(st.lists(FRAGMENTS, max_size=12), st.sampled_from([None, 1, 3]))
def test_whatever_was_said_the_driver_stays_on_its_feet(fragments, piece):
    device, stream, bare = ready(piece=piece)
    for place, fragment in enumerate(fragments):
        stream.say(fragment, after=place * 0.1)
    with contextlib.suppress(ModemError):
        send(device)
    with contextlib.suppress(ModemError):
        device.wait(5)
        device.notices()
    device.bring_up()
    before = len(bare.sent)
    assert send(device) == 77
    assert bare.sent[before:] == [PDU_OUT]
    assert all(text == PDU_OUT for text in bare.sent)


def test_a_port_lost_at_any_byte_is_told_truly():
    _, _, size = quiet_day()
    for at in range(size - 1):  # the last LF is not waited for
        device, stream, bare = make(a_modem())
        stream.lose_after = at
        with pytest.raises((PortLost, SendUnknown)) as fault:
            a_day(device)
        assert device.lost
        if isinstance(fault.value, SendUnknown):
            assert bare.sent == [PDU_OUT], at
        with pytest.raises(PortLost):
            device.health()
