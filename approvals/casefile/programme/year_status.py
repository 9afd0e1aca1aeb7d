"""A year of the programme as it stands now: its closed months, and the moves that are open."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from approvals.accounts.actors import Actor, acting_roles
from approvals.casefile.programme.item_list import check_has_items
from approvals.history.record import CITY
from approvals.programme.queries import CLOSED, PREFIX, YEARS
from workflows.charts.model import open_moves
from workflows.charts.programme_year import PROGRAMME

OPEN = "open"


@dataclass(frozen=True, slots=True)
class YearStatus:
    """`version` is 0 while nothing was done with the year."""

    ref: str
    year: int
    state: str
    version: int
    closed_months: tuple[str, ...]
    moves: tuple[str, ...]


def year_status(tx: Connection, year: int, actor: Actor) -> YearStatus:
    """NotFound for a year without items that the actor may see."""
    check_has_items(tx, year, actor)
    row = tx.execute(select(YEARS.c.state, YEARS.c.version).where(YEARS.c.year == year)).one_or_none()
    state, version = (row.state, row.version) if row else (OPEN, 0)
    months = select(CLOSED.c.month).where(CLOSED.c.month.startswith(f"{year}-")).order_by(CLOSED.c.month)
    moves = open_moves(PROGRAMME, state, acting_roles(actor, CITY))
    closed = tuple(tx.execute(months).scalars())
    return YearStatus(f"{PREFIX}/{year}", year, state, version, closed, tuple(move.name for move in moves))
