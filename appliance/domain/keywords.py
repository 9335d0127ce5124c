"""What a resident's text asks of the texting itself: opt-out, refusal, wrong number, language, help.

Stopping fails safe: where a text may mean "no more", it suppresses. What merely contains the word ("the bus
stop") does not, because a resident who never opted out would then miss what was asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from appliance.domain import keyword_words as table
from appliance.domain.cleaning import fold, lines, plain


class Standing(StrEnum):
    """What a text does to the number's standing; STOP, REFUSAL and WRONG suppress at once."""

    STOP = "stop"
    REFUSAL = "refusal"
    WRONG = "wrong"
    START = "start"
    NONE = "none"


class Use(StrEnum):
    """What a text asks the box for."""

    HELP = "help"
    WHO = "who"
    STATUS = "status"
    CALLME = "callme"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Extra:
    """The policy's own words; they add to the fixed lists and remove nothing.

    Words of `stop` and `start` must be the whole text, those of `refusal` and `wrong` may stand anywhere.
    """

    stop: tuple[str, ...] = ()
    refusal: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    start: tuple[str, ...] = ()
    help: tuple[str, ...] = ()
    who: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    callme: tuple[str, ...] = ()
    languages: dict[str, tuple[str, ...]] = field(default_factory=dict)


NO_EXTRA = Extra()

_LEET = str.maketrans("01345$@7", "oieassat")
_MARK = r"[.!,;:?…—–()\"*~=+|<>\[\]]|-+(?=\s|$)|\s-|[\u2190-\U000fffff]"
_REFUSALS = tuple((re.compile(rf"(?<!\w)(?:{words})(?!\w)"), order) for words, order in table.REFUSAL)
_WRONGS = tuple(re.compile(rf"(?<!\w)(?:{words})(?!\w)") for words in table.WRONG)
_NOT_WRONG = re.compile(
    r"(?:gave|given|give|called|dialed|wrote|write|put|had|have|typed|list\w*) (?:\w+ ){0,3}wrong number"
)


def standing(text: str, extra: Extra = NO_EXTRA) -> Standing:
    """The strongest standing the text asks for, in the order of the enum."""
    words = _joined(plain(text))
    if _is_stop(text, extra):
        return Standing.STOP
    if _is_refusal(text, words, extra):
        return Standing.REFUSAL
    if is_wrong(text, extra):
        return Standing.WRONG
    if _is_start(words, extra):
        return Standing.START
    return Standing.NONE


def is_wrong(text: str, extra: Extra = NO_EXTRA) -> bool:
    """Whether the text says that this number never called; also asked when a refusal stands beside it."""
    words = plain(text)
    if _contains(words, extra.wrong):
        return True
    if _NOT_WRONG.search(words) and not re.search(r"(?:you|u) (?:have|had|got) (?:the |a )?wrong", words):
        return False
    return any(pattern.search(words) for pattern in _WRONGS)


def language(text: str, extra: Extra = NO_EXTRA) -> str | None:
    """The language a text asks for ("es", "en", "fr", or one of the policy's), when it asks nothing else."""
    words = plain(text)
    if words in table.LANGUAGE_PHRASES:
        return table.LANGUAGE_PHRASES[words]
    for code, own in extra.languages.items():
        if words and words in {plain(word) for word in own}:
            return code
    asked = [word for word in words.split() if word not in table.LANGUAGE_FILLER]
    if len(asked) > 1:
        asked = [word for word in asked if word != "en"]  # "en español": the preposition, not English
    found = {code for code, names in table.LANGUAGES.items() for word in asked if word in names}
    known = all(any(word in names for names in table.LANGUAGES.values()) for word in asked)
    return found.pop() if known and len(found) == 1 else None


def use(text: str, extra: Extra = NO_EXTRA) -> Use:
    """Whether the whole text, politeness aside, is one of the service words."""
    words = plain(text)
    bare = " ".join(word for word in words.split() if word not in table.USE_FILLER)
    if not words:
        return Use.HELP if re.fullmatch(r"\s*\?+\s*", fold(text)) else Use.NONE
    for kind, fixed, own in (
        (Use.HELP, table.HELP, extra.help),
        (Use.WHO, table.WHO, extra.who),
        (Use.STATUS, table.STATUS, extra.status),
        (Use.CALLME, table.CALLME, extra.callme),
    ):
        known = fixed | {plain(word) for word in own}
        if words in known or (bare and bare in known):
            return kind
    return Use.NONE


