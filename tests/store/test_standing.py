"""Numbers, their standing, switches, SIMs, signs of life, alarms and policies: one small store each."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from appliance.clock import DAY, HOUR, MINUTE
from appliance.domain import policy
from appliance.domain.records import AlarmLevel
from appliance.errors import ApplianceError, Refused
from appliance.store import alarms, contacts, database, heartbeats, numbers, policies, sims, switches
from appliance.store import models as t

NOW = 1_000 * DAY
E164 = "+15415550123"


@pytest.fixture
def key(box: Path) -> Path:
    path = box.with_name("numbers.key")
    assert numbers.make_key(path)
    numbers.use_key(path)
    return path


class TestNumbers:
    def test_the_key_is_the_services_alone_and_is_never_replaced(self, key: Path) -> None:
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
        before = key.read_bytes()
        assert not numbers.make_key(key)
        assert key.read_bytes() == before

    @pytest.mark.parametrize("content", [None, b"", b"short", b"x" * 33])
    def test_a_key_that_is_missing_or_damaged_is_told(self, key: Path, content: bytes | None) -> None:
        key.unlink()
        if content is not None:
            key.write_bytes(content)
        with pytest.raises(ApplianceError, match="Restore it"):
            numbers.use_key(key)

    def test_a_new_box_gets_a_key_and_keeps_it(self, box: Path) -> None:
        path = box.with_name("numbers.key")
        assert numbers.adopt_key(path, NOW)
        made = path.read_bytes()
        assert not numbers.adopt_key(path, NOW)
        assert path.read_bytes() == made

    def test_a_database_with_numbers_gets_no_new_key(self, key: Path) -> None:
        numbers.remember(E164)
        key.unlink()
        with pytest.raises(ApplianceError, match="Restore it"):
            numbers.adopt_key(key, NOW)
        assert not key.exists()

    def test_the_key_of_another_box_is_told_before_a_number_is_taken_for_a_stranger(self, box: Path) -> None:
        path = box.with_name("numbers.key")
        numbers.adopt_key(path, NOW)
        path.write_bytes(b"y" * numbers.KEY_BYTES)
        numbers.use_key(path)
        with pytest.raises(ApplianceError, match="Restore the key that belongs to this database"):
            numbers.check_key(path)

    def test_a_number_is_one_row(self, key: Path) -> None:
        assert numbers.remember(E164) == numbers.remember(E164) == numbers.find(E164)
        assert t.Number.select().count() == 1

    def test_a_hash_tells_no_number_and_is_the_same_one(self, key: Path) -> None:
        number_id = numbers.remember_hash(E164)
        assert numbers.clear_form(number_id) is None
        assert numbers.find(E164) == number_id
        assert numbers.find_digest(numbers.digest(E164)) == number_id
        assert E164[-7:] not in numbers.digest(E164)
        assert numbers.remember(E164) == number_id
        assert numbers.clear_form(number_id) == E164

    def test_another_key_makes_another_hash(self, key: Path, tmp_path: Path) -> None:
        before = numbers.digest(E164)
        numbers.make_key(tmp_path / "other.key")
        numbers.use_key(tmp_path / "other.key")
        assert numbers.digest(E164) != before
        assert numbers.find(E164) is None


class TestContacts:
    def test_the_first_no_is_new_and_the_next_is_not(self, key: Path) -> None:
        number_id = numbers.remember(E164)
        assert contacts.get(number_id).opted_out_at is None
        with database.transaction():
            assert contacts.opt_out(number_id, "stop", NOW)
            assert not contacts.opt_out(number_id, "stop", NOW + 1)
        assert contacts.get(number_id).opted_out_at == NOW

    @pytest.mark.parametrize(
        ("given", "lifts"),
        [
            (["stop"], True),
            (["refusal"], False),
            (["wrong"], False),
            (["staff"], False),
            (["stop", "staff"], False),
            (["stop", "wrong"], False),
            (["staff", "stop"], False),
        ],
    )
    def test_start_lifts_the_own_stop_alone(self, key: Path, given: list[str], lifts: bool) -> None:
        number_id = numbers.remember(E164)
        with database.transaction():
            for by in given:
                contacts.opt_out(number_id, by, NOW)
            assert contacts.opt_in(number_id, NOW) is lifts

    def test_a_quiet_time_only_grows(self, key: Path) -> None:
        number_id = numbers.remember(E164)
        for until in (NOW + DAY, NOW + HOUR, NOW + 2 * DAY):
            contacts.keep_from_texts(number_id, until)
        assert contacts.get(number_id).never_until == NOW + 2 * DAY

    def test_a_language_stays_until_another_is_asked_for(self, key: Path) -> None:
        number_id = numbers.remember(E164)
        for language in ("es", "fr"):
            contacts.set_language(number_id, language)
        assert contacts.get(number_id).language == "fr"


class TestSwitches:
    def test_a_hold_has_a_reason_and_a_person(self, box: Path) -> None:
        assert switches.current_hold() is None
        switches.hold("Storm", "sample", NOW)
        hold = switches.current_hold()
        assert hold is not None
        assert (hold.reason, hold.by, hold.since) == ("Storm", "sample", NOW)
        assert switches.release("sample", NOW + 1)
        assert switches.current_hold() is None
        assert not switches.release("sample", NOW + 2)

    def test_the_breaker_remembers_when_a_person_closed_it(self, box: Path) -> None:
        assert switches.breaker_closed_at() == 0
        switches.open_breaker("30 texts", NOW)
        assert (switches.breaker() is not None, switches.breaker_closed_at()) == (True, 0)
        assert switches.close_breaker("sample", NOW + 5)
        assert (switches.breaker(), switches.breaker_closed_at()) == (None, NOW + 5)

    def test_having_texted_live_is_for_good(self, box: Path) -> None:
        assert not switches.has_texted_live()
        switches.went_live(NOW)
        switches.went_live(NOW + 1)
        assert switches.has_texted_live()
        assert t.Switch.get_by_id("texted_live").changed_at == NOW

    def test_a_secret_is_made_once(self, box: Path) -> None:
        assert switches.secret("web", "first", NOW) == "first"
        assert switches.secret("web", "second", NOW) == "first"


class TestSims:
    def test_the_reference_of_long_texts_counts_up_and_wraps(self, box: Path) -> None:
        sims.meet("sim", NOW)
        assert [sims.next_reference("sim") for _ in range(3)] == [1, 2, 3]
        t.Sim.update(reference=65535).execute()
        assert [sims.next_reference("sim") for _ in range(2)] == [0, 1]

    def test_meeting_it_again_changes_nothing(self, box: Path) -> None:
        sims.meet("sim", NOW)
        sims.next_reference("sim")
        sims.meet("sim", NOW + 1)
        row = t.Sim.get_by_id("sim")
        assert (row.reference, row.first_seen_at) == (1, NOW)

    def test_a_pin_is_tried_once_for_good(self, box: Path) -> None:
        assert not sims.pin_was_tried("sim", "a")
        sims.remember_pin("sim", "a", NOW)
        sims.remember_pin("sim", "b", NOW)
        assert [sims.pin_was_tried("sim", one) for one in "abc"] == [True, True, False]
        assert not sims.pin_was_tried("other", "a")


class TestHeartbeats:
    def test_one_row_a_part(self, box: Path) -> None:
        heartbeats.beat("modem:main", "starting", NOW, {"signal": None})
        heartbeats.beat("modem:main", "ready", NOW + 1, {"signal": -70})
        heartbeats.beat("feed:cad", "ok", NOW, {})
        last = heartbeats.last("modem:main")
        assert last is not None
        assert (last.state, last.at, last.details) == ("ready", NOW + 1, {"signal": -70})
        assert [beat.name for beat in heartbeats.every("modem:")] == ["modem:main"]
        assert heartbeats.last("modem:other") is None


class TestAlarms:
    def raised(self, now: int = NOW, subject: str = "number:1", level: AlarmLevel = AlarmLevel.RED) -> int:
        return alarms.raise_alarm(f"{level.value}_text", level, subject, now)

    def test_a_subject_has_one_open_alarm_a_code(self, box: Path) -> None:
        first = self.raised()
        assert self.raised(NOW + MINUTE) == first
        assert self.raised(NOW, "number:2") != first
        alarm = alarms.get(first)
        assert alarm is not None
        assert (alarm.count, alarm.raised_at, alarm.last_at) == (2, NOW, NOW + MINUTE)

    def test_a_new_text_must_be_seen_again(self, box: Path) -> None:
        first = self.raised()
        assert alarms.acknowledge(first, "sample", NOW)
        assert not alarms.acknowledge(first, "other", NOW)
        self.raised(NOW + MINUTE)
        alarm = alarms.get(first)
        assert alarm is not None
        assert (alarm.acknowledged_at, alarm.unseen_at) == (None, NOW + MINUTE)

    def test_what_waits_to_be_seen_waits_since_the_first(self, box: Path) -> None:
        first = self.raised()
        for minute in range(1, 12):
            self.raised(NOW + minute * MINUTE)
            assert alarms.open_alarms()[0].unseen_at == NOW
        self.raised(NOW + 12 * MINUTE)
        assert alarms.open_alarms()[0].unseen_at == NOW + 12 * MINUTE
        assert alarms.open_alarms()[0].id == first

    def test_a_closed_one_is_over_and_the_next_is_another(self, box: Path) -> None:
        first = self.raised()
        assert alarms.close(first, "sample", "no_danger", NOW)
        assert not alarms.close(first, "sample", "no_danger", NOW)
        assert self.raised() != first

    def test_it_ends_with_one_of_five_outcomes(self, box: Path) -> None:
        assert len(alarms.OUTCOMES) == 5
        with pytest.raises(Refused, match="called_back"):
            alarms.close(self.raised(), "sample", "whatever", NOW)

    def test_red_stands_before_amber(self, box: Path) -> None:
        self.raised(NOW, level=AlarmLevel.AMBER)
        self.raised(NOW + 1)
        assert [alarm.level for alarm in alarms.open_alarms()] == [AlarmLevel.RED, AlarmLevel.AMBER]

    def test_one_about_the_box_clears_by_itself(self, box: Path) -> None:
        alarms.raise_alarm("modem_trouble", AlarmLevel.AMBER, "modem:main", NOW)
        assert alarms.is_open("modem_trouble", "modem:main")
        assert alarms.clear("modem_trouble", "modem:main", NOW)
        assert not alarms.is_open("modem_trouble", "modem:main")
        assert not alarms.clear("modem_trouble", "modem:main", NOW)


class TestPolicies:
    def test_without_one_the_box_has_no_rules(self, box: Path) -> None:
        with pytest.raises(LookupError, match="aftercall init"):
            policies.current()

    def test_the_latest_is_in_force_and_each_stays_as_it_was(self, box: Path) -> None:
        shipped = policy.default_document()
        first = policies.add(shipped, "sample", NOW)
        second = policies.add(policy.merge(shipped, {"survey": {"delay": "1h"}}), "sample", NOW + 1)
        assert policies.current().id == second
        assert policies.version(first).policy.survey.delay == 4 * HOUR
        assert policies.current().policy.survey.delay == HOUR
        assert policies.document(first) == shipped

    def test_a_key_that_came_later_has_its_default_in_an_older_version(self, box: Path) -> None:
        old = policy.default_document()
        del old["survey"]["unknown_wait"]
        assert policies.version(policies.add(old, "sample", NOW)).policy.survey.unknown_wait == 10 * MINUTE
