"""The rounds with one modem: a real database, a modem made of bytes, and what lies between the two."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from appliance import clock
from appliance.clock import HOUR
from appliance.domain import wording
from appliance.domain.records import Lane, MessageState
from appliance.flow.dispatch import Sender
from appliance.store import contacts, database, numbers, outbox, policies, sims
from appliance.store import models as t
from appliance.worker.chores import Chores
from appliance.worker.handing import HandingJournal
from appliance.worker.rounds import LOOK_AGAIN_AFTER, NETWORK_EVERY, Hooks, Rounds
from modem.device import Device
from modem.errors import NoReply, SetUpLost
from tests.flow.box import RESIDENT, SIM, Box, boxed
from tests.modem.scripted import PDU_IN, REPORT, BareModem, Chunk, FakeClock, FakeMemory, ScriptedStream

OWN = "+15415550101"
REPORT_77 = REPORT.replace("064E0B", "064D0B")
"""The report on what a bare modem sends: its reference is 77."""


class Desk:
    """A box at the present time, with one opening of its modem."""

    def __init__(self, folder: Path, box: Box, bare: BareModem) -> None:
        box.now = clock.now()
        self.box = box
        self.bare = bare
        self.failures: list[Mapping[str, object]] = []
        monotonic = FakeClock()
        self.stream = ScriptedStream(monotonic, bare)
        self.device = Device("main", self.stream, memory=FakeMemory(), monotonic=monotonic)
        self.device.bring_up()
        self.device.notices()
        sims.meet(SIM, clock.now())
        journal = HandingJournal(folder / "handing.main")
        journal.begin()
        self.sender = Sender(box.config, box.config.modem[0], SIM)
        self.chores = Chores(self.device, self.sender, OWN)
        hooks = Hooks(lambda: None, lambda: None, lambda: False, self.failures.append)
        self.rounds = Rounds(self.device, self.sender, journal, self.chores, hooks)
        self.stream.written.clear()
        self._queued = 0

    def queue(self, text: str = "Hello", number: str = RESIDENT) -> int:
        """A text to a resident, due now."""
        now = clock.now()
        self._queued += 1
        with database.transaction():
            made = outbox.put_once(
                outbox.NewMessage(
                    key=f"test/{self._queued}",
                    lane=Lane.NOTICE,
                    kind="test",
                    number_id=numbers.remember(number),
                    language="en",
                    text=text,
                    parts=wording.parts(text),
                    policy_id=policies.current().id,
                    due_at=now,
                    not_after=now + HOUR,
                ),
                MessageState.QUEUED,
                now,
            )
        assert made is not None
        return made

    def state(self, message_id: int) -> str:
        return str(t.Message.get_by_id(message_id).state)


@pytest.fixture
def desk(tmp_path: Path, bare: BareModem) -> Iterator[Desk]:
    with boxed(tmp_path) as box:
        yield Desk(tmp_path, box, bare)


@pytest.fixture
def bare() -> BareModem:
    return BareModem()


LONG = "A long text. " * 14


def test_a_text_leaves_and_is_sent(desk: Desk) -> None:
    message = desk.queue()
    desk.rounds.round()
    assert desk.state(message) == "sent"
    assert len(desk.bare.sent) == 1
    assert desk.failures == []


def test_without_a_network_nothing_is_claimed_and_no_try_is_used_up(desk: Desk) -> None:
    message = desk.queue()
    desk.bare.replies |= {"AT+CREG?": "+CREG: 0,2\nOK", "AT+CEREG?": "+CEREG: 0,2\nOK"}
    desk.rounds.network_is(False)
    desk.rounds.round()
    assert desk.state(message) == "queued"
    assert t.Message.get_by_id(message).attempts == 0
    assert desk.rounds.seconds_to_next() <= NETWORK_EVERY
    desk.bare.replies.clear()
    desk.rounds.network_is(True)
    desk.rounds.round()
    assert desk.state(message) == "sent"


def test_a_network_that_is_gone_at_the_send_is_looked_for_before_the_next(desk: Desk) -> None:
    message = desk.queue()
    desk.bare.replies |= {
        "AT+CMGS": "+CMS ERROR: 331",
        "AT+CREG?": "+CREG: 0,2\nOK",
        "AT+CEREG?": "+CEREG: 0,2\nOK",
    }
    desk.rounds.round()
    assert not desk.rounds.has_network
    assert desk.state(message) == "queued"
    assert [failure["code"] for failure in desk.failures] == [331]


def test_a_forgotten_centre_is_set_again_and_the_text_tried_once_more(desk: Desk) -> None:
    desk.bare.replies |= {"AT+CMGS": "+CMS ERROR: 330", 'AT+CSCA="+15415550100",145': "OK"}
    desk.queue()
    desk.rounds.round()
    assert 'AT+CSCA="+15415550100",145' in desk.stream.commands()


def test_a_modem_that_does_not_allow_it_is_set_up_anew(desk: Desk) -> None:
    message = desk.queue()
    desk.bare.replies["AT+CMGS"] = "+CMS ERROR: 302"
    with pytest.raises(SetUpLost):
        desk.rounds.round()
    assert desk.state(message) == "queued"


def test_a_modem_that_forgot_its_settings_is_set_up_anew(desk: Desk) -> None:
    desk.bare.replies["AT+CMGF?"] = "+CMGF: 1\nOK"
    desk.stream.say(b"\r\nRDY\r\n")
    with pytest.raises(SetUpLost):
        desk.rounds.round()


@pytest.mark.parametrize(
    "line", [b"+CPIN: NOT INSERTED", b"+SIM DROP", b"+SIM: Removed"], ids=lambda line: line.decode()
)
def test_a_sim_taken_out_is_noticed_at_once(desk: Desk, line: bytes) -> None:
    desk.stream.say(b"\r\n" + line + b"\r\n")
    with pytest.raises(SetUpLost, match="SIM"):
        desk.rounds.round()


def test_another_sim_put_in_is_noticed_by_its_number(desk: Desk) -> None:
    desk.bare.replies["AT+CCID"] = "+CCID: 8901260000000000002\nOK"
    desk.stream.say(b"\r\n+CPIN: READY\r\n")
    with pytest.raises(SetUpLost):
        desk.rounds.round()


def test_the_same_sim_said_to_be_there_changes_nothing(desk: Desk) -> None:
    desk.stream.say(b"\r\n+CPIN: READY\r\n")
    desk.rounds.round()
    assert "AT+CCID" in desk.stream.commands()


def test_a_stop_between_two_parts_holds_back_the_rest(desk: Desk) -> None:
    message = desk.queue(LONG)

    def taken(bare: BareModem, _pdu: str) -> str:
        with database.transaction():
            contacts.opt_out(numbers.remember(RESIDENT), "stop", clock.now())
        return "+CMGS: 77\nOK"

    desk.bare.replies["^Z"] = taken
    desk.rounds.round()
    assert sum(command.startswith("AT+CMGS=") for command in desk.stream.commands()) == 1
    assert desk.state(message) == "cancelled"


def test_a_call_is_hung_up_and_kept_for_a_person(desk: Desk) -> None:
    desk.stream.say(b'\r\nRING\r\n\r\n+CLIP: "+15415550123",145\r\n')
    desk.rounds.round()
    assert "AT+CHUP" in desk.stream.commands()
    assert [row.kind for row in t.Fragment.select()] == ["call"]
    assert [alarm.code for alarm in t.Alarm.select()] == ["voice_call"]


def test_a_lost_result_is_unknown_and_the_next_text_goes_on(desk: Desk) -> None:
    first = desk.queue()
    desk.bare.replies["^Z"] = [Chunk(b"")]
    desk.rounds.round()
    assert desk.state(first) == "unknown"
    desk.bare.replies.clear()
    second = desk.queue("Again", "+15415550145")
    desk.rounds.round()
    assert (desk.state(first), desk.state(second)) == ("unknown", "sent")
    assert len(desk.bare.sent) == 1


def test_a_text_announced_before_it_can_be_read_is_looked_for_again(desk: Desk) -> None:
    """b55: +CMTI half a second before the text is in the listing, twice at most."""
    desk.rounds.round()
    desk.stream.say(b'\r\n+CMTI: "SM",3\r\n')
    desk.rounds.round()
    assert 0 < desk.rounds.seconds_to_next() <= LOOK_AGAIN_AFTER
    desk.bare.slots["SM"][3] = PDU_IN
    waited = threading.Event()
    waited.wait(desk.rounds.seconds_to_next())
    desk.rounds.round()
    assert t.Fragment.select().count() == 1
    assert desk.bare.slots["SM"] == {}
    assert desk.rounds.seconds_to_next() > LOOK_AGAIN_AFTER


def test_a_modem_that_falls_silent_while_it_lists_is_asked_again_once_it_speaks(desk: Desk) -> None:
    desk.bare.slots["SM"][3] = PDU_IN
    desk.bare.replies["AT+CMGL=4"] = [Chunk(b"")]
    with pytest.raises(NoReply):
        desk.rounds.round()
    desk.bare.replies.clear()
    desk.device.resynchronise()
    desk.rounds.round()
    assert t.Fragment.select().count() == 1


def test_a_claimed_text_goes_back_when_the_modem_falls_silent_before_its_turn(desk: Desk) -> None:
    first, second = desk.queue(), desk.queue("Again", "+15415550145")

    def then_mute(bare: BareModem, _pdu: str) -> str:
        bare.replies["AT+CMGL=4"] = [Chunk(b"")]
        return '+CMGS: 77\nOK\n+CMTI: "SM",3'

    desk.bare.replies["^Z"] = then_mute
    with pytest.raises(NoReply):
        desk.rounds.round()
    assert (desk.state(first), desk.state(second)) == ("sent", "queued")


def test_nothing_that_was_said_is_lost_when_what_follows_from_it_fails(desk: Desk) -> None:
    """A report, a text handed over directly and a call, in the breath in which the SIM was pulled."""
    message = desk.queue()
    desk.rounds.round()
    length = len(PDU_IN) // 2 - 8
    desk.stream.say(
        b"\r\n+CPIN: NOT INSERTED\r\n"
        + f"\r\n+CDS: 25\r\n{REPORT_77}\r\n\r\n+CMT: ,{length}\r\n{PDU_IN}\r\n".encode()
    )
    with pytest.raises(SetUpLost):
        desk.rounds.round()
    assert desk.state(message) == "delivered"
    assert [row.text for row in t.Reply.select()] == ["hello"]


def test_what_was_said_before_the_port_went_is_kept(desk: Desk) -> None:
    message = desk.queue()
    desk.rounds.round()
    desk.stream.say(f"\r\n+CDS: 25\r\n{REPORT_77}\r\n".encode())
    desk.stream.lose()
    desk.rounds.take_in()
    assert desk.device.lost
    assert desk.state(message) == "delivered"


def test_a_long_night_without_a_network_costs_no_more_than_a_look_every_few_seconds(desk: Desk) -> None:
    """The chores wait for the network; their turn must not keep the loop awake until then."""
    desk.rounds.round()
    desk.rounds.network_is(False)
    desk.chores._next_at = clock.monotonic() - 1  # long due
    assert desk.chores.seconds_left() < 0
    assert desk.rounds.seconds_to_next() > NETWORK_EVERY - 1
