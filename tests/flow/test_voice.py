"""Calls to the SIM: kept, listed for a person, answered by AUTO once a day; and where they belong."""

from __future__ import annotations

import pytest

from appliance.clock import DAY, HOUR, MINUTE
from appliance.flow import voice
from appliance.store import alarms, fragments
from appliance.store import models as t
from tests.flow.box import RESIDENT, SIM, Box


def rings(box: Box, number: str | None) -> None:
    voice.rang(number, SIM, box.config, box.now)


class TestRang:
    def test_a_person_can_call_back_and_the_caller_gets_auto(self, box: Box) -> None:
        rings(box, RESIDENT)
        assert [(view.kind, view.from_) for view in fragments.filed(clear=True)] == [("call", RESIDENT)]
        (alarm,) = alarms.open_alarms()
        assert (alarm.code, alarm.level.value, alarm.count) == ("voice_call", "amber", 1)
        assert alarm.number_id is not None
        assert box.send() == ["auto"]

    def test_again_the_same_day_it_is_counted_and_not_answered(self, box: Box) -> None:
        sent = []
        for span in (0, HOUR, HOUR, DAY):
            rings(box.later(span), RESIDENT)
            sent.append(box.send())
        assert sent == [["auto"], [], [], ["auto"]]
        assert [alarm.count for alarm in alarms.open_alarms()] == [4]
        assert len(fragments.filed(kind="call")) == 4

    @pytest.mark.parametrize("number", ["5415550123", "15415550123", "+15415550123"])
    def test_the_number_is_known_as_the_network_writes_it(self, box: Box, number: str) -> None:
        rings(box, number)
        assert [view.from_ for view in fragments.filed(clear=True)] == [RESIDENT]

    @pytest.mark.parametrize("number", [None, "", "+442079460123", "72727", "*99#", "8005550100"])
    def test_whoever_cannot_be_texted_is_only_counted(self, box: Box, number: str | None) -> None:
        rings(box, number)
        assert (box.alarms(), box.texts()) == ([], [])
        assert len(fragments.filed(kind="call")) == 1

    def test_a_number_that_wrote_stop_is_listed_and_not_texted(self, box: Box) -> None:
        box.say("STOP")
        box.later(2 * DAY).plan()
        rings(box, RESIDENT)
        assert box.queued() == []
        assert ("amber", "voice_call") in box.alarms()

    def test_auto_leaves_by_the_sim_that_was_called(self, box: Box) -> None:
        rings(box, RESIDENT)
        assert t.Contact.get().sim == SIM

    def test_auto_passes_a_hold(self, box: Box) -> None:
        from appliance.store import database, switches

        with database.transaction():
            switches.hold("sample", "sample", box.now)
        rings(box, RESIDENT)
        assert box.send() == ["auto"]


@pytest.mark.parametrize(
    ("phone", "number"),
    [
        ("541-555-0100", "+15415550100"),
        ("(541) 555-0100", "+15415550100"),
        ("800-555-0100", "8005550100"),
        ("311", None),
    ],
)
def test_calls_belong_to_the_agencys_line(box: Box, phone: str, number: str | None) -> None:
    agency = box.config.agency.model_copy(update={"phone": phone})
    assert voice.forward_to(box.config.model_copy(update={"agency": agency})) == number


class TestTheCheck:
    @pytest.mark.parametrize(
        ("state", "waits"),
        [
            ("forwarded", DAY),
            ("refused", DAY),
            ("not_supported", DAY),
            ("off", DAY),
            ("other_number", DAY),
            ("unknown", 6 * HOUR),
        ],
    )
    def test_it_is_due_once_a_day(self, box: Box, state: str, waits: int) -> None:
        assert voice.is_check_due(SIM, box.now)
        voice.checked(SIM, state, box.now)
        assert voice.forwarding(SIM) == state
        assert not voice.is_check_due(SIM, box.later(waits - MINUTE).now)
        assert voice.is_check_due(SIM, box.later(MINUTE).now)

    def test_a_new_sim_is_looked_at_at_once(self, box: Box) -> None:
        voice.checked(SIM, "forwarded", box.now)
        assert voice.is_check_due("8901000000000000002", box.now)
        assert voice.forwarding("8901000000000000002") == "unknown"
