"""When a text to the own number is due, and how it is known when it comes back."""

from __future__ import annotations

import pytest

from appliance.clock import DAY, HOUR, MINUTE, SECOND
from appliance.domain import self_test, wording
from appliance.domain.self_test import OwnText

OWN = "+15415550100"
TOKEN = "0123456789abcdef"
SENT = self_test.text("Sampleville Police", TOKEN)

BACK = [
    # what came, from whom, the token
    (SENT, "+15415550100", TOKEN),
    (SENT, "15415550100", TOKEN),
    (SENT, "5415550100", TOKEN),
    (SENT, "+15415550123", None),
    (SENT, "SAMPLE", None),
    (SENT, "", None),
    (SENT.replace("a", "A"), OWN, None),
    (SENT.replace(TOKEN, TOKEN[:-1]), OWN, None),
    (SENT.replace(TOKEN, TOKEN + "0"), OWN, None),
    ("5", OWN, None),
    ("line check please", OWN, None),
    ("", OWN, None),
]


@pytest.mark.parametrize(("written", "sender", "token"), BACK)
def test_only_our_own_form_from_our_own_number_is_ours(written: str, sender: str, token: str | None) -> None:
    assert self_test.is_own(written, sender, OWN) == token


def test_the_text_is_one_part_with_the_longest_name() -> None:
    assert wording.parts(self_test.text("N" * 24, TOKEN)) == 1


def sent(at: int, *, left: bool = True) -> OwnText:
    return OwnText(TOKEN, at, at + 4 * SECOND if left else None, may_have_left=left)


DUE = [
    # every, tests newest first, when one last came back, due
    (DAY, [], None, 100 + DAY),
    (0, [], None, None),
    (0, [sent(DAY)], DAY, None),
    (DAY, [sent(DAY)], None, 2 * DAY),
    (HOUR, [sent(DAY)], DAY + SECOND, DAY + HOUR),
    (DAY, [sent(2 * DAY), sent(DAY)], None, None),
    (DAY, [sent(2 * DAY), sent(DAY)], DAY + SECOND, 3 * DAY),
    (DAY, [sent(2 * DAY, left=False), sent(DAY)], None, 3 * DAY),
]


@pytest.mark.parametrize(("every", "tests", "proven_at", "due"), DUE)
def test_a_test_is_due_a_while_after_the_last(
    every: int, tests: list[OwnText], proven_at: int | None, due: int | None
) -> None:
    assert self_test.due_at(every, 100, tests, proven_at) == due


MISSING = [
    # tests newest first, when one last came back, now, missing
    ([], None, DAY, False),
    ([sent(DAY)], None, DAY + 9 * MINUTE, False),
    ([sent(DAY)], None, DAY + 11 * MINUTE, True),
    ([sent(DAY)], DAY + SECOND, DAY + 11 * MINUTE, False),
    ([sent(2 * DAY)], DAY + SECOND, 2 * DAY + 11 * MINUTE, True),
    ([sent(DAY, left=False)], None, DAY + 11 * MINUTE, False),
    ([sent(2 * DAY, left=False), sent(DAY)], None, 2 * DAY, True),
]


@pytest.mark.parametrize(("tests", "proven_at", "now", "missing"), MISSING)
def test_a_test_that_left_and_did_not_come_back_is_missing(
    tests: list[OwnText], proven_at: int | None, now: int, missing: bool
) -> None:
    assert self_test.is_missing(tests, proven_at, now) is missing


def test_the_round_trip_counts_from_the_queue_and_never_backwards() -> None:
    assert self_test.round_trip(sent(1000), 9000) == 8000
    assert self_test.round_trip(sent(1000), 900) == 0
