"""Signing in and out, one's own account, and the home page."""

from urllib.parse import urlsplit

from flask import Blueprint, g, make_response, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.accounts.absence.queries import standing
from approvals.accounts.actions import change_password, check_attempts, matches, set_language
from approvals.accounts.actions import sign_in as sign_in_action
from approvals.accounts.actions import sign_out as sign_out_action
from approvals.accounts.contacts import show_contact
from approvals.accounts.identity import credentials_of
from approvals.base.errors import Refused, invalid
from approvals.base.i18n import N_, known_language
from approvals.base.i18n import gettext as _
from approvals.http.access import access, actor, begin, end, own_session
from approvals.http.application import CHOSEN, COOKIE, COOKIE_LIFE, database, now, settings, today
from approvals.http.resumed_form import unpacked
from approvals.web.forms import EMPTY, Form, keep, kept, say, sent_fields
from approvals.web.navigation import home_links, home_warnings
from workflows.charts.roles import ROLES

accounts = Blueprint("accounts", __name__)


@accounts.get("/")
@access("signed_in")
def home() -> str:
    with database().read() as tx:
        links, warnings = home_links(tx, actor(), now()), home_warnings(tx, actor())
        absence = standing(tx, actor(), today())
    words = {"actor": actor(), "absence": absence, "roles": ROLES}
    return render_template("home/index.html", links=links, warnings=warnings, **words)


@accounts.get("/sign-in")
@access("public")
def sign_in(form: Form = EMPTY) -> str:
    return render_template("account/sign_in.html", form=form, next=_safe_next(), carried=unpacked())


@accounts.post("/sign-in")
@access("public")
@kept(sign_in)
def sign_in_now() -> Response | str:
    username = request.form.get("username", "").strip()[:200].replace("\0", "\ufffd")
    keep({"username": username})
    address = request.remote_addr or ""
    with database().read() as tx:
        check_attempts(tx, username, address, now())
        credentials = credentials_of(tx, username)
    is_right = matches(credentials, request.form.get("password", ""))
    with database().write() as tx:
        token = sign_in_action(tx, username, credentials, is_right=is_right, address=address, now=now())
    if token is None:
        raise invalid("username", N_("Incorrect user name or password."))
    begin(token)
    if sent := unpacked():
        return render_template("account/carried.html", carried=sent)
    return redirect(_safe_next() or url_for("accounts.home"), 303)


@accounts.post("/sign-out")
@access("signed_in")
def sign_out() -> Response:
    with database().write() as tx:
        sign_out_action(tx, own_session(), now())
    end()
    return redirect(url_for("accounts.sign_in"), 303)


@accounts.get("/account/password")
@access("signed_in")
def password(form: Form = EMPTY) -> str:
    must = own_session().must_change_password
    return render_template("account/password.html", form=form, must=must)


@accounts.post("/account/password")
@access("signed_in")
@kept(password)
def password_now() -> Response:
    given = {name: request.form.get(name, "") for name in ("old", "new", "again")}
    if given["new"] != given["again"]:
        raise invalid("again", N_("does not match"))
    with database().write() as tx:
        change_password(tx, given["old"], given["new"], by=actor(), now=now())
    end()
    say(_("Your password has been changed. Sign in with the new password."))
    return redirect(url_for("accounts.sign_in"), 303)


@accounts.post("/people/<username>/contact")
@access(roles=permissions.ASK_FOR_CONTACTS)
def contact(username: str) -> Response:
    """Show data that were masked; a GET could be made by a link elsewhere, so it is a form."""
    with database().write() as tx:
        found = show_contact(tx, username, _safe_next() or "", by=actor(), now=now())
    response = make_response(render_template("account/contact.html", person=found, next=_safe_next()))
    response.headers["Cache-Control"] = "no-store"
    return response


@accounts.post("/language")
@access("public")
def language() -> Response:
    chosen = known_language(sent_fields("language").get("language"))
    if chosen is None:
        raise Refused(N_("This language is not available."))
    if "actor" in g:
        session.pop(CHOSEN, None)
        with database().write() as tx:
            set_language(tx, actor(), chosen)
    else:
        session[CHOSEN] = chosen
    response = redirect(_safe_next() or url_for("accounts.home"), 303)
    secure = settings().is_production
    response.set_cookie(COOKIE, chosen, max_age=COOKIE_LIFE, samesite="Lax", httponly=True, secure=secure)
    return response


def _safe_next() -> str | None:
    """Where to go on, if it is a page of ours."""
    wanted = request.values.get("next", "")
    parts = urlsplit(wanted)
    is_ours = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    return wanted if is_ours and wanted.isprintable() and "\\" not in wanted else None
