"""A USB reset from both sides: a folder that looks like /sys, the worker who asks, root who acts."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from modem.reset import KIND_OF, Answer, Kind, UsbResets
from modem.reset_root import Box, Refused, run_program, serve
from modem.rungs import Outcome, Rung

MODEM = "1-1.4"
QUECTEL = ("2c7c", "0125")

CYCLED = "Sent power off request\nNew status for hub 1-1\nSent power on request\n"
NO_SMART_HUB = "No compatible devices detected at location 1-1!\nRun with -h to get usage info.\n"


@dataclass
class World:
    """A box with a USB bus, and what was done on it."""

    folder: Path
    uhubctl_says: list[tuple[int, str]] = field(default_factory=lambda: [(0, CYCLED)])
    written: list[str] = field(default_factory=list)
    ran: list[list[str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.sysfs = self.folder / "sys"
        for name in ("sys/bus/usb/devices", "requests", "answers", "udev", "sbin"):
            (self.folder / name).mkdir(parents=True)
        (self.folder / "sbin/uhubctl").touch()
        self.box = Box(
            requests=self.folder / "requests",
            answers=self.folder / "answers",
            service_user=os.getuid(),
            rest=self.rest,
            run=self.run,
            sysfs=self.sysfs,
            udev_database=self.folder / "udev",
            uhubctl=(self.folder / "sbin/none", self.folder / "sbin/uhubctl"),
        )

    def plug(self, usb_path: str, model: tuple[str, str] = QUECTEL, device_class: str = "00") -> Path:
        device = self.sysfs / "devices/platform/usb1" / usb_path
        device.mkdir(parents=True)
        attributes = {
            **{"idVendor": model[0], "idProduct": model[1], "bDeviceClass": device_class},
            **{"dev": "189:7", "devnum": "8", "authorized": "1"},
        }
        for name, value in attributes.items():
            (device / name).write_text(f"{value}\n")
        (self.sysfs / "bus/usb/devices" / usb_path).symlink_to(device)
        return device

    def rest(self, seconds: float) -> None:
        """The two seconds of root: what stands in `authorized` meanwhile."""
        self.written += [
            f"{switch.parent.name} {switch.read_text().strip()} for {seconds:g}"
            for switch in sorted(self.sysfs.glob("devices/platform/usb1/*/authorized"))
            if switch.read_text().strip() != "1"
        ]

    def run(self, command: Sequence[str], within: float) -> tuple[int, str]:
        assert within < 20
        self.ran.append(list(command[1:]))
        return self.uhubctl_says[min(len(self.ran), len(self.uhubctl_says)) - 1]

    def ask(self, kind: Kind = Kind.AUTHORISE, usb_path: str = MODEM) -> Answer:
        """The worker asks; the root side is started while it waits."""
        time = iter(range(10_000))
        return UsbResets(self.box.requests, self.box.answers).carry_out(
            kind, usb_path, rest=lambda _: serve(self.box), monotonic=lambda: float(next(time))
        )

    @property
    def untouched(self) -> bool:
        """Whether nothing was switched, and no request lies there any more."""
        return not self.written and not self.ran and not list(self.box.requests.glob("[ap]*"))


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path)
    made.plug(MODEM)
    return made


# ---- what is done


def test_a_modem_is_taken_off_the_bus_for_two_seconds_and_put_back(world: World) -> None:
    answer = world.ask()
    assert answer == Answer(Outcome.DONE, "The modem was taken off the USB bus and put back.")
    assert world.written == [f"{MODEM} 0 for 2"]
    switch = world.sysfs / "bus/usb/devices" / MODEM / "authorized"
    assert switch.read_text().startswith("1")


def test_a_modem_is_put_back_whatever_happens_meanwhile(world: World) -> None:
    def struck(_: float) -> None:
        raise OSError(5, "Input/output error")

    (world.box.requests / f"authorise-{MODEM}").write_text(MODEM)
    serve(replace(world.box, rest=struck))
    assert (world.box.answers / f"authorise-{MODEM}").read_text().startswith("unsure The USB reset failed")
    assert (world.sysfs / "bus/usb/devices" / MODEM / "authorized").read_text().startswith("1")


def test_a_second_answer_is_not_taken_for_the_first(world: World) -> None:
    assert world.ask().outcome is Outcome.DONE
    (world.sysfs / "bus/usb/devices" / MODEM).unlink()
    assert world.ask().outcome is Outcome.IMPOSSIBLE


def test_two_modems_may_ask_at_once(world: World) -> None:
    world.plug("2-1")
    for usb_path in (MODEM, "2-1"):
        (world.box.requests / f"authorise-{usb_path}").write_text(f"{usb_path}\n")
    serve(world.box)
    assert sorted(path.name for path in world.box.answers.iterdir()) == ["authorise-1-1.4", "authorise-2-1"]
    assert len(world.written) == 2


UHUBCTL = [
    pytest.param(MODEM, [(0, CYCLED)], Outcome.DONE, ["-S -l 1-1 -p 4 -a cycle -d 2"], id="on a hub"),
    pytest.param(
        "1-1.2.3", [(0, CYCLED)], Outcome.DONE, ["-S -l 1-1.2 -p 3 -a cycle -d 2"], id="on the next"
    ),
    pytest.param("2-1", [(0, CYCLED)], Outcome.DONE, ["-S -l 2 -p 1 -a cycle -d 2"], id="on the root hub"),
    pytest.param(
        MODEM, [(1, NO_SMART_HUB)], Outcome.IMPOSSIBLE, ["-S -l 1-1 -p 4 -a cycle -d 2"], id="no such switch"
    ),
    pytest.param(
        MODEM,
        [(-1, "Sent power off request\n"), (0, "")],
        Outcome.UNSURE,
        ["-S -l 1-1 -p 4 -a cycle -d 2", "-S -l 1-1 -p 4 -a on"],
        id="stuck in between",
    ),
    pytest.param("1-1.12", [(0, CYCLED)], Outcome.IMPOSSIBLE, [], id="a port of two digits"),
]


@pytest.mark.parametrize(("usb_path", "says", "outcome", "ran"), UHUBCTL)
def test_the_power_of_a_hub_port(
    world: World, usb_path: str, says: list[tuple[int, str]], outcome: Outcome, ran: list[str]
) -> None:
    if usb_path != MODEM:
        world.plug(usb_path)
    world.uhubctl_says = says
    assert world.ask(Kind.POWER, usb_path).outcome is outcome
    assert [" ".join(command) for command in world.ran] == ran


def test_without_uhubctl_there_is_no_power_to_switch(world: World) -> None:
    (world.folder / "sbin/uhubctl").unlink()
    answer = world.ask(Kind.POWER)
    assert (answer.outcome, world.ran) == (Outcome.IMPOSSIBLE, [])
    assert "uhubctl is not installed" in answer.sentence


def test_a_program_is_heard_and_stopped_when_it_takes_too_long() -> None:
    assert run_program(["/bin/sh", "-c", "echo said; echo so >&2; exit 3"], 5.0) == (3, "said\nso\n")
    assert run_program(["/bin/sh", "-c", "echo begun; exec tail -f /dev/null"], 0.2) == (-1, "begun\n")
    assert run_program(["/no/such/program"], 5.0)[0] == 127


# ---- what is refused


def _hub(world: World) -> None:
    world.plug("1-1", device_class="09")
    (world.box.requests / "authorise-1-1").write_text("1-1\n")


def _stranger(world: World) -> None:
    world.plug("1-1.3", model=("0bda", "8153"))
    (world.box.requests / "authorise-1-1.3").write_text("1-1.3\n")


def _nothing_there(world: World) -> None:
    (world.box.requests / "authorise-1-1.9").write_text("1-1.9\n")


def _leads_out_of_sysfs(world: World) -> None:
    outside = world.folder / "1-7"
    os.rename(world.sysfs / "devices/platform/usb1" / MODEM, outside)
    (world.sysfs / "bus/usb/devices/1-7").symlink_to(outside)
    (world.box.requests / "authorise-1-7").write_text("1-7\n")


def _other_path_inside(world: World) -> None:
    (world.box.requests / "authorise-1-1.3").write_text(f"{MODEM}\n")


def _more_than_a_path(world: World) -> None:
    (world.box.requests / f"authorise-{MODEM}").write_text(f"{MODEM}\n{MODEM}\n")


def _too_long(world: World) -> None:
    (world.box.requests / f"authorise-{MODEM}").write_text(MODEM + " " * 100)


def _no_ascii(world: World) -> None:
    (world.box.requests / f"authorise-{MODEM}").write_bytes(b"\xff\xfe")


def _climbs(world: World) -> None:
    (world.box.requests / "authorise-..").write_text("..\n")


def _other_name(world: World) -> None:
    (world.box.requests / f"authorise-{MODEM} ").write_text(f"{MODEM}\n")


def _link(world: World) -> None:
    (world.folder / "elsewhere").write_text(f"{MODEM}\n")
    (world.box.requests / f"authorise-{MODEM}").symlink_to(world.folder / "elsewhere")


def _second_name_of_a_file(world: World) -> None:
    (world.folder / "elsewhere").write_text(f"{MODEM}\n")
    os.link(world.folder / "elsewhere", world.box.requests / f"authorise-{MODEM}")


def _pipe(world: World) -> None:
    os.mkfifo(world.box.requests / f"authorise-{MODEM}")


def _socket(world: World) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        folder = os.open(world.box.requests, os.O_RDONLY)
        listener.bind(f"/proc/self/fd/{folder}/authorise-{MODEM}")
        os.close(folder)


def _folder(world: World) -> None:
    (world.box.requests / f"authorise-{MODEM}").mkdir()


@pytest.mark.parametrize(
    "harm",
    [
        *(_hub, _stranger, _nothing_there, _leads_out_of_sysfs, _other_path_inside, _more_than_a_path),
        *(_too_long, _no_ascii, _climbs, _other_name, _link, _second_name_of_a_file, _pipe, _socket, _folder),
    ],
)
def test_what_root_refuses(world: World, harm: Callable[[World], None]) -> None:
    harm(world)
    serve(world.box)
    assert world.untouched
    assert all(path.read_text().startswith("impossible ") for path in world.box.answers.iterdir())


def test_a_folder_of_another_user_is_refused(world: World) -> None:
    (world.box.requests / f"authorise-{MODEM}").write_text(f"{MODEM}\n")
    with pytest.raises(Refused, match="is not the service user's"):
        serve(replace(world.box, service_user=os.getuid() + 1))
    assert not world.written


def test_a_file_of_another_user_is_refused(world: World) -> None:
    if os.geteuid() != 0:
        return  # only root can give a file away
    request = world.box.requests / f"authorise-{MODEM}"
    request.write_text(f"{MODEM}\n")
    os.chown(request, os.getuid() + 1, -1)
    serve(world.box)
    assert world.untouched


def test_a_folder_that_is_a_link_is_refused(world: World) -> None:
    (world.folder / "link").symlink_to(world.box.requests)
    with pytest.raises(OSError):
        serve(replace(world.box, requests=world.folder / "link"))


def test_what_is_no_request_is_left_alone(world: World) -> None:
    for name in (".authorise-1-1.4", "notes"):
        (world.box.requests / name).write_text(MODEM)
    serve(world.box)
    assert {path.name for path in world.box.requests.iterdir()} == {".authorise-1-1.4", "notes"}
    assert world.untouched
    assert list(world.box.answers.iterdir()) == []


def test_a_modem_that_only_a_local_udev_rule_knows_is_reset(world: World) -> None:
    world.plug("1-1.3", model=("0bda", "8153"))
    (world.folder / "udev/c189:7").write_text("I:12345\nE:ID_BUS=usb\nE:AFTERCALL_MODEM=1\nG:systemd\n")
    assert world.ask(usb_path="1-1.3").outcome is Outcome.DONE


# ---- the asking side


def test_nothing_but_a_usb_path_is_asked_for(world: World) -> None:
    for usb_path in ("usb1", "1-1.4\n", "../1-1", "1-1.4 ", "", "1-1:1.0", "1-1.4.4.4.4.4.4.4"):
        with pytest.raises(ValueError, match="is not a USB path"):
            world.ask(usb_path=usb_path)
    assert list(world.box.requests.iterdir()) == []


def test_a_box_without_the_folder_cannot_do_it(world: World) -> None:
    resets = UsbResets(world.folder / "none", world.box.answers)
    answer = resets.carry_out(Kind.POWER, MODEM, rest=lambda _: None, monotonic=lambda: 0.0)
    assert answer.outcome is Outcome.IMPOSSIBLE
    assert "not set up on this box" in answer.sentence


def test_a_request_that_nobody_takes_is_taken_back(world: World) -> None:
    time = iter(range(1000))
    resets = UsbResets(world.box.requests, world.box.answers)
    answer = resets.carry_out(Kind.AUTHORISE, MODEM, rest=lambda _: None, monotonic=lambda: float(next(time)))
    assert (answer.outcome, next(time)) == (Outcome.IMPOSSIBLE, 11), "after ten seconds"
    assert list(world.box.requests.iterdir()) == []


def test_a_request_that_was_taken_and_never_answered_may_have_been_done(world: World) -> None:
    time = iter(range(1000))
    taken = world.box.requests / f"authorise-{MODEM}"
    resets = UsbResets(world.box.requests, world.box.answers)
    answer = resets.carry_out(
        Kind.AUTHORISE,
        MODEM,
        rest=lambda _: taken.unlink(missing_ok=True),
        monotonic=lambda: float(next(time)),
    )
    assert answer.outcome is Outcome.UNSURE
    assert next(time) > 40


def test_the_two_rungs_that_need_root_have_a_kind() -> None:
    assert KIND_OF == {Rung.USB_AUTHORISE: Kind.AUTHORISE, Rung.HUB_POWER: Kind.POWER}
