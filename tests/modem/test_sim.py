import pytest

from modem.channel import Channel
from modem.errors import NotReady, PortLost
from modem.sim import fingerprint, get_ready
from tests.modem.scripted import LOST, BareModem, Chunk, FakeClock, FakeMemory, ScriptedStream
from tests.modem.test_device import make

ICCID = "8901260000000000001"


def locked(*, pin="1234", counter="+CPINR: SIM PIN,3,3\nOK", word="OK", busy=0):
    """A modem whose SIM waits for its PIN; `busy` tries are answered with SIM busy first."""
    state = {"open": False, "busy": busy, "tries": 0}

    def enter(bare, line):
        if state["busy"]:
            state["busy"] -= 1
            return "+CME ERROR: 14"
        state["tries"] += 1
        state["open"] = line == f'AT+CPIN="{pin}"'
        return word if state["open"] else "+CME ERROR: 16"

    replies = {
        "AT+CPIN?": lambda bare, line: f"+CPIN: {'READY' if state['open'] else 'SIM PIN'}\nOK",
        'AT+CPINR="SIM PIN"': counter,
    }
    bare = BareModem(replies=replies | {f'AT+CPIN="{digits}"': enter for digits in ("1234", "9999")})
    return bare, state


def refusal_of(device):
    with pytest.raises(NotReady) as fault:
        device.bring_up()
    return fault.value.reason


def test_the_right_pin_opens_the_sim():
    bare, state = locked()
    memory = FakeMemory()
    device, _, _ = make(bare, pin="1234", memory=memory)
    assert device.bring_up().sim == ICCID
    assert state["tries"] == 1
    assert memory.tried == set()


def test_the_right_pin_is_entered_again_after_every_power_cut():
    memory = FakeMemory()
    for _ in range(5):
        bare, state = locked()
        device, _, _ = make(bare, pin="1234", memory=memory)
        device.bring_up()
        assert state["tries"] == 1


def test_a_wrong_pin_is_tried_once_and_never_again_whatever_restarts():
    bare, state = locked()
    memory = FakeMemory()
    for reason in ["pin_refused"] * 4:
        device, _, _ = make(bare, pin="9999", memory=memory)
        assert refusal_of(device) == reason
    assert state["tries"] == 1
    device, _, _ = make(bare, pin="1234", memory=memory)  # the corrected one gets its own attempt
    device.bring_up()


@pytest.mark.parametrize("left, reason", [(0, "pin_risky"), (1, "pin_risky"), (2, None), (3, None)])
def test_the_last_attempt_is_left_for_a_person(left, reason):
    bare, state = locked(counter=f"+CPINR: SIM PIN,{left},3\nOK")
    device, _, _ = make(bare, pin="1234")
    if reason is None:
        device.bring_up()
        return
    assert refusal_of(device) == reason
    assert state["tries"] == 0


@pytest.mark.parametrize("pin", [None, "", "12", "12ab", "123456789", '1";+X'])
def test_without_a_usable_pin_nothing_is_entered(pin):
    bare, state = locked()
    device, stream, _ = make(bare, pin=pin)
    assert refusal_of(device) == "pin_needed"
    assert state["tries"] == 0
    assert not any(command.startswith("AT+CPIN=") for command in stream.commands())


@pytest.mark.parametrize(
    "answer, reason",
    [
        ("+CPIN: SIM PUK\nOK", "puk_needed"),
        ("+CPIN: PH-NET PIN\nOK", "sim_locked"),
        ("+CME ERROR: 10", "no_sim"),
        ("+CME ERROR: 12", "puk_needed"),
        ("+CME ERROR: 13", "sim_failure"),
        ("+CME ERROR: SIM busy", "sim_busy"),
        ("+CMS ERROR: 310", "no_sim"),
        ("+CPIN: NOT INSERTED\nOK", "no_sim"),
        ("+CPIN: SIM REMOVED\nOK", "no_sim"),
        ("+CPIN: NOT READY\nOK", "sim_busy"),
        ("+CPIN: SIM CRASH\nOK", "sim_failure"),
        ("+CPIN: BLOCKED\nOK", "puk_needed"),
        ("+CME ERROR: 100", "not_ready"),
        ("OK", "not_ready"),
    ],
)
def test_a_sim_that_cannot_be_used_is_told_and_nothing_is_entered(answer, reason):
    device, stream, _ = make(BareModem(replies={"AT+CPIN?": answer}), pin="1234")
    started = stream.clock.now
    assert refusal_of(device) == reason
    assert not any(command.startswith("AT+CPIN=") for command in stream.commands())
    assert stream.clock.now - started < 70


def test_a_sim_that_becomes_ready_late_is_waited_for():
    answers = ["+CME ERROR: 13", "+CME ERROR: 14", "+CME ERROR: 14", "+CPIN: READY\nOK"]
    bare = BareModem(replies={"AT+CPIN?": lambda *_: answers.pop(0) if len(answers) > 1 else answers[0]})
    device, _, _ = make(bare)
    assert device.bring_up().sim == ICCID


def test_a_busy_sim_costs_no_attempt():
    bare, state = locked(busy=3)
    memory = FakeMemory()
    device, _, _ = make(bare, pin="1234", memory=memory)
    device.bring_up()
    assert state["tries"] == 1
    assert memory.tried == set()


def test_a_modem_that_takes_the_pin_without_a_word():
    bare, _ = locked()
    enter = bare.replies['AT+CPIN="1234"']

    def silent(modem, line):
        enter(modem, line)
        return ""

    bare.replies['AT+CPIN="1234"'] = silent
    device, _, _ = make(bare, pin="1234")
    assert device.bring_up().sim == ICCID


