"""The ladder as a whole: every state with every event, the climb in time, and what holds for any sequence."""

from __future__ import annotations

from itertools import pairwise

import pytest

from modem.rungs import CHEAP, DAY, HOUR, RADIO, Attach, Outcome, Rung
from modem.supervisor import NEXT, Act, Event, Ladder, Order, State, Supervisor, heard, order
from tests.modem.ladders import BOTTOM, MINUTE, NOW, PACE, MuteModem, tried, working

# ---- every state with every event

EVENTS = [
    *(Event.MISSING, Event.BUSY, Event.LOST, Event.OPENED, Event.NEW_PORT, Event.READY, Event.NOT_READY),
    *(Event.REFUSED, Event.HUNG, Event.HEALTHY, Event.NO_NETWORK, Event.MISSED, Event.MUTE),
]
SAME = "absent held absent starting starting working parked climbing climbing working searching"
"""Most events tell the state whatever it was before; a silence does not."""
GRID = {
    State.ABSENT: f"{SAME} absent absent",
    State.HELD: f"{SAME} held held",
    State.STARTING: f"{SAME} starting climbing",
    State.WORKING: f"{SAME} doubtful climbing",
    State.DOUBTFUL: f"{SAME} doubtful climbing",
    State.SEARCHING: f"{SAME} doubtful climbing",
    State.CLIMBING: f"{SAME} climbing climbing",
    State.PARKED: f"{SAME} parked parked",
}
PAIRS = [
    pytest.param(state, event, State(cell), id=f"{state} {event}")
    for state, row in GRID.items()
    for event, cell in zip(EVENTS, row.split(), strict=True)
]


def test_the_grid_names_every_pair() -> None:
    assert len(PAIRS) == len(State) * len(Event) == sum(len(row) for row in NEXT.values())


@pytest.mark.parametrize(("state", "event", "after"), PAIRS)
def test_every_state_with_every_event(state: State, event: Event, after: State) -> None:
    ladder = heard(Ladder(heard_at=NOW, state=state), event, NOW + 1, PACE)
    assert (ladder.state, ladder.heard_at) == (after, NOW + 1)
    assert order(ladder, NOW + 1, PACE).at >= NOW + 1


# ---- what is done when

WAITS = [
    pytest.param([Event.MISSING], Act.LOOK, 0.5, id="a missing port"),
    pytest.param([Event.BUSY], Act.LOOK, 2.0, id="a busy port"),
    pytest.param([Event.LOST], Act.LOOK, 0.5, id="a port that has just gone"),
    pytest.param([Event.NEW_PORT], Act.BRING_UP, 0.0, id="an open port"),
    pytest.param([Event.NOT_READY], Act.LOOK, 2.0, id="a SIM that is not ready"),
    pytest.param([Event.NOT_READY] * 2, Act.LOOK, 5.0, id="the same again"),
    pytest.param([Event.NOT_READY] * 9, Act.LOOK, 30.0, id="and again"),
    pytest.param([Event.NOT_READY] * 9 + [Event.NEW_PORT, Event.NOT_READY], Act.LOOK, 2.0, id="plugged anew"),
    pytest.param([Event.READY], Act.HEARTBEAT, 30.0, id="a modem that works"),
    pytest.param([Event.READY, Event.MISSED], Act.HEARTBEAT, 1.0, id="a missed heartbeat"),
    pytest.param([Event.READY, Event.NO_NETWORK], Act.HEARTBEAT, 30.0, id="a modem without network"),
]


@pytest.mark.parametrize(("events", "act", "wait"), WAITS)
def test_how_long_the_next_act_waits(events: list[Event], act: Act, wait: float) -> None:
    supervisor = Supervisor(NOW)
    for event in events:
        supervisor.heard(event, NOW)
    assert supervisor.order(NOW) == Order(act, NOW + wait)


