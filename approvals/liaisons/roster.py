"""The duty roster: its shifts, its gaps, a preview of new shifts, and the month as a grid."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, insert, select, text, update

from approvals.accounts.actors import Actor
from approvals.accounts.queries import PERSON, UNIT, UnitName
from approvals.base.errors import Invalid, NotFound, Refused, invalid
from approvals.base.i18n import N_, own_name, series
from approvals.base.moments import CITY_ZONE, day_of, start_of
from approvals.base.text_validation import read_fields
from approvals.calendar.queries import calendar_in_force
from approvals.liaisons.inputs import ShiftInput
from approvals.liaisons.officers import Officers, duty_ids, duty_officers, name_and_unit
from approvals.liaisons.on_call import SHIFTS, STANDS, city_time, rules
from workflows.rules.roster import ShiftSpan, gaps, outside_office, overlaps

MOST_SHIFTS = 400  # of one entry
LONGEST = timedelta(days=31)  # of one shift
AHEAD = timedelta(days=7)  # that must not have a gap
WEEK = 7
FIELDS = ("person", "since", "until")


@dataclass(frozen=True, slots=True)
class ShiftView:
    """`short` is the name, with the unit where another officer has the same."""

    id: int
    name: str
    short: str
    unit: UnitName
    phone: str
    since: datetime
    until: datetime
    is_over: bool


@dataclass(frozen=True, slots=True)
class RosterDay:
    """One day of the grid; `is_outside` belongs to a neighbouring month."""

    on: date
    is_outside: bool
    is_today: bool
    shifts: tuple[ShiftView, ...]
    gaps: tuple[ShiftSpan, ...]


@dataclass(frozen=True, slots=True)
class RosterView:
    month: date
    before: date
    after: date
    weeks: tuple[tuple[RosterDay, ...], ...]
    shifts: tuple[ShiftView, ...]
    people: tuple[str, ...]
    coming_gaps: tuple[ShiftSpan, ...]


@dataclass(frozen=True, slots=True)
class NewShift:
    person_id: int
    label: str
    span: ShiftSpan


@dataclass(frozen=True, slots=True)
class RosterPreview:
    """The roster over the period of the new shifts: where nobody would be on duty, and where two would."""

    shifts: tuple[NewShift, ...]
    period: ShiftSpan
    gaps: tuple[ShiftSpan, ...]
    overlaps: tuple[ShiftSpan, ...]

    @property
    def lines(self) -> str:
        """The new shifts as they are pasted."""
        text = io.StringIO()
        rows = ((shift.label.replace("，", ","), shift.span.start, shift.span.end) for shift in self.shifts)
        csv.writer(text, lineterminator="\n").writerows(
            (label, f"{since:%Y-%m-%d %H:%M}", f"{until:%Y-%m-%d %H:%M}") for label, since, until in rows
        )
        return text.getvalue().removesuffix("\n")


# Entry of shifts.


def pasted(lines: str) -> list[dict[str, str]]:
    """The shifts in lines `person,from,until`, separated by commas or tabs, as copied from a spreadsheet."""
    shifts = []
    for number, row in enumerate(_rows(lines), start=1):
        if len(row) != len(FIELDS):
            raise invalid("lines", N_("line %(number)s must contain a person, a start and an end"), number=number)
        shifts.append(dict(zip(FIELDS, row, strict=True)))
    return shifts


def _rows(lines: str) -> list[list[str]]:
    if "\0" in lines:
        raise invalid("lines", N_("contains a control character"))
    stripped = (line.lstrip("\ufeff").replace("\t", ",").replace("，", ",") for line in lines.splitlines())
    rows = csv.reader(line for line in stripped if line.strip())
    try:
        return [[cell.strip() for cell in row] for row in rows]
    except csv.Error:
        raise invalid("lines", N_("cannot be read")) from None


def preview(tx: Connection, entries: Iterable[Mapping[str, str]]) -> RosterPreview:
    """The roster with these shifts; Invalid names what is wrong with them."""
    shifts = _checked(tx, list(entries))
    period = ShiftSpan(min(shift.span.start for shift in shifts), max(shift.span.end for shift in shifts))
    spans = [*_spans(tx, period), *(shift.span for shift in shifts)]
    periods = outside_office(period, calendar_in_force(tx), rules())
    return RosterPreview(tuple(shifts), period, tuple(gaps(spans, periods)), tuple(overlaps(spans)))


def _checked(tx: Connection, entries: list[Mapping[str, str]]) -> list[NewShift]:
    if not entries:
        raise invalid("lines", N_("needs at least one entry"))
    if len(entries) > MOST_SHIFTS:
        raise invalid("lines", N_("contains too many entries"))
    officers = duty_officers(tx)
    return [_shift(officers, entry, number) for number, entry in enumerate(entries, start=1)]


def _shift(officers: Officers, entry: Mapping[str, str], number: int) -> NewShift:
    try:
        shift = read_fields(ShiftInput, entry)
    except Invalid:
        message = N_("line %(number)s: must contain a person, a start and an end, with times such as 2026-03-02 17:30")
        raise invalid("lines", message, number=number) from None
    called = officers.called(shift.person)
    if not called:
        raise invalid("lines", N_("line %(number)s: %(name)s cannot be on duty"), number=number, name=shift.person)
    if len(called) > 1:
        message = N_("line %(number)s: there are several; choose one of %(names)s")
        raise invalid("lines", message, number=number, names=series(map(officers.label, called)))
    if shift.until <= shift.since:
        raise invalid("lines", N_("line %(number)s: ends before it begins"), number=number)
    if shift.until - shift.since > LONGEST:
        raise invalid("lines", N_("line %(number)s: must not be longer than a month"), number=number)
    return NewShift(called[0].id, officers.label(called[0]), ShiftSpan(shift.since, shift.until))


def _spans(tx: Connection, period: ShiftSpan) -> list[ShiftSpan]:
    """The shifts of those who may be on duty still."""
    shifts = select(SHIFTS.c.from_at, SHIFTS.c.until_at).where(*_within(period), SHIFTS.c.person_id.in_(duty_ids()))
    return [
        ShiftSpan(city_time(since), city_time(until)) for since, until in tx.execute(shifts.order_by(SHIFTS.c.from_at))
    ]


def _within(period: ShiftSpan) -> tuple[ColumnElement[bool], ...]:
    return STANDS, SHIFTS.c.until_at > period.start, SHIFTS.c.from_at < period.end


def enter(
    tx: Connection, entries: Iterable[Mapping[str, str]], *, knows_gaps: bool, by: Actor, now: datetime
) -> RosterPreview:
    """Put these shifts on the roster. Refused where two would be on duty, or nobody and that was not confirmed."""
    if tx.dialect.name != "sqlite":  # there is one writer at a time
        tx.execute(text("LOCK TABLE duty_shifts IN SHARE ROW EXCLUSIVE MODE"))
    new_roster = preview(tx, entries)
    if new_roster.overlaps:
        raise Refused(N_("Two officers would be on duty at the same time. Nothing was saved."))
    if new_roster.gaps and not knows_gaps:
        raise invalid("knows_gaps", N_("must be confirmed: at some times nobody would be on duty"))
    entered = {"entered_by_id": by.id, "entered_at": now}
    rows = [
        {"person_id": shift.person_id, "from_at": shift.span.start, "until_at": shift.span.end} | entered
        for shift in new_roster.shifts
    ]
    tx.execute(insert(SHIFTS), rows)
    return new_roster


def take_off(tx: Connection, shift_id: int, by: Actor, now: datetime) -> None:
    """Take a shift off the roster; one that has begun ends now, so that who was on duty stays known."""
    row = tx.execute(select(SHIFTS).where(SHIFTS.c.id == shift_id, STANDS)).one_or_none()
    if row is None:
        raise NotFound
    if row.until_at <= now:
        raise Refused(N_("This shift is over."))
    end_shift(tx, row, by, now)


def end_shift(tx: Connection, row: Row[Any], by: Actor, now: datetime) -> None:
    """A shift that has begun ends now; one that has not is removed."""
    changes = {"until_at": now} if row.from_at < now else {"removed_at": now, "removed_by_id": by.id}
    tx.execute(update(SHIFTS).where(SHIFTS.c.id == row.id).values(**changes))


# Views.


def roster(tx: Connection, month: date, now: datetime) -> RosterView:
    """The month of this day as a grid, its shifts in order, and the gaps of the next seven days."""
    first, today, officers = month.replace(day=1), day_of(now), duty_officers(tx)
    after = (first + timedelta(days=32)).replace(day=1)
    start = first - timedelta(days=first.weekday())
    end = after + timedelta(days=-after.weekday() % WEEK)
    shifts = _shifts(tx, ShiftSpan(city_time(start_of(start)), city_time(start_of(end))), now)
    days = [_day(tx, start + timedelta(days=n), first, today, shifts) for n in range((end - start).days)]
    return RosterView(
        month=first,
        before=(first - timedelta(days=1)).replace(day=1),
        after=after,
        weeks=tuple(tuple(days[n : n + WEEK]) for n in range(0, len(days), WEEK)),
        shifts=tuple(shift for shift in shifts if day_of(shift.since) < after and day_of(shift.until) >= first),
        people=tuple(map(officers.label, officers.people)),
        coming_gaps=coming_gaps(tx, now),
    )


def coming_gaps(tx: Connection, now: datetime) -> tuple[ShiftSpan, ...]:
    """When nobody is on duty within the next seven days."""
    period = ShiftSpan(city_time(now), city_time(now + AHEAD))
    return tuple(gaps(_spans(tx, period), outside_office(period, calendar_in_force(tx), rules())))


def _shifts(tx: Connection, period: ShiftSpan, now: datetime) -> list[ShiftView]:
    rows = tx.execute(
        select(SHIFTS, PERSON.c.name, PERSON.c.phone, UNIT.c.name.label("unit"), UNIT.c.name_en.label("unit_en"))
        .select_from(SHIFTS.join(PERSON, PERSON.c.id == SHIFTS.c.person_id).join(UNIT, UNIT.c.id == PERSON.c.unit_id))
        .where(*_within(period))
        .order_by(SHIFTS.c.from_at, SHIFTS.c.id)
    ).all()
    holders = Counter(name for _, name in {(row.person_id, row.name) for row in rows})
    return [_shift_view(row, holders[row.name] > 1, now) for row in rows]


def _shift_view(row: Row[Any], has_namesake: bool, now: datetime) -> ShiftView:
    unit = UnitName(row.unit, row.unit_en)
    return ShiftView(
        id=row.id,
        name=row.name,
        short=name_and_unit(row.name, own_name(unit)) if has_namesake else row.name,
        unit=unit,
        phone=row.phone,
        since=city_time(row.from_at),
        until=city_time(row.until_at),
        is_over=row.until_at <= now,
    )


def _day(tx: Connection, on: date, first: date, today: date, shifts: list[ShiftView]) -> RosterDay:
    start = datetime.combine(on, datetime.min.time(), CITY_ZONE)
    day = ShiftSpan(start, start + timedelta(days=1))
    shifts_of_day = [shift for shift in shifts if shift.since < day.end and shift.until > day.start]
    spans = [ShiftSpan(shift.since, shift.until) for shift in shifts_of_day]
    periods = outside_office(day, calendar_in_force(tx), rules())
    return RosterDay(on, on.month != first.month, on == today, tuple(shifts_of_day), tuple(gaps(spans, periods)))
