"""The list of materials that acceptances left owed."""

from flask import Blueprint, render_template

from approvals.accounts import permissions
from approvals.http.access import access, actor
from approvals.http.application import database, today
from approvals.web.query_parameters import query_cursor
from approvals.windows.owed.lists import checks_due, owed_list

owed = Blueprint("owed", __name__)


@owed.get("/owed")
@access(roles=permissions.SEE_APPROVALS)
def index() -> str:
    cursor = query_cursor()
    with database().read() as tx:
        page = owed_list(tx, actor(), today=today(), cursor=cursor)
        checks = checks_due(tx, actor(), today=today())
    return render_template("approvals/owed.html", page=page, checks=checks, cursor=cursor)
