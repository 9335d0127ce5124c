"""What holds for every answer: headers, hosts, forms, readiness."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from appliance.config import Config
from appliance.store import database
from appliance.store import models as t
from appliance.store.accounts import Role
from tests.web import seed
from tests.web.conftest import Browser, Login
from web.app import CSP, create_app, trusted_hosts

PAGES = (
    "/", "/calls", "/calls/26-41001", "/texts", "/replies", "/alarms", "/hold", "/report", "/accounts",
    "/password", "/wall", "/nowhere",
)  # fmt: skip


def with_tls(folder: Path) -> Config:
    plain = seed.config(folder)
    web = plain.web.model_copy(
        update={"bind": "aftercall.example:8443", "tls_cert": folder / "c.pem", "tls_key": folder / "k.pem"}
    )
    return plain.model_copy(update={"web": web})


@pytest.mark.parametrize("path", PAGES)
def test_every_page_forbids_what_it_does_not_need(login: Login, path: str) -> None:
    answer = login(Role.ADMIN).get(path)
    assert answer.headers["Content-Security-Policy"] == CSP
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert not re.search(
        r"<script(?![^>]*\bsrc=)|\sstyle=|\son\w+=[\"']|javascript:|https?://(?!www\.w3)", answer.text
    )


@pytest.mark.parametrize(
    "path",
    ["/login", "/static/app.js", "/bootstrap/static/css/bootstrap.min.css", "/wall.json", "/healthz",
     "/api/status.json", "/calls", "/nowhere"],
)  # fmt: skip
def test_answers_to_strangers_forbid_it_too(anonymous: Browser, path: str) -> None:
    answer = anonymous.get(path)
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    kept = "/static/" in path
    assert (answer.headers["Cache-Control"] == "no-store") is not kept


def test_the_templates_switch_no_escaping_off() -> None:
    templates = Path(seed.__file__).parents[2] / "web" / "templates"
    found = [
        path.name for path in templates.glob("**/*") if re.search(r"\|\s*safe\b|autoescape", path.read_text())
    ]
    assert found == []


@pytest.mark.parametrize(
    ("host", "code"),
    [
        ("127.0.0.1:8080", 200),
        ("localhost", 200),
        ("example.org", 400),
        ("127.0.0.1.example.org", 400),
        ("192.0.2.7", 400),
    ],
)
def test_foreign_host_names_are_refused(anonymous: Browser, host: str, code: int) -> None:
    assert anonymous.get("/wall", headers={"Host": host}).status_code == code


def test_the_names_the_box_answers_to(tmp_path: Path) -> None:
    assert trusted_hosts(with_tls(tmp_path))[-1] == "aftercall.example"


def test_under_tls_the_cookie_is_for_this_host_alone(tmp_path: Path) -> None:
    config = with_tls(tmp_path)
    database.migrate(config.storage.path)
    client = create_app(config).test_client()
    answer = client.get("/login", base_url="https://aftercall.example:8443")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-aftercall=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Strict"} <= {part.strip() for part in cookie.split(";")}
    assert "Domain" not in cookie and "Expires" not in cookie and "Max-Age" not in cookie
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    database.disconnect()


POSTS = (
    "/hold",
    "/hold/release",
    "/alarms/1/acknowledge",
    "/alarms/1/close",
    "/alarms/1/number",
    "/logout",
    "/password",
    "/policy/1/approve",
    "/policy/1/withdraw",
    "/reasons",
    "/system/main/confirm",
    "/accounts/add",
    "/accounts/sample-viewer/reset",
    "/accounts/sample-viewer/disable",
    "/accounts/sample-viewer/release",
    "/login",
)


def test_every_route_that_changes_something_is_among_those_tried_without_the_token(app: Flask) -> None:
    routes = app.url_map.bind("localhost")
    # Pushed calls come with a token or a signature of their own, and are tried in test_cad_push.
    tried = {routes.match(path, method="POST")[0] for path in POSTS} | {"cad_push.take"}
    assert tried == {rule.endpoint for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    assert not [
        rule for rule in app.url_map.iter_rules() if (rule.methods or set()) & {"PUT", "PATCH", "DELETE"}
    ]


@pytest.mark.parametrize(
    "path", [path for path in POSTS if path not in ("/hold", "/password", "/login", "/reasons")]
)
def test_nothing_is_done_by_following_a_link(login: Login, path: str) -> None:
    browser = login(Role.ADMIN)
    before = rows()
    assert browser.get(path).status_code == 405
    assert rows() == before


@pytest.mark.parametrize("path", POSTS)
def test_a_form_without_the_token_changes_nothing(login: Login, path: str) -> None:
    browser = login(Role.AUDITOR if path == "/reasons" else Role.ADMIN)
    before = rows()
    answer = browser.client.post(path, data={"reason": "drill", "outcome": "no_danger"})
    assert answer.status_code == 400
    assert "grown old" in answer.text
    assert rows() == before


def test_a_token_of_another_session_is_refused(login: Login) -> None:
    mine, other = login(Role.ADMIN), login(Role.SUPERVISOR)
    answer = mine.client.post("/hold", data={"csrf_token": other.token("/hold"), "reason": "drill"})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://example.org"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}],
    ids=["origin", "null origin", "cross-site"],
)
def test_a_form_from_another_site_is_refused_even_with_the_token(
    login: Login, headers: dict[str, str]
) -> None:
    browser = login(Role.ADMIN)
    before = rows()
    assert browser.post("/hold", {"reason": "drill"}, headers=headers).status_code == 403
    assert rows() == before


def rows() -> tuple[int, int]:
    with database.connection():
        return t.Audit.select().count(), t.Switch.select().count()


def test_a_body_too_large_is_refused(login: Login) -> None:
    browser = login(Role.ADMIN)
    assert browser.post("/hold", {"reason": "x" * 70_000}).status_code == 413


def test_without_a_database_every_page_says_what_is_missing(tmp_path: Path) -> None:
    config = seed.config(tmp_path)
    client = create_app(config).test_client()
    for path in ("/", "/login", "/wall", "/readyz", "/metrics", "/api/status.json"):
        answer = client.get(path)
        assert answer.status_code == 503
        assert "The database does not exist yet." in answer.text
    assert client.get("/healthz").status_code == 200
    assert not config.storage.path.exists()
    database.migrate(config.storage.path)
    assert client.get("/readyz").status_code == 200
    database.disconnect()


def test_while_migrations_are_pending_every_page_waits(tmp_path: Path) -> None:
    config = seed.config(tmp_path)
    config.storage.path.touch()
    client = create_app(config).test_client()
    answer = client.get("/")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert "being brought up to date" in answer.text
    database.disconnect()


def test_a_database_that_cannot_be_read_is_told_without_its_path(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    config = seed.config(tmp_path)
    config.storage.path.write_bytes(b"no database at all " * 100)
    answer = create_app(config).test_client().get("/")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert "file is not a database" in answer.text and "Call IT" in answer.text
    assert str(tmp_path) not in answer.text
    assert f"Put the last good copy of {tmp_path} back" in caplog.text


def test_a_database_of_a_newer_version_is_left_alone(app: Flask) -> None:
    with database.connection():
        t.database.execute_sql(
            "UPDATE schema_migration SET name = '9999_later' "
            "WHERE name = (SELECT MAX(name) FROM schema_migration)"
        )
    client = create_app(app.config["AFTERCALL"]).test_client()
    answer = client.get("/")
    assert answer.status_code == 503
    assert "newer version" in answer.text
