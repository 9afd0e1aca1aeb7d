"""What a door takes from the running application: its settings, its database and its clock."""

import logging
from datetime import date, datetime, timedelta
from typing import Any

import orjson
from flask import Flask, Request, Response, current_app, g, has_request_context, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.middleware.proxy_fix import ProxyFix

from approvals.base.database import Database, Transactions
from approvals.base.moments import Clock, clock_from, day_of
from approvals.base.replica import NOTHING, Replica
from approvals.base.settings import Settings
from approvals.base.tables import Fact

KEY = "guahao"
NEARBY = "nearby"  # in `g`: what this request reads from
WRITTEN = "written"  # in the browser's session: how far the database's log was when its person last wrote
DEMO_CLOCK = "demo_clock"  # the installation's fact that moves the clock: {"offset_seconds": -86400}
FILE_LIMIT = 50 * 1024 * 1024  # bytes of one uploaded file
FORM_LIMIT = 2 * 1024 * 1024  # bytes of all that is typed into one form
FIELDS_LIMIT = 2000  # fields of one form

OWN_HOSTS = ("localhost", "127.0.0.1")  # this machine asks itself whether it is ready

csrf = CSRFProtect()
_FACT: Any = Fact.__table__  # type: ignore[attr-defined]
_log = logging.getLogger(__name__)


class _Sessions(SecureCookieSessionInterface):
    """The browser's session in its cookie. A program that shows its token keeps none: no cookie is read or made."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        return SecureCookieSession() if shows_token(request) else super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if not shows_token(request):
            super().save_session(app, session, response)


def shows_token(asking: Request) -> bool:
    """Whether this is a program that says who it is; its token may be a wrong one."""
    return asking.path.startswith("/api/") and "HTTP_AUTHORIZATION" in asking.environ


class Running:
    """One running application; its clock is read once, when somebody first asks for the time."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.database = Database(settings.database_url)
        self.replica = Replica(settings.replica_url, self.database) if settings.replica_url else None
        self._clock: Clock | None = clock_from(settings.now) if settings.now else None

    def close(self) -> None:
        self.database.close()
        if self.replica is not None:
            self.replica.close()

    @property
    def clock(self) -> Clock:
        if self._clock is None:
            self._clock = Clock() if self.settings.is_production else _demo_clock(self.database)
        return self._clock or Clock()


def _demo_clock(database: Database) -> Clock | None:
    """The clock that the demo left behind, or the machine's; None while the database cannot say."""
    try:
        with database.read() as tx:
            fact = tx.execute(select(_FACT.c.value).where(_FACT.c.name == DEMO_CLOCK)).scalar_one_or_none()
    except SQLAlchemyError:
        _log.warning("the database cannot say whether a demo moved the clock; the machine's own is used")
        return None
    return Clock(timedelta(seconds=orjson.loads(fact)["offset_seconds"])) if fact else Clock()


def set_up_web(app: Flask, settings: Settings) -> None:
    """Settings, database and limits of the application."""
    app.extensions[KEY] = Running(settings)
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="guahao",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.is_production,
        MAX_CONTENT_LENGTH=FILE_LIMIT + FORM_LIMIT,
        MAX_FORM_MEMORY_SIZE=FORM_LIMIT,
        MAX_FORM_PARTS=FIELDS_LIMIT,
        TRUSTED_HOSTS=[*settings.hosts, *OWN_HOSTS] if settings.hosts else None,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a long form is not lost over lunch
        WTF_CSRF_SSL_STRICT=settings.is_production,
    )
    app.session_interface = _Sessions()
    app.before_request(_limit_typed_forms)
    app.after_request(_remember_written)
    if settings.proxies:
        hops = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]


def _limit_typed_forms() -> None:
    """A form without files is read as a whole, so its limit is that of what may be typed; a view may have its own."""
    limit = getattr(current_app.view_functions.get(request.endpoint or ""), "upload_limit", None)
    if limit is not None:
        request.max_content_length = limit
    if request.mimetype == "application/x-www-form-urlencoded":
        request.max_content_length = FORM_LIMIT


def running() -> Running:
    found: Running = current_app.extensions[KEY]
    return found


def settings() -> Settings:
    return running().settings


def database() -> Transactions:
    """The database; while somebody reads a page, the replica in its place where there is one."""
    nearby: Transactions | None = g.get(NEARBY) if has_request_context() else None
    return nearby or running().database


def read_nearby() -> None:
    """From here on this request reads from the replica, if there is one that has all that its reader wrote."""
    held = running()
    if held.replica is not None and request.method in ("GET", "HEAD"):
        setattr(g, NEARBY, held.replica.reader(session.get(WRITTEN, NOTHING)))


def _remember_written(answer: Response) -> Response:
    """Who wrote reads nothing older afterwards."""
    held = running()
    if held.replica is not None and request.method == "POST" and not shows_token(request):
        session[WRITTEN] = held.replica.written()
    return answer


def clock() -> Clock:
    return running().clock


def now() -> datetime:
    """The moment by the application's clock, in UTC."""
    return running().clock.now()


def today() -> date:
    """The city's day by the application's clock."""
    return day_of(now())
