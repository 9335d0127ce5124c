"""A box on a real database: what CAD, residents and the network do is called here, with the time given."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from appliance import clock
from appliance.clock import DAY, MINUTE, SECOND, Instant
from appliance.config import Config
from appliance.domain import policy as rules
from appliance.domain.records import EventKind, IncidentRecord
from appliance.flow import conversation, dispatch, intake, planning, receipts, reception
from appliance.flow.dispatch import Claim, Sender
from appliance.store import database, heartbeats, numbers, policies, sims
from appliance.store import models as t

ZONE = "America/Los_Angeles"
RESIDENT = "+15415550123"
OTHER = "+15415550145"
ON_CALL = "+15415550190"
SIM = "8901000000000000001"
NO_LIMITS = {"sim_per_minute": 0, "sim_per_hour": 0, "sim_per_day": 0, "sim_recipients_per_day": 0}


def local(hour: int, minute: int = 0, day: int = 4) -> Instant:
    """An instant by the agency's wall clock, on a day of March 2026."""
    return clock.from_datetime(datetime(2026, 3, day, hour, minute, tzinfo=ZoneInfo(ZONE)))


NOON = local(12)


class Box:
    """One agency's box; `now` is its clock, and only `later` and a test move it."""

    def __init__(self, folder: Path, mode: str = "live", **changes: Mapping[str, Any]) -> None:
        self.folder = folder
        self.now = NOON
        self.config = Config.model_validate(
            {
                "mode": mode,
                "agency": {
                    "name": "Sampleville Police",
                    "phone": "541-555-0100",
                    "timezone": ZONE,
                    "languages": ["en", "es"],
                    "on_call": [ON_CALL],
                },
                "storage": {"path": str(folder / "aftercall.db")},
                "modem": [{"name": "main", "port": "/dev/null"}],
            }
        )
        self.sender = Sender(self.config, self.config.modem[0], SIM)
        self.air: list[tuple[str, str]] = []
        self.said: list[reception.Incoming] = []
        self._reference = 0
        self._pdu = 0
        numbers.make_key(folder / "numbers.key")
        numbers.use_key(folder / "numbers.key")
        self.import_policy(**changes)
        with database.transaction():
            sims.meet(SIM, self.now)
        self.feed_speaks()

    def import_policy(self, **changes: Mapping[str, Any]) -> None:
        """A new policy: the shipped one with a few call types allowed, and `changes`."""
        document = rules.merge(
            rules.default_document(),
            {"call_types": {"allow": ["NOISE COMPLAINT", "PARKING"]}, "limits": NO_LIMITS},
        )
        with database.transaction():
            policies.add(rules.merge(document, changes), "sample", self.now)

    def later(self, span: int) -> Box:
        self.now += span
        return self

    def feed_speaks(self) -> None:
        """A sign of life of the feed, as the feed loop writes it."""
        with database.transaction():
            heartbeats.beat("feed:cad", "ok", self.now, {"last_seen": self.now})

    # CAD

    def call(self, call_id: str = "26-1", **fields: Any) -> IncidentRecord:
        """One version of a call; without times it came in just now."""
        given = {
            "feed": "cad",
            "call_id": call_id,
            "received_at": self.now,
            "call_type": "NOISE COMPLAINT",
            "priority": "4",
            "phone": RESIDENT,
            **fields,
        }
        return IncidentRecord(**given)

    def closed(self, call_id: str = "26-1", **fields: Any) -> IncidentRecord:
        """A call that came in twenty minutes ago and has just been closed."""
        return self.call(
            call_id,
            **{
                "received_at": self.now - 20 * MINUTE,
                "dispatched_at": self.now - 15 * MINUTE,
                "closed_at": self.now - MINUTE,
                **fields,
            },
        )

    def take(self, *records: IncidentRecord) -> int:
        """A feed file with these records; returns how many changed something."""
        rows = [(record, digest(record)) for record in records]
        source = intake.Source("cad", "sample.csv", "0" * 64)
        return intake.accept(source, rows, policies.current(), frozenset(), self.now).accepted

    def plan(self) -> int:
        return planning.plan(self.config, self.now)

    # the air

    def claim(self) -> Claim | None:
        return dispatch.claim(self.sender, self.now)

    def sent(self, claimed: Claim) -> int:
        """The network takes all parts of a claimed text; returns the last reference."""
        for seq in claimed.parts[:-1]:
            dispatch.part_sent(claimed, seq, self.next_reference(), self.now)
        reference = self.next_reference()
        dispatch.finish_and_claim(self.sender, claimed, claimed.parts[-1], reference, self.now, go_on=False)
        self.air.append((claimed.e164, claimed.text))
        return reference

    def next_reference(self) -> int:
        self._reference = (self._reference + 1) % 256
        return self._reference

    def send(self) -> list[str]:
        """Everything that may leave now leaves; returns the text keys in the order they left."""
        kinds = []
        while (claimed := self.claim()) is not None:
            kinds.append(self.kind_of(claimed))
            self.sent(claimed)
        return kinds

    def kind_of(self, claimed: Claim) -> str:
        return str(t.Message.get_by_id(claimed.message_id).kind)

    def report(self, reference: int, status: int, outcome: str, recipient: str = RESIDENT) -> bool:
        """A delivery report."""
        return receipts.apply(
            receipts.Report(SIM, reference, recipient, status, outcome, self.now - SECOND, self.now), self.now
        )

    # residents

    def incoming(self, text: str, sender: str = RESIDENT, **fields: Any) -> reception.Incoming:
        self._pdu += 1
        made = reception.Incoming(SIM, f"PDU{self._pdu:04d}", sender, False, "text", text, self.now)
        self.said.append(replace(made, **fields))
        return self.said[-1]

    def hear(self, text: str, sender: str = RESIDENT, **fields: Any) -> t.Reply:
        """A resident's text arrives and is kept, before the conversation reads it."""
        assert reception.keep(self.incoming(text, sender, **fields), self.config, self.now)
        return t.Reply.select().order_by(t.Reply.id.desc()).first()

    def say(self, text: str, sender: str = RESIDENT, **fields: Any) -> t.Reply:
        """A resident's text arrives, is kept and is read."""
        reply = self.hear(text, sender, **fields)
        conversation.advance(self.config, self.now)
        return t.Reply.get_by_id(reply.id)

    def invited(self, **fields: Any) -> Box:
        """The resident has been invited to a survey, and the question has just left."""
        self.take(self.closed(**fields))
        self.plan()
        self.send()
        self.later(4 * 60 * MINUTE)
        self.plan()
        assert self.send() == ["q_overall"]
        return self.later(MINUTE)

    # what the database says

    def fates(self) -> dict[str, str]:
        """Each event by kind: the reason of its decision, or "pending"."""
        return {
            row.kind: row.reason if row.state == "decided" else f"pending {row.reason or ''}".strip()
            for row in t.Event.select().order_by(t.Event.id)
        }

    def texts(self) -> list[tuple[str, str]]:
        """Every text as (key, state), in the order they were queued."""
        return [(row.kind, row.state) for row in t.Message.select().order_by(t.Message.id)]

    def state(self, kind: str) -> str:
        return dict(self.texts())[kind]

    def queued(self) -> list[str]:
        return [kind for kind, state in self.texts() if state == "queued"]

    def scores(self) -> dict[str, int | None]:
        return {row.question: row.score for row in t.Answer.select().order_by(t.Answer.id)}

    def conversation(self) -> str:
        return str(t.Conversation.select().order_by(t.Conversation.id.desc()).first().state)

    def alarms(self) -> list[tuple[str, str]]:
        return [(row.level, row.code) for row in t.Alarm.select().order_by(t.Alarm.id)]

    def event(self, kind: EventKind) -> t.Event:
        return t.Event.get(t.Event.kind == kind.value)


def digest(record: IncidentRecord) -> str:
    """The hash a feed gives a record: the same for the same row."""
    return hashlib.sha256(repr(record).encode()).hexdigest()


@contextmanager
def boxed(folder: Path, mode: str = "live", **changes: Mapping[str, Any]) -> Iterator[Box]:
    """A fresh box, this thread connected to it."""
    database.migrate(folder / "aftercall.db")
    policies.forget_loaded()
    with database.connection():
        yield Box(folder, mode, **changes)
    database.disconnect()


__all__ = ["DAY", "MINUTE", "NOON", "ON_CALL", "OTHER", "RESIDENT", "SIM", "Box", "boxed", "digest", "local"]
