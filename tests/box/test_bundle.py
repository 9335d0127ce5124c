"""What an offline bundle holds, and that the locks can be trusted."""

from __future__ import annotations

import re
import subprocess
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.box.boxes import TOP

LOCKS = ("requirements.lock", "requirements-test.lock")


def _pinned(lock: str) -> dict[str, str]:
    """Package name to version, of a lock file."""
    text = (TOP / lock).read_text()
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+) \\$", text, flags=re.MULTILINE))


def _named(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found is not None
    return re.sub(r"[-_.]+", "-", found.group()).lower()


def test_it_holds_what_an_installation_needs(bundle: Path) -> None:
    names = {path.name for path in bundle.iterdir()}

    wanted = (
        "BUNDLE LICENSE MANIFEST.sha256 config.example.toml docs install.sh requirements.lock systemd wheels"
    )
    assert names == set(wanted.split())
    assert {"install.md", "configuration.md", "policy.md", "codes.md", "on-shift.md"} == {
        path.name for path in (bundle / "docs").iterdir()
    }


def test_the_manifest_covers_every_file(bundle: Path) -> None:
    done = subprocess.run(["sha256sum", "--quiet", "--check", "MANIFEST.sha256"], cwd=bundle, check=False)
    listed = {line.split("  ", 1)[1] for line in (bundle / "MANIFEST.sha256").read_text().splitlines()}
    there = {str(path.relative_to(bundle)) for path in bundle.rglob("*") if path.is_file()}

    assert done.returncode == 0
    assert there - listed == {"MANIFEST.sha256"}


def test_every_locked_package_has_a_wheel(bundle: Path) -> None:
    wheels = {_named(path.name.split("-")[0]) for path in (bundle / "wheels").iterdir()}

    assert wheels == {*_pinned("requirements.lock"), "aftercall"}


@pytest.mark.parametrize("package", ["appliance", "modem", "web"])
def test_the_wheel_holds_every_source_and_data_file(bundle: Path, package: str) -> None:
    with zipfile.ZipFile(next((bundle / "wheels").glob("aftercall-*.whl"))) as wheel:
        packed = set(wheel.namelist())
    source = {
        str(path.relative_to(TOP))
        for path in (TOP / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    assert source - packed == set()


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_index_and_no_machine(lock: str) -> None:
    text = (TOP / lock).read_text()

    assert not re.search(r"https?:|file://|--index|--extra-index|--find-links|(?<![a-z])/", text)
    entries = re.findall(r"^[a-z0-9-]+==.*(?:\n    .*)+", text, flags=re.MULTILINE)
    assert len(entries) == len(_pinned(lock))
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


def test_the_locks_follow_pyproject() -> None:
    project = tomllib.loads((TOP / "pyproject.toml").read_text())
    runtime = {_named(item) for item in project["project"]["dependencies"]}
    build = {_named(item) for item in project["build-system"]["requires"]}
    test = {_named(item) for item in project["project"]["optional-dependencies"]["test"]}

    assert runtime - _pinned("requirements.lock").keys() == set()
    assert (runtime | test | build) - _pinned("requirements-test.lock").keys() == set()


def test_tests_run_with_the_versions_that_ship() -> None:
    assert _pinned("requirements.lock").items() <= _pinned("requirements-test.lock").items()
