"""docs/policy.md and docs/codes.md say what the program does: compared in both directions, from the code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, get_args

import click
import pytest
from pydantic import BaseModel

from appliance.cli.__main__ import cli
from appliance.domain import eligibility, phone, policy, reasons, wording
from appliance.domain.records import (
    AlarmLevel,
    ConversationState,
    EventKind,
    MessageState,
    ReplyKind,
    Verdict,
)
from appliance.domain.survey import Count
from appliance.domain.toml_text import to_toml
from appliance.store import alarms, reports
from tests.architecture.sources import TOP, dotted, files, nodes
from web import words

POLICY = (TOP / "docs" / "policy.md").read_text(encoding="utf-8")
CODES = (TOP / "docs" / "codes.md").read_text(encoding="utf-8")


def section(text: str, title: str) -> str:
    """What stands under one heading, up to the next of any level."""
    found = re.search(rf"^#+ {re.escape(title)}\n(.*?)(?=^#|\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"there is no heading {title!r}"
    return found[1]


def rows(text: str) -> dict[str, list[str]]:
    """Rows whose first cell is a code, by the code; a code that stands twice is a fault."""
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        row = re.match(r"\| `([^`]+)` \| (.*) \|$", line)
        if row:
            assert row[1] not in found, f"{row[1]} stands twice"
            found[row[1]] = [cell.strip() for cell in row[2].split(" | ")]
    return found


# ---- the policy


def policy_keys() -> Iterator[tuple[str, str, str]]:
    """`(table, key, default as it is written)` of every key; the default is the shipped document's."""
    document = policy.default_document()
    for table, field in policy.Policy.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            for key in field.annotation.model_fields:
                yield table, key, f"`{as_toml(document[table][key])}`"
    for model in (policy.Question, policy.Script):
        for key, field in model.model_fields.items():
            default = field.get_default(call_default_factory=True)
            written = "{}" if default == {} else as_toml(default) if not field.is_required() else ""
            yield "scripts.NAME", key, f"`{written}`" if written else "required"


def as_toml(value: Any) -> str:
    return to_toml({"key": value}).removeprefix("key = ").strip()


POLICY_KEYS = list(policy_keys())


def test_every_table_of_the_policy_has_its_heading() -> None:
    headings = set(re.findall(r"`\[([\w.]+)\]`", "\n".join(re.findall(r"^## .*", POLICY, re.MULTILINE))))
    languages = {f"texts.{language}" for language in get_args(policy.Language)}
    plain = set(policy.Policy.model_fields) - {"scripts", "texts"}
    assert headings == plain | languages | {"scripts.NAME"}


@pytest.mark.parametrize(
    ("table", "key", "default"), POLICY_KEYS, ids=[f"{table}.{key}" for table, key, _ in POLICY_KEYS]
)
def test_every_key_of_the_policy_stands_there_with_its_default(table: str, key: str, default: str) -> None:
    found = rows(section(POLICY, f"`[{table}]`"))
    assert key in found, f"docs/policy.md has no row `{key}` under [{table}]"
    assert found[key][0] == default


def test_no_key_stands_there_that_the_policy_does_not_have() -> None:
    tables = {table for table, _, _ in POLICY_KEYS}
    named = {(table, key) for table in tables for key in rows(section(POLICY, f"`[{table}]`"))}
    assert named - {(table, key) for table, key, _ in POLICY_KEYS} == set()


# ---- reasons


def given_reasons() -> dict[str, set[str]]:
    """Every reason code the program gives, and where: what stands in the place of a reason, as a text."""
    given: dict[str, set[str]] = {code: {"appliance/domain/phone.py"} for code in phone.REASONS}
    for path, node in nodes("appliance/domain", "appliance/flow", "appliance/cli/acts.py"):
        for expression in reason_expressions(node):
            for code in texts_of(expression):
                given.setdefault(code, set()).add(str(path))
    return given


PLACES = {
    "Decision": 1,
    "_refuse": 0,
    "_postpone": 0,
    "_withdraw": 1,
    "silence_number": 1,
    "_refuse_pending": 2,
    "lock_incident": 1,
}
"""Which argument of which call is a reason."""


def reason_expressions(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Call):
        name = dotted(node.func).rpartition(".")[2]
        if name in PLACES and len(node.args) > PLACES[name]:
            yield node.args[PLACES[name]]
    elif isinstance(node, ast.Assign) and any(dotted(target) == "reason" for target in node.targets):
        yield node.value
    elif isinstance(node, ast.FunctionDef) and node.name in ("lock_reason", "_personal"):
        yield from (inner.value for inner in ast.walk(node) if isinstance(inner, ast.Return) and inner.value)
    elif isinstance(node, ast.For) and dotted(getattr(node.target, "elts", [node.target])[0]) == "reason":
        yield from (pair.elts[0] for pair in ast.walk(node.iter) if isinstance(pair, ast.Tuple))


