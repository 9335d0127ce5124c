"""The System page: each modem in plain words, what keeps texts back, the button that confirms a change."""

from __future__ import annotations

import json
import re

import pytest
from flask import Flask

from appliance import clock
from appliance.clock import MINUTE
from appliance.domain import policy as rules
from appliance.domain.symptoms import SYMPTOMS
from appliance.store import audit, database, heartbeats, pairings, policies, sims, switches
from appliance.store import models as t
from appliance.store.accounts import Role
from tests.web import seed
from tests.web.conftest import Browser, Login
from web import access, modem_words

OLD, NEW, IMEI = "sample-sim", "8901260000000009999", "001010123456789"
READY = {
    "state": "ready",
    "sentence": "Ready.",
    "signal": -71,
    "registered": True,
    "registration": "home",
    "operator": "Sample <Net>",
    "sim": OLD,
    "imei": IMEI,
    "model": "EC25",
    "firmware": "EC25AFAR05A06M4G",
    "centre": "+15415550100",
    "ims": "registered",
    "voice": "forwarded",
    "storage_used": 15,
    "storage_total": 20,
    "resets": {"reopen": 2, "restart": 1, "hub_power": 0},
    "rung": "restart",
}


def modem_says(age: int = 0, **changes: object) -> None:
    details = {**READY, **changes}
    with database.connection(), database.transaction():
        heartbeats.beat("modem:main", str(details["state"]), clock.now() - age, details)


def page(browser: Browser) -> str:
    answer = browser.get("/system")
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.text)


def test_a_modem_is_shown_in_plain_words(login: Login) -> None:
    modem_says()
    with database.connection(), database.transaction():
        sims.note_round_trip(OLD, 3240, clock.now())
    text = page(login(Role.VIEWER))
    for words in (
        "In the carrier&#39;s own network · Sample &lt;Net&gt;", "-71 dBm", "ending in -sim",
        "Registered (texts over LTE)", "Forwarded to the agency&#39;s telephone", "3.2 s out and back",
        "port opened again 2 times", "restarted once", "EC25 EC25AFAR05A06M4G", "Last 24 hours", "of 400",
        "Slots used", "The memory for arriving texts is filling up (15 of 20).",
    ):  # fmt: skip
        assert words in text, words
    assert "USB power off and on" not in text and "<Net>" not in text


def test_a_box_that_is_well_says_so(login: Login) -> None:
    modem_says(storage_used=1, resets={})
    with database.connection(), database.transaction():
        changed = rules.merge(rules.default_document(), {"call_types": {"allow": ["PARKING"]}})
        policies.add(changed, "sample", clock.now())
    assert "Nothing keeps texts from leaving" in page(login(Role.VIEWER))
    modem_says(registered=False, registration="denied")
    text = page(login(Role.VIEWER))
    assert "Nothing keeps texts from leaving" not in text
    assert SYMPTOMS["denied"].what in text and "Next:" in text


def test_what_stands_against_the_whole_box_comes_first(login: Login) -> None:
    modem_says(age=20 * MINUTE)
    with database.connection(), database.transaction():
        switches.hold("modem <swap>", "sample-admin", clock.now())
    text = page(login(Role.VIEWER))
    hold = text.index("Sending is on hold (sample-admin): modem &lt;swap&gt;</strong>")
    silent = text.index(SYMPTOMS["worker_silent"].what)
    assert hold < silent < text.index('id="modem-main"')
    assert "Not heard of" in text


def swap() -> None:
    modem_says(sim=NEW)
    with database.connection(), database.transaction():
        for sim in (OLD, NEW):
            sims.meet(sim, clock.now())
            pairings.check("main", IMEI, sim, clock.now())


def acts() -> list[tuple[str, str, str, object]]:
    with database.connection():
        assert audit.verify() is None
        rows = t.Audit.select().where(t.Audit.action == "modem-confirm").order_by(t.Audit.id)
        return [(row.actor, row.action, row.object, json.loads(row.details)) for row in rows]


