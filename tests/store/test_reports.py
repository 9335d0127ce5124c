from __future__ import annotations

from pathlib import Path

import pytest

from appliance.clock import DAY, HOUR, Instant
from appliance.store import database, reports
from appliance.store import models as t
from tests.web import seed

NOW: Instant = 1_800_000_000_000
END: Instant = NOW + DAY


@pytest.fixture
def policy_id(box: Path) -> int:
    with database.transaction():
        t.Sim.create(sim="sample-sim", first_seen_at=NOW, reported_at=NOW)
    return seed.policy(NOW)


def survey(
    n: int,
    policy_id: int,
    text: str | None,
    state: str = "open",
    scores: tuple[int | None, ...] = (),
    **call: object,
) -> t.Incident:
    """One closed call with its survey; `text` is the state of the invitation."""
    received_at = call.pop("received_at", NOW)
    row = seed.incident(f"26-{n}", received_at, number=seed.number(n), closed_at=NOW + 1, **call)  # type: ignore[arg-type]
    asked = seed.event(row, "survey", NOW + HOUR, "send", "allowed", policy_id)
    talk = t.Conversation.create(
        incident=row.id, number=row.number_id, event=asked.id, policy=policy_id, script="caller",
        language="en", state=state, opened_at=NOW, expires_at=END,
    )  # fmt: skip
    if text is not None:
        seed.message(row, "q_overall", "?", text, NOW + HOUR, policy_id, event=asked.id, conversation=talk.id)
        # The next question belongs to the conversation, not to the event: it must not count again.
        seed.message(row, "q_listened", "?", text, NOW + HOUR + 1, policy_id, conversation=talk.id)
    for question, score in zip(seed.QUESTIONS, scores, strict=False):
        t.Answer.create(conversation=talk.id, question=question, score=score, at=NOW)
    return row


def test_every_call_is_invited_or_excluded_with_one_reason(policy_id: int) -> None:
    with database.transaction():
        for n, state in enumerate(("sent", "delivered", "unknown", "failed", "queued", "expired", "shadow")):
            survey(n, policy_id, state)
        t.Event.update(verdict="shadow", reason="shadow_mode").where(
            t.Event.key == "cad/26-6/survey/7"
        ).execute()
        t.Decision.update(reason="expired").where(t.Decision.event == 6).execute()
        seed.incident("26-20", NOW)
        seed.incident("26-21", NOW, closed_at=NOW + 1)
        refused = seed.incident("26-22", NOW, closed_at=NOW + 1, number=seed.number(22))
        seed.event(refused, "survey", NOW, "refuse", "opted_out", policy_id)
        waits = seed.incident("26-23", NOW, closed_at=NOW + 1, number=seed.number(23))
        seed.event(waits, "survey", NOW, None, None, policy_id)
        seed.incident("26-24", NOW - 1)
        seed.incident("26-25", END)
    found = reports.funnel(NOW, END)
    assert found.calls == 11
    assert (found.invited, found.sent, found.delivered) == (3, 2, 1)
    assert found.excluded == {
        "expired": 1, "failed": 1, "not_closed": 1, "opted_out": 1, "pending": 2, "shadow_mode": 1,
        "survey_off": 1,
    }  # fmt: skip
    assert found.invited + sum(found.excluded.values()) == found.calls


@pytest.mark.parametrize(
    ("last", "state", "is_reporting", "cut_off"),
    [
        ("failed", "expired", True, 1),
        ("unknown", "expired", True, 1),
        ("expired", "expired", True, 1),
        ("sent", "expired", True, 1),
        ("sent", "expired", False, 0),
        ("delivered", "expired", True, 0),
        ("failed", "open", True, 0),
        ("failed", "stopped", True, 0),
    ],
)
def test_a_question_that_did_not_arrive_is_no_answer_withheld(
    policy_id: int, last: str, state: str, is_reporting: bool, cut_off: int
) -> None:
    with database.transaction():
        if not is_reporting:
            t.Sim.update(reported_at=None).execute()
        survey(1, policy_id, "delivered", state, (4,))
        t.Message.update(state=last).where(t.Message.kind == "q_listened").execute()
        survey(2, policy_id, "delivered", "completed", (4, 4, 4, 4, 4))
    summary = reports.summary(NOW, END)
    assert summary.funnel.cut_off == cut_off
    assert summary.response_rate == 1 / (2 - cut_off)


def test_started_needs_one_score_and_completed_the_thanks(policy_id: int) -> None:
    with database.transaction():
        survey(1, policy_id, "delivered", "open")
        survey(2, policy_id, "delivered", "expired", (4,))
        survey(3, policy_id, "delivered", "expired", (0,))
        survey(4, policy_id, "delivered", "completed", (5, 4, 3, 2, 1))
        survey(5, policy_id, "delivered", "stopped", (1,))
        survey(6, policy_id, "delivered", "expired", (None,))
    found = reports.funnel(NOW, END)
    assert (found.started, found.completed, found.opted_out) == (3, 1, 1)


@pytest.mark.parametrize(
    "call",
    [{"locked": "never_list"}, {"sensitive": True}, {"state": "closed"}, {"received_at": NOW - 1}],
    ids=["locked", "sensitive", "closed silently", "another period"],
)
def test_these_answers_are_never_scored(policy_id: int, call: dict[str, object]) -> None:
    with database.transaction():
        survey(1, policy_id, "delivered", scores=(5,), **{"state": "completed", **call})  # type: ignore[arg-type]
    assert reports.answers(NOW, END) == []
    assert reports.funnel(NOW, END).started == 0


def test_a_sim_that_never_reports_gives_the_rate_over_sent(policy_id: int) -> None:
    with database.transaction():
        t.Sim.update(reported_at=None).execute()
        survey(1, policy_id, "sent", "completed", (5,))
        survey(2, policy_id, "sent")
    found = reports.summary(NOW, END)
    assert (found.funnel.delivered, found.base, found.response_rate) == (None, "sent", 0.5)


def test_the_summary_asks_the_rated_questions_in_their_order(policy_id: int) -> None:
    with database.transaction():
        for n in range(12):
            survey(n, policy_id, "delivered", "completed", (5, 4, 3, 0, None))
    found = reports.summary(NOW, END)
    assert [q.id for q in found.questions] == list(seed.QUESTIONS)
    assert [q.mean for q in found.questions] == [5.0, 4.0, 3.0, None, None]
    assert [q.n for q in found.questions] == [12, 12, 12, 0, 0]
    told = reports.contract(found, "2027-01-15", "2027-01-15")
    assert told["period"] == {"from": "2027-01-15", "to": "2027-01-15"}
    assert set(told["funnel"]) >= {
        "calls", "excluded", "invited", "delivered", "started", "completed", "opted_out",
    }  # fmt: skip
    assert told["response_rate"] == 1.0
    assert told["questions"][0]["distribution"] == {"1": 0, "2": 0, "3": 0, "4": 0, "5": 12}


def test_an_empty_period_has_no_rate(policy_id: int) -> None:
    found = reports.summary(NOW, END)
    assert (found.funnel.calls, found.response_rate) == (0, None)
    assert all(q.mean is None and q.n == 0 for q in found.questions)
