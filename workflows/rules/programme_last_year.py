"""The figures of a programme's year beside last year's totals."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from workflows.rules.programme_figures import Money, rate


@dataclass(frozen=True, slots=True)
class LastYear:
    """Last year's totals in 10,000 yuan, with their source; `executed` is None where it was not recorded."""

    planned: Decimal
    fiscal: Decimal
    executed: Decimal | None
    source: str
    recorded_on: date


@dataclass(frozen=True, slots=True)
class Change:
    """An amount of this year beside last year's; `rate` is None where there was nothing last year."""

    this_year: Decimal
    last_year: Decimal

    @property
    def amount(self) -> Decimal:
        return self.this_year - self.last_year

    @property
    def rate(self) -> Decimal | None:
        """The change as a part of last year's amount, with four decimals."""
        return rate(self.amount, self.last_year)


@dataclass(frozen=True, slots=True)
class ChangeOnLastYear:
    """Planned, fiscal and paid money beside last year's; `executed` is None where last year's is not known."""

    planned: Change
    fiscal: Change
    executed: Change | None
    source: str


def change_on(last_year: LastYear, money: Money) -> ChangeOnLastYear:
    """What was planned, of it fiscal, and what is paid by now, beside last year's totals."""
    executed = None if last_year.executed is None else Change(money.paid, last_year.executed)
    return ChangeOnLastYear(
        planned=Change(money.planned, last_year.planned),
        fiscal=Change(money.fiscal_planned, last_year.fiscal),
        executed=executed,
        source=last_year.source,
    )
