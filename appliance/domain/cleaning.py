"""Brings a resident's text into the forms the readings compare; the raw text is kept beside them.

`clean` is for people and for reading answers, `fold` for matching words. Both are idempotent. Emoji digits
survive: a keycap digit is an ASCII digit plus marks that go, a circled or full-width digit is NFKC's work.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_STRAIGHT = str.maketrans(
    {
        "‘": "'", "’": "'", "‚": "'", "‛": "'", "ʼ": "'", "ʹ": "'", "′": "'", "`": "'", "´": "'", "＇": "'",
        "“": '"', "”": '"', "„": '"', "‟": '"', "«": '"', "»": '"', "″": '"',
    }
)  # fmt: skip

_HOMOGLYPHS = str.maketrans(
    {
        # Cyrillic
        "а": "a", "в": "b", "с": "c", "ԁ": "d", "е": "e", "ё": "e", "һ": "h", "н": "h", "і": "i", "ї": "i",
        "ј": "j", "к": "k", "ӏ": "l", "м": "m", "о": "o", "р": "p", "ԛ": "q", "ѕ": "s", "т": "t", "ѵ": "v",
        "ԝ": "w", "х": "x", "у": "y", "ү": "y",
        # Greek
        "α": "a", "β": "b", "ϲ": "c", "ε": "e", "η": "n", "ι": "i", "κ": "k", "ν": "v", "ο": "o", "ρ": "p",
        "τ": "t", "υ": "u", "χ": "x", "ζ": "z", "μ": "m", "ς": "s", "σ": "s",
        # Latin letters that look plain, and Armenian
        "ı": "i", "ȷ": "j", "ɑ": "a", "ɡ": "g", "ø": "o", "ł": "l", "đ": "d", "ꓢ": "s", "ꓔ": "t", "ꓳ": "o",
        "ꓑ": "p", "օ": "o", "ս": "u", "ᴏ": "o", "ꜱ": "s", "ᴛ": "t", "ᴘ": "p",
        "🅂": "s", "🅃": "t", "🄾": "o", "🄿": "p",
    }
)  # fmt: skip
_HOMOGLYPHS |= {
    first + place: chr(ord("a") + place) for first in (0x1F150, 0x1F170) for place in range(26)
}  # letters in black circles and squares, which NFKC leaves as they are
"""Look-alikes of Latin letters, after case folding: a Cyrillic "ЅТОР" is read as STOP, which fails safe."""

_CAPITALS = str.maketrans({"Ν": "n", "Η": "h", "Υ": "y"})
"""Greek capitals that look like another letter than their small form does."""

_LETTER = r"[^\W\d_]"
_SPELLED = re.compile(rf"(?<![^\W_])({_LETTER}(?:\s?[ .\-_*·,/|]\s?{_LETTER}){{2,}})(?![^\W_])", re.UNICODE)
_MARK = r"[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_MARKS = re.compile(rf"({_MARK}{{2}}){_MARK}+")
_BLANK = {"\u115f", "\u1160", "\u3164", "\uffa0", "\u2800", "\u034f", "\u17b4", "\u17b5"}
"""Characters of other categories that show as nothing."""


KEPT = 64
"""Texts whose clean and folded forms are kept: one reading asks for the same ones a dozen times."""


@lru_cache(maxsize=KEPT)
def clean(text: str) -> str:
    """NFKC, nothing invisible, one straight apostrophe, single spaces, "S T O P" and "S.T.O.P" joined."""
    seen = text
    for _ in range(4):
        after = _once(seen)
        if after == seen:
            break
        seen = after
    return seen


@lru_cache(maxsize=KEPT)
def fold(text: str) -> str:
    """`clean`, then case, accents and look-alike letters levelled: "Ａrrêtez", "ARRETEZ" -> "arretez"."""
    seen = text
    for _ in range(6):
        after = _folded_once(seen)
        if after == seen:
            break
        seen = after
    return seen


def plain(text: str) -> str:
    """The folded words alone, single-spaced: apostrophes close up ("he's" -> "hes"), the rest separates."""
    closed = re.sub(r"(?<=\w)'(?=\w)", "", fold(text))
    return " ".join(re.findall(r"[^\W_]+", closed))


def lines(text: str) -> list[str]:
    """The non-empty lines of a raw text, each cleaned: a signature beneath STOP is not part of it."""
    return [line for line in (clean(raw) for raw in re.split(r"[\r\n\v\f\x85\u2028\u2029]+", text)) if line]


def _once(text: str) -> str:
    normal = unicodedata.normalize("NFKC", "".join(_visible(c) for c in text))
    normal = "".join(_visible(c) for c in normal).translate(_STRAIGHT)
    normal = _MARKS.sub(r"\1", normal)
    normal = re.sub(r"\s+", " ", normal).strip()
    return _SPELLED.sub(lambda run: re.sub(r"[^\w]|_", "", run.group(1)), normal)


def _folded_once(text: str) -> str:
    spread = unicodedata.normalize("NFKD", clean(text).translate(_CAPITALS).casefold())
    bare = "".join(c for c in spread if not unicodedata.combining(c))
    return clean(bare.translate(_HOMOGLYPHS))


@lru_cache(maxsize=1024)
def _visible(character: str) -> str:
    """The character, a space for a control or blank one that separates, nothing for one that only hides."""
    if character in _BLANK:
        return ""
    category = unicodedata.category(character)
    if category in ("Zs", "Zl", "Zp") or character in "\t\n\r\v\f\x1c\x1d\x1e\x1f\x85":
        return " "
    if category in ("Cc", "Cf", "Co", "Cs", "Cn", "Me"):
        return ""
    if "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef":
        return ""
    return character
