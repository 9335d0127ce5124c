"""The pages in a real browser: no complaint, no violation, no mouse needed, nothing wider than a phone."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from appliance import clock
from appliance.domain.records import AlarmLevel
from appliance.store import alarms, database, switches
from appliance.store import models as t
from appliance.store.accounts import Role
from tests.browser.conftest import OpenDesk, wait_until
from tests.web import seed

pytestmark = pytest.mark.browser

PAGES = (
    "/", "/calls", "/calls/26-41101", "/calls?outcome=failed&call_id=none", "/texts", "/replies", "/alarms",
    "/hold", "/report", "/report?from=2020-01-01&to=2020-01-31", "/report?from=x", "/accounts", "/password",
    "/wall", "/nowhere",
)  # fmt: skip
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}


def violations(page: Page) -> list[str]:
    """What axe finds against WCAG 2.1 A and AA: rule and places."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{v['id']}: {[node['target'] for node in v['nodes'][:3]]}" for v in found]


def set_hold(on: bool) -> None:
    with database.connection(), database.transaction():
        if on:
            switches.hold("sample drill", "sample-admin", clock.now())
        else:
            switches.release("sample-admin", clock.now())


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_no_page_has_a_violation_or_is_too_wide(desk: OpenDesk, width: int, scheme: str) -> None:
    here = desk(width, scheme)
    found: dict[str, object] = {}

    def look(path: str, page: Page) -> None:
        bad = violations(page)
        wide = page.evaluate("document.documentElement.scrollWidth")
        if bad or wide > width:
            found[path] = (bad, wide)

    look("/login", here.open("/login"))
    here.log_in(Role.ADMIN)
    for path in PAGES:
        look(path, here.open(path))
    set_hold(True)
    look("/hold, held", here.open("/hold"))
    set_hold(False)
    page = here.open("/accounts")
    for opener in page.locator("summary").all():
        opener.click()
    look("/accounts, unfolded", page)
    if width == 360:
        page = here.open("/")
        page.click("#menu")
        look("/, menu", page)
    assert found == {}
    assert [c for c in here.complaints if "404" not in c and "422" not in c] == []


def test_the_log_in_says_what_is_wrong_and_stays_usable(desk: OpenDesk) -> None:
    here = desk()
    page = here.open("/login")
    page.fill("#name", "nobody")
    page.fill("#password", "not the passphrase")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").last).to_contain_text("Name or password is not right.")
    assert violations(page) == []


def press_to(page: Page, words: str) -> None:
    """Tabs until the thing with these words has the focus, as somebody without a mouse does."""
    for _ in range(60):
        page.keyboard.press("Tab")
        here = page.evaluate(
            "(e => (e.labels?.length ? e.labels[0] : e).innerText.trim())(document.activeElement)"
        )
        if here == words:
            style = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert style != "none", f"nobody sees that {words!r} has the focus"
            return
    raise AssertionError(f"{words!r} is not reached by Tab")


