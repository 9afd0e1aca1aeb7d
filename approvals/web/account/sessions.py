"""My sessions: where one is signed in, ending sessions, and giving one's password again."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from approvals.accounts.sessions import end_other_sessions, end_session, own_sessions
from approvals.accounts.sign_ins import keep_confirmed
from approvals.base.i18n import gettext as _
from approvals.http.access import access, own_session
from approvals.http.application import database, now
from approvals.http.resumed_form import resumed_form
from approvals.web.account.own_password import check_own_password, password_again
from approvals.web.forms import EMPTY, Form, redisplay
from approvals.web.query_parameters import next_page
from approvals.web.submissions import process_once

sessions = Blueprint("sessions", __name__, url_prefix="/account")
OTHERS = "others"  # in place of a session's key


@sessions.get("/sessions")
@access("signed_in")
def index() -> str:
    with database().read() as tx:
        rows = own_sessions(tx, own_session(), now())
    return render_template("account/sessions.html", rows=rows, others=OTHERS)


@sessions.post("/sessions")
@access("signed_in")
@password_again
def finish() -> Response:
    own, key = own_session(), request.form.get("session", "")
    if key == OTHERS:
        return process_once(
            url_for("sessions.index"),
            lambda tx: end_other_sessions(tx, own, now()),
            _("All other sessions have ended. Only this browser is signed in."),
        )
    return process_once(
        url_for("sessions.index"), lambda tx: end_session(tx, own, key, now()), _("The session has ended.")
    )


@sessions.get("/confirm")
@access("signed_in")
def confirm(form: Form = EMPTY) -> str:
    """The page that asks for the password again."""
    return render_template("account/confirm.html", form=form, resumable=resumed_form(), next=next_page())


@sessions.post("/confirm")
@access("signed_in")
@redisplay(confirm)
def confirm_now() -> Response | str:
    check_own_password(request.form.get("password", ""), "password")
    with database().write() as tx:
        keep_confirmed(tx, own_session(), now())
    if form_to_resume := resumed_form():
        return render_template("account/resume_form.html", resumable=form_to_resume, is_confirmed=True)
    return redirect(next_page() or url_for("home.index"), 303)
