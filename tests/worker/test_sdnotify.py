"""What systemd hears, over a real datagram socket."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.worker import sdnotify


@pytest.fixture(params=["path", "abstract"])
def systemd(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[socket.socket]:
    address = str(tmp_path / "notify") if request.param == "path" else f"@{tmp_path.name}-notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as link:
        link.bind(address.replace("@", "\0"))
        link.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", address)
        yield link


@pytest.mark.parametrize("state", ["READY=1", "WATCHDOG=1", "STOPPING=1", "STATUS=3 texts wait"])
def test_it_hears_each_state(systemd: socket.socket, state: str) -> None:
    assert sdnotify.notify(state)
    assert systemd.recv(256).decode() == state


def test_without_systemd_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    assert not sdnotify.notify("READY=1")


@pytest.mark.parametrize(("microseconds", "seconds"), [("30000000", 15.0), ("", None), (None, None)])
def test_signs_of_life_come_twice_as_often_as_systemd_wants(
    monkeypatch: pytest.MonkeyPatch, microseconds: str | None, seconds: float | None
) -> None:
    if microseconds is None:
        monkeypatch.delenv("WATCHDOG_USEC", raising=False)
    else:
        monkeypatch.setenv("WATCHDOG_USEC", microseconds)
    assert sdnotify.watchdog_interval() == seconds
