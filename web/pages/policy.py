"""The agency's policy: what is in force, how it came to be, and what waits for a second person."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from appliance import clock
from appliance.clock import Instant
from appliance.domain import policy_words, toml_text
from appliance.domain.policy_words import Difference
from appliance.errors import Refused
from appliance.store import database, policies, proposals
from web import access
from web.forms import BareForm

blueprint = Blueprint("policy", __name__, url_prefix="/policy")

SHOWN = 20
"""Versions told with what they changed; older ones are on the command line."""


@dataclass(frozen=True, slots=True)
class Version:
    """One version with what it changed; empty for the first."""

    id: int
    at: Instant
    by: str
    changes: tuple[Difference, ...]


@blueprint.get("")
def show() -> str:
    return _page()


@blueprint.post("/<int(max=9007199254740991):proposal_id>/approve")
def approve(proposal_id: int) -> Response | tuple[str, int]:
    return _decide(proposal_id, "approved")


@blueprint.post("/<int(max=9007199254740991):proposal_id>/withdraw")
def withdraw(proposal_id: int) -> Response | tuple[str, int]:
    return _decide(proposal_id, "withdrawn")


def _decide(proposal_id: int, what: str) -> Response | tuple[str, int]:
    if not BareForm().validate_on_submit():
        return redirect(url_for("policy.show"), 303)
    by, now = access.person().name, clock.now()
    act = proposals.approve if what == "approved" else proposals.withdraw
    try:
        with database.transaction():
            act(proposal_id, by, now)
    except Refused as refused:
        return _page(fault=str(refused)), 422
    return redirect(url_for("policy.show", done=what), 303)


def _page(fault: str | None = None) -> str:
    waiting = proposals.waiting()
    changes: list[Difference] = []
    if waiting is not None:
        changes = policy_words.differences(policies.whole_document(waiting.base_id), waiting.document)
    return render_template(
        "policy.html",
        versions=_versions(),
        waiting=waiting,
        is_stale=waiting is not None and waiting.base_id != policies.current().id,
        changes=changes,
        document=toml_text.to_toml(policies.whole_document()),
        fault=fault,
    )


def _versions() -> list[Version]:
    listed = policies.listed(SHOWN + 1)
    documents = {version: policies.whole_document(version) for version, _at, _by in listed}
    told = []
    for (version, at, by), older in zip(listed[:SHOWN], [*listed[1:], None], strict=False):
        changes = (
            () if older is None else tuple(policy_words.differences(documents[older[0]], documents[version]))
        )
        told.append(Version(version, at, by, changes))
    return told
