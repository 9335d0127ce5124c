"""Calls that CAD pushes: who may, what is answered, and that they stand in the database before it is."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from appliance import clock
from appliance.clock import iso
from appliance.config import FeedConfig
from appliance.feeds import push
from appliance.store import database, numbers, policies
from appliance.store import models as t
from tests.feeds.test_eido import SAMPLE as EIDO
from tests.web import seed
from web.app import create_app

SECRET = "a sample secret of more than thirty-two letters"
PATH = "/api/feeds/cadpush/calls"


def call(call_id: str = "P-1", **more: Any) -> dict[str, Any]:
    at = iso(clock.now() - 60_000)
    return {"call_id": call_id, "received_at": at, "call_type": "NOISE", "phone": "541-555-0123", **more}


@pytest.fixture
def box(tmp_path: Path, sample_box: Path) -> Iterator[FlaskClient]:
    config = seed.config(tmp_path)
    shutil.copyfile(sample_box, config.storage.path)
    secret = tmp_path / "push.secret"
    secret.write_text(SECRET + "\n")
    secret.chmod(0o640)
    feeds = (
        FeedConfig(name="cadpush", type="push", secret_file=secret),
        FeedConfig(name="eidopush", type="push", secret_file=secret, preset="eido"),
        FeedConfig(name="cad", type="csv", path=tmp_path / "cad"),
    )
    policies.forget_loaded()
    app = create_app(config.model_copy(update={"feed": feeds}))
    with database.connection():
        numbers.make_key(config.data_dir / "numbers.key")
        t.Switch.delete().where(t.Switch.name == "secret:number_key").execute()
    yield app.test_client()
    database.disconnect()


def token(value: str = SECRET) -> dict[str, str]:
    return {"Authorization": f"Bearer {value}"}


def signed(sequence: int, body: bytes, key: str = SECRET) -> dict[str, str]:
    number = str(sequence)
    return {
        push.SEQUENCE_HEADER: number,
        push.SIGNATURE_HEADER: push.signature(number, body, key.encode()),
    }


def post(
    box: FlaskClient, value: Any, headers: dict[str, str], path: str = PATH, kind: str = "application/json"
) -> Any:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return box.post(path, data=body, headers=headers, content_type=kind)


def calls() -> list[str]:
    with database.connection():
        query = t.Incident.select(t.Incident.call_id).where(t.Incident.feed.in_(("cadpush", "eidopush")))
        return sorted(row.call_id for row in query)


def alarms() -> list[str]:
    with database.connection():
        return [row.details for row in t.Alarm.select().where(t.Alarm.code == "feed_sequence")]


def test_pushed_calls_stand_before_the_answer(box: FlaskClient) -> None:
    answer = post(box, [call(), call("P-2")], token())
    assert (answer.status_code, answer.json["accepted"]) == (200, 2)
    assert calls() == ["P-1", "P-2"]


def test_the_same_body_twice_changes_nothing(box: FlaskClient) -> None:
    body = json.dumps(call()).encode()
    assert post(box, body, token()).json["accepted"] == 1
    again = post(box, body, token()).json
    assert (again["accepted"], again["unchanged"]) == (0, 1)


REFUSED: tuple[tuple[str, dict[str, str]], ...] = (
    ("nothing shown", {}),
    ("another token", token("x" * 40)),
    ("another scheme", {"Authorization": f"Basic {SECRET}"}),
    ("a number without a signature", {push.SEQUENCE_HEADER: "1"}),
    ("a signature without a number", {push.SIGNATURE_HEADER: "sha256=00"}),
    ("a token beside a wrong signature", {**token(), push.SEQUENCE_HEADER: "1", push.SIGNATURE_HEADER: "x"}),
    ("letters that are none", {"Authorization": "Bearer caf\xe9"}),
)


@pytest.mark.parametrize("headers", [row[1] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_without_the_secret_nothing_is_taken(box: FlaskClient, headers: dict[str, str]) -> None:
    answer = post(box, call(), headers)
    assert (answer.status_code, calls()) == (401, [])
    assert "token or the signature" in answer.json["error"]


def test_ten_wrong_ones_stop_the_address_also_with_the_right_one(box: FlaskClient) -> None:
    for _ in range(10):
        post(box, call(), token("wrong" * 9))
    assert post(box, call(), token()).status_code == 429


def test_a_signed_push_counts_up(box: FlaskClient) -> None:
    for sequence in (7, 8):
        body = json.dumps(call(f"P-{sequence}")).encode()
        assert post(box, body, signed(sequence, body)).json["sequence"] == sequence
    body = json.dumps(call("P-9")).encode()
    again = post(box, body, signed(8, body))
    assert (again.status_code, again.json["last"], calls()) == (409, 8, ["P-7", "P-8"])
    assert len(alarms()) == 1
    late = post(box, body, signed(12, body))
    assert (late.status_code, calls()) == (200, ["P-7", "P-8", "P-9"])
    assert "9 to 11 never came" in "".join(alarms())


@pytest.mark.parametrize("sequence", ["-1", "1.0", "٣", "9" * 30, ""])
def test_a_number_that_is_none_is_refused(box: FlaskClient, sequence: str) -> None:
    body = json.dumps(call()).encode()
    headers = {push.SIGNATURE_HEADER: push.signature(sequence, body, SECRET.encode())}
    if sequence.isascii():
        headers[push.SEQUENCE_HEADER] = sequence
    assert post(box, body, headers).status_code == 401


def test_a_signature_is_over_the_body_and_the_number(box: FlaskClient) -> None:
    body = json.dumps(call()).encode()
    assert post(box, body + b" ", signed(1, body)).status_code == 401
    moved = {**signed(1, body), push.SEQUENCE_HEADER: "2"}
    assert post(box, body, moved).status_code == 401


@pytest.mark.parametrize("path", ["/api/feeds/cad/calls", "/api/feeds/nothing/calls"])
def test_what_is_no_push_feed_is_not_there(box: FlaskClient, path: str) -> None:
    assert post(box, call(), token(), path).status_code == 404


BODIES: tuple[tuple[str, bytes, int], ...] = (
    ("cut short", b'{"call_id": "1"', 422),
    ("nothing", b"", 422),
    ("no object", b"5", 422),
    ("no phone", b'{"call_id": "1", "received_at": "2026-01-01 10:00", "call_type": "X"}', 422),
    ("too large", b" " * (5 * 1024 * 1024 + 1), 413),
)


@pytest.mark.parametrize(("body", "code"), [row[1:] for row in BODIES], ids=[row[0] for row in BODIES])
def test_a_body_that_cannot_be_read_takes_nothing(box: FlaskClient, body: bytes, code: int) -> None:
    assert post(box, body, token()).status_code == code
    assert calls() == []


def test_one_bad_record_is_listed_and_the_others_are_taken(box: FlaskClient) -> None:
    marked = call("P-3", disposition="OLN/S1234567")
    answer = post(box, [call(), call("P-2", received_at="yesterday"), marked], token()).json
    assert (answer["accepted"], answer["rejected"][0]["line"], answer["rejected"][0]["reason"]) == (
        1,
        2,
        "time_unreadable",
    )
    assert answer["quarantined"] == [{"line": 3, "mark": "OLN"}]
    with database.connection():
        assert [row.call_id for row in t.Quarantined.select()] == ["P-3"]


def test_an_eido_is_taken_where_the_feed_says_so(box: FlaskClient) -> None:
    path = "/api/feeds/eidopush/calls"
    answer = post(box, EIDO, token(), path, "application/eido+json")
    assert (answer.status_code, calls()) == (200, ["26-1"])
    assert post(box, EIDO, token(), path, "text/xml").status_code == 415


def test_the_feed_is_alive_from_then_on(box: FlaskClient) -> None:
    post(box, call(), token())
    with database.connection():
        row = t.Heartbeat.get(t.Heartbeat.name == "feed:cadpush")
    assert json.loads(row.details)["silent"] is False


def test_forms_stay_small_and_keep_their_token(box: FlaskClient) -> None:
    assert box.post("/login", data={"name": "x" * 100_000}).status_code in (400, 413)


def test_a_secret_others_can_read_serves_nobody(box: FlaskClient, tmp_path: Path) -> None:
    (tmp_path / "push.secret").chmod(0o644)
    assert post(box, call(), token()).status_code == 503
    assert calls() == []
