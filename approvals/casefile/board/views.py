"""The board as its page shows it: each number with the address of its drill-down list."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from approvals.accounts.absence.queries import roster
from approvals.accounts.actors import Actor
from approvals.accounts.queries import UnitName
from approvals.base.moments import day_of
from approvals.casefile.board.heat import COUNTY, DEPARTMENT, LIAISON, PROJECT, STAGE, HeatLine, heat_lines
from approvals.casefile.board.offices import OfficeRow, office_rows
from approvals.casefile.board.queries import (
    COLUMNS,
    WITHOUT_LIAISON,
    BoardListFilter,
    Counts,
    LiaisonCounts,
    officers,
)
from approvals.casefile.board.trend import TrendDay, trend
from approvals.casefile.board.worst import WorstApproval, late_approvals
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
from workflows.config.catalogue import Stage, unnamed_stage
from workflows.config.city import load_city
from workflows.label import Label
from workflows.rules.cards import COLOUR_NAMES

TONES = 4  # shades of a column
LATE = ("yellow", "red")
Address = Mapping[str, str]
Stages = Mapping[int, Stage]
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
    tone: int  # of its shade, none for an empty cell


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
    """The board: the worst approvals by name, all by light, and the lines of one tab with their numbers."""

    on: date
    city: tuple[BoardCell, ...]
    late: Sequence[WorstApproval]
    late_total: int
    lines: tuple[BoardRow, ...]
    lines_total: int


@dataclass(frozen=True, slots=True)
class OfficeBoard:
    """What waits for an answer, the offices' own steps, and the trend of a month."""

    offices: tuple[OfficeRow, ...]
    levels: tuple[EscalatedCount, ...]
    cards: tuple[CardCell, ...]
    orders: tuple[OrderCell, ...]
    late_orders: int
    requests: int
    course: tuple[TrendDay, ...]


THE_COLUMNS = tuple(BoardColumn(name, None if name in LIGHTS else APPROVAL.state(name)) for name in COLUMNS)


def board(tx: Connection, actor: Actor, filters: BoardListFilter, by: str, stages: Stages, now: datetime) -> Board:
    """The board as of now, for an actor who sees the whole city; stages are named by `stages`."""
    today = day_of(now)
    heat = heat_lines(tx, actor, filters, by, today)
    duty = list(_on_duty(tx, today)) if by in (DEPARTMENT, LIAISON) and heat.lines else []
    hottest = {name: max((line.counts[name] for line in heat.lines), default=0) for name in COLUMNS}
    return Board(
        on=today,
        city=_cells(heat.sums, filters.address, {}),
        late=late_approvals(tx, actor, filters, today),
        late_total=sum(heat.sums[light] for light in LATE),
        lines=tuple(_row(line, by, filters.address, hottest, duty, stages) for line in heat.lines),
        lines_total=heat.total,
    )


def office_board(tx: Connection, actor: Actor, now: datetime) -> OfficeBoard:
    """What the offices owe and what they wait for."""
    today = day_of(now)
    return OfficeBoard(
        offices=office_rows(tx, today),
        levels=tuple(EscalatedCount(level, Label(*LEVELS[level]), n) for level, n in open_by_level(tx, actor).items()),
        cards=tuple(_card(*key, number) for key, number in open_cards(tx, actor, today).items()),
        orders=tuple(OrderCell(ORDER.state(name), number) for name, number in open_orders(tx, actor).items()),
        late_orders=late_orders(tx, actor, today),
        requests=waiting_count(tx),
        course=trend(tx, today),
    )


def _cells(counts: Counts, address: Address, hottest: Counts) -> tuple[BoardCell, ...]:
    return tuple(
        BoardCell(
            column,
            counts[column.name],
            {**address, **column.address},
            _tone(counts[column.name], hottest.get(column.name, 0)),
        )
        for column in THE_COLUMNS
    )


def _tone(number: int, hottest: int) -> int:
    """How strong a cell is among those of its column: 0 without anything, up to TONES for the most."""
    return -(-number * TONES // hottest) if hottest else 0


def _row(line: HeatLine, by: str, narrowed: Address, hottest: Counts, duty: People, stages: Stages) -> BoardRow:
    names = line.names
    address = {**narrowed, by: _key(by, names)}
    cells = _cells(line.counts, address, hottest)
    if by == PROJECT:
        shown = load_city().shown_number(names["number"])
        return BoardRow(UnitName(names["name"], ""), address, cells, (), shown, names["is_key"], names["is_urgent"])
    if by == STAGE:
        stage = stages.get(names["key"]) or unnamed_stage(names["key"])
        return BoardRow(UnitName(stage.zh, stage.en), address, cells)
    if by == COUNTY:
        return BoardRow(UnitName(names["key"], ""), address, cells)
    if names["key"] is None:
        return BoardRow(WITHOUT_LIAISON, address, cells)
    return BoardRow(UnitName(names["name"], names.get("name_en") or ""), address, cells, _heads(by, names["key"], duty))


def _key(by: str, names: Mapping[str, Any]) -> str:
    """The value by which an address names a line."""
    column = {DEPARTMENT: "name", PROJECT: "number", LIAISON: "username"}.get(by, "key")
    return NOBODY if by == LIAISON and names["key"] is None else str(names[column])


def _heads(by: str, key: int, duty: People) -> tuple[OnDuty, ...]:
    """Who answers for a department, or the liaison, with today's deputies."""
    if by == DEPARTMENT:
        return tuple(person for officer, person in duty if officer.role == "window_head" and officer.unit_id == key)
    return tuple(person for officer, person in duty if officer.role == "liaison" and officer.id == key)[:1]


def _on_duty(tx: Connection, today: date) -> Iterable[tuple[LiaisonCounts, OnDuty]]:
    """The officers responsible for open steps, with their deputies of today."""
    rota = roster(tx, today)
    names = {leave.deputy.id: leave.deputy.name for leave in rota.absences if leave.deputy}
    for officer in officers(tx):
        on_duty_id = rota.on_duty(officer.id, today)
        yield officer, OnDuty(officer.name, on_duty_id != officer.id, names.get(on_duty_id, "") if on_duty_id else "")


def _card(colour: str, state: str, number: int) -> CardCell:
    is_appealed = state == "appealed"
    narrowed = {"state": state} if is_appealed else {"may_appeal": "yes"}
    return CardCell(colour, COLOUR_NAMES[colour], is_appealed, number, {"colour": colour, **narrowed})
