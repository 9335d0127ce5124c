"""The root side of a USB reset: takes the requests that lie there, acts on known modems only, answers, ends.

Whoever takes the worker over can write requests. So nothing in a request is believed: its folder and file
must be the worker's own and no link, it holds one USB path, and at that path there must be a modem that a
profile or the udev rule knows, never a hub. All that can be had by it is that this modem starts anew.
"""

from __future__ import annotations

import logging
import os
import pwd
import re
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from modem.profiles import shipped
from modem.reset import ANSWERS, REQUESTS, USB_PATH, Answer, Kind
from modem.rungs import Outcome
from modem.usb import SYSFS

SERVICE_USER = "aftercall-worker"
UDEV_DATABASE = Path("/run/udev/data")
UHUBCTL = (Path("/usr/sbin/uhubctl"), Path("/usr/bin/uhubctl"))
OFF_FOR = 2.0
"""Seconds without the device, or its power: hub-ctrl.c#23 saw a modem recover after two."""
SWITCHED_WITHIN = 15.0
HUB_CLASS = 9  # bDeviceClass, USB 2.0 11.23.1
LONGEST = 64
MOST = 8

_NAME = re.compile(f"({'|'.join(Kind)})-({USB_PATH.pattern})")

log = logging.getLogger(__name__)

Run = Callable[[Sequence[str], float], tuple[int, str]]


class Refused(Exception):
    """A request that is not followed, and why."""


@dataclass(frozen=True, slots=True)
class Box:
    """What the root side touches; a test gives it another one."""

    requests: Path
    answers: Path
    service_user: int
    rest: Callable[[float], object]
    run: Run
    sysfs: Path = SYSFS
    udev_database: Path = UDEV_DATABASE
    uhubctl: Sequence[Path] = UHUBCTL


def serve(box: Box) -> None:
    """Follows or refuses every request that lies there, each once, and leaves an answer to each."""
    for name, content in _taken(box):
        try:
            kind, usb_path = _request_in(name, content)
            device = _modem_at(box, usb_path)
        except Refused as refusal:
            answer = Answer(Outcome.IMPOSSIBLE, f"The USB reset was refused: {refusal}.")
        else:
            answer = _authorise(box, device) if kind is Kind.AUTHORISE else _switch_power(box, usb_path)
        log.info("%s: %s", ascii(name), answer.sentence)
        if _NAME.fullmatch(name):
            _leave(box, name, answer)


# ---- requests ----------------------------------------------------------------------------------------


