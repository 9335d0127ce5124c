"""The tables. Instants are UTC milliseconds; numbers are ids of `Number`; stored text has no U+0000.

The schema itself is made by the migrations; a test holds the two against each other.
"""

from __future__ import annotations

from typing import Any, Self

from peewee import (
    SQL,
    BigIntegerField,
    BlobField,
    BooleanField,
    CompositeKey,
    DatabaseProxy,
    ForeignKeyField,
    IntegerField,
    Model,
    TextField,
)

from appliance.store.prepared import Prepared, bound

database = DatabaseProxy()


def literal(value: str) -> SQL:
    """A state written into the statement itself: with a bound parameter SQLite cannot use a partial index."""
    if not value.replace("_", "").isalpha():
        raise ValueError(f"{value!r} is no state")
    return SQL(f"'{value}'")


class Table(Model):
    class Meta:
        database = database
        legacy_table_names = False

    @classmethod
    def create(cls, **values: Any) -> Self:
        """One row more, as peewee's own does it, with the statement written once."""
        row = cls(**values)
        columns = row.__data__
        if not cls._meta.auto_increment:
            row.save(force_insert=True)
            return row
        shape = (cls, *columns)
        if shape not in _inserts:
            _inserts[shape] = Prepared(cls.insert(**{name: bound(name) for name in columns}))
        fields = cls._meta.fields
        row.id = _inserts[shape].insert({name: fields[name].db_value(columns[name]) for name in columns})
        return row


_inserts: dict[tuple[Any, ...], Prepared] = {}


class Number(Table):
    """A telephone number, once. `e164` is emptied by the purge, or never written; the keyed hash stays."""

    e164 = TextField(null=True)
    digest = TextField(unique=True)

    class Meta:
        table_name = "numbers"


class Contact(Table):
    """What the agency owes a number: its language, its no."""

    number = ForeignKeyField(Number, primary_key=True, backref=None)
    language = TextField(null=True)
    opted_out_at = BigIntegerField(null=True)
    opted_out_by = TextField(null=True)
    last_survey_at = BigIntegerField(null=True)
    never_until = BigIntegerField(null=True)
    quiet_until = BigIntegerField(null=True)  # the advocate's list
    sim = TextField(null=True)  # the SIM this number knows us by: its texts leave by no other
    refused_at = BigIntegerField(null=True)  # when the network said that there is no such recipient

    class Meta:
        table_name = "contacts"


class Incident(Table):
    """A call as CAD knows it: the latest version, and what is locked about it for good."""

    feed = TextField()
    call_id = TextField()
    number = ForeignKeyField(Number, null=True, backref=None)
    received_at = BigIntegerField(index=True)
    dispatched_at = BigIntegerField(null=True)
    arrived_at = BigIntegerField(null=True)
    closed_at = BigIntegerField(null=True)
    call_type = TextField()
    call_type_initial = TextField()
    priority = TextField()
    disposition = TextField()
    source = TextField()
    self_initiated = BooleanField()
    role = TextField()
    language = TextField()
    beat = TextField()
    district = TextField()
    shift = TextField()
    unit = TextField()
    report_number = TextField()
    report_status = TextField()
    report_type = TextField()
    reopened = BooleanField()
    do_not_text = BooleanField()
    text_ok = BooleanField(null=True)
    phone_basis = TextField()
    sensitive = BooleanField()
    anonymous = BooleanField()
    minor = BooleanField()
    phone_fault = TextField(null=True)  # the reason code when the number given is none we text
    rank = BigIntegerField()
    accepted_at = BigIntegerField()
    updated_at = BigIntegerField()
    locked = TextField(null=True)
    reopened_at = BigIntegerField(null=True)
    reclassified_at = BigIntegerField(null=True)
    quarantined_at = BigIntegerField(null=True)  # a record of it held marks of criminal justice information

    class Meta:
        table_name = "incidents"
        indexes = ((("feed", "call_id"), True),)


class Caller(Table):
    """A number that called about an incident, with its role; `superseded_at` once CAD gives another."""

    incident = ForeignKeyField(Incident, backref=None, index=False)
    number = ForeignKeyField(Number, backref=None)
    role = TextField()
    slot = IntegerField(default=0)  # which of several callers of one role
    rank = BigIntegerField(default=0)  # of the latest version that names this number
    language = TextField(default="")
    text_ok = BooleanField(null=True)
    do_not_text = BooleanField(default=False)
    anonymous = BooleanField(default=False)
    minor = BooleanField(default=False)
    added_at = BigIntegerField()
    superseded_at = BigIntegerField(null=True)

    class Meta:
        table_name = "callers"
        indexes = ((("incident", "number"), True),)


