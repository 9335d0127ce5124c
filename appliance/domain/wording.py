"""The words of a text: a closed set of placeholders filled in, and the lint every wording must pass.

{A} agency, {N} reference, {P} non-emergency phone, {O} unit call sign, {911} how to reach 911, {S} the
scores that are to be confirmed. Nothing else is filled in, so no word a resident or a feed supplies can ever
reach a text unseen.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from anyascii import anyascii

from appliance.domain.records import EventKind
from modem import gsm7

LONGEST_REFERENCE = 13
LONGEST_UNIT = 6
MOST_PARTS = 3
"""SMS parts of a text with characters outside GSM-7, where the agency has agreed to pay for them."""
MOST_SCORES = 6
"""How many scores one text may give for the resident to confirm."""

NOTICE_KEYS: tuple[str, ...] = tuple(kind.value for kind in EventKind if kind is not EventKind.SURVEY)
QUESTION_TEXTS = (
    "q_overall",
    "q_listened",
    "q_respect",
    "q_fair",
    "q_informed",
    "q_resolved",
    "q_comment",
)
REPROMPT_KEYS: frozenset[str] = frozenset(
    {"reprompt", "reprompt_overall", "reprompt_yes_no", "reprompt_number", "several"}
)
"""What asks the open question once more; needed where a script's questions can lead there."""
CONVERSATION_KEYS = (*sorted(REPROMPT_KEYS), "thanks", "late")
ANSWER_KEYS = (
    "auto",
    "stop",
    "start",
    "wrong",
    "who",
    "status_open",
    "status_closed",
    "status_none",
    "callme",
)
TEXT_KEYS: tuple[str, ...] = (
    *NOTICE_KEYS,
    "delayed_first",
    *QUESTION_TEXTS,
    *CONVERSATION_KEYS,
    *ANSWER_KEYS,
)
"""Every text the box can send; a script may add its own question texts."""

FIRST_KEYS: frozenset[str] = frozenset({*NOTICE_KEYS, "delayed_first", "q_overall"} - {"delayed"})
"""The texts that may be the first to a number in 90 days (behaviour 3): `delayed` has its own first form."""


class Fault(NamedTuple):
    """One thing to correct, in the order of `ConfigError.faults`."""

    file: str
    key: str
    what: str
    remedy: str


class HasTexts(Protocol):
    """The one part of a policy that wording reads."""

    @property
    def texts(self) -> Mapping[Any, Mapping[str, str]]: ...


@dataclass(frozen=True, slots=True)
class TextValues:
    """What fills the placeholders; `reference`, `unit` and `scores` stay empty where a text has none."""

    agency: str
    phone: str
    text_to_911: bool
    reference: str = ""
    unit: str = ""
    scores: str = ""


_PLACEHOLDER = re.compile(r"\{(A|N|P|O|S|911)\}")
_ANY_PLACEHOLDER = re.compile(r"\{[^{}]*\}|[{}]")
_CALL_911: Mapping[str, tuple[str, str]] = {
    "en": ("call 911", "call or text 911"),
    "es": ("llame al 911", "llame o textee al 911"),
    "fr": ("appelez le 911", "appelez ou textez 911"),
}
_A_UNIT: Mapping[str, str] = {"en": "A unit", "es": "Unidad", "fr": "Unité"}

# GSM 03.38 lacks these, and one of them makes the whole text cost twice as much (UCS-2, 70 a part).
_TWINS = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u00b4\u0060", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2022", "-"),
        **dict.fromkeys("\u00a0\u2007\u2009\u202f\u200a\t", " "),
        **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad", ""),
        "\u2026": "...",
    }
)


def render(
    policy: HasTexts, key: str, language: str, values: TextValues, *, first_language: str = "en"
) -> str:
    """The text `key` in `language`, ready to send.

    Falls back to the agency's first language, then to English, where the language lacks the text;
    KeyError if none has it. Values are put in as they are, once: a brace inside one stays a brace.
    """
    for candidate in (language, first_language, "en"):
        text = policy.texts.get(candidate, {}).get(key)
        if text is not None:
            return fill(text, candidate, values)
    raise KeyError(key)


