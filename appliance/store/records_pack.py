"""Everything the box holds about one call, redacted for a public records request.

Numbers stand as the start of their keyed hash, what was said in free words only as its length, sensitive
reasons as the neutral one; what was withheld is counted, and why.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Sequence

from appliance.clock import Instant, iso
from appliance.domain import reasons
from appliance.errors import Refused
from appliance.store import listings
from appliance.store import models as t

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\0", "＝", "＋", "－", "＠")
_CALL_COLUMNS = (
    "feed", "call_id", "received_at", "dispatched_at", "arrived_at", "closed_at", "reopened_at", "call_type",
    "priority", "disposition", "source", "beat", "district", "shift", "report_number", "report_status",
    "accepted_at", "updated_at",
)  # fmt: skip


def pack(call_id: str, now: Instant, *, full: bool) -> bytes:
    """A zip of one call's records; `full` (for the auditor alone) also opens a call an agency rule locks.

    Raises Refused for a call the box does not know, and for a locked one.
    """
    row = t.Incident.select().where(t.Incident.call_id == call_id).order_by(t.Incident.id.desc()).first()
    if row is None:
        raise Refused(f"No call {call_id} came from any feed.")
    if (row.locked is not None or row.sensitive) and not full:
        raise Refused(f"{reasons.NEUTRAL} Its records are given out by an auditor: --full --as NAME.")
    withheld: dict[str, int] = {}
    files = {
        "call.csv": _table(_CALL_COLUMNS, [[_shown(name, getattr(row, name)) for name in _CALL_COLUMNS]]),
        "decisions.csv": _decisions(row.id, withheld, full=full),
        "texts.csv": _texts(row.id),
        "replies.csv": _replies(row.id, withheld),
        "audit.csv": _audit(row.id, call_id),
    }
    files["README.txt"] = _readme(call_id, now, files, withheld)
    return _zipped(files)


def _decisions(incident_id: int, withheld: dict[str, int], *, full: bool) -> bytes:
    rows = []
    query = (
        t.Decision.select().where(t.Decision.incident == incident_id).order_by(t.Decision.at, t.Decision.id)
    )
    for d in query:
        code, sentence = listings.worded(d.reason, json.loads(d.details), sensitive=full)
        if code != d.reason:
            withheld["a reason that says something about a resident"] = (
                withheld.get("a reason that says something about a resident", 0) + 1
            )
        rows.append([iso(d.at), d.kind, _pseudonym(d.number_id), d.verdict, code, sentence, d.policy_id])
    return _table(("at", "event", "number", "decision", "reason", "sentence", "policy_version"), rows)


def _texts(incident_id: int) -> bytes:
    query = t.Message.select().where(t.Message.incident == incident_id).order_by(t.Message.id)
    columns = ("queued_at", "sent_at", "delivered_at", "number", "kind", "language", "state", "text")
    return _table(
        columns,
        [
            [iso(m.queued_at), iso(m.sent_at), iso(m.delivered_at), _pseudonym(m.number_id), m.kind,
             m.language, m.state, m.text]
            for m in query
        ],
    )  # fmt: skip


def _replies(incident_id: int, withheld: dict[str, int]) -> bytes:
    query = (
        t.Reply.select()
        .join(t.Conversation)
        .where(t.Conversation.incident == incident_id)
        .order_by(t.Reply.received_at, t.Reply.id)
    )
    rows = []
    for reply in query:
        if reply.score is None:
            withheld["what a resident wrote"] = withheld.get("what a resident wrote", 0) + 1
        rows.append(
            [iso(reply.received_at), _pseudonym(reply.number_id), reply.kind, reply.question or "",
             "" if reply.score is None else reply.score, len(reply.text)]
        )  # fmt: skip
    return _table(("received_at", "number", "kind", "question", "score", "characters"), rows)


def _audit(incident_id: int, call_id: str) -> bytes:
    objects = (call_id, f"incident:{incident_id}", f"call:{call_id}")
    query = t.Audit.select().where(t.Audit.object.in_(objects)).order_by(t.Audit.id)
    return _table(("at", "who", "act", "object"), [[iso(a.at), a.actor, a.action, a.object] for a in query])


def _readme(call_id: str, now: Instant, files: dict[str, bytes], withheld: dict[str, int]) -> bytes:
    lines = [
        f"Records of call {call_id}, made at {iso(now)}.",
        "",
        "A number stands as the start of its keyed hash: the same number has the same letters, and nobody",
        "can tell the number from them. Times are UTC.",
        "",
        "Withheld:",
        *([f"  {count} x {what}" for what, count in sorted(withheld.items())] or ["  nothing"]),
        "",
        "SHA-256 of each file:",
        *(f"  {hashlib.sha256(data).hexdigest()}  {name}" for name, data in files.items()),
    ]
    return ("\r\n".join(lines) + "\r\n").encode()


def _pseudonym(number_id: int | None) -> str:
    if number_id is None:
        return ""
    return f"number-{t.Number.get_by_id(number_id).digest[:10]}"


def _shown(name: str, value: object) -> object:
    return iso(value) if name.endswith("_at") and isinstance(value, int) else value


def _table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    text = io.StringIO(newline="")
    out = csv.writer(text)
    out.writerow(columns)
    for row in rows:
        out.writerow([_harmless(value) for value in row])
    return text.getvalue().encode("utf-8-sig")


def _harmless(value: object) -> object:
    """What a spreadsheet takes as text, not as a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _zipped(files: dict[str, bytes]) -> bytes:
    """The same bytes for the same content: names in order, no clock in it."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), files[name], zipfile.ZIP_DEFLATED)
    return made.getvalue()
