"""Pages that refresh themselves: asked again with the tag they had, and answered only when changed."""

from __future__ import annotations

import hashlib

from flask import g, make_response, render_template, request
from werkzeug.wrappers import Response

from appliance.store import listings
from appliance.store.listings import StatusView
from web import access
from web.visit import CSRF


def stamp(status: StatusView) -> str:
    """Changes when an open page should ask for its live part; alarms may come without a new row elsewhere."""
    return "-".join((listings.stamp(), *(str(count) for _level, count in sorted(status.alarms.items()))))


def page(template: str, **values: object) -> Response:
    """The page; to a poll only its live part, with a tag, or 304 when that is still the same."""
    if not access.is_poll():
        return make_response(render_template(template, **values))
    # A poll renders the template on a bare frame: the header has its own poll.
    body = render_template(template, bare=True, **values)
    return tagged(body, "text/html; charset=utf-8")


def tagged(body: str, content_type: str) -> Response:
    """An answer with a strong tag over what it shows; the CSRF token, signed anew each time, is left out."""
    token = g.get(CSRF)
    shown = body.replace(token, "") if token else body
    response = make_response(body)
    response.content_type = content_type
    response.set_etag(hashlib.sha256(shown.encode()).hexdigest()[:32])
    response.headers["Cache-Control"] = "no-store"
    response.make_conditional(request)
    return response
