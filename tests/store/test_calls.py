from __future__ import annotations

from pathlib import Path

import pytest

from appliance.clock import DAY, HOUR, MINUTE, Instant
from appliance.store import calls, database
from appliance.store import models as t
from tests.web import seed

NOW: Instant = 1_800_000_000_000


@pytest.fixture
def policy_id(box: Path) -> int:
    return seed.policy(NOW)


@pytest.mark.parametrize(
    ("verdict", "text", "outcome"),
    [
        (None, None, "pending"),
        ("postpone", None, "pending"),
        ("send", "queued", "pending"),
        ("send", "sending", "pending"),
        ("send", "sent", "sent"),
        ("send", "delivered", "delivered"),
        ("send", "unknown", "unknown"),
        ("send", "failed", "failed"),
        ("send", "expired", "expired"),
        ("send", "cancelled", "cancelled"),
        ("shadow", "shadow", "shadow"),
        ("refuse", None, "refused"),
    ],
)
def test_every_event_has_one_outcome(
    policy_id: int, verdict: str | None, text: str | None, outcome: str
) -> None:
    with database.transaction():
        row = seed.incident("26-1", NOW, number=seed.number(1))
        made = seed.event(row, "closed", NOW, verdict, verdict and "allowed", policy_id)
        if verdict == "postpone":
            t.Event.update(state="pending").execute()
        if text is not None:
            seed.message(row, "closed", "text", text, NOW, policy_id, event=made.id)
    found = calls.listed()[0]
    assert [e.outcome for e in found.outcomes] == [outcome]
    assert outcome in calls.OUTCOMES
    assert [c.call_id for c in calls.listed(outcome=outcome)] == ["26-1"]
    others = set(calls.OUTCOMES) - {outcome}
    assert [o for o in others if calls.listed(outcome=o)] == []


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, ["26-12", "26-11", "25-1"]),
        ({"call_id": "26-1"}, ["26-12", "26-11"]),
        ({"call_id": "6-1"}, []),
        ({"call_type": "noise"}, ["26-11"]),
        ({"limit": 1}, ["26-12"]),
        ({"before_id": 3}, ["26-11", "25-1"]),
        ({"since": NOW + 1}, ["26-12", "26-11"]),
        ({"call_id": "%"}, []),
        ({"call_type": "_"}, []),
    ],
    ids=str,
)
def test_calls_are_found_by_their_filters(box: Path, filters: dict[str, object], found: list[str]) -> None:
    with database.transaction():
        for n, (call_id, kind) in enumerate((("25-1", "PARKING"), ("26-11", "NOISE"), ("26-12", "PARKING"))):
            seed.incident(call_id, NOW + n, call_type=kind)
    assert [call.call_id for call in calls.listed(**filters)] == found  # type: ignore[arg-type]


def test_what_a_rule_keeps_back_is_only_counted(box: Path) -> None:
    with database.transaction():
        seed.incident("26-1", NOW, locked="never_list")
        seed.incident("26-2", NOW, sensitive=True)
        shown = seed.incident("26-3", NOW, number=seed.number(3))
        t.Caller.create(incident=1, number=seed.number(3), role="caller", added_at=NOW)
    assert [call.call_id for call in calls.listed()] == ["26-3"]
    assert calls.withheld(NOW) == 2
    assert calls.withheld(NOW + 1) == 0
    assert calls.page("26-1", NOW) is None
    assert calls.page("26-2", NOW) is None
    assert calls.latest_of(shown.number_id) == "26-3"


def month_old_call(policy_id: int) -> t.Incident:
    row = seed.incident("26-1", NOW, number=seed.number(1), closed_at=NOW + HOUR)
    told = seed.event(row, "closed", NOW + HOUR, "send", "allowed", policy_id)
    seed.message(row, "closed", "closed now", "delivered", NOW + HOUR, policy_id, event=told.id)
    seed.reply(row.number_id, "thank you", NOW + 2 * HOUR, "other")
    seed.reply(row.number_id, "about another call", NOW - HOUR, "other")
    seed.reply(seed.number(2), "somebody else", NOW + 2 * HOUR, "other")
    return row


def test_a_page_tells_the_whole_call(policy_id: int) -> None:
    with database.transaction():
        month_old_call(policy_id)
    found = calls.page("26-1", NOW + DAY)
    assert found is not None
    assert [m.what for m in found.milestones] == ["received", "closed"]
    assert [s.sentence for s in found.steps] == ["Every rule allows it."]
    assert [m.text for m in found.messages] == ["closed now"]
    assert [r.text for r in found.replies] == ["thank you"]
    assert found.number is not None and "555" not in found.number
    assert (found.versions, found.texts_hidden) == (1, False)


@pytest.mark.parametrize(
    ("after", "hidden"), [(30 * DAY, False), (30 * DAY + MINUTE, True)], ids=["30 days", "later"]
)
def test_what_was_written_is_shown_for_thirty_days(policy_id: int, after: Instant, hidden: bool) -> None:
    with database.transaction():
        month_old_call(policy_id)
    found = calls.page("26-1", NOW + HOUR + after)
    assert found is not None
    assert found.texts_hidden is hidden
    assert (found.messages == (), found.replies == ()) == (hidden, hidden)
    assert len(found.steps) == 1


def test_there_is_no_page_for_a_call_that_is_not_there(box: Path) -> None:
    assert calls.page("26-1", NOW) is None
