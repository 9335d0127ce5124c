"""One command and what counts as its answer; pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from modem.lines import Final, is_unsolicited


@dataclass(frozen=True, slots=True)
class Expect:
    """Which lines are a command's answer: by prefix, and by shape where the answer has no prefix."""

    prefixes: tuple[str, ...] = ()
    bare: Callable[[str], bool] | None = None

    def takes(self, line: str) -> bool:
        if self.prefixes and line.upper().startswith(self.prefixes):
            return True
        return self.bare is not None and self.bare(line)


def plain_text(line: str) -> bool:
    """The shape of an answer in free words (+CGMM): whatever is not known to come unasked."""
    return line.isascii() and not is_unsolicited(line) and not line.startswith(("+", "AT+", "AT^"))


NOTHING = Expect()


@dataclass(slots=True)
class Exchange:
    """A command that runs, with what of its answer has come."""

    command: str
    expect: Expect
    wants_prompt: bool = False
    prompted: bool = False
    typed: str = ""
    """The text of an entry, which a modem with echo on repeats."""
    void: str = ""
    """Why no answer will come any more, as a sentence; "" while one may."""
    is_proof: Callable[[str], bool] | None = None
    """Whether a report that comes meanwhile (its PDU) is about the very text that is being handed over."""
    is_proven: bool = False
    lines: list[str] = field(default_factory=list)
    final: Final | None = None

    def is_echo(self, line: str) -> bool:
        """True where the modem repeats what was written to it."""
        line = line.upper()
        return line.endswith(self.command.upper()) or (self.typed != "" and line.endswith(self.typed))

    @property
    def is_over(self) -> bool:
        """True where nothing more can be said about a text: a refusal, or reference and OK in any order."""
        if self.final is None:
            return self.void != ""
        return not self.final.ok or bool(self.lines)
