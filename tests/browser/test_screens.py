"""The pages in a real browser: a shift at them, alarms on all of them, and nothing that jumps."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from appliance import clock
from appliance.domain.records import AlarmLevel
from appliance.store import alarms, database, sessions
from appliance.store import models as t
from appliance.store.accounts import Role
from tests.browser.conftest import OpenDesk, set_hold, wait_until
from tests.browser.look import violations
from tests.web import seed

pytestmark = pytest.mark.browser


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
    here.sign_in(Role.SUPERVISOR)
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


def close_all_alarms() -> None:
    with database.connection(), database.transaction():
        t.Alarm.update(closed_at=1, closed_by="x", outcome="no_danger").where(
            t.Alarm.closed_at.is_null()
        ).execute()


def raise_red(number: int, text: str) -> None:
    with database.connection(), database.transaction():
        red = seed.reply(seed.number(number), text, clock.now(), "emergency", alarm="red")
        alarms.raise_alarm(
            "red_text",
            AlarmLevel.RED,
            f"number:{number}",
            clock.now(),
            number_id=seed.number(number),
            reply_id=red.id,
        )


def test_an_alarm_reaches_every_open_page_and_the_wall(desk: OpenDesk) -> None:
    close_all_alarms()
    open_page, left_alone, lost_way, wall = desk(), desk(), desk(), desk()
    open_page.sign_in(Role.SUPERVISOR)
    page = open_page.open("/report")
    forgotten = left_alone.sign_in(Role.VIEWER)
    left = left_alone.open("/replies")
    nowhere = lost_way.open("/nowhere")
    on_wall = wall.open("/wall")
    expect(on_wall.locator("#wall-big")).to_have_text("No alarm")
    with database.connection(), database.transaction():
        sessions.end(forgotten)
    expect(left.locator("#main")).to_contain_text("You are logged out", timeout=8000)
    assert left.locator("table").count() == 0
    raise_red(77, "help me")
    expect(page.locator(".alarm-bar")).to_contain_text("reads as an emergency", timeout=5000)
    expect(on_wall.locator("#wall-big")).to_have_text("ALARM", timeout=5000)
    expect(left).to_have_title("(1) ! Replies · Aftercall", timeout=5000)
    for blind in (left, nowhere):
        expect(blind.get_by_role("alert").last).to_contain_text("Emergency alarm.", timeout=5000)
    assert not [seen for seen in (left, nowhere, on_wall) if "help me" in seen.content()]
    page.get_by_role("button", name="Acknowledge").first.click()
    page.wait_for_url("**/alarms?done=acknowledged")
    expect(on_wall.locator("#wall-big")).to_have_text("Alarm seen, not closed", timeout=5000)
    page.get_by_label("What was done").first.select_option("called_back")
    page.get_by_role("button", name="Close").first.click()
    expect(page.locator("main")).to_contain_text("The alarm is closed.")
    expect(on_wall.locator("#wall-big")).to_have_text("No alarm", timeout=5000)
    assert open_page.complaints == [] and wall.complaints == []


def test_an_alarm_stays_in_sight_down_a_long_page(desk: OpenDesk) -> None:
    close_all_alarms()
    pages: list[tuple[Page, int]] = []
    for width in (1280, 360):
        here = desk(width)
        here.sign_in(Role.VIEWER)
        page = here.open("/calls")
        page.evaluate("window.scrollTo(0, 1200)")
        pages.append((page, page.evaluate("window.scrollY")))
    raise_red(60, "help me")
    for page, down in pages:
        expect(page.locator(".alarm-bar strong")).to_be_in_viewport(timeout=5000)
        assert page.evaluate("window.scrollY") >= down > 900
    close_all_alarms()


def test_the_alarm_sounds_once_somebody_has_touched_the_page(desk: OpenDesk) -> None:
    here = desk()
    here.sign_in(Role.SUPERVISOR)
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


def figure(page: Page, name: str) -> int:
    """A number of the overview by the words beside it."""
    row = page.locator(f"tr:has(th:text-is('{name}')) td.num, div:has(> dt:text-is('{name}')) dd").first
    return int(row.inner_text())


def seen_at(token: str) -> int:
    with database.connection():
        found = sessions.check(token, clock.now())
        assert found is not None
        return int(t.Session.get(t.Session.account == found.account_id).seen_at)


def test_the_overview_moves_while_one_looks_and_nothing_jumps(desk: OpenDesk) -> None:
    here = desk()
    with database.connection(), database.transaction():
        t.Session.delete().execute()
    token = here.sign_in(Role.VIEWER)
    page = here.open("/")
    names = ("Calls", "Started", "Texts sent", "Replies received")
    before = {name: figure(page, name) for name in names}
    answers = int(page.locator(".questions tbody tr:first-child td.num").last.inner_text())
    opened_at = seen_at(token)
    held = page.get_by_role("link", name="26-42001").first
    held.focus()
    held.evaluate("link => { link.closest('li').isTheSame = true; }")
    page.evaluate("window.scrollTo(0, 350)")
    now = clock.now()
    with database.connection(), database.transaction():
        row = seed.incident("26-99101", now, number=seed.number(9), call_type="LIVE SAMPLE", closed_at=now)
        asked = seed.event(row, "survey", now, "send", "allowed", 1)
        talk = t.Conversation.create(
            incident=row.id, number=row.number_id, event=asked.id, policy=1, script="caller", language="en",
            state="open", opened_at=now, expires_at=now + 1000,
        )  # fmt: skip
        seed.message(row, "q_overall", "asked", "delivered", now, 1, event=asked.id, conversation=talk.id)
        said = seed.reply(
            row.number_id, "5", now, "answer", question="overall", score=5, conversation=talk.id
        )
        t.Answer.create(conversation=talk.id, question="overall", score=5, text="5", reply=said.id, at=now)
    expect(page.get_by_role("link", name="26-99101").first).to_be_visible(timeout=8000)
    wait_until(lambda: figure(page, "Replies received") > before["Replies received"], "the figures moving")
    assert {name: figure(page, name) - before[name] for name in names} == dict.fromkeys(names, 1)
    assert int(page.locator(".questions tbody tr:first-child td.num").last.inner_text()) == answers + 1
    assert page.evaluate("document.activeElement.innerText") == "26-42001"
    assert page.evaluate("document.activeElement.closest('li').isTheSame")
    assert page.evaluate("window.scrollY") == 350
    assert seen_at(token) == opened_at, "a page that polls must not count as a person"
    assert here.complaints == []


def test_a_choice_half_made_outlives_the_next_alarm(desk: OpenDesk) -> None:
    close_all_alarms()
    raise_red(81, "help me")
    here = desk()
    here.sign_in(Role.SUPERVISOR)
    page = here.open("/alarms")
    chosen = page.get_by_label("What was done").first
    chosen.select_option("unit_sent")
    chosen.focus()
    with database.connection(), database.transaction():
        alarms.raise_alarm(
            "amber_text", AlarmLevel.AMBER, "number:82", clock.now(), number_id=seed.number(82)
        )
    expect(page.locator("article")).to_have_count(2, timeout=8000)
    assert page.evaluate("document.activeElement.value") == "unit_sent"
    page.get_by_role("button", name="Close").first.click()
    expect(page.locator("main")).to_contain_text("The alarm is closed.")
    close_all_alarms()


def test_a_hold_is_read_on_every_open_page(desk: OpenDesk) -> None:
    here = desk()
    here.sign_in(Role.VIEWER)
    page = here.open("/report")
    expect(page.locator(".hold-bar")).to_have_count(0)
    set_hold(True)
    expect(page.locator(".hold-bar")).to_contain_text("Sending is on hold: sample drill", timeout=5000)
    set_hold(False)
    expect(page.locator(".hold-bar")).to_have_count(0, timeout=5000)


def test_without_scripts_everything_is_still_there(desk: OpenDesk) -> None:
    here = desk(360, "dark", java_script_enabled=False)
    page = here.open("/login")
    page.fill("#name", seed.PEOPLE[Role.SUPERVISOR])
    page.fill("#password", seed.PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url(f"{here.site.url}/")
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
    here.sign_in(Role.VIEWER)
    here.page.clock.install()
    page = here.open("/texts")
    expect(page.locator("#lost")).to_be_hidden()
    page.route("**/api/status.json*", lambda route: route.abort())
    page.route("**/texts", lambda route: route.abort())
    page.clock.fast_forward(11_000)
    expect(page.locator("#lost")).to_contain_text("No connection to the box.")
    page.unroute_all()
    expect(page.locator("#lost")).to_be_hidden(timeout=8000)
