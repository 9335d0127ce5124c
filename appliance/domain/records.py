"""The values that cross layers. An instant is UTC milliseconds; a number is E.164 or its table id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from operator import attrgetter
from typing import Any

from appliance.clock import Instant


class EventKind(StrEnum):
    """What can happen to an incident that a text may follow from (behaviour: events and texts)."""

    RECEIVED = "received"
    EN_ROUTE = "en_route"
    DELAYED = "delayed"
    DIVERTED = "diverted"
    CLOSED = "closed"
    NOT_FOUND = "not_found"
    REPORT_FILED = "report_filed"
    REPORT_ASSIGNED = "report_assigned"
    REPORT_UPDATE = "report_update"
    REPORT_ON_HOLD = "report_on_hold"
    SURVEY = "survey"


class Verdict(StrEnum):
    """What became of an event, or of a text at its claim."""

    SEND = "send"
    REFUSE = "refuse"
    POSTPONE = "postpone"
    SHADOW = "shadow"


class MessageState(StrEnum):
    """Where one outgoing text stands; `unknown` is between Ctrl-Z and an answer, and is shown as such."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    UNKNOWN = "unknown"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    SHADOW = "shadow"


class PartState(StrEnum):
    """Where one outgoing PDU stands; `handing` is committed before the modem gets it."""

    QUEUED = "queued"
    HANDING = "handing"
    SENT = "sent"
    DELIVERED = "delivered"
    UNKNOWN = "unknown"
    FAILED = "failed"
    CANCELLED = "cancelled"  # taken back before it left, whatever became of the others


class Lane(StrEnum):
    """Why a text leaves before another; the claim takes them in this order (`LANE_ORDER`)."""

    CONFIRMATION = "confirmation"  # AUTO, STOP, WRONG and the other automatic answers
    CONVERSATION = "conversation"  # next questions, thanks, re-prompts
    NOTICE = "notice"
    INVITATION = "invitation"


LANE_ORDER: Mapping[Lane, int] = {lane: rank for rank, lane in enumerate(Lane)}


class ReplyKind(StrEnum):
    """What a reply is, the first that holds in this order; only RED of safety makes `emergency`."""

    EMERGENCY = "emergency"
    STOP = "stop"
    REFUSAL = "refusal"
    WRONG = "wrong"
    START = "start"
    LANGUAGE = "language"
    WHO = "who"
    STATUS = "status"
    CALLME = "callme"
    HELP = "help"
    ANSWER = "answer"
    REPROMPT = "reprompt"
    COMMENT = "comment"
    MACHINE = "machine"
    CHILD = "child"
    LATE = "late"
    OTHER = "other"


class AlarmLevel(StrEnum):
    RED = "red"
    AMBER = "amber"


class ConversationState(StrEnum):
    """One resident answering one survey, from the invitation on."""

    OPEN = "open"
    COMPLETED = "completed"
    EXPIRED = "expired"
    STOPPED = "stopped"  # STOP, refusal or wrong number
    PAUSED = "paused"  # a red text: for good
    CLOSED = "closed"  # silently: child, never-type, reopened


# Never changed once made: `changed` makes another. Frozen, they would cost a replay a tenth of its time.
@dataclass(slots=True)
class IncidentRecord:
    """One version of one call as a feed gave it: the allow-listed fields and nothing else.

    `phone` is the raw number as given; it becomes a number id (or a keyed hash) before any disk.
    """

    feed: str
    call_id: str
    received_at: Instant
    dispatched_at: Instant | None = None
    arrived_at: Instant | None = None
    closed_at: Instant | None = None
    call_type: str = ""
    call_type_initial: str = ""
    priority: str = ""
    disposition: str = ""
    source: str = ""
    self_initiated: bool = False
    phone: str = ""
    role: str = "caller"
    language: str = ""
    beat: str = ""
    district: str = ""
    shift: str = ""
    unit: str = ""
    report_number: str = ""
    report_status: str = ""
    report_type: str = ""
    reopened: bool = False
    do_not_text: bool = False
    text_ok: bool | None = None
    phone_basis: str = ""
    sensitive: bool = False
    anonymous: bool = False
    minor: bool = False
    slot: int = 0
    """Which of several callers of one role this record names, where a document lists more than one."""

    @property
    def rank(self) -> Instant:
        """The latest time in the record; a version with a lower rank changes nothing."""
        return max(self.received_at, self.dispatched_at or 0, self.arrived_at or 0, self.closed_at or 0)

    @property
    def has_unit(self) -> bool:
        """Whether somebody was sent: a feed may tell it by a time, by the unit, or by the arrival alone."""
        return bool(self.unit) or self.dispatched_at is not None or self.arrived_at is not None


