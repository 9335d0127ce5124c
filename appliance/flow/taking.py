"""What follows from a text once it is whole, or as whole as it gets: in the transaction that stores it.

STOP, a refusal, a wrong number and a red text take effect here, so that whatever was queued to that number is
gone when the commit is. Exactly one automatic answer, however many pieces the text came in.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from appliance.clock import HOUR, MINUTE, Instant
from appliance.config import Config
from appliance.domain import phone, reading, survey
from appliance.domain.reading import Readings
from appliance.domain.records import AlarmLevel, ConversationState, ReplyKind
from appliance.domain.survey import SurveyEvent
from appliance.flow import cards, withdrawal
from appliance.flow.answering import OWN_TEXTS, Answering
from appliance.flow.long_texts import GAP, mended
from appliance.store import alarms, contacts, inbox, numbers, outbox, policies, surveys
from appliance.store.inbox import KeptReply
from appliance.store.policies import PolicyVersion
from appliance.store.surveys import Talk

FLOOD = 20
"""Texts a number in an hour after which its texts are kept and read for danger and no, and nothing else."""

RED_FLOOD = 10
"""Numbers in ten minutes after which red texts of further numbers are one alarm."""

OLD = 30 * MINUTE
"""A red text that was on its way for longer says so: who comes may come too late."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sent a text: a number with its id, or a name."""

    number_id: int | None
    name: str
    key: str


@dataclass(frozen=True, slots=True)
class Whole:
    """A text ready to be read; where `is_partial`, `GAP` stands for what has not come."""

    sender: Sender
    sim: str
    text: str
    received_at: Instant
    fragments: tuple[int, ...]
    is_partial: bool = False


def sender_of(given: str, *, is_alphanumeric: bool) -> Sender:
    """Whoever writes or calls: a number of ours to text, or whatever the network gave."""
    check = phone.check(given) if not is_alphanumeric else None
    if check is not None and check.e164 is not None:
        return Sender(numbers.remember(check.e164), "", numbers.digest(check.e164))
    name = inbox.clean_for_disk(given)
    return Sender(None, name, f"name:{name}")


def known_sender(key: str) -> Sender:
    """The sender whose key is stored beside a fragment."""
    if key.startswith("name:"):
        return Sender(None, key.removeprefix("name:"), key)
    return Sender(numbers.find_digest(key), "", key)


def heed_part(text: str, sender: Sender, now: Instant, reply_id: int | None = None) -> None:
    """A part of a longer text is read on arrival: a cry for help does not wait for the rest."""
    readings = reading.read(mended(text), (), policies.current().policy.keywords)
    if readings.is_red:
        _raise(readings, sender, reply_id, now)


def take(whole: Whole, config: Config, now: Instant) -> None:
    """Stores a text as a reply, with all that follows from it."""
    policy = policies.current()
    number_id = whole.sender.number_id
    readings = _read(whole.text, number_id, policy)
    is_flood = number_id is not None and inbox.count_from(number_id, now - HOUR) >= FLOOD
    talk = surveys.latest_for(number_id, now) if number_id is not None else None
    kind = _kind_of(readings, talk, is_flood=is_flood)
    card = None
    if number_id is not None and not is_flood and kind in (ReplyKind.ANSWER, ReplyKind.OTHER):
        card = cards.begin(readings.text, number_id, config, policy, now)
    if card is not None:
        kind = ReplyKind.OTHER
    effects = [] if number_id is None else _effects(readings, kind, talk, number_id, policy, now)
    if is_flood:
        effects.append("flood")
    if card is not None:
        effects.append("card")
    if readings.safety.level is not None:
        effects.append(f"alarm:{readings.safety.level.value}")
    if whole.is_partial:
        effects.append("part_missing")
    if number_id is not None:
        contacts.stick(number_id, whole.sim)
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
            conversation_id=card or (None if talk is None else talk.conversation.id),
        ),
        whole.fragments,
        now,
    )
    _raise(readings, whole.sender, reply_id, now, received_at=whole.received_at)
    _list_for_a_person(kind, readings, whole.sender, reply_id, now)
    if is_flood:
        _tell_of_flood(whole.sender, reply_id, now)
    is_silent = card is not None or (is_flood and kind is ReplyKind.OTHER)
    if number_id is not None and kind is not ReplyKind.ANSWER and not is_silent:
        Answering(config, policy, number_id, reply_id, talk).answer(kind, readings, effects, now)


