"""Deductions as pages show them: the list, and one deduction with its rule and history."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from approvals.accounts.actors import Actor, acting_roles
from approvals.accounts.queries import UNIT, UnitName, unit_called
from approvals.appraisal.queries import (
    DEDUCTIONS,
    WITH_UNIT,
    deduction_case,
    deduction_for,
    ref_of_deduction,
    visible_deductions,
)
from approvals.base.pagination import Page, page_of, read_cursor
from approvals.base.sorting import FIRST_PART, Keys, ListPart, in_order_of, shown_name, sorted_page
from approvals.history.queries import EntryView, entries_of_case
from approvals.history.record import CITY_CHAIN
from approvals.history.timeline import EntryDescription, describe
from approvals.history.timeline_days import TimelineDay, by_day
from approvals.programme.queries import task_label
from approvals.supervision.queries import FilteredList, units_among
from workflows.charts.deduction import DEDUCTION
from workflows.charts.deduction_terms import EVENT_KINDS, REGIMES, EventKind
from workflows.charts.model import Move, State, open_moves
from workflows.charts.roles import sees
from workflows.config.city import load_city
from workflows.label import Label

CHOICES = {"regime": REGIMES, "event": EVENT_KINDS, "state": DEDUCTION.state_names}
_UNITS = select(DEDUCTIONS.c.unit_id)  # that ever lost points


@dataclass(frozen=True, slots=True)
class DeductionFilter:
    """Filters of a list of deductions; an empty one does not narrow it."""

    regime: str = ""
    event: str = ""
    unit: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class DeductionRow:
    """A deduction of a list; `about` is how what happened is addressed, `matter` how people call it."""

    id: int
    ref: str
    unit: UnitName
    regime: Label
    event: EventKind
    about: str
    cause: str
    happened_on: date
    days: int
    rules: str
    points: int
    state: State
    object_by: date | None
    version: int

    @property
    def matter(self) -> str:
        return matter_of(self.about)


def matter_of(about: str) -> str:
    """How people call it: number and item of an approval, number of an order, county and month of an entry."""
    place, *rest = about.split("/")
    if place == "orders":
        return load_city().shown_order(rest[0])
    if place == "programme":
        _year, item_no, code, month = rest
        return f"{item_no} {task_label(code)} {month}"
    return f"{load_city().shown_number(place)} {rest[0]}"


@dataclass(frozen=True, slots=True)
class DeductionView:
    """One deduction: its rule, what else the same delay cost, the moves open to the reader, and its history."""

    deduction: DeductionRow
    rule_points: int
    each_days: int | None
    cap: int | None
    of_cause: tuple[DeductionRow, ...]
    moves: tuple[Move, ...]
    days: tuple[TimelineDay, ...]
    meanwhile: tuple[EntryDescription, ...]


def deductions(
    tx: Connection, actor: Actor, filters: DeductionFilter, part: ListPart = FIRST_PART
) -> FilteredList[DeductionRow]:
    """The deductions that the actor may see, the newest first."""
    counted = select(func.count()).select_from(DEDUCTIONS).where(visible_deductions(actor), *_narrowed(filters))
    units = units_among(tx, _UNITS) if "city" in sees(actor.roles) else ()
    names = ("regime", "event", "unit", "state")
    narrowing = {name: getattr(filters, name) for name in names if getattr(filters, name)}
    page = deduction_page(tx, actor, filters, part)
    return FilteredList(page, int(tx.execute(counted).scalar_one()), units, narrowing)


def deduction_page(
    tx: Connection, actor: Actor, filters: DeductionFilter, part: ListPart = FIRST_PART
) -> Page[DeductionRow]:
    """A page of the same deductions, in the order that was asked for."""
    statement = WITH_UNIT.where(visible_deductions(actor), *_narrowed(filters))
    if part.is_sorted:
        page = sorted_page(tx, statement, _sort_keys(), DEDUCTIONS.c.id, part)
        return page.shown([_row(row) for row in page.rows])
    if part.cursor:
        statement = statement.where(DEDUCTIONS.c.id < read_cursor(part.cursor, (int,))[0])
    rows = tx.execute(statement.order_by(DEDUCTIONS.c.id.desc()).limit(part.limit + 1)).all()
    page = page_of(rows, part.limit, "id")
    return page.shown([_row(row) for row in page.rows])


def _sort_keys() -> Keys:
    return {
        "unit": shown_name(UNIT),
        "event": in_order_of(DEDUCTIONS.c.event, EVENT_KINDS),
        "happened": DEDUCTIONS.c.happened_on,
        "points": DEDUCTIONS.c.points,
        "state": in_order_of(DEDUCTIONS.c.state, DEDUCTION.state_names),
    }


def _narrowed(filters: DeductionFilter) -> Iterable[ColumnElement[bool]]:
    for name, choices in CHOICES.items():
        if getattr(filters, name) in choices:
            yield DEDUCTIONS.c[name] == getattr(filters, name)
    if filters.unit:
        yield DEDUCTIONS.c.unit_id == unit_called(filters.unit)


def _row(row: Any) -> DeductionRow:
    columns = ("id", "about", "cause", "happened_on", "days", "rules", "points", "object_by", "version")
    return DeductionRow(
        **{name: getattr(row, name) for name in columns},
        ref=ref_of_deduction(row),
        unit=UnitName(row.unit, row.unit_en),
        regime=REGIMES[row.regime],
        event=EVENT_KINDS[row.event],
        state=DEDUCTION.state(row.state),
    )


def deduction(tx: Connection, ref: str, actor: Actor, *, looked_at: int | None = None) -> DeductionView:
    """One deduction; NotFound without one, or when the actor may not see it."""
    row = deduction_for(tx, ref, actor)
    same = DEDUCTIONS.c.cause == row.cause, DEDUCTIONS.c.unit_id == row.unit_id, DEDUCTIONS.c.regime == row.regime
    others = WITH_UNIT.where(*same, DEDUCTIONS.c.id != row.id).order_by(DEDUCTIONS.c.happened_on, DEDUCTIONS.c.id)
    entries: list[EntryView] = entries_of_case(tx, CITY_CHAIN, DEDUCTION.name, row.id)
    timeline = describe(tx, entries)
    first = entries[0].facts
    return DeductionView(
        deduction=_row(row),
        rule_points=first["rule_points"],
        each_days=first["each_days"],
        cap=first["cap"],
        of_cause=tuple(_row(other) for other in tx.execute(others)),
        moves=open_moves(DEDUCTION, row.state, acting_roles(actor, deduction_case(row).place)),
        days=by_day(timeline),
        meanwhile=tuple(timeline[looked_at:]) if looked_at else (),
    )
