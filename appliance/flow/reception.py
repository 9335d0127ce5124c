"""REPLY: an incoming text is kept, read and acted on in one commit; only then the SIM's copy may go.

STOP, a refusal, a wrong number and a red text take effect here, in the transaction that stores the text,
so that whatever was queued to that number is gone when the commit is. Exactly one automatic answer.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

from appliance.clock import DAY, HOUR, MINUTE, SECOND, Instant
from appliance.config import Config
from appliance.domain import phone, reading, survey
from appliance.domain.reading import Readings
from appliance.domain.records import AlarmLevel, ConversationState, ReplyKind
from appliance.domain.survey import SurveyEvent
from appliance.flow import withdrawal
from appliance.flow.answering import OWN_TEXTS, Answering
from appliance.store import alarms, contacts, database, inbox, numbers, outbox, policies, surveys
from appliance.store.policies import PolicyVersion
from appliance.store.surveys import Talk

PARTIAL_AFTER = 15 * MINUTE
"""A long text whose rest has not come by then is read as far as it goes, with the gap marked."""

GAP = "[part missing]"

SAME_SECOND = 3 * SECOND
"""How long after one text another may carry the same time stamp: a second, and the way to us."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One PDU from the SIM, decoded as far as it can be; `kind` is "text" or what else it is."""

    sim: str
    pdu: str
    sender: str
    is_alphanumeric: bool
    kind: str
    text: str
    sent_at: Instant | None
    reference: int | None = None
    seq: int | None = None
    total: int | None = None

    @property
    def key(self) -> str:
        """SIM and PDU hash, and the reading time's stand-in where the network gave no time."""
        return f"{self.sim}/{hashlib.sha256(self.pdu.encode()).hexdigest()}"


@dataclass(frozen=True, slots=True)
class _Sender:
    """Who sent a text: a number with its id, or a name."""

    number_id: int | None
    name: str
    key: str


@dataclass(frozen=True, slots=True)
class _Whole:
    """A whole text, ready to be read."""

    sender: _Sender
    sim: str
    text: str
    received_at: Instant
    fragments: tuple[int, ...]


def keep(incoming: Incoming, config: Config, now: Instant) -> bool:
    """Stores one PDU and, when its text is whole, all that follows from it. False when it was known."""
    with database.transaction():
        sender = _sender(incoming)
        key = incoming.key if incoming.sent_at is not None else f"{incoming.key}/{now}"
        if _is_next_answer(incoming, sender, key, now):
            key = f"{key}/{now}"
        fragment = inbox.NewFragment(
            sim=incoming.sim,
            key=key,
            pdu=incoming.pdu,
            sender_key=sender.key,
            kind=incoming.kind,
            text=incoming.text,
            sent_at=incoming.sent_at,
            reference=incoming.reference,
            seq=incoming.seq,
            total=incoming.total,
        )
        if incoming.reference is not None and inbox.is_copy(fragment, now - PARTIAL_AFTER):
            fragment = replace(fragment, kind="copy")
        fragment_id = inbox.keep_fragment(fragment, now)
        if fragment_id is None:
            return False
        if fragment.kind != "text":
            return True
        whole = _join(incoming, sender, fragment_id, now)
        if whole is None:
            _heed_part(incoming, sender, now)
        else:
            _take(whole, config, now)
    return True


def _is_next_answer(incoming: Incoming, sender: _Sender, key: str, now: Instant) -> bool:
    """Whether a PDU known by its bytes is all the same another text.

    The network stamps whole seconds, so "5" to one question and "5" to the next can be the same bytes. They
    are two texts when we wrote to the number in between, within the second's reach; a network that delivers
    twice does so much later (it waits for its acknowledgement first), and a slot read again is read before
    anything is sent.
    """
    if incoming.reference is not None or sender.number_id is None:
        return False
    first_read_at = inbox.read_at(key)
    if first_read_at is None or now - first_read_at > SAME_SECOND:
        return False
    return outbox.left_since(sender.number_id, first_read_at)


