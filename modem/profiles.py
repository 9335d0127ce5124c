"""Reads profiles.toml and picks the entry for a modem."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

AUTO = "auto"


@dataclass(frozen=True, slots=True)
class UsbPort:
    """Which interface of a USB modem takes commands; vendor and product in lower-case hexadecimal."""

    vendor: str
    product: str
    interface: int


@dataclass(frozen=True, slots=True)
class Profile:
    """What differs for one family; the fields are explained at the top of profiles.toml."""

    name: str
    source: str
    proven: bool
    makers: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    init: tuple[str, ...] = ()
    reports: tuple[int, ...] = (1, 2, 0)
    storages: tuple[str, ...] = ("SM", "ME", "MT")
    iccid: tuple[str, ...] = ()
    look_again: tuple[str, ...] = ()
    carrier: tuple[str, ...] = ()
    restart: tuple[str, ...] = ("AT+CFUN=1,1",)
    prompt_pause: float = 0.0
    noise: tuple[str, ...] = ()
    usb: tuple[UsbPort, ...] = ()

    def fits(self, maker: str, model: str) -> bool:
        """True where both answers match; an empty list of patterns matches everything."""
        return _any_in(self.makers, maker) and _any_in(self.models, model)


@cache
def shipped() -> tuple[Profile, ...]:
    """The profiles of profiles.toml, in its order; the last one fits every modem."""
    text = resources.files("modem").joinpath("profiles.toml").read_text(encoding="utf-8")
    return tuple(_profile(entry) for entry in tomllib.loads(text)["profile"])


def choose(setting: str, maker: str, model: str) -> Profile:
    """The profile named by the setting, or with "auto" the first that fits.

    Raises ValueError for a name that profiles.toml does not have.
    """
    if setting == AUTO:
        return next(profile for profile in shipped() if profile.fits(maker, model))
    for profile in shipped():
        if profile.name == setting:
            return profile
    names = ", ".join(profile.name for profile in shipped())
    raise ValueError(f"there is no modem profile {setting!r}; use auto or one of {names}")


def command_interface(vendor: str, product: str) -> int | None:
    """The interface that takes commands on this USB device, where one of the profiles knows it."""
    ports = (port for profile in shipped() for port in profile.usb)
    return next((p.interface for p in ports if (p.vendor, p.product) == (vendor, product)), None)


def is_modem_maker(vendor: str) -> bool:
    """True where a profile knows a modem of this USB vendor."""
    return any(port.vendor == vendor for profile in shipped() for port in profile.usb)


def _any_in(patterns: tuple[str, ...], text: str) -> bool:
    return not patterns or any(re.search(pattern, text, re.IGNORECASE) for pattern in patterns)


def _profile(entry: dict[str, object]) -> Profile:
    values = {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}
    ports = entry.get("usb", [])
    if isinstance(ports, list):
        values["usb"] = tuple(UsbPort(**port) for port in ports)
    return Profile(**values)  # type: ignore[arg-type]  # the file's types are checked by its test
