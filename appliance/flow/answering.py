"""The one automatic answer a reply gets: which, in which language, and how often at most."""

from __future__ import annotations

from dataclasses import dataclass, replace

from appliance.clock import DAY, HOUR, MINUTE, Instant
from appliance.config import Config
from appliance.domain import wording
from appliance.domain.policy import Policy
from appliance.domain.reading import Readings
from appliance.domain.records import ConversationState, Lane, MessageState, ReplyKind
from appliance.flow import planning, withdrawal
from appliance.store import contacts, incidents, outbox, policies, surveys
from appliance.store.policies import PolicyVersion
from appliance.store.surveys import Talk

OWN_TEXTS = 12
"""How many of our latest texts are looked for as quotes in a reply."""

STOP_CONFIRMED_WITHIN = 5 * MINUTE
ANSWER_USEFUL_FOR = HOUR


@dataclass(frozen=True, slots=True)
class Answering:
    """Sends the one automatic answer a reply gets, within its limits."""

    config: Config
    policy: PolicyVersion
    number_id: int
    reply_id: int
    talk: Talk | None

    def answer(self, kind: ReplyKind, readings: Readings, effects: list[str], now: Instant) -> None:
        """The answer to a reply that no conversation reads; at most one, often none."""
        if kind in (ReplyKind.STOP, ReplyKind.REFUSAL):
            if "opted_out" in effects:
                self.say("stop", now, useful_for=STOP_CONFIRMED_WITHIN)
        elif kind in (ReplyKind.EMERGENCY, ReplyKind.HELP, ReplyKind.OTHER):
            self.say_auto(readings, now)
        elif kind is ReplyKind.WRONG:
            if "opted_out" in effects:
                self.say("wrong", now)
        elif kind is ReplyKind.LANGUAGE:
            self._repeat(readings, now)
        elif kind is ReplyKind.STATUS:
            self.say_limited(self._status_key(now), now)
        elif kind is ReplyKind.START and contacts.get(self.number_id).opted_out_at is not None:
            self.say_auto(readings, now)  # START lifts only the own STOP: nothing is on again
        elif kind in (ReplyKind.WHO, ReplyKind.CALLME, ReplyKind.START):
            self.say_limited(kind.value, now)

    def say_auto(self, readings: Readings, now: Instant) -> None:
        """AUTO: to a red text once in ten minutes, else one a number and day."""
        span = 10 * MINUTE if readings.is_red else DAY
        if not outbox.count_to(self.number_id, ("auto",), now - span):
            self.say("auto", now)

    def say_limited(self, key: str, now: Instant) -> None:
        """Any other automatic answer: so few an hour that two machines fall silent."""
        if not self._is_at_limit(now):
            self.say(key, now)

    def _is_at_limit(self, now: Instant) -> bool:
        limit = self._rules.limits.auto_replies_per_hour
        return bool(limit) and outbox.count_answers(self.number_id, now - HOUR) >= limit

    def say(self, key: str, now: Instant, useful_for: int = ANSWER_USEFUL_FOR) -> None:
        """Queues one automatic answer; it passes hold, breaker, caps and quiet hours."""
        call = incidents.latest_of_number(self.number_id) if key.startswith("status_") else None
        record = None if call is None else call.incident.record
        text = wording.render(self._rules, key, self._language, planning.values(self.config, record))
        self._put(key, text, self._language, now, useful_for)

    def _repeat(self, readings: Readings, now: Instant) -> None:
        """A language word brings the last text again in that language, outside the caps.

        Not the last text of a call that was locked since, nor one that is no text of the policy.
        """
        last = outbox.last_to(self.number_id)
        language = readings.language
        useful_for, overtaken = ANSWER_USEFUL_FOR, None
        if language in self.config.agency.languages and self.talk is not None and self._is_open:
            # What has not left yet is said in the new language in its place, and waits as long.
            overtaken = withdrawal.drop_overtaken(self.talk.conversation.id, self.policy.id, now)
            last = overtaken or last
            useful_for = self.talk.conversation.expires_at - now if overtaken else useful_for
        if language in self.config.agency.languages and self.talk is not None:
            surveys.set_language(self.talk.conversation.id, language)
        if last is None or language not in self.config.agency.languages or not self._may_repeat(last):
            self.say_auto(readings, now)
            return
        rules = self._rules
        if last.conversation_id is not None:
            rules = policies.version(surveys.get(last.conversation_id).policy_id).policy
        record = planning.record_of(last.incident_id)
        proposed = () if self.talk is None else self.talk.conversation.proposed
        values = replace(planning.values(self.config, record), scores=" ".join(map(str, proposed)))
        text = wording.render(rules, last.kind, language, values)
        if overtaken is not None or not self._is_at_limit(now):
            self._put(last.kind, text, language, now, useful_for, last)

    def _may_repeat(self, last: outbox.Outgoing) -> bool:
        if last.kind in ("test", "alert"):
            return False
        if last.lane is not Lane.CONFIRMATION and contacts.get(self.number_id).opted_out_at is not None:
            return False
        return last.incident_id is None or incidents.get(last.incident_id).incident.locked is None

    def _status_key(self, now: Instant) -> str:
        return planning.status_key(self.number_id, self._rules, now)

    def _put(
        self,
        kind: str,
        text: str,
        language: str,
        now: Instant,
        useful_for: int,
        repeats: outbox.Outgoing | None = None,
    ) -> None:
        outbox.put_once(
            outbox.NewMessage(
                key=f"reply/{self.reply_id}/{kind}",
                lane=Lane.CONFIRMATION,
                kind=kind,
                number_id=self.number_id,
                language=language,
                text=text,
                parts=wording.parts(text),
                policy_id=self.policy.id,
                due_at=now,
                not_after=now + useful_for,
                incident_id=None if repeats is None else repeats.incident_id,
                conversation_id=None if repeats is None else repeats.conversation_id,
            ),
            MessageState.QUEUED if self.config.mode == "live" else MessageState.SHADOW,
            now,
        )

    @property
    def _is_open(self) -> bool:
        return self.talk is not None and self.talk.conversation.state is ConversationState.OPEN

    @property
    def _rules(self) -> Policy:
        return self.policy.policy

    @property
    def _language(self) -> str:
        if self.talk is not None and contacts.get(self.number_id).language is None:
            return self.talk.conversation.language
        call = incidents.latest_of_number(self.number_id)
        given = "" if call is None else call.incident.record.language
        return planning.language_for(self.number_id, given, self.config)
