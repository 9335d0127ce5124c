"""Every reason a rule can give has its place in the story, and a sensitive one gives nothing away."""

from __future__ import annotations

import pytest

from appliance.domain import reasons, rule_story
from appliance.domain.eligibility import RULE_REASONS, RULES
from appliance.domain.rule_story import Answer


def test_every_rule_has_a_title() -> None:
    assert list(rule_story.TITLES) == [rule.key for rule in RULES]


@pytest.mark.parametrize("reason", sorted({r for given in RULE_REASONS.values() for r in given}))
def test_one_rule_objects_those_before_it_held_and_those_after_it_were_not_asked(reason: str) -> None:
    is_survey = reason in {r for key in rule_story.SURVEYS_ALONE for r in RULE_REASONS[key]}
    lines = rule_story.told(reason, is_survey=is_survey)
    answers = [line.answer for line in lines]
    place = answers.index(Answer.OBJECTED)
    after = len(lines) - place - 1
    assert answers == [Answer.HELD] * place + [Answer.OBJECTED] + [Answer.NOT_ASKED] * after
    assert reason in RULE_REASONS[lines[place].rule]


@pytest.mark.parametrize("reason", ["allowed", "shadow_mode"])
def test_what_went_held_every_rule(reason: str) -> None:
    assert {line.answer for line in rule_story.told(reason, is_survey=True)} == {Answer.HELD}


def test_what_no_rule_gave_has_no_story() -> None:
    assert rule_story.told("conversation_over", is_survey=True) == ()


@pytest.mark.parametrize("reason", sorted(reasons.SENSITIVE))
def test_a_sensitive_reason_is_not_told_by_its_place(reason: str) -> None:
    assert rule_story.told_to_all(reason, is_survey=False) == ()


def test_what_may_be_told_leaves_the_sensitive_rules_out() -> None:
    rules = {line.rule for line in rule_story.told_to_all("window", is_survey=True)}
    assert rules.isdisjoint({"never_list", "never_history", "person"})
    assert "window" in rules
