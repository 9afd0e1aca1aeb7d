"""What lies open with somebody who goes on leave: the items and dates that a deputy takes over."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, case, func, or_, select

from approvals.accounts.absence.queries import Colleague
from approvals.filing.queries import TABLE, ref_of
from approvals.registration.lights import is_open, light_on
from approvals.registration.queries import APPROVALS
from approvals.supervision.queries import ESCALATIONS, OPEN_STATES
from approvals.windows.actions import LIVE
from workflows.charts.roles import LEVEL_ROLES
from workflows.config.catalogue import Item, load_catalogue
from workflows.config.city import load_city
from workflows.rules.absence import AbsenceSpan

SHOWN = 30  # items that are listed; the others are counted
AT_WINDOW = ("received", "accepted", "paused")  # states in which a clock runs or will run again
AT_OWNER = ("ready", "correcting")
ANSWERING = {level: frozenset(roles) for level, roles in LEVEL_ROLES.items() if level > 1}


@dataclass(frozen=True, slots=True)
class OpenItem:
    """One approval that is open, and the day on which something of it is due; None when nothing is."""

    ref: str
    shown_number: str
    project: str
    code: str
    item: Item
    due_on: date | None
    light: str | None


@dataclass(frozen=True, slots=True)
class OpenWork:
    """What lies open with a person: the first items by their days, how many there are, projects accompanied."""

    items: tuple[OpenItem, ...]
    total: int
    projects: int

    @property
    def more(self) -> int:
        return self.total - len(self.items)


def open_work(tx: Connection, person: Colleague, days: AbsenceSpan, today: date) -> OpenWork:
    """What of this person's work is open or due by the last of these days."""
    clauses = list(_responsibility(person, days))
    if not clauses:
        return OpenWork((), 0, 0)
    where = (TABLE.c.state.in_(LIVE), or_(*clauses))
    total = tx.execute(_from(select(func.count())).where(*where)).scalar_one()
    columns = (
        *(TABLE.c[name] for name in ("name", "number", "external_ref", "uid")),
        APPROVALS.c.code,
        APPROVALS.c.due_on,
        case((is_open(), light_on(today))).label("light"),
    )
    order = (APPROVALS.c.due_on.is_(None), APPROVALS.c.due_on, APPROVALS.c.id)
    rows = tx.execute(_from(select(*columns)).where(*where).order_by(*order).limit(SHOWN))
    return OpenWork(tuple(_item(row) for row in rows), int(total), _accompanied(tx, person))


def _responsibility(person: Colleague, days: AbsenceSpan) -> Iterator[ColumnElement[bool]]:
    """The clauses that leave the approvals which are this person's work, one for each of their roles."""
    is_due = or_(APPROVALS.c.due_on.is_(None), APPROVALS.c.due_on <= days.last)
    if person.roles & {"window", "window_head"}:
        yield (APPROVALS.c.department_id == person.unit_id) & APPROVALS.c.state.in_(AT_WINDOW) & is_due
    if "liaison" in person.roles:
        yield (TABLE.c.liaison_id == person.id) & APPROVALS.c.state.in_((*AT_OWNER, *AT_WINDOW)) & is_due
    if "owner" in person.roles:
        yield (TABLE.c.owner_unit_id == person.unit_id) & APPROVALS.c.state.in_(AT_OWNER)
    for level, roles in ANSWERING.items():
        if person.roles & roles:
            yield APPROVALS.c.id.in_(_to_answer(level))


def _to_answer(level: int) -> Select[Any]:
    open_now = (ESCALATIONS.c.level == level, ESCALATIONS.c.state.in_(OPEN_STATES))
    return select(ESCALATIONS.c.approval_id).where(*open_now)


def _from(statement: Select[Any]) -> Select[Any]:
    return statement.select_from(APPROVALS.join(TABLE, TABLE.c.id == APPROVALS.c.project_id))


def _accompanied(tx: Connection, person: Colleague) -> int:
    if "liaison" not in person.roles:
        return 0
    conditions = (TABLE.c.liaison_id == person.id, TABLE.c.state.in_(LIVE))
    return int(tx.execute(select(func.count()).select_from(TABLE).where(*conditions)).scalar_one())


def _item(row: Any) -> OpenItem:
    ref = ref_of(row)
    number = load_city().shown_number(row.number) if row.number else ref
    return OpenItem(ref, number, row.name, row.code, load_catalogue().items[row.code], row.due_on, row.light)
