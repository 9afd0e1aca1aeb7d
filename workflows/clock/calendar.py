"""Working days (rules 1 to 3 of the clock): which days count, and where the n-th one falls, in constant time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from itertools import accumulate, compress

from workflows.clock.holiday_notices import FIRST_DAY, LAST_DAY, CalendarError, Holiday, HolidayNotice, parse_notices

# The table reaches further than the known days, so that a limit which starts on the last of them can still end.
_TABLE_FROM = date(1999, 1, 1).toordinal()
_TABLE_UNTIL = date(2102, 12, 31).toordinal()


@dataclass(frozen=True, slots=True)
class Calendar:
    """The loaded notices; a year without one follows the Monday-to-Friday rule and is provisional."""

    notices: tuple[HolidayNotice, ...] = ()
    published: frozenset[int] = field(init=False, repr=False, compare=False)
    _why: list[str] = field(init=False, repr=False, compare=False)
    _counted: list[int] = field(init=False, repr=False, compare=False)
    _working: list[int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        why = _why_table(self.notices)
        works = [int(not reason) for reason in why]
        object.__setattr__(self, "published", frozenset(notice.year for notice in self.notices))
        object.__setattr__(self, "_why", why)
        object.__setattr__(self, "_counted", list(accumulate(works)))
        object.__setattr__(self, "_working", list(compress(range(_TABLE_FROM, _TABLE_UNTIL + 1), works)))

    # In dates.

    def is_working_day(self, day: date) -> bool:
        return not self._why[self._index(day)]

    def why_off(self, day: date) -> str:
        """`holiday` for a day that the notice gives off, else `weekend`, else nothing for a working day."""
        return self._why[self._index(day)]

    def holiday(self, day: date) -> Holiday | None:
        """The days off that a notice puts `day` in."""
        off = (holiday for notice in self.notices_about(day.year) for holiday in notice.days_off)
        return next((holiday for holiday in off if holiday.first_on <= day <= holiday.last_on), None)

    def nth_working_day_after(self, day: date, n: int) -> date:
        """The n-th working day after `day`, which itself does not count; n = 0 is `day`."""
        if n < 0:
            raise ValueError("a limit is not negative")
        return day if n == 0 else date.fromordinal(self.working_day(self._counted[self._index(day)] + n))

    def working_days_between(self, after: date, until: date) -> int:
        """Working days after `after` up to and including `until`; negative if they stand the other way round."""
        return self._counted[self._index(until)] - self._counted[self._index(after)]

    def next_working_day(self, day: date) -> date:
        """`day` itself where it is a working day, else the next one."""
        return date.fromordinal(self.roll(self.known(day).toordinal()))

    def is_published(self, year: int) -> bool:
        return year in self.published

    def provisional(self, day: date) -> bool:
        """Whether `day` lies in a year whose notice is not loaded."""
        return day.year not in self.published

    def notice(self, year: int) -> HolidayNotice | None:
        return next((notice for notice in self.notices if notice.year == year), None)

    def notices_about(self, year: int) -> tuple[HolidayNotice, ...]:
        """The notices that may fix days of this year, the ruling one first: the next year's may begin in December."""
        return tuple(notice for notice in (self.notice(year + 1), self.notice(year)) if notice)

    def notice_of(self, day: date) -> HolidayNotice | None:
        """The notice that rules this day."""
        return next((notice for notice in self.notices_about(day.year) if notice.begins_on <= day), None)

    def label(self, day: date) -> str:
        """The year of the newest notice that a reading on `day` can rest upon; empty if there is none."""
        years = [notice.year for notice in self.notices if notice.begins_on <= day]
        return str(max(years)) if years else ""

    def known(self, day: date) -> date:
        """`day`, if it is one that the product knows; else a CalendarError."""
        if not FIRST_DAY <= day <= LAST_DAY:
            raise CalendarError("unknown_day", day=day)
        return day

    # Editions: notices are loaded one after another, the later one rules its year.

    def with_notices(self, notices: Iterable[HolidayNotice]) -> "Calendar":
        """This calendar with the given years replaced or added."""
        by_year = {notice.year: notice for notice in (*self.notices, *notices)}
        return Calendar(tuple(by_year[year] for year in sorted(by_year)))

    def without_year(self, year: int) -> "Calendar":
        """This calendar with one year's notice taken back."""
        return Calendar(tuple(notice for notice in self.notices if notice.year != year))

    # In ordinals of days, `date.toordinal()`, for the clock.

    def count(self, ordinal: int) -> int:
        """Working days from the start of the table up to and including this day."""
        return self._counted[ordinal - _TABLE_FROM]

    def working_day(self, number: int) -> int:
        """The working day that has this number by `count`."""
        try:
            return self._working[number - 1]
        except IndexError:
            raise CalendarError("unknown_day", day=LAST_DAY) from None

    def roll(self, ordinal: int) -> int:
        """This day, or the next working day."""
        return self.working_day(self.count(ordinal - 1) + 1)

    def reasons(self, first: int, last: int) -> list[str]:
        """`why_off` of each day from `first` to `last`, both included."""
        return self._why[first - _TABLE_FROM : last + 1 - _TABLE_FROM]

    def _index(self, day: date) -> int:
        return self.known(day).toordinal() - _TABLE_FROM


def load_calendar(source: str | Mapping) -> Calendar:
    """A calendar from YAML text or the same as a mapping; CalendarError with the line if it cannot be right."""
    return Calendar(parse_notices(source))


@cache
def _monday_to_friday() -> tuple[str, ...]:
    return tuple("weekend" if (day + 6) % 7 > 4 else "" for day in range(_TABLE_FROM, _TABLE_UNTIL + 1))


def _why_table(notices: tuple[HolidayNotice, ...]) -> list[str]:
    why = list(_monday_to_friday())
    for notice in notices:
        for holiday in notice.days_off:
            first, last = (day.toordinal() - _TABLE_FROM for day in (holiday.first_on, holiday.last_on))
            why[first : last + 1] = ["holiday"] * (last + 1 - first)
        for day in notice.makeup_workdays:
            why[day.toordinal() - _TABLE_FROM] = ""
    return why
