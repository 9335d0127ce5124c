"""The real worker at modems and networks that were written from the standards and from nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from tests.foreign import faults, replies, sending, walks

AT_ONCE = 20
"""Scenes played side by side: they wait far more than they work."""

# The slowest first, so that none of them is waited for at the end.
ALL = {**faults.SCENES, **sending.SCENES, **walks.SCENES, **replies.SCENES}

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def playing(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Future[None]]]:
    """Every chosen scene, started."""
    nodes = [item.nodeid for item in request.session.items]
    chosen = [name for name in ALL if any(node.endswith(f"[{name}]") for node in nodes)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {name: pool.submit(ALL[name], tmp_path_factory.mktemp(name[:20])) for name in chosen}


@pytest.mark.parametrize("name", ALL)
def test_foreign(name: str, playing: dict[str, Future[None]]) -> None:
    playing[name].result()
