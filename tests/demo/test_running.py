"""`aftercall demo`: what a newcomer sees in the first minute, and that it goes without a trace."""

from __future__ import annotations

import contextlib
import fcntl
import http.cookiejar
import os
import pty
import re
import signal
import socket
import struct
import sys
import termios
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.demo.processes import STOPS_WITHIN, Demo, processes_of, wait


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Browser:
    """Keeps its cookies and sends the page's CSRF token back, as a form does."""

    def __init__(self, address: str) -> None:
        self._address = address.rstrip("/")
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(jar)

    def get(self, path: str) -> tuple[int, str]:
        return self._ask(urllib.request.Request(self._address + path))

    def log_in(self, name: str, password: str) -> tuple[int, str]:
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.get("/login")[1])
        assert token
        form = {"csrf_token": token[1], "name": name, "password": password}
        return self._ask(
            urllib.request.Request(f"{self._address}/login", urllib.parse.urlencode(form).encode())
        )

    def _ask(self, request: urllib.request.Request) -> tuple[int, str]:
        try:
            with self._opener.open(request, timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    demo = Demo(tmp_path, "--port", str(free_port()))
    yield demo
    demo.close()


def is_gone(demo: Demo) -> bool:
    return processes_of(demo.folder) == [] and list(demo.folder.iterdir()) == []


def test_it_prints_a_way_in_and_the_pages_show_calls_and_scores(demo: Demo) -> None:
    demo.wait(lambda: demo.told("password") != "", "no password was printed")
    browser = Browser(demo.told("open"))
    assert browser.log_in("demo", "not the password")[0] == 401
    assert browser.log_in(demo.told("name"), demo.told("password"))[0] == 200
    code, text = browser.get("/")
    assert code == 200
    assert "Sample PD" in text
    demo.wait(lambda: "SAMPLE26" in browser.get("/calls")[1], "no call was shown")
    demo.wait(lambda: any("(read as " in line for line in demo.lines), "nobody answered")
    for path, shows in (("/texts", "How satisfied are you"), ("/replies", "5"), ("/report", "overall")):
        code, text = browser.get(path)
        assert code == 200, path
        assert shows.lower() in text.lower(), path

    code, took = demo.stop(signal.SIGINT)
    assert code == 0
    assert took <= STOPS_WITHIN
    assert demo.lines[-1] == "  Stopped. Nothing was left behind."
    assert is_gone(demo)


@pytest.mark.parametrize(
    "numbers",
    [(signal.SIGINT, signal.SIGINT), (signal.SIGTERM,), (signal.SIGHUP, signal.SIGTERM)],
    ids=["Ctrl-C twice", "SIGTERM", "terminal closed"],
)
def test_it_ends_in_order_however_it_is_told(demo: Demo, numbers: tuple[signal.Signals, ...]) -> None:
    demo.wait(lambda: any("call" in line for line in demo.lines), "it never started")
    code, took = demo.stop(*numbers)
    assert code == 0
    assert took <= STOPS_WITHIN
    assert is_gone(demo)


def test_the_script_can_be_stopped_half_way(tmp_path: Path) -> None:
    demo = Demo(tmp_path, "--once", "--json")
    try:
        demo.wait(lambda: processes_of(tmp_path) != [], "the worker was never started")
        code, took = demo.stop(signal.SIGTERM)
        assert (code, demo.lines) == (130, [])
        assert took <= STOPS_WITHIN
        assert is_gone(demo)
    finally:
        demo.close()


def test_a_port_in_use_is_said_before_anything_is_made(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        demo = Demo(tmp_path, "--port", str(port))
        try:
            code, _took = demo.stop()
        finally:
            demo.close()
    assert code == 1
    assert demo.lines == [f"127.0.0.1:{port} is in use. Choose another: aftercall demo --port N"]
    assert is_gone(demo)


def test_on_a_terminal_the_live_line_rewrites_itself(tmp_path: Path) -> None:
    columns = 100
    pid, terminal = pty.fork()
    if pid == 0:
        line = [sys.executable, "-m", "appliance.cli", "demo", "--port", str(free_port())]
        # Not execv: readline, which pytest loads, puts a COLUMNS of its own into the environment of C.
        os.execve(sys.executable, line, {**os.environ, "TMPDIR": str(tmp_path)})
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    shown = bytearray()

    def read() -> str:
        with contextlib.suppress(OSError):  # raised once the other side has hung up
            shown.extend(os.read(terminal, 65536))
        return shown.decode(errors="replace")

    try:
        wait(lambda: " says: " in read(), lambda: f"nothing came in:\n{read()}")
        os.write(terminal, b"\x03")
        wait(lambda: "Nothing was left behind" in read(), lambda: f"Ctrl-C did not end it:\n{read()}")
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    except BaseException:
        os.kill(pid, signal.SIGTERM)
        raise
    finally:
        os.close(terminal)
    live = shown.decode(errors="replace").partition("Ctrl-C stops it.")[2].partition("^C")[0]
    rewritten = live.strip().split("\r")
    assert len(rewritten) > 3
    assert "\n" not in live.strip(), "the line scrolled instead of being rewritten"
    assert [line for line in rewritten if len(line.removesuffix("\x1b[K")) >= columns] == []
    assert processes_of(tmp_path) == []
    assert list(tmp_path.iterdir()) == []
