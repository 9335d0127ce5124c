"""The catalogue of the pages' words: stdlib gettext, English where there is none."""

from __future__ import annotations

import gettext as stdlib_gettext
from functools import cache
from pathlib import Path

CATALOGUES = Path(__file__).with_name("translations")


@cache
def translations(language: str = "en") -> stdlib_gettext.NullTranslations:
    """The catalogue of a language, or the empty one: then every text is shown as it stands."""
    return stdlib_gettext.translation("web", CATALOGUES, languages=[language], fallback=True)


def gettext(text: str) -> str:
    """A visible text in the language of the pages."""
    return translations().gettext(text)


def ngettext(one: str, many: str, count: int) -> str:
    """A visible text that counts."""
    return translations().ngettext(one, many, count)
