"""The policy document: strict reading, partial imports, the export that reads back, the whole lint."""

from __future__ import annotations

import tomllib
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.clock import DAY, HOUR, MINUTE
from appliance.domain import policy
from appliance.domain.policy import AgencyFacts, Window
from appliance.errors import ConfigError

LONGEST = AgencyFacts("Sample Police Department", "541-555-0100", ("en", "es"), text_to_911=True)


def changed(changes: dict[str, Any]) -> dict[str, Any]:
    return policy.merge(policy.default_document(), changes)


def faults_of(changes: dict[str, Any]) -> dict[str, tuple[str, str]]:
    with pytest.raises(ConfigError) as caught:
        policy.load(changed(changes))
    assert all(fault[0] == "policy.toml" for fault in caught.value.faults)
    return {key: (what, remedy) for _, key, what, remedy in caught.value.faults}


def test_the_shipped_policy_says_what_the_design_says() -> None:
    shipped = policy.default()
    assert shipped.call_types.allow == ()
    assert shipped.events.settle == 3 * MINUTE
    on = {"received", "delayed", "closed", "report_filed"}
    assert {name for name, value in shipped.events if value is True} == on
    assert (shipped.delayed.after, shipped.delayed.priorities) == (20 * MINUTE, ("3", "4", "5"))
    assert (shipped.notices.window, shipped.notices.max_age) == (Window(540, 1260), 30 * MINUTE)
    survey = shipped.survey
    assert (survey.delay, survey.window, survey.max_age) == (4 * HOUR, Window(540, 1200), DAY)
    assert (survey.open_for, survey.cooldown, survey.sample) == (3 * DAY, 90 * DAY, 1.0)
    assert survey.unknown_wait == 10 * MINUTE
    assert shipped.limits.sim_per_day == 400
    assert (shipped.breaker.texts, shipped.breaker.within, shipped.breaker.stop_share) == (
        30,
        10 * MINUTE,
        0.05,
    )
    assert shipped.report.min_n == 10
    assert shipped.retention.answers == 3 * 365 * DAY


def test_the_shipped_script_asks_overall_first_and_ends_openly() -> None:
    script = policy.default().script()
    assert [question.key for question in script.questions] == [
        "overall",
        "listened",
        "respect",
        "fair",
        "resolved",
        "comment",
    ]
    assert [question.skip for question in script.questions] == [False, True, True, True, True, True]
    assert script.question("listened").zero_skips == ("respect", "fair")
    assert script.question("comment").kind == "open"
    with pytest.raises(KeyError):
        script.question("wait")


@pytest.mark.parametrize("text_to_911", [True, False])
@pytest.mark.parametrize("languages", [("en", "es"), ("es", "en"), ("en",), ("es", "fr"), ("fr",)])
def test_the_shipped_texts_pass_the_lint_at_their_longest(
    languages: tuple[str, ...], text_to_911: bool
) -> None:
    agency = AgencyFacts("A" * 24, "541-555-0100", languages, text_to_911)
    assert policy.check(policy.default(), agency) == []
    assert policy.advise(policy.default(), agency) == []


def test_a_policy_cannot_be_changed_after_it_is_read() -> None:
    with pytest.raises(ValueError, match="frozen"):
        policy.default().report.min_n = 1


def test_the_default_document_is_everyones_own() -> None:
    policy.default_document()["call_types"]["allow"].append("ANYTHING")
    assert policy.default_document()["call_types"]["allow"] == []


