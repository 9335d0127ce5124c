"""A box with several modems: one number, one SIM; what moves to another SIM, when, and what never does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.clock import DAY, HOUR, MINUTE, SECOND, Instant
from appliance.config import ModemConfig
from appliance.domain import choosing
from appliance.domain.records import Lane, MessageState
from appliance.flow import dispatch
from appliance.flow.dispatch import Claim, Sender
from appliance.store import contacts, database, numbers, pairings, sims
from appliance.store import models as t
from tests.flow.box import OTHER, RESIDENT, SIM, Box, boxed
from tests.flow.test_dispatch import LONG, put, state

SPARE_SIM = "8901000000000000002"


class Pair:
    """A box with two modems, `main` and `spare`; `unable` is what the worker knows of them."""

    def __init__(self, box: Box) -> None:
        self.box = box
        main = box.config.modem[0]
        self.modems = {"main": main, "spare": ModemConfig(name="spare", port="/dev/null")}
        self.sims = {"main": SIM, "spare": SPARE_SIM}
        self.unable: dict[str, Instant] = {}
        config = box.config.model_copy(update={"modem": tuple(self.modems.values())})
        with database.transaction():
            for name, sim in self.sims.items():
                sims.meet(sim, box.now)
                pairings.check(name, f"imei {name}", sim, box.now)
        self.senders = {
            name: Sender(config, modem, self.sims[name], lambda: self.unable)
            for name, modem in self.modems.items()
        }

    def claim(self, name: str) -> Claim | None:
        return dispatch.claim(self.senders[name], self.box.now)

    def sends(self, name: str) -> list[str]:
        """All that this modem may send now; the text keys."""
        found = []
        while (text := self.claim(name)) is not None:
            found.append(self.box.kind_of(text))
            self.box.sent(text)
        return found

    def knows(self, number: str, name: str) -> None:
        """The number knows us by this modem's SIM."""
        with database.transaction():
            contacts.stick(numbers.remember(number), self.sims[name])

    def home(self, number: str = RESIDENT) -> str | None:
        found = contacts.get(numbers.remember(number)).sim
        return next((name for name, sim in self.sims.items() if sim == found), found)


@pytest.fixture
def pair(box: Box) -> Pair:
    return Pair(box)


class TestOneNumberOneSim:
    @pytest.mark.parametrize("name", ["main", "spare"])
    def test_a_text_leaves_by_the_sim_its_number_knows(self, pair: Pair, name: str) -> None:
        pair.knows(RESIDENT, name)
        put(pair.box, "one")
        other = {"main": "spare", "spare": "main"}[name]
        pair.box.later(HOUR)
        assert pair.sends(other) == []
        assert pair.sends(name) == ["one"]

    def test_it_sticks_to_the_sim_of_its_first_text(self, pair: Pair) -> None:
        put(pair.box, "one")
        assert pair.home() is None
        assert pair.sends("main") == ["one"]
        assert pair.home() == "main"

    def test_also_when_nobody_knows_whether_that_left(self, pair: Pair) -> None:
        put(pair.box, "one")
        text = pair.claim("main")
        assert text is not None
        dispatch.lost_sight(text, 1, "", pair.box.now)
        assert pair.home() == "main"

    def test_not_when_it_certainly_did_not(self, pair: Pair) -> None:
        put(pair.box, "one")
        text = pair.claim("main")
        assert text is not None
        dispatch.not_sent(text, "busy", "", pair.box.now)
        assert pair.home() is None

    def test_on_a_box_with_one_modem_it_sticks_as_well(self, box: Box) -> None:
        put(box, "one")
        box.send()
        assert contacts.get(numbers.remember(RESIDENT)).sim == SIM

    def test_many_texts_of_another_sim_do_not_stand_in_the_way(self, pair: Pair) -> None:
        for n in range(dispatch.LOOK_AHEAD + 5):
            number = f"+154155502{n + 10:02d}"
            pair.knows(number, "main")
            put(pair.box, f"n{n}", number=number)
        pair.knows(RESIDENT, "spare")
        put(pair.box, "ours")
        assert pair.sends("spare") == ["ours"]
        pair.unable["main"] = pair.box.now
        put(pair.box, "ours too")
        assert pair.sends("spare") == ["ours too"]


