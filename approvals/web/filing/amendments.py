"""Changes of a registered project's filing: the owner's form, and the list of those who confirm them."""

from flask import Blueprint, render_template, url_for
from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.base.errors import Refused
from approvals.base.i18n import N_
from approvals.casefile.amendments import amendment_count, waiting_amendments
from approvals.catalogue.queries import catalogue_of
from approvals.exports.lists.projects import AMENDMENTS
from approvals.filing.amendments import AT_ONCE, FIXED
from approvals.filing.forms import changed_values, check_filing, suggestions_for, values_of
from approvals.filing.views import changes_since, open_to
from approvals.history.commands import Reference
from approvals.http.access import access, actor
from approvals.http.application import database, today
from approvals.moves import execute
from approvals.web.filing.drafts import FormPage, asked, free_reference, own_project
from approvals.web.filing.field_groups import FieldGroup, field_groups
from approvals.web.forms import EMPTY, Form, form_input, form_version, redisplay, remember_input
from approvals.web.lists import ListPage, asked_list, declare
from approvals.web.submissions import flash_move, new_command, writing_once
from workflows.charts.filing_fields import FILING
from workflows.charts.project import PROJECT, REASON

amendments = Blueprint("amendments", __name__)

AMENDMENT_LIST = declare(ListPage("amendments.index", N_("Changes to confirm"), AMENDMENTS, has_views=False))
AMEND = PROJECT.move("amend")
CHANGEABLE = tuple(need for need in FILING if need.name not in FIXED)


@amendments.get("/projects/<ref>/amend")
@access(roles=permissions.FILE_PROJECTS)
def amend(ref: str, form: Form = EMPTY) -> str:
    with database().read() as tx:
        own = own_project(tx, ref)
        changes = changes_since(tx, own.id, form.version if form.message else None)
        suggestions, questions = suggestions_for(tx, actor(), today()), asked(tx, own)
    if not form.message and AMEND not in open_to(own, actor()):
        raise Refused(N_("The filing cannot be changed now."))
    shown = form if form.message else Form(values=values_of(own))
    reason_group = FieldGroup(AMEND.en, (REASON,))
    groups = field_groups(CHANGEABLE, shown)
    page = FormPage(shown, suggestions, None, groups, questions, "", own.version, own.name, own.ref, changes)
    at_once = [need for need in CHANGEABLE if need.name in AT_ONCE]
    needs = {"reason": REASON, "all_groups": (*groups, reason_group), "at_once": at_once}
    return render_template("filing/amend.html", page=page, **needs)


@amendments.post("/projects/<ref>/amend")
@access(roles=permissions.FILE_PROJECTS)
@redisplay(amend, AMEND.name)
def propose(ref: str) -> Response:
    values = remember_input(form_input((*CHANGEABLE, REASON)))
    reason = {"reason": values.pop("reason", None)}
    with free_reference(), writing_once(url_for("filing.show", ref=ref)) as once:
        if once.is_new:
            own = own_project(once.tx, ref)
            filing = values | {name: getattr(own, name) for name in FIXED}
            catalogue = catalogue_of(once.tx, own, today())
            earlier = {name: answer for name, answer in own.answers.items() if name not in catalogue.questions}
            filing["answers"] = earlier | filing["answers"]  # what the form does not ask stays as it is
            changes = changed_values(own, filing, check_filing(filing, catalogue, own.answers, asks_all=False))
            execute(once.tx, new_command(AMEND.name, Reference("project", ref), changes | reason, form_version()))
    flash_move(AMEND)
    return once.answer()


@amendments.get("/amendments")
@access(roles=permissions.CONFIRM_AMENDMENTS)
def index() -> str | Response:
    asked_for = asked_list(AMENDMENT_LIST)
    with database().read() as tx:
        if asked_for.file:
            return asked_for.send(lambda part: waiting_amendments(tx, actor(), part))
        page = waiting_amendments(tx, actor(), asked_for.part)
        listing = asked_for.listing(tx, amendment_count(tx, actor()))
    return render_template("filing/amendments.html", page=page, listing=listing, cursor=asked_for.cursor)
