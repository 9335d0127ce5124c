"""Random days of calls, judged by rules written once more and more simply than the product's.

The oracle looks only at what was told to the box and at what left it, never at what the box decided.
"""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from appliance.clock import DAY, HOUR, MINUTE, SECOND, Instant, to_datetime
from appliance.domain import eligibility, policy
from appliance.domain.records import IncidentRecord
from appliance.feeds.base import Quarantined
from appliance.flow import brakes, intake
from appliance.store import calls as call_views
from appliance.store import contacts, database, numbers, policies, switches
from appliance.store import models as t
from tests.flow.box import Box, boxed, local
from tests.replay import days

STEPS = 260
NEVER = ("DOMESTIC", "DV REPORT", "WELFARE")


class Day:
    """A box, everything it was told, and everything that left it."""

    def __init__(self, box: Box, seed: int) -> None:
        self.box = box
        self.chance = random.Random(seed)
        box.now = local(7, 30)
        self.told: list[IncidentRecord] = []
        self.coming = [record for _, record in days.calls(seed, 45, box.now - HOUR, 13 * HOUR)]
        self.chance.shuffle(self.coming)
        self.said_no: dict[str, Instant] = {}
        self.quiet: set[str] = set()
        self.held_back: set[str] = set()
        self.left: list[tuple[Instant, str, str, str | None]] = []

    def step(self) -> None:
        acts = (
            self.tell,
            self.plan,
            self.send,
            self.wait,
            self.stop,
            self.switch,
            self.keep_quiet,
            self.hold_back,
        )
        self.chance.choices(acts, (30, 25, 25, 20, 3, 4, 1, 1))[0]()

    def tell(self) -> None:
        if self.coming:
            record = self.coming.pop()
            if record.rank <= self.box.now + HOUR:
                self.told.append(record)
                self.box.feed_speaks()
                self.box.take(record)

    def plan(self) -> None:
        self.box.plan()

    def send(self) -> None:
        claimed = self.box.claim()
        if claimed is None:
            return
        # What comes between the claim and the air is too late; what came before it must be heeded.
        message = t.Message.get_by_id(claimed.message_id)
        self.box.sent(claimed)
        call = message.incident.call_id if message.incident else None
        self.left.append((self.box.now, claimed.e164, message.kind, call))
        self.judge()

    def wait(self) -> None:
        self.box.later(self.chance.choice((SECOND, MINUTE, 10 * MINUTE, HOUR)))

    def stop(self) -> None:
        number = f"+154155501{self.chance.randrange(40):02d}"
        self.box.say(self.chance.choice(("STOP", "leave me alone", "wrong number")), number)
        self.said_no[number] = self.box.now

    def switch(self) -> None:
        now = self.box.now
        if self.chance.random() < 0.5:
            brakes.release_all(self.chance.choice(("cli:one", "cli:two")), "", now)
            return
        with database.transaction():
            self.chance.choice(
                (
                    lambda: switches.hold("Sample drill", "sample", now),
                    lambda: switches.open_breaker("sample", now),
                    lambda: switches.stop_for_clock("stepped", now),
                )
            )()

    def keep_quiet(self) -> None:
        number = f"+154155501{self.chance.randrange(40):02d}"
        with database.transaction():
            contacts.keep_quiet(numbers.remember_hash(number), self.box.now + 180 * DAY)
        self.quiet.add(number)

    def hold_back(self) -> None:
        if self.told:
            call_id = self.chance.choice(self.told).call_id
            source = intake.Source("cad", "sample.csv", "0" * 64, quarantined=1)
            rows = [Quarantined(1, "OLN", call_id)]
            intake.accept(source, [], policies.current(), frozenset(), self.box.now, rows)
            self.held_back.add(call_id)

    # ---- the oracle ----------------------------------------------------------------------------

    def judge(self) -> None:
        at, number, kind, call_id = self.left[-1]
        if call_id is None or kind in ("stop", "wrong", "auto"):
            return
        versions = [r for r in self.told if r.call_id == call_id]
        words = " ".join(f"{r.call_type} {r.call_type_initial} {r.disposition} " for r in versions)
        assert not any(never in words for never in NEVER), (call_id, kind, "a never-type in some version")
        assert number not in self.said_no, "a number that said no"
        assert number not in self.quiet, "a number on the quiet list"
        assert call_id not in self.held_back, "a call that was held back"
        latest = max(r.rank for r in versions)
        newest = [r for r in versions if r.rank == latest]
        mine = [r for r in newest if r.phone and f"+1{r.phone.replace('-', '')}" == number]
        assert mine, "a number the latest version does not name"
        assert not any(r.do_not_text for r in mine[-1:]), "do not text"
        assert {r.call_type for r in newest} & {"NOISE COMPLAINT", "PARKING"}, "a type that is not enabled"
        wall = to_datetime(at).astimezone(self.box.config.agency.zone)
        if kind == "q_overall":
            assert 9 <= wall.hour < 20, "a survey at night"
            assert not any(r.self_initiated for r in mine)
        elif kind in ("closed", "report_filed"):
            assert 9 <= wall.hour < 21, "a closed text at night"
        else:
            assert at - versions[0].received_at <= HOUR, "a text about a call that is no longer young"
        same = [left for left in self.left if left[1:] == self.left[-1][1:]]
        assert len(same) == 1, "the same text twice"
        asked = [left for left in self.left if left[2] == "q_overall" and left[3] == call_id]
        assert len(asked) <= 1, "two people asked about one call"

    def outcomes(self) -> Counter[str]:
        """What the pages say became of every event: one of the listed outcomes each, none left out."""
        counts: Counter[str] = Counter()
        incidents = [row.id for row in t.Incident.select(t.Incident.id)]
        for found in call_views._outcomes(incidents).values():
            for event in found:
                assert event.outcome in call_views.OUTCOMES, event
                counts[event.outcome] += 1
        assert sum(counts.values()) == t.Event.select().count()
        return counts


