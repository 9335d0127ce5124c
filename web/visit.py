"""The cookie: one random token. What it stands for is kept in the database, so it can be taken back.

Flask's own session is a signed cookie that lasts and cannot be revoked; this one carries nothing. What
Flask-WTF wants to remember (its token) is derived from the cookie's token instead of being stored.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Any

from flask import Flask, Request, Response, g
from flask.sessions import SessionInterface, SessionMixin

CSRF = "csrf_token"


class Visit(dict[str, Any], SessionMixin):
    """A browser's visit: its token, and the CSRF secret that follows from it."""

    def __init__(self, token: str, *, is_new: bool) -> None:
        super().__init__()
        self.token = token
        self.is_new = is_new
        self[CSRF] = hmac.new(token.encode(), b"csrf", hashlib.sha256).hexdigest()
        self.accessed = self.modified = False

    def replace(self, token: str) -> None:
        """Another token from now on: at every log-in and log-out, so that none can be planted."""
        self.__init__(token, is_new=True)  # type: ignore[misc]
        self.modified = True


class VisitCookie(SessionInterface):
    """Reads and writes the cookie. Under TLS it is `__Host-`, Secure and for this host alone."""

    def __init__(self, *, tls: bool) -> None:
        self.tls = tls
        self.name = "__Host-aftercall" if tls else "aftercall"

    def open_session(self, app: Flask, request: Request) -> Visit:
        given = request.cookies.get(self.name, "")
        if 40 <= len(given) <= 64 and given.isascii():
            return Visit(given, is_new=False)
        return Visit(secrets.token_urlsafe(32), is_new=True)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if not isinstance(session, Visit) or not session.is_new:
            return
        if not (session.modified or CSRF in g):
            return  # the wall, the health page and static files leave no cookie
        response.set_cookie(
            self.name, session.token, secure=self.tls, httponly=True, samesite="Strict", path="/"
        )
