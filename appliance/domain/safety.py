"""Whether a resident's text speaks of danger: red now, amber otherwise.

Nobody reads these texts live, so a red one raises an alarm within seconds. A missed red can cost a life, a
false one costs a look: red is read through typing errors, missing apostrophes, shouting and drawn-out
letters. What keeps praise from ringing is grammar: red wants somebody, now (is, has, going to, back) and a
danger; the same danger in the past ("someone broke in") is amber.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from appliance.domain import safety_words as table
from appliance.domain.cleaning import fold, plain
from appliance.domain.records import AlarmLevel


@dataclass(frozen=True, slots=True)
class Safety:
    """The reading and the family of words it rests on; both None when nothing speaks of danger."""

    level: AlarmLevel | None
    family: str | None


def _mended() -> dict[str, str]:
    """Each long danger word by its spellings with one letter lost or two neighbours swapped."""
    slips: dict[str, str] = {}
    for word in table.LONG_WORDS:
        for at in range(1, len(word)):
            slips.setdefault(word[:at] + word[at + 1 :], word)
            slips.setdefault(word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :], word)
    for word in table.LONG_WORDS | table.REAL_WORDS:
        slips.pop(word, None)
    return slips | table.SPELLINGS


def _compiled(rows: Iterable[tuple[str, str]]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    pieces = table.NOUNS | {"STRANGERS": f"(?:someone|{table.NOUNS['KIN']}|{table.NOUNS['STRANGER']})"}
    compiled = []
    for family, written in rows:
        pattern = written
        for _ in range(2):
            pattern = re.sub(r"\{([A-Z]+)\}", lambda piece: pieces[piece.group(1)], pattern)
        compiled.append((family, re.compile(rf"(?<!\w)(?:{pattern})(?!\w)")))
    return tuple(compiled)


_SLIPS = _mended()
_CONTRACTIONS = tuple((re.compile(rf"(?<!\w)(?:{short})(?!\w)"), full) for short, full in table.CONTRACTIONS)
_RED = _compiled((*table.RED_EN, *table.RED_ES, *table.RED_FR))
_RED_UNLESS_OVER = _compiled(table.RED_UNLESS_OVER)
_HARMLESS = _compiled(table.HARMLESS)
_AMBER = _compiled(table.AMBER)
_LEET = str.maketrans("01345$@7", "oieassat")
_KNOWN = (
    frozenset(
        word
        for rows in (table.RED_EN, table.RED_ES, table.RED_FR, table.RED_UNLESS_OVER, table.AMBER)
        for _, p in rows
        for word in re.findall(r"[a-z]{3,}", p)
    )
    | frozenset(word for piece in table.NOUNS.values() for word in re.findall(r"[a-z]{3,}", piece))
    | table.URGENT
    | table.CALLS_FOR_HELP
)

_PAST = re.compile(
    r"(?<!\w)(?:was|were|wanted|almost|nearly|used to|had|had been|thought about|tried)(?!\w)(?: \w+){0,4} ?$"
)
_LONG_AGO = re.compile(
    r"(?<!\w)(?:yesterday|last (?:night|week|month|year|time)|ago|years|back then|in the past|saved"
    r"|hace|ayer|hier)(?!\w)"
)
_OVER = re.compile(
    r"(?<!\w)(?:thank\w*|gracias|merci|saved|arrested"
    r"|(?:when|before|until|after) (?:you|they|police|the (?:police|officers?))(?: \w+)?"
    r" (?:came|arrived|got|showed)"
    r"|that (?:night|day|time)|before you|arrived|once|in (?:19|20)\d\d|was|were"
    r"|sauvee?s?|arretee?s?|la semaine derniere|lan dernier|cette nuit la"
    r"|anoche|esa (?:noche|vez)|arrestaron)(?!\w)"
)
_DENIED = re.compile(
    r"(?<!\w)(?:(?:dont|do not|didnt|never) (?:think|believe)(?: that)?|not|never|wont|would never"
    r"|no creo que|no(?= \w* ?$)|je ne crois pas qu\w*)(?: going to)? ?$"
)
_DENYING = ("self_harm", "hurt_or_hiding", "weapon")
"""Families whose words are also used to say that there is none: "I am not going to hurt myself"."""

_TIRED_OF = re.compile(
    r"(?<!\w)(?:ruido|dolor|calor|espera|musica|risa|hambre|sueno|estres|trafico)(?: (?:me|nos))? ?$"
)
"""What kills by exaggeration in Spanish: "el ruido me está matando"."""

_THANKED = re.compile(r"(?<!\w)(?:thank\w*|sav(?:ed|ing)) .*(?<!\w)(?:when|after|because)(?: \w+){0,3} ?$")

_CAUGHT = re.compile(r" (?:was|were|got|has been) (?:arrested|caught|detained|taken)")

_GREETED = re.compile(
    r"(?:he|she|they|officers?) (?:is|are)(?: \w+)? here(?: now| already)?"
    r" (?:thanks?(?! god)(?: you)?|ty)(?!\w)"
    r"(?!.* (?:help|please|hurry|now|gun|knife)(?!\w))"
)
"""How the officer's coming is answered: "he is here now, thank you"."""