def test_a_missing_port_is_looked_for_at_the_start_at_once() -> None:
    assert Supervisor(NOW).order(NOW) == Order(Act.LOOK, NOW)


def test_the_third_heartbeat_missed_in_a_row_is_a_mute_modem() -> None:
    supervisor = working()
    for event in (Event.MISSED, Event.MISSED, Event.HEALTHY, Event.MISSED, Event.MISSED):
        supervisor.heard(event, NOW)
    assert supervisor.state is State.DOUBTFUL
    supervisor.heard(Event.MISSED, NOW)
    assert supervisor.state is State.CLIMBING
    assert supervisor.order(NOW) == Order(Act.CLIMB, NOW, Rung.RESYNC)


def test_a_missed_heartbeat_does_not_end_ten_minutes_of_health() -> None:
    supervisor = tried(working(), Rung.RESYNC)
    for event, at in ((Event.HEALTHY, 0.0), (Event.MISSED, 300.0), (Event.HEALTHY, 600.0)):
        supervisor.heard(event, NOW + at)
    assert supervisor.ladder.tried == frozenset()


@pytest.mark.parametrize("event", [Event.NOT_READY, Event.MISSING, Event.BUSY])
def test_a_sim_or_a_port_that_is_not_there_resets_nothing(event: Event) -> None:
    supervisor = working()
    for second in range(0, 86_400, 30):
        supervisor.heard(event, NOW + second)
        assert supervisor.order(NOW + second).rung in (None, Rung.PERSON)
        if supervisor.order(NOW + second).rung is Rung.PERSON:
            tried(supervisor, Rung.PERSON, at=NOW + second)
    assert supervisor.needs_person
    assert supervisor.ladder.attaches == ()


# ---- the climb, in time


IN_TIME = {rung: 140.0 for rung in Rung} | {Rung.USB_AUTHORISE: 215.0, Rung.HUB_POWER: 515.0}
"""Seconds until a mute modem is back, by what cures it, where it fell silent right after a heartbeat."""


@pytest.mark.parametrize("boots_for", [0.0, 15.0, 30.0])
@pytest.mark.parametrize("cured_by", [rung for rung in Rung if rung is not Rung.PERSON])
def test_a_mute_modem_is_back_in_time_though_every_act_is_slow(cured_by: Rung, boots_for: float) -> None:
    modem = MuteModem(cured_by, boots_for)
    took = modem.run(600.0)
    assert took is not None and took <= IN_TIME[cured_by], modem.climbed


@pytest.mark.parametrize("boots_for", [0.0, 15.0, 30.0])
@pytest.mark.parametrize("cured_by", list(Rung)[:6])
def test_a_modem_mute_in_the_middle_of_its_work_is_back_within_180_seconds(
    cured_by: Rung, boots_for: float
) -> None:
    modem = MuteModem(cured_by, boots_for)
    modem.supervisor.heard(Event.MUTE, NOW)
    took = modem.run(600.0)
    assert took is not None and took <= 180.0, modem.climbed


def test_the_rungs_are_climbed_in_their_order_and_a_person_is_called() -> None:
    modem = MuteModem(None)
    modem.run(600.0)
    first = list(dict.fromkeys(rung for rung, _ in modem.climbed))
    assert first == list(Rung)
    assert modem.supervisor.needs_person


def test_after_the_alarm_the_cheap_rungs_go_on_and_the_dear_ones_keep_their_spacing() -> None:
    modem = MuteModem(None)
    modem.run(DAY)
    attaches = [at for rung, at in modem.climbed if rung in RADIO]
    cheap = [at for rung, at in modem.climbed if rung in CHEAP]
    gaps = [later - earlier for earlier, later in pairwise(attaches)]
    assert all(gap > wait - 0.001 for gap, wait in zip(gaps, PACE.radio_gaps, strict=False))
    assert all(gap > HOUR - 0.001 for gap in gaps[len(PACE.radio_gaps) :])
    assert len(attaches) == 29
    assert max(later - earlier for earlier, later in pairwise(cheap)) < 60.0


