"""Finds issued reports and bulletins by month and number."""

from collections.abc import Iterable

from sqlalchemy import Connection

from approvals.accounts import permissions
from approvals.accounts.actors import Actor
from approvals.base.formatting import day
from approvals.base.i18n import LANGUAGES, in_language
from approvals.base.i18n import gettext as _
from approvals.casefile.search.hits import SearchHit, SearchHits, SearchQuery
from approvals.filing.search import number_in
from approvals.notifications.links import page_path
from approvals.reports.lifecycle.queries import NUMBER_FORMATS, IssuedReport, issued_where
from approvals.reports.titles import report_title


def find_reports(tx: Connection, actor: Actor, query: SearchQuery) -> SearchHits:
    """The newest first, those that were corrected since too; their page is that of the month."""
    found = [report for report in reversed(issued_where(tx)) if _matches(report, query)]
    found.sort(key=lambda report: not _is_exact(report, query))
    return SearchHits(len(found), tuple(_hit(report, actor, query) for report in found[: query.limit]))


def _matches(report: IssuedReport, query: SearchQuery) -> bool:
    number = number_in(query.text, NUMBER_FORMATS[report.kind])
    if number and number[1] == report.number and number[0] in (None, report.year):
        return True
    return query.finds(*_titles(report), *_names(report))


def _titles(report: IssuedReport) -> Iterable[str]:
    for spoken in LANGUAGES:
        with in_language(spoken):
            yield report_title(report.kind, report.period)


def _names(report: IssuedReport) -> tuple[str, ...]:
    """Number and month as people write them."""
    year, month = map(int, report.period.split("-"))
    return report.shown_number, report.ref, report.period, f"{year}年{month}月"


def _is_exact(report: IssuedReport, query: SearchQuery) -> bool:
    return query.names(*_names(report))


def _hit(report: IssuedReport, actor: Actor, query: SearchQuery) -> SearchHit:
    return SearchHit(
        ref=f"{report.kind}/{report.period}",
        title=report_title(report.kind, report.period),
        about=(report.shown_number, _("issued on %(day)s", day=day(report.issued_at))),
        path=page_path(report.kind, month=report.period) if actor.has(*permissions.SEE_REPORTS) else None,
        is_exact=_is_exact(report, query),
    )
