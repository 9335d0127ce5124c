import pytest

from modem import bring_up, capabilities
from modem.bring_up import Hardware
from modem.capabilities import ASKED, ESSENTIAL, SILENCES, Capabilities, ask_all, from_json
from modem.channel import Channel
from modem.errors import CommandRefused, NoReply
from modem.profiles import choose
from modem.storage import Storage
from tests.modem.scripted import BareModem, Chunk, FakeClock, FakeMemory, ScriptedStream

SILENCE = [Chunk(b"")]
HARDWARE = Hardware("EXAMPLE", "BARE-1", "R1.0", "490154203237518")

FULL = {
    "CNMI": "(0-3),(0,1),(0,2,3),(0,2),(1)",
    "CPMS": '("ME","SM","MT"),("ME","SM","MT"),("SM","MT")',
    "CSMS": "(0,1)",
    "CMGD": "(0-49),(0-4)",
    "CSCS": '("GSM","IRA","UCS2")',
    "CMGF": "(0,1)",
    "CMMS": "(0-2)",
    "CCFC": "(0-5)",
    "CNMA": "",
    "CGSMS": "(0-3)",
    "CIREG": "(0-2)",
    "C5GREG": "(0-3)",
}


def answers(offers):
    return {f"AT+{name}=?": f"+{name}: {text}\nOK" if text else "OK" for name, text in offers.items()}


def modem(replies):
    clock = FakeClock()
    stream = ScriptedStream(clock, BareModem(replies=replies))
    return Channel(stream, clock), stream


def test_everything_is_asked_once_and_told():
    channel, stream = modem(answers(FULL))
    found = ask_all(channel)
    assert found == Capabilities(FULL, frozenset())
    assert found.is_complete
    assert stream.commands() == [f"AT+{name}=?" for name in ASKED]


def test_what_bring_up_needs_is_read_out_of_it():
    found = Capabilities(FULL)
    assert found.indications == [{0, 1, 2, 3}, {0, 1}, {0, 2, 3}, {0, 2}, {1}]
    assert found.storages == [["ME", "SM", "MT"], ["ME", "SM", "MT"], ["SM", "MT"]]


@pytest.mark.parametrize(
    "found", [Capabilities(), Capabilities({"CNMI": "", "CPMS": ""})], ids=["none", "OK"]
)
def test_what_was_not_told_offers_nothing(found):
    assert (found.indications, found.storages) == ([], [])


@pytest.mark.parametrize(
    "refusal",
    ["ERROR", "+CME ERROR: 4", "+CME ERROR: 58", "+CME ERROR: 100", "+CMS ERROR: 303", "COMMAND NOT SUPPORT"],
)
def test_a_modem_that_refuses_every_question_lacks_everything(refusal):
    channel, _ = modem({f"AT+{name}=?": refusal for name in ASKED})
    found = ask_all(channel)
    assert found == Capabilities({}, frozenset(ASKED))
    assert found.is_complete
    assert all(found.lacks(name) for name in ASKED)


@pytest.mark.parametrize("code", ["+CME ERROR: 10", "+CMS ERROR: 313", "+CMS ERROR: 331"])
def test_a_refusal_about_sim_or_network_says_nothing_of_the_command(code):
    channel, _ = modem(answers(FULL) | {"AT+CPMS=?": code})
    found = ask_all(channel)
    assert not found.lacks("CPMS")
    assert not found.is_complete


@pytest.mark.parametrize("code", ["+CME ERROR: 14", "+CMS ERROR: 314", "+CMS ERROR: 512"])
def test_a_busy_sim_is_told(code):
    channel, _ = modem(answers(FULL) | {"AT+CPMS=?": code})
    with pytest.raises(CommandRefused):
        ask_all(channel)


def test_a_modem_that_ignores_what_it_does_not_know_is_asked_no_further():
    channel, stream = modem(dict.fromkeys((f"AT+{name}=?" for name in ASKED), SILENCE))
    started = stream.clock.now
    found = ask_all(channel)
    assert found == Capabilities()
    assert not found.is_complete
    assert sum("=?" in command for command in stream.commands()) == SILENCES
    assert stream.clock.now - started < 12


