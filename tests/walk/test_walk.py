"""The whole walk in seconds: a call comes in, texts go out, answers come back, a score is on the screen."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from appliance.demo.stage import ACCOUNT
from modem.simulator.network import Sent
from tests.walk.resident import ANSWERS, RESIDENT, TEXTS, answer, is_over, judge, question_of
from tests.walk.rig import Box, boxed

SHOW_ALL = {"report": {"min_n": 1}}
"""One resident's answers would stay hidden otherwise."""


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    """A box on which one resident has answered everything; its worker still runs."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = int(found.getsockname()[1])
    with boxed(tmp_path_factory.mktemp("walk"), SHOW_ALL, port) as box:
        box.answering(answer)
        box.start()
        box.drop("calls.csv", [box.call(RESIDENT)])
        box.wait(lambda: is_over(box) and _all_delivered(box), "the walk did not come to its end")
        yield box
        assert box.stop() == 0


def _all_delivered(box: Box) -> bool:
    return {state for (state,) in box.rows("SELECT state FROM messages")} == {"delivered"}


def _day(box: Box) -> tuple[str, ...]:
    today = box.began.date().isoformat()
    return ("--from", (box.call(RESIDENT).received_at.date()).isoformat(), "--to", today)


def test_nothing_is_lost_and_nothing_left_twice(walked: Box) -> None:
    judge(walked)
    assert len(walked.network.sent) == TEXTS


def test_every_text_is_one_part_and_asks_for_its_receipt(walked: Box) -> None:
    assert {(sent.parts, sent.report_requested) for sent in walked.network.sent} == {(1, True)}
    assert {sent.recipient for sent in walked.network.sent} == {RESIDENT}


def test_the_texts_leave_in_the_order_of_the_script(walked: Box) -> None:
    listed = sorted(walked.cli("messages", "--json"), key=lambda text: text["id"])

    assert [text["text"] for text in listed] == [sent.text for sent in walked.network.sent]
    asked = [question_of(sent.text) for sent in walked.network.sent]
    assert asked == [None, *ANSWERS, None]


def test_the_report_is_what_the_resident_answered(walked: Box) -> None:
    report = walked.cli("report", *_day(walked), "--json")

    meant = {question: int(said) for question, (_words, said) in ANSWERS.items() if said.isdigit()}
    assert {question["id"]: question["mean"] for question in report["questions"]} == meant
    funnel = report["funnel"]
    assert [funnel[stage] for stage in ("calls", "invited", "delivered", "started", "completed")] == [1] * 5
    assert report["response_rate"] == 1.0


def test_every_decision_has_its_reason(walked: Box) -> None:
    story = walked.cli("explain", "SAMPLE1", "--json")

    assert [(line["event"], line["decision"]) for line in story] == [("closed", "send"), ("survey", "send")]
    assert all(line["sentence"] for line in story)


def test_the_sim_is_empty_afterwards(walked: Box) -> None:
    storage = walked.modem.modem.equipment.storage
    assert {name: storage[name].used() for name in ("SM", "ME")} == {"SM": 0, "ME": 0}


def test_the_raw_file_is_gone_and_its_receipt_stays(walked: Box) -> None:
    assert not list(walked.stage.feed.glob("*.csv"))
    (receipt,) = (walked.stage.feed / "done").iterdir()
    assert "calls.csv" in receipt.name
    assert RESIDENT[2:] not in receipt.read_text(encoding="utf-8")


@pytest.mark.browser
def test_the_score_stands_on_the_screen(walked: Box, chromium: Browser) -> None:
    stage = walked.stage
    stage.start("web", stage.folder / "web.log")
    address = f"http://{stage.config.web.bind}"
    walked.wait(lambda: _is_open(stage.config.web.bind), "the pages did not come up")
    page = chromium.new_page()
    page.goto(f"{address}/login")
    page.fill("#name", ACCOUNT)
    page.fill("#password", stage.password)
    page.click("button[type=submit]")
    page.wait_for_url(f"{address}/")
    shown = page.inner_text("main")
    page.close()
    assert re.search(r"Satisfied overall\s+5\.00?\s+of 5", shown), shown


def _is_open(bind: str) -> bool:
    host, _, port = bind.rpartition(":")
    with socket.socket() as probe:
        return probe.connect_ex((host, int(port))) == 0


def test_a_resident_is_answered_in_spanish_in_parts_and_stopped_at_once(tmp_path: Path) -> None:
    """ES, a number word, a long comment in two parts that come in the wrong order, and then STOP."""
    comment = "La persona que contestó mi llamada fue muy amable y me explicó todo con calma. " * 3

    def say(sent: Sent) -> str | None:
        spoken = {
            "How satisfied": "ES",
            "¿Qué tan satisfecho": "cinco!",
            "escucharme": "4/5",
            "respetuoso": "tres",
            "justo": "4",
            "resolver": "5️⃣",
        }
        return next((text for words, text in spoken.items() if words in sent.text), None)

    with boxed(tmp_path, SHOW_ALL) as box:
        box.answering(say)
        box.start()
        box.drop("calls.csv", [box.call(RESIDENT)])
        box.wait(lambda: _kinds(box).get("q_comment") == "delivered", "the survey did not come to its end")
        box.say(RESIDENT, comment, out_of_order=True, wide=True)
        box.wait(lambda: _kinds(box).get("thanks") == "delivered", "no thanks")
        box.say(RESIDENT, "S T O P")
        box.wait(lambda: _kinds(box).get("stop") == "delivered", "STOP was not confirmed")
        box.drop("again.csv", [box.call(RESIDENT, event="SAMPLE2")])
        box.wait(lambda: len(box.cli("explain", "SAMPLE2", "--json")) == 2, "the second call was not decided")

        scores = dict(box.rows("SELECT question, score FROM answers"))
        assert scores == {
            "overall": 5,
            "listened": 4,
            "respect": 3,
            "fair": 4,
            "resolved": 5,
            "comment": None,
        }
        assert box.one("SELECT text FROM answers WHERE question = 'comment'").startswith(comment.strip())
        assert {line["reason"] for line in box.cli("explain", "SAMPLE2", "--json")} == {"opted_out"}
        assert box.stop() == 0


def _kinds(box: Box) -> dict[str, str]:
    return dict(box.rows("SELECT kind, state FROM messages"))
