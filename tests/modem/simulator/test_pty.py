"""The modem through a real pty: opened, killed, unplugged, plugged in again."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import reduce
from operator import xor
from pathlib import Path

import pytest
import serial

from modem.pdu import encode_submit
from modem.simulator.equipment import Sim
from modem.simulator.network import Network
from modem.simulator.port import OUTPUT_LIMIT
from modem.simulator.pty import NMEA, PtyModem
from modem.simulator.timers import Loop
from tests.modem.simulator.conversation import OK, RESIDENT, info

DEADLINE = 10.0
KERNEL_LIMIT = 80 * 1024
"""What Linux itself keeps between the two ends of a pty, with room to spare."""


@pytest.fixture
def network() -> Iterator[Network]:
    loop = Loop()
    yield Network(timers=loop)
    loop.stop()


@pytest.fixture
def modem(tmp_path: Path, network: Network) -> Iterator[PtyModem]:
    with PtyModem(tmp_path / "modem", network) as served:
        yield served


def opened(modem: PtyModem) -> serial.Serial:
    port = serial.Serial(str(modem.link), 115200, timeout=DEADLINE, write_timeout=DEADLINE, exclusive=True)
    assert ask(port, b"ATE0\r").endswith(OK)
    return port


def ask(port: serial.Serial, said: bytes, end: bytes = b"OK\r\n") -> bytes:
    port.write(said)
    answer: bytes = port.read_until(end)
    return answer


def test_what_passes_over_the_port_can_be_listened_to(modem: PtyModem) -> None:
    heard: list[tuple[bool, bytes]] = []
    modem.on_traffic = lambda to_modem, data: heard.append((to_modem, data))
    with opened(modem) as port:
        assert ask(port, b"AT+CSQ\r").endswith(OK)
    assert b"".join(data for to_modem, data in heard if to_modem).endswith(b"AT+CSQ\r")
    asked = next(place for place, (to_modem, data) in enumerate(heard) if to_modem and b"CSQ" in data)
    assert any(not to_modem and b"+CSQ:" in data for to_modem, data in heard[asked:])


def send(port: serial.Serial, text: str, end: bytes = b"OK\r\n") -> bytes:
    answer = b""
    for part in encode_submit(RESIDENT, text, reference=3, validity_seconds=None, report=False):
        assert ask(port, b"AT+CMGS=%d\r" % part.length, b"> ").endswith(b"> ")
        answer += ask(port, part.hex.encode() + b"\x1a", end)
    return answer


def wait_until(holds: Callable[[], bool]) -> None:
    """For what only the operating system knows; the network's own waits need no polling."""
    end = time.monotonic() + DEADLINE
    while not holds():
        assert time.monotonic() < end
        select.select([], [], [], 0.01)


def test_a_program_talks_and_the_network_has_the_text(modem: PtyModem, network: Network) -> None:
    with opened(modem) as port:
        assert ask(port, b"AT+CSQ\r") == info(b"+CSQ: 21,99")
        assert send(port, "On our way") == b"\r\n+CMGS: 0\r\n" + OK
        assert [sent.text for sent in network.sent] == ["On our way"]


def test_texts_that_come_while_nobody_listens_are_stored(modem: PtyModem, network: Network) -> None:
    for number in range(5):
        network.receive(RESIDENT, f"text {number}")
    assert network.wait_for(lambda: modem.modem.equipment.storage["SM"].used() == 5)
    with opened(modem) as port:
        assert ask(port, b"AT+CMGL=4\r").count(b"+CMGL: ") == 5


def test_an_unplug_hangs_up_and_takes_the_name_away(modem: PtyModem) -> None:
    with opened(modem) as port:
        modem.unplug()
        assert not modem.link.is_symlink()
        with pytest.raises(serial.SerialException):
            port.read(1)


def test_it_comes_back_under_the_same_name_as_another_pty(modem: PtyModem, network: Network) -> None:
    descriptor = os.open(modem.link, os.O_RDWR | os.O_NOCTTY)
    network.receive(RESIDENT, "kept on the SIM")
    assert network.wait_for(lambda: modem.modem.equipment.storage["SM"].used() == 1)
    modem.unplug(back=0.05)
    assert network.wait_for(lambda: modem.is_plugged)
    with pytest.raises(OSError, match="Input/output error"):
        os.write(descriptor, b"AT\r")
    os.close(descriptor)
    with opened(modem) as port:
        assert ask(port, b"AT+CNMI?\r") == info(b"+CNMI: 0,0,0,0,0")
        assert ask(port, b"AT+CPMS?\r").startswith(b'\r\n+CPMS: "SM",1,20')


