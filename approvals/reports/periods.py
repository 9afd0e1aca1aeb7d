"""The periods of reports: calendar months of the city, and the spans of months that bulletins cover."""

from dataclasses import dataclass
from datetime import date, datetime

from approvals.base.errors import NotFound, Refused
from approvals.base.i18n import N_
from approvals.base.moments import FIRST_DAY, Month, month_of, read_month
from workflows.config.policy import load_policy

MONTHLY, BULLETIN = "monthly", "bulletin"  # kinds of reports
KINDS = (MONTHLY, BULLETIN)
__all__ = [
    *("BULLETIN", "KINDS", "MONTHLY", "Month", "MonthSpan", "Period", "bulletin_of", "bulletins_until", "check_begun"),
    *("check_over", "check_regular", "last_month", "last_months", "month_of", "read_month", "read_period"),
]


@dataclass(frozen=True, slots=True, order=True)
class MonthSpan:
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
    def previous(self) -> "MonthSpan":
        return MonthSpan(self.last.back(self.length), self.length)

    @property
    def following(self) -> Month:
        return self.last.following


Period = Month | MonthSpan


def read_period(kind: str, text: str) -> Period:
    """The period of this kind of report; NotFound for any other text and for a kind that there is not."""
    if kind not in KINDS:
        raise NotFound
    return read_month(text) if kind == MONTHLY else bulletin_of(read_month(text))


def bulletin_of(month: Month) -> MonthSpan:
    """The months that a bulletin at the end of this month covers: those since the one before, by the city's policy."""
    ends = load_policy().bulletins
    before = max((number for number in ends if number < month.number), default=0)
    return MonthSpan(month, month.number - before)


def bulletins_until(today: date, count: int) -> list[MonthSpan]:
    """The last bulletins that are due by `today`, the newest first."""
    ends = load_policy().bulletins
    month = month_of(today).previous
    spans: list[MonthSpan] = []
    while len(spans) < count and month.year > FIRST_DAY.year:
        if month.number in ends:
            spans.append(bulletin_of(month))
        month = month.previous
    return spans


def check_begun(month: Period, today: date) -> None:
    """NotFound for a month that lies ahead."""
    if month.first_on > today:
        raise NotFound(N_("This month has not begun; there is nothing to report yet."))


def check_over(month: Period, today: date) -> None:
    """Refused for a month that is not over: only a preview can be had of it."""
    if month.last_on >= today:
        raise Refused(N_("The month is not over yet. The report can be previewed but not issued."))


def check_regular(period: Period) -> None:
    """Refused for a bulletin at the end of a month for which the city's policy names none."""
    if isinstance(period, MonthSpan) and period.last.number not in load_policy().bulletins:
        raise Refused(N_("No bulletin comes out at the end of this month, by the city's policy."))


def last_month(period: Period) -> Month:
    return period.last if isinstance(period, MonthSpan) else period


def last_months(today: date, count: int) -> list[Month]:
    """The month of `today` and those before it, newest first."""
    return [month_of(today).back(months) for months in range(count)]
