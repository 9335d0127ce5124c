"""The root side of a USB reset as its unit runs it: without a capability, between real modes and owners."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from modem.reset import Kind
from tests.box.boxes import TOP

pytestmark = pytest.mark.box

WORKER, GROUP = 31_001, 31_002
MODEM = "1-1.4"

SERVE = """
import sys
from pathlib import Path
from modem.reset_root import Box, run_program, serve

top = Path(sys.argv[1])
serve(
    Box(
        requests=top / "run/aftercall/usb-reset",
        answers=top / "run/aftercall-usb-reset",
        service_user=int(sys.argv[2]),
        rest=lambda seconds: None,
        run=run_program,
        sysfs=top / "sys",
        udev_database=top / "udev",
        uhubctl=(top / "uhubctl",),
    )
)
"""


def _folder(path: Path, mode: int, user: int, group: int) -> None:
    path.mkdir(parents=True)
    os.chown(path, user, group)
    path.chmod(mode)


def _box(top: Path) -> None:
    _folder(top / "run/aftercall", 0o2770, WORKER, GROUP)
    _folder(top / "run/aftercall/usb-reset", 0o2770, WORKER, 0)
    _folder(top / "run/aftercall-usb-reset", 0o755, 0, 0)
    device = top / "sys/devices/usb1" / MODEM
    device.mkdir(parents=True)
    for name, value in {
        "idVendor": "2c7c",
        "idProduct": "0125",
        "bDeviceClass": "00",
        "dev": "189:7",
    }.items():
        (device / name).write_text(value)
    (device / "authorized").write_text("?")
    (top / "sys/bus/usb/devices").mkdir(parents=True)
    (top / "sys/bus/usb/devices" / MODEM).symlink_to(device)
    (top / "uhubctl").write_text("#!/bin/sh\necho Sent power off request; echo Sent power on request\n")
    (top / "uhubctl").chmod(0o755)


def _ask(top: Path, kind: Kind) -> None:
    """As the worker does: its own user, its own umask."""
    request = top / f"run/aftercall/usb-reset/{kind}-{MODEM}"
    request.write_text(f"{MODEM}\n")
    os.chown(request, WORKER, -1)
    request.chmod(0o660)


@pytest.mark.parametrize("kind", Kind)
def test_root_without_capabilities_takes_and_answers_a_request(tmp_path: Path, kind: Kind) -> None:
    if os.geteuid() != 0:
        return  # only root can lay out what belongs to others
    _box(tmp_path)
    _ask(tmp_path, kind)
    bare = ["setpriv", "--bounding-set=-all", "--inh-caps=-all", f"--groups={GROUP}", "--no-new-privs"]

    ran = subprocess.run(
        [*bare, sys.executable, "-B", "-c", SERVE, str(tmp_path), str(WORKER)],
        cwd=TOP,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ran.returncode, ran.stderr) == (0, "")
    answer = tmp_path / f"run/aftercall-usb-reset/{kind}-{MODEM}"
    assert answer.read_text().startswith("done ")
    assert answer.stat().st_mode & 0o777 == 0o644
    assert list((tmp_path / "run/aftercall/usb-reset").iterdir()) == []