FEED_FIELDS: tuple[str, ...] = tuple(f.name for f in fields(IncidentRecord) if f.name not in ("feed", "slot"))
"""What a feed may carry (behaviour 2). Any other field is dropped before disk."""


@dataclass(frozen=True, slots=True)
class Caller:
    """One of the numbers that called about an incident, as the latest version that names it tells it.

    Several may call, each with a role; `slot` tells those of one role apart where a document lists them.
    """

    role: str = "caller"
    slot: int = 0
    rank: Instant = 0
    """The rank of the latest version that names this number: in a later one it may be somebody else's."""
    language: str = ""
    text_ok: bool | None = None
    do_not_text: bool = False
    anonymous: bool = False
    minor: bool = False
    is_replaced: bool = False
    """CAD gave another number for the same caller."""


CALLER_FIELDS: tuple[str, ...] = ("role", "slot", "language", "text_ok", "do_not_text", "anonymous", "minor")
"""What a record says of the caller and not of the call."""


_SAID = attrgetter(*CALLER_FIELDS)
_RECORD_VALUES = attrgetter(*(f.name for f in fields(IncidentRecord)))


def values_of(record: IncidentRecord) -> tuple[Any, ...]:
    """What the record holds, as `record_of` takes it."""
    values: tuple[Any, ...] = _RECORD_VALUES(record)
    return values


def record_of(values: tuple[Any, ...]) -> IncidentRecord:
    """The record of these values, which `values_of` gave."""
    return IncidentRecord(*values)


def changed(record: IncidentRecord, changes: Mapping[str, object]) -> IncidentRecord:
    """Another record with these values: what `dataclasses.replace` makes, in a fifth of its time."""
    made = record_of(values_of(record))
    for name, value in changes.items():
        setattr(made, name, value)
    return made


def caller_of(record: IncidentRecord, rank: Instant | None = None) -> Caller:
    """What this version says of the caller it names; `rank` where it counts for more than its own times."""
    role, slot, language, text_ok, do_not_text, anonymous, minor = _SAID(record)
    rank = record.rank if rank is None else rank
    return Caller(role, slot, rank, language, text_ok, do_not_text, anonymous, minor)


def of_caller(record: IncidentRecord, caller: Caller) -> IncidentRecord:
    """The call as the rules look at it for one of its callers."""
    said = _SAID(caller)
    return record if said == _SAID(record) else changed(record, dict(zip(CALLER_FIELDS, said, strict=True)))


@dataclass(frozen=True, slots=True)
class Incident:
    """A call as the box knows it now: its latest version, and what is locked about it."""

    id: int
    record: IncidentRecord
    accepted_at: Instant
    updated_at: Instant
    locked: str | None = None
    """The reason code that locks this call for good (a never-type in any version), or None."""
    reopened_at: Instant | None = None
    is_quarantined: bool = False
    """A record of it held marks of criminal justice information."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to an incident, for one number (None: no usable number was given)."""

    id: int
    incident_id: int
    number_id: int | None
    kind: EventKind
    at: Instant
    accepted_at: Instant
    due_at: Instant
    key: str


@dataclass(frozen=True, slots=True)
class Contact:
    """A number's standing with the agency."""

    number_id: int
    e164: str | None
    language: str | None = None
    opted_out_at: Instant | None = None
    opted_out_by: str | None = None  # stop, refusal, wrong, staff
    last_text_at: Instant | None = None
    last_survey_at: Instant | None = None
    never_until: Instant | None = None  # never-list history: no text before this instant
    quiet_until: Instant | None = None  # on the advocate's quiet list until then
    sim: str | None = None  # the SIM this number knows us by
    refused_at: Instant | None = None  # when the network said that there is no such recipient


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided about an event, and why; `values` fill the reason's sentence."""

    verdict: Verdict
    reason: str
    not_before: Instant | None = None  # for POSTPONE
    values: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hold:
    """The hold switch, when it is on."""

    reason: str
    by: str
    since: Instant
