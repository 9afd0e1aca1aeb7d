"""The outcomes of a year as they were stated by a day: the last statement of each outcome and period."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection, Table, select

from approvals.base.moments import day_of, end_of
from approvals.base.tables import table_of
from approvals.programme.queries import category_label
from approvals.programme.years.tables import StatedOutcome
from workflows.label import Label

OUTCOMES: Table = table_of(StatedOutcome)
STATED = ("category", "name", "unit", "period", "value", "change", "source")


@dataclass(frozen=True, slots=True)
class YearOutcome:
    """An outcome in a period; `change` on the year before is in per cent. `reason` is why it was corrected."""

    category: str
    name: str
    unit: str
    period: str
    value: Decimal
    change: Decimal | None
    source: str
    reason: str
    stated_on: date

    @property
    def label(self) -> Label:
        return category_label(self.category)


def outcomes_of(tx: Connection, year: int, known: date) -> tuple[YearOutcome, ...]:
    """What stands beside the outputs of this year, as known at the close of this day."""
    counted = OUTCOMES.c.year == year, OUTCOMES.c.counts_at <= end_of(known)
    rows = tx.execute(select(OUTCOMES).where(*counted).order_by(OUTCOMES.c.id))
    last = {(row.name, row.period): row for row in rows}
    return tuple(
        YearOutcome(**{name: getattr(row, name) for name in (*STATED, "reason")}, stated_on=day_of(row.counts_at))
        for row in last.values()
    )
