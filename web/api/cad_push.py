"""CAD pushes calls over HTTPS. They stand in the database before the answer goes out.

No session and no form: who pushes shows a token or a signature (docs/feeds.md).
"""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Any

from flask import Blueprint, abort, current_app, request
from werkzeug.exceptions import RequestEntityTooLarge

from appliance import clock
from appliance.clock import Instant
from appliance.config import Config, FeedConfig
from appliance.domain.records import AlarmLevel
from appliance.errors import ApplianceError
from appliance.feeds import push, registry
from appliance.feeds.base import MAX_BYTES, Batch, FeedFault
from appliance.flow import intake
from appliance.store import accounts, alarms, database, feed_sequences, heartbeats, numbers, policies

blueprint = Blueprint("cad_push", __name__)

JSON_TYPES = frozenset({"application/json", "application/x-ndjson", "application/eido+json"})

log = logging.getLogger(__name__)

Answer = tuple[dict[str, Any], int]


@blueprint.post("/api/feeds/<name>/calls")
def take(name: str) -> Answer:
    config: Config = current_app.config["AFTERCALL"]
    feed = next((f for f in config.feed if f.name == name and f.type == "push"), None)
    if feed is None:
        abort(404)
    now, address = clock.now(), request.remote_addr or "unknown"
    if accounts.is_throttled(address, now):
        return {"error": "Too many refused pushes from this address. Wait 15 minutes."}, 429
    body = _body()
    sender = _admitted(feed, body)
    if sender is None:
        with database.transaction():
            accounts.note_attempt(address, now)
        return {"error": "The token or the signature is not right."}, 401
    if request.mimetype not in JSON_TYPES:
        return {"error": "Send application/json, application/x-ndjson or application/eido+json."}, 415
    last = feed_sequences.last(name)
    if sender.sequence is not None and last is not None and sender.sequence <= last:
        _alarm(name, f"a push came again with the number {sender.sequence}; it was not taken", now)
        return {"error": f"The number {sender.sequence} is not above the last one.", "last": last}, 409
    _use_key(config)
    return _taken(feed, config, body, sender.sequence, last, now)


def _body() -> bytes:
    # Forms stay small; a push may be as large as a file.
    request.max_content_length = MAX_BYTES
    try:
        return request.get_data(cache=False)
    except RequestEntityTooLarge:
        abort(413)


def _admitted(feed: FeedConfig, body: bytes) -> push.Sender | None:
    assert feed.secret_file is not None  # config.load has seen to it
    try:
        key = push.secret(feed.secret_file)
    except FeedFault as fault:
        log.error("feed %s: %s", feed.name, fault)
        abort(503)
    given = push.Credentials(
        request.headers.get("Authorization", ""),
        request.headers.get(push.SEQUENCE_HEADER, ""),
        request.headers.get(push.SIGNATURE_HEADER, ""),
    )
    return push.admitted(given, body, key)


def _use_key(config: Config) -> None:
    """The key of the number table: as systemd hands it to this service, else beside the database."""
    handed = os.environ.get("CREDENTIALS_DIRECTORY")
    place = Path(handed) / "numbers.key" if handed else config.data_dir / "numbers.key"
    try:
        numbers.use_key(place if place.is_file() else config.data_dir / "numbers.key")
        numbers.check_key(place)
    except ApplianceError as error:
        log.error("pushed calls cannot be taken: %s (docs/install.md, pushed calls)", error)
        abort(503)


def _taken(
    feed: FeedConfig, config: Config, body: bytes, sequence: int | None, last: int | None, now: Instant
) -> Answer:
    settings = registry.settings_of(feed, config.agency.zone)
    source = f"push {sequence}" if sequence is not None else "push"
    batch = registry.parse(settings, body, source, now)
    if batch.refusal is not None:
        told = batch.refusal
        return {"error": f"{told.what}. {told.remedy}.", "reason": told.reason, "line": told.line}, 422
    counts = intake.accept(
        intake.Source(feed.name, source, batch.sha256, len(batch.rejects), len(batch.quarantined)),
        batch.taken,
        policies.current(),
        _own_numbers(),
        now,
        batch.quarantined,
    )
    with database.transaction():
        # Last: a push that was cut off is sent again with its number, and what was taken is known.
        if sequence is not None:
            feed_sequences.take(feed.name, sequence, now)
        details = {"last_seen": now, "silent": False, "path": "", "last_file": source}
        heartbeats.beat(f"feed:{feed.name}", "ok", now, details)
    if sequence is not None and last is not None and sequence > last + 1:
        _alarm(feed.name, f"pushes {last + 1} to {sequence - 1} never came", now)
    return _answer(batch, counts.accepted, counts.unchanged, sequence), 200


def _answer(batch: Batch, accepted: int, unchanged: int, sequence: int | None) -> dict[str, Any]:
    return {
        "accepted": accepted,
        "unchanged": unchanged,
        "rejected": [
            {"line": r.line, "column": r.column, "reason": r.reason, "remedy": r.remedy}
            for r in batch.rejects
        ],
        "quarantined": [{"line": row.line, "mark": row.mark} for row in batch.quarantined],
        "sequence": sequence,
    }


def _own_numbers() -> frozenset[str]:
    """The numbers of this box's own SIMs, as the worker read them."""
    return frozenset(str(beat.details["e164"]) for beat in heartbeats.every("number:"))


def _alarm(feed: str, sentence: str, now: Instant) -> None:
    with database.transaction():
        details = {"sentence": f"Feed {feed}: {sentence}"}
        alarms.raise_alarm("feed_sequence", AlarmLevel.AMBER, f"feed:{feed}", now, details=details)
