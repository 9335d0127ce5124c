"""`python -m modem.simulator` as a program, and its control socket."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

import pytest
import serial

from modem.simulator.__main__ import main
from modem.simulator.faults import FAULTS
from tests.modem.simulator.conversation import OK, RESIDENT

DEADLINE = 20


@pytest.fixture
def program(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """The simulator as its own process, ready."""
    command = [sys.executable, "-m", "modem.simulator", "--link", str(tmp_path / "modem")]
    command += ["--control", str(tmp_path / "control"), "--fault", "prompt_crlf", "--number", "+15415550109"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert "Simulated modem on" in process.stdout.readline()
    assert "Control socket:" in process.stdout.readline()
    yield process
    process.kill()
    process.wait(DEADLINE)
    process.stdout.close()


class Client:
    """The other end of the control socket."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(DEADLINE)
        self._socket.connect(str(path))
        self._lines: TextIO = self._socket.makefile()

    def ask(self, **request: Any) -> Any:
        self._socket.sendall(json.dumps(request).encode() + b"\n")
        return self.hear()

    def hear(self) -> Any:
        return json.loads(self._lines.readline())

    def close(self) -> None:
        self._lines.close()
        self._socket.close()


@pytest.fixture
def client(tmp_path: Path, program: subprocess.Popen[str]) -> Iterator[Client]:
    connected = Client(tmp_path / "control")
    yield connected
    connected.close()


def test_a_text_each_way_and_an_unplug(tmp_path: Path, client: Client) -> None:
    with serial.Serial(str(tmp_path / "modem"), timeout=DEADLINE) as port:
        port.write(b"ATE0+CNMI=2,1\r")
        assert port.read_until(OK).endswith(OK)
        assert client.ask(do="receive", **{"from": RESIDENT, "text": "hello 🚓"}) == {"ok": True}
        assert port.read_until(b"0\r\n") == b'\r\n+CMTI: "SM",0\r\n'
        port.write(b"AT+CMGS=14\r")
        assert port.read_until(b">\r\n") == b"\r\n>\r\n"
        port.write(b"0001000B915114550521F300000141\x1a")
        sent = client.hear()["sent"]
        assert (sent["sender"], sent["recipient"], sent["text"]) == ("+15415550109", RESIDENT, "A")
        assert client.ask(do="unplug") == {"plugged": False}
        assert client.hear() == {"ok": True}
        with pytest.raises(serial.SerialException):
            port.read(100)
    assert client.ask(do="replug") == {"plugged": True}
    assert client.hear() == {"ok": True}
    status = client.ask(do="status")
    assert (status["sent"], status["plugged"], status["faults"]) == (1, True, ["prompt_crlf"])
    assert status["stored"] == {"SM": 1, "ME": 0, "SR": 0}


def test_a_second_port_and_a_word_for_a_full_storage_may_be_asked_for(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "modem.simulator", "--link", str(tmp_path / "modem"), "--sm", "0"]
    command += ["--nmea", str(tmp_path / "nmea"), "--full-notice", "+SMS FULL", "--link-time", "0.1"]
    command += ["--control", str(tmp_path / "control")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert "Simulated modem on" in process.stdout.readline()
        assert "Control socket:" in process.stdout.readline()
        connected = Client(tmp_path / "control")
        with (
            serial.Serial(str(tmp_path / "nmea"), timeout=DEADLINE) as nmea,
            serial.Serial(str(tmp_path / "modem"), timeout=DEADLINE) as port,
        ):
            assert nmea.readline().startswith(b"$GP")
            port.write(b"ATE0+CNMI=2,1\r")
            assert port.read_until(OK).endswith(OK)
            assert connected.ask(do="receive", **{"from": RESIDENT, "text": "hello"}) == {"ok": True}
            assert port.read_until(b"FULL\r\n") == b"\r\n+SMS FULL\r\n"
        connected.close()
        process.send_signal(signal.SIGTERM)
        assert process.wait(DEADLINE) == 0


REQUESTS: tuple[tuple[dict[str, Any], dict[str, Any]], ...] = (
    ({"do": "fault", "name": "silence", "seconds": 1}, {"ok": True}),
    ({"do": "clear"}, {"ok": True}),
    ({"do": "receipts", "kind": "failed", "for": RESIDENT}, {"ok": True}),
    ({"do": "times", "network_time": 1.5, "link_time": 0.5}, {"ok": True}),
    ({"do": "receive", "from": RESIDENT, "text": "at once", "dcs": 0x10}, {"ok": True}),
    ({"do": "receive_pdu", "pdu": "07915114550501F0440B91"}, {"ok": True}),
    ({"do": "receive_pdu", "pdu": "07"}, {"ok": False, "error": "'07' ends before its TPDU begins"}),
    ({"do": "sim", "out": True}, {"ok": True}),
    ({"do": "sim", "number": "+15415550102", "iccid": "8900101555010000025"}, {"ok": True}),
    ({"do": "receive", "text": "no sender"}, {"ok": False, "error": "'from' is missing"}),
)
WRONG: tuple[dict[str, Any], ...] = (
    {"do": "fly"},
    {},
    {"do": "fault", "name": "none such"},
    {"do": "receipts", "kind": "maybe"},
)


def test_requests_are_answered(client: Client) -> None:
    for request, answer in REQUESTS:
        assert client.ask(**request) == answer


def test_a_call_is_told_when_it_has_ended(tmp_path: Path, client: Client) -> None:
    with serial.Serial(str(tmp_path / "modem"), timeout=DEADLINE) as port:
        port.write(b"ATE0\r")
        assert port.read_until(OK).endswith(OK)
        assert client.ask(do="ring", **{"from": RESIDENT}) == {"ok": True}
        assert port.read_until(b"RING\r\n") == b"\r\nRING\r\n"
        port.write(b"AT+CHUP\r")
        called = client.hear()["called"]
    assert (called["from"], called["to"], called["ended"]) == (RESIDENT, "+15415550109", "rejected")
    assert client.ask(do="status")["calls"] == 1


def test_a_wrong_request_is_told_why_and_the_next_one_works(client: Client) -> None:
    for request in WRONG:
        answer = client.ask(**request)
        assert answer["ok"] is False
        assert answer["error"]
        assert client.ask(do="status")["ok"] is True


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_and_leaves_nothing_behind(
    tmp_path: Path, program: subprocess.Popen[str], number: signal.Signals
) -> None:
    program.send_signal(number)
    assert program.wait(DEADLINE) == 0
    assert not (tmp_path / "modem").is_symlink()
    assert not (tmp_path / "control").exists()


def test_wrong_use_is_told_and_leaves_nothing_behind(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["--link", str(tmp_path / "modem"), "--fault", "silense"]) == 2
    assert "no fault 'silense'" in capfd.readouterr().err
    assert not (tmp_path / "modem").is_symlink()


def test_the_help_names_every_fault(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    shown = capsys.readouterr().out
    assert [name for name in FAULTS if name not in shown] == []
