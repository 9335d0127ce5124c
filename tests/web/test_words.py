from __future__ import annotations

from enum import StrEnum

import pytest

from appliance.domain import wording
from appliance.domain.reasons import NEUTRAL, SENTENCES
from appliance.domain.records import ConversationState, EventKind, MessageState, ReplyKind, Verdict
from appliance.store import alarms, calls, reports
from appliance.store.accounts import Role
from web import words


@pytest.mark.parametrize(
    ("codes", "shown"),
    [
        (MessageState, words.STATES),
        (ReplyKind, words.REPLY_KINDS),
        (EventKind, words.EVENTS),
        (ConversationState, words.CONVERSATION_STATES),
        (Verdict, words.VERDICTS),
        (Role, words.ROLES),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_every_code_has_its_word(codes: type[StrEnum], shown: dict[str, str]) -> None:
    assert [code.value for code in codes if code.value not in shown] == []


@pytest.mark.parametrize(
    ("codes", "shown"),
    [
        (alarms.OUTCOMES, words.ALARM_OUTCOMES),
        (calls.OUTCOMES, words.STATES),
        (calls.OUTCOMES, words.STATE_MEANINGS),
        (wording.TEXT_KEYS, words.EVENTS),
    ],
    ids=["alarm outcomes", "outcomes", "meanings", "texts"],
)
def test_every_listed_code_has_its_word(codes: tuple[str, ...], shown: dict[str, str]) -> None:
    assert [code for code in codes if code not in shown] == []


@pytest.mark.parametrize("code", [*SENTENCES, *reports.STANDING_REASONS, "agency_rule"])
def test_every_reason_in_a_table_reads_as_words(code: str) -> None:
    shown = words.reason(code)
    assert shown and "_" not in shown and "{" not in shown


def test_a_code_without_a_word_is_readable() -> None:
    assert words.word({}, "some_new_code") == "some new code"
    assert words.word({}, None) == ""


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (None, ""),
        ("quiet_list", NEUTRAL),
        ("never_history", NEUTRAL),
        ("opted_out", "The resident asked for no more texts."),
        ("notice_cap", "The number had its notices for the day."),
        ("the network gave up on it: its time ran out", "the network gave up on it: its time ran out"),
    ],
)
def test_why_a_text_did_not_leave_is_told_in_words_and_gives_nobody_away(
    error: str | None, said: str
) -> None:
    assert words.text_error(error) == said
