"""The words the pages use for codes. A code without a word is shown as it is, never as an error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from appliance.domain.reasons import NEUTRAL, SENTENCES, is_sensitive
from appliance.store.accounts import Role
from appliance.store.alarms import OUTCOMES, AlarmView
from web.i18n import gettext as _


def N_(text: str) -> str:
    """Marks a word for the catalogue; `_` translates it where it is shown."""
    return text


STATES: Mapping[str, str] = {
    "queued": N_("Queued"),
    "sending": N_("Sending"),
    "sent": N_("Sent"),
    "delivered": N_("Delivered"),
    "unknown": N_("Unknown"),
    "failed": N_("Failed"),
    "expired": N_("Expired"),
    "cancelled": N_("Cancelled"),
    "shadow": N_("Shadow"),
    "refused": N_("Not sent"),
    "quarantined": N_("Held back"),
    "pending": N_("Waiting"),
}
"""Where a text stands, or what became of an event."""

STATE_MEANINGS: Mapping[str, str] = {
    "queued": N_("Waits for its turn at the modem."),
    "sending": N_("The modem has it now."),
    "sent": N_("The network took it; no delivery report yet."),
    "delivered": N_("The phone has it."),
    "unknown": N_("Nobody knows whether it left. It is not sent again."),
    "failed": N_("The network refused it."),
    "expired": N_("It could not leave while it was of use."),
    "cancelled": N_("Something changed before it left."),
    "shadow": N_("Planned and shown, never sent."),
    "refused": N_("A rule kept it from being sent."),
    "quarantined": N_("A record of the call was held back."),
    "pending": N_("Not decided or not sent yet."),
}

STATE_TONES: Mapping[str, str] = {
    "delivered": "good",
    "sent": "good",
    "queued": "info",
    "sending": "info",
    "pending": "info",
    "unknown": "warn",
    "failed": "bad",
}
"""The colour family of a state's badge; the rest is neutral. The word always stands beside it."""

VERDICTS: Mapping[str, str] = {
    "send": N_("Send"),
    "refuse": N_("Do not send"),
    "postpone": N_("Later"),
    "shadow": N_("Shadow"),
}

EVENTS: Mapping[str, str] = {
    "received": N_("Call received"),
    "en_route": N_("Unit on its way"),
    "delayed": N_("Call delayed"),
    "diverted": N_("Unit diverted"),
    "closed": N_("Call closed"),
    "not_found": N_("Not found"),
    "report_filed": N_("Report filed"),
    "report_assigned": N_("Report assigned"),
    "report_update": N_("Report update"),
    "report_on_hold": N_("Report on hold"),
    "survey": N_("Survey"),
    "auto": N_("Automatic answer"),
    "stop": N_("STOP confirmed"),
    "wrong": N_("Wrong number answered"),
    "test": N_("Test text"),
    "selftest": N_("Test of the own line"),
    "alert": N_("Alert to the people on call"),
    "thanks": N_("Survey: thanks"),
    "reprompt": N_("Survey: asked again"),
    "reprompt_overall": N_("Survey: asked again"),
    "reprompt_yes_no": N_("Survey: asked again"),
    "reprompt_number": N_("Survey: asked again"),
    "several": N_("Survey: asked whether several scores were meant"),
    "late": N_("Survey over: answered"),
    "start": N_("START confirmed"),
    "who": N_("Who we are"),
    "callme": N_("Call back noted"),
    "status_open": N_("Status: open"),
    "status_closed": N_("Status: closed"),
    "status_none": N_("Status: none to show"),
    "delayed_first": N_("Call delayed"),
    "q_overall": N_("Survey: overall"),
    "q_listened": N_("Survey: listened to"),
    "q_respect": N_("Survey: respect"),
    "q_fair": N_("Survey: fairness"),
    "q_resolved": N_("Survey: helped"),
    "q_informed": N_("Survey: told what happens next"),
    "q_comment": N_("Survey: comment"),
}

SHORT_EVENTS: Mapping[str, str] = {
    "received": N_("Received"),
    "en_route": N_("On its way"),
    "delayed": N_("Delayed"),
    "diverted": N_("Diverted"),
    "closed": N_("Closed"),
    "survey": N_("Survey"),
}
"""The same in one word, for lists."""

MILESTONES: Mapping[str, str] = {
    "received": N_("Call received"),
    "dispatched": N_("Unit assigned"),
    "arrived": N_("Unit arrived"),
    "closed": N_("Call closed"),
    "reclassified": N_("Call type changed"),
    "reopened": N_("Call reopened"),
}

REPLY_KINDS: Mapping[str, str] = {
    "emergency": N_("Emergency"),
    "stop": N_("Stop"),
    "refusal": N_("Refusal"),
    "wrong": N_("Wrong number"),
    "start": N_("Start"),
    "language": N_("Language"),
    "who": N_("Who is this"),
    "status": N_("Status"),
    "callme": N_("Call me"),
    "help": N_("Help"),
    "answer": N_("Answer"),
    "reprompt": N_("Asked again"),
    "comment": N_("Comment"),
    "machine": N_("Machine"),
    "child": N_("Child"),
    "late": N_("Late"),
    "other": N_("Other"),
}

