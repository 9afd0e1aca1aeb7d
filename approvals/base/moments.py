"""Days and moments: days are dates in the city's zone, moments are aware and in UTC."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

CITY_ZONE = ZoneInfo("Asia/Shanghai")
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)


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
