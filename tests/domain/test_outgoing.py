"""The states of a text: every pair of state and event, and what follows each failure."""

from __future__ import annotations

import itertools

import pytest

from appliance.clock import HOUR, MINUTE, SECOND
from appliance.domain import outgoing
from appliance.domain.outgoing import Fault
from appliance.domain.outgoing import MessageEvent as E
from appliance.domain.records import MessageState as S
from modem.errors import FailureClass

MOVES = {
    S.QUEUED: {E.CLAIMED: S.SENDING, E.RAN_OUT: S.EXPIRED, E.WITHDRAWN: S.CANCELLED},
    S.SENDING: {
        E.ACCEPTED: S.SENT,
        E.LOST_SIGHT: S.UNKNOWN,
        E.PUT_BACK: S.QUEUED,
        E.REFUSED: S.FAILED,
        E.WITHDRAWN: S.CANCELLED,
    },
    S.SENT: {E.CONFIRMED: S.DELIVERED, E.BOUNCED: S.FAILED},
    S.UNKNOWN: {E.ACCEPTED: S.SENT, E.CONFIRMED: S.DELIVERED, E.BOUNCED: S.FAILED},
}


@pytest.mark.parametrize(("state", "event"), list(itertools.product(S, E)))
def test_every_pair(state: S, event: E) -> None:
    assert outgoing.move(state, event) == MOVES.get(state, {}).get(event)
    assert (state in outgoing.from_states(event)) is (event in MOVES.get(state, {}))


@pytest.mark.parametrize("state", [S.SHADOW, S.DELIVERED, S.FAILED, S.EXPIRED, S.CANCELLED])
def test_what_is_over_stays_over(state: S) -> None:
    assert [outgoing.move(state, event) for event in E] == [None] * len(E)


def test_nothing_leads_from_unknown_back_to_the_queue() -> None:
    reached, todo = set(), [S.UNKNOWN]
    while todo:
        state = todo.pop()
        reached.add(state)
        todo += [
            after for (before, _), after in outgoing.MOVES.items() if before is state and after not in reached
        ]
    assert not reached & {S.QUEUED, S.SENDING}


BACK, NEVER = E.PUT_BACK, E.REFUSED

COURSES = [
    # class, what becomes of the text, who waits, how long after each failure in a row, told after
    ("recipient", NEVER, Fault.NUMBER, [0, 0], 0),
    (
        "recipient_later",
        BACK,
        Fault.NUMBER,
        [30 * SECOND, 2 * MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, HOUR],
        0,
    ),
    ("text", NEVER, Fault.TEXT, [0, 0], 0),
    ("account", BACK, Fault.SIM, [5 * MINUTE, 15 * MINUTE, HOUR, HOUR], 1),
    ("rejected", BACK, Fault.TEXT, [10 * MINUTE, 10 * MINUTE], 0),
    ("throttled", BACK, Fault.SIM, [10 * MINUTE, 20 * MINUTE, 40 * MINUTE, HOUR, HOUR], 1),
    ("duplicate", E.ACCEPTED, Fault.TEXT, [0], 0),
    ("temporary", BACK, Fault.SIM, [30 * SECOND, 2 * MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, HOUR], 4),
    ("configuration", BACK, Fault.SIM, [SECOND, MINUTE, MINUTE], 4),
    ("memory", BACK, Fault.SIM, [10 * SECOND, MINUTE, MINUTE], 4),
    ("busy", BACK, Fault.SIM, [3 * SECOND] * 5 + [MINUTE, MINUTE], 8),
    ("modem", BACK, Fault.TEXT, [0, 5 * SECOND, 30 * SECOND, 2 * MINUTE, 2 * MINUTE], 0),
    ("unknown", E.LOST_SIGHT, Fault.TEXT, [0], 0),
]


@pytest.mark.parametrize(("failure", "event", "fault", "waits", "alarm"), COURSES)
def test_the_course_of_each_class(failure: str, event: E, fault: Fault, waits: list[int], alarm: int) -> None:
    course = outgoing.course(failure)
    assert (course.event, course.fault, course.alarm_after) == (event, fault, alarm)
    assert [course.wait(failures) for failures in range(1, len(waits) + 1)] == waits


def test_every_class_of_the_modem_has_its_course() -> None:
    classes = {failure.value for failure in FailureClass}
    assert {row[0] for row in COURSES} == set(outgoing.COURSES) == classes | {"modem", "throttled"}


def test_only_the_classes_of_a_sim_that_may_be_one_texts_fault_let_others_go_first() -> None:
    assert {name for name, one in outgoing.COURSES.items() if one.gives_way} == {"temporary", "throttled"}


def test_a_class_nobody_listed_is_never_tried_again() -> None:
    assert outgoing.course("").event is outgoing.course("nothing we know").event is NEVER


@pytest.mark.parametrize(
    ("failure", "rejections", "setbacks", "strikes", "met"),
    [
        ("rejected", 1, 0, 0, "rejected"),
        ("rejected", 2, 0, 1, "rejected"),
        ("rejected", 3, 0, 0, "throttled"),
        ("rejected", 4, 1, 1, "throttled"),
        ("temporary", 0, 0, 0, "temporary"),
        ("temporary", 0, 2, 0, "temporary"),
        ("temporary", 0, 2, 1, "temporary"),
        ("temporary", 0, 1, 1, "recipient_later"),  # no other number met it: it is this number's
        ("temporary", 0, 0, 1, "recipient_later"),  # others left meanwhile
        ("busy", 0, 0, 1, "busy"),
        ("account", 0, 0, 3, "account"),
    ],
)
def test_what_a_failure_really_is(
    failure: str, rejections: int, setbacks: int, strikes: int, met: str
) -> None:
    assert outgoing.met(failure, rejections, setbacks, strikes) == met
