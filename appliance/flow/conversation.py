"""ANSWER: a reply becomes an answer and the next question; open surveys run out; one commit each."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from appliance.clock import MINUTE, Instant
from appliance.config import Config
from appliance.domain import reading, short_answers, survey, wording
from appliance.domain.outgoing import MessageEvent
from appliance.domain.records import Lane, MessageState, ReplyKind
from appliance.domain.scripts import Question, Script
from appliance.domain.survey import Step, SurveyEvent
from appliance.flow import planning, withdrawal
from appliance.flow.answering import OWN_TEXTS, Answering
from appliance.store import contacts, database, inbox, outbox, policies, surveys
from appliance.store.inbox import WaitingReply
from appliance.store.policies import PolicyVersion
from appliance.store.surveys import Talk

BATCH = 50

SAME_ANSWER = 2 * MINUTE
"""How long after an answer a further text, written before the next question came, is part of it."""

CORRECTED_WITHIN = 10 * MINUTE
"""How long after an answer "sorry I meant 4" still corrects it."""


def advance(config: Config, now: Instant, hearing: Collection[str] | None = None) -> int:
    """Reads every reply that waits, ends what has run out, and goes past lost questions; returns how many.

    `hearing` names the modems that have read what their SIM had stored (None: all). A question that a deaf
    modem lost sight of is not lost yet: its answer may lie on the SIM. A round that finds nothing writes
    nothing.
    """
    done = 0
    while replies := inbox.next_new(BATCH):
        for reply in replies:
            with database.transaction():
                _read(reply, config, now)
            done += 1
    return done + _expire(config, now) + _pass_lost(config, now, hearing)


def next_due() -> Instant | None:
    """When the next open conversation runs out."""
    return surveys.next_expiry()


def _read(reply: WaitingReply, config: Config, now: Instant) -> None:
    talk = None if reply.conversation_id is None else surveys.get(reply.conversation_id)
    policy = policies.current() if talk is None else policies.version(talk.policy_id)
    own = outbox.texts_to(reply.number_id, OWN_TEXTS)
    readings = reading.read(reply.text, own, policies.current().policy.keywords)
    answering = Answering(config, policies.current(), reply.number_id, reply.id, talk)
    if talk is None:
        answering.say_auto(readings, now)
        inbox.finish(reply.id, ReplyKind.OTHER, reply.effects)
        return
    script = policy.policy.script(talk.conversation.script_name)
    heard = survey.read(talk.conversation, script, readings.text, reply.stored_at)
    event = heard.event
    if event in _FITTING:
        _proves_arrival(talk, now)
    if readings.is_amber and event is SurveyEvent.REPLY_UNREADABLE:
        # Fear is no wrong answer: no re-prompt is spent on it, and the lock screen shows what HELP shows.
        answering.say_auto(readings, now)
        inbox.finish(reply.id, ReplyKind.OTHER, reply.effects, conversation_id=talk.conversation.id)
        return
    if event is SurveyEvent.EARLY or _corrects_the_last(talk, script, event, readings.text, reply):
        _hear_more(reply, talk, script, readings.text)
        return
    question = talk.conversation.question
    step = survey.step(
        talk.conversation,
        script,
        event,
        now,
        reading=heard.reading,
        text=readings.text,
        several=heard.several,
    )
    surveys.save(step, reply.id, now)
    if step.reply_kind is ReplyKind.LATE:
        answering.say_limited("late", now)
    elif step.reply_kind is ReplyKind.OTHER:
        if not _said_no_since(reply):
            answering.say_auto(readings, now)
    elif step.say is not None:
        withdrawal.drop_overtaken(talk.conversation.id, policies.current().id, now)
        _say(step, talk, policy, config, now, key=f"reply/{reply.id}")
    inbox.finish(
        reply.id,
        step.reply_kind or ReplyKind.OTHER,
        (*reply.effects, *_effects(step)),
        conversation_id=talk.conversation.id,
        question=question,
        score=None if step.answer is None else step.answer.score,
    )


def _corrects_the_last(
    talk: Talk, script: Script, event: SurveyEvent, text: str, reply: WaitingReply
) -> bool:
    """Whether a text that came after the next question corrects the answer before it: "sorry I meant 4".

    Only while nothing was said to the open question; it stays open, and nobody is asked anything more.
    """
    if event not in (SurveyEvent.REPLY_SCORE, SurveyEvent.REPLY_UNREADABLE) or talk.conversation.reprompted:
        return False
    last = surveys.last_answer(talk.conversation.id, reply.stored_at - CORRECTED_WITHIN)
    return last is not None and _meant(script.question(last.question), text) is not None


def _meant(question: Question, text: str) -> int | None:
    """The score a correction gives to a question."""
    better = None if question.kind == "open" else short_answers.correction(text)
    return None if better is None else survey.read_answer(question, better).score


def _hear_more(reply: WaitingReply, talk: Talk, script: Script, text: str) -> None:
    """A text from before its question arrived: what is added to the answer just given, or a comment.

    "5", and seconds later "they were so kind": the words stand beside the 5. "sorry I meant 4" makes it a 4.
    """
    conversation_id = talk.conversation.id
    is_correction = short_answers.correction(text) is not None
    last = surveys.last_answer(
        conversation_id, reply.stored_at - (CORRECTED_WITHIN if is_correction else SAME_ANSWER)
    )
    if last is None:
        inbox.finish(reply.id, ReplyKind.COMMENT, reply.effects, conversation_id=conversation_id)
        return
    effects = [*reply.effects, f"beside:{last.question}"]
    meant = _meant(script.question(last.question), text)
    score = last.score if meant is None else meant
    if score != last.score:
        effects.append(f"corrected:{last.question}")
    words = "\n".join(part for part in (last.text, text) if part)
    surveys.amend_answer(conversation_id, last.question, score, words)
    inbox.finish(
        reply.id, ReplyKind.COMMENT, effects, conversation_id=conversation_id, question=last.question
    )


_FITTING = frozenset(
    {
        SurveyEvent.REPLY_SCORE,
        SurveyEvent.REPLY_SEVERAL,
        SurveyEvent.REPLY_ZERO,
        SurveyEvent.REPLY_TEXT,
    }
)
"""What only somebody says who has read the open question."""


def _said_no_since(reply: WaitingReply) -> bool:
    """Whether the number opted out after this reply came: then nothing follows but the confirmation."""
    opted_out_at = contacts.get(reply.number_id).opted_out_at
    return opted_out_at is not None and opted_out_at >= reply.stored_at


def _effects(step: Step) -> list[str]:
    answered = [f"answer:{answer.question}" for answer in step.answers]
    return [*answered, *sorted(str(count) for count in step.counts)]


def _proves_arrival(talk: Talk, now: Instant) -> None:
    """A reply to a text nobody knew the fate of proves that it arrived."""
    asked = outbox.latest_of(talk.conversation.id)
    if asked is not None and asked.state is MessageState.UNKNOWN:
        outbox.apply(asked.message_id, MessageEvent.CONFIRMED, now)


def _say(step: Step, talk: Talk, policy: PolicyVersion, config: Config, now: Instant, *, key: str) -> None:
    """The next text of the conversation, in its language and in the words it began with."""
    assert step.say is not None
    language = step.conversation.language
    record = planning.record_of(talk.incident_id)
    scores = " ".join(map(str, step.conversation.proposed))
    values = replace(planning.values(config, record), scores=scores)
    text = wording.render(policy.policy, step.say, language, values)
    number_id = talk.conversation.number_id
    outbox.put_once(
        outbox.NewMessage(
            key=f"{talk.call_id}/survey#{talk.conversation.id}/{step.say}/{key}",
            lane=Lane.CONVERSATION,
            kind=step.say,
            number_id=number_id,
            language=language,
            text=text,
            parts=wording.parts(text),
            policy_id=policy.id,
            due_at=now,
            not_after=talk.conversation.expires_at,
            incident_id=talk.incident_id,
            conversation_id=talk.conversation.id,
        ),
        MessageState.QUEUED if config.mode == "live" else MessageState.SHADOW,
        now,
    )


def _expire(config: Config, now: Instant) -> int:
    talks = surveys.expired(now, BATCH)
    for talk in talks:
        script = policies.version(talk.policy_id).policy.script(talk.conversation.script_name)
        with database.transaction():
            surveys.save(survey.step(talk.conversation, script, SurveyEvent.EXPIRE, now), None, now)
    return len(talks)


def _pass_lost(config: Config, now: Instant, hearing: Collection[str] | None) -> int:
    """A question whose sending stayed unknown is never sent again; after a while the next one is asked."""
    passed = 0
    wait = policies.current().policy.survey.unknown_wait
    for talk in surveys.with_unknown_text(now - wait, hearing, BATCH):
        policy = policies.version(talk.policy_id)
        script = policy.policy.script(talk.conversation.script_name)
        step = survey.step(talk.conversation, script, SurveyEvent.QUESTION_LOST, now)
        if step.say is None:
            continue
        with database.transaction():
            surveys.save(step, None, now)
            _say(step, talk, policy, config, now, key=f"lost/{talk.conversation.question}")
        passed += 1
    return passed
