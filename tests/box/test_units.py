"""The units, rules and examples in systemd/, judged by the tools that will read them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from modem.reset import ANSWERS, REQUESTS, Kind
from tests.box.boxes import TOP

pytestmark = pytest.mark.box

SYSTEMD = TOP / "systemd"
SERVICES = ("aftercall-worker.service", "aftercall-web.service", "aftercall-usb-reset.service")
STARTERS = ("aftercall-web.socket", "aftercall-usb-reset.path")
RULES = SYSTEMD / "70-aftercall-modem.rules"


def _run(*command: str, cwd: Path = SYSTEMD) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("unit", SERVICES)
def test_exposure_is_at_most_one_of_ten(unit: str) -> None:
    judged = _run("systemd-analyze", "security", "--offline=true", "--threshold=10", f"./{unit}")

    assert judged.returncode == 0, judged.stdout[-300:]


def test_units_are_valid(tmp_path: Path) -> None:
    """Verified with a program that exists: the shipped path is only there on a box."""
    for unit in (*SERVICES, *STARTERS):
        text = (SYSTEMD / unit).read_text()
        (tmp_path / unit).write_text(re.sub(r"/opt/aftercall/current/venv/bin/\w+", "/bin/true", text))

    judged = _run(
        "systemd-analyze",
        "verify",
        *(f"./{unit}" for unit in (*SERVICES, *STARTERS)),
        cwd=tmp_path,
    )

    assert (judged.returncode, judged.stderr) == (0, "")


@pytest.mark.parametrize(
    ("unit", "line"),
    [
        ("aftercall-worker.service", "Type=notify"),
        ("aftercall-worker.service", "WatchdogSec=60"),
        ("aftercall-worker.service", "Restart=always"),
        ("aftercall-worker.service", "StartLimitIntervalSec=0"),
        ("aftercall-web.service", "StartLimitIntervalSec=0"),
        ("aftercall-worker.service", "PrivateNetwork=yes"),
        ("aftercall-web.service", "PrivateNetwork=yes"),
        ("aftercall-web.service", "PrivateDevices=yes"),
        ("aftercall-worker.service", "Wants=aftercall-usb-reset.path"),
        ("aftercall-usb-reset.path", "PartOf=aftercall-worker.service"),
        ("aftercall-usb-reset.service", "Type=oneshot"),
        ("aftercall-usb-reset.service", "CapabilityBoundingSet="),
        ("aftercall-usb-reset.service", "PrivateNetwork=yes"),
        ("aftercall-web.socket", "IPAddressDeny=any"),
        ("aftercall-web.socket", "IPAddressAllow=localhost"),
        ("aftercall-web.socket", "ListenStream=127.0.0.1:8080"),
    ],
)
def test_what_a_unit_promises(unit: str, line: str) -> None:
    assert line in (SYSTEMD / unit).read_text().splitlines()


def test_the_worker_sees_the_boot_id() -> None:
    """It tells a reboot from a crash by it; ProcSubset=pid would hide it."""
    assert not re.search(r"^ProcSubset=", (SYSTEMD / SERVICES[0]).read_text(), flags=re.MULTILINE)


def test_users_and_folders_are_made(tmp_path: Path) -> None:
    for kind in ("sysusers", "tmpfiles"):
        target = tmp_path / f"etc/{kind}.d/aftercall.conf"
        target.parent.mkdir(parents=True)
        shutil.copy(SYSTEMD / f"aftercall.{kind}.conf", target)

    made = _run("systemd-sysusers", f"--root={tmp_path}", "aftercall.conf")
    assert made.returncode == 0, made.stderr
    passwd = dict(line.split(":", 1) for line in (tmp_path / "etc/passwd").read_text().splitlines())
    groups = {
        line.split(":")[0]: line.split(":")[3] for line in (tmp_path / "etc/group").read_text().splitlines()
    }

    assert {"aftercall-worker", "aftercall-web"} <= passwd.keys()
    assert all(passwd[name].endswith("/usr/sbin/nologin") for name in ("aftercall-worker", "aftercall-web"))
    assert set(groups["aftercall"].split(",")) == {"aftercall-worker", "aftercall-web"}
    assert groups["aftercall-feed"] == "aftercall-worker"
    assert groups["dialout"] == "aftercall-worker"


def test_folders_have_their_rights() -> None:
    listed = {}
    for line in (SYSTEMD / "aftercall.tmpfiles.conf").read_text().splitlines():
        if line.startswith("d "):
            _, path, mode, user, group, _ = line.split()
            listed[path] = (mode, user, group)

    assert listed["/var/lib/aftercall"] == ("2770", "aftercall-worker", "aftercall")
    assert listed["/var/spool/aftercall/cad"] == ("2770", "aftercall-worker", "aftercall-feed")
    assert listed["/run/aftercall"] == ("2770", "aftercall-worker", "aftercall")
    assert listed["/run/aftercall/usb-reset"] == ("2770", "aftercall-worker", "root")


def test_services_may_write_only_where_folders_are_made() -> None:
    made = set(re.findall(r"^d (\S+)", (SYSTEMD / "aftercall.tmpfiles.conf").read_text(), flags=re.MULTILINE))
    for unit in SERVICES:
        wanted = re.findall(r"^ReadWritePaths=(.*)$", (SYSTEMD / unit).read_text(), flags=re.MULTILINE)

        assert {path for path in wanted[0].split() if not path.startswith("/sys/")} <= made


def test_usb_resets_are_asked_for_and_answered_where_both_sides_look() -> None:
    path = (SYSTEMD / "aftercall-usb-reset.path").read_text()
    service = (SYSTEMD / "aftercall-usb-reset.service").read_text()

    watched = re.findall(r"^PathExistsGlob=(.*)$", path, flags=re.MULTILINE)

    assert watched == [f"{REQUESTS}/{kind}-*" for kind in Kind]
    assert re.findall(r"^ReadWritePaths=(.*)$", service, flags=re.MULTILINE) == [f"{REQUESTS} /sys/devices"]
    assert re.findall(r"^RuntimeDirectory=(.*)$", service, flags=re.MULTILINE) == [ANSWERS.name]
    assert ANSWERS.parent == Path("/run")


def test_root_without_capabilities_may_enter_the_folder_of_requests() -> None:
    """The folder is root's by its group, the one above by the group the unit adds."""
    lines = (SYSTEMD / "aftercall-usb-reset.service").read_text().splitlines()

    assert not any(line.startswith(("User=", "Group=")) for line in lines)
    assert "SupplementaryGroups=aftercall" in lines


