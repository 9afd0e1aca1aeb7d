"""The counts of the board, one statement each, and the drill-down lists of its numbers."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import ColumnElement, Connection, case, func, select

from approvals.accounts.actors import Actor
from approvals.accounts.queries import GRANT, PERSON, UnitName, person, unit_names
from approvals.base.errors import NotFound
from approvals.base.i18n import gettext as _
from approvals.base.i18n import label, own_name
from approvals.base.pagination import Page
from approvals.base.sorting import FIRST_PART, ListPart
from approvals.catalogue.queries import known_stages
from approvals.filing.queries import accompanies
from approvals.filing.views import project
from approvals.registration.departments import department_names
from approvals.registration.lights import WITH_A_LIGHT, is_open, light_on
from approvals.registration.queries import APPROVALS, OPEN_PROJECTS
from approvals.windows.lists import approvals, count, sorted_approvals
from approvals.windows.queries import NOBODY, ApprovalFilter
from approvals.windows.queue import QueueRow, queue_rows
from workflows.charts.approval import APPROVAL
from workflows.charts.model import State
from workflows.clock.lights import LIGHTS

WITHOUT_A_LIGHT = ("received", "correcting", "ready", "waiting")  # open states in which no decision clock runs
COLUMNS = (*reversed(LIGHTS), *WITHOUT_A_LIGHT)  # of the board: lights, the worst first, then other states
WITHOUT_LIAISON = UnitName("无联系人", "Without a liaison")
Counts = Mapping[str, int]  # by column
if any(APPROVAL.state(name).is_final for name in WITHOUT_A_LIGHT):
    raise RuntimeError("a final state is not an open one")


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


def column_on(today: date) -> ColumnElement[str]:
    return case((is_open(), light_on(today)), else_=APPROVALS.c.state)


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
    county: str = ""
    stage: str = ""
    followed: str = ""  # "yes" for key and urgent projects alone

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


def board_list(
    tx: Connection, actor: Actor, filters: BoardListFilter, *, today: date, part: ListPart = FIRST_PART
) -> BoardList:
    """The approvals that a number of the board counts; NotFound for a column, department or liaison that is none."""
    page = board_page(tx, actor, filters, today=today, part=part)
    return BoardList(
        filters,
        APPROVAL.state(filters.state) if filters.state else None,
        tuple(_names(tx, actor, filters, today)),
        count(tx, actor, as_approvals(filters), today=today),
        page,
    )


def board_page(
    tx: Connection, actor: Actor, filters: BoardListFilter, *, today: date, part: ListPart = FIRST_PART
) -> Page[QueueRow]:
    """A page of the same list."""
    is_column = filters.light in ("", *LIGHTS) and filters.state in ("", *COLUMNS[len(LIGHTS) :])
    if not is_column or (filters.department and filters.department not in department_names(tx)):
        raise NotFound
    wanted = as_approvals(filters)
    if part.is_sorted:
        rows = sorted_approvals(tx, actor, wanted, part, today=today)
    else:
        rows = approvals(tx, actor, wanted, today=today, cursor=part.cursor, limit=part.limit)
    return queue_rows(tx, rows, today)


def as_approvals(filters: BoardListFilter) -> ApprovalFilter:
    """The approvals in progress that these filters leave."""
    columns = [filters.light or filters.state] if filters.light or filters.state else COLUMNS
    return ApprovalFilter(
        department=filters.department or None,
        states=tuple(dict.fromkeys(state for column in columns for state in states_of(column))),
        light=filters.light or None,
        project=filters.project or None,
        liaison=filters.liaison or None,
        county=filters.county or None,
        stage=int(filters.stage) if filters.stage else None,
        goes_on=True,
        is_followed=bool(filters.followed),
    )


def _names(tx: Connection, actor: Actor, filters: BoardListFilter, today: date) -> Iterator[str]:
    if filters.department:
        yield own_name(unit_names(tx, [filters.department])[filters.department])
    if filters.liaison == NOBODY:
        yield own_name(WITHOUT_LIAISON)
    elif filters.liaison:
        yield person(tx, filters.liaison).name
    if filters.project:
        yield project(tx, filters.project, actor).name
    if filters.county:
        yield filters.county
    if filters.stage:
        yield label(known_stages(tx, today)[int(filters.stage)])
    if filters.followed:
        yield _("Key and urgent projects")
