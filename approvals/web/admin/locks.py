"""Sign-ins that wait after too many refused tries, and lifting such a wait."""

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from approvals.accounts import permissions, throttle
from approvals.base.i18n import gettext as _
from approvals.http.access import access, actor
from approvals.http.application import database, now
from approvals.web.submissions import process_once

locks = Blueprint("locks", __name__, url_prefix="/administration/locks")


@locks.get("")
@access(roles=permissions.KEEP_ACCOUNTS)
def index() -> str:
    with database().read() as tx:
        rows = throttle.locks(tx, now())
    return render_template("admin/locks.html", rows=rows)


@locks.post("")
@access(roles=permissions.KEEP_ACCOUNTS)
def lift() -> Response:
    return process_once(
        url_for("locks.index"),
        lambda tx: throttle.lift_lock(tx, request.form.get("lock", ""), by=actor(), now=now()),
        _("Lifted. They can try again at once."),
    )