def _taken(box: Box) -> Iterator[tuple[str, bytes | None]]:
    """Each request's name and content, None where the file may not be read; it is removed first."""
    folder = os.open(box.requests, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        if os.fstat(folder).st_uid != box.service_user:
            raise Refused(f"{box.requests} is not the service user's")
        names = [name for name in sorted(os.listdir(folder)) if name.startswith(tuple(f"{k}-" for k in Kind))]
        for name in names[:MOST]:
            content = _read(folder, name, box.service_user)
            _remove(folder, name)
            yield name, content
    finally:
        os.close(folder)


def _read(folder: int, name: str, owner: int) -> bytes | None:
    # Without waiting: a pipe in the place of a file would hold us up for ever.
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        file = os.open(name, flags, dir_fd=folder)
    except OSError:
        return None
    try:
        found = os.fstat(file)
        is_ours = stat.S_ISREG(found.st_mode) and found.st_uid == owner and found.st_nlink == 1
        return os.read(file, LONGEST + 1) if is_ours and found.st_size <= LONGEST else None
    finally:
        os.close(file)


def _remove(folder: int, name: str) -> None:
    # Left where it is, it would start this program again and again.
    try:
        os.unlink(name, dir_fd=folder)
    except IsADirectoryError:
        with suppress(OSError):
            os.rmdir(name, dir_fd=folder)
    except FileNotFoundError:
        return  # withdrawn meanwhile


def _request_in(name: str, content: bytes | None) -> tuple[Kind, str]:
    named = _NAME.fullmatch(name)
    if named is None:
        raise Refused("its name is not one of a request")
    if content is None:
        raise Refused("it is not a small file of the service user")
    if content.removesuffix(b"\n") != named[2].encode("ascii"):
        raise Refused("it does not hold the USB path of its name")
    return Kind(named[1]), named[2]


# ---- devices -----------------------------------------------------------------------------------------


def _modem_at(box: Box, usb_path: str) -> Path:
    """The device's folder in sysfs; raises Refused for what is not there, a hub, or no modem we know."""
    device = Path(os.path.realpath(box.sysfs / "bus/usb/devices" / usb_path))
    if device.name != usb_path or not device.is_relative_to(box.sysfs.resolve() / "devices"):
        raise Refused("there is no such USB device")
    try:
        if int(_attribute(device, "bDeviceClass"), 16) == HUB_CLASS:
            raise Refused("a hub is at that place")
        model = (_attribute(device, "idVendor").lower(), _attribute(device, "idProduct").lower())
        number = _attribute(device, "dev")
    except (OSError, ValueError) as error:
        raise Refused("there is no such USB device") from error
    profiled = {(port.vendor, port.product) for profile in shipped() for port in profile.usb}
    if model not in profiled and not _is_marked(box, number):
        raise Refused("no modem that is known is at that place")
    return device


def _is_marked(box: Box, number: str) -> bool:
    """Whether a udev rule, ours or a local one, calls the device with this number a modem."""
    try:
        entry = (box.udev_database / f"c{number}").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return "E:AFTERCALL_MODEM=1" in entry.splitlines()


def _attribute(device: Path, name: str) -> str:
    return (device / name).read_text(encoding="ascii").strip()


# ---- acts --------------------------------------------------------------------------------------------


def _authorise(box: Box, device: Path) -> Answer:
    """Off the bus for two seconds; unlike a disabled port, it always comes back (5gmodem#25)."""
    switch = device / "authorized"
    try:
        try:
            _write(switch, "0")
            box.rest(OFF_FOR)
        finally:
            _write(switch, "1")
    except OSError as error:
        return Answer(Outcome.UNSURE, f"The USB reset failed: {error.strerror}.")
    return Answer(Outcome.DONE, "The modem was taken off the USB bus and put back.")


def _write(switch: Path, value: str) -> None:
    file = os.open(switch, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        os.write(file, value.encode("ascii"))
    finally:
        os.close(file)


def _switch_power(box: Box, usb_path: str) -> Answer:
    """The power of its hub port off for two seconds, where the hub switches single ports."""
    program = next((path for path in box.uhubctl if path.is_file()), None)
    if program is None:
        return Answer(Outcome.IMPOSSIBLE, "uhubctl is not installed, so no USB power can be switched.")
    hub, port = _hub_of(usb_path)
    if len(port) > 1:
        # Some versions of uhubctl read 12 as the ports 1 and 2.
        return Answer(Outcome.IMPOSSIBLE, "Only the first nine ports of a hub are switched.")
    # -S: by the hub's own switch. From Linux 6.0 on uhubctl disables the port instead (5gmodem#25).
    command = [str(program), "-S", "-l", hub, "-p", port]
    status, said = box.run([*command, "-a", "cycle", "-d", f"{OFF_FOR:.0f}"], SWITCHED_WITHIN)
    # Where the hub has no switch for each port, or does not exist, uhubctl says so before it acts.
    sent = [f"Sent power {way} request" in said for way in ("off", "on")]
    if status == 0 and all(sent):
        return Answer(Outcome.DONE, "The modem's USB power was switched off and on.")
    if not any(sent) and status > 0:
        return Answer(Outcome.IMPOSSIBLE, f"The hub {hub} does not switch the power of single ports.")
    box.run([*command, "-a", "on"], SWITCHED_WITHIN)
    return Answer(Outcome.UNSURE, f"uhubctl did not end well ({status}); the power was switched on again.")


def _hub_of(usb_path: str) -> tuple[str, str]:
    """The hub as uhubctl names it, and the port: 1-1.4 is port 4 of 1-1, and 1-1 port 1 of root hub 1."""
    hub, dot, port = usb_path.rpartition(".")
    if dot:
        return hub, port
    bus, _, port = usb_path.partition("-")
    return bus, port


# ---- answers, process --------------------------------------------------------------------------------


def _leave(box: Box, name: str, answer: Answer) -> None:
    unseen = box.answers / f".{name}"
    unseen.write_text(f"{answer.outcome} {answer.sentence}\n", encoding="utf-8")
    unseen.chmod(0o644)  # for the worker; nothing in it is secret
    unseen.replace(box.answers / name)


def run_program(command: Sequence[str], within: float) -> tuple[int, str]:
    """Exit status (-1: it took too long) and all it said."""
    try:
        done = subprocess.run(  # noqa: S603
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=within,
            env={"LC_ALL": "C"},
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        return -1, (late.stdout or b"").decode("utf-8", "replace")
    except OSError as error:
        return 127, str(error)
    return done.returncode, done.stdout.decode("utf-8", "replace")


def main() -> int:
    logging.basicConfig(format="%(message)s", level=logging.INFO)
    # Held back until the end: a modem that was taken off the bus must be put back. A wait still ends by it.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    try:
        serve(
            Box(
                requests=REQUESTS,
                answers=ANSWERS,
                service_user=pwd.getpwnam(SERVICE_USER).pw_uid,
                rest=lambda seconds: signal.sigtimedwait({signal.SIGTERM}, seconds),
                run=run_program,
            )
        )
    except (Refused, OSError, KeyError) as error:
        log.error("no USB reset: %s", error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