def test_an_admin_confirms_what_is_shown_and_no_more(login: Login) -> None:
    swap()
    browser = login(Role.ADMIN)
    text = page(browser)
    assert "SIM in place now: ending in 9999; before: -sim." in text
    form = {"imei": IMEI, "sim": NEW}
    stale = browser.post("/system/main/confirm", {"imei": IMEI, "sim": "8901260000000000003"})
    assert "nothing was changed" in browser.get(stale.location).text
    assert acts() == []
    done = browser.post("/system/main/confirm", form)
    text = browser.get(done.location).text
    assert "it belongs here, and sending goes on" in text and "Another SIM is in place" not in text
    again = browser.post("/system/main/confirm", form)
    assert "nothing was changed" in browser.get(again.location).text
    assert acts() == [
        (seed.PEOPLE[Role.ADMIN], "modem-confirm", "modem:main", {"imei": IMEI, "sim": NEW, "was_sim": OLD})
    ]
    with database.connection():
        assert sims.pause_of(NEW, clock.now()) is None


@pytest.mark.parametrize("role", [Role.VIEWER, Role.SUPERVISOR, Role.AUDITOR])
def test_others_see_the_change_and_no_button(login: Login, role: Role) -> None:
    swap()
    browser = login(role)
    text = page(browser)
    assert "Another SIM is in place" in text and "/system/main/confirm" not in text
    assert browser.post("/system/main/confirm", {"imei": IMEI, "sim": NEW}).status_code == 403
    assert acts() == []


def test_without_its_token_or_fields_nothing_is_confirmed(login: Login) -> None:
    swap()
    browser = login(Role.ADMIN)
    assert browser.client.post("/system/main/confirm", data={"imei": IMEI, "sim": NEW}).status_code == 400
    assert browser.post("/system/main/confirm", {"imei": IMEI}).status_code == 303
    assert acts() == []


def test_a_name_nobody_knows_changes_nothing(login: Login) -> None:
    browser = login(Role.ADMIN)
    answer = browser.post("/system/other/confirm", {"imei": IMEI, "sim": NEW})
    assert "nothing was changed" in browser.get(answer.location).text


def test_a_box_without_a_modem_says_how_to_add_one(app: Flask, login: Login) -> None:
    app.config["AFTERCALL"] = app.config["AFTERCALL"].model_copy(update={"modem": ()})
    text = page(login(Role.VIEWER))
    assert SYMPTOMS["no_modem"].what in text
    assert "Add a [[modem]] table" in text


def test_a_poll_gets_the_live_part_and_then_nothing_new(login: Login) -> None:
    modem_says()
    browser = login(Role.VIEWER)
    poll = browser.get("/system", headers={access.POLL: "1"})
    assert 'id="modem-main"' in poll.text and "<nav" not in poll.text
    same = browser.get("/system", headers={access.POLL: "1", "If-None-Match": poll.headers["ETag"]})
    assert same.status_code == 304


def test_every_pause_has_a_word() -> None:
    assert set(modem_words.PAUSES) >= {"swap", "account", "rejected", "temporary", "person"}
    assert set(modem_words.WINDOWS) == {"minute", "hour", "day", "recipients"}


def test_the_metrics_tell_of_each_modem_and_of_nobody(login: Login) -> None:
    modem_says()
    with database.connection(), database.transaction():
        sims.note_round_trip(OLD, 3240, clock.now())
    lines = login(Role.VIEWER).get("/metrics").text.splitlines()
    for line in (
        'aftercall_modem_slots{kind="used",modem="main"} 15.0',
        'aftercall_sim_used{modem="main",window="day"} 0.0',
        'aftercall_modem_resets{modem="main",step="restart"} 1.0',
        'aftercall_modem_round_trip_seconds{modem="main"} 3.24',
    ):  # fmt: skip
        assert line in lines
    assert not [line for line in lines if IMEI in line or OLD in line or "555" in line]
    modem_says(age=20 * MINUTE)
    assert "aftercall_modem_slots{" not in login(Role.VIEWER).get("/metrics").text
