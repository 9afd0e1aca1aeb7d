"""The page of jobs: whether they run, what failed and why, and having it tried again."""

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.accounts.audit import note
from approvals.base.errors import NotFound
from approvals.base.i18n import gettext as _
from approvals.base.jobs import JOB, try_again
from approvals.base.text_validation import address_number
from approvals.http.access import access, actor
from approvals.http.application import database, now
from approvals.jobs.queries import failures, health, kinds, recent
from approvals.web.admin.job_labels import KIND_LABELS, STATE_LABELS
from approvals.web.forms import say, writing_once
from approvals.web.query_parameters import asked_cursor

jobs = Blueprint("jobs", __name__, url_prefix="/administration/jobs")


@jobs.get("")
@access(roles=permissions.OPERATE)
def index() -> str:
    cursor = asked_cursor()
    with database().read() as tx:
        state, regular, failed = health(tx, now()), kinds(tx, now()), failures(tx)
        page = recent(tx, cursor=cursor)
    words = {"names": KIND_LABELS, "states": STATE_LABELS}
    return render_template(
        "admin/jobs.html", health=state, kinds=regular, failed=failed, page=page, cursor=cursor, **words
    )


@jobs.post("/again")
@access(roles=permissions.OPERATE)
def again() -> Response:
    with writing_once(url_for("jobs.index")) as once:
        if once.is_new:
            job_id = address_number(request.form.get("which", ""))
            if not try_again(once.tx, JOB.c.id == job_id, now()):
                raise NotFound
            note(once.tx, "job_tried_again", by=actor().username, detail=str(job_id), now=now())
            say(_("The job is queued for another attempt."))
    return once.answer()
