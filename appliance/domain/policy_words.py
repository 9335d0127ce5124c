"""What differs between two versions of the policy, in words a supervisor understands, and what of it loosens.

Every difference gives a line: a key nobody has words for is told by its name. *Loosens* means that more
people are texted, more often, at other hours, or that a brake grips later; such a change needs two people on
a box that has texted live (behaviour 4).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from appliance.clock import duration


class Effect(StrEnum):
    LOOSENS = "loosens"
    TIGHTENS = "tightens"
    NEUTRAL = "neutral"


@dataclass(frozen=True, slots=True)
class Difference:
    """One key that differs; `before` and `after` as the document holds them, None where it is not there."""

    key: str
    effect: Effect
    sentence: str
    before: Any = None
    after: Any = None


Judge = Callable[[Any, Any], Effect]


def _more_loosens(before: Any, after: Any) -> Effect:
    """A limit: higher lets more out, and nought is none at all."""
    low, high = (float("inf") if not value else float(value) for value in (before, after))
    return Effect.LOOSENS if high > low else Effect.TIGHTENS


def _shorter_loosens(before: Any, after: Any) -> Effect:
    return Effect.LOOSENS if duration(after) < duration(before) else Effect.TIGHTENS


def _wider_loosens(before: Any, after: Any) -> Effect:
    """A window that is open at any minute at which it was not."""
    return Effect.LOOSENS if after[0] < before[0] or after[1] > before[1] else Effect.TIGHTENS


_JUDGES: Mapping[str, Judge] = {
    "notices.window": _wider_loosens,
    "survey.window": _wider_loosens,
    "survey.cooldown": _shorter_loosens,
    "breaker.texts": _more_loosens,
    "breaker.within": _shorter_loosens,
    "breaker.usual": _more_loosens,
    "breaker.stop_share": _more_loosens,
}
_ADDING_LOOSENS = frozenset({"call_types.open"})
_REMOVING_LOOSENS_TABLES = ("keywords.", "call_types.never")

_WORDS: Mapping[str, str] = {
    "events.settle": "The received text waits {after} for a better call type, instead of {before}.",
    "delayed.after": "A delay is told after {after} without a unit, instead of {before}.",
    "notices.window": "Closed and report texts leave from {after}, instead of {before}.",
    "notices.max_age": "A notice is given up when the feed is {after} late, instead of {before}.",
    "survey.enabled": "Surveys are {after}; before: {before}.",
    "survey.script": "New surveys follow the script {after}, instead of {before}.",
    "survey.victim_script": "Surveys of victims follow the script {after}, instead of {before}.",
    "wording.unicode": "Characters outside GSM-7 (two or three parts a text) are {after}; before: {before}.",
    "survey.delay": "Surveys wait {after} after the close, instead of {before}.",
    "survey.window": "Surveys leave from {after}, instead of {before}.",
    "survey.max_age": "A survey is given up when the feed is {after} late, instead of {before}.",
    "survey.open_for": "A survey stays open for {after}, instead of {before}.",
    "survey.cooldown": "A number is invited again after {after}, instead of {before}.",
    "survey.sample": "Invited is a share of {after} of the eligible calls, instead of {before}.",
    "survey.seed": "The seed of the random sample is another: other calls are drawn.",
    "limits.notices_per_number_per_day": "A number gets at most {after} notices a day, instead of {before}.",
    "limits.repeat_calls": "Who called {after} times in 30 days is not surveyed; before: {before}.",
    "limits.shared_line_calls": "{after} calls in 90 days count as a shared line; before: {before}.",
    "limits.auto_replies_per_hour": "A number gets {after} automatic answers an hour, instead of {before}.",
    "limits.sim_per_minute": "A SIM sends at most {after} texts a minute, instead of {before}.",
    "limits.sim_per_hour": "A SIM sends at most {after} texts an hour, instead of {before}.",
    "limits.sim_per_day": "A SIM sends at most {after} texts a day, instead of {before}.",
    "limits.sim_recipients_per_day": "A SIM texts at most {after} numbers a day, instead of {before}.",
    "breaker.texts": "The breaker opens at {after} texts at once, instead of {before}.",
    "breaker.within": "The breaker counts texts within {after}, instead of {before}.",
    "breaker.usual": "The breaker opens at {after} times the usual hour, instead of {before}.",
    "breaker.stop_share": "The breaker opens at a share of {after} STOP, instead of {before}.",
    "report.min_n": "No mean is printed below {after} answers, instead of {before}.",
}
_LISTS: Mapping[str, tuple[str, str]] = {
    "call_types.allow": ("The call type {x} is texted now.", "The call type {x} is not texted any more."),
    "call_types.never": ("The never-list has {x} more.", "The never-list has {x} no more."),
    "call_types.open": (
        "Notices about {x} calls are open now, although they are on the never-list.",
        "Notices about {x} calls are closed again.",
    ),
    "delayed.priorities": (
        "Delays are told for priority {x}.",
        "Delays are not told for priority {x} any more.",
    ),
    "reports.property_types": (
        "A report of type {x} counts as property now.",
        "A report of type {x} does not count as property any more.",
    ),
}
_KEYWORD = ("The word {x} is read as {key} now.", "The word {x} is not read as {key} any more.")
_LANGUAGES = {"en": "English", "es": "Spanish", "fr": "French"}


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Every difference between two whole documents, what loosens first."""
    old, new = dict(_flat(before)), dict(_flat(after))
    found: list[Difference] = []
    for key in [*old, *(key for key in new if key not in old)]:
        if old.get(key) != new.get(key):
            found += _told(key, old.get(key), new.get(key))
    order = list(Effect)
    return sorted(found, key=lambda difference: order.index(difference.effect))


