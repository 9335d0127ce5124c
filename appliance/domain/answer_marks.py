"""A resident's answer made plain before it is read: digits of every script, stars, "4 of 5", openings.

What comes out is text again, with private marks for what is one score ("4 stars") and what is none (911).
"""

from __future__ import annotations

import re
import unicodedata

from appliance.domain import number_words as words

_INVISIBLE = dict.fromkeys([*range(0x200B, 0x2010), 0x2060, 0xFE0E, 0xFE0F, 0x20E3, 0xFEFF, 0x00AD])
_APOSTROPHES = dict.fromkeys(map(ord, "\u2018\u2019\u02bc\u00b4\u0060"), "'")
_FILLED = "\u2b50\u2605\U0001f31f"
_STARS_FIRST = re.compile(rf"(?:[{_FILLED}]\s*)*(?:\u2606\s*)*(?<=[{_FILLED}\u2606\s])")
_NUMERO = re.compile(r"^\W*(?:n[oº°]\.|n[º°]|num\.|nro\.)\s*(?=[1-5]\b)", re.IGNORECASE)
# "We're #1", "number one": praise, and on our scale the worst mark.
_BOAST = re.compile(r"(?:#|\bn(?:umber|[uú]mero|[uú]m|o\.|[º°]))\s*(?:1|one|uno|un)\b", re.IGNORECASE)
_EMERGENCY = re.compile(r"(?<![\d/.:-])(?:9[-. ]?1[-. ]?1|988|24/7)(?![\d/:-])")
# Private-use characters stand for numbers that are no score, until the comment is cut out.
_MASKS = {"911": "\ue911", "988": "\ue988", "247": "\ue247"}
_SHOWN = str.maketrans({"\ue911": "911", "\ue988": "988", "\ue247": "24/7"})
_RESERVED = re.compile("[\x02\x03\ue911\ue988\ue247]")
_DIGIT_OR_WORD = r"(?:\d+|" + "|".join(words.SCORES) + ")"
_HAS_NUMBER = re.compile(rf"\d|[{_FILLED}\u2606]|\b(?:" + "|".join(words.SCORES) + r")\b", re.IGNORECASE)
_OUT_OF_FIVE = re.compile(
    rf"(?<![\w./:,$+-])({_DIGIT_OR_WORD})(?:\s*/\s*|\s+(?:stars\s+)?(?:out\s+of|outta|over|from|sobre|sur)\s+)"
    r"(?:5|five|cinco|cinq)\b(?!\s*[/:%]|[.,]\d|-\d)(?:\s+(?:stars?|estrellas?|[ée]toiles?)\b)?"
    rf"|(?<![\w./:,$+-])({_DIGIT_OR_WORD})\s+(?:of|de)\s+(?:5|five|cinco|cinq)\b(?=\s*(?:[.!,;\n]|$))",
    re.IGNORECASE,
)
_STARRED = re.compile(
    rf"(?<![\w./:,$+-])({_DIGIT_OR_WORD})[ -]*"
    rf"(?:(?:stars?|estrellas?|[ée]toiles?|pts?|points?|puntos?)\b|([{_FILLED}](?:\s*[{_FILLED}])*))",
    re.IGNORECASE,
)
_PRAISED = "|".join(
    ["tysm", "thx", "ty", "thanks", *sorted((w for w in words.PRAISE if len(w) >= 4), key=len, reverse=True)]
)
# "5great": what is glued to the number is read only where it can be nothing that the number counts.
_JOINED = re.compile(rf"(?<!\w)([1-5])(?=(?:{_PRAISED})\b)", re.IGNORECASE)
_OPENING = re.compile(
    r"^\W*(?:(?:hi|hey|hello) there|it was an?|i feel like an?|like an?|i would say like an?"
    r"|como una?|genre un|out of (?:5|five),?(?=\W*(?:an? )?\w+\W*$)"
    r"|(?:i'll|i will|i'd|i would|let's|lets|let us|ill) (?:go with|say)(?: an?)?"
    r"|(?:they|he|she|you|u|ya|y'all|yall|you guys|everyone|everybody|the officers?)(?: all)?"
    r" (?:gets?|deserves?|earned) an?|only an?"
    r"|(?:my |the )?(?:rating|score|answer|number) (?:would|will|should) be(?: an?)?)\b"
    r"(?=\W*(?:[1-5]\b|[a-z]))",
    re.IGNORECASE,
)
"""How an answer begins: words that lead to the score only in this order ("there was 1" is no score)."""