def _joined(words: str) -> str:
    return re.sub(r"\bopt (?:me )?(in|out)\b", r"opt\1", words)


def _is_stop(text: str, extra: Extra) -> bool:
    own = {_joined(plain(word)) for word in extra.stop} - {""}
    first = lines(text)[:1]
    return any(
        _whole_stop(form, own) or _leading_stop(form, own)
        for candidate in (text, *first)
        for form in _forms(fold(candidate))
    )


def _forms(folded: str) -> Iterable[str]:
    """The text as it stands and as meant: "STOPPP", "ST0P", "5stop", "S*T*O*P", "s t op"."""
    yield folded
    yield re.sub(r"([^\W\d_])\1{2,}", r"\1", folded)
    yield re.sub(r"\S*[^\W\d_]\S*", lambda word: word.group().translate(_LEET), folded)
    yield re.sub(r"(?<=\d)(?=[^\W\d_])|(?<=[^\W\d_])(?=\d)", " ", folded)
    letters = "".join(re.findall(r"[^\W\d_]", folded))
    if len(letters) <= max(map(len, table.STOP)):
        yield letters


def _whole_stop(folded: str, own: set[str]) -> bool:
    words = _joined(plain(folded))
    if words in own:
        return True
    tokens = words.split()
    stops = table.STOP.intersection(tokens)
    if not stops:
        return False
    allowed = table.STOP | table.STOP_FILLER
    if not stops & table.STOP_ALONE_ELSEWHERE:
        allowed -= table.NOT_FILLER_ALONE
    if table.TEXT_WORDS.intersection(tokens) and stops & {"stop", "stopall", "end", "cancel", "unsubscribe"}:
        allowed |= {"the", "no", "your", "our", "more", "any"}
    return all(token in allowed or (token.isdecimal() and len(token) == 1) for token in tokens)


def _leading_stop(folded: str, own: set[str]) -> bool:
    """An opt-out word, then punctuation, then anything."""
    joined = re.sub(r"\bopt[ -]out\b", "optout", folded)
    return _stop_and_mark(frozenset(own)).match(joined) is not None


@lru_cache(maxsize=8)
def _stop_and_mark(own: frozenset[str]) -> re.Pattern[str]:
    words = "|".join(re.escape(word) for word in sorted(table.STOP | own, key=len, reverse=True))
    return re.compile(rf"[\W_]*(?:{words})\s*(?:{_MARK})")


def _is_refusal(text: str, words: str, extra: Extra) -> bool:
    if _contains(words, extra.refusal) or words in table.REFUSAL_WHOLE or "🛑" in text:
        return True
    tokens = words.split()
    if tokens and any(token in table.STOP_SLIPS for token in (words, tokens[0])):
        return True
    if any(_sentence_stops(sentence) for sentence in re.split(r"[.!?;\n]+", fold_lines(text))):
        return True
    return any(
        not (order and _to_somebody_else(words[: found.start()]))
        for pattern, order in _REFUSALS
        for found in pattern.finditer(words)
    )


def fold_lines(text: str) -> str:
    """The folded text with its line breaks kept, so that a line can count as a sentence."""
    return "\n".join(fold(line) for line in lines(text))


def _sentence_stops(sentence: str) -> bool:
    tokens = _joined(plain(sentence)).split()
    return bool(table.STOP_ALONE_ELSEWHERE.intersection(tokens)) and _whole_stop(sentence, set())


def _to_somebody_else(before: str) -> bool:
    tokens = before.split()[-2:]
    if not tokens or tokens == ["you", "to"]:
        return False
    return tokens[-1] in table.NOT_TO_US or (len(tokens) == 2 and tokens[0] in {"wont", "didnt", "doesnt"})


def _is_start(words: str, extra: Extra) -> bool:
    if words in {_joined(plain(word)) for word in extra.start} - {""}:
        return True
    tokens = words.split()
    return bool(table.START.intersection(tokens)) and all(
        token in table.START or token in table.START_FILLER for token in tokens
    )


def _contains(words: str, phrases: Iterable[str]) -> bool:
    return any(f" {plain(phrase)} " in f" {words} " for phrase in phrases if plain(phrase))
