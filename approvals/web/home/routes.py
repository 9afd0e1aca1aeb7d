"""The home page: what the reader is to do, and what they look at first beside it."""

from flask import Blueprint, render_template
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from approvals.accounts import permissions
from approvals.accounts.absence.queries import cover_status
from approvals.accounts.actors import Actor
from approvals.accounts.audit import EVENTS
from approvals.accounts.own_events import unread_events
from approvals.accounts.token_calls import programs_of
from approvals.base.i18n import N_
from approvals.base.pagination import Page
from approvals.casefile.owner.overview import own_overview
from approvals.exports.lists.worklist import WORKLIST
from approvals.http.access import access, actor
from approvals.http.application import database, now, today
from approvals.reports.document.brief.brief import brief
from approvals.reports.lifecycle.queries import frozen_figures, last_issued
from approvals.reports.periods import MONTHLY
from approvals.web.home.duties import duties, every_duty
from approvals.web.home.lines import duty_groups, duty_lines, nothing_waits
from approvals.web.lists import ListPage, asked_list, declare
from approvals.web.navigation import home_warnings
from workflows.charts.roles import ROLES

home = Blueprint("home", __name__)
DUTIES = declare(ListPage("home.index", N_("To do"), WORKLIST, has_views=False))


@home.get("/")
@access("signed_in")
def index() -> str | Response:
    asked = asked_list(DUTIES)
    cursor = asked.cursor
    with database().read() as tx:
        if asked.file:
            return asked.send(lambda _part: Page(duty_lines(every_duty(tx, actor(), now()), actor(), now()), None))
        view = duties(tx, actor(), now(), cursor)
        listing = asked.listing(tx, view.total)
        beside = {
            "warnings": home_warnings(tx, actor()),
            "account_events": unread_events(tx, actor(), now()),
            "absence": cover_status(tx, actor(), today()),
            "projects": own_overview(tx, actor()) if actor().has(*permissions.OWNERS) and not cursor else None,
            "report": _report(tx, actor()) if not cursor else None,
            "programs": programs_of(tx, actor().id, now()) if actor().has(*permissions.PROGRAMS) else None,
        }
    context = {"actor": actor(), "roles": ROLES, "cursor": cursor, "event_labels": EVENTS, "listing": listing}
    groups = duty_groups(view.page.rows, actor(), now())
    return render_template(
        "home/index.html", view=view, groups=groups, nothing=nothing_waits(actor()), **beside, **context
    )


def _report(tx: Connection, reader: Actor) -> dict[str, object] | None:
    """The brief of the last issued monthly report, for who leads."""
    issued = last_issued(tx, MONTHLY) if reader.has(*permissions.GOVERNMENT) else None
    if issued is None:
        return None
    place = {"kind": issued.kind, "month": issued.period}
    return {"brief": brief(frozen_figures(tx, issued)), "place": place, "number": issued.shown_number}
