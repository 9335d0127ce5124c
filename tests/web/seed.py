"""Sample data for the pages: an invented town's month, with numbers that are set aside for fiction."""

from __future__ import annotations

import json
import random
import tomllib
from pathlib import Path

import appliance.domain
from appliance import clock
from appliance.clock import DAY, HOUR, MINUTE, SECOND, Instant
from appliance.config import Config
from appliance.domain import policy as rules
from appliance.domain.records import LANE_ORDER, AlarmLevel, Lane
from appliance.store import accounts, alarms, database, heartbeats, policies
from appliance.store import models as t
from appliance.store.accounts import Role

PASSWORD = "a sample passphrase"
PEOPLE = {role: f"sample-{role.value}" for role in Role}
TYPES = ("NOISE COMPLAINT", "PARKING", "THEFT-COLD", "FOUND PROPERTY", "VANDALISM", "LOST PROPERTY")
QUESTIONS = ("overall", "listened", "respect", "fair", "resolved")
HOSTILE = "<script>alert(1)</script> <img src=x onerror=alert(2)> \u202egnihtemos\u202c 5"


def config(folder: Path, bind: str = "127.0.0.1:8080") -> Config:
    """A box named for the sample."""
    return Config.model_validate(
        {
            "mode": "live",
            "agency": {
                "name": "Sampleville Police",
                "phone": "541-555-0100",
                "timezone": "America/Los_Angeles",
            },
            "modem": [{"name": "main", "port": "/dev/null"}],
            "feed": [{"name": "cad", "type": "csv", "path": str(folder / "cad")}],
            "storage": {"path": str(folder / "aftercall.db")},
            "web": {"bind": bind},
        }
    )


def people(now: Instant) -> None:
    """One account a role, all with the same sample password."""
    with database.transaction():
        for role, name in PEOPLE.items():
            accounts.add(name, PASSWORD, role, "sample", now)


def policy(now: Instant) -> int:
    """The shipped policy."""
    shipped = Path(appliance.domain.__file__).with_name("default_policy.toml")
    with database.transaction():
        policies.forget_loaded()
        return policies.add(tomllib.loads(shipped.read_text("utf-8")), "sample", now)


def number(n: int) -> int:
    """The id of sample number `n` (555-01xx)."""
    e164 = f"+1541555{100 + n % 100:04d}"
    return int(t.Number.get_or_create(digest=f"digest-{e164}", defaults={"e164": e164})[0].id)


def incident(call_id: str, received_at: Instant, **changes: object) -> t.Incident:
    """One call; `changes` are columns."""
    text = dict.fromkeys(
        (
            "call_type_initial",
            "disposition",
            "source",
            "language",
            "beat",
            "district",
            "shift",
            "unit",
            "report_number",
            "report_status",
            "report_type",
            "phone_basis",
        ),
        "",
    )
    flags = dict.fromkeys(
        ("self_initiated", "reopened", "do_not_text", "sensitive", "anonymous", "minor"), False
    )
    columns = {
        **text,
        **flags,
        "feed": "cad",
        "call_id": call_id,
        "received_at": received_at,
        "priority": "4",
        "call_type": "PARKING",
        "role": "caller",
        "rank": received_at,
        "accepted_at": received_at,
        "updated_at": received_at,
        **changes,
    }
    row = t.Incident.create(**columns)
    t.Version.create(digest=f"v-{call_id}", incident=row.id, accepted_at=received_at)
    if row.number_id is not None:
        t.Caller.create(
            incident=row.id, number=row.number_id, role="caller", added_at=received_at, rank=row.rank
        )
    return row


def event(
    row: t.Incident, kind: str, at: Instant, verdict: str | None, reason: str | None, policy_id: int
) -> t.Event:
    """One event and, unless it is pending, its decision."""
    made = t.Event.create(
        key=f"cad/{row.call_id}/{kind}/{row.number_id}",
        incident=row.id,
        number=row.number_id,
        kind=kind,
        at=at,
        accepted_at=at,
        due_at=at,
        state="decided" if verdict else "pending",
        verdict=verdict,
        reason=reason,
    )
    if verdict:
        t.Decision.create(
            event=made.id,
            incident=row.id,
            number=row.number_id,
            at=at,
            kind=kind,
            verdict=verdict,
            reason=reason,
            details=json.dumps({"days": 90, "limit": 3}),
            policy=policy_id,
        )
    return made