FILED: Mapping[str, str] = {
    "mms_notice": N_("Picture message"),
    "call": N_("Voice call"),
    "voicemail": N_("Voicemail notice"),
    "wap_push": N_("Carrier push"),
    "sim_data": N_("Data for the SIM"),
    "binary": N_("Data, no words"),
    "raw": N_("Unreadable"),
}
"""What comes in and is no text."""

FILED_MEANINGS: Mapping[str, str] = {
    "mms_notice": N_("The picture or group text lies at the carrier; the box cannot fetch it."),
    "call": N_("Nobody answered; the box hung up."),
    "voicemail": N_("The carrier says that a voice message waits."),
    "wap_push": N_("Settings or advertising of the carrier."),
    "sim_data": N_("Meant for the SIM card, not for a person."),
    "binary": N_("Kept; it holds no words."),
    "raw": N_("Kept as it came; IT can send it in as a bug report."),
}

QUESTIONS: Mapping[str, str] = {
    "overall": N_("Satisfied overall"),
    "listened": N_("Listened to"),
    "respect": N_("Treated with respect"),
    "fair": N_("Treated fairly"),
    "informed": N_("Told what happens next"),
    "resolved": N_("Helped"),
    "comment": N_("Comment"),
}

ANSWERS: Mapping[str, str] = {"yes": N_("Yes"), "no": N_("No")}
"""Answers that have a word of ours; those of a choice are the agency's own."""

MODEM_STATES: Mapping[str, str] = {
    "absent": N_("Not heard of"),
    "starting": N_("Starting"),
    "ready": N_("Ready"),
    "recovering": N_("Recovering"),
    "parked": N_("Out of service"),
}

CONVERSATION_STATES: Mapping[str, str] = {
    "open": N_("Open"),
    "completed": N_("Completed"),
    "expired": N_("Ended by time"),
    "stopped": N_("Stopped by the resident"),
    "paused": N_("Paused by an alarm"),
    "closed": N_("Closed"),
}

ROLES: Mapping[str, str] = {
    "viewer": N_("Viewer"),
    "supervisor": N_("Supervisor"),
    "admin": N_("Admin"),
    "auditor": N_("Auditor"),
}

ALARM_OUTCOMES: Mapping[str, str] = {
    "called_back": N_("Called back"),
    "unit_sent": N_("Unit sent"),
    "911_has_it": N_("911 has it"),
    "no_danger": N_("No danger"),
    "not_reached": N_("Not reached"),
    "cleared": N_("Cleared by itself"),
}

ALARMS: Mapping[str, str] = {
    "red_text": N_("A resident's text reads as an emergency"),
    "red_flood": N_("Many emergency texts at once"),
    "number_flood": N_("A number writes so much that its texts are only read for danger and for STOP"),
    "amber_text": N_("A resident's text may need a look"),
    "refusal": N_("A resident does not want our texts"),
    "wrong_number": N_("A text reached the wrong person"),
    "callme": N_("A resident asks for a call"),
    "voice_call": N_("Somebody called the texting number"),
    "storage_filling": N_("The modem's message memory is filling up"),
    "slot_stuck": N_("A text cannot be deleted from the modem's memory"),
    "feed_silent": N_("The CAD feed has gone silent"),
    "feed_fault": N_("A feed cannot be read"),
    "feed_sequence": N_("A pushed feed lost a message, or sent one again"),
    "quarantined": N_(
        "A record of a feed carried marks of criminal justice information; its call is not texted"
    ),
    "modem_trouble": N_("A modem is in trouble"),
    "swap": N_("Another modem or SIM is in place than the one that belongs there"),
    "sim_account": N_("The carrier takes no texts from a SIM"),
    "sim_rejected": N_("The network rejected several texts of a SIM in a row"),
    "sim_waits": N_("A SIM has failed several times in a row"),
    "self_test_missing": N_("A test text to the own number did not come back"),
    "optouts_restored": N_("Numbers that had said STOP were missing in the database and are opted out again"),
    "optout_journal": N_("The file that keeps opt-outs outside the database cannot be used"),
    "stale_calls": N_("A feed brought many calls too late for a text; none of them is texted"),
    "clock": N_("The box doubts its clock; texts wait"),
    "breaker": N_("The breaker stopped notices and invitations: more than usual were about to leave"),
    "locked_after_text": N_("A call came under an agency rule after a text about it had left"),
}

AUDITOR_ONLY = frozenset({"locked_after_text"})
"""Alarms that tell of a never-list call: for the auditor role alone (behaviour 4)."""