def loosening(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """What of it needs a second person."""
    return [each for each in differences(before, after) if each.effect is Effect.LOOSENS]


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        if isinstance(value, Mapping) and value:
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _told(key: str, before: Any, after: Any) -> Iterator[Difference]:
    is_words = all(value is None or _is_words(value) for value in (before, after))
    if is_words and isinstance(before or after, list):
        yield from _of_list(key, before or [], after or [])
        return
    yield Difference(key, _effect(key, before, after), _sentence(key, before, after), before, after)


def _is_words(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _of_list(key: str, before: list[str], after: list[str]) -> Iterator[Difference]:
    if key in ("notices.window", "survey.window") and len(before) == len(after) == 2:
        yield Difference(key, _effect(key, before, after), _sentence(key, before, after), before, after)
        return
    adds, removes = _LISTS.get(key) or (_KEYWORD if key.startswith("keywords.") else ("", ""))
    adding = Effect.LOOSENS if key in _ADDING_LOOSENS else Effect.NEUTRAL
    removing = Effect.LOOSENS if key.startswith(_REMOVING_LOOSENS_TABLES) else Effect.NEUTRAL
    if key.startswith(_REMOVING_LOOSENS_TABLES):
        adding = Effect.TIGHTENS
    if key in _ADDING_LOOSENS:
        removing = Effect.TIGHTENS
    fill = {"key": key.partition(".")[2]}
    added = [x for x in after if x not in before]
    removed = [x for x in before if x not in after]
    for x in added:
        sentence = _filled(adds, x=x, **fill) if adds else f"{key}: {x} is new."
        yield Difference(key, adding, sentence, None, x)
    for x in removed:
        sentence = _filled(removes, x=x, **fill) if removes else f"{key}: {x} is gone."
        yield Difference(key, removing, sentence, x, None)
    if not added and not removed:
        yield Difference(key, Effect.NEUTRAL, f"{key}: the same in another order.", before, after)


def _effect(key: str, before: Any, after: Any) -> Effect:
    judge = _JUDGES.get(key) or (_more_loosens if key.startswith("limits.") else None)
    if judge is None or before is None or after is None:
        return Effect.NEUTRAL
    return judge(before, after)


def _sentence(key: str, before: Any, after: Any) -> str:
    table, _, rest = key.partition(".")
    if table == "texts":
        language, _, name = rest.partition(".")
        where = f"The text {name} in {_LANGUAGES.get(language, language)}"
        if after is None:
            return f"{where} is gone. It was: {before}"
        return f"{where} is new: {after}" if before is None else f"{where} was: {before} It is now: {after}"
    if table == "events" and isinstance(after, bool):
        return f"The text {rest} is {'on' if after else 'off'} now."
    if table == "codes":
        feed, _, code = rest.partition(".")
        read = "read as it stands" if after is None else f"read as {after}"
        return f"In feed {feed}, {code} is {read} now."
    if table == "retention":
        return f"{rest.replace('_', ' ').capitalize()} are kept for {after}, instead of {before}."
    words = _WORDS.get(key)
    if words is None or before is None or after is None:
        return f"{key}: was {_plain(before)}, is now {_plain(after)}."
    return _filled(words, before=_plain(before), after=_plain(after))


def _plain(value: Any) -> str:
    if value is None:
        return "not there"
    if isinstance(value, bool):
        return "on" if value else "off"
    if _is_words(value) and len(value) == 2:
        return f"{value[0]} to {value[1]}"
    if isinstance(value, int | float):
        return "no limit" if value == 0 else f"{value:g}"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _filled(text: str, **values: str) -> str:
    for name, value in values.items():
        text = text.replace("{" + name + "}", value)
    return text
