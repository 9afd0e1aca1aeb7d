"""The board of the offices and the city government, and its drill-down lists."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, render_template, url_for
from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.base.i18n import N_, label
from approvals.base.i18n import gettext as _
from approvals.calendar.lights import LIGHT_LABELS
from approvals.casefile.board.heat import COUNTY, DEPARTMENT, LIAISON, PROJECT, STAGE
from approvals.casefile.board.offices import WORST_FIRST
from approvals.casefile.board.queries import BoardListFilter, board_list, board_page
from approvals.casefile.board.street import counties, street_years
from approvals.casefile.board.street import street as street_of
from approvals.casefile.board.views import THE_COLUMNS, office_board
from approvals.casefile.board.views import board as board_of
from approvals.catalogue.queries import known_stages
from approvals.exports.lists.approvals import QUEUE
from approvals.http.access import access, actor
from approvals.http.application import database, now, today
from approvals.web.charts import county_chart, street_chart, trend_chart
from approvals.web.lists import ListPage, asked_list, declare
from approvals.web.pages import stage_choices
from approvals.web.query_parameters import query_choice, query_text
from workflows.charts.approval import APPROVAL
from workflows.config.city import load_city

board = Blueprint("board", __name__, url_prefix="/board")

NARROWING = ("department", "liaison", "project", "county", "stage", "followed")
PARTS = ("light", "state", *NARROWING)
OFFICE = "office"  # the tab that has no approvals
TABS = {
    DEPARTMENT: N_("By department"),
    PROJECT: N_("By project"),
    LIAISON: N_("By liaison"),
    COUNTY: N_("By county"),
    STAGE: N_("By stage"),
    OFFICE: N_("Offices and answers"),
}
LINE_NAMES = {
    DEPARTMENT: N_("Department"),
    PROJECT: N_("Project"),
    LIAISON: N_("Liaison"),
    COUNTY: N_("County"),
    STAGE: N_("Stage"),
}


@board.get("")
@access(roles=permissions.SEE_BOARD)
def index() -> str:
    by = query_choice("by", TABS) or DEPARTMENT
    with database().read() as tx:
        stages = known_stages(tx, today())
        filters = _filters(NARROWING, stages)
        tabs = [(name, _(title), _address(filters, name)) for name, title in TABS.items()]
        if by == OFFICE:
            offices = office_board(tx, actor(), now())
            charts = {"course": trend_chart(offices.course)}
            return render_template(
                "supervision/board_offices.html", view=offices, tabs=tabs, by=by, lights=WORST_FIRST, charts=charts
            )
        view = board_of(tx, actor(), filters, by, stages, now())
    return render_template(
        "supervision/board.html",
        view=view,
        columns=THE_COLUMNS,
        tabs=tabs,
        by=by,
        filters=filters,
        what=_(LINE_NAMES[by]),
        counties=[(name, name) for name in load_city().counties],
        stages=stage_choices(stages),
        cleared=url_for("board.index", by=by),
    )


def _address(filters: BoardListFilter, by: str) -> str:
    parts: dict[str, Any] = {**filters.address, "by": by}
    return url_for("board.index", **parts)


def _filters(parts: Iterable[str], stages: Iterable[int]) -> BoardListFilter:
    """The filters of the address; Invalid for a county, a stage or a flag that is none."""
    known = {"county": query_choice("county", load_city().counties)}
    known["stage"] = query_choice("stage", [str(number) for number in stages])
    known["followed"] = query_choice("followed", ("yes",))
    return BoardListFilter(**{name: known[name] if name in known else query_text(name) for name in parts})


BOARD_LIST = declare(
    ListPage(
        "board.approvals",
        N_("Open approvals"),
        QUEUE,
        filters={
            "light": N_("Light"),
            "state": N_("State"),
            "department": N_("Department"),
            "liaison": N_("Liaison"),
            "project": N_("Project"),
            "county": N_("County"),
            "stage": N_("Stage"),
        },
        flags={"followed": N_("Key and urgent projects")},
    )
)


@board.get("/approvals")
@access(roles=permissions.SEE_BOARD)
def approvals() -> str | Response:
    asked = asked_list(BOARD_LIST)
    with database().read() as tx:
        stages = known_stages(tx, today())
        filters = _filters(PARTS, stages)
        choices = {
            "light": [(name, label(light)) for name, light in LIGHT_LABELS.items()],
            "state": [(state.name, label(state)) for state in APPROVAL.states],
            "stage": stage_choices(stages),
        }
        if asked.file:
            return asked.send(lambda part: board_page(tx, actor(), filters, today=today(), part=part), choices)
        view = board_list(tx, actor(), filters, today=today(), part=asked.part)
        if filters.liaison:
            choices["liaison"] = [(filters.liaison, view.names[bool(filters.department)])]
        listing = asked.listing(tx, view.total, choices)
    return render_template(
        "supervision/board_list.html", view=view, filters=filters, listing=listing, cursor=asked.cursor
    )


@board.get("/street")
@access(roles=permissions.SEE_BOARD)
def street() -> str:
    with database().read() as tx:
        years = street_years(tx)
        chosen = query_choice("year", [str(year) for year in years])
        year = int(chosen) if chosen else max(years, default=today().year)
        steps, by_county = street_of(tx, year), counties(tx, today())
    charts = {"street": street_chart(steps), "counties": county_chart(by_county)}
    return render_template(
        "supervision/street.html", year=year, years=years, steps=steps, counties=by_county, charts=charts
    )
