"""One bundle and one installed box for all tests here; each test works on its own copy."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.box.boxes import NEXT_VERSION, TOP, Box, rewrite_manifest


def _bundle(output: Path, *options: str) -> Path:
    command = [sys.executable, str(TOP / ".ci/bundle.py"), "--output", str(output), *options]
    subprocess.run(command, check=True, capture_output=True, text=True)
    (tarball,) = output.glob("aftercall-*.tar.gz")
    # The program people unpack it with; Debian 12's Python knows no safe way of its own.
    subprocess.run(["tar", "xzf", str(tarball), "-C", str(output)], check=True)
    tarball.unlink()
    (folder,) = output.iterdir()
    return folder


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle of this source tree, unpacked, in a folder with a space in its name."""
    return _bundle(tmp_path_factory.mktemp("usb stick"))


@pytest.fixture(scope="session")
def next_bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same program under a later version, with one more line in the example configuration."""
    folder = _bundle(tmp_path_factory.mktemp("next stick"), "--version", NEXT_VERSION)
    with (folder / "config.example.toml").open("a", encoding="utf-8") as example:
        example.write("# one more comment\n")
    rewrite_manifest(folder)
    return folder


@pytest.fixture(scope="session")
def first_installation(
    bundle: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Box, subprocess.CompletedProcess[str]]:
    """A box installed once, and what the installer said."""
    box = Box(tmp_path_factory.mktemp("first box"))
    done = box.install(bundle)
    assert done.returncode == 0, done.stdout + done.stderr
    return box, done


@pytest.fixture(scope="session")
def first_box(first_installation: tuple[Box, subprocess.CompletedProcess[str]]) -> Box:
    """A box installed once; read it, do not change it."""
    return first_installation[0]


@pytest.fixture
def box(first_box: Box, tmp_path: Path) -> Box:
    """A copy of the installed box, to be changed at will."""
    root = tmp_path / "a box"
    shutil.copytree(first_box.root, root, symlinks=True)
    if os.geteuid() == 0:
        for source in first_box.root.rglob("*"):
            owner = source.lstat()
            os.chown(
                root / source.relative_to(first_box.root), owner.st_uid, owner.st_gid, follow_symlinks=False
            )
    return Box(root)
