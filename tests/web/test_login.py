from __future__ import annotations

import pytest
from flask import Flask

from appliance.store import database
from appliance.store import models as t
from appliance.store.accounts import Role
from tests.web import seed
from tests.web.conftest import Browser, Login

NAME = seed.PEOPLE[Role.SUPERVISOR]


def attempt(browser: Browser, name: str, password: str, query: str = "") -> tuple[int, str, str | None]:
    answer = browser.post(f"/login{query}", {"name": name, "password": password}, page="/login")
    return answer.status_code, answer.text, answer.location


def test_the_cookie_is_new_at_log_in_and_hidden_from_scripts(anonymous: Browser) -> None:
    anonymous.get("/login")
    before = anonymous.client.get_cookie("aftercall")
    assert attempt(anonymous, NAME, seed.PASSWORD)[0] == 303
    after = anonymous.client.get_cookie("aftercall")
    assert before is not None and after is not None
    assert before.value != after.value
    assert after.http_only and after.same_site == "Strict" and after.max_age is None


def test_what_is_stored_lets_nobody_in(app: Flask, anonymous: Browser) -> None:
    assert attempt(anonymous, NAME, seed.PASSWORD)[0] == 303
    cookie = anonymous.client.get_cookie("aftercall")
    assert cookie is not None
    with database.connection():
        hashes = [account.password for account in t.Account.select()]
        tokens = [row.token for row in t.Session.select()]
    assert hashes and all(one.startswith("scrypt:32768:8:1$") for one in hashes)
    assert len(set(hashes)) == len(hashes)
    assert tokens and cookie.value not in tokens
    folder = app.config["AFTERCALL"].storage.path.parent
    kept = b"".join(path.read_bytes() for path in folder.glob("aftercall.db*"))
    assert cookie.value.encode() not in kept and seed.PASSWORD.encode() not in kept
    thief = app.test_client()
    thief.set_cookie("aftercall", tokens[0])
    assert thief.get("/").status_code == 303


def test_a_planted_cookie_is_not_what_gets_logged_in(app: Flask) -> None:
    victim = Browser(app.test_client())
    victim.client.set_cookie("aftercall", "A" * 43)
    assert attempt(victim, NAME, seed.PASSWORD)[0] == 303
    attacker = app.test_client()
    attacker.set_cookie("aftercall", "A" * 43)
    assert attacker.get("/").status_code == 303


@pytest.mark.parametrize("name", [NAME, "nobody-at-all"])
def test_wrong_names_and_wrong_passwords_read_alike(anonymous: Browser, name: str) -> None:
    code, text, _location = attempt(anonymous, name, "not the passphrase")
    assert code == 401
    assert "Name or password is not right." in text
    assert 'role="alert"' in text


def test_a_locked_account_is_told_who_opens_it(anonymous: Browser) -> None:
    for _ in range(5):
        attempt(anonymous, NAME, "not the passphrase")
    code, text, _location = attempt(anonymous, NAME, seed.PASSWORD)
    assert code == 401
    assert "This account is locked after 5 failed log-ins. An administrator must release it." in text


def test_too_many_tries_from_one_address_are_stopped(anonymous: Browser) -> None:
    found = [attempt(anonymous, f"nobody-{n}", "not the passphrase")[0] for n in range(12)]
    assert found == [401] * 10 + [429] * 2


@pytest.mark.parametrize(("name", "password"), [("", "x"), (NAME, ""), ("", "")], ids=str)
def test_an_empty_field_says_so_and_costs_no_try(anonymous: Browser, name: str, password: str) -> None:
    code, text, _location = attempt(anonymous, name, password)
    assert code == 422
    assert "Enter your" in text
    with database.connection():
        assert t.Attempt.select().count() == 0


@pytest.mark.parametrize(
    ("target", "location"),
    [
        ("/replies?kind=stop", "/replies?kind=stop"),
        ("https://example.org/", "/"),
        ("//example.org/", "/"),
        ("/\\example.org/", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_after_the_log_in_one_stays_on_this_site(anonymous: Browser, target: str, location: str) -> None:
    answer = anonymous.post(
        "/login",
        {"name": NAME, "password": seed.PASSWORD},
        page="/login",
        query_string={"next": target},
    )
    assert (answer.status_code, answer.location) == (303, location)


def test_the_page_that_was_asked_for_is_remembered(anonymous: Browser) -> None:
    location = anonymous.get("/replies?kind=stop").location
    assert location == "/login?next=/replies?kind%3Dstop"
    assert 'action="/login?next=/replies?kind%3Dstop"' in anonymous.get(location).text


def test_changing_the_password(login: Login) -> None:
    browser = login(Role.SUPERVISOR)
    fresh = "another sample passphrase"
    tries = [
        ("not the passphrase", fresh, fresh, 422, "not right"),
        (seed.PASSWORD, fresh, "something else typed", 422, "differ"),
        (seed.PASSWORD, "short", "short", 422, "15 to 128"),
        (seed.PASSWORD, seed.PASSWORD, seed.PASSWORD, 422, "current one"),
        (seed.PASSWORD, fresh, fresh, 303, ""),
    ]
    for old, new, again, code, sentence in tries:
        answer = browser.post("/password", {"old": old, "new": new, "again": again}, page="/password")
        assert answer.status_code == code
        assert sentence in answer.text
        assert new not in answer.text
    assert browser.get("/").status_code == 200


def test_logging_out_says_so(login: Login) -> None:
    browser = login(Role.VIEWER)
    answer = browser.post("/logout")
    assert "You are logged out." in browser.get(answer.location).text
