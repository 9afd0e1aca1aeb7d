"""Background jobs: status, failures and retries."""

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.accounts.audit import note
from approvals.base.errors import NotFound
from approvals.base.i18n import N_
from approvals.base.i18n import gettext as _
from approvals.base.jobs import JOB, try_again
from approvals.base.text_validation import address_number
from approvals.exports.lists.administration import JOBS
from approvals.http.access import access, actor
from approvals.http.application import database, now
from approvals.jobs.labels import KIND_LABELS, STATE_LABELS
from approvals.jobs.queries import failures, health, kinds, recent, recent_count
from approvals.web.lists import ListPage, asked_list, declare
from approvals.web.submissions import flash_message, writing_once

jobs = Blueprint("jobs", __name__, url_prefix="/administration/jobs")
JOB_LIST = declare(ListPage("jobs.index", N_("Last runs"), JOBS, has_views=False))


@jobs.get("")
@access(roles=permissions.OPERATE)
def index() -> str | Response:
    asked = asked_list(JOB_LIST)
    with database().read() as tx:
        if asked.file:
            return asked.send(lambda part: recent(tx, part))
        state, regular, failed = health(tx, now()), kinds(tx, now()), failures(tx)
        page, listing = recent(tx, asked.part), asked.listing(tx, recent_count(tx))
    words = {"names": KIND_LABELS, "states": STATE_LABELS}
    lists = {"kinds": regular, "failed": failed, "page": page, "listing": listing, "cursor": asked.cursor}
    return render_template("admin/jobs.html", health=state, **lists, **words)


@jobs.post("/again")
@access(roles=permissions.OPERATE)
def again() -> Response:
    with writing_once(url_for("jobs.index")) as once:
        if once.is_new:
            job_id = address_number(request.form.get("which", ""))
            if not try_again(once.tx, JOB.c.id == job_id, now()):
                raise NotFound
            note(once.tx, "job_tried_again", by=actor().username, detail=str(job_id), now=now())
            flash_message(_("The job is queued for another attempt."))
    return once.answer()
