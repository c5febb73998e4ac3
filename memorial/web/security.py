"""Headers, hosts, cookies, forms, sign-in and limits: what holds on every answer from the first day.

    protect(app, settings)     # once, in create_app
    login, csrf, limiter       # the extensions, for those faces that sign people in

Pages carry no inline script or style, so the policy needs no nonce. Public pages set no
cookie and carry no token; those of families, the desk and accounts are never stored.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Request, Response, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask_limiter import Limiter
from flask_login import LoginManager
from flask_wtf.csrf import CSRFProtect

from config import Settings
from memorial.web.doors import DOORS

CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "media-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
ANYWHERE = CONTENT_POLICY.replace("frame-ancestors 'none'", "frame-ancestors *")
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(self), geolocation=(), payment=(), usb=(), interest-cohort=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_LOWERED = [(name.lower(), (name, value)) for name, value in HEADERS.items()]
TWO_YEARS = "max-age=63072000"
SESSION_COOKIE = "memorial_session"
PATIENCE = {"socket_connect_timeout": 1, "socket_timeout": 1}  # seconds that a page waits for Redis
# What these pages hold belongs in no cache, and their addresses in no other site's log.
UNSTORED = frozenset({"family", "desk", "account"})

login = LoginManager()
csrf = CSRFProtect()


def network() -> str:
    """Whom a limit counts: the network a request came from. Kept in memory only, never logged."""
    address = request.remote_addr or "-"
    if ":" in address:
        return ":".join(address.split(":")[:4])  # an IPv6 customer has a /64 at least
    return address


class _ViewLimits(Limiter):
    """Limits stand on views alone and are looked at as one is called: a page without one asks for nothing."""

    def _check_request_limit(self, callable_name: str | None = None, in_middleware: bool = True) -> None:
        if not in_middleware:
            super()._check_request_limit(callable_name, in_middleware)


limiter = _ViewLimits(network, headers_enabled=False)  # where it counts, `protect` says


class _Cookies(SecureCookieSessionInterface):
    """Secure exactly where the visitor came by https; who brings no cookie needs no signer."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if SESSION_COOKIE not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if session or session.modified or session.accessed:
            super().save_session(app, session, response)

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure or super().get_cookie_secure(app)


def protect(app: Flask, settings: Settings) -> None:
    """Wire all of it."""
    app.config.update(
        SECRET_KEY=settings.session_secret,
        TRUSTED_HOSTS=hosts(settings),
        SESSION_COOKIE_NAME=SESSION_COOKIE,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.public_url.startswith("https://"),
        MAX_CONTENT_LENGTH=settings.form_files_bytes + settings.form_bytes,
        MAX_FORM_MEMORY_SIZE=settings.form_bytes,
        MAX_FORM_PARTS=1_000,
        # The family's pages send no referrer, and a draft may lie open for days.
        WTF_CSRF_SSL_STRICT=False,
        WTF_CSRF_TIME_LIMIT=None,
        RATELIMIT_STORAGE_URI=settings.redis_url or "memory://",
        RATELIMIT_STORAGE_OPTIONS=PATIENCE if settings.redis_url else {},
        # Without Redis each process counts by itself: a family must be able to write, and to take back.
        RATELIMIT_IN_MEMORY_FALLBACK_ENABLED=bool(settings.redis_url),
        RATELIMIT_KEY_PREFIX="memorial",
    )
    app.session_interface = _Cookies()
    csrf.init_app(app)
    limiter.init_app(app)
    # No context processor: a public page must not look at the session cookie.
    login.init_app(app, add_context_processor=False)
    login.session_protection = None  # the session's own row decides, not the visitor's address
    app.after_request(harden)


def hosts(settings: Settings) -> list[str]:
    """The host names this archive answers to; ports count for nothing."""
    public = urlsplit(settings.public_url).hostname
    return [*settings.hosts, *([public] if public else [])]


def harden(answer: Response) -> Response:
    """Put the headers on; a view may have set a stricter one."""
    given = {name.lower() for name, _ in answer.headers}
    answer.headers.extend([pair for low, pair in _LOWERED if low not in given])
    if answer.headers["Content-Security-Policy"] == ANYWHERE:
        answer.headers.remove("X-Frame-Options")  # it has no word for everywhere
    if "Location" in answer.headers:
        _lead_within(answer)
    if request.is_secure:
        answer.headers.setdefault("Strict-Transport-Security", TWO_YEARS)
    door = DOORS.get(request.endpoint or "")
    if door is not None and door.audience in UNSTORED:
        answer.headers["Cache-Control"] = "no-store"
        answer.headers["Referrer-Policy"] = "no-referrer"
    elif "Cache-Control" not in answer.headers:
        answer.headers["Cache-Control"] = "no-store" if answer.status_code >= 400 else "no-cache"
    return answer


def framing(answer: Response) -> Response:
    """This page may hold a frame of the archive's own, or be held in one: the desk's proof beside what was sent."""
    policy = CONTENT_POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'; frame-src 'self'")
    answer.headers["Content-Security-Policy"] = policy
    answer.headers["X-Frame-Options"] = "SAMEORIGIN"
    return answer


def framed_anywhere(answer: Response) -> Response:
    """Any page of any house may hold this one in a frame: the moment of a testimony that was given for that."""
    answer.headers["Content-Security-Policy"] = ANYWHERE
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


def _lead_within(answer: Response) -> None:
    """The router's redirects are absolute; ours are relative, whatever the Host header said."""
    root = request.host_url
    if answer.headers["Location"].startswith(root):
        answer.headers["Location"] = "/" + answer.headers["Location"].removeprefix(root)
