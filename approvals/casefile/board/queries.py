"""What the board counts: one statement each, however many approvals there are."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Subquery, case, func, or_, select

from approvals.accounts.queries import GRANT, PERSON
from approvals.filing.queries import TABLE, accompanies
from approvals.registration.lights import WITH_A_LIGHT, is_late, is_open, light_on
from approvals.registration.queries import APPROVALS, OPEN_PROJECTS
from workflows.charts.approval import APPROVAL
from workflows.clock.lights import LIGHTS

WITHOUT_A_LIGHT = ("received", "correcting", "ready", "waiting")  # open states in which no decision clock runs
COLUMNS = (*reversed(LIGHTS), *WITHOUT_A_LIGHT)  # of the board: what burns first, then what stands where
SHOWN = 10  # projects of a list
Counts = Mapping[str, int]  # by column


@dataclass(frozen=True, slots=True)
class Count:
    """How many approvals of a department and a liaison stand in a column."""

    department_id: int
    liaison_id: int
    column: str
    number: int


@dataclass(frozen=True, slots=True)
class BoardProjectCounts:
    """A project with the columns in which its approvals stand."""

    id: int
    number: str
    name: str
    is_key: bool
    is_urgent: bool
    counts: Counts


@dataclass(frozen=True, slots=True)
class LiaisonCounts:
    """Somebody at work: `role` is what they answer for, `unit_id` where."""

    id: int
    username: str
    name: str
    unit_id: int
    role: str


def states_of(column: str) -> tuple[str, ...]:
    """The states of the approvals in a column."""
    return WITH_A_LIGHT if column in LIGHTS else (column,)


def summed(counts: Iterable[Count]) -> Counts:
    """All of them together, every column among them."""
    totals = Counter(dict.fromkeys(COLUMNS, 0))
    for count in counts:
        totals[count.column] += count.number
    return totals


def counted(tx: Connection, today: date) -> list[Count]:
    """Every open approval of the projects that go on, by department, liaison and column."""
    keys = (APPROVALS.c.department_id, TABLE.c.liaison_id, _column(today).label("stands"))
    rows = tx.execute(_of_open_projects(select(*keys, func.count().label("number"))).group_by(*keys).order_by(*keys))
    return [Count(*row) for row in rows]


def _column(today: date) -> ColumnElement[str]:
    return case((is_open(), light_on(today)), else_=APPROVALS.c.state)


def _of_open_projects(statement: Any) -> Any:
    joined = APPROVALS.join(TABLE, TABLE.c.id == APPROVALS.c.project_id)
    states = (*WITH_A_LIGHT, *WITHOUT_A_LIGHT)
    return statement.select_from(joined).where(APPROVALS.c.state.in_(states), TABLE.c.state.in_(OPEN_PROJECTS))


def followed_projects(tx: Connection, today: date) -> list[BoardProjectCounts]:
    """The key, urgent and hard projects that go on, the worst first."""
    return _projects(tx, today, or_(TABLE.c.is_key, TABLE.c.is_urgent))


def late_projects(tx: Connection, today: date) -> list[BoardProjectCounts]:
    """The projects with most approvals over a limit."""
    return _projects(tx, today, TABLE.c.id.in_(select(APPROVALS.c.project_id).where(is_late(today))))


def _projects(tx: Connection, today: date, condition: ColumnElement[bool]) -> list[BoardProjectCounts]:
    """Those wanted, in the order of what burns; a project that waits for nothing comes last.

    What burns is counted of all of them, off the index of what has a light; the rest only of those that are shown.
    """
    lit = _lit(today)
    rows = tx.execute(
        select(*(TABLE.c[name] for name in ("id", "number", "name", "is_key", "is_urgent")))
        .outerjoin(lit, lit.c.project_id == TABLE.c.id)
        .where(TABLE.c.state.in_(OPEN_PROJECTS), condition)
        .order_by(*(func.coalesce(lit.c[light], 0).desc() for light in reversed(LIGHTS)), TABLE.c.id)
        .limit(SHOWN)
    ).all()
    counts = _counts_of(tx, today, [row.id for row in rows])
    return [BoardProjectCounts(**row._mapping, counts=counts[row.id]) for row in rows]


def _lit(today: date) -> Subquery:
    """How many approvals of each project have which light."""
    sums = [func.sum(case((light_on(today) == light, 1), else_=0)).label(light) for light in LIGHTS]
    return select(APPROVALS.c.project_id, *sums).where(is_open()).group_by(APPROVALS.c.project_id).subquery()


def _counts_of(tx: Connection, today: date, project_ids: list[int]) -> dict[int, Counter[str]]:
    """By column, of each of these projects."""
    keys = APPROVALS.c.project_id, _column(today).label("stands")
    query = select(*keys, func.count().label("number")).where(APPROVALS.c.project_id.in_(project_ids))
    counts = {project_id: Counter(dict.fromkeys(COLUMNS, 0)) for project_id in project_ids}
    for row in tx.execute(query.group_by(*keys).order_by(*keys)):
        counts[row.project_id][row.stands] = row.number
    return counts


def officers(tx: Connection) -> list[LiaisonCounts]:
    """Who answers for open steps: heads of windows and liaisons, and whoever is some project's liaison still."""
    columns = [PERSON.c[name] for name in ("id", "username", "name", "unit_id")]
    is_liaison = accompanies(PERSON.c.id, OPEN_PROJECTS)
    rows = tx.execute(
        select(*columns, func.coalesce(GRANT.c.role, "liaison").label("role"))
        .select_from(PERSON.outerjoin(GRANT, (GRANT.c.person_id == PERSON.c.id)))
        .where(GRANT.c.role.in_(("window_head", "liaison")) | is_liaison)
        .where(PERSON.c.is_active | is_liaison)
        .order_by(PERSON.c.username, "role")
    )
    return [LiaisonCounts(**row._mapping) for row in rows]


if any(APPROVAL.state(name).is_final for name in WITHOUT_A_LIGHT):
    raise RuntimeError("what is final is not open")
