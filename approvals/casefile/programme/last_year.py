"""A year's programme beside last year's totals, as they were recorded by a day."""

from datetime import date

from sqlalchemy import Connection, select

from approvals.base.moments import day_of, end_of
from approvals.programme.queries import LAST_YEARS
from workflows.rules.programme_last_year import ChangeOnLastYear, LastYear, change_on
from workflows.rules.programme_summary import ProgrammeFigures


def last_year_of(tx: Connection, year: int, known: date) -> LastYear | None:
    """The totals that stand beside this year's figures, as known at the close of this day."""
    query = select(LAST_YEARS).where(LAST_YEARS.c.year == year, LAST_YEARS.c.counts_at <= end_of(known))
    row = tx.execute(query.order_by(LAST_YEARS.c.id.desc()).limit(1)).one_or_none()
    if row is None:
        return None
    return LastYear(row.planned, row.fiscal, row.executed, row.source, day_of(row.counts_at))


def change_on_last_year(tx: Connection, figures: ProgrammeFigures) -> ChangeOnLastYear | None:
    """These figures beside last year's totals; None while nobody has recorded those.

    They are totals of the city: for a reader who sees a part of the items alone they say nothing.
    """
    last_year = last_year_of(tx, figures.year, figures.known)
    return change_on(last_year, figures.money) if last_year else None
