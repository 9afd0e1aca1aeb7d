"""The periods of the time ledgers: a month or a year of the city, read up to today while it is not over."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, func, select

from approvals.base.errors import NotFound
from approvals.base.i18n import N_
from approvals.base.moments import FIRST_DAY, LAST_DAY, day_of
from approvals.filing.queries import TABLE
from approvals.reports.periods import Month, month_of, read_month


@dataclass(frozen=True, slots=True)
class AccountingPeriod:
    """`name` is 2026 or 2026-03; both days are included, the last one is at most today."""

    name: str
    first_on: date
    last_on: date
    months: tuple[Month, ...]

    @property
    def is_year(self) -> bool:
        return "-" not in self.name


def read_period(text: str, today: date) -> AccountingPeriod:
    """The month or year written like 2026-03 or 2026, this month for no text; NotFound for others and later ones."""
    if text.isascii() and text.isdigit() and FIRST_DAY.year < int(text) < LAST_DAY.year and len(text) == 4:
        months = [Month(int(text), number) for number in range(1, 13)]
    else:
        months = [read_month(text) if text else month_of(today)]
    begun = tuple(month for month in months if month.first_on <= today)
    if not begun:
        raise NotFound(N_("This period has not begun yet."))
    return AccountingPeriod(text or str(begun[0]), begun[0].first_on, min(begun[-1].last_on, today), begun)


def known_periods(tx: Connection, today: date) -> tuple[AccountingPeriod, ...]:
    """The years and months since the first registration, the newest first, each year before its months."""
    first = tx.execute(select(func.min(TABLE.c.registered_at))).scalar_one()
    months = [month_of(today)]
    while first and months[-1].first_on > day_of(first):
        months.append(months[-1].previous)
    return tuple(read_period(name, today) for name in _names(months))


def _names(months: Iterable[Month]) -> Iterable[str]:
    year = 0
    for month in months:
        if month.year != year:
            year = month.year
            yield str(year)
        yield str(month)
