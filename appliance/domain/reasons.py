"""Reason codes of decisions and the sentence each makes on show; the list stands in docs/codes.md too."""

from __future__ import annotations

from collections.abc import Mapping


def _(text: str) -> str:
    """Marks a sentence for the catalogue; it is translated where it is shown."""
    return text


SENTENCES: Mapping[str, str] = {
    # it goes
    "allowed": _("Every rule allows it."),
    "shadow_mode": _("Every rule allows it, but the box is in shadow mode: planned and shown, never sent."),
    # not now
    "hold": _("Sending is on hold."),
    "clock": _("The box does not trust its clock, so nothing that depends on the hour leaves."),
    "breaker": _("The breaker is open: more texts than usual were about to leave."),
    "window": _("Outside the hours for this text; it waits for the next opening."),
    # never
    "quarantined": _("A record of this call carried marks of criminal justice information."),
    "too_old": _("The feed told us too late for this text to be of use."),
    "expired": _("It could not leave while it was still of use."),
    "superseded": _("Something newer happened to the call before this text was due."),
    "unit_assigned": _("A unit was already assigned, so there was nothing to acknowledge."),
    "feed_silent": _("The feed has been silent, so nobody can say that the call is still waiting."),
    "never_list": _("The call type is on the never-list."),
    "sensitive": _("The call is marked sensitive."),
    "never_history": _("An earlier call from this number was on the never-list."),
    "quiet_list": _("The number is on the advocate's quiet list."),
    "minor": _("The caller is a minor."),
    "anonymous": _("The caller asked to stay anonymous."),
    "do_not_text": _("The call is marked do-not-text."),
    "type_not_enabled": _("The agency has not enabled this call type."),
    "role": _("Texts go to callers, victims and witnesses only."),
    "no_consent": _("The caller was not asked, or did not agree, to be texted."),
    "number_missing": _("The call has no callback number."),
    "number_unreadable": _("The callback number is not a complete telephone number."),
    "number_service": _("The callback number is a service or emergency number."),
    "number_toll_free": _("The callback number is toll-free: no person's phone."),
    "number_premium": _("The callback number is a premium number."),
    "number_foreign": _("The callback number is outside the United States and Canada."),
    "number_own": _("The callback number is one of the box's own."),
    "number_refused": _("The network does not know the callback number or bars it: check it in CAD."),
    "number_changed": _("The callback number was changed in CAD."),
    "opted_out": _("The resident asked for no more texts."),
    "wrong_number": _("The number's owner told us it is the wrong number."),
    "notice_cap": _("This number has had its {limit} notices in 24 hours."),
    "survey_cooldown": _("This number was invited to a survey in the last {days} days."),
    "repeat_caller": _("This number called {calls} times in 30 days."),
    "shared_line": _("This number called {calls} times in 90 days and counts as a shared line."),
    "survey_open": _("This number has a survey open."),
    "survey_taken": _("Another caller of this call was invited to its survey."),
    "survey_off": _("Surveys are switched off."),
    "self_initiated": _("An officer started the call; there is no caller to ask."),
    "not_sampled": _("Not drawn in the random sample."),
    "reopened": _("The call was reopened."),
    "conversation_over": _("The conversation it belonged to is over."),
    # what a modem made of it
    "delivered": _("Delivered."),
    "sent": _("Sent."),
    "failed": _("The network refused it: {error}"),
    "unknown": _("Nobody knows whether it left; it is not sent again."),
    "withdrawn": _("Withdrawn by a person."),
}

SENSITIVE = frozenset(
    {"never_list", "sensitive", "never_history", "quiet_list", "minor", "anonymous", "do_not_text"}
)
"""Reasons that say something about a resident; all but the auditor read one neutral sentence for them."""

NEUTRAL = _("An agency rule keeps this call from being texted.")


def sentence(reason: str, values: Mapping[str, str | int]) -> str:
    """The reason in plain words. An unknown code raises KeyError: codes and sentences stay together."""
    text = SENTENCES[reason]
    for name, value in values.items():
        text = text.replace("{" + name + "}", str(value))
    return text


def is_sensitive(reason: str) -> bool:
    """Whether the true reason needs the auditor role."""
    return reason in SENSITIVE