def join_late(config: Config, now: Instant) -> int:
    """Reads long texts whose rest never came, as far as they go; returns how many."""
    groups = inbox.groups_older_than(now - PARTIAL_AFTER)
    for group in groups:
        with database.transaction():
            parts = inbox.parts_waiting(group.sender_key, group.reference, group.total)
            if not parts:
                continue
            ids = tuple(parts[seq][0] for seq in sorted(parts))
            text = _joined([parts[seq][1] if seq in parts else GAP for seq in range(1, group.total + 1)])
            sim, read_at = inbox.first_fragment(ids[0])
            _take(_Whole(_known_sender(group.sender_key), sim, text, read_at, ids), config, now)
    return len(groups)


def _sender(incoming: Incoming) -> _Sender:
    check = phone.check(incoming.sender) if not incoming.is_alphanumeric else None
    if check is not None and check.e164 is not None:
        return _Sender(numbers.remember(check.e164), "", numbers.digest(check.e164))
    name = inbox.clean_for_disk(incoming.sender)
    return _Sender(None, name, f"name:{name}")


def _known_sender(key: str) -> _Sender:
    if key.startswith("name:"):
        return _Sender(None, key.removeprefix("name:"), key)
    return _Sender(numbers.find_digest(key), "", key)


def _join(incoming: Incoming, sender: _Sender, fragment_id: int, now: Instant) -> _Whole | None:
    """The whole text if this was its last missing part, else None."""
    if incoming.reference is None or incoming.total is None or incoming.total < 2:
        text, sent_at = _joined([incoming.text]), incoming.sent_at
        ids: tuple[int, ...] = (fragment_id,)
    else:
        parts = inbox.parts_waiting(sender.key, incoming.reference, incoming.total)
        if any(seq not in parts for seq in range(1, incoming.total + 1)):
            return None
        text = _joined([parts[seq][1] for seq in range(1, incoming.total + 1)])
        ids = tuple(parts[seq][0] for seq in sorted(parts))
        sent_at = parts[1][2] if 1 in parts else incoming.sent_at
    return _Whole(sender, incoming.sim, text, _plausible(sent_at, now), ids)


def _joined(texts: list[str]) -> str:
    """Parts put together; an emoji cut in two by the sender's phone is whole again."""
    units = "".join(texts).encode("utf-16-le", "surrogatepass")
    return units.decode("utf-16-le", "replace")


def _plausible(sent_at: Instant | None, now: Instant) -> Instant:
    """The network's time where it can be true, else ours: a SIM keeps texts for weeks, not from tomorrow."""
    if sent_at is None or sent_at > now + HOUR or sent_at < now - 60 * DAY:
        return now
    return min(sent_at, now)


def _heed_part(incoming: Incoming, sender: _Sender, now: Instant) -> None:
    """A part of a longer text is read on arrival: a cry for help does not wait for the rest."""
    words = policies.current().policy.keywords
    readings = reading.read(_joined([incoming.text]), (), words)
    if readings.is_red:
        _raise(readings, sender, None, now)


def _take(whole: _Whole, config: Config, now: Instant) -> None:
    policy = policies.current()
    number_id = whole.sender.number_id
    own = outbox.texts_to(number_id, OWN_TEXTS) if number_id is not None else []
    readings = reading.read(whole.text, own, policy.policy.keywords)
    talk = surveys.latest_for(number_id, now) if number_id is not None else None
    kind = reading.kind(readings, has_survey=talk is not None)
    effects = [] if number_id is None else _effects(readings, kind, talk, number_id, policy, now)
    if readings.safety.level is not None:
        effects.append(f"alarm:{readings.safety.level.value}")
    reply_id = inbox.add_reply(
        inbox.NewReply(
            number_id=number_id,
            sender=whole.sender.name,
            sim=whole.sim,
            text=whole.text,
            received_at=whole.received_at,
            kind=kind,
            alarm=readings.safety.level,
            safety_family=readings.safety.family,
            standing=readings.standing.value,
            usage=readings.use.value,
            effects=tuple(effects),
            waits=kind is ReplyKind.ANSWER,
            conversation_id=None if talk is None else talk.conversation.id,
        ),
        whole.fragments,
        now,
    )
    _raise(readings, whole.sender, reply_id, now)
    _list_for_a_person(kind, readings, whole.sender, reply_id, now)
    if number_id is not None and kind is not ReplyKind.ANSWER:
        Answering(config, policy, number_id, reply_id, talk).answer(kind, readings, effects, now)


