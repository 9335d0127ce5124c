"""Filling in a text, and the lint that keeps a wording from harming or costing."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.domain import policy, wording
from appliance.domain.records import EventKind
from appliance.domain.wording import TextValues
from modem import gsm7

VALUES = TextValues(
    agency="Sample PD", reference="25-004711", phone="541-555-0100", unit="2B12", text_to_911=False
)
LONGEST = TextValues(
    agency="A" * 24, reference="8" * 13, phone="541-555-0100", unit="U" * 6, text_to_911=True
)
SHIPPED = [
    pytest.param(language, key, id=f"{language}-{key}")
    for language, texts in policy.default().texts.items()
    for key in texts
]


@dataclass(frozen=True)
class Texts:
    texts: dict[str, dict[str, str]] = field(default_factory=dict)


@pytest.mark.parametrize(
    ("key", "language", "text"),
    [
        (
            "received",
            "en",
            "Sample PD: We have your request, ref 25-004711. Nobody reads replies live. "
            "Emergency or worse: call 911. STOP=no texts ES=Español",
        ),
        (
            "delayed",
            "en",
            "Sample PD: Ref 25-004711 is still open. Urgent calls go first; we cannot say when. "
            "If it gets worse call 911. Questions: 541-555-0100",
        ),
        (
            "closed",
            "en",
            "Sample PD: Ref 25-004711 is closed. To add: 541-555-0100. Nobody reads replies live. "
            "Emergency: call 911. STOP=no texts ES=Español",
        ),
        (
            "q_overall",
            "en",
            "Sample PD: How satisfied are you with how we handled your request? Reply 1-5 (5=very). "
            "Staff read later. Emergency: 911. STOP=no texts ES=Español",
        ),
        (
            "auto",
            "en",
            "Sample PD: Automatic reply. Nobody reads this live. Emergency: call 911. "
            "To talk to someone: 988. Other: 541-555-0100. STOP=no texts",
        ),
        (
            "stop",
            "en",
            "Sample PD: No more texts from us. This does not cancel your request; "
            "for that call 541-555-0100. Emergency: call 911.",
        ),
        ("wrong", "en", "Sample PD: Sorry. We will not text this number again. Emergency: call 911."),
        ("wrong", "es", "Sample PD: Disculpe. Ya no escribiremos a este tel. Emergencia: llame al 911."),
        (
            "report_assigned",
            "es",
            "Sample PD: Ref 25-004711 con 2B12. Datos: 541-555-0100. Nadie lee en vivo. "
            "Emergencia: llame al 911. STOP=no textos EN=English",
        ),
    ],
)
def test_the_shipped_texts_read_as_decided(key: str, language: str, text: str) -> None:
    assert wording.render(policy.default(), key, language, VALUES) == text


@pytest.mark.parametrize("text_to_911", [True, False])
@pytest.mark.parametrize(("language", "key"), SHIPPED)
def test_every_shipped_text_is_one_part_at_its_longest(language: str, key: str, text_to_911: bool) -> None:
    values = TextValues("A" * 24, "541-555-0100", text_to_911, "8" * 13, "U" * 6, "5 5 5 5 5 5")
    text = wording.render(policy.default(), key, language, values)
    assert gsm7.is_gsm7(text)
    assert len(gsm7.segments(text).parts) == 1
    assert "{" not in text
    assert wording.lint(policy.default().texts[language][key], key, language, values) == []  # type: ignore[index]


@pytest.mark.parametrize("language", ["en", "es", "fr"])
def test_every_language_has_every_text(language: str) -> None:
    assert set(policy.default().texts[language]) == set(wording.TEXT_KEYS)  # type: ignore[index]


@pytest.mark.parametrize("key", sorted(wording.FIRST_KEYS))
@pytest.mark.parametrize("language", ["en", "es", "fr"])
def test_any_text_that_may_come_first_says_who_stop_911_and_that_nobody_reads(
    language: str, key: str
) -> None:
    text = policy.default().texts[language][key]  # type: ignore[index]
    assert wording.first_text_gaps(text, key, language, several=True) == []


@pytest.mark.parametrize(
    ("language", "text_to_911", "phrase"),
    [
        ("en", False, "call 911"),
        ("en", True, "call or text 911"),
        ("es", False, "llame al 911"),
        ("es", True, "llame o textee al 911"),
        ("fr", False, "appelez le 911"),
        ("fr", True, "appelez ou textez 911"),
    ],
)
def test_how_to_reach_911_follows_language_and_agency(language: str, text_to_911: bool, phrase: str) -> None:
    values = TextValues("Sample PD", "541-555-0100", text_to_911)
    assert wording.fill("{911}", language, values) == phrase


@pytest.mark.parametrize(
    ("language", "first_language", "text"),
    [("es", "en", "hola"), ("fr", "es", "hola"), ("fr", "fr", "hello")],
    ids=["its own", "the agency's first", "English last"],
)
def test_a_missing_text_falls_back(language: str, first_language: str, text: str) -> None:
    texts = Texts({"en": {"x": "hello"}, "es": {"x": "hola"}})
    assert wording.render(texts, "x", language, VALUES, first_language=first_language) == text


def test_the_fallback_is_filled_in_its_own_language() -> None:
    assert wording.render(Texts({"en": {"x": "{911}"}}), "x", "es", VALUES) == "call 911"


def test_a_text_nobody_has_is_an_error() -> None:
    with pytest.raises(KeyError, match="nothing"):
        wording.render(policy.default(), "nothing", "en", VALUES)


@pytest.mark.parametrize(
    ("text", "values", "filled"),
    [
        ("{A}", TextValues("{N} {911}", "", False, "1"), "{N} {911}"),
        ("{A.__class__} {0} %s", VALUES, "{A.__class__} {0} %s"),
        ("{A}", TextValues("Cañon “City” – PD", "", False), 'Cañon "City" - PD'),
        ("{A}", TextValues("Sátántangó PD", "", False), "Satantango PD"),
        ("{A}", TextValues("Cafe\u0301 PD", "", False), "Café PD"),
        ("{A}", TextValues("PD \U0001f46e", "", False), "PD "),
        ("don’t – “wait”…", VALUES, 'don\'t - "wait"...'),
        ("{O}", TextValues("", "", False, unit="J SMITH"), "A unit"),
        ("{O}", TextValues("", "", False, unit=""), "A unit"),
        ("{O}", TextValues("", "", False, unit="2B1234"), "2B1234"),
        ("a\u00a0b\u200bc", VALUES, "a bc"),
    ],
    ids=[
        "a brace in a value stays",
        "no format language",
        "typography in a value",
        "letters GSM-7 lacks",
        "a composed accent",
        "an emoji",
        "typography in a text",
        "a name is no call sign",
        "no call sign",
        "a call sign",
        "invisible characters",
    ],
)
def test_values_go_in_literally_and_in_gsm7(text: str, values: TextValues, filled: str) -> None:
    assert wording.fill(text, "en", values) == filled


@settings(deadline=None)  # the machine may be busy; time is not what is tested
@given(st.text(max_size=40))
def test_no_value_ever_leaves_the_alphabet(value: str) -> None:
    assert gsm7.is_gsm7(wording.fill("{A}{N}{P}", "en", TextValues(value, value, False, value)))


@pytest.mark.parametrize(
    ("text", "what", "remedy"),
    [
        ("{A}: see https://example.org/x", "link", "{P}"),
        ("{A}: see www.example", "link", "{P}"),
        ("{A}: see example.gov", "link", "{P}"),
        ("{A}: see bit.ly/x", "link", "{P}"),
        ("{A}: write to desk@example", "e-mail", "{P}"),
        ("{A}: for victims", "incident word (victims)", "request"),
        ("{A}: Suspect seen", "incident word (suspect)", "request"),
        ("{A}: an ARREST", "incident word (arrest)", "request"),
        ("{A}: domestic matter", "incident word (domestic)", "request"),
        ("{A}: medical help", "incident word (medical)", "request"),
        ("{A}: la victima", "incident word (victima)", "request"),
        ("{A}: el sospechoso", "incident word (sospechoso)", "request"),
        ("{A}: fue arrestado", "incident word (arrestado)", "request"),
        ("{A}: un detenido", "incident word (detenido)", "request"),
        ("{A}: violencia doméstica", "incident word (domestica)", "request"),
        ("{A}: call 541-555-0100", "number (541-555-0100)", "{P}"),
        ("{A}: call (541) 555 0100", "number ((541) 555 0100)", "{P}"),
        ("{A}: text 12345", "number (12345)", "{P}"),
        ("{A}: call 112", "number (112)", "{P}"),
        ("{A}: to end the survey reply 0", "opt-out word 'end'", "otherwise"),
        ("{A}: to cancel: {P}", "opt-out word 'cancel'", "otherwise"),
        ("{A}: stop and read", "opt-out word 'stop'", "otherwise"),
        ("{A}: prioridad baja", "opt-out word 'baja'", "otherwise"),
        ("{A}: {N} for {NAME}", "unknown placeholder {NAME}", "{911}"),
        ("{A}: {a}", "unknown placeholder {a}", "{911}"),
        ("{A}: {A", "unknown placeholder {", "{911}"),
        ("{A}: más", "'á' (latin small letter a with acute)", "'a'"),
        ("{A}: ça va", "'ç' (latin small letter c with cedilla)", "'c'"),
        ("{A}: ok \U0001f44d", "'\U0001f44d' (thumbs up sign)", "Take it out"),
        ("{A}: " + "x" * 135, "takes 161 of 160", "by 1"),
        ("{A}: [[" + "x" * 131, "takes 161 of 160", "by 1"),
        ("{911}" + "x" * 145, "takes 161 of 160", "by 1"),
    ],
)
def test_the_lint_names_what_is_wrong_and_the_remedy(text: str, what: str, remedy: str) -> None:
    faults = wording.lint(text, "closed", "en", LONGEST)
    assert len(faults) == 1
    assert (faults[0].file, faults[0].key) == ("policy.toml", "texts.en.closed")
    assert what in faults[0].what
    assert remedy in faults[0].remedy


@pytest.mark.parametrize(
    "text",
    [
        "{A}: Reply 1-5 (1=not at all, 5=very), or 0 to skip. STOP=no texts",
        "{A}: 1, 2, 3, 4 or 5",
        "{A}: Emergency: 911. To talk: 988. {P}",
        "{A}: don’t wait – {911}",
        "{A}: ¿Qué tal? ñ ü é ¡",
        "x" * 160,
        "{A}: We send no bill. The weekend is long",
    ],
)
def test_the_lint_lets_a_harmless_text_pass(text: str) -> None:
    assert wording.lint(text, "closed", "en", LONGEST) == []


def test_only_the_opt_out_confirmation_may_speak_of_cancelling() -> None:
    text = "{A}: This does not cancel your request."
    assert wording.lint(text, "stop", "en", LONGEST) == []
    assert len(wording.lint(text, "closed", "en", LONGEST)) == 1


@pytest.mark.parametrize(
    ("text", "several", "missing"),
    [
        ("Ref {N} is closed.", True, 5),
        ("Ref {N} is closed.", False, 4),
        ("{A}: Nobody reads this live. {911}. STOP=no texts", True, 1),
        ("{A}: Nobody reads this live. {911}. STOP=no texts", False, 0),
        ("{A}: Not monitored. 911. STOP=no texts ES=Español", True, 0),
    ],
)
def test_a_first_texts_duties_are_counted(text: str, several: bool, missing: int) -> None:
    assert len(wording.first_text_gaps(text, "closed", "en", several=several)) == missing
    assert wording.first_text_gaps(text, "thanks", "en", several=several) == []


@pytest.mark.parametrize(
    ("kind", "is_first", "key"),
    [
        (EventKind.DELAYED, True, "delayed_first"),
        (EventKind.DELAYED, False, "delayed"),
        (EventKind.CLOSED, True, "closed"),
        (EventKind.CLOSED, False, "closed"),
    ],
)
def test_a_delay_told_to_a_stranger_has_its_own_words(kind: EventKind, is_first: bool, key: str) -> None:
    assert wording.notice_key(kind, is_first=is_first) == key
