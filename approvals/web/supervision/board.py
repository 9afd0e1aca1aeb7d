"""The board of the offices and the city government, and its drill-down lists."""

from flask import Blueprint, render_template

from approvals.accounts import permissions
from approvals.casefile.board.offices import WORST_FIRST
from approvals.casefile.board.queries import BoardListFilter, board_list
from approvals.casefile.board.street import counties, street_years
from approvals.casefile.board.street import street as street_of
from approvals.casefile.board.views import THE_COLUMNS
from approvals.casefile.board.views import board as board_of
from approvals.http.access import access, actor
from approvals.http.application import database, now, today
from approvals.web.charts import county_chart, department_chart, street_chart, trend_chart
from approvals.web.query_parameters import query_choice, query_cursor, query_text

board = Blueprint("board", __name__, url_prefix="/board")

PARTS = ("light", "state", "department", "liaison", "project")


@board.get("")
@access(roles=permissions.SEE_BOARD)
def index() -> str:
    with database().read() as tx:
        view = board_of(tx, actor(), now())
    charts = {"course": trend_chart(view.course), "departments": department_chart(view.departments)}
    return render_template("supervision/board.html", view=view, columns=THE_COLUMNS, lights=WORST_FIRST, charts=charts)


@board.get("/approvals")
@access(roles=permissions.SEE_BOARD)
def approvals() -> str:
    filters, cursor = BoardListFilter(**{name: query_text(name) for name in PARTS}), query_cursor()
    with database().read() as tx:
        view = board_list(tx, actor(), filters, today=today(), cursor=cursor)
    return render_template("supervision/board_list.html", view=view, filters=filters, cursor=cursor)


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
