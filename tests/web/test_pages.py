"""What the pages say, full and empty."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from appliance import clock
from appliance.clock import MINUTE
from appliance.store import database, heartbeats, policies
from appliance.store import models as t
from appliance.store.accounts import Role
from tests.web import seed
from tests.web.conftest import Browser, Login, signed_in
from web.access import POLL
from web.app import create_app

LISTS = ("/", "/calls", "/texts", "/replies", "/alarms", "/report")


@pytest.fixture
def new_box(tmp_path: Path) -> Browser:
    """Installed a minute ago: accounts and a policy, and nothing else."""
    config = seed.config(tmp_path)
    database.migrate(config.storage.path)
    policies.forget_loaded()
    with database.connection():
        seed.people(clock.now())
        seed.policy(clock.now())
    return signed_in(create_app(config), Role.SUPERVISOR)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/", "Check the feed in the bar above"),
        ("/calls", "as soon as the CAD feed brings the first one"),
        ("/texts", "Call types are enabled in the policy"),
        ("/replies", "within seconds of a resident"),
        ("/alarms", "Test the sound"),
        ("/report", "No calls in this period."),
        ("/calls?outcome=failed", "Clear the filter"),
        ("/texts?state=failed", "Clear the filter"),
        ("/replies?kind=stop", "Clear the filter"),
    ],
)
def test_an_empty_page_says_the_next_step(new_box: Browser, path: str, said: str) -> None:
    answer = new_box.get(path)
    assert answer.status_code == 200
    assert said in answer.text
    assert "start the worker" in answer.text


def test_no_score_is_shown_from_too_few_answers(new_box: Browser) -> None:
    now = clock.now()
    with database.connection(), database.transaction():
        row = seed.incident("26-1", now - 60 * MINUTE, number=seed.number(1), closed_at=now)
        asked = seed.event(row, "survey", now, "send", "allowed", 1)
        talk = t.Conversation.create(
            incident=row.id, number=row.number_id, event=asked.id, policy=1, script="caller", language="en",
            state="completed", opened_at=now, expires_at=now,
        )  # fmt: skip
        t.Answer.create(conversation=talk.id, question="overall", score=1, at=now)
    for path in ("/", "/report"):
        page = new_box.get(path).text
        assert "1 answer so far. A score is shown from 10 answers on" in page
        assert "too few answers to show" in page
        assert "1.0" not in page


def test_the_report_tells_questions_of_other_kinds_and_what_was_cut_off(login: Login) -> None:
    browser = login(Role.VIEWER)
    with database.connection(), database.transaction():
        seed.other_questions()
    page = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", browser.get("/report").text))
    assert re.search(r"came Yes 12 \(75\W?%\) , No 4 \(25\W?%\)", page)
    assert re.search(r"about noise 16 \(100\W?%\) , other 0 \(0\W?%\)", page)
    assert re.search(r"wait mean 12\.5 16", page)
    assert "survey ended because a question of ours did not arrive; it is not in the rate" in page


@pytest.mark.parametrize("path", ["/", "/report"])
def test_scores_come_with_their_number_and_spread(login: Login, path: str) -> None:
    page = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", login(Role.VIEWER).get(path).text))
    assert re.search(r"Satisfied overall [1-5]\.\d of 5 \d\d answers", page)
    assert re.search(r"\d+ % \d+ surveys completed of \d+ invitations delivered", page)
    assert "chose to" in page


def test_no_page_shows_a_whole_number(login: Login) -> None:
    browser = login(Role.ADMIN)
    for path in (*LISTS, "/calls/26-42001", "/hold", "/accounts", "/api/status.json?html=1"):
        assert not re.search(r"\+1\d{10}|541\D?5550\d{3}", browser.get(path).text)
    assert "••••• ••23" in browser.get("/texts").text


@pytest.mark.parametrize("number", ["+15415550123", "5415550123", "541-555-0123", "0123", "23", "••23"])
@pytest.mark.parametrize("path", ["/calls", "/texts", "/replies"])
def test_nothing_is_found_by_a_number(login: Login, path: str, number: str) -> None:
    browser = login(Role.ADMIN)
    for field in ("call_id", "number", "to", "from", "q"):
        page = browser.get(path, query_string={field: number}).text
        assert field != "call_id" or "<tr" not in page
        unasked = browser.get(path).text
        assert field == "call_id" or page.count("<tr") == unasked.count("<tr")
    assert not re.search(r'<input[^>]+name="(number|phone|to|from)"', unasked)


def test_what_residents_wrote_is_inert(login: Login) -> None:
    browser = login(Role.VIEWER)
    for path in ("/", "/replies"):
        page = browser.get(path).text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
        assert "<script>alert" not in page and "<img src=x" not in page
        assert "\u202e" not in page
        assert '<bdi class="said">' in page


def test_never_list_calls_are_only_counted(login: Login) -> None:
    browser = login(Role.AUDITOR)
    with database.connection():
        locked = [row.call_id for row in t.Incident.select().where(t.Incident.locked.is_null(False))]
    assert locked
    seen = "".join(browser.get(path).text for path in LISTS)
    assert not [call_id for call_id in locked if call_id in seen]
    assert "kept from this list by an agency rule" in seen
    assert browser.get(f"/calls/{locked[0]}").status_code == 404
    assert browser.get("/calls/never-was").text == browser.get(f"/calls/{locked[0]}").text
    assert "never-list" not in seen


def test_a_call_tells_its_story_in_order(login: Login) -> None:
    page = login(Role.VIEWER).get("/calls/26-42001").text
    told = [page.index(words) for words in ("Every rule allows it.", "We have your request", "is still open")]
    assert told == sorted(told)


@pytest.mark.parametrize(
    ("path", "table"), [("/texts", t.Message), ("/replies", t.Reply), ("/calls", t.Incident)], ids=str
)
def test_paging_reaches_every_row_once(login: Login, path: str, table: type[t.Table]) -> None:
    browser = login(Role.VIEWER)
    address: str | None = path
    sizes: list[int] = []
    while address is not None:
        page = browser.get(address).text
        sizes.append(page.count("<tr") - 1)
        older = re.search(r'href="([^"]+before=\d+)"', page)
        address = older[1] if older else None
        assert len(sizes) < 20
    with database.connection():
        hidden = t.Incident.select().where(t.Incident.locked.is_null(False)).count()
        rows = table.select().count() - (hidden if table is t.Incident else 0)
    assert sizes[:-1] == [50] * (len(sizes) - 1)
    assert (sum(sizes), len(sizes) > 1) == (rows, True)


def test_filters_stay_from_page_to_page(login: Login) -> None:
    page = login(Role.VIEWER).get("/texts?state=delivered").text
    assert re.search(r'href="/texts\?state=delivered&amp;before=\d+"', page)


@pytest.mark.parametrize(
    "query",
    [
        "?before=x",
        "?before=-1",
        "?state=nope",
        "?kind=%00",
        "?call_id=%27%20OR%201=1",
        "?before=99999999999999999999",
    ],
)
def test_odd_addresses_are_no_errors(login: Login, query: str) -> None:
    browser = login(Role.VIEWER)
    assert {
        browser.get(path + query).status_code for path in ("/calls", "/texts", "/replies", "/alarms")
    } == {200}


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("?from=2026-01-01&to=2026-01-31", 200),
        ("?from=2026-02-01&to=2026-01-31", 422),
        ("?from=yesterday&to=today", 422),
        ("?from=2020-01-01&to=2026-01-31", 422),
        ("?from=0001-01-01&to=0001-01-02", 422),
        ("?from=2026-01-01", 422),
    ],
)
def test_a_report_has_a_sensible_period(login: Login, query: str, code: int) -> None:
    answer = login(Role.VIEWER).get(f"/report{query}")
    assert answer.status_code == code
    assert ("Give both days" in answer.text) is (code == 422)


def test_times_are_the_agencys_and_say_so(login: Login) -> None:
    page = login(Role.VIEWER).get("/calls/26-42001").text
    assert re.search(r"Times are in America/Los_Angeles \(P[SD]T\)", page)
    assert re.search(r'<time datetime="\d{4}-\d\d-\d\dT[^"]+Z" title="[^"]+ P[SD]T">', page)


@pytest.mark.parametrize("path", LISTS[:5])
def test_a_poll_gets_the_live_part_and_then_nothing(login: Login, path: str) -> None:
    browser = login(Role.SUPERVISOR)
    first = browser.get(path, headers={POLL: "1"})
    assert first.status_code == 200
    assert "<html" not in first.text and first.headers["ETag"]
    again = browser.get(path, headers={POLL: "1", "If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    with database.connection(), database.transaction():
        row = seed.incident("26-50000", clock.now(), number=seed.number(5))
        seed.message(row, "closed", "new", "queued", clock.now(), 1)
        seed.reply(seed.number(5), "new", clock.now(), "other")
        t.Alarm.update(closed_at=clock.now(), closed_by="x", outcome="no_danger").execute()
    changed = browser.get(path, headers={POLL: "1", "If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200


def test_the_status_is_answered_once_while_nothing_changes(login: Login) -> None:
    browser = login(Role.SUPERVISOR)
    for path in ("/api/status.json", "/api/status.json?html=1", "/wall.json"):
        first = browser.get(path)
        tag = {"If-None-Match": first.headers["ETag"]}
        assert browser.get(path, headers=tag).status_code == 304
    with database.connection(), database.transaction():
        heartbeats.beat("modem:main", "parked", clock.now(), {"state": "parked"})
    assert browser.get("/wall.json").json["modems"] is False
    assert browser.get("/api/status.json").json["modems"][0]["state"] == "parked"


def test_the_wall_says_yes_or_no_and_nothing_else(app: Flask, anonymous: Browser) -> None:
    with database.connection(), database.transaction():
        seed.signs_of_life(clock.now())
    found = anonymous.get("/wall.json").json
    assert found == {"alarm": True, "open": True, "hold": False, "modems": True, "feeds": True}
    with database.connection(), database.transaction():
        t.Alarm.update(acknowledged_at=1).execute()
    assert anonymous.get("/wall.json").json["alarm"] is False
    with database.connection(), database.transaction():
        t.Alarm.update(closed_at=1).execute()
    assert "No alarm</p>" in anonymous.get("/wall").text
    with database.connection(), database.transaction():
        heartbeats.beat("modem:main", "parked", clock.now(), {"state": "parked"})
    page = anonymous.get("/wall").text
    assert "Cannot receive</p>" in page and "would not arrive now" in page and "wall-calm" not in page


def test_metrics_are_numbers_without_anybody_in_them(anonymous: Browser) -> None:
    text = anonymous.get("/metrics").text
    assert 'aftercall_texts{state="queued"} 1.0' in text
    assert 'aftercall_alarms{level="red"} 1.0' in text
    remote = anonymous.client.get("/metrics", environ_overrides={"REMOTE_ADDR": "192.0.2.9"})
    assert remote.status_code == 401