def message(
    row: t.Incident | None, kind: str, text: str, state: str, at: Instant, policy_id: int, **changes: object
) -> t.Message:
    """One text with its part."""
    number_id = changes.pop("number", None if row is None else row.number_id)
    made = t.Message.create(
        **{
            "key": f"{'x' if row is None else row.call_id}/{kind}/{at}/{number_id}",
            "kind": kind,
            "lane": LANE_ORDER[Lane.NOTICE],
            "incident": None if row is None else row.id,
            "number": number_id,
            "policy": policy_id,
            "language": "en",
            "text": text,
            "state": state,
            "due_at": at,
            "not_after": at + DAY,
            "queued_at": at,
            "sent_at": at + 4 * SECOND if state in ("sent", "delivered") else None,
            "delivered_at": at + 9 * SECOND if state == "delivered" else None,
            **changes,
        }
    )
    t.Part.create(message=made.id, seq=1, state="queued" if state == "queued" else "sent")
    return made


def reply(number_id: int, text: str, at: Instant, kind: str, **changes: object) -> t.Reply:
    """One incoming text."""
    return t.Reply.create(
        **{
            "number": number_id,
            "sender": "",
            "sim": "sample-sim",
            "text": text,
            "received_at": at,
            "stored_at": at,
            "kind": kind,
            "standing": "none",
            "usage": "none",
            "state": "done",
            **changes,
        }
    )


def signs_of_life(now: Instant) -> None:
    """A box that is well."""
    modem = {"state": "ready", "signal": -71, "registered": True, "sentence": "", "sim": "sample-sim"}
    heartbeats.beat("worker", "running", now - 5 * SECOND, {})
    heartbeats.beat("modem:main", "ready", now - 9 * SECOND, modem)
    heartbeats.beat(
        "feed:cad",
        "speaking",
        now - 4 * SECOND,
        {"last_seen": now - 12 * SECOND, "silent": False, "path": "feeds/cad", "last_file": "calls.csv"},
    )


