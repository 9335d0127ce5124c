"""Codes and their sentences."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from appliance.domain import reasons

SOURCE = Path(reasons.__file__).parents[1]


@pytest.mark.parametrize("code", sorted(reasons.SENTENCES))
def test_each_sentence_is_plain_and_ends(code: str) -> None:
    sentence = reasons.sentence(code, {"limit": 3, "days": 90, "calls": 5, "error": "busy."})
    assert sentence.endswith(".")
    assert "{" not in sentence


def test_every_reason_the_rules_give_has_a_sentence() -> None:
    given = set()
    for path in (SOURCE / "domain" / "eligibility.py", *(SOURCE / "flow").glob("*.py")):
        text = path.read_text(encoding="utf-8")
        given |= set(re.findall(r'(?:_refuse|_postpone)\("(\w+)"', text))
        given |= set(re.findall(r'Verdict\.\w+, "(\w+)"', text))
        given |= set(re.findall(r'_withdraw\(message, "(\w+)"', text))
    assert len(given) > 20
    assert given <= set(reasons.SENTENCES)


def test_an_unknown_code_is_a_fault() -> None:
    with pytest.raises(KeyError):
        reasons.sentence("because", {})


def test_what_says_something_about_a_resident_is_sensitive() -> None:
    assert {code for code in reasons.SENTENCES if reasons.is_sensitive(code)} == {
        "never_list", "sensitive", "never_history", "quiet_list", "minor", "anonymous", "do_not_text",
    }  # fmt: skip
