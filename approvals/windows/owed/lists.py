"""The list of what acceptances left owed: for its owner, its window, the liaison and the offices."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, func, select, tuple_

from approvals.accounts.actors import Actor
from approvals.base.errors import invalid
from approvals.base.i18n import N_
from approvals.base.pagination import Page, page_of, read_cursor
from approvals.base.sorting import FIRST_PART, Keys, ListPart, sorted_page
from approvals.filing.queries import TABLE as PROJECTS
from approvals.registration.queries import APPROVALS, visible_approvals
from approvals.windows.owed.materials import OWED
from approvals.windows.owed.statements import CLOSED, steps_by_approval
from approvals.windows.queries import ApprovalView, in_order
from workflows.config.city import load_city
from workflows.rules.due_statements import RecordedStep
from workflows.rules.owed_materials import owed_materials

_SORT_KEYS: Keys = {"project": PROJECTS.c.name, "code": APPROVALS.c.code, "until": APPROVALS.c.owed_until}
MOST_CHECKS = 100  # listed at once; the next ones appear as these are recorded


@dataclass(frozen=True, slots=True)
class OwedRow:
    """An approval with what it owes: materials not handed in, and handed in but not ticked off."""

    approval: ApprovalView
    number: str
    until_on: date
    lacking: tuple[str, ...]
    supplied: tuple[str, ...]
    is_late: bool


def owed_list(tx: Connection, actor: Actor, *, today: date, part: ListPart = FIRST_PART) -> Page[OwedRow]:
    """The approvals that owe materials and that the actor may see, the first day first."""
    key = APPROVALS.c.owed_until, APPROVALS.c.id
    owing = _owing(actor, select(*key))
    if part.is_sorted:
        page = sorted_page(tx, owing, _SORT_KEYS, APPROVALS.c.id, part)
    else:
        if part.cursor:
            owing = owing.where(tuple_(*key) > tuple_(*_after(part.cursor)))
        page = page_of(tx.execute(owing.order_by(*key).limit(part.limit + 1)).all(), part.limit, "owed_until", "id")
    return page.shown(_rows(tx, [row.id for row in page.rows], today))


def owed_count(tx: Connection, actor: Actor) -> int:
    """The length of the list."""
    return int(tx.execute(_owing(actor, select(func.count()).select_from(APPROVALS))).scalar_one())


def _owing(actor: Actor, statement: Select[Any]) -> Select[Any]:
    joined = statement.join(PROJECTS, PROJECTS.c.id == APPROVALS.c.project_id)
    return joined.where(APPROVALS.c.owed_until.is_not(None), PROJECTS.c.state.not_in(CLOSED), visible_approvals(actor))


def _rows(tx: Connection, ids: list[int], today: date) -> list[OwedRow]:
    steps = steps_by_approval(tx, OWED, ids)
    return [_row(view, today, steps[view.id]) for view in in_order(tx, ids, today)]


@dataclass(frozen=True, slots=True)
class CheckRow:
    """An approval that was granted on a promise, whose check is due."""

    approval: ApprovalView
    number: str
    check_on: date
    is_late: bool


def checks_due(tx: Connection, actor: Actor, *, today: date) -> list[CheckRow]:
    """The approvals whose promises are still to be checked and that the actor may see, the first day first."""
    due = (
        select(APPROVALS.c.id)
        .join(PROJECTS, PROJECTS.c.id == APPROVALS.c.project_id)
        .where(APPROVALS.c.check_on.is_not(None), PROJECTS.c.state.not_in(CLOSED), visible_approvals(actor))
        .order_by(APPROVALS.c.check_on, APPROVALS.c.id)
        .limit(MOST_CHECKS)
    )
    views = in_order(tx, list(tx.execute(due).scalars()), today)
    shown = load_city().shown_number
    return [CheckRow(v, shown(v.project), v.check_on, v.check_on < today) for v in views if v.check_on]


def _after(cursor: str) -> tuple[date, int]:
    on, key = read_cursor(cursor, (str, int))
    try:
        return date.fromisoformat(str(on)), int(str(key))
    except ValueError:
        raise invalid("cursor", N_("is not a cursor of this list")) from None


def _row(view: ApprovalView, today: date, steps: list[RecordedStep]) -> OwedRow:
    owed = owed_materials(steps)
    if owed is None:
        raise ValueError(f"approval {view.id} owes nothing by its record")
    supplied = tuple(name for name in owed.unsettled if name not in owed.lacking)
    number = load_city().shown_number(view.project)
    return OwedRow(view, number, owed.until_on, owed.lacking, supplied, owed.is_late(today))
