"""The programme ledger: the items of a year with investment, status and project."""

from flask import Blueprint, render_template

from approvals.accounts import permissions
from approvals.casefile.programme_ledger import ledger_view
from approvals.http.access import access, actor
from approvals.http.application import database, today
from approvals.programme.queries import (
    FLAGS,
    KINDS,
    STATUSES,
    LedgerFilter,
    years,
)
from approvals.web.query_parameters import query_choice, query_flag, query_text
from workflows.config.city import load_city

programme = Blueprint("programme", __name__, url_prefix="/ledger")


@programme.get("")
@access(roles=permissions.SEE_PROGRAMME)
def ledger() -> str:
    with database().read() as tx:
        known_years = years(tx, actor())
        view = ledger_view(tx, actor(), _filters(known_years), known_years)
    return render_template(
        "programme/ledger.html",
        view=view,
        statuses=STATUSES,
        kinds=KINDS,
        page_of_project="filing.show" if view.unit else "casefile.show",
    )


def _filters(known_years: tuple[int, ...]) -> LedgerFilter:
    year_text = query_choice("year", {str(year) for year in known_years})
    return LedgerFilter(
        year=int(year_text) if year_text else next(iter(known_years), today().year),
        search=query_text("search"),
        category=query_choice("category", load_city().categories),
        status=query_choice("status", STATUSES),
        kind=query_choice("kind", KINDS),
        **{name: query_flag(name.removeprefix("is_")) for name in FLAGS},
    )
