"""Modems by their IMEI, which SIM belongs to which name, and what is remembered of a SIM."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.clock import DAY, HOUR, MINUTE, SECOND
from appliance.domain.budget import Limits, Spent
from appliance.domain.records import PartState
from appliance.store import alarms, contacts, equipment, pairings, sims
from appliance.store import models as t
from tests.web import seed

NOW = 1_000 * DAY
IMEI = "001010123456789"
OTHER_IMEI = "001010123456780"
SIM, OTHER_SIM = "8901000000000000001", "8901000000000000002"


class TestEquipment:
    def test_a_modem_is_its_imei_wherever_it_is_found(self, box: Path) -> None:
        equipment.meet(IMEI, "EG25", "EG25GGBR07A08M2G", "usb:1-1.4:2", NOW)
        equipment.meet(IMEI, "EG25", "EG25GGBR07A09M2G", "usb:1-1.2:2", NOW + HOUR)
        (found,) = equipment.listed()
        assert (found.imei, found.firmware, found.port) == (IMEI, "EG25GGBR07A09M2G", "usb:1-1.2:2")
        assert (found.first_seen_at, found.last_seen_at) == (NOW, NOW + HOUR)

    def test_one_that_does_not_tell_its_imei_leaves_no_trace(self, box: Path) -> None:
        equipment.meet("", "EG25", "", "usb:1-1.4:2", NOW)
        equipment.remember_ladder("", "{}", NOW)
        assert equipment.listed() == []
        assert equipment.get("") is None

    def test_the_ladders_memory_outlives_the_next_sight(self, box: Path) -> None:
        assert equipment.ladder(IMEI) == "{}"
        equipment.remember_ladder(IMEI, '{"resets": 1}', NOW)
        equipment.meet(IMEI, "EG25", "A08", "usb:1-1.4:2", NOW)
        equipment.remember_ladder(IMEI, '{"resets": 2}', NOW + 1)
        equipment.meet(IMEI, "EG25", "A08", "usb:1-1.4:2", NOW + 2)
        assert equipment.ladder(IMEI) == '{"resets": 2}'
        assert equipment.ladder(OTHER_IMEI) == "{}"

    def test_what_it_can_do_is_kept_by_model_and_firmware(self, box: Path) -> None:
        equipment.remember_capabilities("EG25", "A08", "one", NOW)
        equipment.remember_capabilities("EG25", "A09", "two", NOW)
        equipment.remember_capabilities("EG25", "A08", "three", NOW + 1)
        found = [equipment.capabilities("EG25", firmware) for firmware in ("A08", "A09", "A10")]
        assert found == ["three", "two", None]


class TestPairings:
    def check(self, imei: str = IMEI, sim: str = SIM, name: str = "main", at: int = NOW) -> pairings.Pairing:
        sims.meet(sim, at)
        return pairings.check(name, imei, sim, at)

    def test_the_first_sight_confirms_itself(self, box: Path) -> None:
        found = self.check()
        assert found.is_confirmed
        assert (found.imei, found.sim, found.confirmed_at) == (IMEI, SIM, NOW)
        assert found.confirmed_by == pairings.FIRST_SIGHT
        assert sims.pause_of(SIM, NOW) is None

    @pytest.mark.parametrize(
        ("imei", "sim", "changed"),
        [
            (IMEI, SIM, ()),
            ("", SIM, ()),
            (OTHER_IMEI, SIM, ("modem",)),
            (IMEI, OTHER_SIM, ("sim",)),
            (OTHER_IMEI, OTHER_SIM, ("modem", "sim")),
        ],
    )
    def test_what_comes_up_later_is_compared(
        self, box: Path, imei: str, sim: str, changed: tuple[str, ...]
    ) -> None:
        self.check()
        found = self.check(imei, sim, at=NOW + HOUR)
        assert found.changed == changed
        pause = sims.pause_of(sim, NOW + 300 * DAY)
        assert (pause is None) is (not changed)
        assert [alarm.code for alarm in alarms.open_alarms()] == (["swap"] if changed else [])
        if pause is not None:
            assert (pause.reason, pause.since, pause.until) == ("swap", NOW + HOUR, None)

    def test_nobody_but_a_confirmation_or_the_old_pair_ends_it(self, box: Path) -> None:
        self.check()
        self.check(sim=OTHER_SIM)
        assert not sims.resume(OTHER_SIM, NOW)
        self.check(sim=OTHER_SIM, at=NOW + DAY)
        assert sims.pause_of(OTHER_SIM, NOW + DAY) is not None
        self.check(at=NOW + 2 * DAY)
        assert sims.pause_of(SIM, NOW + 2 * DAY) is None
        assert alarms.open_alarms() == []

    def test_a_person_confirms_what_they_have_seen(self, box: Path) -> None:
        self.check()
        self.check(sim=OTHER_SIM)
        assert not pairings.confirm("main", IMEI, SIM, "sample", NOW), "another SIM is there by now"
        assert pairings.confirm("main", IMEI, OTHER_SIM, "sample", NOW + MINUTE)
        found = pairings.get("main")
        assert found is not None
        assert found.is_confirmed
        assert (found.sim, found.confirmed_by, found.confirmed_at) == (OTHER_SIM, "sample", NOW + MINUTE)
        assert sims.pause_of(OTHER_SIM, NOW + MINUTE) is None
        assert alarms.open_alarms() == []
        assert self.check(sim=OTHER_SIM).is_confirmed
        assert not self.check().is_confirmed, "the old one is the stranger now"

    def test_an_imei_told_later_belongs_to_the_name(self, box: Path) -> None:
        self.check(imei="")
        assert self.check().is_confirmed
        assert not self.check(imei=OTHER_IMEI).is_confirmed

    def test_each_name_has_its_own(self, box: Path) -> None:
        self.check()
        self.check(OTHER_IMEI, OTHER_SIM, "spare")
        assert [(one.name, one.sim) for one in pairings.listed()] == [("main", SIM), ("spare", OTHER_SIM)]
        assert pairings.get("third") is None
        assert not pairings.confirm("third", IMEI, SIM, "sample", NOW)


IMSI, OTHER_IMSI = "001010555010000", "001010555010009"

CARDS = [
    # first what the card told, then what one tells now, and whether it is the same
    ((SIM, IMSI), (SIM, IMSI), True),
    ((SIM, IMSI), (SIM, ""), True),
    ((SIM, IMSI), ("", IMSI), True),
    ((SIM, IMSI), ("", ""), True),
    ((SIM, ""), ("", IMSI), True),
    (("", IMSI), (SIM, IMSI), True),
    (("", IMSI), ("", ""), True),
    (("", ""), ("", ""), True),
    ((SIM, IMSI), (OTHER_SIM, OTHER_IMSI), False),
    ((SIM, IMSI), (OTHER_SIM, ""), False),
    ((SIM, IMSI), ("", OTHER_IMSI), False),
    (("", IMSI), ("", OTHER_IMSI), False),
    (("", IMSI), (SIM, OTHER_IMSI), False),
]


@pytest.mark.parametrize(("first", "then", "is_same"), CARDS, ids=str)
def test_a_card_that_tells_less_of_itself_today_is_the_same(
    box: Path, first: tuple[str, str], then: tuple[str, str], is_same: bool
) -> None:
    names = []
    for iccid, imsi in (first, then):
        name = pairings.recognise("main", IMEI, iccid, imsi)
        sims.meet(name, NOW)
        sims.note_imsi(name, imsi)
        found = pairings.check("main", IMEI, name, NOW)
        names.append(name)
    assert (names[0] == names[1]) is is_same
    assert found.is_confirmed is is_same


def test_a_card_that_tells_nothing_in_another_modem_is_another_one(box: Path) -> None:
    first = pairings.recognise("main", IMEI, SIM, IMSI)
    sims.meet(first, NOW)
    pairings.check("main", IMEI, first, NOW)
    assert pairings.recognise("main", OTHER_IMEI, "", "") == f"imei:{OTHER_IMEI}"


class TestSims:
    def test_what_is_remembered(self, box: Path) -> None:
        assert sims.get(SIM, NOW) is None
        sims.meet(SIM, NOW)
        sims.remember_centre(SIM, "+15415550100")
        sims.note_round_trip(SIM, 4_200, NOW + HOUR)
        found = sims.get(SIM, NOW)
        assert found is not None
        assert (found.centre, found.round_trip_ms, found.tested_at) == ("+15415550100", 4_200, NOW + HOUR)
        assert (sims.centre(SIM), sims.centre(OTHER_SIM)) == ("+15415550100", None)

    def test_failures_are_counted_in_a_row(self, box: Path) -> None:
        assert [sims.rejected(SIM, NOW) for _ in range(3)] == [1, 2, 3]
        assert [sims.set_back(SIM, NOW) for _ in range(2)] == [1, 2]
        assert sims.rejected(OTHER_SIM, NOW) == 1
        sims.accepted(SIM)
        assert (sims.rejected(SIM, NOW), sims.set_back(SIM, NOW)) == (1, 1)

    @pytest.mark.parametrize(
        ("reason", "after"), [("temporary", None), ("account", None), ("person", "person"), ("swap", "swap")]
    )
    def test_a_text_that_leaves_ends_what_failures_began(
        self, box: Path, reason: str, after: str | None
    ) -> None:
        """It may have been in the modem's hands when somebody stopped the SIM."""
        sims.meet(SIM, NOW)
        sims.pause(SIM, NOW + HOUR, reason, NOW)
        sims.accepted(SIM)
        found = sims.pause_of(SIM, NOW)
        assert (None if found is None else found.reason) == after

    def test_a_reason_that_is_over_ends_its_own_pause_alone(self, box: Path) -> None:
        sims.meet(SIM, NOW)
        sims.pause(SIM, None, "account", NOW)
        sims.end_pause(SIM, "temporary")
        assert sims.pause_of(SIM, NOW) is not None
        sims.end_pause(SIM, "account")
        assert sims.pause_of(SIM, NOW) is None

    def test_a_pause_ends_by_itself_or_by_a_person(self, box: Path) -> None:
        sims.meet(SIM, NOW)
        sims.pause(SIM, NOW + MINUTE, "temporary", NOW)
        assert sims.pause_of(SIM, NOW + MINUTE - 1) == sims.Pause("temporary", NOW, NOW + MINUTE)
        assert sims.pause_of(SIM, NOW + MINUTE) is None
        sims.pause(SIM, None, "person", NOW)
        assert sims.pause_of(SIM, NOW + 300 * DAY) is not None
        assert sims.resume(SIM, NOW)
        assert sims.pause_of(SIM, NOW) is None


