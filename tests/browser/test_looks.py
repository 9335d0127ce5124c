"""Every page and its states: no WCAG violation, nothing wider than a phone, no complaint of the browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from appliance import clock
from appliance.store import database, heartbeats, pairings, sims
from appliance.store import models as t
from appliance.store.accounts import Role
from tests.browser.conftest import OpenDesk, set_hold
from tests.browser.look import Look
from tests.web import seed

pytestmark = pytest.mark.browser

PAGES = (
    "/", "/calls", "/calls/26-41101", "/calls?outcome=failed&call_id=none", "/texts", "/replies", "/alarms",
    "/hold", "/report", "/report?from=2020-01-01&to=2020-01-31", "/report?from=x", "/accounts", "/password",
    "/wall", "/nowhere", "/system", "/policy",
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


def test_the_auditor_s_page_reads_well_empty_refused_and_filled(desk: OpenDesk) -> None:
    here = desk(reduced_motion="reduce")
    here.sign_in(Role.AUDITOR)
    look = Look(here.page)
    page = here.open("/reasons?call_id=26-41101")
    look.at("/reasons")
    page.fill("[name=reason]", "records request 12")
    for password, name in (("not this one", "refused"), (seed.PASSWORD, "filled")):
        page.fill("[name=password]", password)
        page.click("main button[type=submit]")
        look.at(f"/reasons, {name}")
    assert page.locator("ol.story li").count() > 0
    assert look.found == {}


TROUBLED = {
    "state": "ready", "registered": True, "registration": "packet_only", "signal": -107, "sim": "sample-new",
    "model": "EC25", "operator": "Sample Mobile", "centre": "", "ims": "off", "voice": "refused",
    "storage_used": 20, "storage_total": 20, "resets": {"restart": 3},
    "last_failure": {"class": "account", "sentence": "The carrier bars texts.", "at": 0},
}  # fmt: skip


def test_a_modem_in_every_trouble_is_shown_to_all_and_confirmed_in_place(desk: OpenDesk) -> None:
    now = clock.now()
    with database.connection(), database.transaction():
        for sim in ("sample-old", "sample-new"):
            sims.meet(sim, now)
            pairings.check("main", "001010123456789", sim, now)
        heartbeats.beat("modem:main", "ready", now, TROUBLED)
    try:
        here = desk(reduced_motion="reduce")
        here.sign_in(Role.ADMIN)
        page = here.open("/system")
        look = Look(here.page)
        look.at("/system, in trouble")
        assert look.found == {}
        page.get_by_role("button", name="Confirm: it belongs here main").click()
        expect(page.get_by_role("status").last).to_contain_text("it belongs here")
        expect(page.locator("#modem-main")).to_be_visible()
        expect(page.get_by_role("button", name="Confirm: it belongs here main")).to_have_count(0)
        assert here.complaints == []
    finally:
        with database.connection(), database.transaction():
            t.Pairing.delete().execute()
            seed.signs_of_life(clock.now())
