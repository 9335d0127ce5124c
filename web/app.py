"""The pages as one Flask application, and what holds for every answer it gives."""

from __future__ import annotations

import logging
import secrets

from flask import Flask, current_app, g, render_template, request
from flask_bootstrap import Bootstrap5
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.wrappers import Response

from appliance import clock
from appliance.config import Config
from appliance.errors import ApplianceError, DatabaseTrouble
from appliance.store import alarms, database, listings, switches
from web import access, filters, i18n, words
from web.api import cad_push, status
from web.i18n import gettext as _
from web.pages import (
    accounts as account_pages,
)
from web.pages import (
    alarms as alarm_pages,
)
from web.pages import (
    calls,
    dashboard,
    health,
    hold,
    live,
    login,
    password,
    policy,
    reasons,
    replies,
    report,
    texts,
    wall,
)
from web.visit import VisitCookie

log = logging.getLogger(__name__)

CSP = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)

HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Flask-WTF compares the Referer under TLS, so it must be sent within the site, and nowhere else.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), usb=(), serial=(), payment=()",
}


def create_app(config: Config) -> Flask:
    """The application for this box. It opens no modem and no connection; it needs only the database."""
    app = Flask("web")
    tls = config.web.tls
    app.config.update(
        AFTERCALL=config,
        TRUSTED_HOSTS=trusted_hosts(config),
        MAX_CONTENT_LENGTH=64 * 1024,
        MAX_FORM_PARTS=50,
        WTF_CSRF_TIME_LIMIT=None,  # the session's own limits are shorter
        BOOTSTRAP_SERVE_LOCAL=True,
        SESSION_COOKIE_SECURE=tls,
    )
    app.session_interface = VisitCookie(tls=tls)
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        i18n.gettext, i18n.ngettext, newstyle=True
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    filters.install(app, config.agency.zone)
    database.configure(config.storage.path)
    Bootstrap5(app)
    # In this order: without a schema nobody can be known, and unknown people get no further.
    app.before_request(_be_ready)
    app.before_request(access.check)
    # No browser sends a push, and no browser could: it has no token of ours, and no form makes its type.
    CSRFProtect(app).exempt(cad_push.blueprint)
    for page in (
        dashboard,
        calls,
        texts,
        replies,
        alarm_pages,
        hold,
        report,
        policy,
        reasons,
        account_pages,
        login,
        password,
        wall,
        health,
        status,
        cad_push,
    ):
        app.register_blueprint(page.blueprint)
    app.context_processor(_frame)
    app.after_request(_with_headers)
    app.teardown_request(_let_go)
    app.register_error_handler(HTTPException, _explain)
    app.register_error_handler(DatabaseTrouble, _say_trouble)
    access.require_rules(app)
    return app


def trusted_hosts(config: Config) -> list[str]:
    """The names this box answers to; any other Host header is refused (DNS rebinding)."""
    host = config.web.bind.rpartition(":")[0]
    return [*dict.fromkeys(("127.0.0.1", "localhost", "[::1]", host, *config.web.trusted_hosts))]


def not_ready(config: Config) -> str | None:
    """Why no page can be served yet, in a sentence, or None when the schema fits."""
    if not config.storage.path.is_file():
        # Before connecting: that would make the file, as this user and without a schema.
        return _("The database does not exist yet. The worker makes it when it starts.")
    database.connect()
    try:
        pending = database.pending_migrations()
    except ApplianceError as error:
        return str(error)
    if pending:
        return _("The database is being brought up to date by the worker. Try again in a minute.")
    return None


def _be_ready() -> Response | str | tuple[str, int, dict[str, str]] | None:
    if isinstance(request.routing_exception, SecurityError):
        raise request.routing_exception
    if request.endpoint in access.WITHOUT_DATABASE:
        return None
    config: Config = current_app.config["AFTERCALL"]
    if not current_app.extensions.get("aftercall_ready"):
        reason = not_ready(config)
        if reason is not None:
            return _wait(reason)
        with database.transaction():
            current_app.secret_key = switches.secret("web", secrets.token_hex(32), clock.now())
        current_app.extensions["aftercall_ready"] = True
    database.connect()
    return None


def _frame() -> dict[str, object]:
    """What every page shows around itself: the agency, the person, the status header, open alarms."""
    config: Config = current_app.config["AFTERCALL"]
    person = g.get("person")
    frame: dict[str, object] = {"agency": config.agency, "person": person, "words": words}
    if person is not None:
        frame["open_alarms"] = words.alarms_for(alarms.open_alarms(), person.role)
    if person is not None and not access.is_poll():
        now = clock.now()
        status_now = listings.status_of(config, now)
        frame |= {
            "now": now,
            "status": status_now,
            "stamp": live.stamp(status_now),
            "notice": words.notice(request.args.get("done")),
        }
    return frame


def _with_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if request.endpoint not in ("static", "bootstrap.static"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _let_go(_error: BaseException | None) -> None:
    database.disconnect()


def _say_trouble(trouble: DatabaseTrouble) -> tuple[str, int, dict[str, str]]:
    """The file's path and the remedy go to the log: this page is for anybody who can reach it."""
    log.error("%s", trouble)
    g.person = None  # the frame of a logged-in page would ask the database again
    reason = _("The database cannot be used: %(said)s. Call IT; what to do stands in the log.")
    reason %= {"said": trouble.said}
    return _wait(reason)


def _wait(reason: str) -> tuple[str, int, dict[str, str]]:
    page = render_template("not_ready.html", reason=reason)
    return page, 503, {"Retry-After": "10", "Cache-Control": "no-store"}


def _explain(error: HTTPException) -> Response | tuple[str, int]:
    """Every refusal as a page that says what to do next."""
    if error.code in (301, 302, 303, 304, 307, 308):
        return error.get_response()
    code = error.code or 500
    if isinstance(error, SecurityError):
        # No page: its addresses would be built from the very name that is not to be trusted.
        sentence = _("This box does not answer to that name. Use its own, or add the name to trusted_hosts.")
        return Response(f"{sentence}\n", 400, content_type="text/plain; charset=utf-8")
    if isinstance(error, CSRFError):
        title = _("This page has grown old")
        sentence = _("Nothing was changed. Go back, load the page again, and repeat what you did.")
    else:
        title, sentence = words.refusal(code)
    return render_template("error.html", title=title, sentence=sentence, code=code), code