class TestNewNumber:
    def test_the_sim_with_most_room_takes_it(self, tmp_path: Path) -> None:
        with boxed(tmp_path, limits={"sim_per_day": 100}) as box:
            pair = Pair(box)
            pair.knows(OTHER, "main")
            put(box, "known", number=OTHER)
            pair.sends("main")
            put(box, "new")
            assert pair.claim("main") is None
            assert pair.sends("spare") == ["new"]

    def test_at_a_tie_the_first_of_the_config(self, pair: Pair) -> None:
        put(pair.box, "new")
        assert pair.claim("spare") is None
        assert pair.sends("main") == ["new"]

    def test_one_that_is_busy_does_not_keep_the_other_from_it(self, pair: Pair) -> None:
        put(pair.box, "one")
        put(pair.box, "two", number=OTHER)
        assert pair.claim("main") is not None
        assert pair.claim("spare") is not None

    def test_after_a_few_seconds_any_takes_it(self, pair: Pair) -> None:
        put(pair.box, "new")
        assert pair.claim("spare") is None
        soon = dispatch.next_look(pair.senders["spare"], pair.box.now)
        assert soon == pair.box.now + choosing.HESITATION
        pair.box.later(choosing.HESITATION)
        assert pair.sends("spare") == ["new"]

    @pytest.mark.parametrize("trouble", ["unable", "paused", "swapped", "full of numbers"])
    def test_one_that_cannot_send_is_passed_over(self, tmp_path: Path, trouble: str) -> None:
        limits = {"sim_recipients_per_day": 1} if trouble == "full of numbers" else {}
        with boxed(tmp_path, limits=limits) as box:
            pair = Pair(box)
            if trouble == "unable":
                pair.unable["main"] = box.now
            elif trouble == "paused":
                with database.transaction():
                    sims.pause(SIM, None, "person", box.now)
            elif trouble == "swapped":
                with database.transaction():
                    pairings.check("main", "imei main", "8901000000000000009", box.now)
            else:
                pair.knows(OTHER, "main")
                put(box, "known", number=OTHER)
                assert pair.sends("main") == ["known"]
            put(box, "new")
            assert pair.sends("spare") == ["new"]


LANES = (
    # how long the number's own SIM has been away, which lanes leave by the other then
    (MINUTE - SECOND, ""),
    (MINUTE, "confirmation"),
    (10 * MINUTE - SECOND, "confirmation"),
    (10 * MINUTE, "confirmation notice invitation"),
    (DAY - MINUTE, "confirmation notice invitation"),
)


