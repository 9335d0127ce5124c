"""Catalogue 1-15: USB and the serial port."""

from __future__ import annotations

import os
import socket
import termios
import time
from pathlib import Path

import pytest

from modem.device import Device, StoredMessage
from modem.errors import ModemError, NoReply, PortBusy, PortLost, PortMissing
from modem.ports import open_port
from modem.serial_port import BAUD, SerialPort, open_serial
from tests.modem.catalogue.stage import opened, plugged_in, send, working
from tests.modem.scripted import PDU_IN, BareModem, Chunk, FakeClock, FakeMemory, ScriptedStream
from tests.modem.test_cycles import Wired
from tests.modem.test_device import ready


def test_b1_after_an_unplug_a_new_device_works(tmp_path: Path) -> None:
    with plugged_in(tmp_path) as modem:
        with working(modem) as device:
            modem.unplug()
            with pytest.raises(PortLost):
                device.wait(60)
        modem.replug()
        with working(modem) as again:
            send(again)
        assert len(modem.network.parts) == 1


def test_b2_it_is_found_though_it_comes_back_under_another_number(tmp_path: Path) -> None:
    with plugged_in(tmp_path) as modem:
        first = os.path.realpath(modem.link)
        opened(modem).close()
        modem.unplug()
        taken = os.openpty()  # somebody else has the old number by now
        modem.replug()
        assert os.path.realpath(modem.link) != first
        with working(modem) as device:
            send(device)
        for end in taken:
            os.close(end)


def test_b3_a_port_that_is_not_there_yet_is_waited_for(tmp_path: Path) -> None:
    with plugged_in(tmp_path) as modem:
        modem.unplug()
        for _ in range(20):
            with pytest.raises(PortMissing, match="as soon as it appears"):
                open_port(str(modem.link))
        modem.replug()
        opened(modem).close()


def test_b4_a_restart_that_takes_the_port_away_is_no_end(tmp_path: Path) -> None:
    with plugged_in(tmp_path, drops_port=True, restart_time=0.1) as modem:
        with working(modem) as device, pytest.raises(PortLost):
            device.restart()
            device.wait(60)
        modem.network.wait_for(lambda: modem.is_plugged)
        with working(modem) as again:
            send(again)


@pytest.mark.parametrize("how", ["EIO", "nothing to read"])
def test_b6_a_port_the_kernel_reset_is_lost_at_once(how: str, tmp_path: Path) -> None:
    if how == "EIO":
        master, slave = os.openpty()
        port = open_serial(os.ttyname(slave))
        os.close(slave)
        os.close(master)
    else:
        far, near = socket.socketpair()
        near.setblocking(False)
        port = SerialPort(Wired(near), "socket")
        far.close()
    began = time.monotonic()
    for _ in range(2):
        with pytest.raises(PortLost):
            port.read(60)
    with pytest.raises(PortLost):
        port.write(b"AT\r")
    assert time.monotonic() - began < 5


def test_b11_another_program_on_the_port_is_named(tmp_path: Path) -> None:
    with plugged_in(tmp_path) as modem:
        other = open_port(str(modem.link))
        with pytest.raises(PortBusy, match="only one program can drive a modem"):
            open_port(str(modem.link))
        other.close()


def test_b12_a_port_that_speaks_of_positions_and_answers_nothing_is_given_up() -> None:
    clock = FakeClock()
    positions = b"$GPGGA,120000.00,4403.12,N,12305.14,W,1,08,1.0,130.0,M,,,,*5C\r\n"
    stream = ScriptedStream(clock, lambda _: [Chunk(positions, after=0.2), Chunk(positions, after=1)])
    device = Device("main", stream, memory=FakeMemory(), monotonic=clock)
    began = clock.now
    with pytest.raises(NoReply):
        device.bring_up()
    assert clock.now - began < 60


def test_b13_no_handshake_lines_are_waited_for() -> None:
    master, slave = os.openpty()
    port = open_serial(os.ttyname(slave))
    iflag, _, cflag, lflag, ispeed, ospeed, _ = termios.tcgetattr(slave)
    assert cflag & termios.CRTSCTS == 0
    assert iflag & (termios.IXON | termios.IXOFF) == 0
    assert lflag & termios.ECHO == 0
    assert ispeed == ospeed == getattr(termios, f"B{BAUD}")
    port.close()
    os.close(master)
    os.close(slave)


def test_b14_one_port_has_one_owner(tmp_path: Path) -> None:
    with plugged_in(tmp_path) as modem, working(modem) as device:
        for _ in range(3):
            with pytest.raises(PortBusy):
                open_port(str(modem.link))
        send(device)


@pytest.mark.parametrize("junk", [b"\xe9", b"\xff\xfe\x80\x00", bytes(range(128, 256)), b"\r\n\xe9\r\n"])
def test_b15_bytes_above_127_end_nothing(junk: bytes) -> None:
    bare = BareModem(slots={"SM": {1: PDU_IN}})
    device, _, _ = ready(bare)
    bare.before_line = lambda number: junk + b"\r\n"
    assert device.stored() == [StoredMessage("SM", 1, 1, PDU_IN)]
    assert send(device) == 77
    assert device.health().signal_dbm == -73


def test_b78_a_restart_that_cannot_even_be_written_is_a_lost_port(tmp_path: Path) -> None:
    with plugged_in(tmp_path) as modem, working(modem) as device:
        modem.unplug()
        with pytest.raises(ModemError):
            device.restart()
        assert device.lost