REASONS: Mapping[str, str] = {
    "not_closed": N_("Still open: asked after the close."),
    "pending": N_("The survey is planned and not sent yet."),
    "agency_rule": N_("An agency rule keeps these calls from being texted."),
    "shadow_mode": N_("Shadow mode: planned and shown, never sent."),
    "failed": N_("The network refused the invitation."),
    "notice_cap": N_("The number had its notices for the day."),
    "survey_cooldown": N_("The number was invited lately."),
    "repeat_caller": N_("The number calls often."),
    "shared_line": N_("The number counts as a shared line."),
}
"""Reasons in a table of counts, where the sentence of one decision would not fit."""

NOTICES: Mapping[str, str] = {
    "held": N_("Sending is on hold. Receiving and its alarms go on."),
    "released": N_("Sending goes on."),
    "approved": N_("Approved: the new version is in force."),
    "withdrawn": N_("The proposal is withdrawn."),
    "notices": N_("Notices go on for 30 minutes. Surveys wait for a second person."),
    "acknowledged": N_("Acknowledged. Close the alarm when the matter is done."),
    "closed": N_("The alarm is closed."),
    "already": N_("Somebody else was faster: nothing was changed."),
    "password": N_("Your password is changed. Your other sessions have ended."),
    "left": N_("You are logged out."),
    "added": N_("The account is added."),
    "reset": N_("The password is reset, and all sessions of the account have ended."),
    "disabled": N_("The account is disabled, and all its sessions have ended."),
    "unlocked": N_("The account is released."),
    "confirmed": N_("Confirmed: it belongs here, and sending goes on."),
}
"""What a page says after an act, by the code in its address."""

REFUSALS: Mapping[int, tuple[str, str]] = {
    400: (N_("This request is not complete"), N_("Go back, load the page again, and repeat what you did.")),
    401: (N_("You are logged out"), N_("Log in again to go on.")),
    403: (N_("Not with this account"), N_("Ask an administrator if your work needs this page.")),
    404: (N_("Nothing here"), N_("The page or the call does not exist, or an agency rule keeps it back.")),
    405: (N_("Not this way"), N_("Go back to the page and use its buttons.")),
    413: (N_("Too much at once"), N_("Write less and send it again.")),
    429: (N_("Too many tries"), N_("Wait 15 minutes, then try again.")),
    503: (N_("Not ready yet"), N_("Try again in a minute.")),
}


def word(words: Mapping[str, str], code: str | None) -> str:
    """The word for a code, or the code itself made readable."""
    if code is None:
        return ""
    return _(words[code]) if code in words else code.replace("_", " ")


def state(code: str) -> str:
    return word(STATES, code)


def tone(code: str) -> str:
    return STATE_TONES.get(code, "plain")


def event(code: str) -> str:
    return word(EVENTS, code)


def alarm(view: AlarmView) -> str:
    """What the alarm is about, in a sentence without anybody's data."""
    given = view.details.get("sentence")
    said = str(given) if given else word(ALARMS, view.code)
    minutes = view.details.get("minutes_old")
    if not minutes:
        return said
    # A red text that lay in the network: who goes there now may come too late.
    return f"{said}. {_('It was written %(num)s minutes before it came.') % {'num': minutes}}"


def text_error(error: str | None) -> str:
    """Why a text did not leave or arrive; what says something about the resident stays an agency rule."""
    if error is None or error not in SENTENCES:
        return error or ""
    if is_sensitive(error):
        return _(NEUTRAL)
    sentence = SENTENCES[error]
    return word(REASONS, error) if "{" in sentence else _(sentence)


def reason(code: str) -> str:
    """Why calls were not asked, for a table of counts."""
    if code in REASONS:
        return _(REASONS[code])
    sentence = SENTENCES.get(code)
    return word({}, code) if sentence is None or "{" in sentence else _(sentence)


def alarms_for(views: Sequence[AlarmView], role: str) -> list[AlarmView]:
    """The alarms this role may know of."""
    return [view for view in views if role == Role.AUDITOR or view.code not in AUDITOR_ONLY]


def outcomes() -> list[tuple[str, str]]:
    """How an alarm may be closed."""
    return [(code, word(ALARM_OUTCOMES, code)) for code in OUTCOMES]


def roles() -> list[tuple[str, str]]:
    """The roles an account may have, the one that may least first."""
    return [(role.value, word(ROLES, role.value)) for role in Role]


def notice(code: str | None) -> str | None:
    sentence = NOTICES.get(code or "")
    return None if sentence is None else _(sentence)


def refusal(code: int) -> tuple[str, str]:
    """Title and next step for an error."""
    other = (
        N_("Something went wrong"),
        N_("Nothing was changed. If it happens again, tell your administrator the time."),
    )
    title, sentence = REFUSALS.get(code, other)
    return _(title), _(sentence)


CLOCK: Mapping[str, str] = {
    "stepped": N_("The clock was set by more than five minutes."),
    "behind": N_("The clock is behind what this box has written already."),
    "unsynchronised": N_("The time service of this machine says that the clock is not synchronised."),
}


def clock(code: str) -> str:
    """Why the box doubts its clock."""
    return _(CLOCK.get(code, code))
