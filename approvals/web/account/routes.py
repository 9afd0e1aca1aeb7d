"""Signing out, and one's own account."""

from datetime import timedelta

from flask import g, make_response, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.accounts.actions import change_password, set_language
from approvals.accounts.contacts import show_contact
from approvals.accounts.own_events import mark_events_read
from approvals.accounts.passwords import strength
from approvals.accounts.resets import choose_password
from approvals.accounts.sign_ins import sign_out as sign_out_action
from approvals.base.errors import Refused, invalid
from approvals.base.i18n import N_, known_language, translated
from approvals.base.i18n import gettext as _
from approvals.http.access import access, actor, end, own_session
from approvals.http.application import CHOSEN, COOKIE, COOKIE_LIFE, RateLimit, database, now, settings
from approvals.web.account import sign_in as _sign_in  # noqa: F401 - its routes
from approvals.web.account.blueprint import accounts
from approvals.web.account.own_password import check_own_password
from approvals.web.forms import EMPTY, Form, form_fields, redisplay, remember_input
from approvals.web.query_parameters import next_page
from approvals.web.submissions import flash_message, process_once

CHOICES = RateLimit(most=20, window=timedelta(minutes=10))  # tries of one address with a link or code
JUDGEMENTS = RateLimit(most=600, window=timedelta(minutes=1))  # of passwords while they are typed, for one address
STRENGTHS = (N_("Very weak"), N_("Weak"), N_("Fair"), N_("Good"), N_("Strong"))


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
@redisplay(password)
def password_now() -> Response:
    passwords = {name: request.form.get(name, "") for name in ("old", "new", "again")}
    if passwords["new"] != passwords["again"]:
        raise invalid("again", N_("does not match"))
    check_own_password(passwords["old"], "old")
    with database().write() as tx:
        change_password(tx, passwords["old"], passwords["new"], by=actor(), now=now())
    end()
    flash_message(_("Your password has been changed. Sign in with the new password."))
    return redirect(url_for("accounts.sign_in"), 303)


@accounts.get("/new-password")
@access("public")
def choose(form: Form = EMPTY) -> str:
    """The page at which a one-time link or code is turned into a password of one's own."""
    return render_template("account/choose_password.html", form=form, secret=request.args.get("secret", "")[:200])


@accounts.post("/new-password")
@access("public")
@redisplay(choose)
def choose_now() -> Response:
    secret, new = request.form.get("secret", "")[:200], request.form.get("new", "")
    remember_input({"secret": secret})
    CHOICES.check(request.remote_addr or "", now())
    if new != request.form.get("again", ""):
        raise invalid("again", N_("does not match"))
    with database().write() as tx:
        choose_password(tx, secret, new, now=now())
    flash_message(_("Your password is set. Sign in with it."))
    return redirect(url_for("accounts.sign_in"), 303)


@accounts.post("/password-strength")
@access("public")
def password_strength() -> str:
    """How hard the password that is being typed is to guess; nothing of it is kept."""
    JUDGEMENTS.check(request.remote_addr or "", now())
    password = request.form.get("new", "")
    judged = strength(password, actor().username if "actor" in g else "") if password else None
    why = translated(*judged.fault) if judged and judged.fault else ""
    strength_word = translated(STRENGTHS[judged.score], {}) if judged else ""
    return render_template("account/strength.html", judged=judged, strength=strength_word, why=why)


@accounts.post("/account/events/read")
@access("signed_in")
def events_read() -> Response:
    return process_once(url_for("home.index"), lambda tx: mark_events_read(tx, actor(), now()))


@accounts.post("/people/<username>/contact")
@access(roles=permissions.ASK_FOR_CONTACTS)
def contact(username: str) -> Response:
    """Show masked data; a form, because access is recorded and a link elsewhere could cause a GET."""
    with database().write() as tx:
        person = show_contact(tx, username, next_page() or "", by=actor(), now=now())
    response = make_response(render_template("account/contact.html", person=person, next=next_page()))
    response.headers["Cache-Control"] = "no-store"
    return response


@accounts.post("/language")
@access("public")
def language() -> Response:
    code = known_language(form_fields("language").get("language"))
    if code is None:
        raise Refused(N_("This language is not available."))
    if "actor" in g:
        session.pop(CHOSEN, None)
        with database().write() as tx:
            set_language(tx, actor(), code)
    else:
        session[CHOSEN] = code
    response = redirect(next_page() or url_for("home.index"), 303)
    secure = settings().is_production
    response.set_cookie(COOKIE, code, max_age=COOKIE_LIFE, samesite="Lax", httponly=True, secure=secure)
    return response
