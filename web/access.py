"""Who may do what: one table, read before every request. What is not in it is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit

from flask import Flask, abort, g, redirect, request, session, url_for
from werkzeug.wrappers import Response

from appliance import clock
from appliance.store import database, sessions
from appliance.store.accounts import Role
from appliance.store.sessions import SignedIn
from web.visit import Visit

EVERYBODY = frozenset(Role)
ACTING = frozenset({Role.SUPERVISOR, Role.ADMIN})
ADMINS = frozenset({Role.ADMIN})
AUDITORS = frozenset({Role.AUDITOR})
OPEN: frozenset[Role] | None = None
"""No log-in: the log-in itself, files that are the same for all, and signs of life without data."""

RULES: dict[str, frozenset[Role] | None] = {
    "static": OPEN,
    "bootstrap.static": OPEN,
    "login.show": OPEN,
    "login.submit": OPEN,
    "wall.show": OPEN,
    "wall.state": OPEN,
    "health.alive": OPEN,
    "health.ready": OPEN,
    "health.metrics": OPEN,  # its own rule: loopback, or logged in
    "cad_push.take": OPEN,  # its own rule: a token or a signature
    "login.leave": EVERYBODY,
    "password.show": EVERYBODY,
    "password.submit": EVERYBODY,
    "status.show": EVERYBODY,
    "dashboard.show": EVERYBODY,
    "calls.listed": EVERYBODY,
    "calls.one": EVERYBODY,
    "texts.listed": EVERYBODY,
    "replies.listed": EVERYBODY,
    "report.show": EVERYBODY,
    "alarms.listed": EVERYBODY,
    "alarms.acknowledge": ACTING,
    "alarms.close": ACTING,
    "alarms.reveal": ACTING,
    "hold.show": EVERYBODY,
    "hold.begin": ACTING,
    "hold.release": ACTING,
    "policy.show": frozenset({Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR}),
    "policy.approve": ADMINS,
    "policy.withdraw": ADMINS,
    "reasons.show": AUDITORS,
    "reasons.look": AUDITORS,
    "health.system": EVERYBODY,
    "health.confirm": ADMINS,
    "accounts.listed": ADMINS,
    "accounts.add": ADMINS,
    "accounts.reset": ADMINS,
    "accounts.disable": ADMINS,
    "accounts.release": ADMINS,
}

WITHOUT_DATABASE = frozenset({"health.alive", "static", "bootstrap.static"})
"""Answered even where there is no database yet."""

POLL = "X-Aftercall-Poll"
"""A page that asks by itself says so with this header, and does not count as a person being there."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who is asking."""

    account_id: int
    name: str
    role: Role

    def may(self, endpoint: str) -> bool:
        """Whether this person may do what stands behind `endpoint`; templates ask this, too."""
        roles = RULES[endpoint]
        return roles is None or self.role in roles


def person() -> Person:
    """The one who is logged in; only for routes that ask for a log-in."""
    return cast(Person, g.person)


def visit() -> Visit:
    """This request's visit."""
    return cast(Visit, session._get_current_object())  # type: ignore[attr-defined]


def is_poll() -> bool:
    """Whether a page asks by itself, every few seconds."""
    return POLL in request.headers


def check() -> Response | None:
    """Before every request: same origin, logged in, allowed. Anything else ends here."""
    g.person = None
    if request.endpoint is None:
        return None  # Flask answers 404 or 405
    if request.method not in ("GET", "HEAD", "OPTIONS"):
        _refuse_foreign_origin()
    if request.endpoint == "cad_push.take":
        return None  # no browser, no session
    roles = RULES[request.endpoint]
    if request.endpoint in WITHOUT_DATABASE:
        return None
    signed_in = _signed_in()
    if signed_in is not None:
        g.person = Person(signed_in.account_id, signed_in.name, Role(signed_in.role))
    if roles is None:
        return None
    if g.person is None:
        return _ask_for_login()
    if g.person.role not in roles:
        abort(403)
    return None


def _signed_in() -> SignedIn | None:
    now = clock.now()
    token = visit().token
    found = sessions.check(token, now)
    if found is not None and not is_poll() and not _stays_quiet():
        with database.transaction():
            sessions.renew(token, now)
    return found


def _stays_quiet() -> bool:
    """Requests no person makes: they must not keep a forgotten screen logged in."""
    return request.endpoint in ("status.show", "wall.state", "health.ready", "health.metrics")


def _ask_for_login() -> Response:
    if is_poll() or request.endpoint == "status.show":
        abort(401)
    back = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("login.show", next=back), 303)


def _refuse_foreign_origin() -> None:
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        abort(403)
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        abort(403)


def require_rules(app: Flask) -> None:
    """Stops the start when a route has no rule, or a rule no route: both would be mistakes."""
    routes = {rule.endpoint for rule in app.url_map.iter_rules()}
    if routes != set(RULES):
        raise RuntimeError(f"routes and rules differ: {sorted(routes ^ set(RULES))}")
