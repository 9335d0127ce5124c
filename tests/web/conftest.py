"""A migrated box with one account a role, and browsers that are logged in."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from appliance import clock
from appliance.store import database, policies, sessions
from appliance.store import models as t
from appliance.store.accounts import Role
from tests.web import seed
from web.app import create_app

Login = Callable[[Role], "Browser"]


class Browser:
    """A test client that keeps its cookie and sends the page's CSRF token as a form would."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str, **more: object) -> TestResponse:
        return self.client.get(path, **more)  # type: ignore[arg-type]

    def token(self, path: str) -> str:
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.get(path).text)
        assert found, f"{path} has no form"
        return found[1]

    def post(
        self, path: str, form: dict[str, str] | None = None, *, page: str = "/hold", **more: object
    ) -> TestResponse:
        data = {"csrf_token": self.token(page), **(form or {})}
        return self.client.post(path, data=data, **more)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def sample_box(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample month, made once: hashing passwords takes longer than copying a file."""
    config = seed.config(tmp_path_factory.mktemp("sample"))
    database.migrate(config.storage.path)
    now = clock.now()
    with database.connection():
        seed.people(now)
        seed.month(now, calls=70)
    database.disconnect()
    return config.storage.path


@pytest.fixture
def app(tmp_path: Path, sample_box: Path) -> Iterator[Flask]:
    config = seed.config(tmp_path)
    shutil.copyfile(sample_box, config.storage.path)
    policies.forget_loaded()
    yield create_app(config)
    database.disconnect()


@pytest.fixture
def anonymous(app: Flask) -> Browser:
    return Browser(app.test_client())


def signed_in(app: Flask, role: Role) -> Browser:
    """A browser with a session of its own; the form and its costly hash are tested in test_login."""
    with database.connection(), database.transaction():
        account = t.Account.get(t.Account.name == seed.PEOPLE[role])
        token = sessions.begin(account.id, "127.0.0.1", clock.now())
    browser = Browser(app.test_client())
    browser.client.set_cookie("aftercall", token)
    assert browser.get("/password").status_code == 200
    return browser


@pytest.fixture
def login(app: Flask) -> Login:
    return lambda role: signed_in(app, role)
