"""policy.toml: the agency's rules and texts, one versioned document, read strictly and always whole.

A *document* is the plain dict the database keeps and `policy export` prints; a `Policy` is what the
rules read: the same keys, durations as milliseconds, windows as minutes of the day.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from importlib import resources
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, ValidationError

from appliance import config
from appliance.clock import duration
from appliance.domain import never_list, wording
from appliance.domain.scripts import Question, Script
from appliance.domain.toml_text import to_toml
from appliance.domain.wording import Fault
from appliance.errors import ConfigError

__all__ = [
    "AgencyFacts",
    "Fault",
    "Policy",
    "Question",
    "Script",
    "Window",
    "advise",
    "check",
    "default",
    "default_document",
    "load",
    "merge",
    "to_toml",
]

FILE = "policy.toml"
SHIPPED_SEED = "first"

_CLOCK = re.compile(r"([01]\d|2[0-4]):([0-5]\d)")


Duration = Annotated[int, PlainValidator(duration)]
"""Milliseconds; written as "0s", "20m", "4h", "90d" or "3y" (a year is 365 days)."""


class Window(NamedTuple):
    """The hours of the agency's day in which a text may leave: minutes since midnight, end not included."""

    start_minute: int
    end_minute: int


def _window(value: object) -> Window:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise ValueError('a window is two times, such as ["09:00", "21:00"]')
    start, end = (_minute(time) for time in value)
    if start >= end:
        raise ValueError('a window ends after it starts; the whole day is ["00:00", "24:00"]')
    return Window(start, end)


def _minute(time: object) -> int:
    found = _CLOCK.fullmatch(time) if isinstance(time, str) else None
    minute = int(found[1]) * 60 + int(found[2]) if found else None
    if minute is None or minute > 24 * 60:
        raise ValueError('a time is HH:MM from "00:00" to "24:00"')
    return minute


DayWindow = Annotated[Window, PlainValidator(_window)]
Words = Annotated[tuple[Annotated[str, Field(min_length=1, max_length=80)], ...], Field(strict=False)]
Count = Annotated[int, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]
Language = Literal["en", "es", "fr"]

OpenFamily = Literal["welfare", "medical", "hang_up", "alarm_company", "text_to_911"]
"""Never-list families that two people may open for notices; all others are closed to everybody."""
CodedField = Literal[
    "call_type",
    "call_type_initial",
    "priority",
    "disposition",
    "role",
    "source",
    "language",
    "report_status",
    "report_type",
]


