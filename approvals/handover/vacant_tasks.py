"""Tasks of the programme whose responsible person has left: the lead unit hands them over."""

from dataclasses import dataclass

from sqlalchemy import Connection, Select, func, select

from approvals.accounts.queries import PERSON, UNIT, UnitName
from approvals.base.pagination import MOST
from approvals.programme.queries import ITEMS, TASK_PEOPLE, TASKS, task_label

IN_HAND = ("adopted", "under_way", "suspended", "claimed")  # states of items of which somebody answers for the tasks
_HELD = (
    TASKS.join(ITEMS, ITEMS.c.id == TASKS.c.item_id)
    .join(TASK_PEOPLE, TASK_PEOPLE.c.task_id == TASKS.c.id)
    .join(PERSON, PERSON.c.id == TASK_PEOPLE.c.person_id)
)
_LEFT = (ITEMS.c.state.in_(IN_HAND), TASK_PEOPLE.c.until_at.is_(None), ~PERSON.c.is_active)


@dataclass(frozen=True, slots=True)
class VacantTask:
    """A task, the item that it is of, and who was responsible for it."""

    year: int
    item_no: str
    item: str
    place: str
    lead: UnitName
    former: str


def vacant_task_count() -> Select[int]:
    """How many tasks nobody is responsible for any more."""
    return select(func.count()).select_from(_HELD).where(*_LEFT)


def vacant_tasks(tx: Connection) -> tuple[VacantTask, ...]:
    """Those tasks, by year and number of the item."""
    query = (
        select(ITEMS.c.year, ITEMS.c.item_no, ITEMS.c.name, TASKS.c.code, PERSON.c.name.label("former"))
        .add_columns(UNIT.c.name.label("lead"), UNIT.c.name_en)
        .select_from(_HELD)
        .join(UNIT, UNIT.c.id == ITEMS.c.lead_unit_id)
        .where(*_LEFT)
        .order_by(ITEMS.c.year, ITEMS.c.item_no, TASKS.c.id)
        .limit(MOST)
    )
    return tuple(
        VacantTask(row.year, row.item_no, row.name, task_label(row.code), UnitName(row.lead, row.name_en), row.former)
        for row in tx.execute(query)
    )