def test_a_rung_that_this_box_cannot_do_is_asked_for_once() -> None:
    modem = MuteModem(None, cannot=frozenset({Rung.USB_AUTHORISE, Rung.HUB_POWER}))
    modem.run(4 * HOUR)
    asked = [rung for rung, _ in modem.climbed if rung in modem.cannot]
    assert asked == [Rung.USB_AUTHORISE, Rung.HUB_POWER]
    assert {attach.rung for attach in modem.supervisor.ladder.attaches} == {Rung.RADIO_CYCLE, Rung.RESTART}


def test_nothing_but_cheap_rungs_on_a_port_that_has_just_come() -> None:
    supervisor = tried(working(), *BOTTOM)
    for event in (Event.LOST, Event.NEW_PORT, Event.MUTE):
        supervisor.heard(event, NOW + 10)
    again = []
    while (order := supervisor.order(NOW + 12)).rung in CHEAP and order.at <= NOW + 15:
        again.append(order.rung)
        tried(supervisor, again[-1], at=NOW + 12)
    assert again == [Rung.RESYNC, Rung.REOPEN, Rung.REINIT]
    assert order == Order(Act.CLIMB, NOW + 17, Rung.REOPEN)
    assert supervisor.order(NOW + 36) == Order(Act.CLIMB, NOW + 40, Rung.RADIO_CYCLE)


def test_a_port_that_takes_no_bytes_is_climbed_although_it_can_be_opened() -> None:
    supervisor = working()
    for _ in range(2):
        assert supervisor.state is not State.CLIMBING
        supervisor.heard(Event.LOST, NOW)
        supervisor.heard(Event.OPENED, NOW)
    climbed = []
    for _ in range(5):
        order = supervisor.order(NOW)
        assert order.rung is not None
        climbed.append(order.rung)
        tried(supervisor, order.rung, outcome=Outcome.NOT_DONE)
        supervisor.heard(Event.LOST, NOW)
        supervisor.heard(Event.OPENED, NOW)
    assert climbed == list(Rung)[:5]


def test_a_hung_port_that_was_opened_again_is_brought_up_again() -> None:
    """A modem whose port stays through its restarts is lost each time, too, and may yet come back."""
    supervisor = working()
    for event in (Event.LOST, Event.OPENED, Event.LOST, Event.OPENED):
        supervisor.heard(event, NOW)
    assert supervisor.state is State.CLIMBING
    tried(supervisor, Rung.REOPEN).heard(Event.OPENED, NOW)
    assert supervisor.order(NOW) == Order(Act.BRING_UP, NOW)


def test_a_stick_that_falls_off_the_bus_again_and_again_is_told_to_a_person() -> None:
    supervisor = working()
    now = NOW
    while now < NOW + HOUR and not supervisor.needs_person:
        for event in (Event.LOST, Event.NEW_PORT, Event.READY, Event.HEALTHY):
            order = supervisor.order(now)
            if order.rung is Rung.PERSON:
                tried(supervisor, Rung.PERSON, at=now)
            assert order.rung in (None, Rung.PERSON)
            supervisor.heard(event, now)
            now += 10.0
    assert NOW + 15 * MINUTE <= now <= NOW + 17 * MINUTE


# ---- no network


def test_a_modem_without_network_gets_only_radio_rungs_each_after_five_minutes() -> None:
    supervisor = working()
    climbed = []
    for second in range(0, 3600, 10):
        now = NOW + second
        supervisor.heard(Event.NO_NETWORK, now)
        order = supervisor.order(now)
        if order.rung is not None and order.at <= now:
            climbed.append((order.rung, second / 60))
            tried(supervisor, order.rung, at=now)
    assert climbed[:4] == [
        (Rung.RADIO_CYCLE, 5.0),
        (Rung.RESTART, 10.0),
        (Rung.PERSON, 15.0),
        (Rung.HUB_POWER, pytest.approx(15.0, abs=0.2)),
    ]
    assert {rung for rung, _ in climbed} == {*RADIO, Rung.PERSON} - {Rung.USB_AUTHORISE}


