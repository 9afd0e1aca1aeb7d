"""Deductions: the list, one deduction one click from its event, and its moves."""

from collections.abc import Mapping

from flask import Blueprint, render_template, url_for
from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.appraisal.views import DeductionFilter, deduction_page
from approvals.appraisal.views import deduction as deduction_of
from approvals.appraisal.views import deductions as deductions_of
from approvals.base.i18n import N_, Labelled, own_name
from approvals.exports.lists.appraisal import DEDUCTIONS
from approvals.history.commands import Reference
from approvals.http.access import access, actor
from approvals.http.application import database
from approvals.moves import read_reference
from approvals.web.forms import EMPTY, Form, redisplay
from approvals.web.lists import ListPage, asked_list, declare
from approvals.web.pages import labels
from approvals.web.query_parameters import query_text
from approvals.web.submissions import lost_move, perform_form
from workflows.charts.deduction import DEDUCTION
from workflows.charts.deduction_terms import EVENT_KINDS, REGIMES

deductions = Blueprint("deductions", __name__)

FILTERS = ("regime", "event", "unit", "state")
DEDUCTION_LIST = declare(
    ListPage(
        "deductions.index",
        N_("Deductions"),
        DEDUCTIONS,
        filters={"regime": N_("Regime"), "event": N_("Event"), "unit": N_("Unit"), "state": N_("State")},
    )
)


@deductions.get("/deductions")
@access(roles=permissions.SEE_DEDUCTIONS)
def index() -> str | Response:
    filters, asked = DeductionFilter(**{name: query_text(name) for name in FILTERS}), asked_list(DEDUCTION_LIST)
    states = {state.name: state for state in DEDUCTION.states}
    choices: dict[str, Mapping[str, Labelled]] = {"regime": REGIMES, "event": EVENT_KINDS, "state": states}
    words = {name: labels(values) for name, values in choices.items()}
    with database().read() as tx:
        if asked.file:
            return asked.send(lambda part: deduction_page(tx, actor(), filters, part), words)
        view = deductions_of(tx, actor(), filters, asked.part)
        units = [(unit.name, own_name(unit)) for unit in view.departments]
        listing = asked.listing(tx, view.total, words | {"unit": units})
    context = {"filters": filters, "choices": choices, "units": units, "cursor": asked.cursor, "link": event_link}
    return render_template("appraisal/deductions.html", view=view, listing=listing, **context)


@deductions.get("/deductions/<deduction>")
@access(roles=permissions.SEE_DEDUCTIONS)
def show(deduction: str, form: Form = EMPTY) -> str:
    with database().read() as tx:
        view = deduction_of(tx, deduction, actor(), looked_at=form.looked_at)
    lost = lost_move(DEDUCTION, form, view.moves)
    return render_template("appraisal/deduction.html", view=view, form=form, lost=lost, link=event_link)


@deductions.post("/deductions/<deduction>/moves/<move>")
@access(roles=permissions.MOVE_DEDUCTIONS)
@redisplay(show)
def make(deduction: str, move: str) -> Response:
    leads_to = url_for("deductions.show", deduction=deduction)
    return perform_form(DEDUCTION, move, Reference("deduction", key=deduction), leads_to)


def event_link(about: str) -> str:
    """The address of the page of what happened."""
    ref = read_reference(about, "")
    if ref.kind == "card":
        return url_for("cards.show", project=ref.project, code=ref.code, key=ref.key)
    if ref.kind == "order":
        return url_for("orders.show", order=ref.key)
    if ref.kind == "entry":
        year, item_no, code, month = ref.key.split("/")
        return url_for("programme.entry", year=year, item_no=item_no, code=code, month=month)
    return url_for("windows.show", project=ref.project, code=ref.code)
