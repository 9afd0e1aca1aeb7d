"""The board of the service centre, the supervision office and the city's government, and the lists behind it."""

from flask import Blueprint, render_template

from approvals.accounts import permissions
from approvals.casefile.board.queries import BoardListFilter, listed
from approvals.casefile.board.views import THE_COLUMNS
from approvals.casefile.board.views import board as board_of
from approvals.http.access import access, actor
from approvals.http.application import database, now, today
from approvals.web.query_parameters import asked_cursor, asked_text
from approvals.web.supervision.board_charts import course_chart, departments_chart

board = Blueprint("board", __name__, url_prefix="/board")

PARTS = ("light", "state", "department", "liaison", "project")


@board.get("")
@access(roles=permissions.SEE_BOARD)
def index() -> str:
    with database().read() as tx:
        view = board_of(tx, actor(), now())
    charts = {"course": course_chart(view.course), "departments": departments_chart(view.departments)}
    return render_template("supervision/board.html", view=view, columns=THE_COLUMNS, charts=charts)


@board.get("/approvals")
@access(roles=permissions.SEE_BOARD)
def approvals() -> str:
    asked, cursor = BoardListFilter(**{name: asked_text(name) for name in PARTS}), asked_cursor()
    with database().read() as tx:
        view = listed(tx, actor(), asked, today=today(), cursor=cursor)
    return render_template("supervision/board_list.html", view=view, asked=asked, cursor=cursor)
