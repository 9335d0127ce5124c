"""`aftercall demo --once`: its figures are what the residents were scripted to answer.

The expected side is added up here, from what each persona was written down to mean, without any of the
product's own reading, scoring or counting.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from appliance import clock
from appliance.demo import residents, script
from tests.demo.processes import Demo, processes_of

QUESTIONS = ("overall", "listened", "respect", "fair", "resolved", "informed")
WITHIN = 60.0


class Run(NamedTuple):
    """One run of the script: what it printed, and how it ended."""

    code: int
    out: str
    err: str
    seconds: float
    folder: Path


def play(folder: Path, *more: str) -> Run:
    began = clock.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "appliance.cli", "demo", "--once", *more],
        env={"TMPDIR": str(folder), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        encoding="utf-8",
        timeout=2 * WITHIN,
        check=False,
    )
    return Run(done.returncode, done.stdout, done.stderr, clock.monotonic() - began, folder)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return play(tmp_path_factory.mktemp("once"), "--json")


@pytest.fixture(scope="module")
def printed(run: Run) -> dict[str, Any]:
    return dict(json.loads(run.out))


@pytest.fixture(scope="module")
def asked() -> list[residents.Persona]:
    """Everybody who is asked, in the order of the script."""
    return [part.persona for part in script.parts() if part.excluded is None]


def test_it_ends_by_itself_in_time_and_leaves_nothing(run: Run) -> None:
    assert (run.code, run.err) == (0, "")
    assert run.seconds <= WITHIN
    assert list(run.folder.iterdir()) == []
    assert processes_of(run.folder) == []


def test_the_script_shows_every_way_of_answering(asked: list[residents.Persona]) -> None:
    assert len(script.parts()) >= 60
    assert {persona.name for persona in asked} == {persona.name for persona in residents.ALL}
    said = {text for persona in asked for text in persona.says}
    assert {"five!", "STOP", "ES", "5\ufe0f\u20e3", "Thank you, the officer was kind"} <= said
    assert {"5 5 4 5", "5 but he is back with a knife", "leave me alone", "wrong number", "I'm 12"} <= said
    assert any(not persona.says for persona in asked), "somebody says nothing"
    assert any(persona.role == "VICTIM" and "informed" in persona.scores for persona in asked)
    called = {part.phone for part in script.parts()}
    assert script.walk_ins() and called.isdisjoint(script.walk_ins()), "walk-ins have a card and no call"


def test_walk_ins_with_a_card_are_asked_and_in_no_figure(run: Run, printed: dict[str, Any]) -> None:
    """The script ends well only once the walk-ins, too, have said all they had to say."""
    assert run.code == 0
    assert printed["funnel"]["calls"] == len(script.parts())


def test_the_funnel_is_what_was_scripted(printed: dict[str, Any], asked: list[residents.Persona]) -> None:
    funnel = printed["funnel"]
    assert funnel["calls"] == len(script.parts())
    assert funnel["excluded"] == Counter(part.excluded for part in script.parts() if part.excluded)
    assert funnel["invited"] == funnel["delivered"] == len(asked)
    assert funnel["calls"] == funnel["invited"] + sum(funnel["excluded"].values())
    assert funnel["started"] == sum(any(persona.scores.values()) for persona in asked)
    assert funnel["completed"] == sum(persona.completes for persona in asked)
    assert funnel["opted_out"] == sum(persona.stops for persona in asked)
    assert printed["response_rate"] == pytest.approx(funnel["completed"] / len(asked))
    assert printed["base"] == "delivered"


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_scores_are_what_the_residents_meant(
    printed: dict[str, Any], asked: list[residents.Persona], question: str
) -> None:
    meant = [persona.scores[question] for persona in asked if persona.scores.get(question)]
    [found] = [each for each in printed["questions"] if each["id"] == question]
    assert found["n"] == len(meant) > 0
    enough = len(meant) >= printed["min_n"]
    assert found["mean"] == (pytest.approx(sum(meant) / len(meant)) if enough else None)
    assert found["distribution"] == {str(score): meant.count(score) for score in range(1, 6)}
    assert found["skipped"] == sum(persona.scores.get(question) == 0 for persona in asked)


def test_no_question_is_missing_or_added(printed: dict[str, Any]) -> None:
    assert [question["id"] for question in printed["questions"]] == list(QUESTIONS)


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    demo = Demo(tmp_path, "--once")
    yield demo
    demo.close()


def test_without_json_it_prints_a_report_to_read(demo: Demo, asked: list[residents.Persona]) -> None:
    assert demo.process.wait(2 * WITHIN) == 0
    code, _took = demo.stop()
    report = "\n".join(demo.lines)
    assert code == 0
    assert f"calls       {len(script.parts())}\n" in report
    meant = [persona.scores["overall"] for persona in asked if "overall" in persona.scores]
    spread = "".join(f"{meant.count(score):>5}" for score in range(1, 6))
    assert f"  overall     {len(meant):>6}{sum(meant) / len(meant):>7.2f}{spread}\n" in report
    assert "Respondents chose to answer" in report
