"""How values are shown: times in the agency's zone, residents' words made inert."""

from __future__ import annotations

import re
import unicodedata
from zoneinfo import ZoneInfo

from flask import Flask
from markupsafe import Markup

from appliance.clock import Instant, iso, to_datetime
from web import words

_MARKS = 8
"""Combining marks a character may carry on screen; a flood of them paints over other lines."""

_KEPT_FORMAT = "\u200c\u200d"
"""Joiners that scripts and emoji need; every other format character can only mislead here."""


def clean(text: str | None) -> str:
    """A resident's words without what a screen could misread: controls, direction marks, mark floods.

    The stored text stays as it came. Autoescaping does the rest, in the template.
    """
    shown: list[str] = []
    marks = 0
    for character in text or "":
        category = unicodedata.category(character)
        if category.startswith("M"):
            marks += 1
            if marks > _MARKS:
                continue
        else:
            marks = 0
        if character == "\n":
            shown.append(character)
        elif category == "Cs" or (category in ("Cc", "Cf") and character not in _KEPT_FORMAT):
            shown.append(" " if category == "Cc" else "")
        else:
            shown.append(character)
    return re.sub(r"\n{3,}", "\n\n", "".join(shown))


def said(text: str | None) -> Markup:
    """A resident's words, isolated from the direction of the text around them."""
    return Markup('<bdi class="said">{}</bdi>').format(clean(text))


class Times:
    """Instants in one zone, as `<time>` elements a script can age."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone

    def moment(self, at: Instant | None) -> Markup:
        """Date, time and zone, in full."""
        return self._element(at, "%b %-d, %Y %H:%M %Z", "")

    def short(self, at: Instant | None) -> Markup:
        """Month, day and time; the zone stands in the head of the column and in the title."""
        return self._element(at, "%b %-d %H:%M", "")

    def clock(self, at: Instant | None) -> Markup:
        """Time of day with seconds and zone."""
        return self._element(at, "%H:%M:%S %Z", "")

    def age(self, at: Instant | None) -> Markup:
        """How long ago, kept up by the script; without one, the time of day with its zone."""
        return self._element(at, "%b %-d %H:%M %Z", " data-age")

    def zone_name(self, at: Instant) -> str:
        """The zone's abbreviation at that time."""
        return to_datetime(at).astimezone(self.zone).strftime("%Z")

    def _element(self, at: Instant | None, form: str, extra: str) -> Markup:
        if at is None:
            return Markup("—")
        local = to_datetime(at).astimezone(self.zone)
        full = local.strftime("%A, %B %-d, %Y, %H:%M:%S %Z")
        attributes = Markup(extra)
        return Markup('<time datetime="{}" title="{}"{}>{}</time>').format(
            iso(at), full, attributes, local.strftime(form)
        )


def percent(part: float | None) -> str:
    """A share as whole per cents."""
    return "—" if part is None else f"{round(part * 100)}%"


def score(mean: float | None) -> str:
    """A mean with one decimal; a dash where there are too few answers for one."""
    return "—" if mean is None else f"{mean:.1f}"


def telephone(e164: str) -> str:
    """A number as people dial it: (541) 555-0123."""
    area, exchange, line = e164[2:5], e164[5:8], e164[8:]
    return f"({area}) {exchange}-{line}" if e164.startswith("+1") and len(e164) == 12 else e164


def install(app: Flask, zone: ZoneInfo) -> None:
    """Makes the filters known to the templates."""
    times = Times(zone)
    app.jinja_env.filters |= {
        "said": said,
        "moment": times.moment,
        "short": times.short,
        "clock": times.clock,
        "age": times.age,
        "zone": times.zone_name,
        "percent": percent,
        "score": score,
        "telephone": telephone,
        "state": words.state,
        "tone": words.tone,
        "event": words.event,
    }
    app.jinja_env.globals["word"] = words.word
