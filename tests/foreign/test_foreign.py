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

KNOWN: dict[str, str] = {
    "unplugged_while_a_reply_is_listed": "a claimed text stays in hand when hearing fails before it is sent",
    "resets_itself_and_says_nothing": "a reset is not heard from the echo that comes back",
    "resets_itself_silently_in_pdu_mode": "a reset is not heard from the echo that comes back",
    "resets_itself_silently_without_echo": "text mode is found after ten minutes only",
    "dead_port_in_mid_send": "a link that leads elsewhere is not looked at while a result is waited for",
    "mute_until_it_is_reset": "a mute modem is reset after two minutes only",
    "tells_less_of_itself_after_a_replug": "a card that does not tell its serial number again is a stranger",
    "lags_behind_its_announcements": "an announced text that is not there yet is found half a minute later",
    "four_indications": "a modem without the fifth parameter of +CNMI gets no receipts",
}
"""What the product does not do yet, and why."""

pytestmark = [pytest.mark.xdist_group("foreign"), pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def playing(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Future[None]]]:
    """Every chosen scene, started."""
    nodes = [item.nodeid for item in request.session.items]
    chosen = [name for name in ALL if any(node.partition("@")[0].endswith(f"[{name}]") for node in nodes)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {name: pool.submit(ALL[name], tmp_path_factory.mktemp(name[:20])) for name in chosen}


def _case(name: str) -> object:
    marks = [pytest.mark.xfail(reason=KNOWN[name], raises=AssertionError)] if name in KNOWN else []
    return pytest.param(name, marks=marks)


@pytest.mark.parametrize("name", [_case(name) for name in ALL])
def test_foreign(name: str, playing: dict[str, Future[None]]) -> None:
    playing[name].result()
