"""What residents wrote back."""

from __future__ import annotations

from flask import Blueprint, request
from werkzeug.wrappers import Response

from appliance import clock
from appliance.domain.records import AlarmLevel, ReplyKind
from appliance.store import listings
from appliance.store.calls import TEXTS_SHOWN_FOR
from web.pages import live, paging

blueprint = Blueprint("replies", __name__, url_prefix="/replies")

KINDS = tuple(kind.value for kind in ReplyKind)
LEVELS = tuple(level.value for level in AlarmLevel)


@blueprint.get("")
def listed() -> Response:
    kind, level = request.args.get("kind", ""), request.args.get("alarm", "")
    found = listings.replies(
        kind=kind if kind in KINDS else None,
        alarm=level if level in LEVELS else None,
        call_id=request.args.get("call_id", "").strip() or None,
        since=clock.now() - TEXTS_SHOWN_FOR,
        limit=paging.PAGE + 1,
        before_id=paging.before_id(),
    )
    return live.page("replies.html", page=paging.cut(found), kinds=KINDS, levels=LEVELS)
