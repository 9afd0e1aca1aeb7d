"""Requests jobs for reports: the issue of one, and renditions beside it."""

from datetime import datetime

from sqlalchemy import Connection

from approvals.accounts.actors import Actor, acting_role
from approvals.base.jobs import enqueue
from approvals.history.record import CITY
from approvals.reports.lifecycle.actions import check_compile
from approvals.reports.lifecycle.queries import ReportDraft, draft_of
from approvals.reports.periods import Period
from workflows.charts.report import REPORT

ISSUE, PRINT = "issue_report", "print_report"  # kinds of jobs


def request_issue(tx: Connection, kind: str, period: Period, by: Actor, now: datetime) -> None:
    """Request the issue of this period's draft in the name of `by`, once; Refused when it cannot be issued.

    The job checks rights and state again.
    """
    acting_role(by, REPORT.move("issue"), CITY)
    draft = draft_of(tx, kind, period)
    check_compile(tx, kind, period, draft.cites if draft else "", now)
    enqueue(tx, ISSUE, issue_key(kind, period, draft), {"by": by.username}, now, is_repeated=True)


def issue_key(kind: str, period: Period, draft: ReportDraft | None) -> str:
    """monthly/2026-03, or monthly/2026-03/2026-1 for the correction of that report."""
    return f"{kind}/{period}" + (f"/{draft.cites}" if draft and draft.cites else "")


def request_print(tx: Connection, kind: str, period: Period, language: str, now: datetime, part: str = "") -> None:
    """Request a rendition of this period in this language.

    With `part` (a unit's id) it is the extract for that department.
    """
    enqueue(tx, PRINT, print_key(kind, period, language, part), {}, now, is_repeated=True)


def print_key(kind: str, period: Period, language: str, part: str = "") -> str:
    """monthly/2026-03/en, or monthly/2026-03/en/7 for the page of the department with this id."""
    return f"{kind}/{period}/{language}" + (f"/{part}" if part else "")
