"""The calls: the list, and one call's story."""

from __future__ import annotations

from flask import Blueprint, abort, request
from werkzeug.wrappers import Response

from appliance import clock
from appliance.clock import DAY
from appliance.store import calls
from web.pages import live, paging, story

blueprint = Blueprint("calls", __name__, url_prefix="/calls")


@blueprint.get("")
def listed() -> Response:
    outcome = request.args.get("outcome", "")
    found = calls.listed(
        call_id=request.args.get("call_id", "").strip() or None,
        call_type=request.args.get("call_type", "").strip() or None,
        outcome=outcome if outcome in calls.OUTCOMES else None,
        limit=paging.PAGE + 1,
        before_id=paging.before_id(),
    )
    return live.page(
        "calls.html",
        page=paging.cut(found),
        outcomes=calls.OUTCOMES,
        withheld=calls.withheld(clock.now() - 7 * DAY),
    )


@blueprint.get("/<path:call_id>")
def one(call_id: str) -> Response:
    found = calls.page(call_id, clock.now())
    if found is None:
        abort(404)
    return live.page("call.html", page=found, story=story.told(found))