def test_a_network_found_again_in_time_resets_nothing() -> None:
    supervisor = working()
    for second in range(0, 7200, 30):
        supervisor.heard(Event.HEALTHY if second % 300 == 270 else Event.NO_NETWORK, NOW + second)
        assert supervisor.order(NOW + second).rung in (None, Rung.PERSON)
        if supervisor.order(NOW + second).rung is Rung.PERSON:
            tried(supervisor, Rung.PERSON, at=NOW + second)
    assert supervisor.ladder.attaches == ()


def test_a_modem_that_was_plugged_anew_gets_its_five_minutes_again() -> None:
    supervisor = working()
    supervisor.heard(Event.NO_NETWORK, NOW)
    for event in (Event.LOST, Event.NEW_PORT, Event.READY, Event.NO_NETWORK):
        supervisor.heard(event, NOW + 240.0)
    assert supervisor.order(NOW + 500.0).act is Act.HEARTBEAT
    supervisor.heard(Event.NO_NETWORK, NOW + 540.0)
    assert supervisor.order(NOW + 540.0) == Order(Act.CLIMB, NOW + 540.0, Rung.RADIO_CYCLE)


# ---- counts


def test_each_rung_is_counted_and_timed_and_credited_when_it_helped() -> None:
    supervisor = working()
    supervisor.heard(Event.MUTE, NOW)
    supervisor.begin(Rung.RESYNC, NOW)
    supervisor.end(Rung.RESYNC, Outcome.DONE, NOW + 7)
    supervisor.heard(Event.MUTE, NOW + 7)
    supervisor.begin(Rung.REOPEN, NOW + 7)
    supervisor.end(Rung.REOPEN, Outcome.DONE, NOW + 8)
    for event in (Event.OPENED, Event.READY, Event.HEALTHY, Event.HEALTHY):
        supervisor.heard(event, NOW + 10)
    resync, reopen = (supervisor.ladder.record(rung) for rung in (Rung.RESYNC, Rung.REOPEN))
    assert (resync.tried, resync.helped, resync.at, resync.seconds) == (1, 0, NOW, 7.0)
    assert (reopen.tried, reopen.helped, reopen.outcome) == (1, 1, Outcome.DONE)


def test_a_cheap_rung_repeated_in_between_takes_no_credit() -> None:
    supervisor = tried(working(), Rung.REOPEN, Rung.RESTART, Rung.REOPEN)
    supervisor.heard(Event.HEALTHY, NOW)
    assert [supervisor.ladder.record(rung).helped for rung in (Rung.RESTART, Rung.REOPEN)] == [1, 0]


def test_what_must_be_kept_anew_is_told() -> None:
    supervisor = working()
    supervisor.begin(Rung.RESTART, NOW)
    told = [
        supervisor.heard(event, NOW + at)
        for event, at in (
            (Event.MUTE, 0.0),
            (Event.NEW_PORT, 1.0),
            (Event.HEALTHY, 2.0),
            (Event.HEALTHY, 602.0),
            (Event.HEALTHY, 632.0),
        )
    ]
    assert told == [False, False, False, True, False], "the end of the climb, after ten minutes of health"


def test_a_radio_that_was_not_switched_costs_no_attach() -> None:
    supervisor = tried(working(), Rung.RADIO_CYCLE, outcome=Outcome.NOT_DONE)
    assert (supervisor.ladder.attaches, supervisor.ladder.series) == ((), 0)
    supervisor = tried(working(), Rung.RESTART, outcome=Outcome.UNSURE)
    assert (supervisor.ladder.attaches, supervisor.ladder.series) == ((Attach(Rung.RESTART, NOW),), 1)