class Version(Table):
    """The hash of every record ever taken, so that none is applied twice."""

    digest = TextField(unique=True)
    incident = ForeignKeyField(Incident, backref=None)
    accepted_at = BigIntegerField()

    class Meta:
        table_name = "versions"


class Intake(Table):
    """One feed file (or push) that was taken, and what became of its rows."""

    feed = TextField()
    source = TextField()
    sha256 = TextField()
    at = BigIntegerField(index=True)
    accepted = IntegerField()
    unchanged = IntegerField()
    rejected = IntegerField()
    quarantined = IntegerField()

    class Meta:
        table_name = "intakes"
        indexes = ((("feed", "at"), False), (("sha256",), False))


class Quarantined(Table):
    """Where a record with marks of criminal justice information stood, and which mark; never what it held."""

    feed = TextField()
    source = TextField()
    line = IntegerField()
    mark = TextField()
    call_id = TextField()  # empty when it cannot be told for sure
    at = BigIntegerField()
    seen_at = BigIntegerField(null=True)
    seen_by = TextField(null=True)

    class Meta:
        table_name = "quarantined"
        indexes = ((("feed", "call_id"), False),)


class FeedSequence(Table):
    """The last sequence number a signed push was taken with: an older one is a replay."""

    feed = TextField(primary_key=True)
    sequence = BigIntegerField()
    at = BigIntegerField()

    class Meta:
        table_name = "feed_sequences"


class Policy(Table):
    """The agency's rules and texts; every version ever in force, whole."""

    document = TextField()
    digest = TextField()
    imported_at = BigIntegerField()
    imported_by = TextField()

    class Meta:
        table_name = "policies"


class Proposal(Table):
    """A policy that loosens what protects people, until a second person approves it."""

    base = ForeignKeyField(Policy, backref=None, index=False)
    document = TextField()
    digest = TextField()
    loosens = TextField(default="[]")
    proposed_at = BigIntegerField()
    proposed_by = TextField()
    decided_at = BigIntegerField(null=True)
    decided_by = TextField(null=True)
    outcome = TextField(null=True)  # approved, withdrawn, replaced
    policy = ForeignKeyField(Policy, null=True, backref=None, index=False)

    class Meta:
        table_name = "proposals"


class Event(Table):
    """Something that happened to an incident. Each has exactly one outcome; `state` says if it has it yet."""

    key = TextField(unique=True)
    incident = ForeignKeyField(Incident, backref=None)
    number = ForeignKeyField(Number, null=True, backref=None, index=False)
    kind = TextField()
    at = BigIntegerField()
    accepted_at = BigIntegerField()
    due_at = BigIntegerField()
    state = TextField(default="pending")  # pending, decided
    verdict = TextField(null=True)
    reason = TextField(null=True)

    class Meta:
        table_name = "events"


class Decision(Table):
    """What was decided, when and by which rule; the sentence is made on show."""

    event = ForeignKeyField(Event, null=True, backref=None)
    incident = ForeignKeyField(Incident, null=True, backref=None)
    number = ForeignKeyField(Number, null=True, backref=None)
    at = BigIntegerField()
    kind = TextField()
    verdict = TextField()
    reason = TextField()
    details = TextField(default="{}")
    policy = ForeignKeyField(Policy, backref=None, index=False)

    class Meta:
        table_name = "decisions"


class Conversation(Table):
    """One resident answering one survey."""

    incident = ForeignKeyField(Incident, backref=None)
    number = ForeignKeyField(Number, backref=None)
    event = ForeignKeyField(Event, backref=None, unique=True)
    policy = ForeignKeyField(Policy, backref=None, index=False)
    script = TextField()
    language = TextField()
    state = TextField()
    question = TextField(null=True)
    reprompted = BooleanField(default=False)
    proposed = TextField(default="")  # "5 5 4": scores of one text that wait for a yes
    proposed_by = IntegerField(null=True)  # the reply they came in
    opened_at = BigIntegerField()
    expires_at = BigIntegerField()
    finished_at = BigIntegerField(null=True)

    class Meta:
        table_name = "conversations"


class Card(Table):
    """A printed card: its code's keyed hash, and the survey it began."""

    key = TextField(unique=True)
    made_at = BigIntegerField()
    made_by = TextField()
    expires_at = BigIntegerField()
    used_at = BigIntegerField(null=True)
    conversation = ForeignKeyField(Conversation, null=True, backref=None, index=False)

    class Meta:
        table_name = "cards"


