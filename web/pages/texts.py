"""The texts that were sent, are to be sent, or were not."""

from __future__ import annotations

from flask import Blueprint, request
from werkzeug.wrappers import Response

from appliance import clock
from appliance.domain.records import MessageState
from appliance.store import listings, sims
from appliance.store.calls import TEXTS_SHOWN_FOR
from web.pages import live, paging

blueprint = Blueprint("texts", __name__, url_prefix="/texts")

STATES = tuple(state.value for state in MessageState)


@blueprint.get("")
def listed() -> Response:
    state = request.args.get("state", "")
    found = listings.messages(
        state=state if state in STATES else None,
        call_id=request.args.get("call_id", "").strip() or None,
        since=clock.now() - TEXTS_SHOWN_FOR,
        limit=paging.PAGE + 1,
        before_id=paging.before_id(),
        silent=sims.silent(clock.now()),
    )
    return live.page("texts.html", page=paging.cut(found), states=STATES)