@pytest.mark.parametrize("counter, counts", [("ERROR", True), ("+CPINR: SIM PIN,3,3\nOK", False)])
def test_a_port_lost_at_the_pin_counts_where_the_attempts_cannot_be_read(counter, counts):
    bare, _ = locked(counter=counter)
    bare.replies['AT+CPIN="1234"'] = [LOST]
    memory = FakeMemory()
    device, _, _ = make(bare, pin="1234", memory=memory)
    with pytest.raises(PortLost):
        device.bring_up()
    assert memory.tried == ({(ICCID, fingerprint(ICCID, "1234"))} if counts else set())


def test_a_try_that_nobody_can_count_is_remembered_before_it_is_made():
    """A worker killed at this moment by a modem that hangs would else try again at every start."""
    bare, state = locked(pin="1234", counter="ERROR")
    memory = FakeMemory()
    seen = []
    enter = bare.replies['AT+CPIN="1234"']

    def watched(modem, line):
        seen.append(set(memory.tried))
        return enter(modem, line)

    bare.replies['AT+CPIN="1234"'] = watched
    device, _, _ = make(bare, pin="1234", memory=memory)
    device.bring_up()
    assert seen == [{(ICCID, fingerprint(ICCID, "1234"))}]
    assert memory.tried == set()  # it was the right one
    assert state["tries"] == 1


def test_a_busy_sim_is_no_try_even_where_none_can_be_counted():
    bare, state = locked(counter="ERROR", busy=3)
    memory = FakeMemory()
    device, _, _ = make(bare, pin="1234", memory=memory)
    device.bring_up()
    assert (state["tries"], memory.tried) == (1, set())


def test_b16_a_restart_loop_does_not_lock_the_sim():
    """gammu#458: wrong PIN, uncounted attempts, the modem gone at each try, fifty starts."""
    bare, _ = locked(pin="1234", counter="ERROR")
    bare.replies['AT+CPIN="9999"'] = [LOST]
    memory = FakeMemory()
    written = []
    for _ in range(50):
        device, stream, _ = make(bare, pin="9999", memory=memory)
        with pytest.raises((NotReady, PortLost)):
            device.bring_up()
        written += [command for command in stream.commands() if command.startswith("AT+CPIN=")]
    assert written == ['AT+CPIN="9999"']


def test_b17_a_sim_that_is_busy_for_almost_a_minute_is_waited_for():
    """faucamp#10, #11."""
    bare = BareModem(replies={"AT+CPIN?": "+CME ERROR: 14"})
    device, stream, _ = make(bare)
    ready_at = stream.clock.now + 55
    bare.replies["AT+CPIN?"] = lambda *_: (
        "+CPIN: READY\nOK" if stream.clock.now >= ready_at else "+CME ERROR: 14"
    )
    assert device.bring_up().sim == ICCID


def seek(bare, ways=("AT+CFUN=0", "AT+CFUN=1")):
    clock = FakeClock()
    stream = ScriptedStream(clock, bare)
    return get_ready(Channel(stream, clock), None, FakeMemory(), "1", ("AT+CCID",), ways), stream


def test_b20_a_modem_that_looked_for_its_sim_once_is_made_to_look_again():
    """smstools3 check_sim_reset: an E353 started without a SIM sees none until its radio was off."""
    bare = BareModem(replies={"AT+CPIN?": "+CME ERROR: 10", "AT+CFUN=0": "OK"})

    def on(modem, line):
        del modem.replies["AT+CPIN?"]
        return "OK"

    bare.replies["AT+CFUN=1"] = on
    assert seek(bare)[0].iccid == ICCID


def test_without_a_sim_the_modem_is_made_to_look_but_once():
    bare = BareModem(replies={"AT+CPIN?": "+CME ERROR: 10", "AT+CFUN=0": "OK", "AT+CFUN=1": "OK"})
    clock = FakeClock()
    stream = ScriptedStream(clock, bare)
    with pytest.raises(NotReady, match="no SIM"):
        get_ready(Channel(stream, clock), None, FakeMemory(), "1", (), ("AT+CFUN=0", "AT+CFUN=1"))
    assert stream.commands().count("AT+CFUN=0") == 1
    assert clock.now - 1000 < 60


@pytest.mark.parametrize("ignored", ["AT+CIMI", "AT+CNUM", "AT+CCID", 'AT+CPINR="SIM PIN"'])
def test_a_question_that_is_not_answered_is_no_hindrance(ignored):
    bare, state = locked()
    bare.replies[ignored] = [Chunk(b"")]
    device, _, _ = make(bare, pin="1234")
    device.bring_up()
    assert state["tries"] == 1


def test_a_modem_that_does_not_say_what_its_sim_waits_for_is_asked_again():
    bare = BareModem(replies={"AT+CPIN?": [Chunk(b"")]})
    device, stream, _ = make(bare)
    asked = []

    def answers_the_second_time(data):
        asked.append(data)
        if asked.count(b"AT+CPIN?\r") == 2:
            bare.replies.pop("AT+CPIN?", None)
        return bare(data)

    stream.answer = answers_the_second_time
    assert device.bring_up().sim == ICCID


def test_a_fingerprint_tells_sims_and_pins_apart_and_hides_the_pin():
    prints = {fingerprint(sim, pin) for sim in ("1", "2") for pin in ("1234", "9999")}
    assert len(prints) == 4
    assert not any("1234" in each for each in prints)
