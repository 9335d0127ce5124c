"""What changes something: the act, its audit row in the same transaction, and what the page then says."""

from __future__ import annotations

import json

import pytest
from flask import Flask

from appliance import clock
from appliance.domain.records import AlarmLevel
from appliance.store import accounts, alarms, audit, database, switches
from appliance.store import models as t
from appliance.store.accounts import Role
from tests.web import seed
from tests.web.conftest import Browser, Login

SUPERVISOR = seed.PEOPLE[Role.SUPERVISOR]


def acts() -> list[tuple[str, str, str, dict[str, object]]]:
    """What was done after the log-in, by whom, to what."""
    with database.connection():
        assert audit.verify() is None
        rows = t.Audit.select().where(t.Audit.action != "login").order_by(t.Audit.id)
        return [
            (r.actor, r.action, r.object, json.loads(r.details)) for r in rows if r.action != "account.add"
        ]


def test_hold_and_release(login: Login) -> None:
    browser = login(Role.SUPERVISOR)
    assert "Sending runs" in browser.get("/hold").text
    answer = browser.post("/hold", {"reason": "  modem swap <b>  "})
    page = browser.get(answer.location).text
    assert "Sending is on hold" in page
    assert "modem swap &lt;b&gt;" in page and "<b>" not in page
    assert "modem swap &lt;b&gt;" in browser.get("/calls").text
    answer = browser.post("/hold/release")
    assert "Sending goes on." in browser.get(answer.location).text
    answer = browser.post("/hold/release")
    assert "nothing was changed" in browser.get(answer.location).text
    assert acts() == [
        (SUPERVISOR, "hold", "box", {"reason": "modem swap <b>"}),
        (SUPERVISOR, "release", "box", {"hold": True, "clock": False, "breaker": "", "reason": ""}),
    ]


@pytest.mark.parametrize("reason", ["", "  ", "ab", "x" * 121, "two\nlines"], ids=repr)
def test_a_hold_needs_a_reason_others_can_read(login: Login, reason: str) -> None:
    browser = login(Role.SUPERVISOR)
    answer = browser.post("/hold", {"reason": reason})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert acts() == []
    with database.connection():
        assert switches.current_hold() is None


def test_an_open_breaker_is_shown_and_released(login: Login) -> None:
    with database.connection(), database.transaction():
        switches.went_live(clock.now())
        switches.open_breaker("30 texts within 10 min", clock.now())
        alarms.raise_alarm("breaker", AlarmLevel.AMBER, "box", clock.now())
    browser = login(Role.SUPERVISOR)
    page = browser.get("/hold").text
    assert "The breaker is open" in page and "30 texts within 10 min" in page
    refused = browser.post("/hold/release")
    assert (refused.status_code, "Say what you looked at" in refused.text) == (422, True)
    answer = browser.post("/hold/release", {"reason": "a storm, looked at the calls"})
    assert "Notices go on for 30 minutes" in browser.get(answer.location).text
    assert "until" in browser.get("/hold").text
    with database.connection():
        assert switches.breaker() is not None
    answer = login(Role.ADMIN).post("/hold/release", {"reason": "looked as well"})
    assert answer.status_code == 303
    with database.connection():
        assert switches.breaker() is None
        assert not alarms.is_open("breaker", "box")


def test_a_doubted_clock_is_shown_and_a_person_says_that_it_is_right(login: Login) -> None:
    with database.connection(), database.transaction():
        switches.stop_for_clock("stepped", clock.now())
    browser = login(Role.SUPERVISOR)
    page = browser.get("/hold").text
    assert "The clock is doubted" in page and "set by more than five minutes" in page
    assert "set by more than five minutes" in browser.get("/calls").text, "on every page"
    assert browser.post("/hold/release").status_code == 303
    with database.connection():
        assert switches.clock_stop() is None


def red_alarm() -> int:
    with database.connection():
        return next(view.id for view in alarms.open_alarms() if view.level is AlarmLevel.RED)


def test_an_alarm_is_seen_and_closed_with_what_was_done(login: Login) -> None:
    browser = login(Role.SUPERVISOR)
    alarm = red_alarm()
    page = browser.get("/alarms").text
    assert "he has a knife" in page and "26-42001" in page
    assert 'data-new="1"' in browser.get("/report").text
    answer = browser.post(f"/alarms/{alarm}/acknowledge")
    assert "Acknowledged." in browser.get(answer.location).text
    assert 'data-new="0"' in browser.get("/report").text
    answer = browser.post(f"/alarms/{alarm}/close", {"outcome": "unit_sent"})
    page = browser.get(answer.location).text
    assert "The alarm is closed." in page and "Unit sent" in page
    assert "data-new" not in browser.get("/report").text
    assert acts() == [
        (SUPERVISOR, "alarm.acknowledge", f"alarm:{alarm}", {}),
        (SUPERVISOR, "alarm.close", f"alarm:{alarm}", {"outcome": "unit_sent"}),
    ]


@pytest.mark.parametrize("outcome", ["", "done", "cleared", "<script>"])
def test_an_alarm_is_not_closed_without_an_outcome(login: Login, outcome: str) -> None:
    browser = login(Role.SUPERVISOR)
    alarm = red_alarm()
    answer = browser.post(f"/alarms/{alarm}/close", {"outcome": outcome})
    assert answer.status_code == 422
    assert "Say what was done" in answer.text
    assert red_alarm() == alarm
    assert acts() == []