def fill(text: str, language: str, values: TextValues) -> str:
    """One wording with its placeholders filled, typographic marks and values brought down to GSM-7."""
    call_911 = _CALL_911.get(language, _CALL_911["en"])[values.text_to_911]
    # A longer call sign is most likely a name, and names are never texted.
    unit = values.unit if 0 < len(values.unit) <= LONGEST_UNIT else _A_UNIT.get(language, _A_UNIT["en"])
    by_name = {
        "A": values.agency,
        "N": values.reference,
        "P": values.phone,
        "O": unit,
        "S": values.scores,
        "911": call_911,
    }
    return _PLACEHOLDER.sub(lambda found: _plain(by_name[found[1]]), text.translate(_TWINS))


def notice_key(kind: EventKind, *, is_first: bool) -> str:
    """The text of a notice; `is_first` when this number has had no text of ours in 90 days."""
    return "delayed_first" if is_first and kind is EventKind.DELAYED else kind.value


def _plain(value: str) -> str:
    """A value from a feed or the box's config in GSM-7: one accent must not double what a text costs."""
    return "".join(
        char if gsm7.is_gsm7(char) else replacement(char)
        for char in unicodedata.normalize("NFC", value).translate(_TWINS)
    )


def replacement(char: str) -> str:
    """What to write instead of a character GSM-7 lacks: `á` -> `a`; empty where nothing comes near."""
    if unicodedata.category(char) in ("So", "Cs", "Co", "Cn"):
        return ""
    return "".join(c for c in anyascii(char) if gsm7.is_gsm7(c))


def near_remedy(key: str, known: list[str]) -> str:
    """The remedy beside an unknown name: the nearest known one, if any is near."""
    near = difflib.get_close_matches(key, known, n=1)
    return f"Did you mean {near[0]!r}?" if near else f"Remove it; the known ones are {', '.join(known)}"


_OPT_OUT = (
    r"stop|stopall|quit|end|revoke|opt[ -]?out|cancel|unsubscribe|alto|parar|cancelar|baja|arret|arretez"
)
_LINT: tuple[tuple[re.Pattern[str], str, str], ...] = (
    (
        re.compile(
            r"https?:|www\.|[a-z0-9-]\.(?:com|org|gov|net|edu|mil|us|info|io|ly|co|me|app|link|to|gl)\b|://"
        ),
        "holds a link ({})",
        "Take it out: residents are told that these texts never hold links. Write {{P}} instead",
    ),
    (re.compile(r"\S*@\S*"), "holds an e-mail address ({})", "Take it out; write {{P}} instead"),
    (
        re.compile(r"\b(?:victim|suspect|sospech|arrest|detenid|domesti|medic|medec)\w*"),
        "holds an incident word ({}) that harms on a lock screen",
        'Take it out; say "request" or give the reference {{N}}',
    ),
)
_NUMBER = re.compile(r"\+?\(?\d(?:(?:\) ?|[-. (])?\d)+")
_NOT_LIVE: Mapping[str, str] = {
    "en": r"\b(live|later|not monitored)\b",
    "es": r"\b(en vivo|luego)\b",
    "fr": r"\b(en direct|plus tard)\b",
}


