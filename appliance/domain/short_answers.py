"""Reads the other short answers: yes or no, a choice, a number, several ratings at once, a correction.

As with ratings, what could mean two things is read as none: the resident is asked once more.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from appliance.domain import cleaning
from appliance.domain import number_words as words
from appliance.domain.scripts import NO, YES


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_YES = _words(
    """yes y yep yeah yea yup ya yess yas sure correct right true absolutely definitely affirmative totally
    indeed     si sip claro correcto cierto afirmativo exacto
    oui ouais ouaip exact absolument effectivement"""
)
_NO = _words("no n nope nah naw negative never nada false incorrect non nan jamais negativo nunca falso")
_YES_SIGNS = frozenset("👍✅✔☑")
_NO_SIGNS = frozenset("👎❌✖")
_FILLER = _words(
    """i it they he she we you was were is are did do does that the to a so very much thanks thank please
    ok okay     they're sir maam of course hi hello
    lo la le se fue fueron es por favor gracias que muy mucho muchas senor desde luego hola
    je il elle ils c'est cest ca bien sur merci beaucoup svp tout a fait bonjour"""
)
_HEDGES = _words(
    """maybe perhaps but not sort kind kinda somewhat partly partially unsure idk dunno both or almost
    half yet     quizas tal vez pero casi medio ni o talvez quiza depende depends
    peut-etre peut etre mais presque moitie ou ne pas bof"""
)
_OF_A_NO = _words("not ni ne pas")
_OF_COURSE = re.compile(
    r"\b(?:of course|for sure|desde luego|por supuesto|bien sur|claro que si)\b(?! (?:not|no|que no))"
)
_NO_MATTER = re.compile(r"^no (?:problem|problema|worries|idea|issue|comment|clue|se|lo se|longer)\b")
""""No problem" and "no idea" say neither."""

_CORRECTION = re.compile(
    r"(?P<before>.*?)\b(?:i mean|i meant|meant|oops|ooops|sorry|correction|typo"
    r"|quise decir|digo|perd[oó]n|corrijo|correcci[oó]n"
    r"|je voulais dire|pardon|erreur)\b[\s,:.!-]*(?P<after>.+)",
    re.IGNORECASE | re.DOTALL,
)
_SCORES = re.compile(r"[1-5](?:(?:\s*[,;/.\-]?\s*|\s+(?:and|y|et)\s+)[1-5])*[.!]?")


def read_yes_no(text: str) -> int | None:
    """YES, NO or None. The first word decides, and nothing after it may take it back."""
    signs = {YES: any(c in _YES_SIGNS for c in text), NO: any(c in _NO_SIGNS for c in text)}
    tokens = _OF_COURSE.sub("yes", cleaning.plain(text)).split()
    if _NO_MATTER.match(" ".join(tokens)):
        return None
    if not tokens:
        only = [answer for answer, is_there in signs.items() if is_there]
        return only[0] if len(only) == 1 else None
    said = _said(tokens)
    if len(said) != 1:
        return None
    answer = said.pop()
    hedges = _HEDGES if answer == YES else _HEDGES - _OF_A_NO
    is_contradicted = signs[NO if answer == YES else YES] or any(token in hedges for token in tokens)
    return None if is_contradicted else answer


def _said(tokens: Sequence[str]) -> set[int]:
    """Which of the two a text says: by its first word, or by the only word that is no filler."""
    if tokens in (["1"], ["2"]):
        return {int(tokens[0])}
    found = {YES for token in tokens if token in _YES} | {NO for token in tokens if token in _NO}
    first = tokens[0]
    if first in _YES | _NO or all(token in _YES | _NO | _FILLER for token in tokens):
        return found
    return set()


def read_choice(text: str, choices: Sequence[str]) -> int | None:
    """The place of the one choice that is named, from 1: by its digit alone or by one of its words.

    `choices` holds the words of each, separated by "|".
    """
    plain = cleaning.plain(text)
    by_word = {
        place
        for place, spellings in enumerate(choices, start=1)
        for spelling in spellings.split("|")
        if (word := cleaning.plain(spelling)) and f" {word} " in f" {plain} "
    }
    tokens = [token for token in plain.split() if token not in _FILLER]
    by_digit = {value for token in tokens if (value := _small(token)) is not None}
    if by_digit and len(tokens) == 1:
        only = by_digit.pop()
        return only if 1 <= only <= len(choices) and by_word <= {only} else None
    if len(by_word) != 1 or by_digit - by_word or any(token in _HEDGES for token in plain.split()):
        return None
    return by_word.pop()


def read_number(text: str, low: int, high: int) -> int | None:
    """The one whole number from `low` to `high` in a text, with at most filler and a unit beside it."""
    plain = cleaning.plain(text)
    if re.search(r"\d\s*[.,:/-]\s*\d", cleaning.clean(text)):
        return None
    tokens = [token for token in plain.split() if token not in _FILLER]
    if not tokens or any(token in _HEDGES for token in tokens):
        return None
    found = [value for token in tokens if (value := _any_number(token)) is not None]
    rest = [token for token in tokens if _any_number(token) is None]
    if len(found) != 1 or any(token not in words.UNITS for token in rest):
        return None
    return found[0] if low <= found[0] <= high else None


def _small(token: str) -> int | None:
    return words.SCORES.get(token, int(token) if token.isdecimal() and len(token) == 1 else None)


def _any_number(token: str) -> int | None:
    return int(token) if token.isdecimal() and len(token) <= 4 else words.SCORES.get(token)


def read_several(text: str, most: int) -> tuple[int, ...] | None:
    """Three to `most` ratings and nothing else ("5 5 4 5"); None too for a scale that is only counted up.

    Two numbers may be "4 or 5"; "1 2 3 4 5" repeats the question.
    """
    shown = cleaning.clean(text).strip()
    if _SCORES.fullmatch(shown) is None:
        return None
    scores = tuple(int(digit) for digit in re.findall(r"[1-5]", shown))
    steps = {later - earlier for earlier, later in pairwise(scores)}
    is_run_together = re.search(r"\d{2}", shown) is not None and len(set(scores)) > 1
    if not 3 <= len(scores) <= most or steps in ({1}, {-1}) or is_run_together:
        return None
    return scores


def correction(text: str) -> str | None:
    """What a text puts in the place of the one before it: "*5", "sorry I meant 5" -> "5"; else None.

    "5 sorry for the delay" corrects nothing: it has a number of its own before the word.
    """
    shown = cleaning.clean(text)
    if shown.startswith("*"):
        return shown.lstrip("* ") or None
    found = _CORRECTION.fullmatch(shown)
    if found is None:
        return None
    before = cleaning.plain(found["before"]).split()
    if any(_any_number(word) is not None for word in before):
        return None
    return correction(found["after"]) or found["after"]
