"""Looking at a password that somebody typed, and asking for it again before what matters."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from approvals.accounts.identity import Credentials, credentials_of
from approvals.accounts.sign_ins import confirm_password, is_confirmed, matches
from approvals.accounts.throttle import Client, check_attempts, is_noted, note_refused
from approvals.base.errors import TooMany, invalid
from approvals.base.i18n import N_
from approvals.http.access import actor, own_session
from approvals.http.application import database, now
from approvals.http.devices import client_for
from approvals.http.resumed_form import own_form
from approvals.web.forms import EMPTY

V = TypeVar("V", bound=Callable[..., Any])
AGAIN = 401  # the status of a page that asks for the password again


def look_at_password(username: str, password: str) -> tuple[Credentials | None, Client, bool]:
    """Whose it is, where it comes from and whether it is right; TooMany, which leaves an event, after refused tries."""
    with database().read() as tx:
        credentials = credentials_of(tx, username)
        client = client_for(credentials.person_id if credentials else None)
    check_tries(username, credentials.username if credentials else "", client)
    return credentials, client, matches(credentials, password)


def check_tries(account: str, subject: str, client: Client) -> None:
    """TooMany, which leaves an event about `subject`, after too many refused tries."""
    try:
        with database().read() as tx:
            check_attempts(tx, account, client, now())
    except TooMany:
        _note_refused(subject, client)
        raise


def _note_refused(subject: str, client: Client) -> None:
    with database().read() as tx:
        is_told = is_noted(tx, subject, client, now())
    if not is_told:
        with database().write() as tx:
            note_refused(tx, subject, client, now())


def check_own_password(typed: str, field: str) -> None:
    """Invalid unless this is the password of who is signed in; a wrong one counts like a refused sign-in."""
    username = actor().username
    credentials, client, is_right = look_at_password(username, typed)
    with database().write() as tx:
        is_right = confirm_password(tx, credentials, username, is_right=is_right, client=client, now=now())
    if not is_right:
        raise invalid(field, N_("is not your current password"))


def password_again(view: V) -> V:
    """Ask for the password before this view, unless it was given in this session lately; what was typed is kept."""

    @wraps(view)
    def asking(*args: Any, **kwargs: Any) -> Any:
        return view(*args, **kwargs) if is_confirmed(own_session(), now()) else _ask_again()

    return asking  # type: ignore[return-value]


def _ask_again() -> Response:
    is_form = request.method == "POST"
    leads_to = url_for("home.index") if is_form else request.path
    page = render_template("account/confirm.html", form=EMPTY, resumable=own_form() if is_form else None, next=leads_to)
    return make_response(page, AGAIN)
