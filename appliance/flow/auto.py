"""AUTO to somebody who wrote no words: a picture that lies at the carrier, a call that nobody took."""

from __future__ import annotations

from appliance.clock import DAY, HOUR, Instant
from appliance.config import Config
from appliance.domain import wording
from appliance.domain.records import Lane, MessageState
from appliance.flow import planning
from appliance.store import contacts, incidents, outbox, policies

USEFUL_FOR = HOUR


def say(number_id: int, sim: str, cause: str, config: Config, now: Instant) -> bool:
    """Queues AUTO within its limit of one a number and day; never to a number that said no.

    It leaves by the SIM that was written to or called. `cause` names in the text's key what it answers, once.
    Says whether it was queued.
    """
    contacts.stick(number_id, sim)
    if contacts.get(number_id).opted_out_at is not None:
        return False
    if outbox.count_to(number_id, ("auto",), now - DAY):
        return False
    policy = policies.current()
    call = incidents.latest_of_number(number_id)
    given = "" if call is None else call.incident.record.language
    language = planning.language_for(number_id, given, config)
    text = wording.render(policy.policy, "auto", language, planning.values(config, None))
    queued = outbox.put_once(
        outbox.NewMessage(
            key=f"{cause}/auto",
            lane=Lane.CONFIRMATION,
            kind="auto",
            number_id=number_id,
            language=language,
            text=text,
            parts=wording.parts(text),
            policy_id=policy.id,
            due_at=now,
            not_after=now + USEFUL_FOR,
        ),
        MessageState.QUEUED if config.mode == "live" else MessageState.SHADOW,
        now,
    )
    return queued is not None
