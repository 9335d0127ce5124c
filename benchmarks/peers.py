"""Two SMS daemons nobody here wrote, as programs: how they are set up, given texts, and what they took in.

Both do what the product does: PDU mode, delivery reports asked for, texts taken off the modem. Every wait
they let one choose is as short as it goes.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.process import family
from modem.gsm7 import is_gsm7

PACKAGES = "gammu-smsd smstools"
REMEDY = (
    f"apt install {PACKAGES}; systemctl disable --now gammu-smsd smstools "
    "(they are run here with configurations of our own)"
)


@dataclass(frozen=True, slots=True)
class Taken:
    """A text that came in, as the daemon hands it on."""

    sender: str
    text: str


@dataclass(frozen=True, slots=True)
class Told:
    """A delivery report, as the daemon hands it on; `status` is TP-ST."""

    recipient: str
    status: int


class Peer(ABC):
    """One daemon in a folder of its own, on the modem at `link`."""

    name: str
    program: str
    package: str
    config: str
    folders: Sequence[str]

    def __init__(self, folder: Path, link: Path) -> None:
        self.folder = folder
        for each in self.folders:
            (folder / each).mkdir(parents=True, exist_ok=True)
        self.config_path = folder / "config"
        self.config_path.write_text(self.config.format(folder=folder, link=link), encoding="ascii")
        self._process: subprocess.Popen[bytes] | None = None

    @classmethod
    def path(cls) -> str | None:
        """Where the program is; None where it is not installed. Debian's smsd lies in /usr/sbin."""
        return shutil.which(cls.program) or shutil.which(cls.program, path="/usr/sbin:/sbin")

    @classmethod
    def version(cls) -> str:
        """Debian's version of the package."""
        asked = ["dpkg-query", "--showformat=${Version}", "--show", cls.package]
        return subprocess.run(asked, capture_output=True, text=True, check=True).stdout  # noqa: S603

    @property
    def pid(self) -> int:
        """The process that was started; what it has started itself lies below it."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Starts it in the foreground, in a session of its own."""
        program = self.path()
        if program is None:
            raise FileNotFoundError(f"{self.program} is not installed. Remedy: {REMEDY}")
        with (self.folder / "output").open("ab") as file:
            self._process = subprocess.Popen(  # noqa: S603 - found by name, our own arguments
                [program, *self._arguments()],
                stdout=file,
                stderr=file,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )

    def stop(self) -> None:
        """SIGTERM, and after five seconds kill -9."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """kill -9 to it and to all that it has started, as when the power goes."""
        process = self._process
        if process is not None and process.poll() is None:
            for each in list(family(process.pid)):
                os.kill(each, signal.SIGKILL)
            process.wait()

    @abstractmethod
    def queue(self, name: str, number: str, text: str) -> None:
        """Gives it a text for `number` (E.164); `name` is its own in the queue."""

    @abstractmethod
    def pending(self) -> int:
        """How many texts it still means to send."""

    def unknown(self) -> int:
        """How many texts it says it cannot know the fate of; these daemons have no word for that."""
        return 0

    @abstractmethod
    def taken(self) -> list[Taken]:
        """Every whole text that came in so far."""

    @abstractmethod
    def told(self) -> list[Told]:
        """Every delivery report so far."""

    @abstractmethod
    def _arguments(self) -> Sequence[str]: ...


_GAMMU = """[gammu]
device = {link}
connection = at115200
[smsd]
service = files
logfile = {folder}/log
debuglevel = 0
deliveryreport = sms
inboxformat = detail
loopsleep = 0
commtimeout = 1
receivefrequency = 1
statusfrequency = 0
maxretries = 5
retrytimeout = 1
checksecurity = 0
checknetwork = 0
checkbattery = 0
hangupcalls = 0
inboxpath = {folder}/inbox/
outboxpath = {folder}/outgoing/
sentsmspath = {folder}/sent/
errorsmspath = {folder}/failed/
"""


class Gammu(Peer):
    """gammu-smsd with folders; `loopsleep = 0` trades an idle processor for a short wait."""

    name = "gammu-smsd"
    program = "gammu-smsd"
    package = "gammu-smsd"
    config = _GAMMU
    folders = ("inbox", "outgoing", "sent", "failed")

    def queue(self, name: str, number: str, text: str) -> None:
        """A file for what GSM-7 can say; the rest through its own injector, which knows Unicode."""
        if is_gsm7(text):
            part = self.folder / "part"
            part.write_bytes(b"\xff\xfe" + text.encode("utf-16-le"))
            part.rename(self.folder / "outgoing" / f"OUTC20260101_000000_{name}_{number}_x.txtd")
            return
        options = ["-report", "-unicode", "-len", str(2 * len(text)), "-textutf8", text]
        command = ["gammu-smsd-inject", "-c", str(self.config_path), "TEXT", number, *options]
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603

    def pending(self) -> int:
        return sum(1 for _ in (self.folder / "outgoing").iterdir())

    def taken(self) -> list[Taken]:
        found = []
        for entry in self._entries():
            if entry[0]["PDU"] == "Deliver":
                text = "".join(_gammu_text(section) for section in entry)
                found.append(Taken(_unquoted(entry[0]["Number"]), text))
        return found

    def told(self) -> list[Told]:
        """It writes a text for the status; the announcement (+CDSI) it files as a report without content."""
        statuses = {"Delivered": 0x00, "Failed": 0x46, "Pending": 0x22}
        found = []
        for section, *_ in self._entries():
            status = statuses.get(_gammu_text(section))
            if section["PDU"] == "Status_Report" and status is not None:
                found.append(Told(_unquoted(section["Number"]), status))
        return found

    def _entries(self) -> list[list[dict[str, str]]]:
        """Every file of the inbox that is whole, as its sections, one a part."""
        found = []
        for path in sorted((self.folder / "inbox").glob("IN*")):
            sections: list[dict[str, str]] = []
            for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
                if line.startswith("["):
                    sections.append({})
                elif sections and not line.startswith(";") and " = " in line:
                    key, _, value = line.partition(" = ")
                    sections[-1][key] = value
            if sections and all("MessageReference" in each for each in sections):
                found.append(sections)
        return found

    def _arguments(self) -> Sequence[str]:
        return ("-c", str(self.config_path), "-p", str(self.folder / "pid"))


def _gammu_text(section: Mapping[str, str]) -> str:
    keys = sorted(key for key in section if re.fullmatch(r"Text\d+", key))
    text = bytes.fromhex("".join(section[key] for key in keys)).decode("utf-16-be", "surrogatepass")
    return text.rstrip("\0")  # it counts a character of GSM-7's second table twice, and fills up


def _unquoted(value: str) -> str:
    return value.strip().strip('"')


_SMSTOOLS = """devices = GSM1
outgoing = {folder}/outgoing
checked = {folder}/checked
incoming = {folder}/inbox
report = {folder}/reports
sent = {folder}/sent
failed = {folder}/failed
infofile = {folder}/info
logfile = {folder}/log
loglevel = 4
receive_before_send = no
delaytime = 1
delaytime_mainprocess = 1
errorsleeptime = 1
blocktime = 1
[GSM1]
device = {link}
baudrate = 115200
init = AT+CNMI=2,0,0,2,0
check_network = 0
device_open_retries = -1
incoming = yes
memory_start = 0
report = yes
"""


class Smstools(Peer):
    """smstools3; a second is the shortest sleep it knows."""

    name = "smstools3"
    program = "smsd"
    package = "smstools"
    config = _SMSTOOLS
    folders = ("inbox", "reports", "outgoing", "checked", "sent", "failed")

    def queue(self, name: str, number: str, text: str) -> None:
        """UCS beside GSM-7: its UTF-8 ends a text at the first character beyond 16 bits."""
        alphabet, body = (
            ("ISO", text.encode("latin-1")) if _is_latin(text) else ("UCS", text.encode("utf-16-be"))
        )
        head = f"To: {number.removeprefix('+')}\nReport: yes\nAlphabet: {alphabet}\n\n"
        part = self.folder / "part"
        part.write_bytes(head.encode("ascii") + body)
        part.rename(self.folder / "outgoing" / name)

    def pending(self) -> int:
        waiting = [*(self.folder / "outgoing").iterdir(), *(self.folder / "checked").iterdir()]
        return sum(1 for path in waiting if path.suffix != ".LOCK")

    def taken(self) -> list[Taken]:
        found = []
        for header, body in self._files("inbox"):
            coding = "utf-16-be" if header.get("Alphabet") == "UCS2" else "latin-1"
            found.append(Taken(f"+{header['From']}", body.decode(coding, "surrogatepass")))
        return found

    def told(self) -> list[Told]:
        found = []
        for header, body in self._files("reports"):
            status = re.search(rb"^Status: (\d+),", body, re.MULTILINE)
            if status:
                found.append(Told(f"+{header['From']}", int(status[1])))
        return found

    def _files(self, name: str) -> list[tuple[dict[str, str], bytes]]:
        found = []
        for path in sorted((self.folder / name).iterdir()):
            head, blank, body = path.read_bytes().partition(b"\n\n")
            if blank:
                pairs = (line.partition(": ") for line in head.decode("latin-1").splitlines())
                found.append(({key: value for key, _, value in pairs}, body))
        return found

    def _arguments(self) -> Sequence[str]:
        return (f"-c{self.config_path}", f"-p{self.folder / 'pid'}", f"-i{self.folder / 'info'}", "-t")


def _is_latin(text: str) -> bool:
    return is_gsm7(text) and all(ord(character) < 256 for character in text)


PEERS: tuple[type[Peer], ...] = (Gammu, Smstools)


def missing() -> list[str]:
    """The packages that are not installed."""
    return [peer.package for peer in PEERS if peer.path() is None]


def main() -> int:
    """Says what is missing, and how it is installed; 1 where something is."""
    if absent := missing():
        sys.stderr.write(f"Missing: {', '.join(absent)}. Remedy: {REMEDY}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
