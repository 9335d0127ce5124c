"""A code on a card: one survey, at once, and in no figure of the report."""

from __future__ import annotations

import pytest

from appliance.clock import DAY, MINUTE
from appliance.store import cards, contacts, database, numbers, reports
from appliance.store import models as t
from tests.flow.box import RESIDENT, Box, local


def code(box: Box) -> str:
    with database.transaction():
        return cards.make(1, "sample", 30 * DAY, box.now)[0]


def test_a_code_starts_a_survey_at_any_hour_and_is_traced_to_its_text(box: Box) -> None:
    given = code(box)
    box.now = local(23)
    reply = box.say(given)
    assert (reply.kind, reply.effects, box.send()) == ("other", '["card"]', ["q_overall"])
    for text in ("5", "4", "4", "4", "3", "thanks"):
        box.later(MINUTE).say(text)
        box.send()
    assert box.conversation() == "completed"
    assert box.scores()["overall"] == 5


def test_it_is_in_no_figure_of_the_report(box: Box) -> None:
    box.say(code(box))
    box.send()
    box.later(MINUTE).say("1")
    summary = reports.summary(0, box.now + DAY)
    assert (summary.funnel.calls, summary.funnel.started, summary.questions[0].n) == (0, 0, 0)


@pytest.mark.parametrize("written", ["{}", " {} ", "code {}", "{}.", "Código {}", "“{}”"])
def test_it_is_read_as_people_write_it(box: Box, written: str) -> None:
    box.say(written.format(code(box)))
    assert box.queued() == ["q_overall"]


def test_a_code_works_once(box: Box) -> None:
    given = code(box)
    box.say(given)
    box.send()
    box.later(MINUTE).say(given, "+15415550145")
    assert box.send() == ["auto"]
    assert t.Conversation.select().count() == 1


def test_a_code_grows_old(box: Box) -> None:
    given = code(box)
    box.later(31 * DAY).say(given)
    assert box.send() == ["auto"]


@pytest.mark.parametrize("text", ["123456", "4821", "my code is lost", "5415550", "12345678"])
def test_what_is_no_code_starts_nothing(box: Box, text: str) -> None:
    code(box)
    box.say(text)
    assert t.Conversation.select().count() == 0


def test_who_said_stop_is_not_asked_and_the_card_stays_good(box: Box) -> None:
    given = code(box)
    with database.transaction():
        contacts.opt_out(numbers.remember(RESIDENT), "stop", box.now)
    box.say(given)
    assert t.Conversation.select().count() == 0
    box.say(given, "+15415550145")
    assert box.queued()[-1] == "q_overall"


def test_an_open_survey_is_not_left_for_a_card(box: Box) -> None:
    given = code(box)
    box.invited()
    box.say(given)
    assert t.Conversation.select().count() == 1
    assert cards.count_unused(box.now) == 1


def test_codes_are_kept_as_hashes_and_look_like_no_call_for_help(box: Box) -> None:
    with database.transaction():
        made = cards.make(300, "sample", DAY, box.now)
    assert len(set(made)) == 300
    assert all(len(each) == 6 and "911" not in each and "988" not in each for each in made)
    assert not {row.key for row in t.Card.select()} & set(made)