@pytest.mark.parametrize(
    ("changes", "key", "what", "remedy"),
    [
        ({"survey": {"dealy": "4h"}}, "survey.dealy", "unknown key", "'delay'"),
        ({"surveys": {}}, "surveys", "unknown key", "'survey'"),
        ({"survey": {"delay": "4 hours"}}, "survey.delay", "a duration is a number and", "value"),
        ({"survey": {"delay": 4}}, "survey.delay", "a duration is a number and", "value"),
        ({"survey": {"delay": "-4h"}}, "survey.delay", "a duration is a number and", "value"),
        ({"notices": {"window": ["21:00", "09:00"]}}, "notices.window", "ends after it starts", "value"),
        ({"notices": {"window": ["09:00", "09:00"]}}, "notices.window", "ends after it starts", "value"),
        ({"notices": {"window": ["09:00", "24:01"]}}, "notices.window", "HH:MM", "value"),
        ({"notices": {"window": ["9:00", "21:00"]}}, "notices.window", "HH:MM", "value"),
        ({"notices": {"window": "09:00-21:00"}}, "notices.window", "two times", "value"),
        ({"notices": {"window": ["09:00"]}}, "notices.window", "two times", "value"),
        ({"survey": {"sample": 1.5}}, "survey.sample", "less than or equal to 1", "value"),
        ({"survey": {"enabled": "yes"}}, "survey.enabled", "boolean", "value"),
        ({"limits": {"sim_per_day": -1}}, "limits.sim_per_day", "greater than or equal to 0", "value"),
        ({"limits": {"sim_per_day": "400"}}, "limits.sim_per_day", "integer", "value"),
        ({"report": {"min_n": 0}}, "report.min_n", "greater than or equal to 1", "value"),
        ({"call_types": {"allow": "PARKING"}}, "call_types.allow", "tuple", "value"),
        ({"call_types": {"allow": [7]}}, "call_types.allow.0", "string", "value"),
        ({"survey": {"script": "witness"}}, "survey.script", "no [scripts.witness]", "caller"),
        ({"survey": {"victim_script": "x"}}, "survey.victim_script", "no [scripts.x]", "victim"),
        (
            {"scripts": {"caller": {"questions": [{"key": "how", "text": "q", "kind": "choice"}]}}},
            "scripts.caller.questions.0",
            "choices belong to a question of kind choice",
            "value",
        ),
        (
            {
                "scripts": {
                    "caller": {
                        "questions": [{"key": "how", "text": "q", "kind": "choice", "choices": ["car"]}]
                    }
                }
            },
            "scripts.caller.questions.0",
            "2 to 9 answers",
            "value",
        ),
        (
            {
                "scripts": {
                    "caller": {
                        "questions": [{"key": "how", "text": "q", "kind": "number", "low": 9, "high": 3}]
                    }
                }
            },
            "scripts.caller.questions.0",
            "low lies above high",
            "value",
        ),
        (
            {"scripts": {"caller": {"questions": [{"key": "overall", "text": "q", "kind": "yes_no"}]}}},
            "scripts.caller.questions.0",
            "choose another key",
            "value",
        ),
        (
            {
                "scripts": {
                    "caller": {
                        "questions": [{"key": "came", "text": "q", "kind": "yes_no", "skips": {"maybe": []}}]
                    }
                }
            },
            "scripts.caller.questions.0",
            "'maybe', which is no answer: yes, no",
            "value",
        ),
        (
            {
                "scripts": {
                    "caller": {
                        "questions": [
                            {"key": "came", "text": "q", "kind": "yes_no", "skips": {"no": ["gone"]}}
                        ]
                    }
                }
            },
            "scripts.caller",
            "does not come later",
            "value",
        ),
        ({"texts": {"en": {"recieved": "x"}}}, "texts.en.recieved", "unknown text", "'received'"),
        ({"texts": {"de": {"received": "x"}}}, "texts.de.[key]", "'en', 'es' or 'fr'", "value"),
        (
            {"scripts": {"caller": {"questions": []}}},
            "scripts.caller.questions",
            "at least 1 item",
            "value",
        ),
        (
            {"scripts": {"caller": {"questions": [{"key": "Mood", "text": "q", "kind": "rating"}]}}},
            "scripts.caller.questions.0.key",
            "pattern",
            "value",
        ),
        (
            {"scripts": {"caller": {"questions": [{"key": "fair", "text": "q_fair", "kind": "rating"}] * 2}}},
            "scripts.caller",
            "a question stands twice",
            "value",
        ),
        (
            {
                "scripts": {
                    "caller": {
                        "questions": [
                            {"key": "fair", "text": "q_fair", "kind": "rating", "skip": True},
                            {
                                "key": "respect",
                                "text": "q_respect",
                                "kind": "rating",
                                "skip": True,
                                "zero_skips": ["fair"],
                            },
                        ]
                    }
                }
            },
            "scripts.caller",
            "does not come later",
            "value",
        ),
        (
            {
                "scripts": {
                    "caller": {
                        "questions": [
                            {"key": "fair", "text": "q_fair", "kind": "rating", "zero_skips": ["comment"]},
                            {"key": "comment", "text": "q_comment", "kind": "open"},
                        ]
                    }
                }
            },
            "scripts.caller.questions.0",
            "offers no 0",
            "value",
        ),
    ],
)
def test_a_fault_names_its_key_and_the_remedy(
    changes: dict[str, Any], key: str, what: str, remedy: str
) -> None:
    found = faults_of(changes)
    assert key in found
    assert what in found[key][0]
    assert remedy in found[key][1]


def test_a_missing_key_is_named() -> None:
    document = policy.default_document()
    del document["survey"]["delay"]
    with pytest.raises(ConfigError, match=r"survey\.delay: is missing"):
        policy.load(document)


def test_all_faults_are_told_at_once() -> None:
    found = faults_of({"survey": {"delay": "x", "sampel": 1}, "report": {"min_n": 0}})
    assert set(found) == {"survey.delay", "survey.sampel", "report.min_n"}


@pytest.mark.parametrize(
    ("written", "milliseconds"),
    [("0s", 0), ("90s", 90_000), ("20m", 1_200_000), ("4h", 4 * HOUR), ("90d", 90 * DAY), ("3y", 1095 * DAY)],
)
def test_durations_become_milliseconds(written: str, milliseconds: int) -> None:
    assert policy.load(changed({"survey": {"delay": written}})).survey.delay == milliseconds