def _kind_of(readings: Readings, talk: Talk | None, *, is_flood: bool) -> ReplyKind:
    kind = reading.kind(readings, has_survey=talk is not None)
    return ReplyKind.OTHER if is_flood and kind not in _HEEDED_IN_A_FLOOD else kind


def complete(reply_id: int, whole: Whole, part: str, config: Config, now: Instant) -> None:
    """More of a text that was read with a gap has come as `part`; it is read again.

    What protects the resident may be added and is never taken back. A score may be corrected or taken away,
    but is never added: the question was asked again meanwhile. Nothing is answered twice.
    """
    was = inbox.get(reply_id)
    policy = policies.current()
    number_id = whole.sender.number_id
    readings = _read(whole.text, number_id, policy)
    talk = None if was.conversation_id is None else surveys.get(was.conversation_id)
    kind = reading.kind(readings, has_survey=talk is not None)
    effects = list(was.effects)
    if number_id is not None:
        if was.standing not in _NO:
            effects += _say_no(readings, number_id, policy, now)
        effects += _end_talk(readings, kind, talk, number_id, policy, now)
    is_graver = _is_graver(readings.safety.level, was.alarm)
    if is_graver and readings.safety.level is not None:
        effects.append(f"alarm:{readings.safety.level.value}")
    if not whole.is_partial:
        effects.append("rest_came")
    after = replace(
        was,
        text=whole.text,
        kind=_kind_after(was.kind, kind),
        alarm=readings.safety.level if is_graver else was.alarm,
        safety_family=readings.safety.family if is_graver else was.safety_family,
        standing=was.standing if was.standing in _NO else readings.standing.value,
        effects=tuple(effects),
        waits=was.waits and kind is ReplyKind.ANSWER,
        score=_corrected(was, readings, talk),
    )
    inbox.amend(after, whole.fragments)
    if is_graver:
        _raise(readings, whole.sender, reply_id, now)
    else:
        heed_part(part, whole.sender, now, reply_id)
    if after.kind is not was.kind:
        _list_for_a_person(after.kind, readings, whole.sender, reply_id, now)
    if number_id is not None and is_graver and readings.is_red and not inbox.was_answered(reply_id):
        Answering(config, policy, number_id, reply_id, talk).say_auto(readings, now)


def _read(text: str, number_id: int | None, policy: PolicyVersion) -> Readings:
    """A gap ends a line: what stands behind it may be the whole of what was meant."""
    own = outbox.texts_to(number_id, OWN_TEXTS) if number_id is not None else []
    return reading.read(text.replace(GAP, "\n"), own, policy.policy.keywords)


_NO = ("stop", "refusal", "wrong")
_HEEDED_IN_A_FLOOD = (
    ReplyKind.EMERGENCY,
    ReplyKind.STOP,
    ReplyKind.REFUSAL,
    ReplyKind.WRONG,
    ReplyKind.CHILD,
)
_HEEDED_LATE = (
    ReplyKind.EMERGENCY,
    ReplyKind.STOP,
    ReplyKind.REFUSAL,
    ReplyKind.WRONG,
    ReplyKind.CALLME,
    ReplyKind.CHILD,
)
"""What a completed text may turn out to be, though it was taken for something else without its rest."""


def _kind_after(was: ReplyKind, now: ReplyKind) -> ReplyKind:
    if now not in _HEEDED_LATE:
        return was
    ranks = {kind: rank for rank, kind in enumerate(_HEEDED_LATE)}
    return min((was, now), key=lambda kind: ranks.get(kind, len(ranks)))


def _is_graver(level: AlarmLevel | None, was: AlarmLevel | None) -> bool:
    return level is not None and (was is None or (level is AlarmLevel.RED and was is not AlarmLevel.RED))


