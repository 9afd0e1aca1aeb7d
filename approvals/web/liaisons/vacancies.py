"""Open work that nobody holds: a list that the service centre and the administrators of accounts empty."""

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.base.errors import Forbidden
from approvals.base.i18n import N_
from approvals.exports.lists.projects import ORPHANS
from approvals.handover.vacancies import projects_without_liaison, vacancies
from approvals.http.access import access, actor, may_open
from approvals.http.application import database
from approvals.web.lists import ListPage, asked_list, declare

vacancy_list = Blueprint("vacancies", __name__)
ORPHAN_LIST = declare(ListPage("vacancies.index", N_("Projects without a liaison"), ORPHANS, has_views=False))


@vacancy_list.get("/vacancies")
@access(roles=permissions.SEE_VACANCIES)
def index() -> str | Response:
    asked, sees_projects = asked_list(ORPHAN_LIST), may_open(actor(), "liaisons.terms")
    if asked.file and not sees_projects:
        raise Forbidden
    with database().read() as tx:
        if asked.file:
            return asked.send(lambda part: projects_without_liaison(tx, part))
        view = vacancies(tx, asked.part)
        listing = asked.listing(tx, view.project_count)
    return render_template(
        "liaisons/vacancies.html",
        view=view,
        cursor=asked.cursor,
        listing=listing,
        sees_programme=may_open(actor(), "programme.item"),
        sees_projects=sees_projects,
        keeps_accounts=may_open(actor(), "administration.people"),
    )