class _Table(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class CallTypes(_Table):
    """[call_types]: what is texted at all; matched without regard to case or outer spaces."""

    allow: Words
    never: Words
    open: Annotated[tuple[OpenFamily, ...], Field(strict=False)]


class Events(_Table):
    """[events]: which notices exist, and how long `received` waits for a better call type."""

    settle: Duration
    received: bool
    en_route: bool
    delayed: bool
    diverted: bool
    closed: bool
    not_found: bool
    report_filed: bool
    report_assigned: bool
    report_update: bool
    report_on_hold: bool


class Delayed(_Table):
    """[delayed]: after how long unassigned, and for which priorities, a delay is told."""

    after: Duration
    priorities: Words


class Notices(_Table):
    """[notices]: the hours of closed and report texts; `max_age` is lateness of the feed, not waiting."""

    window: DayWindow
    max_age: Duration


class Survey(_Table):
    """[survey]: when, how long and how often a resident is asked; `sample` is a share of eligible calls.

    Callers with the role victim are asked by `victim_script`; empty, all are asked by `script`.
    """

    enabled: bool
    script: str
    victim_script: str
    delay: Duration
    window: DayWindow
    max_age: Duration
    open_for: Duration
    cooldown: Duration
    sample: Share
    seed: Annotated[str, Field(max_length=80)]
    unknown_wait: Duration


class Reports(_Table):
    """[reports]: report types that count as property, for the report text to a victim nobody asked."""

    property_types: Words


class Limits(_Table):
    """[limits]: caps a number, a SIM, an hour; 0 = no limit."""

    notices_per_number_per_day: Count
    repeat_calls: Count
    shared_line_calls: Count
    auto_replies_per_hour: Count
    sim_per_minute: Count
    sim_per_hour: Count
    sim_per_day: Count
    sim_recipients_per_day: Count


class Breaker(_Table):
    """[breaker]: how many texts within how long stop all sending until released; 0 = off."""

    texts: Count
    within: Duration
    usual: Annotated[float, Field(ge=0)]
    stop_share: Share


class Wording(_Table):
    """[wording]: what the texts may cost."""

    unicode: bool


class Keywords(_Table):
    """[keywords]: words added to the fixed lists of the inbound readings; nothing is removed."""

    stop: Words
    refusal: Words
    wrong: Words
    start: Words
    who: Words
    status: Words
    callme: Words
    help: Words
    red: Words
    amber: Words


class Report(_Table):
    """[report]: below `min_n` answers no mean is printed."""

    min_n: Annotated[int, Field(ge=1)]


class Retention(_Table):
    """[retention]: how long each kind of data is kept."""

    clear_numbers: Duration
    answers: Duration
    decisions: Duration
    audit: Duration
    backups: Duration


class Policy(_Table):
    """One version of the whole policy."""

    call_types: CallTypes
    events: Events
    delayed: Delayed
    notices: Notices
    reports: Reports
    survey: Survey
    scripts: dict[str, Script]
    limits: Limits
    breaker: Breaker
    codes: dict[str, dict[CodedField, dict[str, str]]]
    wording: Wording
    texts: dict[Language, dict[str, str]]
    keywords: Keywords
    report: Report
    retention: Retention

    def script(self, name: str | None = None) -> Script:
        """The named script, else the one of callers; KeyError if there is none."""
        return self.scripts[self.survey.script if name is None else name]

    def script_for(self, role: str) -> str:
        """The name of the script a new conversation with somebody in this role starts with."""
        is_victim = role.strip().casefold() == "victim"
        return self.survey.victim_script or self.survey.script if is_victim else self.survey.script


@dataclass(frozen=True, slots=True)
class AgencyFacts:
    """What the lint needs of config.toml's [agency]."""

    name: str
    phone: str
    languages: tuple[str, ...]
    text_to_911: bool
    feeds: tuple[str, ...] = ()


def default_document() -> dict[str, Any]:
    """The shipped policy as a document of its own: changing it changes nothing else."""
    shipped = resources.files("appliance.domain").joinpath("default_policy.toml")
    return tomllib.loads(shipped.read_text(encoding="utf-8"))


def default() -> Policy:
    """The shipped policy."""
    return load(default_document())


def merge(current_document: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """`current_document` with `changes` laid over it: tables join key by key, all else is replaced.

    Neither argument is changed. A list replaces the old list; a table where a value was (or the
    reverse) replaces it too, and `load` then names the fault.
    """
    result = deepcopy(dict(current_document))
    for key, value in changes.items():
        mine = result.get(key)
        both = isinstance(mine, dict) and isinstance(value, Mapping)
        result[key] = merge(mine, value) if both and mine is not None else deepcopy(value)
    return result


def load(document: Mapping[str, Any]) -> Policy:
    """The document as a Policy. Raises ConfigError with every fault at once: file, key, what, remedy."""
    try:
        policy = Policy.model_validate(dict(document))
    except ValidationError as error:
        raise ConfigError(list(config.faults(error, Policy, FILE))) from error
    found = [*_script_faults(policy), *_text_key_faults(policy)]
    if found:
        raise ConfigError([*found])
    return policy


def _script_faults(policy: Policy) -> Iterator[Fault]:
    known = ", ".join(sorted(policy.scripts)) or "none"
    for key, name in (("script", policy.survey.script), ("victim_script", policy.survey.victim_script)):
        if name not in policy.scripts and (name or key == "script"):
            what = f"there is no [scripts.{name}]"
            yield Fault(FILE, f"survey.{key}", what, f"Name one that exists: {known}")


def _text_key_faults(policy: Policy) -> list[Fault]:
    """Texts nothing would ever send: a misspelt key must not leave the old wording in force unseen."""
    asked = {question.text for script in policy.scripts.values() for question in script.questions}
    known = sorted({*wording.TEXT_KEYS, *asked})
    return [
        Fault(FILE, f"texts.{language}.{key}", "unknown text", wording.near_remedy(key, known))
        for language, texts in policy.texts.items()
        for key in texts
        if key not in known
    ]


def check(policy: Policy, agency: AgencyFacts) -> list[Fault]:
    """What would make this policy send a wrong text, or none: an import with any of these is refused."""
    needed = _needed_texts(policy)
    found: list[Fault] = []
    for language in agency.languages:
        texts = policy.texts.get(language, {})  # type: ignore[call-overload]
        if not texts:
            remedy = f"Add the table [texts.{language}], or take the language out of [agency] languages"
            found.append(Fault(FILE, f"texts.{language}", "the agency's language has no texts", remedy))
            continue
        found += [
            Fault(
                FILE,
                f"texts.{language}.{key}",
                "is missing",
                "Add the text; `policy export` shows the others",
            )
            for key in needed
            if not texts.get(key, "").strip()
        ]
    longest = longest_values(agency)
    for language, texts in policy.texts.items():
        for key, text in texts.items():
            found += wording.lint(text, key, language, longest, unicode=policy.wording.unicode)
    return found


def advise(policy: Policy, agency: AgencyFacts) -> list[Fault]:
    """What a first text to a number should say and does not; shown to the person, never a refusal."""
    return [
        *_of_no_use(policy, agency),
        *(
            fault
            for language in agency.languages
            for key, text in policy.texts.get(language, {}).items()  # type: ignore[call-overload]
            for fault in wording.first_text_gaps(text, key, language, several=len(agency.languages) > 1)
        ),
    ]


def _of_no_use(policy: Policy, agency: AgencyFacts) -> Iterator[Fault]:
    """What can be meant in no good way, and does no harm."""
    for name in policy.call_types.allow:
        closed = never_list.families(name, extra=policy.call_types.never) - set(policy.call_types.open)
        if closed:
            what = f"{name} will never be texted: never-list, {', '.join(sorted(closed))}"
            yield Fault(FILE, "call_types.allow", what, "Take it out, so that nobody counts on it")
    for feed in policy.codes:
        if agency.feeds and feed not in (*agency.feeds, "all"):
            known = ", ".join((*agency.feeds, "all"))
            yield Fault(FILE, f"codes.{feed}", "no feed has this name", f"The feeds are: {known}")
    if policy.survey.sample < 1 and policy.survey.seed == SHIPPED_SEED:
        what = "the random sample is drawn with the shipped seed, which everybody can read"
        yield Fault(
            FILE, "survey.seed", what, "Give any text of your own, and keep it until the report is out"
        )


def _needed_texts(policy: Policy) -> list[str]:
    """What no language may lack: what is always there, the questions of the scripts, and what asks again."""
    questions = [question for script in policy.scripts.values() for question in script.questions]
    asked = {question.text for question in questions}
    again = {question.reprompt for question in questions if question.kind != "open"}
    if any(script.several for script in policy.scripts.values()):
        again.add("several")
    optional = {key for key in wording.TEXT_KEYS if key.startswith("q_")} | wording.REPROMPT_KEYS
    return sorted({key for key in wording.TEXT_KEYS if key not in optional} | asked | again)


def transliterated(document: Mapping[str, Any]) -> tuple[dict[str, Any], list[tuple[str, str, str]]]:
    """The document with its texts in GSM-7, and each text that changed: key, before, after."""
    result = deepcopy(dict(document))
    changed: list[tuple[str, str, str]] = []
    for language, texts in result.get("texts", {}).items():
        for key, text in texts.items():
            plain = wording.transliterated(text) if isinstance(text, str) else text
            if plain != text:
                texts[key] = plain
                changed.append((f"texts.{language}.{key}", text, plain))
    return result, changed


def longest_values(agency: AgencyFacts) -> wording.TextValues:
    """The agency's own name and phone with the longest reference and unit a feed can give."""
    return wording.TextValues(
        agency=agency.name,
        reference="8" * wording.LONGEST_REFERENCE,
        phone=agency.phone,
        unit="U" * wording.LONGEST_UNIT,
        scores=" ".join("5" * wording.MOST_SCORES),
        text_to_911=agency.text_to_911,
    )