@pytest.mark.parametrize("seed", range(6))
def test_whatever_happens_nobody_is_texted_who_must_not_be(tmp_path: Path, seed: int) -> None:
    with boxed(tmp_path, events={"report_filed": False}) as box:
        day = Day(box, seed)
        for step in range(STEPS):
            day.step()
            if step % 5 == 0:
                day.outcomes()
        brakes.release_all("cli:one", "", box.now)
        brakes.release_all("cli:two", "", box.now)
        for _ in range(40):
            box.later(30 * MINUTE).plan()
            for _ in range(30):
                day.send()
        counts = day.outcomes()
        assert day.left, "a day on which nothing leaves proves nothing"
        assert counts["pending"] == 0, "after a day every event has its outcome"
        assert len(counts) >= 2


CHANGES: tuple[tuple[str, dict[str, object], str], ...] = (
    ("a STOP", {}, "opted_out"),
    ("another number", {"phone": "541-555-0145"}, "number_changed"),
    ("a reopening", {"reopened": True}, "reopened"),
    ("another type", {"call_type": "GRAFFITI"}, "type_not_enabled"),
    ("do not text", {"do_not_text": True}, "do_not_text"),
    ("a never-type", {"disposition": "DV REPORT"}, "never_list"),
    ("a sensitive mark", {"sensitive": True}, "sensitive"),
)


@pytest.mark.parametrize("point", ["before the decision", "in the queue", "on hold"])
@pytest.mark.parametrize(("change", "reason"), [row[1:] for row in CHANGES], ids=[row[0] for row in CHANGES])
def test_a_change_beats_the_text_at_every_point_before_the_air(
    box: Box, change: dict[str, object], reason: str, point: str
) -> None:
    record = box.closed()
    box.take(record)
    if point != "before the decision":
        box.plan()
        assert box.queued() == ["closed"]
    if point == "on hold":
        with database.transaction():
            switches.hold("Sample drill", "sample", box.now)
    if change:
        box.take(replace(record, beat="2", **change))  # type: ignore[arg-type]
    else:
        box.say("STOP")
    if point == "on hold":
        brakes.release_all("sample", "", box.now)
    box.later(SECOND).plan()
    assert "closed" not in box.send() or reason == "number_changed"
    old = t.Event.select().where(t.Event.kind == "closed").order_by(t.Event.id).first()
    last = t.Decision.select().where(t.Decision.event == old.id).order_by(t.Decision.id.desc()).first()
    assert last.reason == reason


SAMPLE = policy.load(
    policy.merge(policy.default_document(), {"survey": {"sample": 0.25, "seed": "a sample seed"}})
)


def auditor(seed: str, feed: str, call_id: str) -> float:
    """The draw as docs/policy.md describes it, for whoever checks it."""
    drawn = hashlib.sha256(seed.encode() + b"\n" + feed.encode() + b"/" + call_id.encode()).digest()
    return int.from_bytes(drawn[:8], "big") / 2**64


def test_the_random_sample_can_be_audited() -> None:
    records = [IncidentRecord("cad", f"26-{n:05d}", 1) for n in range(10_000)]
    draws = [eligibility.draw(SAMPLE, record) for record in records]
    assert draws == [auditor("a sample seed", "cad", record.call_id) for record in records]
    asked = sum(draw < 0.25 for draw in draws)
    assert 2_325 < asked < 2_675, "four standard deviations around a quarter"
    other = policy.load(policy.merge(policy.default_document(), {"survey": {"seed": "another"}}))
    assert [eligibility.draw(other, record) for record in records[:50]] != draws[:50]