_CONDITION = re.compile(
    r"(?<!\w)(?:if|when|whenever|next time|anytime|every time|cuando|si|quand|quando)(?: \w+){0,3} ?$"
)

_PLEA = re.compile(
    r"^(?:please |pls )?(?:help(?: me| us)?(?! (?:was|came|with|desk))|send help|secours|aidez moi|ayudame"
    r"|auxilio|socorro|ayuda)(?!\w)"
    r"|(?:^|(?<!\w)(?:please|someone|now|and|so|me|he|kidnapped|robbed|hurt|scared|outside|gun|knife"
    r"|attack|seizure|stroke|overdose|blood|fire|breathing) )"
    r"(?:help(?: me| us)?|send help|ayudame|ayuda|auxilio|aidez moi|secours)"
    r"(?: please| now| por favor| svp)?$"
)
"""A call for help before or after something dangerous makes it present, whatever its tense."""


def read(text: str) -> Safety:
    """The alarm a text deserves on its own words, in English, Spanish and French."""
    words = _meant(text)
    if _calls_for_help(text, words):
        return Safety(AlarmLevel.RED, "calls_for_help")
    if (family := _present_danger(words)) is not None:
        return Safety(AlarmLevel.RED, family)
    if _PLEA.search(words) and any(f == "danger_word" and p.search(words) for f, p in _AMBER):
        return Safety(AlarmLevel.RED, "calls_for_help")
    called = [word for word in words.split() if word not in table.NO_PART_OF_A_CALL]
    if called and all(word in table.KEYWORD_HELP - {"info"} for word in called):
        return Safety(AlarmLevel.AMBER, "help_word")
    for family, pattern in _AMBER:
        if pattern.search(words):
            return Safety(AlarmLevel.AMBER, family)
    return Safety(None, None)


def _present_danger(words: str) -> str | None:
    """The family of the first red phrase that is meant as present, once what only sounds so is taken out."""
    for _, harmless in _HARMLESS:
        words = harmless.sub("-", words)
    for family, pattern in _RED:
        if any(_is_now(family, words, found) for found in pattern.finditer(words)):
            return family
    for family, pattern in _RED_UNLESS_OVER:
        if pattern.search(words) and not (_LONG_AGO.search(words) or _OVER.search(words)):
            return family
    return None


def _meant(text: str) -> str:
    """The plain words with slips mended and contractions written out."""
    for sign, word in table.EMOJI.items():
        text = text.replace(sign, word)
    words = " ".join(_spelled(token) for token in plain(text).split())
    for short, full in _CONTRACTIONS:
        words = short.sub(full, words)
    return words


def _spelled(token: str) -> str:
    """A word as it was meant: drawn-out letters shortened, digits for letters, known slips mended."""
    candidates = [token, re.sub(r"(.)\1{2,}", r"\1\1", token), re.sub(r"(.)\1{2,}", r"\1", token)]
    if not token.isdecimal() and any(c.isdigit() for c in token):
        candidates += [candidate.translate(_LEET) for candidate in candidates]
    for candidate in candidates:
        if candidate in _SLIPS:
            return _SLIPS[candidate]
        if candidate in _KNOWN:
            return candidate
    return token if token.isdecimal() else candidates[2]


def _calls_for_help(text: str, words: str) -> bool:
    """The whole text calls: "help me", "send help", "911", HELP twice, drawn out or with "!"."""
    tokens = [word for word in words.split() if word not in table.NO_PART_OF_A_CALL]
    calls = [word for word in tokens if word in table.CALLS_FOR_HELP]
    if "".join(tokens) in {"suicide", "suicidio"} or _calls_by_name(text, tokens):
        return True
    if not calls or any(word not in table.CALLS_FOR_HELP | table.URGENT for word in tokens):
        return False
    if any(word not in table.KEYWORD_HELP for word in calls) or len(calls) > 1:
        return True
    drawn_out = re.search(r"(.)\1{2,}", "".join(re.findall(r"[^\W\d_]", fold(text)))) is not None
    return "!" in fold(text) or drawn_out or any(word in table.PRESSING for word in tokens)


def _calls_by_name(text: str, tokens: list[str]) -> bool:
    """ "Ambulance", "police!", "police police": nobody answers a question with that."""
    if not tokens or any(word not in table.UNITS for word in tokens):
        return False
    return "!" in fold(text) or len(tokens) > 1 or tokens[0].startswith("ambulanc")


def _is_now(family: str, words: str, found: re.Match[str]) -> bool:
    """Whether a red phrase is meant as present: not denied, not told of the past, not a condition."""
    before, after = words[: found.start()], words[found.end() :]
    if family in _DENYING and _DENIED.search(before):
        return False
    match family:
        case "not_breathing":
            return _THANKED.search(before) is None
        case "violence":
            return _TIRED_OF.search(before) is None
        case "weapon":
            return _CAUGHT.match(after) is None
        case "outside":
            return _GREETED.match(found.group()) is None
        case "self_harm":
            past = _PAST.search(before)
            return past is None or ("tried" in past.group() and not _LONG_AGO.search(words))
        case "needs_help":
            return _CONDITION.search(before) is None
    return True