def texts_of(expression: ast.AST) -> Iterator[str]:
    """The texts an expression can be: itself, or the branches of an if; not what it compares."""
    if isinstance(expression, ast.Constant) and isinstance(expression.value, str):
        yield expression.value
    elif isinstance(expression, ast.IfExp):
        yield from texts_of(expression.body)
        yield from texts_of(expression.orelse)


GIVEN = given_reasons()


def test_the_search_finds_the_reasons_of_every_rule() -> None:
    assert len(GIVEN) > 35
    assert len(eligibility.RULES) == 19, "a new rule: see that its reasons are found and listed"
    assert {"hold", "minor", "never_list", "wrong_number", "window", "conversation_over"} <= set(GIVEN)


def test_every_reason_that_is_given_has_a_sentence() -> None:
    assert {code: places for code, places in GIVEN.items() if code not in reasons.SENTENCES} == {}


def test_the_listed_reasons_are_those_that_are_given_each_with_its_sentence() -> None:
    listed = {code: cells[1] for code, cells in rows(section(CODES, "Reasons")).items()}
    assert listed == {code: reasons.SENTENCES[code] for code in sorted(GIVEN)}


def test_each_reason_is_listed_under_a_decision_there_is() -> None:
    listed = {code: cells[0] for code, cells in rows(section(CODES, "Reasons")).items()}
    assert set(listed.values()) == {verdict.value for verdict in Verdict}
    postponed = {code for code, verdict in listed.items() if verdict == Verdict.POSTPONE}
    assert postponed == set(_first_texts("_postpone"))


def _first_texts(name: str) -> Iterator[str]:
    for _, node in nodes("appliance/domain"):
        if isinstance(node, ast.Call) and dotted(node.func) == name:
            yield from texts_of(node.args[0])


def test_the_sensitive_reasons_are_named() -> None:
    text = section(CODES, "Reasons")
    assert reasons.NEUTRAL in text
    sentence = next(line for line in text.splitlines() if "say something about a resident" in line)
    assert set(re.findall(r"`(\w+)`", sentence)) == reasons.SENSITIVE | {"agency_rule"}


def test_the_reports_own_reasons_are_listed() -> None:
    listed = set(rows(section(CODES, "Besides, in the report")))
    assert listed == {*reports.STANDING_REASONS, MessageState.FAILED.value}


# ---- lists that are enums


@pytest.mark.parametrize(
    ("title", "codes"),
    [
        ("Decisions", Verdict),
        ("Events", EventKind),
        ("Message states", MessageState),
        ("Surveys", ConversationState),
    ],
)
def test_a_list_holds_the_codes_there_are(title: str, codes: type[StrEnum]) -> None:
    assert list(rows(section(CODES, title))) == [code.value for code in codes]


def test_the_reply_kinds_stand_in_the_order_in_which_they_win() -> None:
    listed = [code for code in rows(section(CODES, "Reply kinds")) if code in set(ReplyKind)]
    assert listed == [kind.value for kind in ReplyKind]


def test_the_effects_are_those_that_are_stored() -> None:
    listed = set(rows(section(CODES, "Reply kinds"))) - set(ReplyKind)
    stored = {
        re.split("[:{]", text)[0]
        for _, node in nodes("appliance/flow")
        if isinstance(node, (ast.Call, ast.AugAssign, ast.Assign, ast.Return))
        for text in _effects(node)
    }
    assert {effect.partition(":")[0] for effect in listed} == stored | {count.value for count in Count}


def _effects(node: ast.AST) -> Iterator[str]:
    """`done.append("...")`, `effects.append("...")`, and lists of such texts that end in a colon."""
    if isinstance(node, ast.Call) and dotted(node.func) in ("done.append", "effects.append"):
        yield from _starts(node.args[0])
    elif isinstance(node, ast.Return | ast.Assign) and node.value is not None:
        for inner in ast.walk(node.value):
            if isinstance(inner, ast.ListComp):
                yield from (s for s in _starts(inner.elt) if s.endswith(":"))
            if isinstance(inner, ast.List):
                yield from (s for element in inner.elts for s in _starts(element) if s.endswith(":"))


def _starts(expression: ast.AST) -> Iterator[str]:
    if isinstance(expression, ast.Constant) and isinstance(expression.value, str):
        yield expression.value
    elif isinstance(expression, ast.JoinedStr) and isinstance(expression.values[0], ast.Constant):
        yield str(expression.values[0].value)


def test_the_modem_states_are_those_the_pages_have_words_for() -> None:
    assert set(rows(section(CODES, "Modem states"))) == set(words.MODEM_STATES)


# ---- texts


