"""Drill-down of a report: all figures of one line, the items of each figure, and a department's own page."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Blueprint, render_template

from approvals.accounts import permissions
from approvals.base.errors import NotFound
from approvals.http.access import access, actor
from approvals.http.application import database, now, today
from approvals.reports.document.department_report import SPLIT
from approvals.reports.document.figure_lines import FIGURES, line_page
from approvals.reports.lifecycle.drill_down import drill_down
from approvals.reports.lifecycle.job_views import part_papers_view
from approvals.reports.lifecycle.queries import figures_of
from approvals.reports.periods import BULLETIN, MONTHLY, check_begun, month_of, read_period
from approvals.reports.titles import report_title
from approvals.web.charts import line_chart
from approvals.web.query_parameters import query_cursor
from workflows.charts.order import ORDER

V = TypeVar("V", bound=Callable[..., Any])
report_lines = Blueprint("report_lines", __name__, url_prefix="/reports")


def each_kind(declare: Callable[..., Callable[[V], V]], rule: str, **options: str) -> Callable[[V], V]:
    """Declare the view under `rule` of monthly reports and of bulletins; it gets their `kind`."""

    def declare_both(view: V) -> V:
        declare(f"/monthly{rule}", defaults={"kind": MONTHLY}, **options)(view)
        return declare(f"/bulletins{rule}", defaults={"kind": BULLETIN}, **options)(view)

    return declare_both


@each_kind(report_lines.get, "/<month>/<split>/<key>")
@access(roles=permissions.SEE_REPORT_FIGURES)
def show(kind: str, month: str, split: str, key: str) -> str:
    check_own(split, key)
    return _page(kind, month, split, key)


def _page(kind: str, month: str, split: str, key: str) -> str:
    period = read_period(kind, month)
    check_begun(period, today())
    with database().read() as tx:
        figures = figures_of(tx, month, kind=kind, today=today())
        page = line_page(figures, split, key)
        papers = part_papers_view(tx, kind, period, key, now(), figures) if split == SPLIT else None
    place = {"kind": kind, "month": month, "split": split, "key": key}
    context = {"papers": papers, "title": report_title(kind, month), "order_state": ORDER.state}
    lights = line_chart(page) if split == SPLIT else None
    return render_template("reports/line.html", page=page, place=place, lights=lights, **context)


@each_kind(report_lines.get, "/<month>/<split>/<key>/<figure>")
@access(roles=permissions.SEE_REPORT_FIGURES)
def cases(kind: str, month: str, split: str, key: str, figure: str) -> str:
    check_own(split, key)
    period, cursor = read_period(kind, month), query_cursor()
    check_begun(period, today())
    with database().read() as tx:
        items = drill_down(tx, period, split, key, figure, today=today(), cursor=cursor)
        page = line_page(figures_of(tx, month, kind=kind, today=today()), split, key)
    place = {"kind": kind, "month": month, "split": split, "key": key}
    case_figure = next((row for row in page.figures if row.name == figure), None)
    words = FIGURES[figure]
    context = {
        "case_items": items,
        "place": place,
        "line": page.label,
        "figure": case_figure,
        "words": words,
        "cursor": cursor,
    }
    address, title = place | {"figure": figure}, report_title(kind, month)
    return render_template("reports/cases.html", title=title, address=address, **context)


@report_lines.get("/own")
@access(roles=permissions.SEE_OWN_REPORT)
def own() -> str:
    """The last whole month of the actor's own department."""
    return _page(MONTHLY, str(month_of(today()).previous), SPLIT, str(actor().unit_id))


def check_own(split: str, key: str) -> None:
    """NotFound for anything but the actor's own department, unless they see all reports."""
    is_own = (split, key) == (SPLIT, str(actor().unit_id))
    if not is_own and not actor().has(*permissions.SEE_REPORTS):
        raise NotFound
