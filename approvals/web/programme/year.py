"""A year of the programme: planned against actual for the city, its categories and counties, and what is behind."""

from collections.abc import Sequence
from itertools import accumulate

from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.base.charts import SvgChart, curves
from approvals.base.i18n import N_
from approvals.base.i18n import gettext as _
from approvals.casefile.programme.year_page import year_page
from approvals.history.commands import Reference
from approvals.http.access import access, actor
from approvals.http.application import database, today
from approvals.programme.queries import task_label, year_key
from approvals.web.forms import EMPTY, Form, redisplay
from approvals.web.programme.blueprint import programme
from approvals.web.query_parameters import query_day
from approvals.web.submissions import perform_form
from workflows.charts.programme_year import PROGRAMME
from workflows.config.policy import load_policy
from workflows.rules.programme_summary import Quarter

RECORD = PROGRAMME.move("record_outcome")
HINTS = {
    "unit": N_("For example: mg/m³, per cent of days."),
    "period": N_("For example: January to November 2026."),
    "change": N_("With its sign, such as -8.8."),
    "source": N_("Who measured or published it, and where."),
    "reason": N_("Only if this outcome is recorded already and was wrong."),
}


@programme.get("/programme/<year>")
@access(roles=permissions.SEE_PROGRAMME)
def year(year: str, form: Form = EMPTY) -> str:
    number = year_key(year)
    on = query_day("on", today())
    known = query_day("known", on) if request.args.get("known") else None
    with database().read() as tx:
        view = year_page(tx, number, actor(), on, known, today(), load_policy().programme)
    places = {code: task_label(code) for code, _error in view.outlook.by_county}
    return render_template(
        "programme/year.html",
        view=view,
        places=places,
        chart=_quarters(view.figures.quarters),
        form=form,
        record=RECORD if actor().has(*permissions.CLOSE_MONTHS) else None,
        hints={name: _(hint) for name, hint in HINTS.items()},
    )


@programme.post("/programme/<year>/outcomes")
@access(roles=permissions.CLOSE_MONTHS)
@redisplay(year, RECORD.name)
def record_outcome(year: str) -> Response:
    address = url_for("programme.year", year=year, _anchor="outcomes")
    return perform_form(PROGRAMME, RECORD.name, Reference("programme", key=year), address)


def _quarters(quarters: Sequence[Quarter]) -> SvgChart | None:
    """Share of the nodes planned and reached by the end of each quarter; None while no node is planned."""
    planned = [round(share * 100) for share in accumulate(quarter.planned for quarter in quarters)]
    actual = [round(share * 100) for share in accumulate(quarter.actual for quarter in quarters)]
    if not any(planned):
        return None
    series = (("accepted", _("Planned"), planned), ("granted", _("Actual"), actual))
    names = [(index, _("Quarter %(number)s", number=quarter.quarter)) for index, quarter in enumerate(quarters)]
    return curves("quarters", _("Nodes by the end of each quarter, in per cent of the year"), series, names)