def sent(count: int, at: int, sim: str = SIM, number: int = 1) -> None:
    """`count` texts of one part that left then."""
    policy_id = seed.policy(at) if not t.Policy.select().exists() else t.Policy.get().id
    number_id = seed.number(number)
    for place in range(count):
        message = t.Message.create(
            key=f"{sim}/{number}/{at}/{place}", lane=2, kind="closed", number=number_id, policy=policy_id,
            language="en", text="x", state="sent", due_at=at, not_after=at, queued_at=at, sim=sim,
        )  # fmt: skip
        t.Part.create(message=message.id, seq=1, state=PartState.SENT.value, sim=sim, sent_at=at)


class TestSilent:
    """A SIM whose network sends no reports: `sent` is all that will be known of its texts."""

    @pytest.mark.parametrize(
        ("count", "age", "silent"),
        [(20, DAY, True), (19, DAY, False), (20, DAY - SECOND, False), (100, HOUR, False), (0, 0, False)],
    )
    def test_after_twenty_texts_a_day_old_without_a_report(
        self, box: Path, count: int, age: int, silent: bool
    ) -> None:
        sims.meet(SIM, NOW - age)
        sent(count, NOW - age)
        assert sims.is_silent(SIM, NOW) is silent
        assert sims.silent(NOW) == (frozenset({SIM}) if silent else frozenset())

    def test_one_report_turns_it_back_and_a_day_without_any_turns_it_again(self, box: Path) -> None:
        sims.meet(SIM, NOW)
        sent(20, NOW)
        sims.has_reported(SIM, NOW + 2 * DAY)
        assert not sims.is_silent(SIM, NOW + 2 * DAY)
        sent(20, NOW + 3 * DAY)
        assert not sims.is_silent(SIM, NOW + 3 * DAY)
        assert sims.is_silent(SIM, NOW + 4 * DAY)
        assert sims.ever_reported()

    def test_each_sim_for_itself(self, box: Path) -> None:
        for sim in (SIM, OTHER_SIM):
            sims.meet(sim, NOW)
        sent(20, NOW)
        sent(20, NOW, OTHER_SIM)
        sims.has_reported(OTHER_SIM, NOW + HOUR)
        assert sims.silent(NOW + 2 * DAY) == frozenset({SIM})


def test_the_budget_is_counted_from_the_parts_themselves(box: Path) -> None:
    for age, number in ((25 * HOUR, 1), (2 * HOUR, 1), (30 * MINUTE, 2), (30 * SECOND, 3), (0, 3)):
        sent(1, NOW - age, number=number)
    sent(1, NOW, OTHER_SIM, number=4)
    found = sims.budget_of(SIM, Limits(6, 60, 0, 180), NOW)
    assert (found.minute, found.hour) == (Spent(2, 6), Spent(3, 60))
    assert (found.day, found.recipients) == (Spent(4, 0), Spent(3, 180))
    asked = [sims.has_texted(SIM, seed.number(number), NOW) for number in (1, 2, 3, 4)]
    assert asked == [True, True, True, False]


def test_a_number_sticks_to_a_sim_and_keeps_the_rest_of_its_standing(box: Path) -> None:
    number_id = seed.number(1)
    contacts.set_language(number_id, "es")
    contacts.was_refused(number_id, NOW)
    contacts.stick(number_id, SIM)
    assert contacts.get(number_id).refused_at is None
    contacts.stick(number_id, OTHER_SIM)
    found = contacts.get(number_id)
    assert (found.sim, found.language) == (OTHER_SIM, "es")
