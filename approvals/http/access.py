"""Who may open which page. Each view declares it; a view that does not is refused at start."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, current_app, g, redirect, request, session, url_for
from flask_login import LoginManager, current_user, login_user, logout_user
from werkzeug.wrappers import Response

from approvals.accounts.actions import is_to_be_seen, see
from approvals.accounts.actors import Actor
from approvals.accounts.identity import Session, actor_of_token, session_of
from approvals.base.errors import Forbidden, Problem, SignInNeeded
from approvals.base.i18n import N_
from approvals.http.application import CHOSEN, database, now, read_nearby, service, speak_chosen_language, today
from approvals.http.errors import is_for_programs
from workflows.charts.roles import ROLES

V = TypeVar("V", bound=Callable[..., Any])
REGISTRY = "guahao-access"
_OPEN_TO_ALL = ("static",)  # views of the framework's own


class Undeclared(RuntimeError):
    """A view does not say who may open it."""


@dataclass(frozen=True, slots=True)
class Access:
    """`roles` None: anybody if `is_public`, else whoever has signed in."""

    is_public: bool = False
    roles: frozenset[str] | None = None

    def allows(self, actor: Actor | None) -> bool:
        if self.is_public:
            return True
        return actor is not None and (self.roles is None or actor.has(*self.roles))


def access(kind: str = "", *, roles: Iterable[str] = ()) -> Callable[[V], V]:
    """Declare who may open this view: `access("public")`, `access("signed_in")` or `access(roles={"owner"})`."""
    named = frozenset(roles)
    if (kind in ("public", "signed_in")) == bool(named) or not named <= set(ROLES):
        raise Undeclared(f"access is public, signed_in or a set of known roles, not {kind!r} {sorted(named)}")
    declared = Access(is_public=kind == "public", roles=named or None)

    def declare(view: V) -> V:
        view.access = declared  # type: ignore[attr-defined]
        return view

    return declare


def set_up_access(app: Flask) -> None:
    """Sessions, bearer tokens, and the check before each view."""
    manager = LoginManager()
    manager.session_protection = None  # the session lives on the server; a new address on the train is no crime
    manager.init_app(app, add_context_processor=False)
    manager.user_loader(_by_session)
    app.before_request(_check)


def check_declared(app: Flask) -> None:
    """Undeclared when a view has no access declaration; else the registry that pages and tests ask."""
    registry = {}
    for endpoint, view in app.view_functions.items():
        declared = Access(is_public=True) if endpoint in _OPEN_TO_ALL else getattr(view, "access", None)
        if declared is None:
            raise Undeclared(f"{endpoint} does not say who may open it; decorate it with access(…)")
        registry[endpoint] = declared
    app.extensions[REGISTRY] = registry


def may_open(actor: Actor | None, endpoint: str) -> bool:
    """Whether the actor's roles open this page."""
    declared: Access | None = current_app.extensions[REGISTRY].get(endpoint)
    return declared is not None and declared.allows(actor)


def actor() -> Actor:
    """Who is at work in this request; SignInNeeded when nobody is."""
    person: Actor | None = g.get("actor")
    if person is None:
        raise SignInNeeded
    return person


@dataclass(frozen=True, slots=True)
class User:
    """What flask-login knows of somebody: the session, whose opaque token is all that the cookie holds."""

    actor: Actor
    session: Session | None = None
    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        return self.session.token if self.session else ""


def begin(token: str) -> None:
    """Hand the browser its new session; of its former one only the chosen language goes on."""
    with database().read() as tx:
        new = session_of(tx, token, now())
    if new is None:
        raise SignInNeeded
    chosen = session.get(CHOSEN)
    session.clear()
    if chosen:
        session[CHOSEN] = chosen
    login_user(User(new.actor, new))
    _identify(new.actor)


def end() -> None:
    """Take the session from the browser; on the server it must have ended already."""
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
    if is_for_programs():  # a browser's cookie is no bearer token, so no page elsewhere can borrow it
        return None
    at = now()
    with database().read() as tx:
        stored = session_of(tx, token, at)
    if stored and is_to_be_seen(stored, at):
        with database().write() as tx:
            see(tx, token, at)
    return User(stored.actor, stored) if stored else None


def _by_token() -> Actor | None:
    credentials = request.authorization
    if credentials is None or credentials.type != "bearer" or not credentials.token:
        return None
    with service().database.look() as tx:
        return actor_of_token(tx, credentials.token, today())


def _identify(actor: Actor) -> None:
    g.actor = actor
    speak_chosen_language()


def _check() -> Response | None:
    if request.endpoint is None or request.endpoint in _OPEN_TO_ALL:
        return None
    declared: Access = current_app.extensions[REGISTRY][request.endpoint]
    person = _by_token() if is_for_programs() else getattr(current_user, "actor", None)
    if person is not None:
        _identify(person)
    if not declared.allows(g.get("actor")):
        raise _refusal()
    if declared.is_public or is_for_programs():  # no session says what they wrote
        return None
    read_nearby()
    return _to_new_password()


def _refusal() -> Problem:
    if "actor" in g:
        return Forbidden()
    if is_for_programs():
        return SignInNeeded(N_("Send a valid access token in the header “Authorization: Bearer …”."))
    return SignInNeeded()


def _to_new_password() -> Response | None:
    """A password that an administrator knows is changed before anything else."""
    own: Session | None = current_user.session
    if own is None or not own.must_change_password or request.blueprint == "accounts":
        return None
    return redirect(url_for("accounts.password"), 303)
