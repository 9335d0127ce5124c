"""Days of a box with two modems, drawn at random: whatever happens, no text leaves twice or by two SIMs."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from appliance.clock import DAY, HOUR, MINUTE, SECOND
from appliance.domain import outgoing
from appliance.domain.records import Lane
from appliance.flow import dispatch, receipts
from appliance.flow.dispatch import Claim
from appliance.store import database, sims
from appliance.store import models as t
from tests.flow.box import Box
from tests.flow.test_dispatch import LONG, put
from tests.flow.test_several_modems import Pair

STEPS = 300
REFUSALS = tuple(name for name in outgoing.COURSES if name not in ("unknown", "throttled", "duplicate"))


class Day:
    """One run: what happens is drawn, what may never happen is noted."""

    def __init__(self, pair: Pair, seed: int) -> None:
        self.pair, self.box = pair, pair.box
        self.chance = random.Random(seed)
        self.held: dict[str, tuple[Claim, int] | None] = {"main": None, "spare": None}
        self.on_air: Counter[tuple[int, int]] = Counter()
        self.sims: dict[int, set[str]] = {}
        self.put = 0

    def step(self) -> None:
        act = self.chance.choices(
            (self.queue, self.claim, self.hand_over, self.wait, self.trouble, self.late, self.stop),
            (20, 30, 40, 15, 4, 3, 1),
        )[0]
        act()

    def queue(self) -> None:
        self.put += 1
        lane = self.chance.choice(tuple(Lane))
        put(
            self.box,
            f"text {self.put}",
            lane=lane,
            kind="alert" if lane is Lane.CONFIRMATION and self.chance.random() < 0.5 else "closed",
            number=f"+154155501{self.chance.randrange(10, 22):02d}",
            text=LONG if self.chance.random() < 0.3 else "Sample",
        )

    def claim(self) -> None:
        name = self.chance.choice(("main", "spare"))
        if self.held[name] is None and name not in self.pair.unable:
            self.hold(name, self.pair.claim(name))

    def hold(self, name: str, text: Claim | None) -> None:
        self.held[name] = None if text is None else (text, 0)
        if text is not None:
            assert all(self.on_air[text.message_id, seq] == 0 for seq in text.parts), "handed over twice"

    def hand_over(self) -> None:
        """The next part of what a modem holds: taken, refused or lost sight of."""
        name = self.chance.choice(("main", "spare"))
        holding = self.held[name]
        if holding is None:
            return
        text, place = holding
        seq = text.parts[place]
        if self.chance.random() < 0.2:
            dispatch.not_sent(text, self.chance.choice(REFUSALS), "because", self.box.now)
            self.held[name] = None
            return
        self.on_air[text.message_id, seq] += 1
        self.sims.setdefault(text.message_id, set()).add(text.sender.sim)
        if self.chance.random() < 0.1:
            dispatch.lost_sight(text, seq, "", self.box.now)
            self.held[name] = None
        elif seq != text.parts[-1]:
            goes_on = dispatch.part_sent(text, seq, self.box.next_reference(), self.box.now)
            self.held[name] = (text, place + 1) if goes_on else None
        else:
            reference = self.box.next_reference()
            sender = self.pair.senders[name]
            go_on = name not in self.pair.unable
            self.hold(
                name,
                dispatch.finish_and_claim(sender, text, seq, reference, self.box.now, go_on=go_on),
            )

    def wait(self) -> None:
        self.box.later(self.chance.choice((SECOND, 10 * SECOND, MINUTE, 10 * MINUTE, HOUR)))

    def trouble(self) -> None:
        name = self.chance.choice(("main", "spare"))
        if self.chance.random() < 0.5:
            self.pair.unable.pop(name, None)
        elif self.held[name] is None:
            self.pair.unable[name] = self.box.now
        if self.chance.random() < 0.3:
            with database.transaction():
                sims.resume(self.pair.sims[name], self.box.now)

    def late(self) -> None:
        sim = self.chance.choice(tuple(self.pair.sims.values()))
        receipts.late_accept(sim, self.chance.randrange(256), self.box.now)

    def stop(self) -> None:
        self.box.say("STOP", f"+154155501{self.chance.randrange(10, 22):02d}")

    def end(self) -> None:
        """Everything in hand ends, all is well again, and two hours pass."""
        self.pair.unable.clear()
        for _ in range(40):
            for name in ("main", "spare"):
                while self.held[name] is not None:
                    self.hand_over()
                with database.transaction():
                    sims.resume(self.pair.sims[name], self.box.now)
                self.hold(name, self.pair.claim(name))
            self.box.later(10 * MINUTE)
        for name in ("main", "spare"):
            while self.held[name] is not None:
                self.hand_over()


@pytest.mark.parametrize("seed", range(3))
def test_whatever_happens_no_part_leaves_twice_and_no_text_by_two_sims(box: Box, seed: int) -> None:
    day = Day(Pair(box), seed)
    for _ in range(STEPS):
        day.step()
    day.end()
    assert day.put > STEPS // 10
    assert max(day.on_air.values()) == 1
    assert {len(used) for used in day.sims.values()} == {1}
    assert sum(len(used) for used in day.sims.values()) > day.put // 3, "most texts leave"


@pytest.mark.parametrize("seed", range(3))
def test_what_the_box_says_of_each_part_is_what_happened(box: Box, seed: int) -> None:
    day = Day(Pair(box), seed + 100)
    for _ in range(STEPS):
        day.step()
    day.end()
    box.later(DAY + MINUTE)
    for name in ("main", "spare"):
        while (text := day.pair.claim(name)) is not None:
            box.sent(text)
    for part in t.Part.select():
        left = day.on_air[part.message_id, part.seq] > 0
        assert (part.sent_at is not None) is left, f"text {part.message_id}, part {part.seq}: {part.state}"
    whole = {"sent", "delivered"}
    for message in t.Message.select():
        states = {part.state for part in t.Part.select().where(t.Part.message == message.id)}
        assert message.state not in ("queued", "sending"), "its time of use is over"
        assert (message.state == "sent") is (states == whole & {"sent"}), f"{message.state}: {states}"
