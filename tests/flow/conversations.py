"""Residents who write whatever comes to mind, a network that loses and repeats, a box that dies anywhere.

What may never happen is looked at after every act (`check`); what was said is known from the list the texts
are drawn from, so the reader of answers is not held against itself.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable

from appliance.clock import DAY, HOUR, MINUTE, SECOND
from appliance.domain.records import LANE_ORDER, Lane
from appliance.errors import DatabaseTrouble
from appliance.flow import conversation, dispatch, reception
from appliance.flow.dispatch import Claim
from appliance.store import database
from appliance.store import models as t
from tests.flow.box import Box

RESIDENTS = tuple(f"+154155501{n:02d}" for n in range(10, 40))

SCORES: dict[str, int] = {
    "5": 5, "4 good job": 4, "three": 3, "2/5": 2, "1 nobody came": 1, "cinco": 5, "4️⃣": 4, "⭐⭐⭐": 3,
    "deux": 2, "sorry I meant 4": 4, "*5": 5,
}  # fmt: skip
"""Texts with the score they mean wherever one is asked for."""

SEVERAL: dict[str, tuple[int, ...]] = {
    "5 5 4 5": (5, 5, 4, 5),
    "4,4,4": (4, 4, 4),
    "1 1 2 1 1": (1, 1, 2, 1, 1),
}
WORDS = (
    "it was ok",
    "0",
    "skip",
    "",
    "?",
    "yes",
    "no",
    "they were very kind",
    "4 or 5",
    "10",
    "👍",
    "ES",
    "EN",
)
STOPS = ("STOP", "stop texting me", "ALTO", "leave me alone", "wrong number")
CRIES = ("he has a gun", "help me", "5 but he is back with a knife", "ayúdame")
OTHERS = (
    "HELP",
    "WHO",
    "STATUS",
    "call me",
    "START",
    "Liked “5”",
    "I'm driving",
    "I'm 12",
    "someone broke in",
)
TEXTS = (*list(SCORES) * 6, *list(SEVERAL) * 4, *list(WORDS) * 2, *STOPS, *CRIES, *OTHERS)

_PASSES_A_NO = LANE_ORDER[Lane.CONFIRMATION]


class Town:
    """One box and its residents; every act takes its chances from `chance`."""

    def __init__(self, box: Box, chance: random.Random) -> None:
        self.box = box
        self.chance = chance
        self.heard = 0
        self.calls = 0
        self.deaths = 0
        self.held: Claim | None = None
        self.steps_to_live: int | None = None
        self.pending: list[reception.Incoming] = []
        """What the SIM holds and the box has not taken yet; also after a death, until it is taken."""
        self.left: Counter[str] = Counter()

    def invite(self) -> None:
        """Everybody is asked at the beginning; who is asked later is drawn."""
        for _ in RESIDENTS:
            self.call()
        self.box.plan()
        self.box.send()
        self.box.later(4 * HOUR + MINUTE).plan()
        self.box.send()
        assert t.Conversation.select().count() == len(RESIDENTS)

    def conversations(self) -> int:
        """How many surveys were begun."""
        return int(t.Conversation.select().count())

    # acts

    def act(self) -> None:
        acts: tuple[Callable[[], None], ...] = (
            self.call, self.say, self.say_twice, self.say_in_parts, self.repeat,
            self.work, self.send, self.report, self.wait, self.die,
        )  # fmt: skip
        self.chance.choices(acts, (8, 30, 4, 4, 3, 25, 25, 6, 12, 5))[0]()
        self.check()

    def call(self) -> None:
        self.calls += 1
        number = RESIDENTS[self.calls % len(RESIDENTS)]
        role = self.chance.choice(("caller", "victim"))
        self.alive(lambda: self.box.take(self.box.closed(f"26-{self.calls}", phone=number, role=role)))

    def somebody(self) -> str:
        """Most often one of those who are being asked."""
        asked = [
            row.number.e164
            for row in t.Conversation.select(t.Conversation, t.Number.e164)
            .join(t.Number)
            .where(t.Conversation.state == "open")
        ]
        return self.chance.choice(asked if asked and self.chance.random() < 0.9 else RESIDENTS)

    def say(self) -> None:
        self.comes(self.chance.choice(TEXTS))

    def say_twice(self) -> None:
        number = self.somebody()
        for _ in range(2):
            self.comes(self.chance.choice(TEXTS), number)

    def say_in_parts(self) -> None:
        """A long text in two parts, the second sometimes late or never."""
        number, reference = self.somebody(), self.chance.randrange(1, 250)
        words = (self.chance.choice(TEXTS) + " " * 3, self.chance.choice(TEXTS))
        for seq in (1, 2) if self.chance.random() < 0.7 else (1,):
            part = {"reference": reference, "seq": seq, "total": 2}
            self.comes(words[seq - 1], number, whole=False, **part)

    def comes(self, text: str, number: str | None = None, *, whole: bool = True, **part: int) -> None:
        self.heard += whole
        # The network stamps whole seconds: the same words in the same second are one text.
        self.box.later(4 * SECOND)
        self.pending.append(self.box.incoming(text, number or self.somebody(), **part))
        self.alive(self.take_in)

    def take_in(self) -> None:
        while self.pending:
            reception.keep(self.pending[0], self.box.config, self.box.now)
            self.pending.pop(0)

    def repeat(self) -> None:
        """The network brings the same PDU again, some time later."""
        self.box.later(10 * SECOND)
        row = (
            t.Fragment.select().where(t.Fragment.reply.is_null(False)).order_by(t.Fragment.id.desc()).first()
        )
        if row is not None:
            self.pending = [*self.pending, *(p for p in self.box.said if p.pdu == row.pdu)]
            self.alive(self.take_in)

    def work(self) -> None:
        def turn() -> None:
            self.box.plan()
            conversation.advance(self.box.config, self.box.now)
            reception.join_late(self.box.config, self.box.now)

        self.alive(turn)

    def send(self) -> None:
        """The modem takes what may leave; sometimes nobody knows whether it did."""
        for _ in range(self.chance.randrange(1, 4)):
            self.alive(self.claim)
            if self.held is None:
                return
            self.hand_over()

    def claim(self) -> None:
        self.held = self.box.claim()

    def hand_over(self) -> None:
        held = self.held
        assert held is not None
        row = t.Message.get_by_id(held.message_id)
        self.may_leave(row)
        self.left[row.key] += 1
        drawn = self.chance.random()

        def end() -> None:
            if drawn < 0.05:
                dispatch.lost_sight(held, held.parts[-1], "", self.box.now)
            else:
                self.box.sent(held)

        self.alive(end)
        self.held = None

    def report(self) -> None:
        """A delivery report for something that left."""
        part = (
            t.Part.select(t.Part, t.Number.e164)
            .join(t.Message)
            .join(t.Number)
            .where(t.Part.state == "sent")
            .order_by(t.Part.id.desc())
            .first()
        )
        if part is not None:
            self.alive(lambda: self.box.report(part.reference, 0, "delivered", part.message.number.e164))

    def wait(self) -> None:
        spans = (SECOND, MINUTE, 10 * MINUTE, HOUR, DAY)
        self.box.later(self.chance.choices(spans, (8, 8, 6, 3, 1))[0])

    # death

    def alive(self, act: Callable[[], object]) -> None:
        """The act, which an armed death may cut short at any statement; then the box starts again."""
        if self.steps_to_live is not None:
            t.database.connection().set_progress_handler(self._live, 20)
        try:
            with database.connection():
                act()
        except DatabaseTrouble as trouble:
            assert "interrupted" in trouble.said, trouble
            self.start_again()
            if self.pending:
                self.take_in()
        t.database.connection().set_progress_handler(None, 0)

    def _live(self) -> int:
        """Called by the database every 20 steps of its machine; other than 0 ends the statement."""
        assert self.steps_to_live is not None
        self.steps_to_live -= 1
        return int(self.steps_to_live <= 0)

    def die(self) -> None:
        """Arms a death some steps of the database ahead."""
        self.steps_to_live = self.chance.randrange(1, 800)

    def start_again(self) -> None:
        self.deaths += 1
        self.steps_to_live = None
        database.disconnect()
        database.connect()
        self.held = None
        dispatch.recover("main", lambda _message, _seq: False, self.box.now)

    # what must hold

    def may_leave(self, row: t.Message) -> None:
        contact = t.Contact.get_or_none(t.Contact.number == row.number_id)
        no = contact is not None and contact.opted_out_at is not None
        assert not (no and row.lane != _PASSES_A_NO), f"{row.key} leaves to somebody who said no"

    def check(self) -> None:
        assert not self.left or max(self.left.values()) == 1, "a text left twice"
        self._check_replies()
        self._check_conversations()
        self._check_scores()

    def _check_replies(self) -> None:
        whole = t.Fragment.select().where((t.Fragment.kind == "text") & t.Fragment.total.is_null())
        assert whole.count() == self.heard - sum(p.total is None for p in self.pending), "every text once"
        assert whole.where(t.Fragment.reply.is_null()).count() == 0
        red = t.Reply.select(t.Reply.number).where(t.Reply.alarm == "red").distinct()
        rung = t.Alarm.select(t.Alarm.number).where(t.Alarm.code == "red_text")
        assert {row.number_id for row in red} <= {row.number_id for row in rung}, "every red text rings"
        answers: Counter[str] = Counter()
        for row in t.Message.select(t.Message.key).where(t.Message.key.startswith("reply/")):
            answers[row.key.split("/")[1]] += 1
        assert not answers or max(answers.values()) == 1, "one automatic answer a reply"

    def _check_conversations(self) -> None:
        open_now = Counter(
            row.number_id for row in t.Conversation.select().where(t.Conversation.state == "open")
        )
        assert not open_now or max(open_now.values()) == 1
        waiting: Counter[int] = Counter()
        for row in t.Message.select().where(
            t.Message.state.in_(("queued", "sending")) & t.Message.conversation.is_null(False)
        ):
            waiting[row.conversation_id] += row.kind.startswith("q_")
        assert not waiting or max(waiting.values()) <= 1, "one question at a time"

    def _check_scores(self) -> None:
        """Every score is that of a text of this resident, read by the list it was drawn from."""
        for row in t.Answer.select(t.Answer, t.Reply.text).join(t.Reply).where(t.Answer.score > 0):
            pieces = re.split(r"\[part missing\]| {3}|\n", f"{row.reply.text}\n{row.text or ''}")
            said = [piece.strip() for piece in pieces]
            meant = {SCORES[text] for text in said if text in SCORES}
            meant |= {score for text in said for score in SEVERAL.get(text, ())}
            # Texts run together lose their borders; "4 or 5" is the one with digits that means none.
            whole = " ".join(said).replace("4 or 5", "").replace("\ufe0f\u20e3", "")
            meant |= {int(digit) for digit in re.findall(r"\b[1-5]\b", whole)}
            assert row.score in meant, f"{row.score} from {said}"
