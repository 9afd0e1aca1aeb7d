"""The reports as managers see them: the list of months, a month's figures, its PDF, and its issue."""

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from flask import Blueprint, redirect, render_template, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from approvals.accounts.access import access, actor
from approvals.base.asking import asked_language
from approvals.base.errors import Refused
from approvals.base.forms import EMPTY, Form, kept, say, sent_fields
from approvals.base.web import database, now, today
from approvals.reports.issuing import ISSUED_IN, issue_month, report_pdf
from approvals.reports.months import Month, check_begun, last_months, read_month
from approvals.reports.paper import ReportPage, report_page
from approvals.reports.queries import (
    IssuedReport,
    ReportMonth,
    figures_of,
    issued_reports,
    report_in_force,
    report_months,
)

reports = Blueprint("reports", __name__, url_prefix="/reports")
MANAGERS = frozenset({"supervision_office", "service_centre", "city_government"})
ISSUERS = frozenset({"supervision_office"})
LISTED = 13  # months


@dataclass(frozen=True, slots=True)
class MonthView:
    """A month around its figures: what was issued, and what may be done now."""

    month: Month
    issued: IssuedReport | None
    earlier: tuple[IssuedReport, ...]
    may_issue: bool
    may_correct: bool
    previous: Month
    following: Month | None


@reports.get("")
@access(roles=MANAGERS)
def index() -> str:
    with database().read() as tx:
        months: list[ReportMonth] = report_months(tx, last_months(today(), LISTED), today(), now())
    return render_template("reports/index.html", months=months)


@reports.get("/monthly/<month>")
@access(roles=MANAGERS)
def show(month: str, form: Form = EMPTY) -> str:
    asked = read_month(month)
    check_begun(asked, today())
    with database().read() as tx:
        page: ReportPage = report_page(figures_of(tx, month, today=today()))
        found = issued_reports(tx, asked)
    return render_template("reports/show.html", page=page, view=_view(asked, found), form=form)


def _view(month: Month, found: list[IssuedReport]) -> MonthView:
    is_over, may = month.last_on < today(), actor().has(*ISSUERS)
    following = month.following if month.following.first_on <= today() else None
    return MonthView(
        month=month,
        issued=found[-1] if found else None,
        earlier=tuple(found[:-1]),
        may_issue=may and is_over and not found,
        may_correct=may and bool(found),
        previous=month.previous,
        following=following,
    )


@reports.get("/monthly/<month>.pdf")
@access(roles=MANAGERS)
def pdf(month: str) -> Response:
    spoken = asked_language("language", ISSUED_IN)
    content = report_pdf(database(), month, spoken, today())
    name = _("Monthly report %(month)s.pdf", month=month)
    return send_file(BytesIO(content), "application/pdf", as_attachment=True, download_name=name)


@reports.post("/monthly/<month>/issue")
@access(roles=ISSUERS)
@kept(show, "issue")
def issue(month: str) -> Response:
    corrects = sent_fields("corrects").get("corrects", "")
    try:
        issued = issue_month(database(), month, corrects, actor(), now)
    except Refused:
        if not _was_just_done(month, corrects):
            raise
        return redirect(url_for("reports.show", month=month), 303)
    say(_("The report is issued as %(number)s.", number=issued.shown_number))
    return redirect(url_for("reports.show", month=month), 303)


def _was_just_done(month: str, corrects: str) -> bool:
    """Whether the same person asked for the same just before: a form sent twice."""
    with database().read() as tx:
        found = report_in_force(tx, read_month(month))
    if found is None or found.cites != corrects or found.issued_by != actor().username:
        return False
    return _minutes_since(found.issued_at) < 2


def _minutes_since(moment: datetime) -> float:
    return (now() - moment).total_seconds() / 60
