"""One decision told rule by rule: which were asked and held, which one objected, which were not reached."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from appliance.domain import reasons
from appliance.domain.eligibility import RULES


def _(text: str) -> str:
    """Marks a title for the catalogue; it is translated where it is shown."""
    return text


TITLES: Mapping[str, str] = {
    "hold": _("Sending is not on hold"),
    "clock": _("The clock is trusted"),
    "quarantine": _("No record of the call was held back"),
    "age": _("The text is still of use"),
    "overtaken": _("Nothing newer happened to the call"),
    "never_list": _("The call is not on the never-list"),
    "never_history": _("The number has no never-list history"),
    "person": _("The caller may be texted"),
    "call_type": _("The agency texts this call type"),
    "role": _("The person is a caller, victim or witness"),
    "number": _("The number can be texted"),
    "standing": _("The number has not opted out"),
    "notice_cap": _("The number has not had its notices for today"),
    "survey_caps": _("Surveys are on, and the number was not asked lately"),
    "one_survey": _("Nobody else is being asked about it"),
    "self_initiated": _("A resident called, not an officer"),
    "sample": _("The call was drawn in the sample"),
    "window": _("It is the hour for this text"),
    "breaker": _("The breaker is shut"),
}


class Answer(StrEnum):
    HELD = "held"
    OBJECTED = "objected"
    NOT_ASKED = "not_asked"


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule in the story of a decision."""

    rule: str
    title: str
    answer: Answer


SURVEYS_ALONE = frozenset({"survey_caps", "one_survey", "self_initiated", "sample"})
NOTICES_ALONE = frozenset({"notice_cap"})


def told(reason: str, *, is_survey: bool) -> tuple[RuleLine, ...]:
    """The rules in their order, for a decision that ended with this reason.

    Empty for what no rule gave (a text taken back later, a failure of the network).
    """
    others = NOTICES_ALONE if is_survey else SURVEYS_ALONE
    asked = [rule for rule in RULES if rule.key not in others]
    if reason in ("allowed", "shadow_mode"):
        return tuple(RuleLine(rule.key, TITLES[rule.key], Answer.HELD) for rule in asked)
    place = next((n for n, rule in enumerate(asked) if reason in rule.reasons), None)
    if place is None:
        return ()
    return tuple(
        RuleLine(
            rule.key,
            TITLES[rule.key],
            Answer.HELD if n < place else Answer.OBJECTED if n == place else Answer.NOT_ASKED,
        )
        for n, rule in enumerate(asked)
    )


def told_to_all(reason: str, *, is_survey: bool) -> tuple[RuleLine, ...]:
    """The same for those who may not know a sensitive reason: nothing, or the place would give it away."""
    if reasons.is_sensitive(reason):
        return ()
    closed = {rule.key for rule in RULES if any(reasons.is_sensitive(each) for each in rule.reasons)}
    return tuple(line for line in told(reason, is_survey=is_survey) if line.rule not in closed)
