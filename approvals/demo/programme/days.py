"""The working days of the programme's year by number: when entries are due, confirmed, paid for and closed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property

from approvals.base.moments import CITY_ZONE
from approvals.demo.supervision import Line
from workflows.clock.calendar import Calendar
from workflows.clock.works import FINISH, START
from workflows.config.policy import ProgrammeRules

CLOSED_ON = 8  # working day of the month after: months are closed
PREPARED_IN = 8  # working days at least between the proposals and their adoption
MONTHS = 12
PERMIT = "C05"


@dataclass(frozen=True)
class ProgrammeDays:
    """The year's days; `first` is the day on which the programme is proposed, when the street's year begins."""

    year: int
    calendar: Calendar
    street_from: date

    def count(self, day: date) -> int:
        """The number of this day, or of the last working day before it."""
        return self.calendar.count(day.toordinal())

    def day(self, number: int) -> date:
        return date.fromordinal(self.calendar.working_day(number))

    def at(self, number: int, minute: int) -> datetime:
        return datetime.combine(self.day(number), time(), CITY_ZONE) + timedelta(minutes=minute)

    @cached_property
    def adopted(self) -> int:
        """The last working day of January, when the people's congress has met."""
        return self.count(date(self.year, 1, 31))

    @cached_property
    def proposed(self) -> int:
        return min(self.count(self.street_from), self.adopted - PREPARED_IN)

    def due(self, month: int) -> int:
        """The last working day on which an entry of this month is in time."""
        return self.count(date(self.year, month, ProgrammeRules().report_day))

    def last(self, month: int) -> int:
        return self.count(date(self.year + month // MONTHS, month % MONTHS + 1, 1) - timedelta(days=1))

    def closed(self, month: int) -> int:
        return self.last(month) + CLOSED_ON

    @cached_property
    def first_month(self) -> int:
        """The month of the first entry: that of the adoption, unless its report day had passed."""
        return 1 if self.day(self.adopted).day <= ProgrammeRules().report_day else 2


@dataclass(frozen=True, slots=True)
class StreetDays:
    """What the street knows of an item's project: when it was permitted, begun, finished and granted last."""

    permitted: date | None = None
    begun: date | None = None
    finished: date | None = None
    granted: date | None = None


def street_days(lines: list[Line]) -> Mapping[str, StreetDays]:
    """The days of the street's projects, by their references."""
    days: dict[str, dict[str, date]] = {}
    for line in lines:
        ref, _slash, code = line["on"].partition("/")
        of_ref = days.setdefault(ref, {})
        day = date.fromisoformat(line["at"][:10])
        if line["move"] == "grant":
            of_ref["granted"] = day
            if code == PERMIT:
                of_ref.setdefault("permitted", day)
        elif line["move"] in (START, FINISH):
            told = "begun" if line["move"] == START else "finished"
            of_ref.setdefault(told, date.fromisoformat(line["with"]["day"]))
    return {ref: StreetDays(**of_ref) for ref, of_ref in days.items()}
