"""The first page: how the agency is doing, and what happened last."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

from appliance import clock
from appliance.store import calls, listings
from web import charts, figures
from web.pages import live

blueprint = Blueprint("dashboard", __name__)

DAYS = 30
LATEST = 8


@blueprint.get("/")
def show() -> Response:
    now = clock.now()
    from_day, to_day = figures.last_days(now, DAYS)
    found = figures.kept(from_day, to_day, now)
    summary = found.summary
    texts, received = found.totals
    return live.page(
        "dashboard.html",
        days=DAYS,
        summary=summary,
        overall=summary.questions[0] if summary.questions else None,
        texts=texts,
        received=received,
        charts=charts,
        replies=listings.replies(limit=LATEST, since=now - calls.TEXTS_SHOWN_FOR),
        calls=calls.listed(limit=LATEST),
    )
