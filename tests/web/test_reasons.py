"""The true reasons: for an auditor, with the password once more, and never without a row in the audit."""

from __future__ import annotations

import json

import pytest

from appliance.store import database
from appliance.store import models as t
from appliance.store.accounts import FAILURES, Role
from tests.web import seed
from tests.web.conftest import Login

FORM = {"reason": "records request 12", "password": seed.PASSWORD}


@pytest.fixture
def locked(app: object) -> str:
    """The id of a call an agency rule keeps from everybody's pages, with decisions that say why."""
    with database.connection(), database.transaction():
        row = t.Incident.select().where(t.Incident.locked == "never_list").order_by(t.Incident.id).first()
        t.Decision.create(
            incident=row.id, kind="received", verdict="refuse", reason="never_list", at=row.received_at,
            details="{}", policy=1,
        )  # fmt: skip
        return str(row.call_id)


def looks() -> list[tuple[str, str, str]]:
    with database.connection():
        rows = t.Audit.select().where(t.Audit.action == "reveal-reasons").order_by(t.Audit.id)
        return [(row.actor, row.object, json.loads(row.details)["reason"]) for row in rows]


def test_an_auditor_reads_the_true_reason_after_the_password(login: Login, locked: str) -> None:
    browser = login(Role.AUDITOR)
    assert browser.get(f"/calls/{locked}").status_code == 404
    answer = browser.post("/reasons", {**FORM, "call_id": locked}, page="/reasons")
    assert answer.status_code == 200
    assert "never_list" in answer.text and "agency rule keeps" not in answer.text
    assert seed.PASSWORD not in answer.text
    assert looks() == [(seed.PEOPLE[Role.AUDITOR], f"call:{locked}", "records request 12")]
    assert "never_list" not in browser.get(f"/reasons?call_id={locked}").text


def test_without_the_password_or_a_reason_there_is_nothing(login: Login, locked: str) -> None:
    browser = login(Role.AUDITOR)
    wrong = browser.post("/reasons", {**FORM, "call_id": locked, "password": "not this one"}, page="/reasons")
    assert (wrong.status_code, "password is not right" in wrong.text) == (422, True)
    silent = browser.post("/reasons", {**FORM, "call_id": locked, "reason": ""}, page="/reasons")
    assert (silent.status_code, "Say why" in silent.text) == (422, True)
    assert "never_list" not in wrong.text + silent.text
    assert looks() == []


def test_guessing_locks_the_account_as_a_log_in_does(login: Login, locked: str) -> None:
    browser = login(Role.AUDITOR)
    for _ in range(FAILURES):
        browser.post("/reasons", {**FORM, "call_id": locked, "password": "a guess"}, page="/reasons")
    right = browser.post("/reasons", {**FORM, "call_id": locked}, page="/reasons")
    assert (right.status_code, "locked" in right.text) == (422, True)
    assert looks() == []


def test_a_call_nobody_knows_is_said_and_the_look_recorded(login: Login) -> None:
    browser = login(Role.AUDITOR)
    answer = browser.post("/reasons", {**FORM, "call_id": "99-9"}, page="/reasons")
    assert (answer.status_code, "No call of that id" in answer.text) == (404, True)
    assert [subject for _who, subject, _why in looks()] == ["call:99-9"]
