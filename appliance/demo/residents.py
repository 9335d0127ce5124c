"""Sample residents: what each one texts back, and the scores they mean by it. No real person is meant.

`scores` is what the resident meant, written down by hand: a test adds these up and holds the report
against the sum, so that the reading of answers is never checked with itself.
"""

from __future__ import annotations

import re
import threading
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from modem.simulator.network import Network, Sent

_ASKS = re.compile(r"[Rr]eply (1|in your|YES)|[Rr]esponda (1|solo 1|con sus|SI)")
"""Our questions and re-prompts, in either language; notices and automatic answers do not ask."""


_BETWEEN = 0.5
"""Seconds between two texts that answer one question."""


@dataclass(frozen=True, slots=True)
class Persona:
    """One way of answering: a text for each question that arrives, then silence.

    A form feed parts two texts that are sent one after the other.
    """

    name: str
    says: tuple[str, ...]
    scores: Mapping[str, int] = field(default_factory=dict)
    """Question -> 1-5, or 0 where the resident skipped; unanswered questions are not in it."""
    completes: bool = False
    stops: bool = False
    role: str = ""
    """The role in the call, as CAD has it; a victim is asked by the script for victims."""
    waits: float = 0.0
    """Seconds this resident takes longer than others before each text."""


HAPPY = Persona(
    "answers everything",
    ("5", "5", "5", "5", "4", "Thank you, the officer was kind"),
    {"overall": 5, "listened": 5, "respect": 5, "fair": 5, "resolved": 4},
    completes=True,
)
IN_WORDS = Persona(
    "writes numbers as people do",
    ("five!", "5/5", "4 out of 5", "four", "a 4 I guess", "0"),
    {"overall": 5, "listened": 5, "respect": 4, "fair": 4, "resolved": 4},
    completes=True,
)
EMOJI = Persona(
    "answers with an emoji",
    ("5\ufe0f\u20e3", "\u2b50\u2b50\u2b50\u2b50", "5", "5 \U0001f600", "3", "\U0001f44d\U0001f44d"),
    {"overall": 5, "listened": 4, "respect": 5, "fair": 5, "resolved": 3},
    completes=True,
)
SPANISH = Persona(
    "asks for Spanish",
    ("ES", "cinco", "5", "cuatro", "5", "2", "Muy amables, gracias"),
    {"overall": 5, "listened": 5, "respect": 4, "fair": 5, "resolved": 2},
    completes=True,
)
UNSURE = Persona(
    "needs the question twice",
    ("it was ok I think", "4", "4", "4", "3", "3", "No lights were on, that is all"),
    {"overall": 4, "listened": 4, "respect": 4, "fair": 3, "resolved": 3},
    completes=True,
)
NO_OFFICER = Persona(
    "met no officer",
    ("3", "0", "2", "Nobody came but the noise stopped"),
    {"overall": 3, "listened": 0, "resolved": 2},
    completes=True,
)
UNHAPPY = Persona(
    "is not satisfied",
    ("1", "2", "3", "2", "1", "I waited two hours"),
    {"overall": 1, "listened": 2, "respect": 3, "fair": 2, "resolved": 1},
    completes=True,
)
ONE_ANSWER = Persona("answers once", ("4",), {"overall": 4})
LEAVES_EARLY = Persona("stops half way", ("4", "5", "STOP"), {"overall": 4, "listened": 5}, stops=True)
STOPS = Persona("wants no texts", ("Stop texting me",), stops=True)
SILENT = Persona("says nothing", ())
LONG_WORDS = Persona(
    "writes a long comment",
    (
        "5",
        "5",
        "4",
        "5",
        "5",
        "The dispatcher stayed calm and told me what would happen next. The officer came within the hour, "
        "listened to the whole story, and called me back the next day as promised. I had not expected that. "
        "One thing: the form could be easier to find \U0001f642",
    ),
    {"overall": 5, "listened": 5, "respect": 4, "fair": 5, "resolved": 5},
    completes=True,
)

