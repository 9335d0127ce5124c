"""A USB bus made of a folder that looks like /sys and of streams behind the names in it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from modem.errors import PortBusy, PortMissing
from modem.usb import UsbSerial, serial_ports
from tests.modem.scripted import BareModem, Chunk, FakeClock, ScriptedStream

FarEnd = Callable[[bytes], Iterable[Chunk]]

IMEI = "490154203237518"
OTHER_IMEI = "490154203237526"
QUECTEL, EC25 = "2c7c", "0125"


def silent(data: bytes) -> list[Chunk]:
    """A diagnostics port: takes everything, answers nothing."""
    return []


def positions(data: bytes) -> list[Chunk]:
    """An NMEA port: speaks all the time, hears nothing."""
    return [Chunk(b"$GPGGA,,,,,,0,,,,,,,,*66\r\n", after=0.1 * turn) for turn in range(20)]


def binary(data: bytes) -> list[Chunk]:
    """A port that answers every write with frames of its own."""
    return [Chunk(bytes(range(0x80, 0x100)) + b"\x7e\r\n\x00")]


def echoing(data: bytes) -> list[Chunk]:
    """A port that says back what it hears and nothing else."""
    return [Chunk(data + b"\r\n")]


def modem(imei: str = IMEI, **replies: str) -> BareModem:
    """A port that takes commands."""
    return BareModem(replies={"AT+CGSN": f"{imei}\nOK"} | replies)


class Held:
    """In place of a far end: the port is another program's."""


class FakeBus:
    """Devices are plugged and unplugged; every opening is counted."""

    def __init__(self, folder: Path) -> None:
        self.clock = FakeClock()
        self.sysfs = folder / "sys"
        self.dev = folder / "dev"
        self.opened: list[str] = []
        self.streams: list[ScriptedStream] = []
        self._far_ends: dict[str, FarEnd | Held] = {}
        (self.sysfs / "class/tty").mkdir(parents=True)
        (self.sysfs / "bus/usb/drivers").mkdir(parents=True)
        self.dev.mkdir()
        self._console()

    def plug(
        self,
        usb_path: str,
        far_ends: dict[int, FarEnd | Held],
        *,
        vendor: str = QUECTEL,
        product: str = EC25,
        driver: str = "option",
        first: int = 0,
    ) -> None:
        """A device with a serial port for each interface given, numbered from ttyUSB`first` up."""
        owner = self._folder(usb_path)
        owner.mkdir(parents=True)
        (owner / "idVendor").write_text(f"{vendor}\n")
        (owner / "idProduct").write_text(f"{product}\n")
        (self.sysfs / "bus/usb/drivers" / driver).mkdir(exist_ok=True)
        for number, (interface, far_end) in enumerate(far_ends.items(), first):
            name = f"ttyUSB{number}"
            folder = owner / f"{usb_path}:1.{interface}"
            port = folder / name
            (port / "tty" / name).mkdir(parents=True)
            (folder / "bInterfaceNumber").write_text(f"{interface:02x}\n")
            (folder / "driver").symlink_to(self.sysfs / "bus/usb/drivers" / driver)
            (port / "tty" / name / "device").symlink_to(port)
            (self.sysfs / "class/tty" / name).symlink_to(port / "tty" / name)
            (self.dev / name).touch()
            self._far_ends[str(self.dev / name)] = far_end

    def unplug(self, usb_path: str) -> None:
        """The device and all that hangs on it is gone."""
        shutil.rmtree(self._folder(usb_path))
        for link in (self.sysfs / "class/tty").iterdir():
            if not link.exists():
                link.unlink()
                (self.dev / link.name).unlink()

    def replace(self, name: str, far_end: FarEnd | Held) -> None:
        """The same port, behaving differently from its next opening on."""
        self._far_ends[str(self.dev / name)] = far_end

    def ports(self) -> tuple[UsbSerial, ...]:
        return serial_ports(self.sysfs, self.dev)

    def open(self, path: str) -> ScriptedStream:
        """What stands in for `open_serial`."""
        name = Path(path).name
        self.opened.append(name)
        far_end = self._far_ends.get(path)
        if far_end is None or not Path(path).exists():
            raise PortMissing(f"There is no modem at {path}.")
        if isinstance(far_end, Held):
            raise PortBusy(f"{path} is held by pid 812 (gpsd).")
        stream = ScriptedStream(self.clock, far_end)
        self.streams.append(stream)
        return stream

    def _folder(self, usb_path: str) -> Path:
        folder = self.sysfs / "devices/platform/usb1"
        for end in range(3, len(usb_path) + 1, 2):
            folder /= usb_path[:end]
        return folder

    def _console(self) -> None:
        """What every machine has besides: a console without a device, a UART that is on no USB."""
        uart = self.sysfs / "devices/platform/serial8250/tty/ttyS0"
        uart.mkdir(parents=True)
        (uart / "device").symlink_to(uart.parent.parent)
        (self.sysfs / "class/tty/ttyS0").symlink_to(uart)
        (self.sysfs / "class/tty/tty1").mkdir()
