"""The counts of the board, one statement each, and the drill-down lists of its numbers."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import ColumnElement, Connection, Subquery, case, func, or_, select

from approvals.accounts.actors import Actor
from approvals.accounts.queries import GRANT, PERSON, UnitName, person, unit_names
from approvals.base.errors import NotFound
from approvals.base.i18n import own_name
from approvals.base.pagination import Page
from approvals.filing.queries import TABLE, accompanies
from approvals.filing.views import project
from approvals.registration.departments import department_names
from approvals.registration.lights import WITH_A_LIGHT, is_late, is_open, light_on
from approvals.registration.queries import APPROVALS, OPEN_PROJECTS
from approvals.windows.lists import approvals, count
from approvals.windows.queries import NOBODY, ApprovalFilter
from approvals.windows.queue import QueueRow, queue_rows
from workflows.charts.approval import APPROVAL
from workflows.charts.model import State
from workflows.clock.lights import LIGHTS

WITHOUT_A_LIGHT = ("received", "correcting", "ready", "waiting")  # open states in which no decision clock runs
COLUMNS = (*reversed(LIGHTS), *WITHOUT_A_LIGHT)  # of the board: lights, the worst first, then other states
WITHOUT_LIAISON = UnitName("无联系人", "Without a liaison")
SHOWN = 10  # projects of a list
Counts = Mapping[str, int]  # by column
if any(APPROVAL.state(name).is_final for name in WITHOUT_A_LIGHT):
    raise RuntimeError("a final state is not an open one")


@dataclass(frozen=True, slots=True)
class Count:
    """The approvals of a department and a liaison in a column."""

    department_id: int
    liaison_id: int
    column: str
    number: int


@dataclass(frozen=True, slots=True)
class BoardProjectCounts:
    """A project with its approvals by column."""

    id: int
    number: str
    name: str
    is_key: bool
    is_urgent: bool
    counts: Counts


@dataclass(frozen=True, slots=True)
class LiaisonCounts:
    """An officer: `role` is what they answer for, `unit_id` where."""

    id: int
    username: str
    name: str
    unit_id: int
    role: str


def states_of(column: str) -> tuple[str, ...]:
    return WITH_A_LIGHT if column in LIGHTS else (column,)


def counts_by_column(counts: Iterable[Count]) -> Counts:
    """The sums by column, with every column."""
    totals = Counter(dict.fromkeys(COLUMNS, 0))
    for entry in counts:
        totals[entry.column] += entry.number
    return totals


def counted(tx: Connection, today: date) -> list[Count]:
    """Every open approval of the projects that go on, by department, liaison and column."""
    keys = (APPROVALS.c.department_id, TABLE.c.liaison_id, _column(today).label("column"))
    joined = APPROVALS.join(TABLE, TABLE.c.id == APPROVALS.c.project_id)
    query = select(*keys, func.count()).select_from(joined).where(TABLE.c.state.in_(OPEN_PROJECTS))
    is_counted = APPROVALS.c.state.in_((*WITH_A_LIGHT, *WITHOUT_A_LIGHT))
    return [Count(*row) for row in tx.execute(query.where(is_counted).group_by(*keys).order_by(*keys))]


def _column(today: date) -> ColumnElement[str]:
    return case((is_open(), light_on(today)), else_=APPROVALS.c.state)


def followed_projects(tx: Connection, today: date) -> list[BoardProjectCounts]:
    """The key, urgent and hard projects that go on, the worst first."""
    return _projects(tx, today, or_(TABLE.c.is_key, TABLE.c.is_urgent))


def late_projects(tx: Connection, today: date) -> list[BoardProjectCounts]:
    """The projects with late approvals, the worst first."""
    return _projects(tx, today, TABLE.c.id.in_(select(APPROVALS.c.project_id).where(is_late(today))))


def _projects(tx: Connection, today: date, condition: ColumnElement[bool]) -> list[BoardProjectCounts]:
    """The first SHOWN of these projects by their lights, the worst first.

    Lights are counted for all projects, by the index of approvals with a light; other columns only for those listed.
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
    keys = APPROVALS.c.project_id, _column(today).label("column")
    query = select(*keys, func.count().label("number")).where(APPROVALS.c.project_id.in_(project_ids))
    counts = {project_id: Counter(dict.fromkeys(COLUMNS, 0)) for project_id in project_ids}
    for row in tx.execute(query.group_by(*keys).order_by(*keys)):
        counts[row.project_id][row.column] = row.number
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


@dataclass(frozen=True, slots=True)
class BoardListFilter:
    """Which approvals to list: a column of the board, narrowed by one of its lines; empty parts do not narrow."""

    light: str = ""
    state: str = ""
    department: str = ""
    liaison: str = ""
    project: str = ""

    @property
    def address(self) -> Mapping[str, str]:
        """The parts of the address that lead to this list again."""
        return {name: value for name, value in asdict(self).items() if value}


@dataclass(frozen=True, slots=True)
class BoardList:
    """One page of a list, its length in all, and the names of its department, liaison and project."""

    asked: BoardListFilter
    state: State | None
    names: tuple[str, ...]
    total: int
    page: Page[QueueRow]


def board_list(tx: Connection, actor: Actor, filters: BoardListFilter, *, today: date, cursor: str = "") -> BoardList:
    """The approvals that a number of the board counts; NotFound for a column, department or liaison that is none."""
    is_column = filters.light in ("", *LIGHTS) and filters.state in ("", *COLUMNS[len(LIGHTS) :])
    if not is_column or (filters.department and filters.department not in department_names(tx)):
        raise NotFound
    approval_filter = _approval_filter(filters)
    rows = approvals(tx, actor, approval_filter, today=today, cursor=cursor)
    return BoardList(
        filters,
        APPROVAL.state(filters.state) if filters.state else None,
        tuple(_names(tx, actor, filters)),
        count(tx, actor, approval_filter, today=today),
        queue_rows(tx, rows, today),
    )


def _approval_filter(filters: BoardListFilter) -> ApprovalFilter:
    columns = [filters.light or filters.state] if filters.light or filters.state else COLUMNS
    return ApprovalFilter(
        department=filters.department or None,
        states=tuple(dict.fromkeys(state for column in columns for state in states_of(column))),
        light=filters.light or None,
        project=filters.project or None,
        liaison=filters.liaison or None,
        goes_on=True,
    )


def _names(tx: Connection, actor: Actor, filters: BoardListFilter) -> Iterator[str]:
    if filters.department:
        yield own_name(unit_names(tx, [filters.department])[filters.department])
    if filters.liaison == NOBODY:
        yield own_name(WITHOUT_LIAISON)
    elif filters.liaison:
        yield person(tx, filters.liaison).name
    if filters.project:
        yield project(tx, filters.project, actor).name
