"""Other SMS daemons on the same simulated modem, where Debian's packages are installed.

Both are set up to do what we do: PDU mode, delivery reports asked for, the shortest waits they offer.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.figures import Figure, link_share
from benchmarks.tape import Tape
from modem.simulator.network import Network
from modem.simulator.pty import PtyModem

NETWORK_TIME = 1.2
TEXT = "Sample PD: Ref SAMPLE26000100 is closed. Nobody reads replies live. Emergency: call 911."

_GAMMU = """[gammu]
device = {link}
connection = at115200
[smsd]
service = files
logfile = {folder}/log
debuglevel = 0
deliveryreport = log
loopsleep = 0
commtimeout = 1
statusfrequency = 0
checksecurity = 0
checknetwork = 0
checkbattery = 0
hangupcalls = 0
inboxpath = {folder}/inbox/
outboxpath = {folder}/outgoing/
sentsmspath = {folder}/sent/
errorsmspath = {folder}/failed/
"""

_SMSTOOLS = """devices = GSM1
outgoing = {folder}/outgoing
checked = {folder}/checked
incoming = {folder}/inbox
report = {folder}/inbox
sent = {folder}/sent
failed = {folder}/failed
infofile = {folder}/info
logfile = {folder}/log
loglevel = 4
receive_before_send = no
delaytime = 1
errorsleeptime = 1
[GSM1]
device = {link}
baudrate = 115200
incoming = yes
report = yes
"""


@dataclass(frozen=True, slots=True)
class Peer:
    """One daemon: its configuration, its command line, and a text as it wants it in its folder."""

    name: str
    program: str
    config: str
    command: Callable[[Path], Sequence[str]]
    spooled: Callable[[Path, int], None]


def _for_gammu(folder: Path, turn: int) -> None:
    path = folder / f"OUTC20260101_000000_{turn:02d}_+1541555{100 + turn:04d}_bench.txtd"
    path.write_text(TEXT, encoding="utf-8")


def _for_smstools(folder: Path, turn: int) -> None:
    text = f"To: 1541555{100 + turn:04d}\nReport: yes\n\n{TEXT}"
    (folder / f"text{turn:02d}").write_text(text, encoding="utf-8")


PEERS = (
    Peer(
        "gammu-smsd",
        "gammu-smsd",
        _GAMMU,
        lambda folder: ("-c", str(folder / "config"), "-p", str(folder / "pid")),
        _for_gammu,
    ),
    Peer(
        "smstools3",
        "smsd",
        _SMSTOOLS,
        lambda folder: (f"-c{folder / 'config'}", f"-p{folder / 'pid'}", f"-i{folder / 'info'}", "-t"),
        _for_smstools,
    ),
)


def measure(folder: Path, texts: int) -> Iterator[Figure]:
    """The link share of each peer; one that is not installed, or does not get along, is named as such."""
    for peer in PEERS:
        name = f"link share of {peer.name}, network {NETWORK_TIME} s"
        program = shutil.which(peer.program)
        if program is None:
            yield Figure(name, None, note=f"not installed (apt install {peer.name.rstrip('3')})")
            continue
        try:
            share = _link_share(peer, program, folder / peer.name, texts)
        except TimeoutError as error:
            yield Figure(name, None, note=f"did not get along with the simulated modem: {error}")
        else:
            yield Figure(name, share, note="for comparison")


def _link_share(peer: Peer, program: str, folder: Path, texts: int) -> float:
    for part in ("inbox", "outgoing", "checked", "sent", "failed"):
        (folder / part).mkdir(parents=True)
    tape = Tape()
    network = Network(network_time=NETWORK_TIME, receipt_after=0.01)
    modem = PtyModem(folder / "modem", network, report_memory="SM")
    modem.on_traffic = tape.heard
    (folder / "config").write_text(peer.config.format(folder=folder, link=folder / "modem"), encoding="ascii")
    for turn in range(texts):
        peer.spooled(folder / "outgoing", turn)
    with modem, _running([program, *peer.command(folder)], folder / "output"):
        tape.wait(lambda: len(tape.results) >= texts, 30 + 5 * texts, f"{texts} texts")
    network.timers.stop()
    return link_share(texts, NETWORK_TIME, tape.results[texts - 1] - tape.submits[0])


@contextmanager
def _running(command: Sequence[str], output: Path) -> Iterator[None]:
    with output.open("wb") as file:
        process = subprocess.Popen(  # noqa: S603 - found by name, our own arguments
            list(command), stdout=file, stderr=file, stdin=subprocess.DEVNULL, start_new_session=True
        )
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
