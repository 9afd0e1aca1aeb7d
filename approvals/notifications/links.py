"""Titles and links of notices, the same on pages, in mails and in messages.

`PATHS` repeats routes of `web/`; a test holds the two against each other.
"""

from collections.abc import Mapping
from urllib.parse import quote, urlencode

from approvals.accounts import permissions
from approvals.accounts.actors import Actor
from approvals.base.i18n import gettext as _
from approvals.base.i18n import label
from approvals.notifications.inbox import InboxNotice
from approvals.programme.problems.queries import PROBLEM_KEY
from approvals.programme.queries import task_label
from approvals.reports.titles import report_title
from workflows.charts.office_moves import STATEMENTS
from workflows.config.city import load_city

PATHS: Mapping[str, str] = {
    "approval": "/approvals/{project}/{code}",
    "escalation": "/escalations/{project}/{code}/{level}",
    "notice": "/approvals/{project}/{code}/notices/{seq}",
    "own_project": "/projects/{ref}",
    "project": "/casefiles/{ref}",
    "request": "/projects/{ref}/requests/{number}",
    "order": "/orders/{order}",
    "deduction": "/deductions/{deduction}",
    "item": "/programme/{year}/items/{item_no}",
    "entry": "/programme/{year}/items/{item_no}/{code}/{month}",
    "problem": "/programme/{year}/items/{item_no}/problems/{number}",
    "own_month": "/programme/month",
    "monthly": "/reports/monthly/{month}",
    "offices": "/supervision/offices",
    "bulletin": "/reports/bulletins/{month}",
    "document": "/documents/{uid}",
    "unit": "/administration/units/{unit_id}",
    "person": "/administration/people/{username}",
    "projects": "/casefiles",
    "own_projects": "/projects",
    "people": "/administration/people",
    "ledger": "/ledger",
    "notices": "/notices",
}
PROGRAMME_PARTS = ("year", "item_no", "code", "month")  # of the key of an entry
SAFE = "!$&'()*+,;=:@"  # characters that a segment of a path may hold as they are (RFC 3986)


def page_path(page: str, **values: object) -> str:
    """The path of this page, its values percent-encoded."""
    return PATHS[page].format_map({name: quote(str(value), safe=SAFE) for name, value in values.items()})


def list_path(page: str, **query: object) -> str:
    """The path of a list, narrowed by this query."""
    return f"{PATHS[page]}?{urlencode(query)}"


def title_of(notice: InboxNotice) -> str:
    title = label(notice.move)
    if notice.task:
        title = _("%(title)s (%(step)s)", title=title, step=label(notice.task))
    if notice.report:
        return title + _(": ") + report_title(*notice.report)
    if notice.order:
        return title + _(": ") + load_city().shown_order(notice.order)
    if notice.deduction:
        return title + _(": ") + notice.deduction
    if notice.programme:
        return title + _(": ") + _of_programme(notice.programme)
    return title + _(": ") + f"{notice.code} {label(notice.item)}" if notice.item else title


def _of_programme(key: str) -> str:
    """The part of the programme as people call it: year or month, the item's number, the entry's county and month."""
    if problem := PROBLEM_KEY.fullmatch(key):
        return _("%(item)s no. %(number)s", item=problem["no"], number=problem["number"])
    year, *rest = key.split("/")
    if not rest:
        return year
    return " ".join((rest[0], task_label(rest[1]), rest[2]) if len(rest) == len(PROGRAMME_PARTS) - 1 else rest)


def path_of(notice: InboxNotice, reader: Actor) -> str | None:
    """The path of the page that the notice is about, if the reader may open it."""
    if notice.report:
        kind, month = notice.report
        return page_path(kind, month=month) if reader.has(*permissions.SEE_REPORTS) else None
    if notice.move.name in STATEMENTS and reader.has(*permissions.SEE_OFFICE_STEPS):
        return page_path("offices")
    if notice.order or notice.deduction:
        return _numbered_path(notice, reader)
    if notice.programme:
        return _programme_path(notice.programme, reader)
    if not notice.is_visible:  # it was when they heard of it
        return None
    if notice.code and reader.has(*permissions.SEE_APPROVALS):
        return page_path("approval", project=notice.ref, code=notice.code)
    if notice.request_no:
        return page_path("request", ref=notice.ref, number=notice.request_no)
    return _project_path(notice, reader)


def _numbered_path(notice: InboxNotice, reader: Actor) -> str | None:
    """The page of an order or a deduction."""
    if notice.order:
        return page_path("order", order=notice.order) if reader.has(*permissions.SEE_ORDERS) else None
    may_open = reader.has(*permissions.SEE_DEDUCTIONS)
    return page_path("deduction", deduction=notice.deduction) if may_open else None


def _programme_path(key: str, reader: Actor) -> str | None:
    if problem := PROBLEM_KEY.fullmatch(key):
        own = {"year": problem["year"], "item_no": problem["no"], "number": problem["number"]}
        return page_path("problem", **own) if reader.has(*permissions.SEE_PROBLEMS) else None
    if not reader.has(*permissions.SEE_PROGRAMME):
        return None
    parts = dict(zip(PROGRAMME_PARTS, key.split("/"), strict=False))
    if "month" in parts:
        return page_path("entry", **parts)
    return page_path("item", **parts) if "item_no" in parts else page_path("own_month")


def _project_path(notice: InboxNotice, reader: Actor) -> str | None:
    """Owners read on at their own page, all others at the casefile."""
    is_owners = notice.audience == "owner"
    may_open = permissions.SEE_OWN_PROJECTS if is_owners else permissions.SEE_PROJECTS
    return page_path("own_project" if is_owners else "project", ref=notice.ref) if reader.has(*may_open) else None
