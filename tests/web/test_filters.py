from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from web.filters import Times, clean, percent, said, score

AT = 1_800_000_000_000


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (None, ""),
        ("plain ñ 日本 👍", "plain ñ 日本 👍"),
        ("two\nlines", "two\nlines"),
        ("a\n\n\n\n\nb", "a\n\nb"),
        ("a\x00\x07\x1b[31mb", "a   [31mb"),
        ("\u202aa\u202bb\u202cc\u202dd\u202ee", "abcde"),
        ("\u2066a\u2067b\u2068c\u2069", "abc"),
        ("zero\u200bwidth\ufeff\u2060\u00ad", "zerowidth"),
        ("\u200e\u200fmarks", "marks"),
        ("half \ud83d", "half "),
        ("family 👨\u200d👩\u200d👧", "family 👨\u200d👩\u200d👧"),
        ("x" + "\u0301" * 500, "x" + "\u0301" * 8),
        ("e\u0301" * 20, "e\u0301" * 20),
    ],
    ids=lambda value: ascii(value)[:24],
)
def test_residents_words_are_shown_inert(text: str | None, shown: str) -> None:
    assert clean(text) == shown


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</bdi><b>", "{{ 7*7 }}", "&lt;"]
)
def test_residents_words_are_isolated_and_escaped(text: str) -> None:
    html = str(said(text))
    inner = html.removeprefix('<bdi class="said">').removesuffix("</bdi>")
    assert html != inner
    assert "<" not in inner and '"' not in inner


def test_times_name_their_zone_and_carry_the_instant() -> None:
    times = Times(ZoneInfo("America/Los_Angeles"))
    assert str(times.moment(AT)) == (
        '<time datetime="2027-01-15T08:00:00.000Z" title="Friday, January 15, 2027, 00:00:00 PST">'
        "Jan 15, 2027 00:00 PST</time>"
    )
    assert ">Jan 15 00:00<" in times.short(AT)
    assert " data-age>" in times.age(AT)
    assert times.zone_name(AT + 180 * 86_400_000) == "PDT"
    assert times.moment(None) == "—"


@pytest.mark.parametrize(("value", "shown"), [(None, "—"), (0.0, "0%"), (0.456, "46%"), (1.0, "100%")])
def test_shares(value: float | None, shown: str) -> None:
    assert percent(value) == shown


@pytest.mark.parametrize(("value", "shown"), [(None, "—"), (4.0, "4.0"), (3.96, "4.0"), (1.25, "1.2")])
def test_scores(value: float | None, shown: str) -> None:
    assert score(value) == shown
