"""Many stories at a time: each mostly waits for its modem, so one after the other would take an hour."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest

AT_A_TIME = 6

Case = TypeVar("Case")
Story = TypeVar("Story")


@contextmanager
def told(
    request: pytest.FixtureRequest, name: str, folder: Path, tell: Callable[[Path, Any], Story]
) -> Iterator[Mapping[Any, Future[Story]]]:
    """The stories of all cases that this run asks for, by the value of the parameter `name`."""
    chosen = {
        item.callspec.params[name]: None
        for item in request.session.items
        if isinstance(item, pytest.Function)
        and item.module is request.module
        and name in getattr(getattr(item, "callspec", None), "params", {})
    }
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        yield {
            case: pool.submit(tell, folder / f"story-{number}", case) for number, case in enumerate(chosen)
        }
        pool.shutdown(cancel_futures=True)
