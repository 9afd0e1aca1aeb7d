"""Days, months and moments: days are dates in the city's zone, moments are aware and in UTC."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from approvals.base.errors import NotFound
from approvals.base.i18n import N_

CITY_ZONE = ZoneInfo("Asia/Shanghai")
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)
_WRITTEN = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Clock:
    """The time that this process goes by: the machine's, moved by `offset` in demos and rehearsals."""

    offset: timedelta = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset

    @property
    def is_moved(self) -> bool:
        return bool(self.offset)


def clock_from(start: datetime | None) -> Clock:
    """A clock that reads `start` now, or the machine's own."""
    return Clock(start - datetime.now(UTC)) if start else Clock()


def day_of(moment: datetime) -> date:
    """The city's day of this moment."""
    return moment.astimezone(CITY_ZONE).date()


def start_of(day: date) -> datetime:
    """The first moment of this day in the city, in UTC."""
    return datetime.combine(day, time(), CITY_ZONE).astimezone(UTC)


def end_of(day: date) -> datetime:
    """The last instant of this day in the city, in UTC."""
    return start_of(day + timedelta(days=1)) - timedelta(microseconds=1)


def read_moment(text: str) -> datetime:
    """An ISO time with its zone as a moment in UTC; ValueError otherwise."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time needs its zone, as in 2026-03-02T09:15:00+08:00")
    return moment.astimezone(UTC)


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
    match = _WRITTEN.fullmatch(text)
    if not match or not FIRST_DAY.year < int(match[1]) < LAST_DAY.year:
        raise NotFound(N_("No such month. Write a month as 2026-03."))
    return Month(int(match[1]), int(match[2]))
