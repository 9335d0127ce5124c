"""Every route by every role: the matrix is written out, so that a change of a rule is seen here."""

from __future__ import annotations

import pytest
from flask import Flask

from appliance import clock
from appliance.clock import MINUTE
from appliance.store import accounts, database, sessions
from appliance.store import models as t
from appliance.store.accounts import Role
from tests.web import seed
from tests.web.conftest import Browser, Login
from web import access

READ = "viewer supervisor admin auditor"
ACT = "supervisor admin"

MATRIX: dict[str, tuple[str, str, str]] = {
    "dashboard.show": ("GET", "/", READ),
    "calls.listed": ("GET", "/calls", READ),
    "calls.one": ("GET", "/calls/26-41001", READ),
    "texts.listed": ("GET", "/texts", READ),
    "replies.listed": ("GET", "/replies", READ),
    "report.show": ("GET", "/report", READ),
    "alarms.listed": ("GET", "/alarms", READ),
    "alarms.acknowledge": ("POST", "/alarms/1/acknowledge", ACT),
    "alarms.close": ("POST", "/alarms/1/close", ACT),
    "alarms.reveal": ("POST", "/alarms/1/number", ACT),
    "hold.show": ("GET", "/hold", READ),
    "hold.begin": ("POST", "/hold", ACT),
    "hold.release": ("POST", "/hold/release", ACT),
    "status.show": ("GET", "/api/status.json", READ),
    "password.show": ("GET", "/password", READ),
    "password.submit": ("POST", "/password", READ),
    "login.leave": ("POST", "/logout", READ),
    "policy.show": ("GET", "/policy", "supervisor admin auditor"),
    "policy.approve": ("POST", "/policy/1/approve", "admin"),
    "policy.withdraw": ("POST", "/policy/1/withdraw", "admin"),
    "reasons.show": ("GET", "/reasons", "auditor"),
    "reasons.look": ("POST", "/reasons", "auditor"),
    "health.system": ("GET", "/system", READ),
    "health.confirm": ("POST", "/system/main/confirm", "admin"),
    "accounts.listed": ("GET", "/accounts", "admin"),
    "accounts.add": ("POST", "/accounts/add", "admin"),
    "accounts.reset": ("POST", "/accounts/sample-viewer/reset", "admin"),
    "accounts.disable": ("POST", "/accounts/sample-viewer/disable", "admin"),
    "accounts.release": ("POST", "/accounts/sample-viewer/release", "admin"),
}

OPEN: dict[str, str] = {
    "static": "/static/app.css",
    "bootstrap.static": "/bootstrap/static/css/bootstrap.min.css",
    "login.show": "/login",
    "wall.show": "/wall",
    "wall.state": "/wall.json",
    "health.alive": "/healthz",
    "health.ready": "/readyz",
    "health.metrics": "/metrics",
}


def test_the_matrix_holds_every_route(app: Flask) -> None:
    routes = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert routes == set(MATRIX) | set(OPEN) | {"login.submit", "cad_push.take"}


def test_a_route_without_a_rule_stops_the_start(app: Flask) -> None:
    app.add_url_rule("/forgotten", "forgotten", lambda: "x")
    with pytest.raises(RuntimeError, match="forgotten"):
        access.require_rules(app)


@pytest.mark.parametrize("role", Role)
def test_each_role_may_what_the_matrix_says(login: Login, role: Role) -> None:
    browser = login(role)
    found = {}
    # Logging out last: it ends what the others need.
    for endpoint, (method, path, _roles) in sorted(MATRIX.items(), key=lambda item: item[0] == "login.leave"):
        answer = browser.get(path) if method == "GET" else browser.post(path)
        found[endpoint] = answer.status_code != 403
        assert answer.status_code in (200, 303, 403, 422), f"{path}: {answer.status_code}"
    assert found == {endpoint: role.value in roles.split() for endpoint, (_m, _p, roles) in MATRIX.items()}


@pytest.mark.parametrize(("method", "path"), [(m, p) for m, p, _roles in MATRIX.values()], ids=lambda v: v)
def test_without_a_log_in_there_is_only_the_way_to_it(anonymous: Browser, method: str, path: str) -> None:
    answer = anonymous.client.open(path, method=method)
    if path.startswith("/api/"):
        assert answer.status_code == 401
    else:
        assert (answer.status_code, answer.location.split("?")[0]) == (303, "/login")
    assert "sample-" not in answer.text


@pytest.mark.parametrize("path", OPEN.values(), ids=OPEN.keys())
def test_open_routes_show_nobodys_data(anonymous: Browser, path: str) -> None:
    answer = anonymous.get(path)
    assert answer.status_code == 200
    assert ("Set-Cookie" in answer.headers) is (path == "/login")
    for secret in ("26-4", "••", "5550", "knife", "sample-"):
        assert secret not in answer.text


def test_a_poll_without_a_log_in_is_told_so(anonymous: Browser) -> None:
    assert anonymous.get("/", headers={access.POLL: "1"}).status_code == 401


def test_buttons_nobody_may_press_are_not_there(login: Login) -> None:
    for role, shown in ((Role.VIEWER, False), (Role.SUPERVISOR, True)):
        browser = login(role)
        assert ("Acknowledge" in browser.get("/alarms").text) is shown
        assert ("Hold sending" in browser.get("/hold").text) is shown
        assert 'href="/accounts"' not in browser.get("/").text


def rest(token: str, idle: int) -> None:
    row = t.Session.get(t.Session.token == sessions._hash(token))
    t.Session.update(seen_at=row.seen_at - idle).where(t.Session.token == row.token).execute()


def test_polls_do_not_keep_a_forgotten_screen_logged_in(login: Login) -> None:
    browser = login(Role.SUPERVISOR)
    cookie = browser.client.get_cookie("aftercall")
    assert cookie is not None
    with database.connection():
        rest(cookie.value, 20 * MINUTE)
    assert browser.get("/api/status.json").status_code == 200
    assert browser.get("/replies", headers={access.POLL: "1"}).status_code == 200
    with database.connection():
        rest(cookie.value, 11 * MINUTE)
    assert browser.get("/api/status.json").status_code == 401
    assert browser.get("/replies").status_code == 303


def test_a_page_a_person_asks_for_renews_the_session(login: Login) -> None:
    browser = login(Role.SUPERVISOR)
    cookie = browser.client.get_cookie("aftercall")
    assert cookie is not None
    for _ in range(3):
        with database.connection():
            rest(cookie.value, 20 * MINUTE)
        assert browser.get("/replies").status_code == 200


def test_a_cookie_that_was_taken_dies_with_the_log_out(app: Flask, login: Login) -> None:
    browser = login(Role.SUPERVISOR)
    cookie = browser.client.get_cookie("aftercall")
    assert cookie is not None
    thief = app.test_client()
    thief.set_cookie("aftercall", cookie.value)
    assert thief.get("/replies").status_code == 200
    assert browser.post("/logout").status_code == 303
    assert thief.get("/replies").status_code == 303


def test_disabling_an_account_ends_its_pages_at_once(login: Login) -> None:
    browser = login(Role.VIEWER)
    with database.connection(), database.transaction():
        accounts.disable(seed.PEOPLE[Role.VIEWER], "admin", clock.now())
    assert browser.get("/").status_code == 303