def _corrected(was: KeptReply, readings: Readings, talk: Talk | None) -> int | None:
    """The score as the completed text gives it; its words go beside it.

    Where no single score can be read in all of it, or it is an emergency, there is none.
    """
    if talk is None or was.question is None or f"answer:{was.question}" not in was.effects:
        return was.score
    script = policies.version(talk.policy_id).policy.script(talk.conversation.script_name)
    question = script.question(was.question)
    score, words = None, readings.text or None
    if was.score is not None and not readings.is_red and not readings.is_machine:
        found = survey.read_answer(question, readings.text)
        if found.score is not None or (found.zero and question.skip):
            score, words = found.score or 0, found.comment
    inbox.amend_answer(was, score, words)
    return score


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
    if readings.standing.value in ("stop", "refusal"):
        done += _score_before_stop(readings, talk, now)
    done += _say_no(readings, number_id, policy, now)
    if readings.standing.value == "start" and contacts.opt_in(number_id, now):
        done.append("opted_in")
    if kind is ReplyKind.LANGUAGE and readings.language is not None:
        contacts.set_language(number_id, readings.language)
        done.append(f"language:{readings.language}")
    return done + _end_talk(readings, kind, talk, number_id, policy, now)


def _say_no(readings: Readings, number_id: int, policy: PolicyVersion, now: Instant) -> list[str]:
    """STOP, a refusal, a wrong number: nothing but the answer to it leaves any more."""
    done: list[str] = []
    standing = readings.standing.value
    if standing in _NO:
        if contacts.opt_out(number_id, standing, now):
            done.append("opted_out")
        reason = "wrong_number" if standing == "wrong" else "opted_out"
        withdrawal.silence_number(number_id, reason, policy.id, now)
    return done


_SURVEY_EVENTS = {
    ReplyKind.EMERGENCY: SurveyEvent.RED,
    ReplyKind.STOP: SurveyEvent.STOP,
    ReplyKind.REFUSAL: SurveyEvent.STOP,
    ReplyKind.WRONG: SurveyEvent.WRONG,
    ReplyKind.CHILD: SurveyEvent.CHILD,
}


def _end_talk(
    readings: Readings,
    kind: ReplyKind,
    talk: Talk | None,
    number_id: int,
    policy: PolicyVersion,
    now: Instant,
) -> list[str]:
    event = _SURVEY_EVENTS.get(kind)
    if readings.is_red:
        withdrawal.drop_conversation_texts(number_id, policy.id, now)
    if talk is not None and event is not None:
        return _end_survey(talk, event, now)
    return []


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
    heard = survey.read(talk.conversation, script, readings.text, now)
    if heard.event is not SurveyEvent.REPLY_SCORE:
        return []
    step = survey.step(talk.conversation, script, heard.event, now, reading=heard.reading, text=readings.text)
    surveys.save(step, None, now)
    return [f"score:{heard.reading.score}"]


def _raise(
    readings: Readings,
    sender: Sender,
    reply_id: int | None,
    now: Instant,
    *,
    received_at: Instant | None = None,
) -> None:
    """Safety: red is on every screen with sound, amber is listed.

    `received_at` is the network's time of the text; one that was long on its way alarms with its age.
    """
    level = readings.safety.level
    if level is None:
        return
    subject = f"number:{sender.number_id}" if sender.number_id is not None else f"sender:{sender.name}"
    details: dict[str, str | int] = {"family": readings.safety.family or ""}
    if received_at is not None and now - received_at > OLD:
        details["minutes_old"] = (now - received_at) // MINUTE
    if level is AlarmLevel.RED and _is_one_of_many(subject, now):
        alarms.raise_alarm("red_flood", AlarmLevel.RED, "box", now, reply_id=reply_id, details=details)
        return
    alarms.raise_alarm(
        f"{level.value}_text",
        level,
        subject,
        now,
        number_id=sender.number_id,
        reply_id=reply_id,
        details=details,
    )


def _is_one_of_many(subject: str, now: Instant) -> bool:
    """Whether so many numbers cry for help at once that another alarm would hide more than it shows."""
    if alarms.is_open("red_text", subject):
        return False
    return alarms.numbers_with("red_text", now - 10 * MINUTE) >= RED_FLOOD


def _tell_of_flood(sender: Sender, reply_id: int, now: Instant) -> None:
    alarms.raise_alarm(
        "number_flood",
        AlarmLevel.AMBER,
        f"number:{sender.number_id}",
        now,
        number_id=sender.number_id,
        reply_id=reply_id,
    )


def _list_for_a_person(
    kind: ReplyKind, readings: Readings, sender: Sender, reply_id: int, now: Instant
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