ALL_AT_ONCE = Persona(
    "answers several at once",
    ("5 5 4 5", "yes", "3", "0"),
    {"overall": 5, "listened": 5, "respect": 4, "fair": 5, "resolved": 3},
    completes=True,
)
AFRAID = Persona("is in danger", ("5 but he is back with a knife",))
REFUSES = Persona("refuses in plain words", ("leave me alone",), stops=True)
STRANGER = Persona("is somebody else", ("wrong number",), stops=True)
CHILD = Persona("is a child", ("I'm 12",))
REACTS = Persona("reacts with a tap", ("Liked \u201cHow satisfied are you\u201d",))
DOUBTS = Persona("asks who we are", ("who is this",))
CORRECTS = Persona(
    "corrects the answer",
    ("2", "sorry I meant 5\f4", "5", "5", "5", "0"),
    {"overall": 5, "listened": 4, "respect": 5, "fair": 5, "resolved": 5},
    completes=True,
)
NEEDS_HELP = Persona("asks for help", ("HELP",))
ASKS_STATE = Persona("asks for the state", ("STATUS",))
WANTS_A_CALL = Persona("wants a call", ("4", "call me please"), {"overall": 4})
VICTIM = Persona(
    "is the victim of the call",
    ("4", "5", "5", "4", "2", "Nobody told me what happens with my report"),
    {"overall": 4, "listened": 5, "respect": 5, "fair": 4, "informed": 2},
    completes=True,
    role="VICTIM",
)
WALK_IN = Persona(
    "texts the code of a card",
    ("3", "4", "4", "4", "5", "The clerk at the counter was patient"),
    {"overall": 3, "listened": 4, "respect": 4, "fair": 4, "resolved": 5},
    completes=True,
)
"""Was handed a card with a one-time code: asked without a call, and in no figure about calls."""

LATE = Persona("answers when the survey is over", ("4",), waits=75.0)
"""The answer is kept, and not scored. Its wait is too long for a script that ends within a minute."""

ALL: tuple[Persona, ...] = (
    HAPPY,
    IN_WORDS,
    EMOJI,
    SPANISH,
    UNSURE,
    NO_OFFICER,
    UNHAPPY,
    ONE_ANSWER,
    LEAVES_EARLY,
    STOPS,
    SILENT,
    LONG_WORDS,
    ALL_AT_ONCE,
    AFRAID,
    REFUSES,
    STRANGER,
    CHILD,
    REACTS,
    DOUBTS,
    CORRECTS,
    NEEDS_HELP,
    ASKS_STATE,
    WANTS_A_CALL,
    VICTIM,
)
"""Everybody the fixed script asks about a call."""

ON_STAGE: tuple[Persona, ...] = (LATE, *ALL)
"""Everybody the demo that one watches asks about a call."""


class Residents:
    """Everybody who may get a text in the demo: each number answers as its persona does."""

    def __init__(self, network: Network, thinking_time: Callable[[], float]) -> None:
        self._network = network
        self._thinking_time = thinking_time
        self._personas: dict[str, Persona] = {}
        self._said: defaultdict[str, int] = defaultdict(int)
        self._was_asked: defaultdict[str, bool] = defaultdict(bool)
        self._stamped: dict[str, datetime] = {}
        self._lock = threading.Lock()
        network.on_text = self._on_text

    def move_in(self, number: str, persona: Persona) -> None:
        """From now on this number answers like this persona."""
        with self._lock:
            self._personas[number] = persona
            self._said[number] = 0

    def walk_in(self, number: str, code: str, persona: Persona, *, to: str) -> None:
        """Somebody texts the code of a card to the box, and answers what comes back like this persona."""
        self.move_in(number, persona)
        with self._lock:
            stamp = self._stamp(number)
        self._network.receive(number, code, to=to, after=self._thinking_time(), sent_at=stamp)

    def have_spoken(self, how_many: int) -> bool:
        """Whether `how_many` people were asked and all of them have said all they had to say."""
        with self._lock:
            asked = [n for n in self._said if self._was_asked[n]]
            return len(asked) == how_many and all(self._said[n] == len(self._personas[n].says) for n in asked)

    def _on_text(self, sent: Sent) -> None:
        """A text reached a handset; a question gets the next thing its owner has to say."""
        if not _ASKS.search(sent.text):
            return
        with self._lock:
            persona = self._personas.get(sent.recipient, SILENT)
            self._was_asked[sent.recipient] = True
            turn = self._said[sent.recipient]
            if turn >= len(persona.says):
                return
            self._said[sent.recipient] = turn + 1
            texts = [(text, self._stamp(sent.recipient)) for text in persona.says[turn].split("\f")]
        after = self._thinking_time() + persona.waits
        for place, (text, stamp) in enumerate(texts):
            later = after + place * _BETWEEN
            self._network.receive(sent.recipient, text, to=sent.sender, after=later, sent_at=stamp)

    def _stamp(self, number: str) -> datetime:
        """The network stamps whole seconds; nobody answers twice in one."""
        now = self._network.wall()
        last = self._stamped.get(number)
        stamp = now if last is None else max(now, last + timedelta(seconds=1))
        self._stamped[number] = stamp
        return stamp
