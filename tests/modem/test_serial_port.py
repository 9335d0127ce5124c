import os
import pty
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from modem.errors import PortBusy, PortLost, PortMissing
from modem.serial_port import holders, open_serial


@dataclass
class Pty:
    master: int
    path: str

    def close_master(self) -> None:
        if self.master >= 0:
            os.close(self.master)
            self.master = -1


@pytest.fixture
def far_end() -> Iterator[Pty]:
    master, slave = pty.openpty()
    path = os.ttyname(slave)
    os.close(slave)
    pair = Pty(master, path)
    yield pair
    pair.close_master()


def test_bytes_go_both_ways_untouched(far_end):
    port = open_serial(far_end.path)
    every_byte = bytes(range(256))
    port.write(every_byte)
    assert os.read(far_end.master, 1000) == every_byte
    os.write(far_end.master, every_byte)
    assert port.read(5) == every_byte
    port.close()


def test_nothing_to_read_is_an_empty_answer(far_end):
    port = open_serial(far_end.path)
    assert port.read(0) == b""
    assert port.read(0.01) == b""
    port.close()


def in_thread(port, timeout=60.0):
    """Starts a read that would wait a minute; returns how to get its outcome and how long it took."""
    outcome: list[object] = []
    started = threading.Event()

    def read():
        started.set()
        try:
            outcome.append(port.read(timeout))
        except PortLost as error:
            outcome.append(error)

    thread = threading.Thread(target=read)
    thread.start()
    assert started.wait(5)

    def result():
        thread.join(5)
        assert not thread.is_alive(), "the reader is still waiting"
        return outcome[0]

    return result


def test_an_unplugged_modem_wakes_the_reader_at_once(far_end):
    port = open_serial(far_end.path)
    result = in_thread(port)
    started = time.monotonic()
    far_end.close_master()
    assert isinstance(result(), PortLost)
    assert time.monotonic() - started < 1
    with pytest.raises(PortLost):
        port.read(0)
    with pytest.raises(PortLost):
        port.write(b"AT\r")
    port.interrupt()
    port.close()


def test_what_was_said_before_the_unplugging_is_still_read(far_end):
    port = open_serial(far_end.path)
    os.write(far_end.master, b"\r\n+CMGS: 5\r\n")
    far_end.close_master()
    read = b""
    with pytest.raises(PortLost):
        for _ in range(3):
            read += port.read(5)
    assert read in (b"\r\n+CMGS: 5\r\n", b"")  # a pty may drop it; a UART keeps it


def test_an_unplugged_modem_lets_its_descriptors_go(far_end):
    before = len(os.listdir("/proc/self/fd"))
    port = open_serial(far_end.path)
    far_end.close_master()
    with pytest.raises(PortLost):
        for _ in range(3):
            port.read(5)
    assert len(os.listdir("/proc/self/fd")) == before - 1


def test_an_interrupt_ends_a_read_from_another_thread(far_end):
    port = open_serial(far_end.path)
    result = in_thread(port)
    port.interrupt()
    assert result() == b""
    port.close()


def test_many_interrupts_end_one_read_and_never_block(far_end):
    port = open_serial(far_end.path)
    for _ in range(100_000):
        port.interrupt()
    assert port.read(60) == b""
    assert port.read(0) == b""
    port.close()


@pytest.mark.parametrize("path", ["/dev/serial/by-id/no-such-modem", "/dev/ttyUSB987", "/dev/null"])
def test_a_path_without_a_modem_is_named(path):
    with pytest.raises(PortMissing, match=path):
        open_serial(path)


def test_a_port_another_program_holds_is_told_with_its_holder(far_end):
    script = (
        "import sys\nfrom modem.serial_port import open_serial\n"
        "port = open_serial(sys.argv[1])\nprint('open', flush=True)\nsys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, far_end.path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None and other.stdout.readline() == "open\n"
        with pytest.raises(PortBusy, match=rf"pid {other.pid} \(python"):
            open_serial(far_end.path)
        assert any(f"pid {other.pid}" in holder for holder in holders(far_end.path))
        other.communicate("")
    open_serial(far_end.path).close()


def test_a_port_is_free_again_after_its_owner_was_killed(far_end):
    script = (
        "import sys\nfrom modem.serial_port import open_serial\n"
        "port = open_serial(sys.argv[1])\nprint('open', flush=True)\nsys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, far_end.path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None and other.stdout.readline() == "open\n"
        other.kill()
    open_serial(far_end.path).close()


def test_closing_twice_is_no_fault(far_end):
    port = open_serial(far_end.path)
    port.close()
    port.close()
    with pytest.raises(PortLost):
        port.read(0.0)


def test_nobody_holds_what_is_not_there():
    assert holders("/dev/no-such-port") == []