def test_texts_sent_to_an_unplugged_modem_wait_for_it(modem: PtyModem, network: Network) -> None:
    modem.unplug()
    network.receive(RESIDENT, "while it was out")
    assert network.wait_for(lambda: network.waiting() == 1)
    modem.replug()
    assert network.wait_for(lambda: network.waiting() == 0)
    assert modem.modem.equipment.storage["SM"].used() == 1


@pytest.mark.parametrize(("when", "left"), [("prompt", 0), ("entry", 0), ("pdu", 1)])
def test_an_unplug_in_the_middle_of_a_send(modem: PtyModem, network: Network, when: str, left: int) -> None:
    network.network_time = 60
    with opened(modem) as port:
        modem.faults.arm("unplug", when=when)
        with pytest.raises(serial.SerialException):
            port.write(b"AT+CMGS=14\r")
            port.read_until(b"> ")
            port.write(b"0001000B915114550521F300000141\x1a")
            port.read(10)
        assert network.wait_for(lambda: not modem.is_plugged)
    assert len(network.sent) == left


KILLED = """
import sys, serial
port = serial.Serial(sys.argv[1], 115200, exclusive=True)
import fcntl, termios
fcntl.ioctl(port.fd, termios.TIOCEXCL)
port.write(b"ATE0\\rAT+CMGS=14\\r")
port.read_until(b"> ")
port.write(b"0001000B91")
print("typing", flush=True)
port.read(1000000)
"""


def test_a_killed_program_leaves_a_modem_that_still_waits_for_the_pdu(
    modem: PtyModem, network: Network
) -> None:
    program = subprocess.Popen([sys.executable, "-c", KILLED, str(modem.link)], stdout=subprocess.PIPE)
    assert program.stdout is not None
    assert program.stdout.readline() == b"typing\n"
    program.send_signal(signal.SIGKILL)
    program.wait(DEADLINE)
    program.stdout.close()
    with serial.Serial(str(modem.link), 115200, timeout=DEADLINE, exclusive=True) as port:
        assert ask(port, b"AT\r\x1b") == OK
        assert ask(port, b"AT+CSQ\r") == info(b"+CSQ: 21,99")
    assert network.parts == []


def test_nobody_reading_blocks_nothing_and_keeps_no_more_than_its_limit(
    modem: PtyModem, network: Network
) -> None:
    descriptor = os.open(modem.link, os.O_RDWR | os.O_NOCTTY)
    os.write(descriptor, b"ATE0\r")
    os.write(descriptor, b"AT+CLAC\r" * 500)
    os.write(descriptor, b"AT+CNMI=2,1\r")
    assert network.wait_for(lambda: modem.modem.equipment.settings.cnmi[1] == 1)
    network.receive(RESIDENT, "hello")
    assert network.wait_for(lambda: modem.modem.equipment.storage["SM"].used() == 1)
    heard = 0
    while select.select([descriptor], [], [], 0.2)[0]:
        heard += len(os.read(descriptor, 65536))
    os.close(descriptor)
    assert 4096 < heard <= OUTPUT_LIMIT + KERNEL_LIMIT


def test_a_long_listing_arrives_whole_at_a_slow_reader(modem: PtyModem, network: Network) -> None:
    for number in range(20):
        network.receive(RESIDENT, f"{number} " + "long " * 30)
    assert network.wait_for(lambda: modem.modem.equipment.storage["SM"].used() == 20)
    with opened(modem) as port:
        listing = ask(port, b"AT+CMGL=4\r", b"\r\nOK\r\n")
    assert listing.count(b"+CMGL: ") == 20
    assert len(listing) > 5000


def test_one_byte_at_a_time_through_the_port(modem: PtyModem) -> None:
    with opened(modem) as port:
        modem.faults.arm("one_byte", gap=0.002)
        port.write(b"AT\r")
        assert port.fd is not None
        heard, reads = b"", 0
        while len(heard) < len(OK):
            heard += os.read(port.fd, 100) if select.select([port.fd], [], [], DEADLINE)[0] else b""
            reads += 1
        assert heard == OK
        assert reads > 2


def test_a_restart_may_take_the_port_away(tmp_path: Path, network: Network) -> None:
    with PtyModem(tmp_path / "modem", network, drops_port=True, restart_time=0.05) as modem:
        with opened(modem) as port:
            device = os.readlink(modem.link)
            assert ask(port, b"AT+CFUN=1,1\r") == OK
            with pytest.raises(serial.SerialException):
                port.read(100)
            assert network.wait_for(lambda: modem.is_plugged)
            assert os.readlink(modem.link) != device
        opened(modem).close()


