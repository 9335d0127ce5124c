"""Every page and its states: no WCAG violation, nothing wider than a phone, no complaint of the browser."""

from __future__ import annotations

import pytest

from appliance.store.accounts import Role
from tests.browser.conftest import OpenDesk, set_hold
from tests.browser.look import Look

pytestmark = pytest.mark.browser

PAGES = (
    "/", "/calls", "/calls/26-41101", "/calls?outcome=failed&call_id=none", "/texts", "/replies", "/alarms",
    "/hold", "/report", "/report?from=2020-01-01&to=2020-01-31", "/report?from=x", "/accounts", "/password",
    "/wall", "/nowhere",
)  # fmt: skip


@pytest.mark.parametrize("paths", [PAGES[:5], PAGES[5:10], PAGES[10:]], ids=["lists", "acts", "rest"])
def test_no_page_has_a_violation_or_is_too_wide(desk: OpenDesk, paths: tuple[str, ...]) -> None:
    # Colours that are still on their way from light to dark would be measured in between.
    here = desk(reduced_motion="reduce")
    here.sign_in(Role.ADMIN)
    look = Look(here.page)
    for path in paths:
        here.open(path)
        look.at(path)
    assert look.found == {}
    assert [c for c in here.complaints if "404" not in c and "422" not in c] == []
    assert any(url.endswith("bootstrap.min.css") for url in here.asked)


def test_no_state_of_a_page_has_a_violation_or_is_too_wide(desk: OpenDesk) -> None:
    here = desk(reduced_motion="reduce")
    look = Look(here.page)
    here.open("/login")
    look.at("/login")
    here.sign_in(Role.ADMIN)
    set_hold(True)
    here.open("/hold")
    look.at("/hold, held")
    set_hold(False)
    page = here.open("/accounts")
    for opener in page.locator("summary").all():
        opener.click()
    look.at("/accounts, unfolded")
    page.click("#menu")
    look.at("/accounts, menu")
    assert look.found == {}
    assert here.complaints == []
