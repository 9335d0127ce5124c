"""The serial ports of USB devices, read from sysfs: where each is plugged in and what it belongs to.

A modem has three to five of them. Their ttyUSB numbers change with every replug; the USB path and the
interface number stay (Linux Documentation/ABI/stable/sysfs-bus-usb).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

SYSFS = Path("/sys")
DEV = Path("/dev")


@dataclass(frozen=True, slots=True)
class UsbSerial:
    """One serial port: USB path ("1-1.4"), interface, vendor and product in lower-case hexadecimal.

    `device` is its name of today, such as /dev/ttyUSB2; it is never stored.
    """

    usb_path: str
    interface: int
    vendor: str
    product: str
    driver: str
    device: str

    @property
    def place(self) -> str:
        """What stays over a replug, as `port` in the config takes it: usb:1-1.4:2."""
        return f"usb:{self.usb_path}:{self.interface}"

    def is_same_place(self, other: UsbSerial) -> bool:
        """True for the same interface of the same kind of device in the same socket."""
        return (self.place, self.vendor, self.product) == (other.place, other.vendor, other.product)


def serial_ports(sysfs: Path = SYSFS, dev: Path = DEV) -> tuple[UsbSerial, ...]:
    """Every serial port of a USB device, by place; cheap enough to be asked twice a second."""
    try:
        names = os.listdir(sysfs / "class/tty")
    except OSError:
        return ()
    found = (_described(name, sysfs, dev) for name in names)
    return tuple(sorted((port for port in found if port), key=lambda port: (port.usb_path, port.interface)))


def _described(name: str, sysfs: Path, dev: Path) -> UsbSerial | None:
    link = f"{sysfs}/class/tty/{name}"
    try:
        if "/usb" not in os.readlink(link):
            return None
    except OSError:
        return None
    device = Path(os.path.realpath(f"{link}/device"))
    # A usb-serial port lies one folder below its interface, a CDC-ACM port is the interface itself.
    interface = next(
        (folder for folder in (device, device.parent) if _holds(folder, "bInterfaceNumber")), None
    )
    if interface is None:
        return None
    owner = interface.parent
    try:
        return UsbSerial(
            usb_path=owner.name,
            interface=int(_text(interface / "bInterfaceNumber"), 16),
            vendor=_text(owner / "idVendor").lower(),
            product=_text(owner / "idProduct").lower(),
            driver=os.path.basename(os.path.realpath(interface / "driver")),
            device=str(dev / name),
        )
    except (OSError, ValueError):
        return None  # unplugged between two looks


def _holds(folder: Path, name: str) -> bool:
    return (folder / name).exists()


def _text(path: Path) -> str:
    return path.read_text(encoding="ascii").strip()