def test_the_number_behind_an_alarm_is_shown_to_whoever_says_why(login: Login) -> None:
    browser = login(Role.SUPERVISOR)
    alarm = red_alarm()
    assert "541-555" not in browser.get("/alarms").text
    answer = browser.post(f"/alarms/{alarm}/number", {"reason": "call back, unit 4 asks"})
    assert answer.status_code == 200
    with database.connection():
        view = alarms.get(alarm)
        assert view is not None and view.number_id is not None
        e164 = t.Number.get_by_id(view.number_id).e164
    assert f'href="tel:{e164}"' in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert acts() == [
        (
            SUPERVISOR,
            "number.reveal",
            f"alarm:{alarm}",
            {"reason": "call back, unit 4 asks", "number": view.number_id},
        )
    ]


@pytest.mark.parametrize("reason", ["", "  ", "ab", "x" * 121], ids=repr)
def test_no_number_without_a_reason(login: Login, reason: str) -> None:
    browser = login(Role.SUPERVISOR)
    answer = browser.post(f"/alarms/{red_alarm()}/number", {"reason": reason})
    assert answer.status_code == 422
    assert "tel:" not in answer.text
    assert acts() == []


@pytest.mark.parametrize("alarm", ["closed", "unknown"])
def test_no_number_once_the_alarm_is_closed(login: Login, alarm: str) -> None:
    browser = login(Role.SUPERVISOR)
    number = red_alarm() if alarm == "closed" else 4711
    browser.post(f"/alarms/{number}/close", {"outcome": "unit_sent"})
    answer = browser.post(f"/alarms/{number}/number", {"reason": "curious"})
    assert answer.status_code == 422
    assert "There is no number to show" in answer.text
    assert "number.reveal" not in [action for _by, action, _object, _details in acts()]


def test_two_at_once_leave_one_row(login: Login) -> None:
    first, second = login(Role.SUPERVISOR), login(Role.ADMIN)
    alarm = red_alarm()
    said = [
        browser.get(browser.post(f"/alarms/{alarm}/acknowledge").location).text for browser in (first, second)
    ]
    assert "Acknowledged." in said[0]
    assert "Somebody else was faster" in said[1]
    assert len(acts()) == 1


def test_a_lock_after_a_text_is_for_the_auditor_alone(app: Flask, login: Login) -> None:
    with database.connection(), database.transaction():
        alarms.raise_alarm("locked_after_text", AlarmLevel.AMBER, "incident:1", clock.now())
    for role in Role:
        assert ("came under an agency rule" in login(role).get("/alarms").text) is (role is Role.AUDITOR)


def test_accounts_are_added_reset_disabled_and_released(login: Login, app: Flask) -> None:
    browser = login(Role.ADMIN)
    fresh = {"name": "sample-new", "role": "supervisor", "password": "a first passphrase"}
    steps: list[tuple[str, dict[str, str], str]] = [
        ("add", fresh, "The account is added."),
        ("sample-new/reset", {"password": "a second passphrase"}, "The password is reset"),
        ("sample-new/disable", {}, "The account is disabled"),
    ]
    for path, form, said in steps:
        answer = browser.post(f"/accounts/{path}", form, page="/accounts")
        assert answer.status_code == 303, answer.text
        assert said in browser.get(answer.location).text
    with database.connection(), database.transaction():
        t.Account.update(locked_at=1).where(t.Account.name == seed.PEOPLE[Role.VIEWER]).execute()
    assert "Locked" in browser.get("/accounts").text
    browser.post("/accounts/sample-viewer/release", page="/accounts")
    with database.connection():
        assert all(account.locked_at is None for account in accounts.everyone())
    assert [action for _who, action, _what, _more in acts()] == [
        "account.add", "account.reset", "account.disable", "account.release",
    ][1:]  # fmt: skip
    assert "passphrase" not in str(acts())


@pytest.mark.parametrize(
    ("path", "form", "said"),
    [
        (
            "add",
            {"name": "sample-viewer", "role": "viewer", "password": "a first passphrase"},
            "already an account",
        ),
        ("add", {"name": "x y", "role": "viewer", "password": "a first passphrase"}, "A name has 2 to 32"),
        ("add", {"name": "fine", "role": "root", "password": "a first passphrase"}, "Choose a role."),
        ("add", {"name": "fine", "role": "viewer", "password": "short"}, "15 to 128"),
        ("sample-viewer/reset", {"password": "short"}, "15 to 128"),
        ("sample-admin/disable", {}, "only admin"),
        ("sample-viewer/release", {}, "not locked"),
        ("nobody/reset", {"password": "a first passphrase"}, "no account"),
    ],
    ids=lambda value: value if isinstance(value, str) and " " not in value else "",
)
def test_what_cannot_be_done_with_an_account_is_said(
    login: Login, path: str, form: dict[str, str], said: str
) -> None:
    browser: Browser = login(Role.ADMIN)
    answer = browser.post(f"/accounts/{path}", form, page="/accounts")
    assert answer.status_code == 422
    assert said in answer.text
    assert acts() == []
