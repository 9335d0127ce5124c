from __future__ import annotations

from pathlib import Path

import pytest

from appliance.clock import Instant
from appliance.store import audit, database
from appliance.store import models as t

NOW: Instant = 1_800_000_000_000


def three_acts() -> None:
    for number in range(3):
        with database.transaction():
            audit.record("sample", "hold", f"box:{number}", {"reason": "drill", "n": number}, NOW + number)


def test_a_chain_that_was_only_written_to_is_whole(box: Path) -> None:
    assert audit.verify() is None
    three_acts()
    assert audit.verify() is None
    assert next(row.previous for row in t.Audit.select().order_by(t.Audit.id)) == audit.GENESIS


def test_an_act_without_a_transaction_is_refused(box: Path) -> None:
    with pytest.raises(RuntimeError):
        audit.record("sample", "hold", "box", {}, NOW)
    assert t.Audit.select().count() == 0


def test_an_act_undone_takes_its_row_with_it(box: Path) -> None:
    def undone() -> None:
        with database.transaction():
            audit.record("sample", "hold", "box", {}, NOW)
            raise LookupError("the act failed")

    with pytest.raises(LookupError):
        undone()
    assert t.Audit.select().count() == 0


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("details", "{}"),
        ("actor", "somebody"),
        ("action", "release"),
        ("object", "box:9"),
        ("at", 1),
        ("previous", "0" * 64),
        ("digest", "f" * 64),
    ],
)
def test_a_changed_row_breaks_the_chain_there(box: Path, column: str, value: object) -> None:
    three_acts()
    t.Audit.update(**{column: value}).where(t.Audit.id == 2).execute()
    assert audit.verify() == 2


def test_a_row_taken_out_breaks_the_chain_after_it(box: Path) -> None:
    three_acts()
    t.Audit.delete().where(t.Audit.id == 2).execute()
    assert audit.verify() == 3


@pytest.mark.parametrize(
    "text", ["a\0b", "half \ud83d", "ñ ￼ 日本"], ids=["nul", "lone surrogate", "letters"]
)
def test_any_text_is_kept_and_stays_verifiable(box: Path, text: str) -> None:
    with database.transaction():
        audit.record(text, text, text, {"reason": text}, NOW)
    assert audit.verify() is None
    assert "\0" not in t.Audit.get().actor