class TestFailover:
    @pytest.mark.parametrize(("away", "lanes"), LANES)
    def test_each_lane_waits_for_its_sim_as_long_as_it_can(self, pair: Pair, away: int, lanes: str) -> None:
        for place, lane in enumerate(Lane):
            number = f"+154155502{place:02d}"
            pair.knows(number, "main")
            put(pair.box, lane.value, lane=lane, number=number)
        pair.unable["main"] = pair.box.now
        pair.box.later(away)
        assert pair.sends("spare") == lanes.split()

    def test_an_answer_that_moved_moves_nothing_else(self, pair: Pair) -> None:
        pair.knows(RESIDENT, "main")
        pair.unable["main"] = pair.box.now - MINUTE
        put(pair.box, "auto", lane=Lane.CONFIRMATION)
        put(pair.box, "notice")
        assert pair.sends("spare") == ["auto"]
        assert pair.home() == "main"

    def test_what_is_for_our_own_people_does_not_wait(self, pair: Pair) -> None:
        pair.knows(RESIDENT, "main")
        put(pair.box, "alert", lane=Lane.CONFIRMATION)
        pair.unable["main"] = pair.box.now
        assert pair.sends("spare") == ["alert"]

    def test_what_a_sim_writes_to_itself_does_not_move(self, pair: Pair) -> None:
        pair.knows(RESIDENT, "main")
        put(pair.box, "selftest")
        pair.unable["main"] = pair.box.now - DAY
        assert pair.sends("spare") == []

    def test_the_number_stays_with_the_sim_it_moved_to(self, pair: Pair) -> None:
        pair.knows(RESIDENT, "main")
        pair.unable["main"] = pair.box.now - 10 * MINUTE
        put(pair.box, "one")
        assert pair.sends("spare") == ["one"]
        assert pair.home() == "spare"
        pair.unable.clear()
        put(pair.box, "two")
        assert pair.sends("main") == []
        assert pair.sends("spare") == ["two"]

    def test_a_notice_that_moved_draws_no_open_survey_after_it(self, pair: Pair) -> None:
        pair.box.invited()
        assert pair.home() == "main"
        pair.unable["main"] = pair.box.now - 10 * MINUTE
        put(pair.box, "notice")
        pair.box.say("5")
        assert pair.sends("spare") == ["notice"]
        assert pair.home() == "main"
        pair.box.later(HOUR)
        assert pair.sends("spare") == [], "the next question comes from the number that asked the first"
        pair.unable.clear()
        assert pair.sends("main") == ["q_listened"]

    def test_an_invitation_that_moved_takes_its_survey_with_it(self, pair: Pair) -> None:
        pair.knows(RESIDENT, "main")
        pair.unable["main"] = pair.box.now - 10 * MINUTE
        pair.box.take(pair.box.closed())
        pair.box.plan()
        assert pair.sends("spare") == ["closed"]
        pair.knows(RESIDENT, "main")
        pair.box.later(4 * HOUR).plan()
        assert pair.sends("spare") == ["q_overall"]
        pair.unable.clear()
        pair.box.later(MINUTE).say("5", sim=SPARE_SIM)
        assert (pair.sends("main"), pair.sends("spare")) == ([], ["q_listened"])

    def test_a_reply_ties_its_number_to_the_sim_it_came_to(self, pair: Pair) -> None:
        pair.box.invited()
        pair.box.say("5", sim=SPARE_SIM)
        assert pair.home() == "spare"
        assert (pair.sends("main"), pair.sends("spare")) == ([], ["q_listened"])

    def test_a_sim_that_is_gone_for_good_leaves_everything_to_the_others(self, pair: Pair) -> None:
        """Its modem is out of the config, or another SIM was confirmed in it."""
        with database.transaction():
            contacts.stick(numbers.remember(RESIDENT), "8901000000000000009")
        put(pair.box, "q_fair", lane=Lane.CONVERSATION)
        put(pair.box, "notice")
        assert pair.sends("main") == ["q_fair", "notice"]
        assert pair.home() == "main"

    def test_a_swap_is_no_end_before_it_is_confirmed(self, pair: Pair) -> None:
        pair.knows(RESIDENT, "spare")
        with database.transaction():
            sims.meet("new", pair.box.now)
            pairings.check("spare", "imei spare", "new", pair.box.now)
        put(pair.box, "q_fair", lane=Lane.CONVERSATION)
        pair.box.later(HOUR)
        assert pair.sends("main") == []
        with database.transaction():
            assert pairings.confirm("spare", "imei spare", "new", "sample", pair.box.now)
        assert pair.sends("main") == ["q_fair"]

    def test_a_sim_the_network_bars_gives_its_texts_away_at_once(self, pair: Pair) -> None:
        pair.box.invited()
        pair.box.say("5")
        text = pair.claim("main")
        assert text is not None
        dispatch.not_sent(text, "account", "no credit", pair.box.now)
        put(pair.box, "notice")
        assert pair.claim("main") is None
        assert pair.sends("spare") == ["notice"]
        assert pair.box.queued() == ["q_listened"]

    def test_what_the_network_slows_down_is_not_sent_past_it(self, pair: Pair) -> None:
        """Behaviour 4: no spreading over SIMs, pacing never evades a filter."""
        for n in range(3):
            number = f"+154155502{n:02d}"
            pair.knows(number, "main")
            put(pair.box, f"n{n}", number=number)
        for _ in range(3):
            text = pair.claim("main")
            assert text is not None
            dispatch.not_sent(text, "rejected", "", pair.box.now)
        pair.box.later(HOUR)
        with database.transaction():
            sims.pause(SIM, pair.box.now + HOUR, "throttled", pair.box.now)
        put(pair.box, "auto", lane=Lane.CONFIRMATION, number="+15415550200")
        assert pair.sends("spare") == ["auto"]
        assert len(pair.box.queued()) == 3

    def test_a_sim_that_waits_shortly_keeps_its_texts(self, pair: Pair) -> None:
        pair.knows(RESIDENT, "main")
        put(pair.box, "notice")
        text = pair.claim("main")
        assert text is not None
        dispatch.not_sent(text, "busy", "", pair.box.now)
        pair.box.later(SECOND)
        assert pair.sends("spare") == []

    def test_a_days_budget_that_is_spent_moves_a_notice_and_a_minutes_does_not(self, tmp_path: Path) -> None:
        for place, limits in enumerate(({"sim_per_minute": 1}, {"sim_per_day": 2})):
            folder = tmp_path / str(place)
            folder.mkdir()
            with boxed(folder, limits=limits) as box:
                pair = Pair(box)
                for name in ("one", "two", "three"):
                    pair.knows(RESIDENT, "main")
                    put(box, name)
                pair.sends("main")
                assert pair.sends("spare") == [[], ["three"]][place]


