"""Policies that wait for a second person; at most one waits, and none of it is in force."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from appliance.clock import Instant
from appliance.errors import Refused
from appliance.store import audit, policies
from appliance.store.models import Proposal


@dataclass(frozen=True, slots=True)
class ProposalView:
    """A policy that was proposed; `outcome` is None while it waits, else approved, withdrawn or replaced."""

    id: int
    base_id: int
    document: Mapping[str, Any]
    loosens: Sequence[str]
    proposed_at: Instant
    proposed_by: str
    decided_at: Instant | None
    decided_by: str | None
    outcome: str | None


def waiting() -> ProposalView | None:
    """The proposal that waits, if there is one."""
    row = Proposal.select().where(Proposal.outcome.is_null()).order_by(Proposal.id.desc()).first()
    return None if row is None else _view(row)


def get(proposal_id: int) -> ProposalView | None:
    """One proposal."""
    row = Proposal.get_or_none(Proposal.id == proposal_id)
    return None if row is None else _view(row)


def propose(
    document: Mapping[str, Any], base_id: int, loosens: Sequence[str], by: str, now: Instant
) -> tuple[int, int | None]:
    """Puts a policy up for approval; returns its id, and that of the one it replaces."""
    before = waiting()
    if before is not None:
        _end(before.id, "replaced", by, now)
    text = json.dumps(document, sort_keys=True, ensure_ascii=False)
    row = Proposal.create(
        base=base_id,
        document=text,
        digest=hashlib.sha256(text.encode()).hexdigest(),
        loosens=json.dumps(list(loosens), ensure_ascii=False),
        proposed_at=now,
        proposed_by=by,
    )
    details = {"base": base_id, "loosens": len(loosens)}
    audit.record(by, "policy-propose", f"proposal:{row.id}", details, now)
    return int(row.id), None if before is None else before.id


def approve(proposal_id: int, by: str, now: Instant) -> int:
    """The second person says yes: the proposal is the version in force now; returns its id.

    Raises Refused for the proposer, for one that does not wait, and where the policy changed since.
    """
    found = _waiting(proposal_id)
    if _person(by) == _person(found.proposed_by):
        raise Refused(f"{found.proposed_by} proposed it: a second person has to approve.")
    if policies.current().id != found.base_id:
        raise Refused(
            f"The policy has changed since: version {policies.current().id} is in force, and the proposal is "
            f"made on {found.base_id}. Import the file again, and approve that."
        )
    version = policies.add(found.document, found.proposed_by, now)
    _end(found.id, "approved", by, now, version)
    audit.record(by, "policy-approve", f"proposal:{found.id}", {"version": version}, now)
    return version


def withdraw(proposal_id: int, by: str, now: Instant) -> None:
    """Takes a proposal back, whoever made it. Raises Refused for one that does not wait."""
    found = _waiting(proposal_id)
    _end(found.id, "withdrawn", by, now)
    audit.record(by, "policy-withdraw", f"proposal:{found.id}", {}, now)


def _waiting(proposal_id: int) -> ProposalView:
    found = get(proposal_id)
    if found is None:
        raise Refused(f"There is no proposal {proposal_id}.")
    if found.outcome is not None:
        raise Refused(f"Proposal {proposal_id} was {found.outcome} by {found.decided_by}.")
    return found


def _person(name: str) -> str:
    """One person under two names: `cli:` marks an account of the operating system, not another human."""
    return name.removeprefix("cli:").casefold()


def _end(proposal_id: int, outcome: str, by: str, now: Instant, version: int | None = None) -> None:
    Proposal.update(outcome=outcome, decided_at=now, decided_by=by, policy=version).where(
        (Proposal.id == proposal_id) & Proposal.outcome.is_null()
    ).execute()


def _view(row: Any) -> ProposalView:
    return ProposalView(
        id=int(row.id),
        base_id=int(row.base_id),
        document=json.loads(row.document),
        loosens=json.loads(row.loosens),
        proposed_at=row.proposed_at,
        proposed_by=row.proposed_by,
        decided_at=row.decided_at,
        decided_by=row.decided_by,
        outcome=row.outcome,
    )
