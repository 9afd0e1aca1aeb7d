"""The calendar as its pages show it: the years with their notices, and one year day by day."""

import calendar as months_of
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import itemgetter

from sqlalchemy import Connection, select

from approvals.accounts.queries import PERSON
from approvals.base.errors import NotFound
from approvals.base.i18n import N_
from approvals.calendar.queries import EDITION, calendar_in_force, product_calendar_text
from approvals.recalculation.actions import unpublished_years
from workflows.clock.calendar import Calendar
from workflows.clock.holiday_notices import FIRST_DAY, LAST_DAY, HolidayNotice, parse_notices
from workflows.label import Label

MOST_EDITIONS = 50  # of one year, the latest ones
MISSING = N_(
    "The notice of %(year)s is not loaded, and %(count)s open approvals extend into that year. Their"
    " dates count Monday to Friday as working days and are provisional."
)
MAKE_UP = N_("make-up working day")
MARKS = {"holiday": Label("休", "off"), "makeup": Label("班", "work")}  # one word beside a day


@dataclass(frozen=True, slots=True)
class EditionView:
    """One notice of a year; `notice` None takes it back. The product's own has no `loaded_by` and no `loaded_at`."""

    number: int
    loaded_by: str
    loaded_at: datetime | None
    text: str
    notice: HolidayNotice | None

    @property
    def days_off(self) -> int:
        return sum(len(period.days()) for period in self.notice.days_off) if self.notice else 0

    @property
    def makeup_workdays(self) -> int:
        return len(self.notice.makeup_workdays) if self.notice else 0


@dataclass(frozen=True, slots=True)
class YearRow:
    """A year: the edition in force, how many came before it, and how many open approvals run into a missing notice."""

    year: int
    edition: EditionView | None
    earlier: int
    running: int

    @property
    def notice(self) -> HolidayNotice | None:
        return self.edition.notice if self.edition else None


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """`kind` is working, weekend, holiday or makeup; `mark` is None for a usual day."""

    on: date
    kind: str
    mark: Label | None
    name: Label


@dataclass(frozen=True, slots=True)
class CalendarRemark:
    """What a month has that is unlike others: `days` as in 1–3, and a holiday's name or, where it is empty, `word`."""

    days: str
    name: Label
    word: str


@dataclass(frozen=True, slots=True)
class MonthView:
    first: date
    weeks: tuple[tuple[CalendarDay | None, ...], ...]
    remarks: tuple[CalendarRemark, ...]


@dataclass(frozen=True, slots=True)
class YearView:
    """`editions` are the latest first; `may_take_back` when one was loaded at all."""

    row: YearRow
    editions: tuple[EditionView, ...]
    months: tuple[MonthView, ...]

    @property
    def may_take_back(self) -> bool:
        return any(edition.loaded_at for edition in self.editions)

    @property
    def before(self) -> EditionView | None:
        """What comes into force again when the last edition is taken back; None leaves the year without a notice."""
        return self.editions[1] if len(self.editions) > 1 else None


def years(tx: Connection, today: date) -> tuple[YearRow, ...]:
    """Every year that has a notice, this and the next one, and those into which open clocks run; the latest first."""
    editions, running = _editions(tx), unpublished_years(tx)
    listed = {*editions, *running, today.year, today.year + 1}
    return tuple(_row(year, editions.get(year, ()), running) for year in sorted(listed, reverse=True))


def missing_notices(tx: Connection) -> list[tuple[str, dict[str, object]]]:
    """What managers are warned of: a sentence, as a msgid with its values, for each year that has no notice."""
    return [(MISSING, {"year": year, "count": count}) for year, count in unpublished_years(tx).items()]


def year_view(tx: Connection, year: int) -> YearView:
    """One year; NotFound for those that the product does not know."""
    if not FIRST_DAY.year <= year <= LAST_DAY.year:
        raise NotFound
    editions = _editions(tx, year).get(year, ())
    row, calendar = _row(year, editions, unpublished_years(tx)), calendar_in_force(tx)
    months = tuple(_month(calendar, date(year, month, 1)) for month in range(1, 13))
    return YearView(row, tuple(reversed(editions))[:MOST_EDITIONS], months)


def _row(year: int, editions: Sequence[EditionView], running: dict[int, int]) -> YearRow:
    in_force = editions[-1] if editions else None
    return YearRow(year, in_force, max(0, len(editions) - 1), running.get(year, 0))


def _editions(tx: Connection, year: int | None = None) -> dict[int, tuple[EditionView, ...]]:
    """The editions of each year in their order, the product's own first; `year` limits them to one."""
    editions: dict[int, list[EditionView]] = {}
    for notice in parse_notices(product_calendar_text()):
        if year in (None, notice.year):
            editions[notice.year] = [EditionView(1, "", None, "", notice)]
    loaded = select(EDITION, PERSON.c.name).outerjoin(PERSON, PERSON.c.username == EDITION.c.loaded_by)
    loaded = loaded.where(EDITION.c.year == year) if year else loaded
    for row in tx.execute(loaded.order_by(EDITION.c.id)):
        of_year, notices = editions.setdefault(row.year, []), parse_notices(row.notice) if row.notice else ()
        own = next((notice for notice in notices if notice.year == row.year), None)
        loaded_by = row.name or row.loaded_by
        of_year.append(EditionView(len(of_year) + 1, loaded_by, row.loaded_at, row.notice, own))
    return {key: tuple(of_year) for key, of_year in editions.items()}


def _month(calendar: Calendar, first: date) -> MonthView:
    weeks = [
        tuple(_day(calendar, day) if day.month == first.month else None for day in week)
        for week in months_of.Calendar().monthdatescalendar(first.year, first.month)
    ]
    remarks = (remark for notice in calendar.notices_about(first.year) for remark in _remarks(notice, first))
    return MonthView(first, tuple(weeks), tuple(remark for _, remark in sorted(remarks, key=itemgetter(0))))


def _day(calendar: Calendar, day: date) -> CalendarDay:
    holiday, is_weekend = calendar.holiday(day), day.weekday() > 4
    if holiday:
        return CalendarDay(day, "holiday", MARKS["holiday"], Label(holiday.name, holiday.name_en or holiday.name))
    if is_weekend and calendar.is_working_day(day):
        return CalendarDay(day, "makeup", MARKS["makeup"], Label("", ""))
    return CalendarDay(day, "weekend" if is_weekend else "working", None, Label("", ""))


def _remarks(notice: HolidayNotice, first: date) -> Iterator[tuple[date, CalendarRemark]]:
    """What a notice fixes in this month, each with the day that it begins on."""
    for holiday in notice.days_off:
        if days := [day for day in holiday.days() if day.replace(day=1) == first]:
            name = Label(holiday.name, holiday.name_en or holiday.name)
            yield days[0], CalendarRemark(_span([day.day for day in days]), name, N_("days off"))
    for day in notice.makeup_workdays:
        if day.replace(day=1) == first:
            yield day, CalendarRemark(str(day.day), Label("", ""), MAKE_UP)


def _span(days: list[int]) -> str:
    return str(days[0]) if len(days) == 1 else f"{days[0]}–{days[-1]}"
