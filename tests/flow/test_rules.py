"""Who is texted (behaviour 1 to 4), shown through the real steps: intake, plan, claim."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from appliance.clock import DAY, HOUR, MINUTE, SECOND
from appliance.domain.records import AlarmLevel, EventKind, Lane, MessageState
from appliance.flow import withdrawal
from appliance.store import alarms, contacts, database, numbers, outbox, policies, switches
from appliance.store import models as t
from tests.flow.box import OTHER, RESIDENT, Box, boxed, local


def switch_hold(box: Box, on: bool) -> None:
    with database.transaction():
        if on:
            switches.hold("Sample drill", "sample", box.now)
        else:
            switches.release("sample", box.now)


def open_breaker(box: Box) -> None:
    with database.transaction():
        switches.open_breaker("sample", box.now)


def resident(number: str = RESIDENT) -> int:
    return numbers.remember(number)


REFUSED: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("type not enabled", {"call_type": "GRAFFITI"}, "type_not_enabled"),
    ("no type", {"call_type": ""}, "type_not_enabled"),
    ("never-list by type", {"call_type": "DOMESTIC DISTURBANCE"}, "never_list"),
    ("never-list by first type", {"call_type_initial": "SUICIDE ATT"}, "never_list"),
    ("never-list by disposition", {"disposition": "DV REPORT"}, "never_list"),
    ("never-list by report type", {"report_type": "CHILD ABUSE"}, "never_list"),
    ("text-to-911", {"source": "TEXT-TO-911"}, "never_list"),
    ("sensitive", {"sensitive": True}, "sensitive"),
    ("minor", {"minor": True}, "minor"),
    ("anonymous", {"anonymous": True}, "anonymous"),
    ("do not text", {"do_not_text": True}, "do_not_text"),
    ("asked and declined", {"text_ok": False}, "do_not_text"),
    ("officer", {"role": "officer"}, "role"),
    ("suspect", {"role": "Suspect"}, "role"),
    ("alarm company", {"role": "alarm_company"}, "role"),
    ("no number", {"phone": ""}, "number_missing"),
    ("911", {"phone": "911"}, "number_service"),
    ("988", {"phone": "988"}, "number_service"),
    ("N11", {"phone": "411"}, "number_service"),
    ("short code", {"phone": "72727"}, "number_service"),
    ("toll-free", {"phone": "800-234-5678"}, "number_toll_free"),
    ("premium", {"phone": "900-234-5678"}, "number_premium"),
    ("Jamaica", {"phone": "876-234-5678"}, "number_foreign"),
    ("London", {"phone": "+44 20 7946 0123"}, "number_foreign"),
    ("cut short", {"phone": "555-0123"}, "number_unreadable"),
    ("full-width digits", {"phone": "５４１５５５０１２３"}, "number_unreadable"),
)


@pytest.mark.parametrize(("fields", "reason"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_these_calls_are_not_texted_and_each_event_says_why(
    box: Box, fields: dict[str, Any], reason: str
) -> None:
    box.take(box.closed(**fields))
    box.later(5 * HOUR).plan()
    assert box.fates() == {"closed": reason, "survey": reason}
    assert box.texts() == []


@pytest.mark.parametrize("role", ["", "caller", "Victim", "witness"])
def test_callers_victims_and_witnesses_are_texted(box: Box, role: str) -> None:
    box.take(box.closed(role=role))
    box.plan()
    assert box.send() == ["closed"]


def test_a_box_of_its_own_is_never_texted(box: Box) -> None:
    from appliance.flow import intake
    from tests.flow.box import digest

    record = box.closed()
    source = intake.Source("cad", "sample.csv", "0")
    intake.accept(source, [(record, digest(record))], policies.current(), frozenset({RESIDENT}), box.now)
    box.plan()
    assert box.fates()["closed"] == "number_own"


LATE = (
    ("notice just in time", 29 * MINUTE, "closed", "allowed"),
    ("notice too late", 31 * MINUTE, "closed", "too_old"),
    ("survey just in time", 23 * HOUR, "survey", "allowed"),
    ("survey too late", 25 * HOUR, "survey", "too_old"),
)


@pytest.mark.parametrize(("age", "kind", "reason"), [row[1:] for row in LATE], ids=[row[0] for row in LATE])
def test_lateness_of_the_feed_kills(box: Box, age: int, kind: str, reason: str) -> None:
    box.take(box.closed(received_at=box.now - age - HOUR, dispatched_at=None, closed_at=box.now - age))
    box.later(0 if kind == "closed" else 4 * HOUR).plan()
    assert box.fates()[kind] == reason


class TestReceived:
    def test_it_waits_three_minutes_and_then_leaves(self, box: Box) -> None:
        box.take(box.call())
        box.later(3 * MINUTE - SECOND).plan()
        assert box.texts() == []
        box.later(SECOND).plan()
        assert box.send() == ["received"]

    @pytest.mark.parametrize("column", ["dispatched_at", "arrived_at", "unit"])
    def test_it_does_not_leave_once_a_unit_is_assigned(self, box: Box, column: str) -> None:
        first = box.call()
        box.take(first)
        box.later(MINUTE)
        news: dict[str, Any] = {column: "4A12" if column == "unit" else box.now}
        box.take(box.call(received_at=first.received_at, **news))
        box.later(3 * MINUTE).plan()
        assert box.fates() == {"received": "unit_assigned"}

    def test_the_claim_asks_again(self, box: Box) -> None:
        first = box.call()
        box.take(first)
        box.later(3 * MINUTE).plan()
        assert box.queued() == ["received"]
        box.take(box.call(received_at=first.received_at, dispatched_at=box.now))
        assert box.send() == []
        assert box.texts() == [("received", "cancelled")]

    def test_it_dies_with_the_first_hour_of_the_call_whatever_the_hold(self, box: Box) -> None:
        box.take(box.call())
        switch_hold(box, on=True)
        box.later(4 * MINUTE).plan()
        switch_hold(box, on=False)
        box.later(57 * MINUTE).plan()
        assert box.fates() == {"received": "expired"}

    def test_it_leaves_at_night(self, box: Box) -> None:
        box.now = local(2)
        box.take(box.call())
        box.later(3 * MINUTE).plan()
        assert box.send() == ["received"]


class TestLatestNotice:
    def test_a_call_first_seen_closed_gets_closed_alone(self, box: Box) -> None:
        box.take(box.closed())
        box.later(4 * MINUTE).plan()
        assert box.send() == ["closed"]
        assert box.fates() == {"closed": "allowed", "survey": "pending"}

    def test_a_pending_received_is_overtaken_by_the_close(self, box: Box) -> None:
        first = box.call()
        box.take(first)
        box.later(MINUTE)
        box.take(box.call(received_at=first.received_at, closed_at=box.now))
        box.later(3 * MINUTE).plan()
        assert box.send() == ["closed"]
        assert box.fates()["received"] == "superseded"

    def test_a_caller_gets_the_closed_text_though_a_report_was_filed(self, box: Box) -> None:
        box.take(box.closed(report_number="26-R7"))
        box.plan()
        assert box.send() == ["closed"]

    def test_a_victim_who_agreed_gets_the_report_text_alone(self, box: Box) -> None:
        box.take(box.closed(report_number="26-R7", role="victim", text_ok=True))
        box.plan()
        assert box.send() == ["report_filed"]

    def test_a_report_filed_hours_after_the_close_is_told(self, box: Box) -> None:
        closed = box.closed(role="victim", text_ok=True)
        box.take(closed)
        box.plan()
        box.send()
        box.later(2 * HOUR)
        box.take(replace(closed, report_number="26-R7"))
        box.plan()
        assert box.send() == ["report_filed"]

    def test_a_victim_who_was_not_asked_gets_no_report_text(self, box: Box) -> None:
        closed = box.closed(role="victim")
        box.take(closed)
        box.take(replace(closed, report_number="26-R7"))
        box.plan()
        assert box.fates()["report_filed"] == "no_consent"


class TestDelayed:
    def waiting(self, box: Box, **fields: Any) -> None:
        box.take(box.call(**fields))
        box.later(3 * MINUTE).plan()
        box.send()
        box.later(17 * MINUTE)
        box.feed_speaks()

    def test_it_is_told_after_twenty_minutes_once(self, box: Box) -> None:
        self.waiting(box)
        box.plan()
        assert box.send() == ["delayed"]
        box.later(10 * MINUTE).feed_speaks()
        box.plan()
        assert box.send() == []

    @pytest.mark.parametrize(("priority", "told"), [("1", False), ("2", False), ("3", True), ("5", True)])
    def test_priorities(self, box: Box, priority: str, told: bool) -> None:
        self.waiting(box, priority=priority)
        box.plan()
        assert box.send() == (["delayed"] if told else [])

    @pytest.mark.parametrize("column", ["dispatched_at", "arrived_at", "unit"])
    def test_nobody_with_a_unit_on_the_way_is_told_of_a_delay(self, box: Box, column: str) -> None:
        self.waiting(box, **{column: "4A12" if column == "unit" else box.now})
        box.plan()
        assert box.send() == []

    def test_a_silent_feed_tells_nobody_until_it_speaks(self, box: Box) -> None:
        self.waiting(box)
        box.later(6 * MINUTE).plan()
        assert box.send() == []
        box.later(6 * MINUTE).feed_speaks()
        box.plan()
        assert box.send() == ["delayed"]

    def test_a_feed_that_stays_silent_tells_nobody_ever(self, box: Box) -> None:
        self.waiting(box)
        for _ in range(12):
            box.later(6 * MINUTE).plan()
        box.feed_speaks()
        box.plan()
        assert box.send() == []
        assert box.fates()["delayed"] == "expired"

    def test_a_feed_that_falls_silent_while_the_text_waits(self, box: Box) -> None:
        self.waiting(box)
        box.plan()
        assert box.queued() == ["delayed"]
        box.later(6 * MINUTE)
        assert box.send() == []

    def test_a_unit_assigned_while_the_text_waits(self, box: Box) -> None:
        first = box.call()
        self.waiting(box)
        box.plan()
        box.take(box.call(received_at=first.received_at, dispatched_at=box.now))
        assert box.send() == []


class TestHold:
    def test_nothing_leaves_but_stop_confirmations_and_auto(self, box: Box) -> None:
        box.take(box.call("26-1"))
        box.later(3 * MINUTE).plan()
        assert box.queued() == ["received"]
        switch_hold(box, on=True)
        box.take(box.closed("26-2", phone=OTHER))
        box.plan()
        box.say("STOP", "+15415550150")
        box.say("hello?", "+15415550151")
        box.say("who is this", "+15415550152")
        box.say("status", "+15415550153")
        assert sorted(box.send()) == ["auto", "stop"]
        assert box.fates()["closed"] == "pending hold"

    def test_what_waited_leaves_on_release(self, box: Box) -> None:
        switch_hold(box, on=True)
        box.take(box.closed())
        box.plan()
        assert box.plan() == 0, "a round under hold finds nothing new and writes nothing"
        box.later(5 * MINUTE)
        switch_hold(box, on=False)
        box.plan()
        assert box.send() == ["closed"]

    def test_many_waiting_answers_do_not_stand_before_an_auto(self, box: Box) -> None:
        switch_hold(box, on=True)
        for n in range(25):
            box.say("who is this", f"+154155501{n + 10:02d}")
        box.later(SECOND).say("hello?", "+15415550160")
        assert box.send() == ["auto"]

    def test_an_on_call_alert_passes(self, box: Box) -> None:
        from appliance.upkeep import alerts

        switch_hold(box, on=True)
        with database.transaction():
            alarms.raise_alarm("red_text", AlarmLevel.RED, "number:1", box.now)
        box.later(MINUTE)
        assert alerts.alert_on_call(box.config, box.now) == 1
        assert box.send() == ["alert"]


class TestShadow:
    def test_all_is_planned_and_nothing_is_sent(self, tmp_path: Path) -> None:
        with boxed(tmp_path, "shadow") as box:
            box.take(box.closed())
            box.later(5 * HOUR).plan()
            box.say("STOP", OTHER)
            assert box.texts() == [("closed", "shadow"), ("q_overall", "shadow"), ("stop", "shadow")]
            assert box.claim() is None

    def test_shadow_rows_never_become_live(self, tmp_path: Path) -> None:
        with boxed(tmp_path, "shadow") as box:
            box.take(box.closed())
            box.plan()
            live = box.config.model_copy(update={"mode": "live"})
            box.config, box.sender = live, type(box.sender)(live, live.modem[0], box.sender.sim)
            box.plan()
            assert box.claim() is None


class TestStanding:
    @pytest.mark.parametrize(
        ("by", "reason"),
        [("stop", "opted_out"), ("refusal", "opted_out"), ("staff", "opted_out"), ("wrong", "wrong_number")],
    )
    def test_a_number_that_said_no_gets_nothing(self, box: Box, by: str, reason: str) -> None:
        with database.transaction():
            contacts.opt_out(resident(), by, box.now)
        box.take(box.closed())
        box.later(5 * HOUR).plan()
        assert set(box.fates().values()) == {reason}

    def test_start_lifts_the_own_stop_and_nothing_else(self, box: Box) -> None:
        cases = (("stop", True), ("refusal", False), ("staff", False), ("wrong", False))
        for place, (by, lifted) in enumerate(cases):
            number = f"+1541555016{place}"
            with database.transaction():
                contacts.opt_out(resident(number), by, box.now)
            box.say("START", number)
            assert (contacts.get(resident(number)).opted_out_at is None) is lifted, by

    def test_start_does_not_lift_what_staff_added_to_a_stop(self, box: Box) -> None:
        box.say("STOP")
        with database.transaction():
            contacts.opt_out(resident(), "staff", box.now)
        box.say("START")
        assert contacts.get(resident()).opted_out_at is not None

    def test_start_promises_no_texts_where_it_lifts_nothing(self, box: Box) -> None:
        with database.transaction():
            contacts.opt_out(resident(), "staff", box.now)
        box.say("START")
        assert box.queued() == ["auto"]

    def test_a_number_opted_out_while_its_text_waits(self, box: Box) -> None:
        box.take(box.closed())
        box.plan()
        with database.transaction():
            contacts.opt_out(resident(), "staff", box.now)
        assert box.send() == []
        assert box.texts() == [("closed", "cancelled")]


class TestCaps:
    def test_three_notices_in_a_day(self, box: Box) -> None:
        for n in range(4):
            box.take(box.closed(f"26-{n}"))
            box.plan()
            box.send()
            box.later(MINUTE)
        assert [text for text, _ in box.texts()] == ["closed"] * 3
        assert "notice_cap" in {row.reason for row in t.Event.select()}
        box.later(DAY)
        box.take(box.closed("26-9"))
        box.plan()
        assert box.send() == ["closed"]

    def test_received_is_exempt_up_to_six(self, box: Box) -> None:
        for n in range(3):
            box.take(box.closed(f"26-{n}"))
        for n in range(7):
            box.take(box.call(f"26-1{n}"))
        box.later(3 * MINUTE).plan()
        assert sorted(box.send()) == ["closed"] * 3 + ["received"] * 6

    def test_one_invitation_in_ninety_days(self, box: Box) -> None:
        box.import_policy(survey={"window": ["00:00", "24:00"]})
        box.invited()
        box.say("STOP")
        box.say("START")
        box.later(89 * DAY)
        box.take(box.closed("26-2"))
        box.later(4 * HOUR).plan()
        assert box.fates()["survey"] == "survey_cooldown"
        box.later(2 * DAY)
        box.take(box.closed("26-3"))
        box.later(4 * HOUR).plan()
        assert box.fates()["survey"] == "allowed"

    def test_an_invitation_that_never_left_is_none(self, box: Box) -> None:
        box.import_policy(survey={"window": ["00:00", "24:00"]})
        first = box.closed()
        box.take(first)
        box.later(4 * HOUR).plan()
        assert "q_overall" in box.queued()
        box.take(box.closed(received_at=first.received_at, dispatched_at=box.now, closed_at=None))
        assert "q_overall" not in box.send()
        box.take(box.closed("26-2"))
        box.later(4 * HOUR).plan()
        assert "q_overall" in box.send()

    @pytest.mark.parametrize(
        ("calls", "days", "reason"),
        [
            (1, 20, "allowed"),
            (2, 20, "repeat_caller"),
            (2, 40, "allowed"),
            (4, 40, "shared_line"),
            (4, 100, "allowed"),
        ],
    )
    def test_people_who_call_often_are_not_asked(self, box: Box, calls: int, days: int, reason: str) -> None:
        for n in range(calls):
            box.take(box.closed(f"26-{n}", call_type="GRAFFITI"))
        box.later(days * DAY)
        box.take(box.closed("26-9"))
        box.later(4 * HOUR).plan()
        survey = t.Event.select().where(t.Event.kind == "survey").order_by(t.Event.id.desc()).first()
        assert survey.reason == reason

    def test_one_open_conversation_a_number(self, tmp_path: Path) -> None:
        with boxed(tmp_path, survey={"cooldown": "0s"}) as box:
            box.invited()
            box.take(box.closed("26-2"))
            box.later(4 * HOUR).plan()
            assert box.fates()["survey"] == "survey_open"

    def test_questions_thanks_and_reprompts_count_in_no_cap(self, box: Box) -> None:
        box.invited()
        for word in ("what?", "5", "4", "4", "4", "4", "fine"):
            box.say(word)
            box.send()
            box.later(SECOND)
        box.take(box.closed("26-2"))
        box.plan()
        assert box.send() == ["closed"]


class TestWindows:
    @pytest.mark.parametrize(
        ("kind", "hour", "leaves"),
        [("closed", 20, True), ("closed", 21, False), ("closed", 8, False), ("closed", 9, True)],
    )
    def test_closed_waits_for_its_hours(self, box: Box, kind: str, hour: int, leaves: bool) -> None:
        box.now = local(hour)
        box.take(box.closed())
        box.plan()
        assert (box.fates()[kind] == "allowed") is leaves
        assert (box.send() == [kind]) is leaves

    @pytest.mark.parametrize(
        ("hour", "leaves"), [(9, True), (19, True), (20, False), (23, False), (6, False)]
    )
    def test_surveys_wait_for_their_hours(self, box: Box, hour: int, leaves: bool) -> None:
        box.now = local(hour) - 4 * HOUR
        box.take(box.closed(closed_at=box.now))
        box.later(4 * HOUR).plan()
        assert (box.fates()["survey"] == "allowed") is leaves

    def test_the_backlog_of_a_night_leaves_two_a_minute(self, box: Box) -> None:
        box.now = local(22)
        for n in range(7):
            box.take(box.closed(f"26-{n}", phone=f"+154155501{n + 20}"))
        box.plan()
        box.now = local(2, 1, day=5)
        box.plan()
        left = []
        box.now = local(9, day=5)
        while box.plan() or t.Event.select().where(t.Event.state == "pending").exists():
            left.append(len(box.send()))
            box.later(MINUTE)
        assert sum(left) == 14, "seven notices and seven invitations"
        assert max(left) == 2

    def test_texts_queued_when_the_window_closes_leave_spread_too(self, box: Box) -> None:
        box.now = local(20, 58)
        for n in range(6):
            box.take(box.closed(f"26-{n}", phone=f"+154155501{n + 20}"))
        box.plan()
        assert len(box.queued()) == 6
        box.now = local(21, 1)
        assert box.send() == []
        box.now = local(9, day=5)
        assert len(box.send()) <= 2
        for _ in range(4):
            box.later(MINUTE)
            assert len(box.send()) <= 2
        assert box.queued() == []

    def test_nothing_waits_longer_than_a_day(self, box: Box) -> None:
        box.now = local(21, 30)
        box.take(box.closed())
        box.plan()
        assert box.fates()["closed"] == "pending window"
        box.now = local(8, 55, day=5)
        switch_hold(box, on=True)
        box.later(10 * MINUTE).plan()
        switch_hold(box, on=False)
        box.now = local(21, 31, day=5)
        box.later(-40 * MINUTE)
        box.plan()
        assert box.fates()["closed"] == "allowed"
        text = t.Message.get()
        assert text.not_after == box.event(EventKind.CLOSED).accepted_at + DAY

    def test_a_text_that_waited_a_day_expires(self, box: Box) -> None:
        box.now = local(21, 30)
        box.take(box.closed())
        box.plan()
        switch_hold(box, on=True)
        box.now = local(9, 5, day=5)
        box.plan()
        switch_hold(box, on=False)
        box.now = local(9, 0, day=6)
        box.plan()
        assert box.fates()["closed"] == "expired"


class TestBreaker:
    def test_the_thirty_first_opens_it(self, box: Box) -> None:
        for n in range(32):
            box.take(box.closed(f"26-{n}", phone=f"+1541555{100 + n:04d}"))
        box.plan()
        assert len(box.queued()) == 30
        assert switches.breaker() is not None
        assert box.alarms() == [("amber", "breaker")]
        assert box.send() == []
        box.say("STOP", "+15415550190")
        box.say("hello?", "+15415550191")
        assert sorted(box.send()) == ["auto", "stop"]

    def test_a_released_breaker_lets_the_rest_go(self, box: Box) -> None:
        for n in range(32):
            box.take(box.closed(f"26-{n}", phone=f"+1541555{100 + n:04d}"))
        box.plan()
        with database.transaction():
            switches.close_breaker("sample", box.later(SECOND).now)
        box.plan()
        assert len(box.send()) == 31, "the 30 that were queued, and the first of those that waited"
        box.later(MINUTE)
        assert len(box.send()) == 1, "what a switch made wait leaves two a minute"

    def test_invitations_whose_calls_were_closed_together_open_it_too(self, tmp_path: Path) -> None:
        with boxed(tmp_path, events={"closed": False}) as box:
            for n in range(32):
                box.take(box.closed(f"26-{n}", phone=f"+1541555{100 + n:04d}"))
            box.later(4 * HOUR).plan()
            assert len(box.queued()) == 30
            assert switches.breaker() is not None

    def test_texts_postponed_by_the_night_do_not_count(self, box: Box) -> None:
        box.now = local(22)
        for n in range(40):
            box.take(box.closed(f"26-{n}", phone=f"+1541555{100 + n:04d}"))
        box.plan()
        box.now = local(2, 1, day=5)
        box.plan()
        for minute in range(45):
            box.now = local(9, minute, day=5)
            box.plan()
            box.send()
        assert switches.breaker() is None

    def test_next_questions_wait_while_it_is_open(self, box: Box) -> None:
        box.invited()
        open_breaker(box)
        box.say("5")
        assert box.send() == []


class TestLock:
    def test_a_never_type_in_a_later_version_takes_everything_back(self, box: Box) -> None:
        first = box.call(phone=OTHER)
        box.take(first)
        box.later(MINUTE)
        closed = replace(first, phone=RESIDENT, closed_at=box.now)
        box.take(closed)
        box.later(4 * HOUR).plan()
        assert box.queued() == ["closed", "q_overall"]
        box.take(replace(closed, closed_at=box.now, call_type="DOMESTIC"))
        assert box.queued() == []
        assert box.send() == []
        assert box.conversation() == "closed"
        assert "pending" not in {row.state for row in t.Event.select()}
        for number in (RESIDENT, OTHER):
            assert contacts.get(resident(number)).never_until == box.now + 180 * DAY

    def test_it_stays_locked_when_the_type_changes_back(self, box: Box) -> None:
        first = box.call()
        box.take(box.call(call_type="RAPE"))
        box.later(MINUTE)
        box.take(box.call(received_at=first.received_at, closed_at=box.now))
        box.later(5 * HOUR).plan()
        assert set(box.fates().values()) == {"never_list"}

    def test_an_older_version_with_another_number_locks_that_number_too(self, box: Box) -> None:
        box.take(box.closed())
        box.take(box.call(received_at=box.now - 20 * MINUTE, phone=OTHER, call_type="DOMESTIC"))
        assert contacts.get(resident(OTHER)).never_until == box.now + 180 * DAY
        assert contacts.get(resident(RESIDENT)).never_until == box.now + 180 * DAY

    def test_a_number_that_comes_after_the_lock_is_locked_too(self, box: Box) -> None:
        received = box.now
        box.take(box.call(call_type="DOMESTIC"))
        box.later(MINUTE)
        box.take(box.call(received_at=received, dispatched_at=box.now, phone=OTHER))
        assert contacts.get(resident(OTHER)).never_until == box.now + 180 * DAY

    def test_its_number_goes_to_disk_as_a_hash_alone(self, box: Box) -> None:
        box.take(box.call(call_type="DOMESTIC", phone=OTHER))
        assert t.Number.get(t.Number.digest == numbers.digest(OTHER)).e164 is None

    def test_a_number_written_before_the_lock_is_emptied_unless_it_is_in_use(self, box: Box) -> None:
        first = box.call(phone=OTHER)
        box.take(first)
        box.take(box.call("26-2"))
        assert numbers.clear_form(resident(OTHER)) == OTHER
        box.take(replace(first, call_type="DOMESTIC"))
        box.take(box.call(call_type="DOMESTIC", beat="2"))
        assert t.Number.get(t.Number.digest == numbers.digest(OTHER)).e164 is None
        assert t.Number.get(t.Number.digest == numbers.digest(RESIDENT)).e164 == RESIDENT

    def test_a_text_that_left_already_is_told_to_the_auditor(self, box: Box) -> None:
        first = box.closed()
        box.take(first)
        box.plan()
        box.send()
        box.take(replace(first, closed_at=box.now, sensitive=True))
        assert box.alarms() == [("amber", "locked_after_text")]

    def test_its_open_conversation_ends_silently(self, box: Box) -> None:
        box.invited()
        box.say("5")
        call = t.Incident.get()
        box.take(box.call(received_at=call.received_at, closed_at=box.now, disposition="SUICIDE ATTEMPT"))
        assert box.conversation() == "closed"
        assert box.send() == []

    def test_a_number_with_a_never_call_gets_no_next_question_of_another(self, box: Box) -> None:
        box.invited()
        box.take(box.call("26-2", call_type="DOMESTIC"))
        box.say("5")
        assert "q_listened" not in box.send()

    def test_its_last_text_is_not_repeated_in_another_language(self, box: Box) -> None:
        first = box.closed()
        box.take(first)
        box.plan()
        box.send()
        box.take(replace(first, closed_at=box.now, sensitive=True))
        box.say("ES")
        assert box.queued() == ["auto"]

    def test_earlier_never_calls_keep_the_number_from_texts_for_180_days(self, box: Box) -> None:
        box.take(box.call(call_type="DOMESTIC"))
        box.later(179 * DAY)
        box.take(box.closed("26-2"))
        box.plan()
        assert box.fates()["closed"] == "never_history"
        box.later(2 * DAY)
        box.take(box.closed("26-3"))
        box.plan()
        assert box.fates()["closed"] == "allowed"


class TestReopened:
    REOPENINGS = (
        ("marked, no close any more", {"reopened": True, "closed_at": None}),
        ("marked, the close still there", {"reopened": True}),
        ("dispatched after the close", {"dispatched": True, "closed_at": None}),
        ("dispatched after the close that is still there", {"dispatched": True}),
    )

    @pytest.mark.parametrize("news", [row[1] for row in REOPENINGS], ids=[row[0] for row in REOPENINGS])
    def test_the_survey_is_cancelled_and_the_next_close_asks_once(
        self, box: Box, news: dict[str, Any]
    ) -> None:
        box.now = local(9, 30)
        first = box.closed()
        box.take(first)
        box.plan()
        box.send()
        box.later(HOUR)
        fields = {key: value for key, value in news.items() if key != "dispatched"}
        if "dispatched" in news:
            fields["dispatched_at"] = box.now
        reopened = replace(first, **fields)
        box.take(reopened)
        assert box.fates()["survey"] == "reopened"
        box.later(3 * HOUR).plan()
        assert box.send() == []
        box.take(replace(reopened, beat="2"))
        box.take(replace(reopened, closed_at=box.now))
        box.later(4 * HOUR - SECOND).plan()
        assert box.send() == []
        box.later(SECOND).plan()
        assert [kind for kind in box.send() if kind == "q_overall"] == ["q_overall"]
        assert [kind for kind, _ in box.texts()].count("closed") == 1

    def test_reopened_and_closed_again_in_one_version(self, box: Box) -> None:
        first = box.closed()
        box.take(first)
        box.plan()
        box.send()
        box.later(HOUR)
        box.take(replace(first, dispatched_at=box.now - 30 * MINUTE, closed_at=box.now))
        box.later(4 * HOUR - SECOND).plan()
        assert box.send() == []
        box.later(SECOND).plan()
        assert box.send() == ["q_overall"]

    def test_a_missing_close_reopens_nothing(self, box: Box) -> None:
        first = box.closed()
        box.take(first)
        box.take(replace(first, arrived_at=first.closed_at, closed_at=None))
        box.later(4 * HOUR).plan()
        assert box.send() == ["closed", "q_overall"]

    def test_an_older_version_with_a_mark_takes_back_a_close_alone(self, box: Box) -> None:
        first = box.call(received_at=box.now - 25 * MINUTE)
        box.take(replace(first, dispatched_at=box.now - MINUTE))
        box.take(replace(first, reopened=True))
        box.feed_speaks()
        box.plan()
        assert t.Incident.get().dispatched_at == box.now - MINUTE
        assert box.send() == [], "nobody with a unit on the way is told of a delay"

    def test_an_older_version_reopens_nothing(self, box: Box) -> None:
        first = box.closed()
        box.take(first)
        box.take(replace(first, dispatched_at=first.received_at + MINUTE, closed_at=None, unit="4A12"))
        box.later(4 * HOUR).plan()
        assert box.send() == ["closed", "q_overall"]


class TestChangedNumber:
    def test_what_was_planned_goes_to_the_new_number(self, box: Box) -> None:
        first = box.call()
        box.take(first)
        box.later(MINUTE)
        box.take(box.call(received_at=first.received_at, phone=OTHER, beat="2"))
        box.later(3 * MINUTE).plan()
        box.send()
        assert [number for number, _ in box.air] == [OTHER]

    def test_what_was_queued_for_the_old_number_is_taken_back(self, box: Box) -> None:
        first = box.closed()
        box.take(first)
        box.later(4 * HOUR).plan()
        assert box.queued() == ["closed", "q_overall"]
        box.take(replace(first, phone=OTHER, beat="2"))
        assert box.queued() == []
        assert box.conversation() == "closed", "an invitation that never left leaves no open survey behind"


def test_texts_of_one_call_are_sent_once_ever(box: Box) -> None:
    first = box.closed()
    for n in range(3):
        box.take(replace(first, beat=str(n)))
        box.later(2 * HOUR).plan()
        box.send()
    assert [kind for kind, _ in box.texts()] == ["closed", "q_overall"]


def test_a_self_initiated_call_is_not_surveyed(box: Box) -> None:
    box.take(box.closed(self_initiated=True))
    box.later(4 * HOUR).plan()
    assert box.fates() == {"closed": "allowed", "survey": "self_initiated"}


def test_the_sample_is_the_same_at_every_try(tmp_path: Path) -> None:
    with boxed(tmp_path, survey={"sample": 0.5}, breaker={"texts": 0}) as box:
        for n in range(60):
            box.take(box.closed(f"26-{n}", phone=f"+1541555{100 + n:04d}"))
        box.later(4 * HOUR).plan()
        asked = [row.reason for row in t.Event.select().where(t.Event.kind == "survey")]
        assert 15 < asked.count("allowed") < 45
        assert asked.count("allowed") + asked.count("not_sampled") == 60


def test_the_first_text_in_ninety_days_says_who_writes(box: Box) -> None:
    with database.transaction():
        outbox.put_once(
            outbox.NewMessage(
                key="sample", lane=Lane.NOTICE, kind="closed", number_id=resident(OTHER), language="en",
                text="Sample", parts=1, policy_id=policies.current().id, due_at=box.now, not_after=box.now,
            ),
            MessageState.SENT,
            box.now,
        )  # fmt: skip
    for phone, call in ((RESIDENT, "26-1"), (OTHER, "26-2")):
        box.take(box.call(call, phone=phone, priority="3", received_at=box.now - 21 * MINUTE))
    box.plan()
    box.send()
    texts = dict(box.air)
    assert "STOP=" in texts[RESIDENT]
    assert "STOP=" not in texts[OTHER]


def test_opting_out_by_hand_ends_the_survey(box: Box) -> None:
    box.invited()
    with database.transaction():
        contacts.opt_out(resident(), "staff", box.now)
        withdrawal.silence_number(resident(), "opted_out", policies.current().id, box.now)
        withdrawal.end_conversation(resident(), box.now)
    assert box.conversation() == "stopped"
