"""The three readings of an incoming text: safety, standing and use. All are kept, all take effect.

What wins where they meet, and which one automatic answer follows, is decided here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from appliance.domain import answers, cleaning, keywords, safety
from appliance.domain.keywords import Standing, Use
from appliance.domain.policy import Keywords
from appliance.domain.records import AlarmLevel, ReplyKind
from appliance.domain.safety import Safety


@dataclass(frozen=True, slots=True)
class Readings:
    """One text, read three times; `text` is what is left once quoted copies of our own texts are cut."""

    text: str
    safety: Safety
    standing: Standing
    language: str | None
    use: Use
    is_machine: bool
    is_child: bool

    @property
    def is_red(self) -> bool:
        return self.safety.level is AlarmLevel.RED

    @property
    def is_amber(self) -> bool:
        return self.safety.level is AlarmLevel.AMBER


_QUOTES = " \t\r\n\"'“”„«»>."


def read(text: str, own_texts: Sequence[str], words: Keywords) -> Readings:
    """Reads one text; `own_texts` are our latest to this number, `words` what the agency added."""
    cut = answers.cut_quotes(text, own_texts)
    extra = keywords.Extra(
        stop=words.stop,
        refusal=words.refusal,
        wrong=words.wrong,
        start=words.start,
        who=words.who,
        status=words.status,
        callme=words.callme,
        help=words.help,
    )
    # A copy of our own text and nothing else: a phone or another box sends it back, nobody said anything.
    is_echo = bool(text.strip(_QUOTES)) and not cut.strip(_QUOTES)
    is_machine = is_echo or answers.is_machine(text)
    return Readings(
        text=cut,
        safety=_safety(cut, words) if not is_machine else Safety(None, None),
        standing=keywords.standing(cut, extra) if not is_machine else Standing.NONE,
        language=keywords.language(cut),
        use=keywords.use(cut, extra),
        is_machine=is_machine,
        is_child=answers.is_child(cut),
    )


def _safety(text: str, words: Keywords) -> Safety:
    found = safety.read(text)
    plain = f" {cleaning.fold(cleaning.clean(text))} "
    for level, added in ((AlarmLevel.RED, words.red), (AlarmLevel.AMBER, words.amber)):
        if found.level in (AlarmLevel.RED, level):
            break
        if any(f" {cleaning.fold(cleaning.clean(word))} " in plain for word in added):
            return Safety(level, "agency_word")
    return found


_STANDING = {
    Standing.STOP: ReplyKind.STOP,
    Standing.REFUSAL: ReplyKind.REFUSAL,
    Standing.WRONG: ReplyKind.WRONG,
    Standing.START: ReplyKind.START,
}
_USE = {
    Use.WHO: ReplyKind.WHO,
    Use.STATUS: ReplyKind.STATUS,
    Use.CALLME: ReplyKind.CALLME,
    Use.HELP: ReplyKind.HELP,
}


def kind(readings: Readings, *, has_survey: bool) -> ReplyKind:
    """The first kind that holds; ANSWER means that the conversation must still read it."""
    if readings.is_red:
        return ReplyKind.EMERGENCY
    if readings.is_machine:
        return ReplyKind.MACHINE
    if readings.standing in _STANDING:
        return _STANDING[readings.standing]
    if readings.language is not None:
        return ReplyKind.LANGUAGE
    if readings.use in _USE:
        return _USE[readings.use]
    if readings.is_child and has_survey:
        return ReplyKind.CHILD
    return ReplyKind.ANSWER if has_survey else ReplyKind.OTHER