_PLURAL = re.compile(
    r"^\W*(?:all |straight )?([1-5])'?s(?: across the board| all around| all the way)?(?=\W*$)",
    re.IGNORECASE,
)
""" "straight 5s": the same for everything."""

_WHOLE = re.compile(r"(?<![\w.,:/$+-])0?([1-5])[.,]0(?![\w.,:/%])|^\W*0([1-5])(?=\W*$)")
""" "5.0" and "05": a whole number all the same."""

_SAID_BESIDE = re.compile(
    r"(?<![\w.])1\d{2,3}\s?%|(?<![\w./])(?:10/10|A\+)(?![\w/])"
    r"|(?<=3) *(?:m[aá]s o menos|more or less|so[- ]so|plus ou moins)(?=\W*$)"
    r"|\b(?:of course|from (?:me|us))(?=\W*$)|\b(?:(?:without a|no) doubt|hands down)\b"
    r"|\bnothing less than(?= (?:a )?5)"
    r"|\b(?:on|in|en|sur) (?:a|the|una|la|une) (?:scale|escala|[ée]chelle)"
    r" (?:of|from|de|del) (?:1|one|uno|un) ?(?:to|-|a|al|[àa]) ?(?:5|five|cinco|cinq)\b",
    re.IGNORECASE,
)
"""Numbers and words that stand beside a score and say nothing of their own: "100% 5", "5 of course"."""


def is_boast(text: str) -> bool:
    """Whether the text says "number one": praise, and on our scale the worst mark."""
    return _BOAST.search(text) is not None


_ASKED = re.compile(r"[1-5](?:[^.!\n;?,]|,(?!(?:\s*\w+){3}))*[?\uff1f]|[¿]\W*[1-5]")


def is_asked(text: str) -> bool:
    """Whether the number stands in a question, and not only before one: "5 right?", "is 5 good?"."""
    return _ASKED.search(text) is not None


def stars(text: str) -> tuple[int | None, str | None]:
    """The filled stars a text begins with, and the words behind them; hollow ones must make them up to five.

    One star with words may be an ornament, and words with a number may mean another score.
    """
    shown = text.translate(_INVISIBLE).strip()
    drawn = _STARS_FIRST.match(shown)
    if drawn is None:
        return None, None
    filled = sum(drawn[0].count(star) for star in _FILLED)
    hollow = drawn[0].count("\u2606")
    beside = shown[drawn.end() :]
    if beside and (filled + hollow < 2 or _HAS_NUMBER.search(beside)):
        return None, None
    stars = filled if not hollow or filled + hollow == 5 else -1
    return stars, comment(beside)


def plain(text: str) -> str:
    """Plain digits, emergency numbers out of the way, "4 of 5" and "4 stars" as one mark."""
    made = _NUMERO.sub("", text)
    made = unicodedata.normalize("NFKC", made.translate(_INVISIBLE)).translate(_APOSTROPHES)
    made = _RESERVED.sub("", made).replace("<3", " ")
    made = "".join(str(unicodedata.digit(c)) if c.isdigit() else c for c in made)
    made = _WHOLE.sub(lambda found: found[1] or found[2], made)
    made = _OPENING.sub("", _PLURAL.sub(r"\1", made))
    made = _JOINED.sub(r"\1 ", _SAID_BESIDE.sub(" ", made))
    made = _EMERGENCY.sub(lambda found: _MASKS[re.sub(r"\D", "", found[0])], made)
    made = _OUT_OF_FIVE.sub(lambda found: _mark(found[1] or found[2]), made)
    return _STARRED.sub(_starred, made)


def _mark(number: str) -> str:
    value = words.SCORES.get(number.casefold(), -1) if not number.isdecimal() else int(number[:3])
    # Nought of five is the worst mark to one person and "none" to another.
    return f"\x02{value if 1 <= value <= 5 else 99}\x03"


def _starred(found: re.Match[str]) -> str:
    drawn = sum(found[2].count(star) for star in _FILLED) if found[2] else 1
    mark = _mark(found[1])
    return mark if drawn == 1 or mark == f"\x02{drawn}\x03" else "\x0299\x03"


def comment(text: str) -> str | None:
    stripped = text.translate(_SHOWN).strip(" \t\r\n.,;:!=-\u2013\u2014()\"'")
    return stripped or None
