"""Open work that nobody holds: a list that the service centre and the administrators of accounts empty."""

from flask import Blueprint, render_template

from approvals.accounts import permissions
from approvals.handover.vacancies import vacancies
from approvals.http.access import access, actor, may_open
from approvals.http.application import database
from approvals.web.query_parameters import query_cursor

vacancy_list = Blueprint("vacancies", __name__)


@vacancy_list.get("/vacancies")
@access(roles=permissions.SEE_VACANCIES)
def index() -> str:
    cursor = query_cursor()
    with database().read() as tx:
        view = vacancies(tx, cursor=cursor)
    return render_template(
        "liaisons/vacancies.html",
        view=view,
        cursor=cursor,
        sees_programme=may_open(actor(), "programme.item"),
        sees_projects=may_open(actor(), "liaisons.terms"),
        keeps_accounts=may_open(actor(), "administration.people"),
    )
