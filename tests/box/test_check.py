"""`install.sh --check`: one line a test, exit 0 good, 1 a problem."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.box.boxes import Box

TESTS = [
    "system",
    "machine",
    "python",
    "venv",
    "disk",
    "data",
    "memory",
    "clock",
    "modemmanager",
    "modem",
    "port",
]


def _lines(text: str) -> dict[str, str]:
    return {line.split()[1]: line for line in text.splitlines() if line.split()[0] in ("ok", "note", "FAIL")}


def test_before_installation(bundle: Path, tmp_path: Path) -> None:
    checked = Box(tmp_path).run(bundle / "install.sh", "--check")

    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert list(_lines(checked.stdout)) == [*TESTS, "program"]


def test_after_installation(box: Box) -> None:
    (box.root / "etc").mkdir(exist_ok=True)
    (box.root / "etc/passwd").write_text(
        "aftercall-worker:x:990:990::/:/bin/false\naftercall-web:x:991:991::/:/bin/false\n"
    )
    before = box.tree()

    checked = box.own("--check")

    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "all files as installed" in _lines(checked.stdout)["program"]
    assert "can be read" in _lines(checked.stdout)["config"]
    assert box.tree() == before


def _break_config(box: Box) -> None:
    box.config.write_text("mode = 'loud'\n")


def _lose_config(box: Box) -> None:
    box.config.unlink()


def _change_program(box: Box) -> None:
    (box.current / "requirements.lock").write_text("changed\n")


def _open_without_tls(box: Box) -> None:
    drop_in = box.root / "etc/systemd/system/aftercall-web.socket.d/address.conf"
    drop_in.parent.mkdir()
    drop_in.write_text("[Socket]\nListenStream=\nListenStream=0.0.0.0:8443\n")


def _lose_user(box: Box) -> None:
    (box.root / "etc/passwd").write_text("root:x:0:0::/root:/bin/sh\n")


@pytest.mark.parametrize(
    ("harm", "line", "said"),
    [
        pytest.param(_break_config, "config", "mode", id="configuration wrong"),
        pytest.param(_lose_config, "config", "is missing", id="configuration gone"),
        pytest.param(_change_program, "program", "files were changed", id="program changed"),
        pytest.param(_open_without_tls, "tls", "0.0.0.0:8443", id="open without a certificate"),
        pytest.param(_lose_user, "user", "is missing", id="user gone"),
    ],
)
def test_a_problem_is_named_and_counts(box: Box, harm: object, line: str, said: str) -> None:
    assert callable(harm)
    harm(box)

    checked = box.own("--check")

    assert checked.returncode == 1
    assert _lines(checked.stdout)[line].startswith("FAIL")
    assert said in _lines(checked.stdout)[line]