def shipped_texts() -> Mapping[str, Mapping[str, str]]:
    texts: Mapping[str, Mapping[str, str]] = policy.default_document()["texts"]
    return texts


def test_the_listed_texts_are_those_the_box_sends_and_the_policy_ships() -> None:
    listed = {code for code in rows(section(CODES, "Texts")) if not code.startswith("{")}
    assert listed == set(wording.TEXT_KEYS)
    for language, texts in shipped_texts().items():
        assert listed == set(texts), language


@pytest.mark.parametrize("key", wording.TEXT_KEYS)
def test_each_text_is_listed_with_its_placeholders(key: str) -> None:
    used = {name for texts in shipped_texts().values() for name in re.findall(r"\{\w+\}", texts[key])}
    listed = rows(section(CODES, "Texts"))[key][0]
    assert set(re.findall(r"\{\w+\}", listed)) == used


def test_the_placeholders_are_those_that_are_filled() -> None:
    listed = [code for code in rows(section(CODES, "Texts")) if code.startswith("{")]
    values = wording.TextValues("agency", "phone", False, "reference", "unit", "5 5 4")
    filled = wording.fill(" ".join(listed), "en", values)
    assert filled == "agency reference phone unit 5 5 4 call 911"
    assert wording.lint(" ".join(listed), "several", "en", values) == []


# ---- alarms


def raised_alarms() -> dict[str, str]:
    """Every alarm code that is raised, and its level."""
    raised: dict[str, str] = {}
    for path, node in nodes("appliance", "web"):
        if not (isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] == "raise_alarm"):
            continue
        code, level = node.args[:2]
        if isinstance(code, ast.JoinedStr):
            # f"{level.value}_text": one code a level
            assert ast.unparse(code) == "f'{level.value}_text'", f"{path}: list what this code can be"
            raised |= {f"{each.value}_text": each.value for each in AlarmLevel}
        elif isinstance(code, ast.Name):
            raised |= {each: _level(level) for each in _table_before(path, node, code.id)}
        else:
            raised |= {each: _level(level) for each in texts_of(code)}
    return raised


def _level(node: ast.AST) -> str:
    return AlarmLevel[dotted(node).removeprefix("AlarmLevel.")].value


def _table_before(path: Path, call: ast.AST, name: str) -> list[str]:
    """The values of the table a code is looked up in: `code = {...}.get(kind)` in the same file."""
    found = [
        value
        for where, node in nodes(str(path))
        if isinstance(node, ast.Assign) and any(dotted(target) == name for target in node.targets)
        for table in ast.walk(node.value)
        if isinstance(table, ast.Dict) and where == path
        for each in table.values
        for value in texts_of(each)
    ]
    assert found, f"{path}: no table tells what the alarm code {name!r} can be"
    return found


RAISED = raised_alarms()


def test_every_alarm_that_is_raised_is_listed_with_its_level_and_what_to_do() -> None:
    listed = rows(section(CODES, "Alarms"))
    assert {code: listed[code][0] for code in RAISED if code in listed} == RAISED
    assert [code for code in RAISED if not all(listed[code][1:3])] == []


def test_every_alarm_has_a_word_and_what_is_not_raised_says_so() -> None:
    listed = {code: cells for code, cells in rows(section(CODES, "Alarms")).items() if len(cells) > 1}
    assert set(listed) == set(words.ALARMS)
    idle = {code for code, cells in listed.items() if cells[0] == "not raised yet"}
    assert idle == set(words.ALARMS) - set(RAISED)


def test_the_outcomes_of_an_alarm_are_listed() -> None:
    listed = [code for code, cells in rows(section(CODES, "Alarms")).items() if len(cells) == 1]
    assert tuple(listed) == alarms.OUTCOMES


# ---- all documents

DOCUMENTS = [path for path in files() if path.suffix == ".md" and not path.is_relative_to("tests")]


@pytest.mark.parametrize("path", DOCUMENTS, ids=str)
def test_every_link_to_a_file_leads_to_one(path: Path) -> None:
    text = (TOP / path).read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)|src=\"([^\"]+)\"", text)
    local = [target for pair in targets for target in pair if target and not re.match(r"\w+:", target)]
    assert [target for target in local if not (TOP / path).parent.joinpath(target).exists()] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=str)
def test_every_command_that_is_named_exists(path: Path) -> None:
    text = (TOP / path).read_text(encoding="utf-8")
    named = re.findall(r"(?:^|`|sudo )aftercall ([a-z-]+)(?: ([a-z-]+))?", text, re.MULTILINE)
    unknown = []
    for first, second in named:
        command = cli.commands.get(first)
        if command is None or (isinstance(command, click.Group) and second not in command.commands):
            unknown.append(f"{first} {second}".strip())
    assert unknown == []
