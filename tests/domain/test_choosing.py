"""By which SIM a text leaves, where a box has several."""

from __future__ import annotations

import pytest

from appliance.clock import DAY, HOUR, MINUTE, SECOND
from appliance.domain import choosing
from appliance.domain.choosing import Gap, SimState
from appliance.domain.records import Lane

NOW = 100 * DAY
JUST = Gap(NOW - SECOND)
LONG = Gap(NOW - 10 * MINUTE)


def sim(name: str = "a", room: int = 100, **fields: object) -> SimState:
    return SimState(name, room, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("state", "lanes"),
    [
        (sim(), ""),
        (sim(absent=JUST), ""),
        (sim(absent=Gap(NOW - MINUTE)), "C"),
        (sim(absent=Gap(NOW - 10 * MINUTE + 1)), "C"),
        (sim(absent=LONG), "CNI"),
        (sim(absent=Gap(NOW - DAY)), "CNI"),
        # known to last: what is still to come counts
        (sim(absent=Gap(NOW, NOW + 2 * MINUTE)), "C"),
        (sim(absent=Gap(NOW - MINUTE, NOW + 9 * MINUTE)), "CNI"),
        (sim(absent=Gap(NOW, None, is_lasting=True)), "CNI"),
        # the network's own brake holds back what is not an answer
        (sim(absent=Gap(NOW - HOUR, NOW + HOUR, is_brake=True)), "C"),
        # the budget stops notices and invitations alone
        (sim(spent=Gap(NOW, NOW + 10 * SECOND)), ""),
        (sim(spent=Gap(NOW, NOW + 30 * MINUTE)), "NI"),
        (sim(absent=JUST, spent=Gap(NOW, NOW + 30 * MINUTE)), ""),
    ],
)
def test_when_a_text_may_go_by_another_sim(state: SimState, lanes: str) -> None:
    letters = {Lane.CONFIRMATION: "C", Lane.CONVERSATION: "Q", Lane.NOTICE: "N", Lane.INVITATION: "I"}
    found = "".join(
        letter for lane, letter in letters.items() if choosing.may_move(state, lane, "sample", NOW)
    )
    assert found == lanes


def test_the_next_question_never_moves_and_a_text_to_our_own_people_never_waits() -> None:
    assert not choosing.may_move(sim(absent=Gap(0, None, is_lasting=True)), Lane.CONVERSATION, "q_fair", NOW)
    assert choosing.may_move(sim(absent=Gap(NOW)), Lane.CONFIRMATION, "alert", NOW)
    assert not choosing.may_move(sim(), Lane.CONFIRMATION, "alert", NOW)
    assert not choosing.may_move(sim(absent=Gap(0)), Lane.NOTICE, "selftest", NOW)


@pytest.mark.parametrize(
    ("states", "lane", "taker"),
    [
        ([sim("a", 5), sim("b", 9)], Lane.NOTICE, "b"),
        ([sim("a", 9), sim("b", 9)], Lane.NOTICE, "a"),
        ([sim("a", 9, is_busy=True), sim("b", 5)], Lane.NOTICE, "b"),
        ([sim("a", 9, absent=JUST), sim("b", 5)], Lane.NOTICE, "b"),
        ([sim("a", 9, spent=JUST), sim("b", 5)], Lane.NOTICE, "b"),
        ([sim("a", 9, spent=JUST), sim("b", 5)], Lane.CONFIRMATION, "a"),
        ([sim("a", 9, takes_new_numbers=False), sim("b", 5), sim("c", 6)], Lane.NOTICE, "c"),
    ],
)
def test_a_new_number_goes_to_the_able_sim_with_most_room(
    states: list[SimState], lane: Lane, taker: str
) -> None:
    able = [one for one in states if not one.is_busy and one.gap(lane) is None and one.takes_new_numbers]
    assert [one.sim for one in able if choosing.takes(one, states, lane, 0)] == [taker]


def test_after_a_hesitation_any_that_can_takes_it() -> None:
    states = [sim("a", 9), sim("b", 5)]
    assert not choosing.takes(states[1], states, Lane.NOTICE, choosing.HESITATION - 1)
    assert choosing.takes(states[1], states, Lane.NOTICE, choosing.HESITATION)
