"""These tests need Debian's packages and real seconds: only `make peers`, which names it, runs them."""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leaves the folder out unless it, or a file in it, was asked for by name."""
    asked = [(config.invocation_params.dir / each.partition("::")[0]).resolve() for each in config.args]
    if any(each == HERE or HERE in each.parents for each in asked):
        return None
    return True if HERE in collection_path.resolve().parents else None
