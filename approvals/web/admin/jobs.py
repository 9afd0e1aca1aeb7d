"""Background jobs: status, failures and retries."""

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
from approvals.web.query_parameters import query_cursor
from approvals.web.submissions import flash_message, writing_once
from workflows.label import Label

jobs = Blueprint("jobs", __name__, url_prefix="/administration/jobs")
KIND_LABELS = {
    "sweep": Label("自动巡检", "Sweep"),
    "compile_month": Label("编制月度报告", "Compile the monthly report"),
    "compile_bulletin": Label("编制督查通报", "Compile the bulletin"),
    "redate": Label("重新计算期限", "Date anew after a calendar"),
    "digest": Label("每日摘要", "Daily digest"),
    "tidy": Label("清理过期记录", "Tidy up"),
    "keep_root": Label("留存当日记录根值", "Keep the root of the record"),
    "send_root": Label("发送记录根值", "Send the root of the record"),
    "issue_report": Label("印发报告", "Issue a report"),
    "print_report": Label("排印文稿", "Print a paper"),
    "fan_out": Label("分发通知", "Pass notices on"),
    "deliver_mail": Label("投递电子邮件", "Deliver a mail"),
    "deliver_webhook": Label("投递机器人消息", "Deliver to a robot"),
}
STATE_LABELS = {
    "waiting": Label("等待", "Waiting"),
    "running": Label("进行中", "Running"),
    "done": Label("完成", "Done"),
    "failed": Label("失败", "Failed"),
}


@jobs.get("")
@access(roles=permissions.OPERATE)
def index() -> str:
    cursor = query_cursor()
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
            flash_message(_("The job is queued for another attempt."))
    return once.answer()
