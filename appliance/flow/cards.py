"""A walk-in texts the code of a card: a survey begins at once, about no call of any feed.

The resident asked for it, so caps, sample and windows do not apply; what does is a STOP, a lock, the
advocate's list, and one open survey a number.
"""

from __future__ import annotations

import re

from appliance.clock import Instant
from appliance.config import Config
from appliance.domain import cleaning, story, wording
from appliance.domain.events import Happening
from appliance.domain.records import (
    Decision,
    EventKind,
    IncidentRecord,
    Lane,
    MessageState,
    Verdict,
    caller_of,
)
from appliance.flow import planning
from appliance.store import cards, contacts, decisions, incidents, outbox, surveys
from appliance.store.policies import PolicyVersion

_CODE = re.compile(rf"\W*(?:code |codigo )?([0-9]{{{cards.DIGITS}}})\W*")


def code_in(text: str) -> str | None:
    """The code, where a text is one and nothing else."""
    found = _CODE.fullmatch(cleaning.fold(text))
    return None if found is None else found[1]


def begin(text: str, number_id: int, config: Config, policy: PolicyVersion, now: Instant) -> int | None:
    """Begins the survey of a card whose code this text is; the conversation, or None where nothing begins."""
    code = code_in(text)
    card_id = None if code is None else cards.find(code, now)
    if card_id is None or not policy.policy.survey.enabled or not _may_be_asked(number_id, now):
        return None
    record = IncidentRecord(
        cards.FEED,
        f"card-{card_id}",
        received_at=now,
        closed_at=now,
        call_type="CODE CARD",
        source="code_card",
    )
    incident_id = incidents.add(record, number_id, None, None, now)
    incidents.save_caller(incident_id, number_id, caller_of(record), now)
    key = story.event_key(record, EventKind.SURVEY, number_id)
    decisions.add_event(key, incident_id, number_id, Happening(EventKind.SURVEY, now, now), now)
    (event,) = decisions.pending_of(incident_id)
    decisions.record(event, Decision(Verdict.SEND, "allowed"), policy.id, now)
    name = policy.policy.survey.script
    language = planning.language_for(number_id, "", config)
    conversation_id = surveys.open_conversation(event, policy, name, language, now)
    cards.use(card_id, conversation_id, now)
    question = policy.policy.script(name).questions[0].text
    words = wording.render(policy.policy, question, language, planning.values(config, record))
    outbox.put_once(
        outbox.NewMessage(
            key=f"{event.key}/{question}",
            lane=Lane.CONVERSATION,
            kind=question,
            number_id=number_id,
            language=language,
            text=words,
            parts=wording.parts(words),
            policy_id=policy.id,
            due_at=now,
            not_after=now + policy.policy.survey.open_for,
            incident_id=incident_id,
            event_id=event.id,
            conversation_id=conversation_id,
        ),
        MessageState.QUEUED if config.mode == "live" else MessageState.SHADOW,
        now,
    )
    return conversation_id


def _may_be_asked(number_id: int, now: Instant) -> bool:
    contact = contacts.get(number_id)
    kept_from = max(contact.never_until or 0, contact.quiet_until or 0)
    return contact.opted_out_at is None and kept_from <= now and surveys.open_for(number_id) is None
