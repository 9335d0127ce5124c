"""A migrated database in a folder of the test's own, with this thread connected."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.store import database, policies


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "aftercall.db"
    database.migrate(path)
    policies.forget_loaded()
    with database.connection():
        yield path
    database.disconnect()