def folded(text: str) -> str:
    """Case and accents away, for comparing words only: `Víctima` -> `victima`."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


@dataclass(frozen=True, slots=True)
class Measure:
    """What a wording costs with the longest values: characters (septets, or UTF-16 units) and SMS parts."""

    units: int
    parts: int
    is_gsm7: bool

    @property
    def room(self) -> int:
        """The characters of one part."""
        return gsm7.SINGLE[gsm7.Alphabet.GSM7 if self.is_gsm7 else gsm7.Alphabet.UCS2]


def measure(text: str, language: str, longest: TextValues) -> Measure:
    """What sending this wording takes at most."""
    found = gsm7.segments(fill(text, language, longest))
    return Measure(found.units, len(found.parts), found.alphabet is gsm7.Alphabet.GSM7)


def transliterated(text: str) -> str:
    """A wording with every character that GSM-7 lacks brought near: only for whoever asked for it."""
    return _plain(text)


def lint(
    text: str,
    key: str,
    language: str,
    longest: TextValues,
    *,
    file: str = "policy.toml",
    unicode: bool = False,
) -> list[Fault]:
    """What is wrong with one wording; `longest` holds the longest values it must still fit one part with.

    `unicode`: the agency pays for characters outside GSM-7; then a text may take `MOST_PARTS`.
    """
    place = f"texts.{language}.{key}"
    found = [
        *_placeholder_findings(text, key),
        *_word_findings(text, key),
        *_length_findings(text, language, longest, unicode=unicode),
    ]
    return [Fault(file, place, what, remedy) for what, remedy in found]


def _placeholder_findings(text: str, key: str) -> Iterator[tuple[str, str]]:
    if "{S}" in text and key != "several":
        yield "holds {S} where nothing is to be confirmed", "Only the text `several` repeats scores"
    for name in dict.fromkeys(_ANY_PLACEHOLDER.findall(_PLACEHOLDER.sub("", text))):
        yield f"unknown placeholder {name}", "Only {A}, {N}, {P}, {O}, {S} and {911} are filled in"


def _word_findings(text: str, key: str) -> Iterator[tuple[str, str]]:
    plain = folded(_PLACEHOLDER.sub("", text))
    for pattern, what, remedy in _LINT:
        found = pattern.search(plain)
        if found:
            yield what.format(found[0]), remedy.format()
    for number in _NUMBER.findall(plain):
        digits = re.sub(r"\D", "", number)
        if len(digits) >= 3 and digits not in ("911", "988"):
            yield f"holds a number ({number.strip()})", "Only {P}, 911 and 988 may stand in a text"
    # The confirmation of an opt-out speaks of it; in any other text such a word invites an opt-out.
    word = None if key == "stop" else re.search(rf"\b(?:{_OPT_OUT})\b(?!=)", plain)
    if word:
        yield (
            f"uses the opt-out word {word[0]!r} as plain language",
            "Say it otherwise; whoever repeats it is opted out. STOP=... is the only way to name it",
        )


def _length_findings(
    text: str, language: str, longest: TextValues, *, unicode: bool
) -> Iterator[tuple[str, str]]:
    written = _PLACEHOLDER.sub("", text.translate(_TWINS))
    foreign = [char for char in dict.fromkeys(written) if not gsm7.is_gsm7(char)]
    if foreign and unicode:
        parts_taken = measure(text, language, longest).parts
        if parts_taken > MOST_PARTS:
            yield (
                f"takes {parts_taken} parts with the longest values",
                f"Shorten it to {MOST_PARTS} parts, or write it without {foreign[0]!r}",
            )
        return
    for char in foreign:
        instead = replacement(char)
        name = unicodedata.name(char, f"U+{ord(char):04X}").lower()
        remedy = f"Write {instead!r} instead, or choose another word" if instead else "Take it out"
        yield f"holds {char!r} ({name}), which GSM-7 lacks; the text would cost double", remedy
    if foreign:
        return
    septets = gsm7.septets(fill(text, language, longest))
    if septets > 160:
        yield (
            f"takes {septets} of 160 characters with the longest values",
            f"Shorten it by {septets - 160}; a text is one part",
        )


def first_text_gaps(text: str, key: str, language: str, *, several: bool) -> list[Fault]:
    """What behaviour 3 asks of the first text to a number and this wording lacks; none for other texts.

    `several`: the agency writes in more than one language, so the text must name another one.
    """
    if key not in FIRST_KEYS:
        return []
    demands = (
        ("{A}" in text, "who writes", "Begin with {A}:"),
        ("911" in text, "911", "Add {911}"),
        ("STOP=" in text, "how to opt out", "Add STOP=no texts, in the language of the text"),
        (
            re.search(_NOT_LIVE.get(language, _NOT_LIVE["en"]), folded(text)) is not None,
            "that nobody reads live",
            "Say that nobody reads replies live",
        ),
        (not several or re.search(r"\b[A-Z]{2}=", text) is not None, "the other language", "Add ES=Español"),
    )
    return [
        Fault(
            "policy.toml", f"texts.{language}.{key}", f"can be a first text and does not say {what}", remedy
        )
        for holds, what, remedy in demands
        if not holds
    ]


def parts(text: str) -> int:
    """How many SMS parts the text takes."""
    return len(gsm7.segments(text).parts)
