"""Sign-in: user name and password, and where there is a second factor its code."""

from datetime import UTC, datetime, timedelta

from flask import redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from approvals.accounts.identity import Credentials, credentials_by_id, digest
from approvals.accounts.second_factors import take_code
from approvals.accounts.sign_ins import sign_in as sign_in_action
from approvals.base.errors import invalid
from approvals.base.i18n import N_
from approvals.http.access import access, begin
from approvals.http.application import database, now
from approvals.http.devices import client_for, remember_browser
from approvals.http.resumed_form import resumed_form
from approvals.web.account.blueprint import accounts
from approvals.web.account.own_password import check_tries, look_at_password
from approvals.web.forms import EMPTY, Form, redisplay, remember_input
from approvals.web.query_parameters import next_page

EXPIRED = N_("This initial password has expired. Ask the system administrator for a new one.")
HALF = "half"  # in the browser's session: whose password was right, until their code is
HALF_HOLDS = timedelta(minutes=10)


@accounts.get("/sign-in")
@access("public")
def sign_in(form: Form = EMPTY) -> str:
    return render_template("account/sign_in.html", form=form, next=next_page(), resumable=resumed_form())


@accounts.post("/sign-in")
@access("public")
@redisplay(sign_in)
def sign_in_now() -> Response | str:
    username = request.form.get("username", "").strip()[:200].replace("\0", "\ufffd")
    remember_input({"username": username})
    credentials, client, is_right = look_at_password(username, request.form.get("password", ""))
    with database().write() as tx:
        result = sign_in_action(
            tx, username, credentials, is_right=is_right, client=client, browser=_browser(), now=now()
        )
    if credentials and result.needs_code:
        session[HALF] = [credentials.person_id, _mark(credentials), now().isoformat()]
        return _ask_code()
    if credentials is None or not result.token:
        is_expired = is_right and credentials is not None and credentials.has_expired(now())
        raise invalid("username", EXPIRED if is_expired else N_("Incorrect user name or password."))
    return _signed_in(credentials, result.token)


def _ask_code() -> Response | str:
    """On to the page of the code; what was carried so far goes on with it."""
    if resumed_form():
        return code()
    return redirect(url_for("accounts.code", next=next_page() or None), 303)


@accounts.get("/sign-in/code")
@access("public")
def code(form: Form = EMPTY) -> str:
    if _half_signed_in() is None:
        return sign_in()
    return render_template("account/sign_in_code.html", form=form, next=next_page(), resumable=resumed_form())


@accounts.post("/sign-in/code")
@access("public")
@redisplay(code)
def code_now() -> Response | str:
    credentials, typed = _half_signed_in(), request.form.get("code", "")[:200]
    if credentials is None:
        return redirect(url_for("accounts.sign_in", next=next_page() or None), 303)
    client = client_for(credentials.person_id)
    check_tries(credentials.username, credentials.username, client)
    with database().write() as tx:
        result = sign_in_action(
            tx, credentials.username, credentials, is_right=True, client=client, browser=_browser(), now=now(),
            code_is_right=lambda tx: take_code(
                tx, credentials.username, credentials.person_id, typed, datetime.now(UTC)
            ),
        )  # fmt: skip
    if not result.token:
        raise invalid("code", N_("is not right, or was used already"))
    return _signed_in(credentials, result.token)


def _half_signed_in() -> Credentials | None:
    """Whose password was right in this browser a few minutes ago; None without one, or when it has changed."""
    try:
        person_id, mark, since = session[HALF]
        is_late = now() - datetime.fromisoformat(since) > HALF_HOLDS
    except (KeyError, ValueError, TypeError):
        return None
    with database().read() as tx:
        credentials = credentials_by_id(tx, person_id)
    return credentials if credentials and not is_late and _mark(credentials) == mark else None


def _mark(credentials: Credentials) -> str:
    """What changes with the password and tells nothing of it."""
    return digest(credentials.password_hash)


def _browser() -> str:
    return request.headers.get("User-Agent", "")


def _signed_in(credentials: Credentials, token: str) -> Response | str:
    begin(token)
    remember_browser(credentials.person_id)
    if form_to_resume := resumed_form():
        return render_template("account/resume_form.html", resumable=form_to_resume, is_confirmed=False)
    return redirect(next_page() or url_for("home.index"), 303)
