"""Two versions in words: what changed, what of it loosens, and that no change is silent."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from appliance.domain import policy, policy_words
from appliance.domain.policy_words import Effect

DEFAULT = policy.default_document()
STARTED = policy.merge(
    DEFAULT,
    {"call_types": {"allow": ["PARKING"], "never": ["X1"]}, "keywords": {"stop": ["HALT"]},
     "codes": {"cad": {"disposition": {"GOA": "not_found"}}}},
)  # fmt: skip

CHANGES: tuple[tuple[str, dict[str, Any], str, str], ...] = (
    ("a type more", {"call_types": {"allow": ["PARKING", "NOISE"]}}, "neutral", "NOISE is texted now"),
    ("a type less", {"call_types": {"allow": []}}, "neutral", "PARKING is not texted"),
    ("the never-list longer", {"call_types": {"never": ["X1", "X2"]}}, "tightens", "X2"),
    ("the never-list shorter", {"call_types": {"never": []}}, "loosens", "X1"),
    ("a family opened", {"call_types": {"open": ["welfare"]}}, "loosens", "welfare"),
    ("a higher cap", {"limits": {"notices_per_number_per_day": 4}}, "loosens", "at most 4 notices a day"),
    ("a lower cap", {"limits": {"notices_per_number_per_day": 2}}, "tightens", "instead of 3"),
    ("no cap", {"limits": {"sim_per_day": 0}}, "loosens", "no limit"),
    ("a cap after none", {"limits": {"sim_per_hour": 10}}, "tightens", "10"),
    ("a longer window", {"notices": {"window": ["08:00", "21:00"]}}, "loosens", "08:00 to 21:00"),
    ("a window moved", {"survey": {"window": ["10:00", "21:00"]}}, "loosens", "10:00 to 21:00"),
    ("a shorter window", {"survey": {"window": ["10:00", "19:00"]}}, "tightens", "10:00 to 19:00"),
    ("a shorter cool-down", {"survey": {"cooldown": "60d"}}, "loosens", "60d"),
    ("the breaker later", {"breaker": {"texts": 60}}, "loosens", "60"),
    ("the breaker off", {"breaker": {"texts": 0}}, "loosens", "no limit"),
    ("the breaker's time shorter", {"breaker": {"within": "5m"}}, "loosens", "5m"),
    ("a word less", {"keywords": {"stop": []}}, "loosens", "HALT is not read as stop"),
    ("a word more", {"keywords": {"stop": ["HALT", "ENOUGH"]}}, "tightens", "ENOUGH is read as stop"),
    ("surveys later", {"survey": {"delay": "6h"}}, "neutral", "Surveys wait 6h after the close"),
    ("a text on", {"events": {"en_route": True}}, "neutral", "The text en_route is on now."),
    ("another wording", {"texts": {"en": {"closed": "{A}: Done."}}}, "neutral", "It is now: {A}: Done."),
    ("another code", {"codes": {"cad": {"disposition": {"UTL": "not_found"}}}}, "neutral", "UTL is read as"),
    ("kept longer", {"retention": {"audit": "7y"}}, "neutral", "kept for 7y, instead of 4y"),
    ("a delay for all", {"delayed": {"priorities": ["2", "3", "4", "5"]}}, "neutral", "priority 2"),
)


@pytest.mark.parametrize(
    ("change", "effect", "said"), [row[1:] for row in CHANGES], ids=[row[0] for row in CHANGES]
)
def test_each_change_has_its_words_and_its_effect(change: dict[str, Any], effect: str, said: str) -> None:
    [found] = policy_words.differences(STARTED, policy.merge(STARTED, change))
    assert (found.effect.value, said in found.sentence) == (effect, True), found.sentence
    assert "{before}" not in found.sentence and "{x}" not in found.sentence


def test_the_same_has_no_words() -> None:
    assert policy_words.differences(STARTED, deepcopy(STARTED)) == []


def leaves(table: dict[str, Any], prefix: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = []
    for key, value in table.items():
        if isinstance(value, dict) and value:
            found += leaves(value, (*prefix, key))
        else:
            found.append((*prefix, key))
    return found


def another(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    if isinstance(value, list):
        return value[1:] if value else ["SAMPLE"]
    if isinstance(value, dict):
        return {"SAMPLE": {"call_type": {"A": "B"}}}
    if value[:-1].isdigit():
        return f"{int(value[:-1]) + 1}{value[-1]}"
    return f"{value} more"


@pytest.mark.parametrize("path", leaves(STARTED), ids=".".join)
def test_no_change_is_silent(path: tuple[str, ...]) -> None:
    changed = deepcopy(STARTED)
    table = changed
    for key in path[:-1]:
        table = table[key]
    table[path[-1]] = another(table[path[-1]])
    assert policy_words.differences(STARTED, changed)
    del table[path[-1]]
    assert policy_words.differences(STARTED, changed)


def test_what_loosens_comes_first() -> None:
    changed = policy.merge(STARTED, {"events": {"en_route": True}, "limits": {"sim_per_day": 500}})
    effects = [each.effect for each in policy_words.differences(STARTED, changed)]
    assert effects == [Effect.LOOSENS, Effect.NEUTRAL]
    assert [each.key for each in policy_words.loosening(STARTED, changed)] == ["limits.sim_per_day"]