class Message(Table):
    """One outgoing text. `key` is what makes it be sent once, ever."""

    key = TextField(unique=True)
    lane = IntegerField()
    kind = TextField()  # the text key: received, q_overall, auto, stop ...
    incident = ForeignKeyField(Incident, null=True, backref=None)
    event = ForeignKeyField(Event, null=True, backref=None, index=False)
    conversation = ForeignKeyField(Conversation, null=True, backref=None)
    number = ForeignKeyField(Number, backref=None, index=False)
    policy = ForeignKeyField(Policy, backref=None, index=False)
    language = TextField()
    text = TextField()
    state = TextField()
    due_at = BigIntegerField()
    not_after = BigIntegerField()
    queued_at = BigIntegerField()
    attempts = IntegerField(default=0)
    strikes = IntegerField(default=0)  # failures that may be its own fault: how long it waits
    rejections = IntegerField(default=0)  # how often the network rejected this very text
    claimed_by = TextField(null=True)
    claimed_until = BigIntegerField(null=True)
    sim = TextField(null=True)
    reference = IntegerField(null=True)  # of the concatenation, kept so that a resumed text stays one text
    sent_at = BigIntegerField(null=True)
    delivered_at = BigIntegerField(null=True)
    error = TextField(null=True)

    class Meta:
        table_name = "messages"
        indexes = ((("number", "queued_at"), False),)


class Part(Table):
    """One outgoing SMS of a message; `handing` is committed before the modem is given the bytes."""

    message = ForeignKeyField(Message, backref=None, index=False)
    seq = IntegerField()
    state = TextField()
    sim = TextField(null=True)
    reference = IntegerField(null=True)  # TP-MR, 0-255
    sent_at = BigIntegerField(null=True)
    given_up_at = BigIntegerField(null=True)  # stays when a late answer tells what became of it
    receipt = TextField(null=True)
    error = TextField(null=True)

    class Meta:
        table_name = "parts"
        indexes = ((("message", "seq"), True),)


class Reply(Table):
    """A whole incoming text with its three readings, all of which took effect when it was stored."""

    number = ForeignKeyField(Number, null=True, backref=None)
    sender = TextField()  # only for senders that are no number (alphanumeric); else empty
    sim = TextField()
    text = TextField()
    received_at = BigIntegerField(index=True)
    stored_at = BigIntegerField()
    kind = TextField()
    alarm = TextField(null=True)
    safety_family = TextField(null=True)
    standing = TextField()
    usage = TextField()
    effects = TextField(default="[]")
    state = TextField()  # new, done
    conversation = ForeignKeyField(Conversation, null=True, backref=None)
    question = TextField(null=True)
    score = IntegerField(null=True)

    class Meta:
        table_name = "replies"


class Fragment(Table):
    """One incoming PDU as the SIM had it, or a call that rang (no PDU), kept before the SIM's copy goes."""

    key = TextField(unique=True)  # SIM and PDU hash
    sim = TextField()
    sender_key = TextField()  # number digest or the alphanumeric name: groups the parts of one text
    pdu = TextField()
    kind = TextField()  # text, copy, raw, binary, mms_notice, wap_push, voicemail, sim_data, call
    units = BlobField()  # the part's text as UTF-16-BE, lone surrogates and all
    sent_at = BigIntegerField(null=True)
    read_at = BigIntegerField()
    reference = IntegerField(null=True)  # a 16-bit one + 65536: never the same as an 8-bit one
    seq = IntegerField(null=True)
    total = IntegerField(null=True)
    reply = ForeignKeyField(Reply, null=True, backref=None)

    class Meta:
        table_name = "fragments"
        indexes = ((("sender_key", "read_at"), False), (("kind", "id"), False))


class Receipt(Table):
    """A delivery report; matched by SIM, recipient, reference within seven days."""

    key = TextField(unique=True)
    sim = TextField()
    number = ForeignKeyField(Number, null=True, backref=None)
    reference = IntegerField()
    status = IntegerField()
    outcome = TextField()
    discharged_at = BigIntegerField(null=True)
    stored_at = BigIntegerField()
    part = ForeignKeyField(Part, null=True, backref=None)

    class Meta:
        table_name = "receipts"


class Answer(Table):
    """What a resident answered to one question: 1-5, 0 (skipped), or words."""

    conversation = ForeignKeyField(Conversation, backref=None, index=False)
    question = TextField()
    score = IntegerField(null=True)
    text = TextField(null=True)
    reply = ForeignKeyField(Reply, null=True, backref=None, index=False)
    at = BigIntegerField(index=True)

    class Meta:
        table_name = "answers"
        indexes = ((("conversation", "question"), True),)


class Alarm(Table):
    """Something a person must look at, until a person has closed it or it cleared by itself."""

    code = TextField()
    level = TextField()
    subject = TextField()  # groups: number:17, modem:main, feed:cad
    number = ForeignKeyField(Number, null=True, backref=None)
    reply = ForeignKeyField(Reply, null=True, backref=None)
    details = TextField(default="{}")
    count = IntegerField(default=1)
    raised_at = BigIntegerField(index=True)
    last_at = BigIntegerField()
    unseen_at = BigIntegerField(null=True)  # since when it waits to be seen: what the alerts count from
    acknowledged_at = BigIntegerField(null=True)
    acknowledged_by = TextField(null=True)
    closed_at = BigIntegerField(null=True)
    closed_by = TextField(null=True)
    outcome = TextField(null=True)

    class Meta:
        table_name = "alarms"


