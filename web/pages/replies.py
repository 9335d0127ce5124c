"""What residents wrote back, and what else came in that is no text."""

from __future__ import annotations

from flask import Blueprint, request
from werkzeug.wrappers import Response

from appliance import clock
from appliance.clock import Instant
from appliance.domain.records import AlarmLevel, ReplyKind
from appliance.store import fragments, listings
from appliance.store.calls import TEXTS_SHOWN_FOR
from web.pages import live, paging

blueprint = Blueprint("replies", __name__, url_prefix="/replies")

KINDS = tuple(kind.value for kind in ReplyKind)
LEVELS = tuple(level.value for level in AlarmLevel)
ANY_FILED = "filed"
"""The filter that lists everything that is no text."""


@blueprint.get("")
def listed() -> Response:
    kind = request.args.get("kind", "")
    is_filed = kind in (ANY_FILED, *fragments.FILED)
    page = _filed(kind) if is_filed else _replies(kind)
    return live.page(
        "replies.html",
        page=page,
        kinds=KINDS,
        levels=LEVELS,
        filed=fragments.FILED,
        is_filed=is_filed,
        copies=fragments.copies(_since()) if is_filed else 0,
    )


def _since() -> Instant:
    return clock.now() - TEXTS_SHOWN_FOR


def _filed(kind: str) -> paging.Page[fragments.FiledView]:
    found = fragments.filed(
        kind=None if kind == ANY_FILED else kind,
        since=_since(),
        limit=paging.PAGE + 1,
        before_id=paging.before_id(),
    )
    return paging.cut(found)


def _replies(kind: str) -> paging.Page[listings.ReplyView]:
    level = request.args.get("alarm", "")
    found = listings.replies(
        kind=kind if kind in KINDS else None,
        alarm=level if level in LEVELS else None,
        call_id=request.args.get("call_id", "").strip() or None,
        since=_since(),
        limit=paging.PAGE + 1,
        before_id=paging.before_id(),
    )
    return paging.cut(found)