def month(now: Instant, calls: int = 160, *, alarm: bool = True) -> None:
    """A month of calls, surveys and replies, the same every time."""
    chance = random.Random(7)
    policy_id = policy(now)
    with database.transaction():
        signs_of_life(now)
        t.Sim.create(sim="sample-sim", first_seen_at=now - 60 * DAY, reported_at=now - DAY)
        for n in range(calls):
            _call(n, now - (calls - n) * (28 * DAY // calls) - 9 * HOUR, policy_id, chance)
        _latest(now, policy_id, alarm=alarm)


def _call(n: int, at: Instant, policy_id: int, chance: random.Random) -> None:
    row = incident(
        f"26-{41000 + n}",
        at,
        call_type=chance.choice(TYPES),
        priority=chance.choice("345"),
        beat=chance.choice(("1A", "1B", "2A", "3C")),
        number=number(n),
        dispatched_at=at + 6 * MINUTE,
        arrived_at=at + 19 * MINUTE,
        closed_at=at + 50 * MINUTE,
        disposition="RPT TAKEN",
        sensitive=n % 31 == 30,
        locked="never_list" if n % 31 == 30 else None,
    )
    if n % 31 == 30:
        event(row, "received", at, "refuse", "never_list", policy_id)
        event(row, "survey", at + 5 * HOUR, "refuse", "never_list", policy_id)
        return
    told = event(row, "received", at, "send", "allowed", policy_id)
    message(
        row,
        "received",
        f"Sampleville Police: We have your request, ref {row.call_id}. Nobody reads replies live. "
        "Emergency or worse: call 911. STOP=no texts ES=Español",
        "delivered",
        at + 3 * MINUTE,
        policy_id,
        event=told.id,
    )
    closed = event(
        row,
        "closed",
        at + 50 * MINUTE,
        *(("refuse", "notice_cap") if n % 9 == 4 else ("send", "allowed")),
        policy_id,
    )
    if n % 9 != 4:
        message(
            row,
            "closed",
            f"Sampleville Police: Ref {row.call_id} is closed. To add: 541-555-0100. Emergency: call 911.",
            chance.choice(("delivered", "delivered", "sent", "unknown")),
            at + 51 * MINUTE,
            policy_id,
            event=closed.id,
        )
    if n % 5 == 3:
        event(
            row,
            "survey",
            at + 5 * HOUR,
            "refuse",
            chance.choice(("survey_cooldown", "opted_out", "not_sampled")),
            policy_id,
        )
        return
    _survey(row, at + 5 * HOUR, policy_id, chance)


def _survey(row: t.Incident, at: Instant, policy_id: int, chance: random.Random) -> None:
    asked = event(row, "survey", at, "send", "allowed", policy_id)
    answers = chance.choice((0, 0, 1, 5, 5))
    state = "completed" if answers == 5 else "expired"
    talk = t.Conversation.create(
        incident=row.id,
        number=row.number_id,
        event=asked.id,
        policy=policy_id,
        script="caller",
        language="en",
        state=state,
        opened_at=at,
        expires_at=at + 72 * HOUR,
        finished_at=at + HOUR,
    )
    message(
        row,
        "q_overall",
        "Sampleville Police: How satisfied are you with how we handled your request? "
        "Reply 1-5 (5=very). Staff read later. Emergency: 911. STOP=no texts",
        "delivered",
        at,
        policy_id,
        event=asked.id,
        conversation=talk.id,
    )
    for place, question in enumerate(QUESTIONS[:answers]):
        score = chance.choices((1, 2, 3, 4, 5), (6, 7, 14, 30, 43))[0]
        when = at + (place + 1) * 4 * MINUTE
        words = chance.choice((str(score), str(score), f"{score}!", f"{score} thanks"))
        said = reply(
            row.number_id, words, when, "answer", conversation=talk.id, question=question, score=score
        )
        t.Answer.create(
            conversation=talk.id, question=question, score=score, text=words, reply=said.id, at=when
        )


def _latest(now: Instant, policy_id: int, *, alarm: bool) -> None:
    row = incident("26-42001", now - 26 * MINUTE, call_type="NOISE COMPLAINT", number=number(23), beat="2A")
    told = event(row, "received", now - 26 * MINUTE, "send", "allowed", policy_id)
    message(
        row,
        "received",
        "Sampleville Police: We have your request, ref 26-42001.",
        "delivered",
        now - 23 * MINUTE,
        policy_id,
        event=told.id,
    )
    late = event(row, "delayed", now - 5 * MINUTE, "send", "allowed", policy_id)
    message(
        row,
        "delayed",
        "Sampleville Police: Ref 26-42001 is still open. Urgent calls go first; "
        "we cannot say when. If it gets worse call 911. Questions: 541-555-0100",
        "queued",
        now - 2 * MINUTE,
        policy_id,
        event=late.id,
    )
    young = incident("26-42002", now - 2 * MINUTE, call_type="PARKING", number=number(24), beat="1A")
    event(young, "received", now - 2 * MINUTE, None, None, policy_id)
    reply(number(31), "who is this", now - 50 * MINUTE, "who")
    reply(
        number(32),
        "Gracias, muy amable la oficial. No encontraron mi bicicleta pero me escucharon. 👍",
        now - 41 * MINUTE,
        "comment",
    )
    reply(number(33), HOSTILE, now - 33 * MINUTE, "other")
    amber = reply(
        number(34),
        "Someone broke in last night and I still have no report number",
        now - 21 * MINUTE,
        "other",
        alarm="amber",
    )
    alarms.raise_alarm(
        "amber_text",
        AlarmLevel.AMBER,
        "number:34",
        now - 21 * MINUTE,
        number_id=number(34),
        reply_id=amber.id,
    )
    if alarm:
        red = reply(
            number(23),
            "he is back and he has a knife please hurry",
            now - 40 * SECOND,
            "emergency",
            alarm="red",
        )
        alarms.raise_alarm(
            "red_text", AlarmLevel.RED, "number:23", now - 40 * SECOND, number_id=number(23), reply_id=red.id
        )


def other_questions() -> None:
    """A policy whose script also asks yes or no, a choice and a number, with answers; one survey cut off."""
    document = rules.merge(
        policies.whole_document(),
        {
            "scripts": {
                "caller": {
                    "questions": [
                        {"key": "overall", "text": "q_overall", "kind": "rating"},
                        {"key": "came", "text": "q_listened", "kind": "yes_no"},
                        {
                            "key": "about",
                            "text": "q_respect",
                            "kind": "choice",
                            "choices": ["noise", "other"],
                        },
                        {"key": "wait", "text": "q_fair", "kind": "number"},
                    ]
                }
            }
        },
    )
    policies.add(document, "sample", clock.now())
    policies.forget_loaded()
    talks = list(
        t.Conversation.select().where(t.Conversation.state != "closed").order_by(t.Conversation.id.desc())
    )
    for n, talk in enumerate(talks[:16]):
        for question, score in (("came", 1 + (n % 4 == 0)), ("about", 1), ("wait", 5 + 15 * (n % 2))):
            t.Answer.create(conversation=talk.id, question=question, score=score, at=talk.opened_at)
    lost = talks[0]
    t.Conversation.update(state="expired").where(t.Conversation.id == lost.id).execute()
    row = t.Incident.get_by_id(lost.incident_id)
    message(row, "q_listened", "?", "failed", lost.opened_at, lost.policy_id, conversation=lost.id)
