"""What holds for the ladder whatever is seen, however much time passes, and wherever the worker restarts."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from modem import ladder_memory, ladder_words
from modem.rungs import DAY, HOUR, RADIO, Outcome, Rung, within
from modem.supervisor import Act, Event, State, Supervisor
from tests.modem.ladders import NOW, PACE, WALL, tried

SEEN = [event for event in Event if event is not Event.HUNG]
OUTCOMES = [Outcome.DONE, Outcome.DONE, Outcome.UNSURE, Outcome.NOT_DONE, Outcome.IMPOSSIBLE]
STEPS = st.lists(
    st.tuples(
        st.sampled_from([*SEEN, Event.MUTE, Event.MUTE, Event.NO_NETWORK, None, None]),
        st.floats(0.0, 60.0) | st.floats(0.0, 4000.0),
        st.sampled_from(OUTCOMES),
        st.booleans(),
    ),
    max_size=80,
)


@dataclass
class Log:
    """What was carried out, to be held against the rules."""

    attaches: list[float] = field(default_factory=list)
    in_series: list[float] = field(default_factory=list)
    since_person: set[Rung] = field(default_factory=set)


def carry_out(supervisor: Supervisor, rung: Rung, outcome: Outcome, now: float, log: Log) -> None:
    ladder = supervisor.ladder
    if rung in RADIO:
        assert ladder.enumerated_at is None or now >= ladder.enumerated_at + PACE.fresh_for
        assert rung not in log.since_person, "tried again before anybody was called"
        if log.in_series:
            gap = PACE.radio_gaps[min(len(log.in_series), len(PACE.radio_gaps)) - 1]
            assert now >= max(log.attaches) + gap
        assert sum(at > now - HOUR for at in log.attaches) < PACE.radio_per_hour < 19
        assert sum(at > now - DAY for at in log.attaches) < PACE.radio_per_day
        log.since_person.add(rung)
    if rung is Rung.PERSON:
        log.since_person.clear()
    supervisor.begin(rung, now)
    supervisor.end(rung, outcome, now)
    if rung in RADIO and outcome in (Outcome.DONE, Outcome.UNSURE):
        log.attaches.append(now)
        log.in_series.append(now)


@settings(max_examples=300, deadline=None)
@given(STEPS)
def test_whatever_happens_the_rules_hold(steps: list[tuple[Event | None, float, Outcome, bool]]) -> None:
    supervisor, log, now, wall = Supervisor(NOW), Log(), NOW, WALL
    for event, passed, outcome, restarts in steps:
        now, wall = now + passed, wall + round(passed * 1000)
        if event is not None:
            supervisor.heard(event, now)
        order = supervisor.order(now)
        if order.rung is not None and order.at <= now + 60.0:
            later = max(now, order.at)
            now, wall = later, wall + round((later - now) * 1000)
            carry_out(supervisor, order.rung, outcome, now, log)
        if supervisor.ladder.series == 0:
            log.in_series.clear()
        if supervisor.ladder.healthy_since is not None and not supervisor.ladder.tried:
            log.since_person.clear()
        if restarts:
            kept = ladder_memory.kept(supervisor.ladder, now, wall)
            supervisor = Supervisor(now)
            supervisor.ladder = ladder_memory.recalled(supervisor.ladder, kept, now, wall)
    comes_back_to_the_bottom(supervisor, now)


def comes_back_to_the_bottom(supervisor: Supervisor, now: float) -> None:
    attaches = supervisor.ladder.attaches
    for second in (0.0, 300.0, 601.0):
        supervisor.heard(Event.HEALTHY, now + second)
    ladder = supervisor.ladder
    assert (ladder.state, ladder.trouble, ladder.series, ladder.tried, ladder.impossible) == (
        State.WORKING,
        None,
        0,
        frozenset(),
        frozenset(),
    )
    assert not ladder.needs_person
    assert ladder.attaches == within(attaches, DAY, now + 601.0), "the caps outlive the health"


@settings(max_examples=100, deadline=None)
@given(STEPS)
def test_whatever_happens_there_is_something_to_do_and_a_sentence(
    steps: list[tuple[Event | None, float, Outcome, bool]],
) -> None:
    supervisor, now = Supervisor(NOW), NOW
    for event, passed, outcome, _ in steps:
        now += passed
        if event is not None:
            supervisor.heard(event, now)
        order = supervisor.order(now)
        assert order.at <= now + DAY
        assert (order.act is Act.CLIMB) == (order.rung is not None)
        said = ladder_words.sentence(supervisor.ladder, now, PACE)
        assert said == "" or (said[0].isupper() and said.endswith("."))
        if order.rung is not None:
            tried(supervisor, order.rung, at=max(now, order.at), outcome=outcome)
            now = max(now, order.at)