class TestNeverElsewhere:
    def test_what_is_unknown(self, pair: Pair) -> None:
        message_id = put(pair.box, "one")
        text = pair.claim("main")
        assert text is not None
        dispatch.lost_sight(text, 1, "", pair.box.now)
        pair.unable["main"] = pair.box.now
        pair.box.later(DAY - MINUTE)
        assert pair.sends("spare") == []
        assert state(message_id) == "unknown"

    def test_what_has_begun(self, pair: Pair) -> None:
        message_id = put(pair.box, "long", text=LONG)
        text = pair.claim("main")
        assert text is not None
        dispatch.part_sent(text, 1, 7, pair.box.now)
        outcome = dispatch.not_sent(text, "account", "", pair.box.now)
        assert outcome.state is MessageState.QUEUED
        pair.unable["main"] = pair.box.now
        pair.box.later(DAY - MINUTE)
        assert pair.sends("spare") == []
        pair.unable.clear()
        assert pair.sends("main") == ["long"]
        assert state(message_id) == "sent"

    def test_what_the_other_has_in_hand(self, pair: Pair) -> None:
        put(pair.box, "one")
        assert pair.claim("main") is not None
        pair.unable["main"] = pair.box.now - HOUR
        pair.box.later(HOUR)
        assert pair.claim("spare") is None


def test_two_modems_share_a_queue_and_each_text_leaves_once(pair: Pair) -> None:
    for n in range(40):
        put(pair.box, f"n{n}", number=f"+154155501{n + 10:02d}")
    held: dict[str, Claim | None] = {"main": pair.claim("main"), "spare": pair.claim("spare")}
    sent: dict[str, list[str]] = {"main": [], "spare": []}
    while any(held.values()):
        for name, text in held.items():
            if text is not None:
                sent[name].append(text.key)
                held[name] = dispatch.finish_and_claim(
                    pair.senders[name], text, 1, pair.box.next_reference(), pair.box.now, go_on=True
                )
        pair.box.later(SECOND)
    assert sorted(sent["main"] + sent["spare"]) == sorted(f"n{n}" for n in range(40))
    assert abs(len(sent["main"]) - len(sent["spare"])) <= 1
    assert {row.sim for row in t.Message.select()} == {SIM, SPARE_SIM}


@pytest.fixture
def counted(pair: Pair) -> Iterator[list[str]]:
    """The statements that reach the database, while the test runs."""
    statements: list[str] = []
    link = t.database.connection()
    link.set_trace_callback(statements.append)
    yield statements
    link.set_trace_callback(None)


def test_on_a_box_with_one_modem_no_other_sim_is_asked_about(box: Box, counted: list[str]) -> None:
    put(box, "one")
    counted.clear()
    assert box.claim() is not None
    assert not [line for line in counted if "pairings" in line]
    assert not [line for line in counted if "COUNT" in line and "parts" in line], "no limits: nothing counted"
