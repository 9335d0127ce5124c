"""kill -9 after every single commit of one resident's survey, and at every labelled point of every send.

Whatever the moment: no text twice, no reply lost, the score is the answers to the questions that left, and
each question that did not leave is one whose text is `unknown`.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.walk import crowd
from tests.walk.lives import LABELS, Death
from tests.walk.resident import RESIDENT, TEXTS, answer, is_over, judge
from tests.walk.rig import boxed

pytestmark = pytest.mark.timeout(300)

COMMITS = 70
"""More than a whole survey takes; the last of these lives must simply end well."""

SENDS = TEXTS + 1


def survey_killed(folder: Path, death: Death) -> Story:
    """The whole survey with one death in it; the story is judged before it is told."""
    with boxed(folder) as box:
        box.answering(answer)
        first = box.start(death)
        box.drop("calls.csv", [box.call(RESIDENT)])
        box.wait(lambda: first.is_over or is_over(box), "the first life neither ended nor finished")
        if first.is_over:
            assert first.exit_code == -signal.SIGKILL
            box.start()
            box.wait(lambda: is_over(box), "the survey did not go on after the kill")
        if box.stop() == -signal.SIGKILL:
            # Its commit came while it was stopping: the next life must find nothing to do.
            box.start()
            assert box.stop() == 0
        judge(box)
        return Story(first.exit_code, [sent.text for sent in box.network.sent])


@dataclass(frozen=True)
class Story:
    """How the first life ended, and what left."""

    exit_code: int | None
    texts: list[str]


AFTER_COMMITS = [Death(commit=commit) for commit in range(1, COMMITS + 1)]
AT_POINTS = [Death(label=label, nth=nth) for label in LABELS for nth in range(1, SENDS + 1)]


Stories = Mapping[Death, Future[Story]]


@pytest.fixture(scope="module")
def stories(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stories]:
    with crowd.told(request, "death", tmp_path_factory.mktemp("lives"), survey_killed) as found:
        yield found


@pytest.mark.parametrize("death", AFTER_COMMITS, ids=str)
def test_killed_after_this_commit(stories: Stories, death: Death) -> None:
    assert stories[death].result().texts[0].startswith("Sample PD: Ref")


@pytest.mark.parametrize("death", [Death(commit=COMMITS)], ids=str)
def test_no_survey_takes_more_commits_than_were_tried(stories: Stories, death: Death) -> None:
    assert stories[death].result().exit_code == 0


@pytest.mark.parametrize("death", AT_POINTS, ids=str)
def test_killed_at_this_point_of_a_send(stories: Stories, death: Death) -> None:
    story = stories[death].result()
    was_reached = death.nth <= TEXTS
    assert story.exit_code == (-signal.SIGKILL if was_reached else 0)
    if death.label in ("command", "prompt"):
        # Before Ctrl-Z there is proof that nothing left, so nothing is lost either.
        assert len(story.texts) == TEXTS


def test_killed_again_and_again(tmp_path: Path) -> None:
    """Twenty lives in a row, each a little longer than the last."""
    with boxed(tmp_path) as box:
        box.answering(answer)
        box.drop("calls.csv", [box.call(RESIDENT)])
        for commit in range(2, 22):
            life = box.start(Death(commit=commit))
            box.wait(lambda life=life: life.is_over or is_over(box), "a life hangs")
            box.kill()
        box.start()
        box.wait(lambda: is_over(box), "the survey did not end")
        assert box.stop() == 0
        judge(box)
