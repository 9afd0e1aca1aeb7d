"""Problems of the programme as lists: of a year for the offices and those concerned, of an item, of a task."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, tuple_

from approvals.accounts.actors import Actor
from approvals.accounts.queries import UNIT, UnitName
from approvals.base.errors import invalid
from approvals.base.i18n import N_
from approvals.base.moments import day_of
from approvals.base.pagination import MOST, Page, page_of, read_cursor
from approvals.base.sorting import FIRST_PART, Keys, ListPart, in_order_of, sorted_page
from approvals.programme.problems.queries import (
    HELD,
    OF_TASKS,
    PROBLEMS,
    WORDS,
    is_stale,
    problem_ref,
    stale_before,
    visible_problems,
)
from approvals.programme.queries import ITEMS, TASKS, EntryKey, task_label
from workflows.charts.model import State
from workflows.charts.problem import PROBLEM
from workflows.charts.programme_terms import PROBLEM_KINDS
from workflows.config.policy import ProgrammeRules
from workflows.label import Label

OPEN, CLOSED = PROBLEM.state_names
_PROBLEMS = (
    select(PROBLEMS, ITEMS.c.year, ITEMS.c.item_no, ITEMS.c.name, UNIT.c.name.label("unit"), UNIT.c.name_en)
    .join(ITEMS, ITEMS.c.id == PROBLEMS.c.item_id)
    .outerjoin(UNIT, UNIT.c.id == PROBLEMS.c.asked_unit_id)
)


@dataclass(frozen=True, slots=True)
class ProblemFilter:
    """Filters of the problems of a year; an empty one does not narrow. `unit` is the one that is asked."""

    year: int
    state: str = ""
    kind: str = ""
    county: str = ""  # its division code
    unit: str = ""
    item_no: str = ""
    is_stale: bool = False


@dataclass(frozen=True, slots=True)
class HeldTask:
    item_no: str
    code: str

    @property
    def name(self) -> str:
        return f"{self.item_no}/{self.code}"

    @property
    def place(self) -> str:
        return task_label(self.code)


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """A problem as it stands: open for `days`, `asked` of a unit or a person's office, `last_text` the last word on it.

    `is_offered` is whether it was asked of somebody and not answered for so long that an order may follow.
    """

    id: int
    ref: str
    year: int
    item_no: str
    item: str
    number: int
    kind: Label
    kind_name: str
    text: str
    since_on: date
    days: int
    expected_on: date | None
    asked_unit: UnitName | None
    asked_office: str
    asked: str
    asked_on: date | None
    answered_on: date | None
    order_ref: str
    said_on: date
    last_text: str
    is_stale: bool
    is_offered: bool
    state: State
    closed_on: date | None
    version: int
    tasks: tuple[HeldTask, ...]

    @property
    def is_open(self) -> bool:
        return self.state.name == OPEN

    @property
    def is_overdue(self) -> bool:
        """Whether it is open after the day by which it was to end."""
        return self.expected_on is not None and self.days > (self.expected_on - self.since_on).days


def problems(
    tx: Connection,
    actor: Actor,
    filters: ProblemFilter,
    today: date,
    rules: ProgrammeRules,
    part: ListPart = FIRST_PART,
) -> Page[ProblemRow]:
    """The problems of a year that the actor may see, those that last the longest first."""
    statement = _PROBLEMS.where(visible_problems(actor), *_narrowed(filters, today, rules))
    if part.is_sorted:
        page = sorted_page(tx, statement, _sort_keys(), PROBLEMS.c.id, part)
    else:
        key = PROBLEMS.c.since_on, PROBLEMS.c.id
        statement = statement.where(tuple_(*key) > tuple_(*_after(part.cursor))) if part.cursor else statement
        rows = tx.execute(statement.order_by(*key).limit(part.limit + 1)).all()
        page = page_of(rows, part.limit, "since_on", "id")
    return page.shown(_shown(tx, page.rows, today, rules))


def problem_count(tx: Connection, actor: Actor, filters: ProblemFilter, today: date, rules: ProgrammeRules) -> int:
    """The length of the list."""
    clauses = visible_problems(actor), *_narrowed(filters, today, rules)
    return int(tx.execute(select(func.count()).select_from(PROBLEMS).where(*clauses)).scalar_one())


def _sort_keys() -> Keys:
    return {
        "item": ITEMS.c.item_no,
        "kind": in_order_of(PROBLEMS.c.kind, PROBLEM_KINDS),
        "since": PROBLEMS.c.since_on,
        "expected": PROBLEMS.c.expected_on,
    }


def _after(cursor: str) -> tuple[date, int]:
    since, last_id = read_cursor(cursor, (str, int))
    try:
        return date.fromisoformat(str(since)), cast(int, last_id)
    except ValueError:
        raise invalid("cursor", N_("is not a cursor of this list")) from None


def problems_of_item(
    tx: Connection, item_id: int, actor: Actor, today: date, rules: ProgrammeRules
) -> list[ProblemRow]:
    """The problems that hold up an item, raised under it or under another one."""
    held = HELD.where(TASKS.c.item_id == item_id)
    own = or_(PROBLEMS.c.item_id == item_id, PROBLEMS.c.id.in_(held))
    return problem_rows(tx, and_(own, visible_problems(actor)), today, rules)


def problems_of_task(
    tx: Connection, key: EntryKey, actor: Actor, today: date, rules: ProgrammeRules
) -> list[ProblemRow]:
    """The open problems that hold up a task; those raised under its own item are spoken of in its monthly entry."""
    of_item = ITEMS.c.year == key.year, ITEMS.c.item_no == key.item_no, TASKS.c.code == key.code
    held = HELD.join(ITEMS, ITEMS.c.id == TASKS.c.item_id).where(*of_item)
    is_open = PROBLEMS.c.id.in_(held), PROBLEMS.c.state == OPEN, visible_problems(actor)
    return problem_rows(tx, and_(*is_open), today, rules)


def problem_rows(
    tx: Connection, where: ColumnElement[bool], today: date, rules: ProgrammeRules, limit: int = MOST
) -> list[ProblemRow]:
    """Problems, those that last the longest first."""
    query = _PROBLEMS.where(where).order_by(PROBLEMS.c.since_on, PROBLEMS.c.id).limit(limit)
    return _shown(tx, tx.execute(query).all(), today, rules)


def _shown(tx: Connection, rows: Sequence[Any], today: date, rules: ProgrammeRules) -> list[ProblemRow]:
    ids = [row.id for row in rows]
    tasks, texts = _tasks(tx, ids), _last_texts(tx, ids)
    return [_row(row, tuple(tasks.get(row.id, ())), texts.get(row.id, ""), today, rules) for row in rows]


def _narrowed(filters: ProblemFilter, today: date, rules: ProgrammeRules) -> list[ColumnElement[bool]]:
    clauses: list[ColumnElement[bool]] = [
        PROBLEMS.c.item_id.in_(select(ITEMS.c.id).where(ITEMS.c.year == filters.year))
    ]
    clauses += [PROBLEMS.c[name] == getattr(filters, name) for name in ("state", "kind") if getattr(filters, name)]
    if filters.county:
        clauses.append(PROBLEMS.c.id.in_(HELD.where(TASKS.c.code == filters.county)))
    if filters.unit:
        clauses.append(PROBLEMS.c.asked_unit_id.in_(select(UNIT.c.id).where(UNIT.c.name == filters.unit)))
    if filters.item_no:
        held = HELD.join(ITEMS, ITEMS.c.id == TASKS.c.item_id).where(ITEMS.c.item_no == filters.item_no)
        clauses.append(PROBLEMS.c.id.in_(held))
    if filters.is_stale:
        clauses.append(is_stale(today, rules))
    return clauses


def _tasks(tx: Connection, ids: list[int]) -> dict[int, list[HeldTask]]:
    query = (
        select(OF_TASKS.c.problem_id, ITEMS.c.item_no, TASKS.c.code)
        .join(TASKS, TASKS.c.id == OF_TASKS.c.task_id)
        .join(ITEMS, ITEMS.c.id == TASKS.c.item_id)
        .where(OF_TASKS.c.problem_id.in_(ids))
        .order_by(ITEMS.c.item_no, TASKS.c.id)
    )
    tasks: dict[int, list[HeldTask]] = {}
    for row in tx.execute(query):
        tasks.setdefault(row.problem_id, []).append(HeldTask(row.item_no, row.code))
    return tasks


def _last_texts(tx: Connection, ids: list[int]) -> dict[int, str]:
    query = select(WORDS.c.problem_id, WORDS.c.text).where(WORDS.c.problem_id.in_(ids), WORDS.c.text != "")
    return {row.problem_id: row.text for row in tx.execute(query.order_by(WORDS.c.id))}


def _row(row: Any, tasks: tuple[HeldTask, ...], last_text: str, today: date, rules: ProgrammeRules) -> ProblemRow:
    said_on, asked_on, answered_on = (_day(moment) for moment in (row.said_at, row.asked_at, row.answered_at))
    is_open = row.state == OPEN
    closed_on = None if is_open else day_of(row.state_since)
    waited = (today - asked_on).days if asked_on and not answered_on else 0
    return ProblemRow(
        id=row.id,
        ref=problem_ref(row, row.number),
        year=row.year,
        item_no=row.item_no,
        item=row.name,
        number=row.number,
        kind=PROBLEM_KINDS[row.kind],
        kind_name=row.kind,
        text=row.text,
        since_on=row.since_on,
        days=((closed_on or today) - row.since_on).days,
        expected_on=row.expected_on,
        asked_unit=UnitName(row.unit, row.name_en or "") if row.unit else None,
        asked_office=row.asked_office,
        asked=row.asked,
        asked_on=asked_on,
        answered_on=answered_on,
        order_ref=row.order_ref,
        said_on=said_on or today,
        last_text=last_text,
        is_stale=is_open and day_of(row.said_at) < stale_before(today, rules),
        is_offered=is_open and waited >= rules.problem_unanswered and not row.order_ref,
        state=PROBLEM.state(row.state),
        closed_on=closed_on,
        version=row.version,
        tasks=tasks,
    )


def _day(moment: datetime | None) -> date | None:
    return day_of(moment) if moment else None


# What waits for somebody.


def asked_of(actor: Actor) -> ColumnElement[bool]:
    """Asked of the actor, or of a person's office where they are of the city government, and not answered."""
    asked: list[ColumnElement[bool]] = [PROBLEMS.c.asked_unit_id.in_(actor.units)]
    if actor.has("city_government"):
        asked.append(PROBLEMS.c.asked_office != "")
    return and_(
        PROBLEMS.c.state == OPEN, PROBLEMS.c.asked_at.is_not(None), PROBLEMS.c.answered_at.is_(None), or_(*asked)
    )


def asked_units(tx: Connection, year: int, actor: Actor) -> list[UnitName]:
    """The units that are asked about the problems of a year that the actor may see."""
    of_year = select(ITEMS.c.id).where(ITEMS.c.year == year)
    ids = select(PROBLEMS.c.asked_unit_id).where(PROBLEMS.c.item_id.in_(of_year), visible_problems(actor))
    rows = tx.execute(select(UNIT.c.name, UNIT.c.name_en).where(UNIT.c.id.in_(ids)).order_by(UNIT.c.id))
    return [UnitName(row.name, row.name_en or "") for row in rows]
