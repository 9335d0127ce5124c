"""Reads what residents write: the one number an answer means, or that it cannot be told.

A wrong score is worse than a re-prompt: whatever could mean two things is read as none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from appliance.domain import answer_marks
from appliance.domain import number_words as words
from appliance.domain.senders import cut_quotes, is_child, is_machine
from appliance.domain.wording import folded

__all__ = ["Reading", "cut_quotes", "is_child", "is_machine", "read_rating"]


@dataclass(frozen=True, slots=True)
class Reading:
    """`score` within the scale, or None; `zero` for a 0 alone; `comment` is the words beside either.

    With neither score nor zero the comment is the whole text (None if that is empty).
    """

    score: int | None
    zero: bool
    comment: str | None


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  # score, rating ("4/5", "4 stars"), other (any other number), word, sep, doubt
    text: str
    value: int = -1
    start: int = 0
    end: int = 0

    @property
    def is_number(self) -> bool:
        return self.kind in ("score", "rating", "other")


_TOKEN = re.compile(
    r"(?P<rating>\x02\d+\x03)"
    r"|(?P<number>(?<!\w)[$€£+-]?\d+(?:[.,:/-]\d+)*(?:\s?%|[$€£+°]|[^\W\d_]\w*)?)"
    r"|(?P<word>(?i:n/a)|[^\W\d_]+(?:'[^\W\d_]*)*|\w+)"
    r"|(?P<sep>[.!,;:=()\n\u2013\u2014-])"
    r"|(?P<doubt>[?/&~<>^|%+\\])"
)


def read_rating(text: str, *, low: int = 1, high: int = 5, zero_skips: bool) -> Reading:
    """The one score from `low` to `high` that `text` states, a 0, or neither.

    `zero_skips`: the question offers a 0, so words such as "skip" mean it too.
    """
    unread = Reading(None, False, text.strip() or None)
    stars, beside = answer_marks.stars(text)
    if stars is not None:
        return Reading(stars, False, beside) if low <= stars <= high else unread
    if answer_marks.is_boast(text) or answer_marks.is_asked(text):
        return unread
    plain = answer_marks.plain(text)
    if zero_skips and folded(plain).strip(" .!") in words.SKIPS:
        return Reading(None, True, None)
    found = _head(plain, _tokens(plain)) or _tail(plain, _tokens(plain))
    if found is None:
        return unread
    value, comment = found
    if _contradicts(plain, value) or _is_upside_down(value, comment):
        return unread
    if value == 0:
        return Reading(None, True, comment)
    return Reading(value, False, comment) if low <= value <= high else unread


def _tokens(plain: str) -> list[_Token]:
    """The text as tokens; number words count only where there are no digits at all."""
    found = [_token(match) for match in _TOKEN.finditer(plain)]
    if any(token.is_number for token in found):
        return found
    numbers = {t.text for t in found if t.text in words.SCORES or t.text in words.OTHER_NUMBERS}
    # "un cinco" begins with an article; "un" alone is a French one.
    articles = words.ARTICLES if numbers - words.ARTICLES else frozenset()
    return [_worded(token) if token.text not in articles else token for token in found]


def _worded(token: _Token) -> _Token:
    if token.text in words.SCORES:
        return replace(token, kind="score", value=words.SCORES[token.text])
    meant = words.SLIPS.get(token.text) or words.SCORES.get(re.sub(r"(.)\1+$", r"\1", token.text))
    if meant is not None and len(token.text) > 3:
        return replace(token, kind="score", value=meant)
    return replace(token, kind="other") if token.text in words.OTHER_NUMBERS else token


def _token(match: re.Match[str]) -> _Token:
    kind, text = match.lastgroup or "", match[0].casefold()
    value = -1
    if kind == "rating":
        value = int(text[1:-1])
        kind = "rating" if value <= 5 else "other"
    elif kind == "number":
        is_score = len(text) == 1 and text in "012345"
        kind, value = ("score", int(text)) if is_score else ("other", -1)
    elif kind == "word":
        text = text.strip("'")
    return _Token(kind, text, value, match.start(), match.end())


def _is_filler(token: _Token, value: int) -> bool:
    if token.kind == "sep":
        return True
    same = words.SCORES.get(token.text) == value
    return token.kind == "word" and (same or folded(token.text) in words.FILLER)


def _head(plain: str, tokens: list[_Token]) -> tuple[int, str | None] | None:
    """A score with nothing but filler before it, and what follows it."""
    at = next((place for place, token in enumerate(tokens) if token.is_number), None)
    if at is None or tokens[at].kind == "other":
        return None
    score, before, rest = tokens[at], tokens[:at], tokens[at + 1 :]
    if not all(_is_filler(t, score.value) or folded(t.text) in words.LEADING for t in before):
        return None
    if _is_text_speak(score, rest):
        return None
    if score.value == 0 and any(folded(t.text) in words.GIVES for t in before):
        return None  # "I would give 0" is the worst mark and no skip
    if _says_same_again(score, rest) or all(_is_filler(token, score.value) for token in rest):
        return score.value, None
    is_led = any(token.kind == "word" for token in before) and before[-1].kind != "sep"
    if _is_taken_back(rest) or not _begins_comment(score, rest, is_led) or _is_wished(before, rest):
        return None
    return score.value, answer_marks.comment(plain[score.end :])


def _says_same_again(score: _Token, rest: list[_Token]) -> bool:
    """ "5 (five)": the same number in digits and in words, and nothing else."""
    said = [token for token in rest if token.kind != "sep"]
    return len(said) == 1 and words.SCORES.get(said[0].text) == score.value and not said[0].is_number


_DISAGREES = re.compile(r"\b(?:disagree|desacuerdo|pas (?:du tout )?d'accord)\b", re.IGNORECASE)
_AGREES = re.compile(r"\b(?:agree|de acuerdo|d'accord)\b", re.IGNORECASE)


def _contradicts(plain: str, value: int) -> bool:
    """ "strongly disagree 5": the words of the scale say another end of it than the number."""
    if _DISAGREES.search(plain):
        return value >= 4
    return 0 < value <= 2 and _AGREES.search(plain) is not None


def _is_upside_down(value: int, comment: str | None) -> bool:
    """ "1 excellent", "5 terrible": nothing but the other end of the scale; some read it upside down."""
    said = {folded(word) for word in re.findall(r"[^\W\d_]+", comment or "")} - words.FILLER
    if value >= 4:
        return bool(said) and said <= words.BLAME and not said <= words.PRAISE
    return 0 < value <= 2 and bool(said) and said <= words.PRAISE and not said <= words.BLAME


def _is_wished(before: list[_Token], rest: list[_Token]) -> bool:
    """ "I want to give 5 but no", "5 barely": what the words around it take away from the score."""
    said = [folded(token.text) for token in rest if token.kind == "word"]
    if len(said) == 1 and said[0] in words.NEGATIONS:
        return True
    if said and said[0] in words.IS and not words.TOO.isdisjoint(said[:3]):
        return True
    wished = any(folded(token.text) in words.WISHES for token in before)
    return wished and bool(said) and said[0] in words.BUTS


def _is_taken_back(rest: list[_Token]) -> bool:
    """Whether a later number may be the one that is meant: "5, actually 4", "5. Fair 4."."""
    for place, token in enumerate(rest):
        value = token.value if token.is_number else words.SCORES.get(token.text, -1)
        if not 0 <= value <= 5:
            continue
        if token.kind == "rating":
            return True
        before = [folded(t.text) for t in rest[max(0, place - 3) : place] if t.kind == "word"]
        if any(word in words.CORRECTIONS for word in before) and token.text not in words.AMBIGUOUS:
            return True
        is_said = token.is_number or token.text not in words.AMBIGUOUS
        if is_said and not _is_counted(rest[place + 1 :]):
            return True
    return False


def _is_counted(following: list[_Token]) -> bool:
    """Whether a number inside a comment counts something: "2 hours", "the 2 officers"."""
    first = folded(following[0].text) if following and following[0].kind == "word" else ""
    return first in words.UNITS or _is_plural(first)


def _is_plural(word: str) -> bool:
    return len(word) > 2 and word.endswith("s") and word not in words.NOT_PLURAL


def _begins_comment(score: _Token, rest: list[_Token], is_led: bool) -> bool:
    """Whether what follows the score is a comment beside it rather than what it counts.

    `is_led`: words led up to the score ("thanks 4 coming"), so a comment needs punctuation or "because".
    """
    follower = rest[0]
    if follower.kind == "doubt" or follower.is_number:
        return False
    if _is_hyphen(score, rest):
        rest = rest[1:]
    elif follower.kind == "sep":
        after = next((token for token in rest if token.kind != "sep"), None)
        return not _is_number_too(after, rest) and not _is_half(rest)
    if _is_half(rest):
        return False
    if score.kind == "rating":
        return folded(follower.text) not in words.RANGE
    return _is_comment_word(score, rest, is_led)


def _is_number_too(after: _Token | None, rest: list[_Token]) -> bool:
    """Whether a number or a doubt comes right behind the punctuation; "un peu" is neither."""
    if after is None:
        return False
    if after.text in words.AMBIGUOUS and not after.is_number:
        return rest[-1] is after
    is_word = after.text in words.SCORES or after.text in words.OTHER_NUMBERS
    return after.is_number or after.kind == "doubt" or is_word


def _is_hyphen(score: _Token, rest: list[_Token]) -> bool:
    """ "5-minute": a hyphen that ties the word to the number divides nothing."""
    if len(rest) < 2 or rest[0].text != "-" or rest[1].kind != "word":
        return False
    return score.end == rest[0].start and rest[0].end == rest[1].start


def _is_text_speak(score: _Token, rest: list[_Token]) -> bool:
    """ "4 sure", "2 late": no punctuation, and a word that goes with "for" or "too"."""
    words_after = rest[1:] if _is_hyphen(score, rest) else rest
    follower = words_after[0].text if words_after else ""
    return score.text.isdecimal() and folded(follower) in words.TEXT_SPEAK.get(score.value, ())


def _is_half(rest: list[_Token]) -> bool:
    return any(folded(token.text) in words.HALVES for token in rest[:3])


def _is_comment_word(score: _Token, rest: list[_Token], is_led: bool) -> bool:
    """The same where not even a comma divides them: "5 great job", but not "5 officers", "4 or 5"."""
    # What a second number counts is not counted by the score: "5 response within 10 minutes".
    upto = next((place for place, token in enumerate(rest) if token.kind == "other"), len(rest))
    following = [folded(token.text) for token in rest[:upto] if token.kind == "word"]
    first = following[0]
    if score.text in words.AMBIGUOUS or first in words.RANGE or rest[0].text in words.SCORES:
        return False
    if first in words.ADDRESSED or first == "waste":
        return True
    second = following[1] if len(following) > 1 else ""
    if first == "car":
        return second in words.AFTER_CAR
    if score.value >= 4 and first in words.ONE_PERSON and second in words.ACTED:
        return True
    if first in words.BECAUSE:
        then = rest[1] if len(rest) > 1 else None
        return then is not None and not then.is_number and then.text not in words.SCORES
    if is_led:
        return False
    if score.value == 0:
        return first in words.AFTER_ZERO
    return not _is_plural(first) and not _counts_something(following)


def _counts_something(following: list[str]) -> bool:
    """Whether a unit comes among the next words, before a new clause begins: "2 very rude officers"."""
    for word in following[:4]:
        if word in words.UNITS:
            return True
        if word in words.CLAUSE_STARTS:
            return False
    return False


def _tail(plain: str, tokens: list[_Token]) -> tuple[int, str | None] | None:
    """A comment and then the only number: "Great service. 5", "they deserve 5 stars"."""
    places = [place for place, token in enumerate(tokens) if token.is_number]
    if len(places) != 1 or tokens[places[0]].kind == "other":
        return None
    at = places[0]
    score, before, rest = tokens[at], tokens[:at], tokens[at + 1 :]
    said = [folded(token.text) for token in before if token.kind == "word"]
    # Two ways of saying a number before the digit ("four or 5") are two numbers.
    if any(word in words.SCORES and word not in words.AMBIGUOUS for word in said):
        return None
    if score.kind == "rating":
        is_doubted = any(token.kind == "doubt" for token in rest) or _is_taken_back(rest)
        if is_doubted or any(word in words.NEGATIONS for word in said):
            return None
        return score.value, answer_marks.comment(f"{plain[: score.start]} {plain[score.end :]}")
    if any(token.text not in (".", "!") for token in rest):
        return None
    if not _divides(before, said) and not _praises(score, before, said):
        return None
    return score.value, answer_marks.comment(plain[: score.start])


def _divides(before: list[_Token], said: list[str]) -> bool:
    """Whether punctuation parts the comment from the number after it."""
    mark = before[-1]
    if mark.kind != "sep" or not said or mark.text in ("=", "("):
        return False
    if said[-1] in words.BEFORE_A_NUMBER_OF_SOMETHING:
        return False
    return mark.text != "," or len(said) <= 3


def _praises(score: _Token, before: list[_Token], said: list[str]) -> bool:
    """Whether the words before a 4 or 5 say the same as it: "very satisfied 5"."""
    is_bare = all(token.kind in ("word", "sep") for token in before)
    return score.value >= 4 and is_bare and all(w in words.FILLER or w in words.PRAISE for w in said)
