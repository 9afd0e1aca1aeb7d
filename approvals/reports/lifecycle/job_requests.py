"""Requests jobs for reports: the issue of one, and renditions beside it."""

from datetime import datetime

from sqlalchemy import Connection

from approvals.accounts.actors import Actor, acting_role
from approvals.base.jobs import enqueue
from approvals.history.record import CITY
from approvals.reports.document.brief_report import BRIEF
from approvals.reports.lifecycle.actions import check_compile
from approvals.reports.lifecycle.queries import ReportDraft, draft_of
from approvals.reports.lifecycle.renditions import ISSUED_IN
from approvals.reports.periods import MONTHLY, Period
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

    With `part` it is the brief, or the extract for that department (its unit's id).
    """
    enqueue(tx, PRINT, print_key(kind, period, language, part), {}, now, is_repeated=True)


def request_brief(tx: Connection, kind: str, period: Period, now: datetime) -> None:
    """Request the brief in the language of issued reports, so that it is there when it is looked for."""
    if kind == MONTHLY:
        request_print(tx, kind, period, ISSUED_IN, now, BRIEF)


def print_key(kind: str, period: Period, language: str, part: str = "") -> str:
    """monthly/2026-03/en; monthly/2026-03/en/brief, or monthly/2026-03/en/7 for the page of the department 7."""
    return f"{kind}/{period}/{language}" + (f"/{part}" if part else "")