def test_the_program_of_a_usb_reset_starts() -> None:
    """With the options of the unit; on a machine that is no box it says what is missing and ends."""
    unit = (SYSTEMD / "aftercall-usb-reset.service").read_text()
    options = re.findall(r"^ExecStart=\S+/python (.*)$", unit, flags=re.MULTILINE)[0].split()

    ran = _run(sys.executable, *options, cwd=Path("/"))

    assert ran.returncode == 0 or ran.stderr.startswith("no USB reset: "), ran.stderr


# ---- udev


def _profiled_ports() -> set[tuple[str, str, str]]:
    profiles = tomllib.loads((TOP / "modem/profiles.toml").read_text())
    found: set[tuple[str, str, str]] = set()

    def walk(value: object) -> None:
        if isinstance(value, dict):
            if {"vendor", "product", "interface"} <= value.keys():
                found.add((value["vendor"], value["product"], f"{value['interface']:02x}"))
            for item in value.values():
                walk(item)
        elif isinstance(value, list):
            for item in value:
                walk(item)

    walk(profiles)
    return found


def test_udev_knows_the_modems_that_the_program_knows() -> None:
    pattern = re.compile(
        r'ENV\{ID_VENDOR_ID\}=="(\w+)", ENV\{ID_MODEL_ID\}=="([\w|]+)", ENV\{ID_USB_INTERFACE_NUM\}=="(\w+)"'
    )
    ruled = {
        (vendor, product, interface)
        for vendor, products, interface in pattern.findall(RULES.read_text())
        for product in products.split("|")
    }

    assert ruled == _profiled_ports()


def test_udev_rules_are_well_formed() -> None:
    """systemd 252 has no `udevadm verify`; where a later one has it, it judges too."""
    token = r'[A-Z_]+(\{[\w/]+\})?\s*(==|!=|\+=|:=|=)\s*"[^"]*"'
    lines = [line for line in RULES.read_text().splitlines() if line and not line.startswith("#")]
    labels = set(re.findall(r'LABEL="(\w+)"', RULES.read_text()))

    assert [line for line in lines if not re.fullmatch(rf"{token}(, {token})*", line)] == []
    assert set(re.findall(r'GOTO="(\w+)"', RULES.read_text())) <= labels
    if "verify" in _run("udevadm", "--help").stdout:
        assert _run("udevadm", "verify", str(RULES)).returncode == 0


@pytest.mark.parametrize(
    "part",
    [
        'ENV{ID_MM_DEVICE_IGNORE}="1"',
        'ATTR{power/control}="on"',
        'GROUP="dialout"',
        'SYMLINK+="aftercall/modem-',
    ],
)
def test_udev_rules_do_their_four_jobs(part: str) -> None:
    assert part in RULES.read_text()


# ---- firewall, scripts


def test_the_firewall_example_loads() -> None:
    apart = "-n" if os.geteuid() == 0 else "-rn"
    loaded = _run("unshare", apart, "nft", "-f", "nftables-example.conf")

    assert (loaded.returncode, loaded.stderr) == (0, "")


def test_the_firewall_example_denies_by_default() -> None:
    text = (SYSTEMD / "nftables-example.conf").read_text()

    assert len(re.findall(r"hook (input|forward|output) .*policy drop;", text)) == 3


@pytest.mark.parametrize("script", ["install.sh", "tests/run", ".ci/run", "systemd/aftercall.command"])
def test_shellcheck_finds_nothing(script: str) -> None:
    judged = _run("shellcheck", script, cwd=TOP)

    assert (judged.returncode, judged.stdout) == (0, "")
