"""What a notice is called and where it leads: the same on the page, in a mail and in a message."""

from flask import current_app

from approvals.accounts.access import may_open
from approvals.accounts.actors import Actor
from approvals.base.i18n import gettext as _
from approvals.base.i18n import label
from approvals.casefile.notices import NoticeView
from approvals.history.actions import HEADS
from approvals.reports.titles import report_title
from workflows.config.city import load_city

PROJECT_PAGES = {"owner": "filing.show"}  # where each audience reads on; the others do in the casefile


def title_of(one: NoticeView) -> str:
    """What happened, and to which item."""
    if one.report:
        return label(one.move) + _(": ") + report_title(*one.report)
    title = label(one.move)
    if one.order:
        return title + _(": ") + load_city().shown_order(one.order)
    return title + _(": ") + f"{one.code} {label(one.item)}" if one.item else title


def path_of(one: NoticeView, reader: Actor) -> str | None:
    """The page of what the notice is about, if the reader may open it."""
    if one.report:
        kind, month = one.report
        return _path("reports.show", kind=kind, month=month) if may_open(reader, "reports.show") else None
    if one.order:
        return _path("orders.show", order=one.order) if may_open(reader, "orders.show") else None
    if one.code and may_open(reader, "windows.show"):
        return _path("windows.show", project=one.ref, code=one.code)
    if one.move.name == "end_joint" and one.audience == HEADS:  # they see the project no longer
        return None
    if one.request_no:
        return _path("requests.show", ref=one.ref, number=one.request_no)
    endpoint = PROJECT_PAGES.get(one.audience, "casefile.show")
    return _path(endpoint, ref=one.ref) if may_open(reader, endpoint) else None


def _path(endpoint: str, **values: str) -> str:
    """The path of a page, in a request or outside of any."""
    return current_app.url_map.bind("localhost").build(endpoint, values)
