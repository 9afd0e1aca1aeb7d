"""The list of what acceptances left owed: for its owner, its window, the liaison and the offices."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select, tuple_

from approvals.accounts.actors import Actor
from approvals.base.errors import invalid
from approvals.base.i18n import N_
from approvals.base.pagination import PAGE, Page, read_cursor, write_cursor
from approvals.filing.queries import TABLE as PROJECTS
from approvals.registration.queries import APPROVALS, visible_approvals
from approvals.windows.owed.materials import OWED
from approvals.windows.owed.statements import CLOSED, steps_by_approval
from approvals.windows.queries import ApprovalView, in_order
from workflows.config.city import load_city
from workflows.rules.due_statements import RecordedStep
from workflows.rules.owed_materials import owed_materials

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


def owed_list(tx: Connection, actor: Actor, *, today: date, cursor: str = "") -> Page[OwedRow]:
    """The approvals that owe materials and that the actor may see, the first day first."""
    key = APPROVALS.c.owed_until, APPROVALS.c.id
    owing = (
        select(*key)
        .join(PROJECTS, PROJECTS.c.id == APPROVALS.c.project_id)
        .where(APPROVALS.c.owed_until.is_not(None), PROJECTS.c.state.not_in(CLOSED), visible_approvals(actor))
        .order_by(*key)
        .limit(PAGE + 1)
    )
    if cursor:
        owing = owing.where(tuple_(*key) > tuple_(*_after(cursor)))
    found = tx.execute(owing).all()
    ids = [row.id for row in found[:PAGE]]
    steps = steps_by_approval(tx, OWED, ids)
    rows = [_row(view, today, steps[view.id]) for view in in_order(tx, ids, today)]
    last = found[PAGE - 1] if len(found) > PAGE else None
    return Page(rows, write_cursor(last.owed_until.isoformat(), last.id) if last else None)


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
