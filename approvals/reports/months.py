"""The periods of reports: calendar months of the city, and the spans of months that bulletins cover."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from approvals.base.errors import NotFound, Refused
from approvals.base.moments import FIRST_DAY, LAST_DAY, end_of, start_of
from approvals.base.texts import N_
from workflows.policy import load_policy

MONTHLY, BULLETIN = "monthly", "bulletin"  # kinds of reports
KINDS = (MONTHLY, BULLETIN)
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


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Months in a row, named after the last one; `previous` are as many right before."""

    last: Month
    length: int

    def __str__(self) -> str:
        return str(self.last)

    @property
    def first(self) -> Month:
        return self.last.back(self.length - 1)

    @property
    def first_on(self) -> date:
        return self.first.first_on

    @property
    def last_on(self) -> date:
        return self.last.last_on

    @property
    def starts_at(self) -> datetime:
        return self.first.starts_at

    @property
    def ends_at(self) -> datetime:
        return self.last.ends_at

    @property
    def previous(self) -> "Span":
        return Span(self.last.back(self.length), self.length)

    @property
    def following(self) -> Month:
        return self.last.following


Period = Month | Span


def month_of(day: date) -> Month:
    return Month(day.year, day.month)


def read_month(text: str) -> Month:
    """The month written as 2026-03; NotFound for any other text and for years that the product does not know."""
    found = _WRITTEN.fullmatch(text)
    if not found or not FIRST_DAY.year < int(found[1]) < LAST_DAY.year:
        raise NotFound(N_("There is no such month. A month is written like 2026-03."))
    return Month(int(found[1]), int(found[2]))


def read_period(kind: str, text: str) -> Period:
    """The period of this kind of report; NotFound for any other text and for a kind that there is not."""
    if kind not in KINDS:
        raise NotFound
    return read_month(text) if kind == MONTHLY else bulletin_of(read_month(text))


def bulletin_of(month: Month) -> Span:
    """What a bulletin at the end of this month covers: the months since the one before, by the city's policy."""
    ends = load_policy().bulletins
    before = max((number for number in ends if number < month.number), default=0)
    return Span(month, month.number - before)


def bulletins_until(today: date, count: int) -> list[Span]:
    """The last bulletins that are due by `today`, the newest first."""
    ends = load_policy().bulletins
    month, found = month_of(today).previous, []
    while len(found) < count and month.year > FIRST_DAY.year:
        if month.number in ends:
            found.append(bulletin_of(month))
        month = month.previous
    return found


def check_begun(month: Period, today: date) -> None:
    """NotFound for a month that lies ahead."""
    if month.first_on > today:
        raise NotFound(N_("This month has not begun yet; there is nothing to report."))


def check_over(month: Period, today: date) -> None:
    """Refused for a month that is not over: only a preview can be had of it."""
    if month.last_on >= today:
        raise Refused(N_("The month is not over yet; it can be previewed, not issued."))


def last_months(today: date, count: int) -> list[Month]:
    """The month of `today` and those before it, newest first."""
    months = [month_of(today)]
    while len(months) < count:
        months.append(months[-1].previous)
    return months
