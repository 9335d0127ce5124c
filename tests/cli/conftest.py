"""Boxes of a test's own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.boxes import Box


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Box]:
    """A folder with nothing but a config.toml."""
    box = Box(tmp_path)
    yield box
    box.close()


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A box as `init` and `policy import` leave it, made once: copying it is faster."""
    box = Box(tmp_path_factory.mktemp("sample"))
    box.set_up()
    return box.folder


@pytest.fixture
def box(bare: Box, sample: Path) -> Box:
    """A box that is set up: `init` and a policy under which nothing waits."""
    for name in ("data", "feeds"):
        shutil.copytree(sample / name, bare.folder / name)
    return bare
