"""What a model with one firmware says it can do: the answers to its test commands (27.005, 27.007: `=?`).

Asked at first sight and remembered, because a dozen questions at every bring-up cost seconds on a slow
modem, and on one that ignores what it does not know, a timeout each.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from modem.channel import Channel, Expect
from modem.commands import after_colon, fields_of, numbers_of
from modem.errors import CommandRefused, FailureClass, NoReply
from modem.tolerance import failure_in

INDICATIONS = "CNMI"
STORAGES = "CPMS"
ESSENTIAL = (INDICATIONS, STORAGES)
ASKED = (
    *ESSENTIAL, "CSMS", "CMGD", "CSCS", "CMGF", "CMMS", "CCFC", "CNMA", "CGSMS", "CIREG", "C5GREG"
)  # fmt: skip
"""Commands asked with `=?`, the ones bring-up needs first."""

ANSWERS_WITHIN = 5.0
SILENCES = 2
"""Test commands left unanswered after which no further one is tried."""

# What a refusal says of the SIM or the network, it does not say of the command.
_PASSING = (FailureClass.ACCOUNT, FailureClass.TEMPORARY)


@dataclass(frozen=True, slots=True)
class Capabilities:
    """`answers`: what stood behind `+NAME:`, "" where only OK came; `refused`: what the modem lacks.

    A name in neither was not asked, or not answered: nothing is known of it.
    """

    answers: Mapping[str, str] = field(default_factory=dict)
    refused: frozenset[str] = frozenset()

    @property
    def is_complete(self) -> bool:
        """True where every question was answered: only then it is worth remembering."""
        return self.answers.keys() | self.refused >= set(ASKED)

    def lacks(self, name: str) -> bool:
        """True where the modem said that it does not know the command."""
        return name in self.refused

    @property
    def indications(self) -> list[frozenset[int]]:
        """What each parameter of +CNMI may be (27.005 3.4.1): mode, mt, bm, ds, bfr; empty if not told."""
        answer = self.answers.get(INDICATIONS, "")
        return [numbers_of(group) for group in fields_of(answer)] if answer else []

    @property
    def storages(self) -> list[list[str]]:
        """The memories each slot of +CPMS may have (27.005 3.2.2), up to three lists; empty if not told."""
        groups = (re.findall(r"[A-Z]{2}", group) for group in fields_of(self.answers.get(STORAGES, "")))
        return [names for names in groups if names]

    def to_json(self) -> str:
        """The text to be remembered."""
        return json.dumps({"answers": dict(self.answers), "refused": sorted(self.refused)}, sort_keys=True)


def from_json(text: str | None) -> Capabilities | None:
    """What was remembered; None where there is nothing, or nothing that can be read any more."""
    try:
        stored = json.loads(text or "")
        answers = {str(name): str(answer) for name, answer in stored["answers"].items()}
        found = Capabilities(answers, frozenset(map(str, stored["refused"])))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return found if found.is_complete else None


def ask_all(channel: Channel, names: tuple[str, ...] = ASKED) -> Capabilities:
    """The modem's own word on each command.

    Raises CommandRefused where the SIM is still busy: the answer of now would not be the one of later.
    NoReply where the modem falls silent altogether.
    """
    answers: dict[str, str] = {}
    refused: set[str] = set()
    silences = 0
    for name in names:
        if silences >= SILENCES:
            break
        try:
            answers[name] = _ask(channel, name)
        except CommandRefused as refusal:
            if failure_in(refusal) is FailureClass.BUSY:
                raise
            if failure_in(refusal) not in _PASSING:
                refused.add(name)
        except NoReply:
            silences += 1
            channel.synchronise()
    return Capabilities(answers, frozenset(refused))


def _ask(channel: Channel, name: str) -> str:
    lines = channel.ask(f"AT+{name}=?", within=ANSWERS_WITHIN, expect=Expect((f"+{name}:",)))
    return after_colon(lines[-1]) if lines else ""
