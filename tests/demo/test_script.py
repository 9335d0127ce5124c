"""The demo's residents: who they are not."""

from __future__ import annotations

from appliance.demo.script import AREAS, number
from appliance.demo.stage import MODEM_NUMBER


def test_nobody_in_the_demo_has_the_modems_own_number() -> None:
    everybody = {number(place) for place in range(len(AREAS) * 100)}
    assert len(everybody) == len(AREAS) * 100
    assert MODEM_NUMBER not in everybody
