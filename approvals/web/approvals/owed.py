"""The list of materials that acceptances left owed."""

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.base.i18n import N_
from approvals.exports.lists.approvals import OWED
from approvals.http.access import access, actor
from approvals.http.application import database, today
from approvals.web.lists import ListPage, asked_list, declare
from approvals.windows.owed.lists import checks_due, owed_count, owed_list

owed = Blueprint("owed", __name__)


OWED_LIST = declare(ListPage("owed.index", N_("Materials owed"), OWED))


@owed.get("/owed")
@access(roles=permissions.SEE_APPROVALS)
def index() -> str | Response:
    asked = asked_list(OWED_LIST)
    with database().read() as tx:
        if asked.file:
            return asked.send(lambda part: owed_list(tx, actor(), today=today(), part=part))
        page = owed_list(tx, actor(), today=today(), part=asked.part)
        checks = checks_due(tx, actor(), today=today())
        listing = asked.listing(tx, owed_count(tx, actor()))
    return render_template("approvals/owed.html", page=page, checks=checks, cursor=asked.cursor, listing=listing)
