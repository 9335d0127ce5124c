"""A prepared query answers as peewee's own would, each time with the values it is given."""

from __future__ import annotations

from pathlib import Path

import pytest
from peewee import IntegrityError, fn

from appliance.store.models import Incident as Call
from appliance.store.models import Number, Sim, Switch, Version
from appliance.store.prepared import Prepared, PreparedChange, bound

pytestmark = pytest.mark.usefixtures("box")


def number(digest: str, e164: str | None = None) -> int:
    return int(Number.create(digest=digest, e164=e164).id)


def test_rows_have_the_names_of_their_columns_and_follow_the_values() -> None:
    ids = [number(f"d{turn}", f"+1541555010{turn}") for turn in range(4)]
    query = Prepared(Number.select().where(Number.id > bound("after")).order_by(Number.id).limit(bound("n")))
    assert [(row.id, row.e164) for row in query.rows(after=ids[0], n=2)] == [
        (ids[1], "+15415550101"),
        (ids[2], "+15415550102"),
    ]
    assert [row.id for row in query.rows(after=ids[2], n=9)] == [ids[3]]
    assert list(query.rows(after=ids[3], n=9)) == []


def test_one_row_one_value_or_none() -> None:
    made = number("d0", "+15415550100")
    query = Prepared(Number.select(Number.id).where(Number.digest == bound("digest")))
    assert query.first(digest="d0").id == made
    assert query.scalar(digest="d0") == made
    assert query.exists(digest="d0")
    assert query.first(digest="other") is None
    assert query.scalar(digest="other") is None
    assert not query.exists(digest="other")
    assert Prepared(Number.select(fn.COUNT(Number.id))).scalar() == 1


def test_a_value_that_is_missing_is_a_mistake() -> None:
    with pytest.raises(KeyError, match="digest"):
        Prepared(Number.select().where(Number.digest == bound("digest"))).first()


def test_a_truth_value_comes_back_as_one_and_nothing_as_none() -> None:
    columns = {name: "" for name in Call._meta.fields if name not in ("id", "number")}
    flags = ("self_initiated", "reopened", "do_not_text", "sensitive", "anonymous", "minor")
    times = ("received_at", "rank", "accepted_at", "updated_at")
    Call.create(
        **{
            **columns,
            **dict.fromkeys(flags, True),
            **dict.fromkeys(times, 1),
            "text_ok": None,
            "minor": False,
        }
    )
    row = Prepared(Call.select()).first()
    assert (row.sensitive, row.minor, row.text_ok) == (True, False, None)
    assert type(row.sensitive) is bool


def test_a_change_names_its_columns_and_counts_its_rows() -> None:
    made = number("d0")
    change = PreparedChange(Number, (Number.id == bound("id")) & (Number.digest == bound("was")))
    assert change.execute({"e164": "+15415550100"}, id=made, was="d0") == 1
    assert change.execute({"digest": "d1", "e164": None}, id=made, was="d0") == 1
    assert change.execute({"e164": "+15415550101"}, id=made, was="d0") == 0
    row = Number.get_by_id(made)
    assert (row.digest, row.e164) == ("d1", None)


def test_an_insert_that_is_ignored_counts_nothing() -> None:
    query = Prepared(Sim.insert(sim=bound("sim"), first_seen_at=bound("now")).on_conflict_ignore())
    assert query.execute(sim="8901", now=1) == 1
    assert query.execute(sim="8901", now=2) == 0
    assert Sim.get_by_id("8901").first_seen_at == 1


def test_a_row_made_twice_is_refused_as_before() -> None:
    number("d0")
    with pytest.raises(IntegrityError):
        number("d0")
    with pytest.raises(IntegrityError):
        Version.create(digest="x", incident=99, accepted_at=1)


def test_a_row_gets_its_id_and_its_defaults() -> None:
    first, second = number("d0"), number("d1")
    assert second == first + 1
    switch = Switch.create(name="hold", value="null", changed_at=1, changed_by="test")
    assert Switch.get_by_id("hold").changed_at == switch.changed_at


def test_the_same_query_serves_one_database_after_another(box: Path, tmp_path: Path) -> None:
    from appliance.store import database

    query = Prepared(Number.select(fn.COUNT(Number.id)))
    number("d0")
    assert query.scalar() == 1
    database.disconnect()
    database.migrate(tmp_path / "other.db")
    with database.connection():
        assert query.scalar() == 0
