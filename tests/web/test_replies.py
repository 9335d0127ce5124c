"""The list of replies: what is no text has its own, and a text in pieces says so."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from appliance import clock
from appliance.clock import DAY, MINUTE
from appliance.store import database, fragments, policies
from appliance.store.accounts import Role
from tests.web import seed
from tests.web.conftest import Browser, signed_in
from web import words
from web.app import create_app

CONTROLS = re.compile(r"<form.*?</form>", re.DOTALL)


@pytest.fixture
def viewer(tmp_path: Path) -> Browser:
    """A box on which one of each kind came in, two texts in pieces among them."""
    config = seed.config(tmp_path)
    database.migrate(config.storage.path)
    policies.forget_loaded()
    now = clock.now()
    with database.connection(), database.transaction():
        seed.people(now)
        seed.policy(now)
        for n, kind in enumerate((*fragments.FILED, fragments.COPY, fragments.TEXT)):
            fragments.keep(
                fragments.NewFragment("sample-sim", f"{n}", "0102AB", f"name:SAMPLE{n}", kind, "", None), now
            )
        fragments.keep(
            fragments.NewFragment("sample-sim", "old", "0102AB", "name:OLD", "raw", "", None), now - 40 * DAY
        )
        number = seed.number(1)
        for text, effects in (
            ("It was [part missing]", ["part_missing"]),
            ("It was all good", ["part_missing", "rest_came"]),
        ):
            seed.reply(number, text, now - MINUTE, "other", effects=json.dumps(effects))
    return signed_in(create_app(config), Role.VIEWER)


def listed(browser: Browser, address: str) -> str:
    """The page without its filter, whose options hold every word."""
    answer = browser.get(address)
    assert answer.status_code == 200
    return CONTROLS.sub("", answer.text)


def test_all_that_is_no_text_is_listed_with_what_it_means(viewer: Browser) -> None:
    page = listed(viewer, "/replies?kind=filed")
    for n, kind in enumerate(fragments.FILED):
        assert words.FILED[kind] in page
        assert words.FILED_MEANINGS[kind] in page
        assert f"SAMPLE{n}" in page
    assert page.count("<tr data-key") == len(fragments.FILED)
    assert "OLD" not in page
    assert "0102AB" not in page
    assert "came again: 1." in page


@pytest.mark.parametrize("kind", fragments.FILED)
def test_each_kind_has_its_own_list(viewer: Browser, kind: str) -> None:
    page = listed(viewer, f"/replies?kind={kind}")
    assert page.count("<tr data-key") == 1
    assert words.FILED[kind] in page


@pytest.mark.parametrize("kind", ["", "copy", "text", "other", "stop"])
def test_among_the_replies_there_is_none(viewer: Browser, kind: str) -> None:
    assert "SAMPLE" not in listed(viewer, f"/replies?kind={kind}")


def test_a_text_in_pieces_says_what_is_missing_or_came_late(viewer: Browser) -> None:
    page = listed(viewer, "/replies")
    assert page.count("A part has not come.") == 1
    assert page.count("Its rest came later.") == 1


def test_every_kind_has_its_word() -> None:
    assert set(words.FILED) == set(words.FILED_MEANINGS) == set(fragments.FILED)
