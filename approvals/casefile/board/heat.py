"""The lines of the board: approvals in progress by department, project, liaison, county or stage, the worst first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, case, func, select

from approvals.accounts.actors import Actor
from approvals.accounts.queries import PERSON, UNIT
from approvals.casefile.board.queries import COLUMNS, BoardListFilter, Counts, as_approvals, column_on
from approvals.filing.queries import TABLE
from approvals.registration.queries import APPROVALS
from approvals.windows.queries import filtered
from workflows.clock.lights import LIGHTS

SHOWN = 20  # lines of projects; departments, liaisons, counties and stages are all listed
DEPARTMENT, PROJECT, LIAISON, COUNTY, STAGE = "department", "project", "liaison", "county", "stage"
_KEYS: dict[str, ColumnElement[Any]] = {
    DEPARTMENT: APPROVALS.c.department_id,
    PROJECT: APPROVALS.c.project_id,
    LIAISON: TABLE.c.liaison_id,
    COUNTY: TABLE.c.county,
    STAGE: APPROVALS.c.stage,
}
_NAMES: dict[str, tuple[Table, tuple[str, ...]]] = {  # the table by whose id a key is, and its columns that name a line
    DEPARTMENT: (UNIT, ("name", "name_en")),
    PROJECT: (TABLE, ("number", "name", "is_key", "is_urgent")),
    LIAISON: (PERSON, ("username", "name")),
}


@dataclass(frozen=True, slots=True)
class HeatLine:
    """One line with its approvals by column; `names` has its key and what names it; all None for no liaison."""

    names: Mapping[str, Any]
    counts: Counts


@dataclass(frozen=True, slots=True)
class HeatLines:
    """The lines, how many there are in all, and the sums of all of them."""

    lines: Sequence[HeatLine]
    total: int
    sums: Counts


def heat_lines(tx: Connection, actor: Actor, filters: BoardListFilter, by: str, today: date) -> HeatLines:
    """The lines of one tab, by one statement; projects are cut off after the worst."""
    column, narrowing = column_on(today), as_approvals(filters)
    numbers = [func.sum(case((column == name, 1), else_=0)).label(name) for name in COLUMNS]
    query = select(_KEYS[by].label("key"), *numbers).group_by(_KEYS[by])
    counts = filtered(query, actor, narrowing, narrowing.states, today).subquery()
    statement = select(
        counts,
        *(func.sum(counts.c[name]).over().label(f"all_{name}") for name in COLUMNS),
        func.count().over().label("total"),
    )
    if by in _NAMES:
        table, columns = _NAMES[by]
        statement = statement.add_columns(*(table.c[name] for name in columns))
        statement = statement.select_from(counts.outerjoin(table, table.c.id == counts.c.key))
    statement = statement.order_by(*(counts.c[light].desc() for light in reversed(LIGHTS)), counts.c.key)
    rows = tx.execute(statement.limit(SHOWN) if by == PROJECT else statement).all()
    return HeatLines(
        [_line(row, by) for row in rows],
        int(rows[0].total) if rows else 0,
        {name: int(rows[0]._mapping[f"all_{name}"]) if rows else 0 for name in COLUMNS},
    )


def _line(row: Any, by: str) -> HeatLine:
    _table, columns = _NAMES.get(by, (None, ()))
    names = {"key": row.key} | {name: row._mapping[name] for name in columns}
    return HeatLine(names, {name: int(row._mapping[name]) for name in COLUMNS})
