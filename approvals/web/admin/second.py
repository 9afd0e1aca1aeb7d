"""What waits for a second administrator, and password resets, which no administrator sees."""

from flask import Blueprint, render_template, url_for
from werkzeug.wrappers import Response

from approvals.accounts import permissions, queries
from approvals.accounts.resets import begin_by_code, begin_by_link, never_had_one
from approvals.base.i18n import N_
from approvals.base.i18n import gettext as _
from approvals.handover.second_administrator import (
    ask_second,
    confirm_request,
    decline_request,
    may_decide,
    needs_second,
    open_requests,
)
from approvals.http.access import access, actor
from approvals.http.application import database, now, settings
from approvals.notifications.account_letters import mail_of, send_link, tell_person
from approvals.notifications.messages import Undelivered
from approvals.web.forms import EMPTY, Form, redisplay
from approvals.web.submissions import flash_message, process_once, writing_once
from workflows.charts.roles import ROLES
from workflows.label import Label

second = Blueprint("second", __name__, url_prefix="/administration/requests")
WEB_PATIENCE = 5.0  # seconds for each answer of the mail server while the page waits
KIND_LABELS = {
    "reset": Label("重置密码", "Reset the password"),
    "roles": Label("变更角色", "Change the roles"),
    "move": Label("调动单位", "Move to another unit"),
    "deactivate": Label("停用账号", "Deactivate the account"),
    "activate": Label("启用账号", "Activate the account"),
    "second_factor": Label("停用两步验证", "Take the second factor off"),
}
WAITS = N_("A second administrator must confirm this; it stands on their page “Requests for a second administrator”.")
REQUEST = "<int(max=999999999):request_id>"


@second.get("")
@access(roles=permissions.CONFIRM_AS_SECOND)
def index(form: Form = EMPTY) -> str:
    with database().read() as tx:
        rows = [(request, may_decide(request, actor())) for request in open_requests(tx)]
        units = {unit.id: unit for unit in queries.units(tx)}
    return render_template("admin/requests.html", rows=rows, kinds=KIND_LABELS, roles=ROLES, units=units, form=form)


@second.post(f"/{REQUEST}/confirm")
@access(roles=permissions.CONFIRM_AS_SECOND)
@redisplay(index, "request")
def confirm(request_id: int) -> Response | str:
    code = username = ""
    with writing_once(url_for("second.index")) as once:
        if once.is_new:
            username = next((row.username for row in open_requests(once.tx) if row.id == request_id), "")
            code = confirm_request(once.tx, request_id, by=actor(), now=now())
            tell_person(once.tx, username, now())
    if code:
        return _printed(username, code)
    flash_message(_("Confirmed. It has taken effect."))
    return once.answer()


@second.post(f"/{REQUEST}/decline")
@access(roles=permissions.CONFIRM_AS_SECOND)
@redisplay(index, "request")
def decline(request_id: int) -> Response:
    return process_once(
        url_for("second.index"),
        lambda tx: decline_request(tx, request_id, by=actor(), now=now()),
        _("Declined. Nothing has changed."),
    )


def reset(username: str) -> Response | str:
    """Mail a link to the person's confirmed address; without one, and for administrators, ask a second one.

    The first password of an account is begun by a code that is printed at once: there is nothing to protect yet.
    """
    leads_to = url_for("administration.person", username=username)
    with database().read() as tx:
        account = queries.person(tx, username)
        channel, is_first = mail_of(tx, account.id), never_had_one(tx, account)
    if is_first and not needs_second(account):
        return _first_code(username, leads_to)
    if channel is None or needs_second(account):
        return process_once(leads_to, lambda tx: ask_second(tx, "reset", username, {}, by=actor(), now=now()), _(WAITS))
    secret = ""
    with writing_once(leads_to) as once:
        if once.is_new:
            secret = begin_by_link(once.tx, username, by=actor(), now=now())
            tell_person(once.tx, username, now())
    if secret:
        _mail_link(account.id, username, secret)
    return once.answer()


def _first_code(username: str, leads_to: str) -> Response | str:
    code = ""
    with writing_once(leads_to) as once:
        if once.is_new:
            code = begin_by_code(once.tx, username, by=actor(), now=now())
    return _printed(username, code) if code else once.answer()


def _printed(username: str, code: str) -> str:
    """The page that shows a code once."""
    link = settings().public_url + url_for("accounts.choose")
    return render_template("admin/reset_code.html", username=username, code=code, link=link)


def _mail_link(person_id: int, username: str, secret: str) -> None:
    """Send the link, outside of any transaction; a server that does not take it is told to the administrator."""
    link = settings().public_url + url_for("accounts.choose", secret=secret)
    with database().read() as tx:
        channel, person = mail_of(tx, person_id), queries.person_row(tx, username)
    try:
        send_link(channel, person, link, now(), patience=WEB_PATIENCE)
    except Undelivered as error:
        text = _("The mail server did not take the link: %(why)s. Reset the password again later.", why=str(error))
        flash_message(text, "warning")
    else:
        flash_message(_("A link was sent to the person's confirmed address. It works once, within 24 hours."))
