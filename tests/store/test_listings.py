from __future__ import annotations

import json
from pathlib import Path

import pytest

from appliance.clock import DAY, MINUTE, SECOND, Instant, iso
from appliance.domain import reasons
from appliance.domain.records import AlarmLevel
from appliance.store import alarms, database, heartbeats, listings, switches
from appliance.store import models as t
from tests.web import seed

NOW: Instant = 1_800_000_000_000


@pytest.fixture
def policy_id(box: Path) -> int:
    return seed.policy(NOW)


def test_an_empty_box_has_a_status(box: Path) -> None:
    found = listings.as_json(listings.status("shadow", NOW))
    assert found["mode"] == "shadow"
    assert (found["hold"], found["modems"], found["feeds"]) == (None, [], [])
    assert found["queue"] == {"queued": 0, "sending": 0, "unknown": 0}


def test_the_status_has_the_keys_scripts_rely_on(policy_id: int) -> None:
    with database.transaction():
        seed.signs_of_life(NOW)
        switches.hold("drill", "sample", NOW)
        row = seed.incident("26-1", NOW, number=seed.number(1))
        for state in ("queued", "queued", "sending", "unknown", "delivered"):
            seed.message(row, "closed", state, state, NOW + t.Message.select().count(), policy_id)
    found = json.loads(json.dumps(listings.as_json(listings.status("live", NOW))))
    assert found["hold"] == {"reason": "drill", "by": "sample", "since": iso(NOW)}
    modem = found["modems"][0]
    assert {k: modem[k] for k in ("name", "state", "signal", "registered", "queue")} == {
        "name": "main", "state": "ready", "signal": -71, "registered": True, "queue": 2,
    }  # fmt: skip
    feed = found["feeds"][0]
    assert (feed["name"], feed["last_seen"], feed["silent"]) == ("cad", iso(NOW - 12 * SECOND), False)
    assert found["queue"] == {"queued": 2, "sending": 1, "unknown": 1}


@pytest.mark.parametrize(
    ("age", "state", "signal", "silent"),
    [(2 * MINUTE, "ready", -71, False), (4 * MINUTE, "absent", None, True)],
    ids=["heard of", "not heard of"],
)
def test_what_was_last_known_is_not_shown_as_now(
    box: Path, age: Instant, state: str, signal: int | None, silent: bool
) -> None:
    with database.transaction():
        seed.signs_of_life(NOW)
    found = listings.status("live", NOW + age)
    assert (found.modems[0].state, found.modems[0].signal) == (state, signal)
    assert found.feeds[0].silent is silent


def test_a_feed_that_says_it_is_silent_is_silent(box: Path) -> None:
    with database.transaction():
        heartbeats.beat("feed:cad", "ok", NOW, {"last_seen": None, "silent": True})
    feed = listings.status("live", NOW).feeds[0]
    assert (feed.silent, feed.last_seen) == (True, None)


def test_alarms_are_counted_by_level_and_red_ones_nobody_saw_apart(box: Path) -> None:
    with database.transaction():
        for n, level in enumerate((AlarmLevel.RED, AlarmLevel.RED, AlarmLevel.AMBER, AlarmLevel.RED)):
            alarms.raise_alarm("red_text", level, f"number:{n}", NOW)
        alarms.acknowledge(1, "sample", NOW)
        alarms.close(4, "sample", "no_danger", NOW)
    assert listings.status("live", NOW).alarms == {"new": 1, "red": 2, "amber": 1}


def test_a_text_has_the_keys_scripts_rely_on(policy_id: int) -> None:
    with database.transaction():
        row = seed.incident("26-1", NOW, number=seed.number(23))
        told = seed.event(row, "closed", NOW, "send", "allowed", policy_id)
        seed.message(row, "closed", "Ref 26-1 is closed.", "delivered", NOW, policy_id, event=told.id)
    found = listings.as_json(listings.messages(clear=True))[0]
    expected = {
        "call_id": "26-1", "event": "closed", "to": "+15415550123", "text": "Ref 26-1 is closed.",
        "state": "delivered", "parts": 1, "queued_at": iso(NOW), "sent_at": iso(NOW + 4 * SECOND),
        "delivered_at": iso(NOW + 9 * SECOND), "error": None,
    }  # fmt: skip
    assert {key: found[key] for key in expected} == expected
    assert "id" in found


@pytest.mark.parametrize(
    ("state", "sim", "awaits"),
    [
        ("sent", "reports", True),
        ("unknown", "reports", True),
        ("sent", "silent", False),
        ("unknown", "silent", False),
        ("delivered", "reports", False),
        ("failed", "reports", False),
        ("queued", "reports", False),
    ],
)
def test_a_text_says_whether_a_report_may_still_come(
    policy_id: int, state: str, sim: str, awaits: bool
) -> None:
    with database.transaction():
        seed.message(None, "closed", "x", state, NOW, policy_id, number=seed.number(23), sim=sim)
    (found,) = listings.messages(silent={"silent"})
    assert found.awaits_report is awaits


def test_a_long_text_says_how_many_of_its_parts_left(policy_id: int) -> None:
    with database.transaction():
        made = seed.message(None, "closed", "x", "cancelled", NOW, policy_id, number=seed.number(23))
        t.Part.update(sent_at=NOW).execute()
        for seq in (2, 3):
            t.Part.create(message=made.id, seq=seq, state="cancelled")
    (found,) = listings.messages()
    assert (found.parts, found.parts_left) == (3, 1)