def _effects(
    readings: Readings,
    kind: ReplyKind,
    talk: Talk | None,
    number_id: int,
    policy: PolicyVersion,
    now: Instant,
) -> list[str]:
    """What takes effect at once, in this very commit."""
    done: list[str] = []
    standing = readings.standing.value
    if standing in ("stop", "refusal", "wrong"):
        if standing != "wrong":
            done += _score_before_stop(readings, talk, now)
        if contacts.opt_out(number_id, standing, now):
            done.append("opted_out")
        reason = "wrong_number" if standing == "wrong" else "opted_out"
        withdrawal.silence_number(number_id, reason, policy.id, now)
    elif standing == "start" and contacts.opt_in(number_id):
        done.append("opted_in")
    if kind is ReplyKind.LANGUAGE and readings.language is not None:
        contacts.set_language(number_id, readings.language)
        done.append(f"language:{readings.language}")
    event = _SURVEY_EVENTS.get(kind)
    if readings.is_red:
        withdrawal.drop_conversation_texts(number_id, policy.id, now)
    if talk is not None and event is not None:
        done += _end_survey(talk, event, now)
    return done


_SURVEY_EVENTS = {
    ReplyKind.EMERGENCY: SurveyEvent.RED,
    ReplyKind.STOP: SurveyEvent.STOP,
    ReplyKind.REFUSAL: SurveyEvent.STOP,
    ReplyKind.WRONG: SurveyEvent.WRONG,
    ReplyKind.CHILD: SurveyEvent.CHILD,
}


def _end_survey(talk: Talk, event: SurveyEvent, now: Instant) -> list[str]:
    if talk.conversation.state is not ConversationState.OPEN:
        return []
    script = policies.version(talk.policy_id).policy.script(talk.conversation.script_name)
    step = survey.step(surveys.get(talk.conversation.id).conversation, script, event, now)
    if step.is_refused or step.conversation.state is ConversationState.OPEN:
        return []
    surveys.save(step, None, now)
    return [f"survey:{step.conversation.state.value}"]


def _score_before_stop(readings: Readings, talk: Talk | None, now: Instant) -> list[str]:
    """ "5. No more texts please" answers and refuses: the score counts, and nothing follows it."""
    if talk is None or readings.is_red or talk.conversation.state is not ConversationState.OPEN:
        return []
    script = policies.version(talk.policy_id).policy.script(talk.conversation.script_name)
    event, found = survey.read(talk.conversation, script, readings.text, now)
    if event is not SurveyEvent.REPLY_SCORE:
        return []
    step = survey.step(talk.conversation, script, event, now, reading=found, text=readings.text)
    surveys.save(step, None, now)
    return [f"score:{found.score}"]


def _raise(readings: Readings, sender: _Sender, reply_id: int | None, now: Instant) -> None:
    """Safety: red is on every screen with sound, amber is listed."""
    level = readings.safety.level
    if level is None:
        return
    subject = f"number:{sender.number_id}" if sender.number_id is not None else f"sender:{sender.name}"
    alarms.raise_alarm(
        f"{level.value}_text",
        level,
        subject,
        now,
        number_id=sender.number_id,
        reply_id=reply_id,
        details={"family": readings.safety.family or ""},
    )


def _list_for_a_person(
    kind: ReplyKind, readings: Readings, sender: _Sender, reply_id: int, now: Instant
) -> None:
    """What a machine must not settle alone: refusals in plain words, wrong numbers, wishes for a call."""
    code = {
        ReplyKind.REFUSAL: "refusal",
        ReplyKind.WRONG: "wrong_number",
        ReplyKind.CALLME: "callme",
    }.get(kind)
    if code is None or (readings.is_amber and kind is ReplyKind.WRONG):
        return
    alarms.raise_alarm(
        code,
        AlarmLevel.AMBER,
        f"number:{sender.number_id}",
        now,
        number_id=sender.number_id,
        reply_id=reply_id,
    )