def test_a_modem_that_falls_silent_for_good_is_told():
    channel, stream = modem({})
    stream.answer = lambda data: []
    with pytest.raises(NoReply):
        ask_all(channel)


def test_what_is_remembered_comes_back_the_same():
    found = Capabilities({"CNMI": '(2),("é")'} | dict.fromkeys(ASKED[1:5], ""), frozenset(ASKED[5:]))
    assert from_json(found.to_json()) == found


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "{",
        "[]",
        "null",
        "{}",
        '{"answers": [], "refused": []}',
        '{"answers": {"CNMI": ""}, "refused": []}',
    ],
)
def test_what_cannot_be_read_or_asks_for_less_than_today_is_asked_anew(text):
    assert from_json(text) is None


# ---- at bring-up ---------------------------------------------------------------------------------


def test_a_model_is_asked_at_first_sight_alone():
    memory = FakeMemory()
    channel, stream = modem(answers(FULL))
    first = bring_up.capabilities_of(channel, HARDWARE, memory)
    stream.written.clear()
    assert bring_up.capabilities_of(channel, HARDWARE, memory) == first
    assert stream.commands() == []
    newer = Hardware("EXAMPLE", "BARE-1", "R1.1", HARDWARE.imei)
    bring_up.capabilities_of(channel, newer, memory)
    assert len(stream.commands()) == len(ASKED)
    assert memory.models.keys() == {("BARE-1", "R1.0"), ("BARE-1", "R1.1")}


def test_a_busy_sim_is_waited_for():
    refusals = ["+CMS ERROR: 314"] * 4
    replies = answers(FULL)
    replies["AT+CPMS=?"] = lambda *_: refusals.pop() if refusals else f"+CPMS: {FULL['CPMS']}\nOK"
    channel, _ = modem(replies)
    assert bring_up.capabilities_of(channel, HARDWARE, FakeMemory()).is_complete


@pytest.mark.parametrize(
    "hardware, replies",
    [
        (HARDWARE, {"AT+CSCS=?": SILENCE}),
        (Hardware("", "", "", ""), {}),
    ],
    ids=["cut short", "nameless"],
)
def test_what_could_be_wrong_later_is_not_remembered(hardware, replies):
    memory = FakeMemory()
    channel, _ = modem(answers(FULL) | replies)
    bring_up.capabilities_of(channel, hardware, memory)
    assert memory.models == {}


def test_messages_are_arranged_from_what_is_known_without_asking():
    replies = {'AT+CPMS="SM","SM","SM"': "+CPMS: 0,9,0,9,0,9\nOK", "AT+CNMI=2,1,0,2,1": "OK"}
    channel, stream = modem(replies)
    storage = Storage(channel)
    arranged = bring_up.arrange_messages(channel, storage, choose("generic", "", ""), Capabilities(FULL))
    assert arranged.indications == [2, 1, 0, 2, 1]
    assert storage.slots == ("SM", "SM", "SM")
    assert not any("=?" in command for command in stream.commands())


def test_without_it_the_modem_is_asked_for_what_is_needed():
    channel, stream = modem({})
    bring_up.arrange_messages(channel, Storage(channel), choose("generic", "", ""))
    assert [c for c in stream.commands() if "=?" in c] == [f"AT+{name}=?" for name in ESSENTIAL]


@pytest.mark.parametrize("name", capabilities.ASKED)
@pytest.mark.parametrize(
    "reply", ["ERROR", "OK", SILENCE, "+CME ERROR: 58"], ids=["error", "ok", "silent", "cme"]
)
def test_no_single_answer_is_needed(name, reply):
    channel, _ = modem(answers(FULL) | {f"AT+{name}=?": reply, "AT+CNMI=2,1,0,2,1": "OK"})
    can = bring_up.capabilities_of(channel, HARDWARE, FakeMemory())
    arranged = bring_up.arrange_messages(channel, Storage(channel), choose("generic", "", ""), can)
    assert arranged.indications in ([2, 1, 0, 2, 1], [2, 1, 0, 1, 0])