def test_a_reply_has_the_keys_scripts_rely_on(box: Path) -> None:
    with database.transaction():
        seed.reply(seed.number(23), "5!", NOW, "answer", question="overall", score=5, effects='["score:5"]')
        seed.reply(None, "ad", NOW, "machine", sender="SAMPLE")  # type: ignore[arg-type]
    advert, found = listings.as_json(listings.replies(clear=True))
    expected = {
        "from": "+15415550123", "text": "5!", "received_at": iso(NOW), "kind": "answer", "alarm": None,
        "effects": ["score:5"], "conversation": None, "question": "overall", "score": 5,
    }  # fmt: skip
    assert {key: found[key] for key in expected} == expected
    assert advert["from"] == "SAMPLE"


def test_numbers_are_masked_unless_asked_for_clear(policy_id: int) -> None:
    with database.transaction():
        row = seed.incident("26-1", NOW, number=seed.number(23))
        seed.message(row, "closed", "text", "sent", NOW, policy_id)
        seed.reply(seed.number(23), "5", NOW, "answer")
    shown = f"{listings.messages()}{listings.replies()}"
    assert "555" not in shown
    assert shown.count("••23") == 2


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, ["e", "d", "c", "b", "a"]),
        ({"state": "sent"}, ["d", "b"]),
        ({"call_id": "26-2"}, ["e", "d"]),
        ({"since": NOW + 3}, ["e", "d"]),
        ({"limit": 2}, ["e", "d"]),
        ({"before_id": 3}, ["b", "a"]),
        ({"state": "sent", "before_id": 4, "limit": 1}, ["b"]),
        ({"call_id": "26-9"}, []),
    ],
    ids=["all", "state", "call", "since", "limit", "before", "together", "none"],
)
def test_texts_are_found_by_their_filters(
    policy_id: int, filters: dict[str, object], found: list[str]
) -> None:
    with database.transaction():
        first = seed.incident("26-1", NOW, number=seed.number(1))
        second = seed.incident("26-2", NOW, number=seed.number(2))
        for n, (text, state) in enumerate(
            (("a", "queued"), ("b", "sent"), ("c", "failed"), ("d", "sent"), ("e", "queued"))
        ):
            seed.message(first if n < 3 else second, "closed", text, state, NOW + n, policy_id)
    assert [view.text for view in listings.messages(**filters)] == found  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "column", [{"locked": "never_list"}, {"sensitive": True}], ids=["locked", "sensitive"]
)
def test_what_a_rule_keeps_back_is_not_listed(policy_id: int, column: dict[str, object]) -> None:
    with database.transaction():
        row = seed.incident("26-1", NOW, number=seed.number(1), **column)
        told = seed.event(row, "survey", NOW, "send", "allowed", policy_id)
        seed.message(row, "closed", "secret", "sent", NOW, policy_id)
        talk = t.Conversation.create(
            incident=row.id, number=row.number_id, event=told.id, policy=policy_id, script="caller",
            language="en", state="closed", opened_at=NOW, expires_at=NOW + DAY,
        )  # fmt: skip
        seed.reply(row.number_id, "secret", NOW, "comment", conversation=talk.id)
        seed.reply(row.number_id, "help me", NOW, "emergency", conversation=talk.id, alarm="red")
    assert listings.messages() == []
    assert [view.text for view in listings.replies()] == ["help me"]
    assert len(listings.messages(locked=True)) == 1
    assert len(listings.replies(locked=True)) == 2


def test_explain_tells_every_decision_in_words(policy_id: int) -> None:
    with database.transaction():
        row = seed.incident("26-1", NOW, number=seed.number(1))
        seed.event(row, "received", NOW, "send", "allowed", policy_id)
        seed.event(row, "closed", NOW + 1, "refuse", "notice_cap", policy_id)
        seed.event(row, "survey", NOW + 2, "refuse", "never_history", policy_id)
    found = listings.as_json(listings.explain("26-1", sensitive=True))
    assert [(e["event"], e["decision"], e["reason"]) for e in found] == [
        ("received", "send", "allowed"),
        ("closed", "refuse", "notice_cap"),
        ("survey", "refuse", "never_history"),
    ]
    assert found[1]["sentence"] == "This number has had its 3 notices in 24 hours."
    assert found[0]["at"] == iso(NOW)
    assert listings.as_json(listings.explain_number(row.number_id, sensitive=True)) == found
    assert listings.explain("26-9", sensitive=True) == []


@pytest.mark.parametrize("reason", sorted(reasons.SENSITIVE))
def test_sensitive_reasons_all_read_alike(policy_id: int, reason: str) -> None:
    with database.transaction():
        row = seed.incident("26-1", NOW, number=seed.number(1))
        seed.event(row, "closed", NOW, "refuse", reason, policy_id)
    found = listings.explain("26-1", sensitive=False)[0]
    assert (found.reason, found.sentence) == ("agency_rule", reasons.NEUTRAL)


def test_the_stamp_changes_with_what_is_shown(policy_id: int) -> None:
    with database.transaction():
        row = seed.incident("26-1", NOW, number=seed.number(1))
    before = listings.stamp()
    assert listings.stamp() == before
    with database.transaction():
        seed.message(row, "closed", "text", "queued", NOW, policy_id)
    assert listings.stamp() != before


def test_the_status_asks_only_indexes(box: Path) -> None:
    """Asked by every open page every three seconds: a scan of all texts would hold the box up."""
    for state in ("queued", "sending", "unknown"):
        query = t.Message.select().where(t.Message.state == t.literal(state))
        sql, parameters = query.sql()
        plan = t.database.execute_sql(f"EXPLAIN QUERY PLAN {sql}", parameters).fetchall()
        assert f"messages_{state}" in str(plan)
