"""The board as its page shows it: each number with the address of its drill-down list."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from approvals.accounts.absence.queries import roster
from approvals.accounts.actors import Actor
from approvals.accounts.queries import UnitName
from approvals.base.moments import day_of
from approvals.casefile.board.offices import OfficeRow, office_rows
from approvals.casefile.board.queries import (
    COLUMNS,
    WITHOUT_LIAISON,
    BoardProjectCounts,
    Count,
    Counts,
    LiaisonCounts,
    counted,
    counts_by_column,
    followed_projects,
    late_projects,
    officers,
)
from approvals.casefile.board.trend import TrendDay, trend
from approvals.casefile.project_list import count as count_casefiles
from approvals.casefile.time_accounting import departments_of
from approvals.casefile.views import CasefileFilter
from approvals.liaisons.request_views import waiting_count
from approvals.supervision.cards.views import open_cards
from approvals.supervision.escalations.views import open_by_level
from approvals.supervision.orders.views import late_orders, open_orders
from approvals.windows.queries import NOBODY
from workflows.charts.approval import APPROVAL
from workflows.charts.model import State
from workflows.charts.order import ORDER
from workflows.charts.roles import LEVELS
from workflows.clock.lights import LIGHTS
from workflows.config.city import load_city
from workflows.label import Label
from workflows.rules.cards import COLOUR_NAMES

Address = Mapping[str, str]
People = Sequence[tuple[LiaisonCounts, "OnDuty"]]


@dataclass(frozen=True, slots=True)
class BoardColumn:
    """A column of the board: a light, or a state without any."""

    name: str
    state: State | None

    @property
    def address(self) -> Address:
        return {"state": self.name} if self.state else {"light": self.name}


@dataclass(frozen=True, slots=True)
class BoardCell:
    """The number of approvals in a column, and the address of their list."""

    column: BoardColumn
    number: int
    address: Address


@dataclass(frozen=True, slots=True)
class OnDuty:
    """The person responsible for a line; while they are away, today's `deputy`, empty for nobody."""

    name: str
    is_away: bool
    deputy: str


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One department, project or liaison: `heads` are responsible for it, `address` narrows a list to it."""

    name: UnitName
    address: Address
    cells: tuple[BoardCell, ...]
    heads: tuple[OnDuty, ...] = ()
    shown_number: str = ""
    is_key: bool = False
    is_urgent: bool = False

    @property
    def counts(self) -> Counts:
        return {cell.column.name: cell.number for cell in self.cells}


@dataclass(frozen=True, slots=True)
class EscalatedCount:
    level: int
    name: Label
    number: int


@dataclass(frozen=True, slots=True)
class CardCell:
    """Open cards of a colour: those that may be appealed, or those under appeal."""

    colour: str
    name: Label
    is_appealed: bool
    number: int
    address: Address


@dataclass(frozen=True, slots=True)
class OrderCell:
    state: State
    number: int


@dataclass(frozen=True, slots=True)
class Board:
    """All figures of the board; `followed_total` and `late_total` count the projects beyond the listed ones too."""

    on: date
    city: tuple[BoardCell, ...]
    followed: tuple[BoardRow, ...]
    followed_total: int
    late: tuple[BoardRow, ...]
    late_total: int
    departments: tuple[BoardRow, ...]
    liaisons: tuple[BoardRow, ...]
    offices: tuple[OfficeRow, ...]
    levels: tuple[EscalatedCount, ...]
    cards: tuple[CardCell, ...]
    orders: tuple[OrderCell, ...]
    late_orders: int
    requests: int
    course: tuple[TrendDay, ...]

    @property
    def is_empty(self) -> bool:
        return not any(cell.number for cell in self.city)


THE_COLUMNS = tuple(BoardColumn(name, None if name in LIGHTS else APPROVAL.state(name)) for name in COLUMNS)


def board(tx: Connection, actor: Actor, now: datetime) -> Board:
    """The board as of now, for an actor who sees the whole city."""
    today = day_of(now)
    counts, people = counted(tx, today), list(_on_duty(tx, today))
    return Board(
        on=today,
        city=_cells(counts_by_column(counts), {}),
        followed=tuple(map(_project, followed_projects(tx, today))),
        followed_total=count_casefiles(tx, actor, CasefileFilter(is_followed=True), today=today),
        late=tuple(map(_project, late_projects(tx, today))),
        late_total=count_casefiles(tx, actor, CasefileFilter(is_late=True), today=today),
        departments=tuple(_departments(tx, counts, people, today)),
        liaisons=tuple(_liaisons(counts, people)),
        offices=office_rows(tx, today),
        levels=tuple(EscalatedCount(level, Label(*LEVELS[level]), n) for level, n in open_by_level(tx, actor).items()),
        cards=tuple(_card(*key, number) for key, number in open_cards(tx, actor, today).items()),
        orders=tuple(OrderCell(ORDER.state(name), number) for name, number in open_orders(tx, actor).items()),
        late_orders=late_orders(tx, actor, today),
        requests=waiting_count(tx),
        course=trend(tx, today),
    )


def _cells(counts: Counts, address: Address) -> tuple[BoardCell, ...]:
    return tuple(BoardCell(column, counts[column.name], {**address, **column.address}) for column in THE_COLUMNS)


def _project(project: BoardProjectCounts) -> BoardRow:
    address = {"project": project.number}
    return BoardRow(
        UnitName(project.name, ""),
        address,
        _cells(project.counts, address),
        shown_number=load_city().shown_number(project.number),
        is_key=project.is_key,
        is_urgent=project.is_urgent,
    )


def _on_duty(tx: Connection, today: date) -> Iterable[tuple[LiaisonCounts, OnDuty]]:
    """The officers responsible for open steps, with their deputies of today."""
    rota = roster(tx, today)
    names = {leave.deputy.id: leave.deputy.name for leave in rota.absences if leave.deputy}
    for officer in officers(tx):
        on_duty_id = rota.on_duty(officer.id, today)
        yield officer, OnDuty(officer.name, on_duty_id != officer.id, names.get(on_duty_id, "") if on_duty_id else "")


def _departments(tx: Connection, open_counts: list[Count], people: People, today: date) -> Iterable[BoardRow]:
    """The departments with open approvals, in the order of the catalogue."""
    heads = [(officer.unit_id, duty) for officer, duty in people if officer.role == "window_head"]
    for unit_id, name in departments_of(tx, {count.department_id for count in open_counts}, today).items():
        address = {"department": name.name}
        counts = counts_by_column(count for count in open_counts if count.department_id == unit_id)
        here = tuple(duty for at, duty in heads if at == unit_id)
        yield BoardRow(name, address, _cells(counts, address), here)


def _liaisons(open_counts: list[Count], people: People) -> Iterable[BoardRow]:
    """The liaisons of open projects, the worst lights first."""
    rows = []
    for person, duty in people:
        counts = counts_by_column(count for count in open_counts if count.liaison_id == person.id)
        if person.role == "liaison" and any(counts.values()):
            address = {"liaison": person.username}
            rows.append(BoardRow(UnitName(person.name, ""), address, _cells(counts, address), (duty,)))
    counts = counts_by_column(count for count in open_counts if count.liaison_id is None)
    if any(counts.values()):
        rows.append(BoardRow(WITHOUT_LIAISON, {"liaison": NOBODY}, _cells(counts, {"liaison": NOBODY})))
    return sorted(rows, key=lambda row: [-row.counts[light] for light in reversed(LIGHTS)])


def _card(colour: str, state: str, number: int) -> CardCell:
    is_appealed = state == "appealed"
    narrowed = {"state": state} if is_appealed else {"may_appeal": "yes"}
    return CardCell(colour, COLOUR_NAMES[colour], is_appealed, number, {"colour": colour, **narrowed})
