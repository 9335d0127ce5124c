"""One resident's whole survey while the modem does what modems do; afterwards the box has healed by itself.

Whatever the fault: no text twice, no reply lost or counted twice, the score is the answers to the questions
that left, and a question that did not leave is one whose text is `unknown`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.walk import crowd
from tests.walk.resident import RESIDENT, TEXTS, answer, is_over, judge
from tests.walk.rig import boxed

pytestmark = pytest.mark.timeout(300)

FAULTS = (
    # Nothing may be lost: before Ctrl-Z, or with an answer that tells.
    "silence:seconds=2,after=3",
    "slow:delay=0.1",
    "one_byte:gap=0.0005",
    "noise:deep=true",
    "noise:every=0.05",
    "echo_back",
    "prompt_crlf",
    "no_prompt:after=2",
    "report_misnamed",
    "received_twice:times=6",
    "garble:of=+CSQ",
    "garble:of=>,after=2",
    "half_line:of=+CPMS,after=2",
    "cme_error:code=14,command=+CMGL",
    "cms_error:code=314,when=prompt,after=2",
    "cms_error:code=314,when=pdu,after=2",
    "sim_busy:seconds=2,after=2",
    "lost_result:late=2,after=2",
    "unplug:when=now,back=1,after=3",
    "unplug:when=prompt,back=1,after=3",
    "self_reset:after=3",
    "full_storage:seconds=4,after=2",
    "delete_fails",
    "delete_fails:silent=true",
)
LOSSY = (
    # The text may have left: it did, yet the modem did not say so.
    "garble:of=+CMGS,after=3",
    "false_error:code=500,after=3",
    "bare_error:after=3",
    "unplug:when=pdu,back=1,after=3",
)


@dataclass(frozen=True)
class Story:
    """How many texts left, and the states they are in at the end."""

    texts: int
    states: Mapping[str, str] = field(default_factory=dict)


def survey_with(folder: Path, fault: str) -> Story:
    """The whole survey with one fault armed from the start; the story is judged before it is told."""
    with boxed(folder) as box:
        box.answering(answer)
        box.modem.faults.arm_text(fault)
        box.start()
        box.drop("calls.csv", [box.call(RESIDENT)])
        box.wait(lambda: is_over(box), f"the survey did not go on in spite of {fault}", seconds=150)
        box.modem.faults.disarm()
        assert box.stop() == 0
        judge(box)
        return Story(len(box.network.sent), dict(box.rows("SELECT kind, state FROM messages")))


Stories = Mapping[str, Future[Story]]


@pytest.fixture(scope="module")
def stories(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stories]:
    with crowd.told(request, "fault", tmp_path_factory.mktemp("faults"), survey_with) as found:
        yield found


@pytest.mark.parametrize("fault", FAULTS)
def test_it_heals_and_loses_nothing(stories: Stories, fault: str) -> None:
    story = stories[fault].result()

    assert story.texts == TEXTS
    assert set(story.states.values()) <= {"sent", "delivered"}


@pytest.mark.parametrize("fault", LOSSY)
def test_what_may_have_left_is_settled_by_its_receipt_or_answer_and_never_sent_again(
    stories: Stories, fault: str
) -> None:
    story = stories[fault].result()

    assert story.texts == TEXTS
    assert set(story.states.values()) <= {"sent", "delivered"}


@pytest.mark.parametrize("fault", ["unplug:when=entry,back=1,after=3"])
def test_a_text_cut_off_in_the_middle_is_unknown_and_the_survey_goes_on(stories: Stories, fault: str) -> None:
    story = stories[fault].result()

    assert story.texts == TEXTS - 1
    assert sorted(story.states.values()).count("unknown") == 1
    assert story.states["thanks"] in ("sent", "delivered")
