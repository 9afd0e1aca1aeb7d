"""The due dates that somebody has in hand, from every source that a personal calendar shows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, false, or_, select

from approvals.accounts.actors import Actor
from approvals.base.i18n import gettext as _
from approvals.base.i18n import label
from approvals.base.text_validation import N_
from approvals.filing.queries import TABLE
from approvals.liaisons.contacts import CONTACTS, STANDS
from approvals.notifications.page_paths import page_path
from approvals.registration.queries import APPROVALS, WITH_PROJECT, approval_ref
from approvals.supervision.orders.queries import ORDERS, TO_ANSWER, ref_of_order
from approvals.supervision.queries import ESCALATIONS
from approvals.windows.clocks import CLOCK_NAMES
from workflows.charts.approval import APPROVAL
from workflows.charts.order import ORDER, WINDOWS
from workflows.charts.roles import LEVEL_ROLES
from workflows.config.catalogue import load_catalogue
from workflows.config.city import load_city

MOST = 500  # events of a calendar, the earliest first
CLOCK_OF: Mapping[str, str] = {
    "received": "notice",
    "accepted": "promised",
    "paused": "promised",
    "granted": "delivery",
    "refused": "delivery",
}
ANSWER_DUE = N_("Answer to the escalation")


@dataclass(frozen=True, slots=True)
class DueDate:
    """One day in a calendar. `key` names it for ever, `version` rises when it moves, `changed_at` is when it last did.

    `path` is that of the page where to read on.
    """

    key: str
    on: date
    title: str
    about: str
    version: int
    changed_at: datetime
    path: str


Source = Callable[[Connection, Actor], list[DueDate]]


def approval_dates(tx: Connection, actor: Actor) -> list[DueDate]:
    """The running limits of approvals: of the actor's window, of their unit's projects, of those they accompany."""
    is_open = and_(APPROVALS.c.due_on.is_not(None), APPROVALS.c.delivered_on.is_(None))
    query = WITH_PROJECT.where(is_open, _in_hand(actor)).order_by(APPROVALS.c.due_on, APPROVALS.c.id).limit(MOST)
    return [_of_approval(row) for row in tx.execute(query)]


def _in_hand(actor: Actor) -> ColumnElement[bool]:
    clauses = [APPROVALS.c.id < 0]  # nothing
    if actor.has("window", "window_head"):
        clauses.append(APPROVALS.c.department_id == actor.unit_id)
    if actor.has("owner"):
        clauses.append(TABLE.c.owner_unit_id == actor.unit_id)
    if actor.has("liaison"):
        clauses.append(TABLE.c.liaison_id.in_(actor.accompanies_as))
    return or_(*clauses)


def _of_approval(row: Any) -> DueDate:
    item = f"{row.code} {label(load_catalogue().items[row.code])}"
    title = _("%(limit)s due: %(item)s", limit=_(CLOCK_NAMES[CLOCK_OF[row.state]]), item=item)
    about = f"{row.project_name} · {label(APPROVAL.state(row.state))}"
    path = page_path("approval", project=row.number, code=row.code)
    return DueDate(f"approval-{row.id}", row.due_on, title, about, row.version, row.state_since, path)


def escalation_dates(tx: Connection, actor: Actor) -> list[DueDate]:
    """The days by which escalations at the actor's level must be answered."""
    levels = [level for level, roles in LEVEL_ROLES.items() if actor.has(*roles)]
    if not levels:
        return []
    is_own = or_(ESCALATIONS.c.level != 1, APPROVALS.c.department_id == actor.unit_id)
    joined = ESCALATIONS.join(APPROVALS, APPROVALS.c.id == ESCALATIONS.c.approval_id).join(
        TABLE, TABLE.c.id == ESCALATIONS.c.project_id
    )
    rows = tx.execute(
        select(ESCALATIONS, APPROVALS.c.code, TABLE.c.number, TABLE.c.name)
        .select_from(joined)
        .where(ESCALATIONS.c.state == "raised", ESCALATIONS.c.level.in_(levels), is_own)
        .order_by(ESCALATIONS.c.answer_due_on, ESCALATIONS.c.id)
        .limit(MOST)
    )
    return [_of_escalation(row) for row in rows]


def _of_escalation(row: Any) -> DueDate:
    title = _("%(limit)s due: %(item)s", limit=_(ANSWER_DUE), item=approval_ref(row))
    path = page_path("escalation", project=row.number, code=row.code, level=row.level)
    return DueDate(f"escalation-{row.id}", row.answer_due_on, title, row.name, row.version, row.state_since, path)


def follow_up_dates(tx: Connection, actor: Actor) -> list[DueDate]:
    """The days on which the actor follows up what is in the contact log of the projects that they accompany."""
    is_mine = TABLE.c.liaison_id.in_(actor.accompanies_as) if actor.has("liaison") else false()
    rows = tx.execute(
        select(CONTACTS, TABLE.c.number, TABLE.c.name)
        .join(TABLE, TABLE.c.id == CONTACTS.c.project_id)
        .where(is_mine, CONTACTS.c.follow_up_on.is_not(None), CONTACTS.c.done_at.is_(None), STANDS)
        .order_by(CONTACTS.c.follow_up_on, CONTACTS.c.id)
        .limit(MOST)
    )
    return [_of_follow_up(row) for row in rows]


def _of_follow_up(row: Any) -> DueDate:
    title = _("Follow up: %(what)s", what=row.name)
    path = page_path("project", ref=row.number)
    return DueDate(f"follow-up-{row.id}", row.follow_up_on, title, row.text, 1, row.at, path)


def order_dates(tx: Connection, actor: Actor) -> list[DueDate]:
    """The days by which the actor's department must answer supervision orders."""
    is_own = ORDERS.c.department_id == actor.unit_id if actor.has(*WINDOWS) else false()
    rows = tx.execute(
        select(ORDERS).where(is_own, ORDERS.c.state.in_(TO_ANSWER)).order_by(ORDERS.c.due_on, ORDERS.c.id).limit(MOST)
    )
    return [_of_order(row) for row in rows]


def _of_order(row: Any) -> DueDate:
    number = load_city().shown_order(ref_of_order(row))
    title = _("%(limit)s due: %(item)s", limit=label(ORDER), item=number)
    path = page_path("order", order=ref_of_order(row))
    return DueDate(f"order-{row.id}", row.due_on, title, row.subject, row.version, row.state_since, path)


# What a calendar shows. A stage that has due dates of its own adds its source here.
SOURCES: tuple[Source, ...] = (approval_dates, escalation_dates, order_dates, follow_up_dates)


def due_dates(tx: Connection, actor: Actor) -> list[DueDate]:
    """Everything that the actor has in hand with a due date, the earliest first, in the language of this answer."""
    dates = [due for source in SOURCES for due in source(tx, actor)]
    return sorted(dates, key=lambda due: (due.on, due.key))[:MOST]
