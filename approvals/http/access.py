"""Access to pages: each view declares its roles; a view without a declaration is an error at start."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, TypeVar

from flask import Flask, current_app, g, redirect, request, session, url_for
from flask_login import LoginManager, current_user, login_user, logout_user
from werkzeug.wrappers import Response

from approvals.accounts.actors import PAGE, Actor, token_of
from approvals.accounts.identity import Session, actor_of_token, session_of
from approvals.accounts.sign_ins import is_to_be_seen, see
from approvals.base.errors import Forbidden, Problem, SignInNeeded
from approvals.base.i18n import N_
from approvals.http.application import (
    CHOSEN,
    KEY,
    RateLimit,
    database,
    now,
    read_nearby,
    service,
    speak_chosen_language,
)
from approvals.http.errors import IDENTIFY, is_api_request
from workflows.charts.roles import ROLES

V = TypeVar("V", bound=Callable[..., Any])
REGISTRY = "guahao-access"
RATE = "guahao-token-rate"  # the limit of calls of one access token
TOO_FAST = N_("This access token makes too many calls. Try again in %(seconds)s seconds.")
_OPEN_TO_ALL = ("static",)  # views of the framework's own


class Undeclared(RuntimeError):
    """A view has no access declaration."""


@dataclass(frozen=True, slots=True)
class Access:
    """`roles` None: everyone if `is_public`, else everyone who is signed in."""

    is_public: bool = False
    roles: frozenset[str] | None = None

    def allows(self, actor: Actor | None) -> bool:
        if self.is_public:
            return True
        return actor is not None and (self.roles is None or actor.has(*self.roles))


def access(kind: str = "", *, roles: Iterable[str] = ()) -> Callable[[V], V]:
    """Declare who may open this view: `access("public")`, `access("signed_in")` or `access(roles={"owner"})`."""
    role_names = frozenset(roles)
    if (kind in ("public", "signed_in")) == bool(role_names) or not role_names <= set(ROLES):
        raise Undeclared(f"access is public, signed_in or a set of known roles, not {kind!r} {sorted(role_names)}")
    declared = Access(is_public=kind == "public", roles=role_names or None)

    def declare(view: V) -> V:
        view.access = declared  # type: ignore[attr-defined]
        return view

    return declare


def set_up_access(app: Flask) -> None:
    """Sessions, bearer tokens, and the check before each view."""
    manager = LoginManager()
    manager.session_protection = None  # sessions are stored on the server; addresses change on mobile networks
    manager.init_app(app, add_context_processor=False)
    manager.user_loader(_by_session)
    app.before_request(_check)
    app.extensions[IDENTIFY] = _identify_reader
    rate = app.extensions[KEY].settings.token_rate
    app.extensions[RATE] = RateLimit(rate, timedelta(minutes=1), TOO_FAST) if rate else None


def check_declared(app: Flask) -> None:
    """Build the registry of access declarations; Undeclared for a view without one."""
    registry = {}
    for endpoint, view in app.view_functions.items():
        declared = Access(is_public=True) if endpoint in _OPEN_TO_ALL else getattr(view, "access", None)
        if declared is None:
            raise Undeclared(f"{endpoint} has no access declaration; decorate it with access(…)")
        registry[endpoint] = declared
    app.extensions[REGISTRY] = registry


def may_open(actor: Actor | None, endpoint: str) -> bool:
    """Whether the actor's roles open this page."""
    declared: Access | None = current_app.extensions[REGISTRY].get(endpoint)
    return declared is not None and declared.allows(actor)


def actor() -> Actor:
    """The signed-in person of this request; SignInNeeded when there is none."""
    person: Actor | None = g.get("actor")
    if person is None:
        raise SignInNeeded
    return person


@dataclass(frozen=True, slots=True)
class User:
    """The user object of flask-login; the cookie contains only the opaque token of the session."""

    actor: Actor
    session: Session | None = None
    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        return self.session.token if self.session else ""


def begin(token: str) -> None:
    """Give the browser its new session; of the previous one only the chosen language is kept."""
    with database().read() as tx:
        new_session = session_of(tx, token, now())
    if new_session is None:
        raise SignInNeeded
    language = session.get(CHOSEN)
    session.clear()
    if language:
        session[CHOSEN] = language
    person = replace(new_session.actor, via=PAGE)
    login_user(User(person, new_session))
    identify(person)


def end() -> None:
    """Remove the session from the browser; on the server it must have ended already."""
    logout_user()
    session.clear()
    g.pop("actor", None)
    speak_chosen_language()


def own_session() -> Session:
    """The session of this request; SignInNeeded when there is none."""
    own: Session | None = getattr(current_user, "session", None)
    if own is None:
        raise SignInNeeded
    return own


def _by_session(token: str) -> User | None:
    if is_api_request():  # cookies do not authenticate API requests, so other sites cannot use them
        return None
    at = now()
    with database().read() as tx:
        known_session = session_of(tx, token, at)
    if known_session and is_to_be_seen(known_session, at):
        with database().write() as tx:
            see(tx, token, at)
    return User(replace(known_session.actor, via=PAGE), known_session) if known_session else None


def _by_token() -> Actor | None:
    authorization = request.authorization
    if authorization is None or authorization.type != "bearer" or not authorization.token:
        return None
    with service().database.look() as tx:
        return actor_of_token(tx, authorization.token, now())


def identify(actor: Actor) -> None:
    """Whose request this is from here on."""
    g.actor = actor
    speak_chosen_language()


def _identify_reader() -> None:
    """Whose page this is, though no view was reached: an unknown address, a request that was refused before."""
    person = getattr(current_user, "actor", None)
    if person is not None:
        identify(person)


def _check() -> Response | None:
    if request.endpoint is None or request.endpoint in _OPEN_TO_ALL:
        return None
    declared: Access = current_app.extensions[REGISTRY][request.endpoint]
    person = _by_token() if is_api_request() else getattr(current_user, "actor", None)
    if person is not None:
        identify(person)
        _check_rate(person)
    if not declared.allows(g.get("actor")):
        raise _refusal()
    if declared.is_public or is_api_request():  # without a session there is no replica position to compare
        return None
    read_nearby()
    return _to_first_duty()


def _check_rate(person: Actor) -> None:
    """TooMany for a program that calls more often than the settings let it."""
    limit: RateLimit | None = current_app.extensions[RATE]
    token = token_of(person.via) if limit else None
    if limit and token:
        limit.check(token[0], now())


def _refusal() -> Problem:
    if "actor" in g:
        return Forbidden(N_("Your role does not permit this here."))
    if is_api_request():
        return SignInNeeded(N_("Send a valid access token in the header “Authorization: Bearer …”."))
    return SignInNeeded()


def _to_first_duty() -> Response | None:
    """A password that an administrator knows is changed, and a factor that must be is set up, before anything else."""
    own: Session | None = current_user.session
    if own is None or request.blueprint in ("accounts", "sessions"):
        return None
    if own.must_change_password:
        return redirect(url_for("accounts.password"), 303)
    if own.lacks_factor and request.blueprint != "second_factor":
        return redirect(url_for("second_factor.index"), 303)
    return None