@pytest.mark.parametrize(
    ("written", "window"),
    [
        (["00:00", "24:00"], Window(0, 1440)),
        (["00:00", "00:01"], Window(0, 1)),
        (["23:59", "24:00"], Window(1439, 1440)),
    ],
)
def test_windows_become_minutes_of_the_day(written: list[str], window: Window) -> None:
    assert policy.load(changed({"survey": {"window": written}})).survey.window == window


def test_an_import_leaves_what_it_does_not_name() -> None:
    current = changed({"call_types": {"allow": ["PARKING"], "never": ["X"]}})
    before = deepcopy(current)
    changes: dict[str, Any] = {
        "call_types": {"allow": ["NOISE"]},
        "texts": {"en": {"closed": "{A}: Ref {N} is closed."}},
    }
    merged = policy.merge(current, changes)
    assert merged["call_types"] == {"allow": ["NOISE"], "never": ["X"], "open": []}
    assert merged["texts"]["en"]["closed"] == "{A}: Ref {N} is closed."
    assert merged["texts"]["en"]["received"] == before["texts"]["en"]["received"]
    assert merged["survey"] == before["survey"]
    assert current == before
    merged["call_types"]["allow"].append("MORE")
    assert changes["call_types"]["allow"] == ["NOISE"]


def test_an_empty_import_changes_nothing() -> None:
    assert policy.merge(policy.default_document(), {}) == policy.default_document()


@pytest.mark.parametrize(
    ("changes", "key", "what"),
    [
        ({"texts": {"en": {"closed": "{A}: see https://example.org"}}}, "texts.en.closed", "link"),
        ({"texts": {"en": {"closed": ""}}}, "texts.en.closed", "is missing"),
        ({"texts": {"es": {"closed": "{A}: más"}}}, "texts.es.closed", "'á'"),
        ({"texts": {"fr": {"closed": "{A}: {X}"}}}, "texts.fr.closed", "unknown placeholder {X}"),
        (
            {"scripts": {"brief": {"questions": [{"key": "overall", "text": "q_brief", "kind": "rating"}]}}},
            "texts.es.q_brief",
            "is missing",
        ),
    ],
    ids=["lint", "empty", "accent", "a language not in use", "a script's own question"],
)
def test_check_finds_texts_that_must_not_go_out(changes: dict[str, Any], key: str, what: str) -> None:
    found = policy.check(policy.load(changed(changes)), LONGEST)
    assert [fault.what for fault in found if fault.key == key and what in fault.what]


def test_check_misses_a_whole_language() -> None:
    agency = AgencyFacts("Sample PD", "541-555-0100", ("en", "fr"), text_to_911=False)
    document = policy.default_document()
    del document["texts"]["fr"]
    assert [fault.key for fault in policy.check(policy.load(document), agency)] == ["texts.fr"]


def test_a_scripts_own_question_text_is_known() -> None:
    own = {"key": "overall", "text": "q_brief", "kind": "rating"}
    texts = {language: {"q_brief": "{A}: 1-5?"} for language in ("en", "es")}
    loaded = policy.load(changed({"scripts": {"brief": {"questions": [own]}}, "texts": texts}))
    assert policy.check(loaded, LONGEST) == []
    assert loaded.script("brief").question("overall").skip is False


def test_a_first_text_without_its_duties_is_advised_on_not_refused() -> None:
    loaded = policy.load(changed({"texts": {"en": {"closed": "Ref {N} is closed."}}}))
    assert policy.check(loaded, LONGEST) == []
    found = policy.advise(loaded, LONGEST)
    assert {fault.key for fault in found} == {"texts.en.closed"}
    assert len(found) == 5


def test_the_export_reads_back_and_never_varies() -> None:
    document = policy.default_document()
    written = policy.to_toml(document)
    assert tomllib.loads(written) == document
    assert written == policy.to_toml(tomllib.loads(written))
    assert max(written.count(f"[texts.{language}]") for language in ("en", "es")) == 1


KEYS = st.text(min_size=1, max_size=12)
VALUES = st.one_of(
    st.booleans(),
    st.integers(-(2**40), 2**40),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=30),
)
FLAT = st.dictionaries(KEYS, st.one_of(VALUES, st.lists(VALUES, max_size=3)), max_size=4)
TABLES = st.recursive(
    FLAT,
    lambda inner: st.dictionaries(
        KEYS, st.one_of(VALUES, inner, st.lists(FLAT.filter(bool), min_size=1, max_size=2)), max_size=4
    ),
    max_leaves=8,
)


@settings(deadline=None)  # the machine may be busy; time is not what is tested
@given(TABLES)
def test_any_document_of_our_shapes_reads_back(document: dict[str, Any]) -> None:
    assert tomllib.loads(policy.to_toml(document)) == document


def test_what_toml_has_no_word_for_is_refused() -> None:
    with pytest.raises(TypeError, match="NoneType"):
        policy.to_toml({"survey": {"delay": None}})