def test_a_mute_modem_answers_who_opens_its_port_anew(modem: PtyModem) -> None:
    with opened(modem) as port:
        modem.faults.arm("mute_after", bytes=len(b"AT\rA"), way="written", until="open")
        assert ask(port, b"AT\r") == OK
        port.timeout = 0.2
        for _ in range(2):
            assert ask(port, b"AT\r") == b""
    for _ in range(2):
        with serial.Serial(str(modem.link), 115200, timeout=DEADLINE) as port:
            assert ask(port, b"AT\r") == OK


def test_a_mute_modem_that_waits_for_a_restart_is_not_helped_by_opening(modem: PtyModem) -> None:
    modem.modem.restart_time = 0.05
    with opened(modem) as port:
        modem.faults.arm("mute_after", bytes=0, way="written", until="restart")
        port.write(b"AT\r")
    with serial.Serial(str(modem.link), 115200, timeout=0.2) as port:
        assert ask(port, b"AT\r") == b""
        port.timeout = DEADLINE
        assert ask(port, b"AT+CFUN=1,1\r", b"READY\r\n").startswith(b"\r\nRDY")


@pytest.mark.parametrize("count", [0, 5, len(b"AT+CSQ\r") + 9])
def test_an_unplug_at_a_byte(modem: PtyModem, network: Network, count: int) -> None:
    with opened(modem) as port:
        modem.faults.arm("unplug", when="byte", bytes=count, back=0.05)
        port.write(b"AT+CSQ\r")
        with pytest.raises(serial.SerialException):
            while True:
                port.read(1)
    assert network.wait_for(lambda: modem.is_plugged)
    opened(modem).close()


def test_a_second_port_gives_positions_and_takes_no_commands(tmp_path: Path, network: Network) -> None:
    nmea = tmp_path / "nmea"
    with PtyModem(tmp_path / "modem", network, nmea=nmea) as modem, opened(modem) as port:
        with serial.Serial(str(nmea), 115200, timeout=DEADLINE) as beside:
            beside.write(b"AT+CGMM\r")
            assert ask(port, b"AT\r") == OK
            lines = [beside.readline() for _ in range(4)]
            assert all(line.startswith(b"$GP") and line.endswith(b"\r\n") for line in lines)
        modem.unplug()
        assert not nmea.is_symlink()
        modem.replug()
        assert nmea.is_symlink()
    assert not nmea.is_symlink()


def test_the_sentences_carry_their_checksum() -> None:
    for sentence in NMEA:
        body, _, checksum = sentence.removeprefix("$").partition("*")
        assert int(checksum, 16) == reduce(xor, body.encode("ascii"))


def test_another_sim_while_it_runs(modem: PtyModem, network: Network) -> None:
    with opened(modem) as port:
        modem.change_sim(Sim("+15415550102"))
        assert port.read_until(b"READY\r\n") == b"\r\n+CPIN: READY\r\n"
        send(port, "from the other")
        assert network.sent[0].sender == modem.number == "+15415550102"


def test_two_modems_on_one_network(tmp_path: Path, network: Network) -> None:
    network.on_text = lambda sent: network.receive(sent.recipient, "got it", to=sent.sender)
    with (
        PtyModem(tmp_path / "one", network, number="+15415550101") as one,
        PtyModem(tmp_path / "two", network, number="+15415550102") as two,
        opened(one) as first,
        opened(two) as second,
    ):
        send(first, "one")
        send(second, "two")
        assert [sent.sender for sent in network.sent] == [one.number, two.number]
        stored = [modem.modem.equipment.storage["SM"] for modem in (one, two)]
        assert network.wait_for(lambda: [each.used() for each in stored] == [1, 1])


def test_a_file_in_the_way_is_not_replaced(tmp_path: Path, network: Network) -> None:
    (tmp_path / "modem").write_text("mine")
    with pytest.raises(FileExistsError):
        PtyModem(tmp_path / "modem", network).start()
    assert (tmp_path / "modem").read_text() == "mine"


def test_an_idle_modem_costs_nothing(modem: PtyModem, network: Network) -> None:
    with opened(modem) as port:
        before = time.process_time()
        assert not network.wait_for(lambda: False, timeout=0.5)
        assert time.process_time() - before < 0.05
        assert ask(port, b"AT\r") == OK


def test_the_name_goes_with_the_modem(modem: PtyModem) -> None:
    modem.stop()
    wait_until(lambda: not modem.link.is_symlink())
    assert not modem.is_plugged
