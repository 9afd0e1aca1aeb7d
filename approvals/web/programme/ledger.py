"""The programme ledger: the items of a year with investment, status and project."""

from flask import render_template
from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.base.i18n import N_
from approvals.base.i18n import gettext as _
from approvals.base.pagination import part_of
from approvals.base.sorting import sorted_rows
from approvals.casefile.programme.ledger import FLAGS, ORDERS, LedgerFilter, LedgerView, ledger_view, years
from approvals.exports.lists.programme import LEDGER, LEDGER_KEYS
from approvals.exports.programme_ledger import write_ledger
from approvals.http.access import access, actor
from approvals.http.application import database, today
from approvals.web.downloads import XLSX, send_download
from approvals.web.lists import ListPage, asked_list, declare
from approvals.web.pages import category_choices, labels
from approvals.web.programme.blueprint import programme
from approvals.web.query_parameters import query_choice, query_flag, query_text
from workflows.charts.item import ITEM
from workflows.charts.programme_terms import ITEM_KINDS
from workflows.config.city import load_city
from workflows.config.policy import load_policy

ANY_YEAR = {str(year) for year in range(2000, 2101)}  # one without items has an empty ledger
STATES = {state.name: state for state in ITEM.states}


LEDGER_LIST = declare(
    ListPage(
        "programme.ledger",
        N_("Ledger"),
        LEDGER,
        filters={
            "search": N_("Search"),
            "category": N_("Category"),
            "county": N_("County"),
            "state": N_("State"),
            "kind": N_("Kind"),
        },
        flags={
            "behind": N_("Behind the plan"),
            "key": N_("Key project"),
            "practical_matter": N_("Practical matter"),
        },
        places=("year", "order"),
    )
)


@programme.get("/ledger")
@access(roles=permissions.SEE_PROGRAMME)
def ledger() -> str | Response:
    asked, counties = asked_list(LEDGER_LIST), list(load_city().county_codes.items())
    view = _view()
    rows = sorted_rows(view.rows, LEDGER_KEYS, asked.sorting)
    choices = {"category": category_choices(), "county": counties, "state": labels(STATES), "kind": labels(ITEM_KINDS)}
    if asked.file:
        return asked.send(lambda part: part_of(rows, part.cursor, part.limit), choices, str(view.wanted.year))
    with database().read() as tx:
        listing = asked.listing(tx, len(rows), choices)
    return render_template(
        "programme/ledger.html",
        view=view,
        listing=listing,
        page=part_of(rows, asked.cursor, asked.part.limit),
        cursor=asked.cursor,
        orders=ORDERS,
        states=STATES,
        kinds=ITEM_KINDS,
        counties=counties,
        may_propose=actor().has(*permissions.PROPOSE_ITEMS),
        may_close=actor().has(*permissions.CLOSE_MONTHS),
        page_of_project="filing.show" if view.unit else "casefile.show",
    )


@programme.get("/ledger/sheet")
@access(roles=permissions.SEE_PROGRAMME)
def ledger_sheet() -> Response:
    """The items that the page lists with these filters, as a workbook."""
    view = _view()
    name = _("Ledger of the programme of %(year)s", year=view.wanted.year)
    return send_download(write_ledger(view), XLSX, f"{name}.xlsx", "ledger")


def _view() -> LedgerView:
    with database().read() as tx:
        known_years = years(tx, actor())
        return ledger_view(tx, actor(), _filters(known_years), known_years, today(), load_policy().programme)


def _filters(known_years: tuple[int, ...]) -> LedgerFilter:
    year_text = query_choice("year", ANY_YEAR)
    return LedgerFilter(
        year=int(year_text) if year_text else next(iter(known_years), today().year),
        search=query_text("search"),
        category=query_choice("category", load_city().categories),
        state=query_choice("state", STATES),
        kind=query_choice("kind", ITEM_KINDS),
        county=query_choice("county", load_city().county_codes),
        order=query_choice("order", ORDERS),
        is_behind=query_flag("behind"),
        **{name: query_flag(name.removeprefix("is_")) for name in FLAGS},
    )
