"""Finds and opens the port a modem is at, again after every replug.

`port` in the config is a path (a by-id link, a ttyUSB, a pty or a link to one), `auto` (the only modem
there is), `usb:1-1.4` (a USB socket), `usb:1-1.4:2` (and the interface in it) or `imei:001010123456789`.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from modem.errors import ModemError, PortBusy, PortLost, PortMissing
from modem.probing import Answer, ask_who
from modem.profiles import command_interface, is_modem_maker
from modem.serial_port import BAUD, open_serial
from modem.stream import ByteStream
from modem.usb import UsbSerial, serial_ports

BY_ID = Path("/dev/serial/by-id")
LOOK_AGAIN_AFTER = (2.0, 4.0, 8.0, 16.0, 30.0)
"""Seconds until ports that did not answer are asked again though nothing was plugged: a modem shows its
ports up to 20 s before it answers at them (ModemManager waits 20 s for a TOBY-L4)."""
BUSY_AGAIN_AFTER = 2.0
DOUBTED_AFTER = 2
"""Openings in a row without a working modem after which the remembered place is looked for anew."""

# Kernel drivers that serve modems and nothing else. Other serial devices are left alone: "AT" written to
# a UPS or a door lock is a command, too. CDC-ACM is everybody's, so there the maker decides.
_MODEM_DRIVERS = frozenset({"option", "qcserial", "sierra", "qcaux", "hso"})

_SETTING = re.compile(
    r"usb:(?P<usb_path>\d+-\d+(?:\.\d+)*)(?::(?P<interface>\d{1,2}))?|imei:(?P<imei>\d{14,16})"
)
_NUMBERED = re.compile(r"tty(USB|ACM)\d+")
_IMEI_WITHOUT_CHECK_DIGIT = 14

OpenPath = Callable[[str], ByteStream]


@dataclass(frozen=True, slots=True)
class PortSeen:
    """A port that could be a modem's: the name that stays over a replug, and where it leads today."""

    path: str
    device: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the setting asks for; all empty for `auto`."""

    path: str = ""
    usb_path: str = ""
    interface: int | None = None
    imei: str = ""

    @property
    def place(self) -> str:
        """The one port that is meant, where the setting names it to the interface."""
        return f"usb:{self.usb_path}:{self.interface}"


def wanted(setting: str) -> Wanted:
    """Reads a `port` setting. Raises ValueError for one of no known form."""
    if setting == "auto":
        return Wanted()
    if not setting.startswith(("usb:", "imei:")):
        return Wanted(path=setting)
    form = _SETTING.fullmatch(setting)
    if form is None:
        raise ValueError(f"{setting!r} is neither usb:1-1.4, usb:1-1.4:2 nor imei: and 15 digits")
    interface = form["interface"]
    return Wanted(
        usb_path=form["usb_path"] or "",
        interface=int(interface) if interface is not None else None,
        imei=form["imei"] or "",
    )


def open_port(path: str, baud: int = BAUD) -> ByteStream:
    """The port a setting names, found anew on every call; `Finder` remembers and is the quicker.

    Raises PortMissing, PortBusy, PortLost.
    """
    return Finder(path, open_path=lambda target: open_serial(target, baud)).open()


def seen(folder: Path = BY_ID) -> list[PortSeen]:
    """The ports that have a lasting name, in the order of their names; none where udev made no links."""
    if not folder.is_dir():
        return []
    return [PortSeen(str(link), os.path.realpath(link)) for link in sorted(folder.iterdir())]


@dataclass(frozen=True, slots=True)
class _Found:
    """A modem on the bus; no stream where the profiles know its port and it does not answer there."""

    port: UsbSerial
    stream: ByteStream | None
    answer: Answer


@dataclass(frozen=True, slots=True)
class _Failure:
    listing: tuple[UsbSerial, ...]
    kind: type[ModemError]
    sentence: str
    until: float
    count: int


class Finder:
    """Finds one modem's port again and again; owned by one thread.

    What it remembers is the place (USB path and interface) and the IMEI, never a ttyUSB number.
    `last_seen` is the `where` of an earlier run, so that a modem which is mute at the start is found.
    """

    def __init__(
        self,
        setting: str,
        *,
        last_seen: str = "",
        open_path: OpenPath = open_serial,
        ports: Callable[[], tuple[UsbSerial, ...]] = serial_ports,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._wanted = wanted(setting)
        self._open_path = open_path
        self._ports = ports
        self._monotonic = monotonic
        self._last_seen = last_seen if _fits(last_seen, self._wanted) else ""
        self._place: UsbSerial | None = None
        self._imei = self._wanted.imei
        self._unproven = 0
        self._failure: _Failure | None = None
        self.where = self._last_seen
        """Where the modem was found last: `usb:1-1.4:2`, or the path where it is at no USB port."""
        self.device = ""
        """The name of today of the port that was opened last, such as /dev/ttyUSB2; never to be stored."""

        self.name = ""
        """The name it was opened by, which leads elsewhere, or nowhere, once the modem has gone."""

    @property
    def usb_path(self) -> str | None:
        """The USB socket the modem is in, such as "1-1.4"; None where it is in none."""
        return self._place.usb_path if self._place else None

    def open(self) -> ByteStream:
        """The modem's port, open; where nothing has changed since it was last not found, at no cost.

        Ports that nobody answers at are passed over within two seconds each. Raises PortMissing (also for
        several modems where one was meant), PortBusy, PortLost.
        """
        if self._wanted.path and not _is_numbered(self._wanted.path):
            return self._open_link(self._wanted.path)
        listing = self._ports()
        port = self._known_place(listing)
        if port is not None:
            return self._take(port)
        if self._wanted.path and self._place is None:
            return self._open_link(self._wanted.path)
        if self._wanted.interface is not None:
            raise PortMissing(
                f"There is no modem at {self._wanted.place}. It is opened as soon as it appears."
            )
        return self._search(listing)

    def met(self, imei: str) -> None:
        """The modem at the port that was opened last works, and this is its IMEI ("" if it tells none).

        Raises PortMissing where the setting asks for another one.
        """
        self._unproven = 0
        if self._wanted.imei and not _same_imei(imei, self._wanted.imei):
            self._place, self._last_seen = None, ""
            raise PortMissing(f"The modem at {self.where} is not the one with IMEI {self._wanted.imei}.")
        self._imei = imei or self._imei

    def _open_link(self, path: str) -> ByteStream:
        target = os.path.realpath(path)
        if not os.path.exists(target):
            raise PortMissing(f"There is no modem at {path}. It is opened as soon as it appears.")
        stream = self._open_path(target)
        self._place = next((port for port in self._ports() if port.device == target), None)
        self.where, self.device = self._place.place if self._place else path, target
        self.name = path
        self._unproven += 1
        return stream

    def _known_place(self, listing: tuple[UsbSerial, ...]) -> UsbSerial | None:
        if self._wanted.interface is not None:
            return next((port for port in listing if port.place == self._wanted.place), None)
        if self._unproven >= DOUBTED_AFTER:
            return None
        if self._place is not None:
            return next((port for port in listing if port.is_same_place(self._place)), None)
        return next((port for port in listing if port.place == self._last_seen), None)

    def _take(self, port: UsbSerial, stream: ByteStream | None = None) -> ByteStream:
        stream = stream or self._open_path(port.device)
        self._place, self.where, self.device, self._failure = port, port.place, port.device, None
        self.name = port.device
        self._unproven += 1
        return stream

    # ---- looking for it --------------------------------------------------------------------------

    def _search(self, listing: tuple[UsbSerial, ...]) -> ByteStream:
        last = self._failure
        if last is not None and last.listing == listing:
            if self._monotonic() < last.until:
                raise last.kind(last.sentence)
            count = last.count + 1
        else:
            count = 0
        try:
            chosen = self._choose(*self._look_at(listing))
        except (PortMissing, PortBusy) as error:
            pause = LOOK_AGAIN_AFTER[min(count, len(LOOK_AGAIN_AFTER) - 1)]
            until = self._monotonic() + (BUSY_AGAIN_AFTER if isinstance(error, PortBusy) else pause)
            self._failure = _Failure(listing, type(error), str(error), until, count)
            raise
        self._unproven = 0
        return self._take(chosen.port, chosen.stream)

    def _look_at(self, listing: tuple[UsbSerial, ...]) -> tuple[list[_Found], PortBusy | None]:
        """Every modem on the bus, each at the first of its ports that takes commands."""
        found: list[_Found] = []
        busy: PortBusy | None = None
        for ports in self._devices(listing):
            try:
                modem = self._answering(ports)
            except PortBusy as error:
                busy = busy or error
                continue
            if modem is not None:
                found.append(modem)
                if self._wanted.imei and _same_imei(modem.answer.imei, self._wanted.imei):
                    break
        return found, busy

    def _devices(self, listing: tuple[UsbSerial, ...]) -> list[list[UsbSerial]]:
        """The ports of each device that can be the modem; of its own alone while that is still there."""
        devices = [list(ports) for _, ports in groupby(listing, key=lambda port: port.usb_path)]
        if self._wanted.usb_path:
            return [ports for ports in devices if ports[0].usb_path == self._wanted.usb_path]
        if self._place is not None:
            here = [ports for ports in devices if any(port.is_same_place(self._place) for port in ports)]
            if here:
                return here
        return [ports for ports in devices if _is_modem(ports)]

    def _answering(self, ports: list[UsbSerial]) -> _Found | None:
        """The first port that answers, the one from the profiles first.

        A port held by another program ends the look at this device: two programs cannot drive a modem.
        """
        listed = command_interface(ports[0].vendor, ports[0].product)
        for port in sorted(ports, key=lambda port: port.interface != listed):
            try:
                stream = self._open_path(port.device)
            except (PortMissing, PortLost):
                continue
            answer = ask_who(stream, self._monotonic)
            if answer is not None:
                return _Found(port, stream, answer)
            stream.close()
        return self._mute(ports, listed)

    def _mute(self, ports: list[UsbSerial], listed: int | None) -> _Found | None:
        """A modem that is there without a word: it was here before, or the profiles know its port.

        Mending it is the driver's affair, and to that end its port must be open.
        """
        for port in ports:
            if self._place is not None and port.is_same_place(self._place):
                return _Found(port, None, Answer("", self._imei))
        known = (port for port in ports if port.interface == listed)
        return next((_Found(port, None, Answer("", "")) for port in known), None)

    def _choose(self, found: list[_Found], busy: PortBusy | None) -> _Found:
        chosen = self._the_one_meant(found)
        _close(each.stream for each in found if each is not chosen)
        if chosen is not None:
            return chosen
        if busy is not None:
            raise busy
        if self._wanted.imei:
            raise PortMissing(
                f"No modem with IMEI {self._wanted.imei} answers. It is opened as soon as it appears."
            )
        if len(found) > 1:
            several = ", ".join(
                f"{each.port.place} (IMEI {each.answer.imei or 'not told'})" for each in found
            )
            raise PortMissing(f"There are several modems: {several}. Name one of them as `port`.")
        where = f" at usb:{self._wanted.usb_path}" if self._wanted.usb_path else ""
        raise PortMissing(f"No modem answers{where}. It is opened as soon as it appears.")

    def _the_one_meant(self, found: list[_Found]) -> _Found | None:
        if self._imei:
            match = next((each for each in found if _same_imei(each.answer.imei, self._imei)), None)
            if match is not None or self._wanted.imei:
                return match
        # One alone is taken although it is another than before: whoever put it there meant it.
        return found[0] if len(found) == 1 else None


def _fits(last_seen: str, asked: Wanted) -> bool:
    if asked.path or not last_seen.startswith("usb:"):
        return False
    return asked.usb_path in ("", wanted(last_seen).usb_path)


def _is_numbered(path: str) -> bool:
    """True for a name that the kernel gives out anew at every plugging."""
    return _NUMBERED.fullmatch(os.path.basename(path)) is not None and not os.path.islink(path)


def _is_modem(ports: list[UsbSerial]) -> bool:
    return is_modem_maker(ports[0].vendor) or any(port.driver in _MODEM_DRIVERS for port in ports)


def _close(streams: Iterable[ByteStream | None]) -> None:
    for stream in streams:
        if stream is not None:
            stream.close()


def _same_imei(one: str, other: str) -> bool:
    """Compared without the check digit, which some modems leave out and others replace by a version."""
    return one[:_IMEI_WITHOUT_CHECK_DIGIT] == other[:_IMEI_WITHOUT_CHECK_DIGIT]
