"""The application at work in this context: settings, database, clock and language, and the limits of its requests."""

from collections import OrderedDict, deque
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from threading import Lock

from flask import Flask, Request, Response, appcontext_pushed, current_app, g, has_request_context, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from approvals.base.database import PATIENCE_OF_PAGES, Transactions, patience
from approvals.base.errors import TooMany
from approvals.base.forwarded import note_forwarded
from approvals.base.i18n import DEFAULT, N_, known_language, use_language
from approvals.base.moments import Clock
from approvals.base.readings import SharedReading
from approvals.base.replica import NOTHING
from approvals.base.service import Service
from approvals.base.settings import Settings

KEY = "guahao"
PAGE_JOBS = "guahao-page-jobs"  # kinds of jobs that ask pages, with what does them
READS = ("GET", "HEAD")  # methods of requests that only read
READING = "reading"  # in `g`: the one transaction in which this request reads
WRITTEN = "written"  # in the browser's session: how far the database's log was when its person last wrote
FILE_LIMIT = 50 * 1024 * 1024  # bytes of one uploaded file
FORM_LIMIT = 2 * 1024 * 1024  # bytes of all that is typed into one form
FIELDS_LIMIT = 2000  # fields of one form
MOST_ADDRESSES = 10_000  # that a rate limit remembers at once; the one not seen longest is forgotten first
COOKIE = "language"
CHOSEN = "language"  # in the session: what was chosen on the way in, which holds until its end
COOKIE_LIFE = 365 * 24 * 3600  # seconds

OWN_HOSTS = ("localhost", "127.0.0.1")  # this machine asks itself whether it is ready

csrf = CSRFProtect()


class _Sessions(SecureCookieSessionInterface):
    """The browser's session in its cookie. A program that shows its token keeps none: no cookie is read or made."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        return SecureCookieSession() if shows_token(request) else super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if not shows_token(request):
            super().save_session(app, session, response)


def shows_token(request: Request) -> bool:
    """Whether this is a program that says who it is; its token may be a wrong one."""
    return request.path.startswith("/api/") and "HTTP_AUTHORIZATION" in request.environ


def set_up_web(app: Flask, settings: Settings) -> None:
    """Settings, database and limits of the application."""
    app.extensions[KEY] = Service(settings)
    appcontext_pushed.connect(_begin_use, app)
    app.teardown_appcontext(lambda _error: g.in_use.close())
    app.teardown_request(end_reading)
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="__Host-guahao" if settings.is_production else "guahao",
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
    app.before_request(_be_impatient)
    app.before_request(_limit_typed_forms)
    app.after_request(_remember_written)
    if settings.proxies:
        hops = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    elif settings.is_production:
        app.before_request(_note_forwarded)


def _note_forwarded() -> None:
    """Let `guahao doctor` know of a proxy that the settings do not name."""
    if "X-Forwarded-For" in request.headers:
        note_forwarded(settings().data_dir)


def _begin_use(app: Flask) -> None:
    """The settings of this application are in use while its context is."""
    g.in_use = ExitStack()
    g.in_use.enter_context(app.extensions[KEY].in_use())


def _be_impatient() -> None:
    """Somebody waits for this answer, so it does not wait long for other writers."""
    g.in_use.enter_context(patience(PATIENCE_OF_PAGES))


def _limit_typed_forms() -> None:
    """A form without files is read as a whole, so its limit is that of what may be typed; a view may have its own."""
    limit = getattr(current_app.view_functions.get(request.endpoint or ""), "upload_limit", None)
    if limit is not None:
        request.max_content_length = limit
    if request.mimetype == "application/x-www-form-urlencoded":
        request.max_content_length = FORM_LIMIT


def service() -> Service:
    """The installation that the application at work serves."""
    installation: Service = current_app.extensions[KEY]
    return installation


def settings() -> Settings:
    return service().settings


def database() -> Transactions:
    """The database. A request that only reads does so in one transaction, where there is a replica in one of it."""
    if not has_request_context() or request.method not in READS:
        return service().database
    if READING not in g:
        setattr(g, READING, SharedReading(service().database))
    reading: SharedReading = g.get(READING)
    return reading


def end_reading(_error: BaseException | None = None) -> None:
    """Give the connection back: what this request does from here on takes long, and a later reading is a new one."""
    if READING in g:
        g.get(READING).close()


def read_nearby() -> None:
    """From here on this request reads from the replica, if there is one that has all that its reader wrote."""
    installation = service()
    if installation.replica is not None and request.method in READS:
        end_reading()
        setattr(g, READING, SharedReading(installation.replica.reader(session.get(WRITTEN, NOTHING))))


def _remember_written(answer: Response) -> Response:
    """Who wrote reads nothing older afterwards."""
    installation = service()
    if installation.replica is not None and request.method == "POST" and not shows_token(request):
        session[WRITTEN] = installation.replica.written()
    return answer


def clock() -> Clock:
    return service().clock


def now() -> datetime:
    """The moment by the application's clock, in UTC."""
    return service().now()


def today() -> date:
    """The city's day by the application's clock."""
    return service().today()


def set_up_languages(app: Flask) -> None:
    app.before_request(speak_chosen_language)
    app.teardown_request(lambda _error: use_language(DEFAULT))


def speak_chosen_language() -> None:
    """Answer this request in the language that was chosen for it; to be called again when its reader is known."""
    use_language(_chosen_language())


def _chosen_language() -> str:
    """The person's language, unless another was chosen right before signing in."""
    accepted = None
    if request.path.startswith("/api/"):
        accepted = next(filter(None, (known_language(tag) for tag, _ in request.accept_languages)), None)
    actor = g.get("actor")
    own = (session.get(CHOSEN) or actor.language) if actor else request.cookies.get(COOKIE)
    return accepted or known_language(own) or DEFAULT


@dataclass(slots=True)
class RateLimit:
    """In-process rate limit: at most `most` calls of one address or token within `window`; nothing is stored."""

    most: int
    window: timedelta
    message: str = N_("Too many attempts. Try again in %(minutes)s minutes.")
    _seen: OrderedDict[str, deque[datetime]] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def check(self, address: str, now: datetime) -> None:
        """Count one call; TooMany when there were enough."""
        with self._lock:
            calls = self._seen.setdefault(address, deque(maxlen=self.most))
            self._seen.move_to_end(address)
            if len(self._seen) > MOST_ADDRESSES:
                self._seen.popitem(last=False)
            if len(calls) == self.most and now - calls[0] < self.window:
                wait = int((calls[0] + self.window - now).total_seconds()) + 1
                raise TooMany(self.message, wait=wait, minutes=-(-wait // 60), seconds=wait)
            calls.append(now)

    def forget(self) -> None:
        with self._lock:
            self._seen.clear()