def test_a_shift_without_a_mouse(desk: OpenDesk) -> None:
    here = desk()
    page = here.open("/login")
    press_to(page, "Name")
    page.keyboard.type(seed.PEOPLE[Role.SUPERVISOR])
    press_to(page, "Password")
    page.keyboard.type(seed.PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{here.site.url}/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.goto(f"{here.site.url}/calls")
    press_to(page, "Hold")
    page.keyboard.press("Enter")
    page.wait_for_url("**/hold")
    press_to(page, "Reason")
    page.keyboard.type("sample drill by keyboard")
    press_to(page, "Hold sending")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Sending is on hold")).to_be_visible()
    expect(page.locator("#status")).to_contain_text("sample drill by keyboard")
    press_to(page, "Release: let sending go on")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Sending runs")).to_be_visible()
    assert here.complaints == []


def test_hostile_texts_stay_words(desk: OpenDesk) -> None:
    payloads = [
        seed.HOSTILE,
        "</bdi></td></table><script>alert(1)</script>",
        '"><svg/onload=alert(1)>',
        "<a href=javascript:alert(1)>x</a>",
        "<style>*{display:none}</style>",
        "<meta http-equiv=refresh content=0;url=https://example.org>",
        "<form action=https://example.org><button>x</button></form>",
        "{{ config }} {% raw %} ${7*7} #{7*7}",
        "\u202e" * 30 + "x" + "\u0301" * 300,
        "A" * 1600,
    ]
    with database.connection(), database.transaction():
        for n, text in enumerate(payloads):
            made = seed.reply(seed.number(40 + n), text, clock.now() + n, "other")
            alarms.raise_alarm(
                "amber_text",
                AlarmLevel.AMBER,
                f"number:{40 + n}",
                clock.now(),
                number_id=seed.number(40 + n),
                reply_id=made.id,
            )
    here = desk(360)
    here.log_in(Role.SUPERVISOR)
    for path in ("/", "/replies", "/alarms"):
        page = here.open(path)
        assert (
            page.evaluate(
                "document.querySelectorAll('.said *, #live script, #live iframe, #live style').length"
            )
            == 0
        )
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert page.url.startswith(here.site.url)
    assert here.complaints == []


def test_an_alarm_reaches_every_open_page_and_the_wall(desk: OpenDesk) -> None:
    with database.connection(), database.transaction():
        t.Alarm.update(closed_at=1, closed_by="x", outcome="no_danger").where(
            t.Alarm.closed_at.is_null()
        ).execute()
    open_page, left_alone, wall = desk(), desk(), desk()
    page = open_page.log_in(Role.SUPERVISOR)
    page.goto(f"{open_page.site.url}/report")
    left = left_alone.log_in(Role.VIEWER)
    left.goto(f"{left_alone.site.url}/replies")
    with database.connection(), database.transaction():
        t.Session.delete().where(
            t.Session.account == t.Account.get(t.Account.name == "sample-viewer").id
        ).execute()
    on_wall = wall.open("/wall")
    expect(on_wall.locator("#wall-big")).to_have_text("No alarm")
    expect(left.locator("#main")).to_contain_text("You are logged out", timeout=8000)
    assert left.locator("table").count() == 0
    with database.connection(), database.transaction():
        red = seed.reply(seed.number(77), "help me", clock.now(), "emergency", alarm="red")
        alarms.raise_alarm(
            "red_text", AlarmLevel.RED, "number:77", clock.now(), number_id=seed.number(77), reply_id=red.id
        )
    expect(page.locator(".alarm-bar")).to_contain_text("reads as an emergency", timeout=5000)
    expect(on_wall.locator("#wall-big")).to_have_text("ALARM", timeout=5000)
    expect(left).to_have_title("(1) ! Replies · Aftercall", timeout=5000)
    assert "help me" not in left.content() and "help me" not in on_wall.content()
    page.get_by_role("button", name="Acknowledge").first.click()
    page.wait_for_url("**/alarms?done=acknowledged")
    expect(on_wall.locator("#wall-big")).to_have_text("Alarm seen, not closed", timeout=5000)
    page.get_by_label("What was done").first.select_option("called_back")
    page.get_by_role("button", name="Close").first.click()
    expect(page.locator("main")).to_contain_text("The alarm is closed.")
    expect(on_wall.locator("#wall-big")).to_have_text("No alarm", timeout=5000)
    assert open_page.complaints == [] and wall.complaints == []


def test_the_alarm_sounds_once_somebody_has_touched_the_page(desk: OpenDesk) -> None:
    here = desk()
    here.log_in(Role.SUPERVISOR)
    page = here.open("/calls")
    page.evaluate(
        """() => {
            window.heard = 0;
            const start = OscillatorNode.prototype.start;
            OscillatorNode.prototype.start = function (at) {
                window.heard += 1;
                return start.call(this, at);
            };
        }"""
    )
    page.click("h1")
    with database.connection(), database.transaction():
        alarms.raise_alarm("red_text", AlarmLevel.RED, "number:78", clock.now(), number_id=seed.number(78))
    wait_until(lambda: page.evaluate("window.heard") >= 3, "the alarm's sound")
    with database.connection(), database.transaction():
        t.Alarm.update(acknowledged_at=clock.now(), acknowledged_by="x").execute()
    expect(page.locator(".alarm-bar.is-new")).to_have_count(0, timeout=8000)
    expect(page).to_have_title("Calls · Aftercall")
    before, since = page.evaluate("[window.heard, performance.now()]")
    wait_until(
        lambda: page.evaluate("performance.now()") > since + 3000, "longer than a pause between two tones"
    )
    assert page.evaluate("window.heard") == before


def test_a_new_call_appears_without_a_reload(desk: OpenDesk) -> None:
    here = desk()
    here.log_in(Role.VIEWER)
    page = here.open("/calls")
    with database.connection(), database.transaction():
        seed.incident("26-99001", clock.now(), number=seed.number(9), call_type="LIVE SAMPLE")
    expect(page.get_by_role("link", name="26-99001")).to_be_visible(timeout=8000)
    assert here.complaints == []


def test_without_scripts_everything_is_still_there(desk: OpenDesk) -> None:
    here = desk(360, "dark", java_script_enabled=False)
    page = here.log_in(Role.SUPERVISOR)
    expect(page.get_by_role("link", name="Replies", exact=True)).to_be_visible()
    page.get_by_role("link", name="Hold", exact=True).click()
    page.fill("#reason", "sample drill without scripts")
    page.get_by_role("button", name="Hold sending").click()
    expect(page.get_by_role("heading", name="Sending is on hold")).to_be_visible()
    page.get_by_role("button", name="Release").click()
    expect(page.get_by_role("heading", name="Sending runs")).to_be_visible()
    expect(page.locator("body")).to_have_css("background-color", "rgb(14, 20, 27)")


def test_a_page_that_lost_the_box_says_so(desk: OpenDesk) -> None:
    here = desk()
    here.log_in(Role.VIEWER)
    page = here.open("/texts")
    page.route("**/api/status.json*", lambda route: route.abort())
    page.route("**/texts", lambda route: route.abort())
    expect(page.locator("#lost")).to_contain_text("No connection to the box.", timeout=20000)


def test_nothing_is_loaded_from_elsewhere(desk: OpenDesk) -> None:
    here = desk()
    asked: list[str] = []
    here.page.on("request", lambda request: asked.append(request.url))
    here.log_in(Role.ADMIN)
    for path in PAGES:
        here.open(path)
    assert [url for url in asked if not url.startswith((here.site.url, "data:"))] == []
    assert any(url.endswith("bootstrap.min.css") for url in asked)