class Switch(Table):
    """The few things that are on or off for the whole box: hold, breaker, has texted live."""

    name = TextField(primary_key=True)
    value = TextField()
    changed_at = BigIntegerField()
    changed_by = TextField()

    class Meta:
        table_name = "switches"


class Sim(Table):
    """What must be remembered about a SIM: concatenation counter, PIN tries, its last report, its pause."""

    sim = TextField(primary_key=True)
    reference = IntegerField(default=0)
    pins_tried = TextField(default="[]")
    first_seen_at = BigIntegerField()
    reported_at = BigIntegerField(null=True)
    imsi = TextField(null=True)  # to know a card again that does not tell its serial number today
    paused_at = BigIntegerField(null=True)
    paused_until = BigIntegerField(null=True)  # null while paused: until somebody acts
    pause_reason = TextField(null=True)
    rejections = IntegerField(default=0)  # in a row, by any text
    setbacks = IntegerField(default=0)  # failures of the SIM itself, in a row
    centre = TextField(null=True)  # its message centre's number, to be set again where a modem forgets it
    round_trip_ms = IntegerField(null=True)
    tested_at = BigIntegerField(null=True)

    class Meta:
        table_name = "sims"


class Equipment(Table):
    """One modem by its IMEI: what it is, where it was found last, how often it had to be healed."""

    imei = TextField(primary_key=True)
    model = TextField()
    firmware = TextField()
    port = TextField()
    ladder = TextField(default="{}")
    first_seen_at = BigIntegerField()
    last_seen_at = BigIntegerField()

    class Meta:
        table_name = "equipment"


class Capability(Table):
    """What a model with a firmware said it can do, so that it is asked once."""

    model = TextField()
    firmware = TextField()
    probe = TextField()
    at = BigIntegerField()

    class Meta:
        table_name = "capabilities"
        primary_key = CompositeKey("model", "firmware")


class Pairing(Table):
    """The modem and the SIM that belong to a name of the config, and those that were last seen there."""

    name = TextField(primary_key=True)
    imei = TextField()
    sim = TextField()
    seen_imei = TextField()
    seen_sim = TextField()
    seen_at = BigIntegerField()
    confirmed_at = BigIntegerField()
    confirmed_by = TextField()

    class Meta:
        table_name = "pairings"


class Account(Table):
    """A person who may log in."""

    name = TextField(unique=True)
    password = TextField()
    role = TextField()
    created_at = BigIntegerField()
    disabled_at = BigIntegerField(null=True)
    failures = IntegerField(default=0)
    failed_at = BigIntegerField(null=True)
    locked_at = BigIntegerField(null=True)
    seen_at = BigIntegerField(null=True)

    class Meta:
        table_name = "accounts"


class Session(Table):
    """One browser logged in; the cookie's token is kept only as a hash."""

    token = TextField(primary_key=True)
    account = ForeignKeyField(Account, backref=None)
    address = TextField()
    created_at = BigIntegerField()
    seen_at = BigIntegerField()

    class Meta:
        table_name = "sessions"


class Attempt(Table):
    """A failed login from an address, for the throttle."""

    address = TextField()
    at = BigIntegerField()

    class Meta:
        table_name = "attempts"
        indexes = ((("address", "at"), False),)


class Audit(Table):
    """Who did what, hash-chained; written in the transaction of the act."""

    chain = TextField()
    at = BigIntegerField(index=True)
    actor = TextField()
    action = TextField()
    object = TextField()
    details = TextField()
    previous = TextField()
    digest = TextField()

    class Meta:
        table_name = "audit"


class Heartbeat(Table):
    """One row a living part of the box: when it last spoke, and how it is."""

    name = TextField(primary_key=True)
    at = BigIntegerField()
    state = TextField()
    details = TextField(default="{}")

    class Meta:
        table_name = "heartbeats"


ALL: tuple[type[Table], ...] = (
    Number,
    Contact,
    Incident,
    Caller,
    Version,
    Intake,
    Quarantined,
    FeedSequence,
    Policy,
    Proposal,
    Event,
    Decision,
    Conversation,
    Message,
    Part,
    Reply,
    Fragment,
    Receipt,
    Answer,
    Alarm,
    Switch,
    Sim,
    Equipment,
    Capability,
    Pairing,
    Account,
    Session,
    Attempt,
    Audit,
    Heartbeat,
)
