"""Calendar months of the city."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from approvals.base.errors import NotFound
from approvals.base.moments import FIRST_DAY, LAST_DAY, end_of, start_of
from approvals.base.text_validation import N_

_WRITTEN = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True, order=True)
class Month:
    year: int
    number: int  # 1 to 12

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"

    @property
    def first_on(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def last_on(self) -> date:
        return self.following.first_on - timedelta(days=1)

    @property
    def starts_at(self) -> datetime:
        return start_of(self.first_on)

    @property
    def ends_at(self) -> datetime:
        """The last instant of the month."""
        return end_of(self.last_on)

    @property
    def previous(self) -> "Month":
        return Month(self.year - 1, 12) if self.number == 1 else Month(self.year, self.number - 1)

    @property
    def following(self) -> "Month":
        return Month(self.year + 1, 1) if self.number == 12 else Month(self.year, self.number + 1)

    def back(self, count: int) -> "Month":
        """So many months earlier."""
        months = self.year * 12 + self.number - 1 - count
        return Month(months // 12, months % 12 + 1)


def month_of(day: date) -> Month:
    return Month(day.year, day.month)


def read_month(text: str) -> Month:
    """The month written as 2026-03; NotFound for any other text and for years that the product does not know."""
    found = _WRITTEN.fullmatch(text)
    if not found or not FIRST_DAY.year < int(found[1]) < LAST_DAY.year:
        raise NotFound(N_("There is no such month. A month is written like 2026-03."))
    return Month(int(found[1]), int(found[2]))
