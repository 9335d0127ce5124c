"""The pages as people get them: gunicorn on a free loopback port, and Debian's chromium."""

from __future__ import annotations

import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from appliance import clock, config
from appliance.store import database, sessions, switches
from appliance.store import models as t
from appliance.store.accounts import Role
from tests.web import seed
from web import serve

CONFIG = """
mode = "live"
[agency]
name = "Sampleville Police"
phone = "541-555-0100"
timezone = "America/Los_Angeles"
[[modem]]
port = "/dev/null"
[[feed]]
name = "cad"
type = "csv"
path = "cad"
[storage]
path = "aftercall.db"
[web]
bind = "127.0.0.1:{port}"
"""

DEADLINE = 20.0


@dataclass(frozen=True)
class Site:
    """A served box: its address and its folder."""

    url: str
    folder: Path


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def wait_until(condition: Callable[[], bool], what: str) -> None:
    """Waits for `condition`, and fails by name when it does not come true."""
    until = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < until, f"{what} did not happen within {DEADLINE} s"


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def set_hold(on: bool) -> None:
    with database.connection(), database.transaction():
        if on:
            switches.hold("sample drill", "sample-admin", clock.now())
        else:
            switches.release("sample-admin", clock.now())


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("box")
    port = free_port()
    path = folder / "config.toml"
    path.write_text(CONFIG.format(port=port))
    box = config.load(path)
    database.migrate(box.storage.path)
    now = clock.now()
    with database.connection():
        seed.people(now)
        seed.month(now)
    environment = {k: v for k, v in os.environ.items() if not k.startswith("LISTEN_")}
    server = subprocess.Popen(serve.command(box, path), env=environment)
    try:
        url = f"http://127.0.0.1:{port}"
        wait_until(lambda: answers(f"{url}/readyz"), "the web server's first answer")
        yield Site(url, folder)
    finally:
        server.terminate()
        server.wait(10)
        database.disconnect()


@dataclass
class Desk:
    """Somebody's browser, with all that it complained about."""

    context: BrowserContext
    page: Page
    site: Site
    complaints: list[str]
    asked: list[str]

    def open(self, path: str) -> Page:
        self.page.goto(f"{self.site.url}{path}")
        return self.page

    def sign_in(self, role: Role) -> str:
        """A session without the form, whose hash is costly on purpose; returns its token."""
        with database.connection(), database.transaction():
            account = t.Account.get(t.Account.name == seed.PEOPLE[role])
            token = sessions.begin(account.id, "127.0.0.1", clock.now())
        self.context.add_cookies([{"name": "aftercall", "value": token, "url": self.site.url}])
        return token


OpenDesk = Callable[..., Desk]


@pytest.fixture
def desk(chromium: Browser, site: Site) -> Iterator[OpenDesk]:
    """Desks to sit down at; afterwards, that none of them has asked anybody but the box."""
    opened: list[BrowserContext] = []
    asked: list[str] = []

    def sit_down(width: int = 1280, scheme: str = "light", **more: object) -> Desk:
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,  # type: ignore[arg-type]
            **more,  # type: ignore[arg-type]
        )
        opened.append(context)
        complaints: list[str] = []
        context.on("request", lambda request: asked.append(request.url))
        page = context.new_page()
        page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: (complaints.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        return Desk(context, page, site, complaints, asked)

    yield sit_down
    for context in opened:
        context.close()
    assert [url for url in asked if not url.startswith(f"{site.url}/")] == []
