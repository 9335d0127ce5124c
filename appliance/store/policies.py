"""The agency's rules and texts: every version ever in force, whole."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from appliance.clock import Instant
from appliance.domain import policy as policies
from appliance.domain.policy import Policy
from appliance.store import models
from appliance.store.prepared import Prepared


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """A policy with the id that decisions point at."""

    id: int
    policy: Policy
    imported_at: Instant
    imported_by: str


_LATEST = Prepared(models.Policy.select(models.Policy.id).order_by(models.Policy.id.desc()).limit(1))

_loaded: dict[int, PolicyVersion] = {}


def add(document: Mapping[str, Any], by: str, now: Instant) -> int:
    """A new version, in force at once. The document must have passed `domain.policy.load`."""
    text = json.dumps(document, sort_keys=True, ensure_ascii=False)
    row = models.Policy.create(
        document=text, digest=hashlib.sha256(text.encode()).hexdigest(), imported_at=now, imported_by=by
    )
    return int(row.id)


def current() -> PolicyVersion:
    """The policy in force. `init` makes the first; without one the box has no rules and must not text."""
    latest = _LATEST.scalar()
    if latest is None:
        raise LookupError("the database holds no policy; run `aftercall init`")
    return version(int(latest))


def version(policy_id: int) -> PolicyVersion:
    """One version, parsed once a process: versions never change."""
    if policy_id not in _loaded:
        row = models.Policy.get_by_id(policy_id)
        # Over the shipped default: a key that a later release added has its default in older versions.
        parsed = policies.load(policies.merge(policies.default_document(), json.loads(row.document)))
        _loaded[policy_id] = PolicyVersion(policy_id, parsed, row.imported_at, row.imported_by)
    return _loaded[policy_id]


def document(policy_id: int | None = None) -> dict[str, Any]:
    """The document of a version (the one in force without an id), for export and merge."""
    row = models.Policy.get_by_id(policy_id if policy_id is not None else current().id)
    parsed: dict[str, Any] = json.loads(row.document)
    return parsed


def listed(limit: int) -> list[tuple[int, Instant, str]]:
    """The latest versions: id, when it came into force, by whom; newest first."""
    rows = models.Policy.select().order_by(models.Policy.id.desc()).limit(limit)
    return [(int(row.id), int(row.imported_at), str(row.imported_by)) for row in rows]


def whole_document(policy_id: int | None = None) -> dict[str, Any]:
    """The document of a version as it counts: keys a later release added have their default."""
    return policies.merge(policies.default_document(), document(policy_id))


def forget_loaded() -> None:
    """Drops the parsed versions, when the process turns to another database."""
    _loaded.clear()
