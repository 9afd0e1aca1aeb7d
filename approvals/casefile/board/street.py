"""The city at a glance: how far the filings of a year have come, how fast, and where the late approvals are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median_low

from sqlalchemy import Connection, case, func, or_, select

from approvals.base.moments import day_of, end_of, start_of
from approvals.calendar.queries import calendar_in_force
from approvals.filing.queries import TABLE
from approvals.history.record import ENTRY
from approvals.registration.lights import is_late, is_open
from approvals.registration.queries import APPROVALS
from workflows.charts.approval import APPROVAL, DECIDED
from workflows.charts.project import PROJECT
from workflows.clock.calendar import Calendar
from workflows.config.city import load_city
from workflows.label import Label

FILED, CLASSIFIED, REGISTERED, FIRST_ACCEPTED, FIRST_DECIDED, COMPLETED = range(6)
STEPS: tuple[Label, ...] = (
    Label("申报", "Filed"),
    Label("分类", "Classified"),
    Label("挂号", "Registered"),
    Label("首件受理", "First application accepted"),
    Label("首件办结", "First approval decided"),
    Label("全部办结", "Completed"),
)
_CLASSIFY = PROJECT.move("classify").name
_ACCEPTED, _DONE = "accepted", "completed"


@dataclass(frozen=True, slots=True)
class StreetStep:
    """How many filings of the year have reached a step, how many of them have gone no further and still may.

    `days` is the median of the working days since the step before, of those that have made both; None without any.
    """

    name: Label
    reached: int
    waiting: int
    days: int | None


@dataclass(frozen=True, slots=True)
class CountyStatus:
    """The approvals in progress in one county, and how many of them are yellow or red."""

    name: str
    open: int
    late: int


def street_years(tx: Connection) -> tuple[int, ...]:
    """The years in which construction projects were filed, the newest first."""
    filed = select(func.min(TABLE.c.filed_at), func.max(TABLE.c.filed_at)).where(TABLE.c.filed_at.is_not(None))
    first, last = tx.execute(filed).one()
    return tuple(range(day_of(last).year, day_of(first).year - 1, -1)) if first else ()


def street(tx: Connection, year: int) -> tuple[StreetStep, ...]:
    """The steps of the street with the construction projects that were filed in this year."""
    of_year = (
        TABLE.c.filed_at.between(start_of(date(year, 1, 1)), end_of(date(year, 12, 31))),
        TABLE.c.kind == "construction",
    )
    projects = tx.execute(
        select(TABLE.c.id, TABLE.c.state, TABLE.c.state_since, TABLE.c.filed_at, TABLE.c.registered_at).where(*of_year)
    ).all()
    events = {
        CLASSIFIED: ENTRY.c.move == _CLASSIFY,
        FIRST_ACCEPTED: ENTRY.c.to_state == _ACCEPTED,
        FIRST_DECIDED: ENTRY.c.to_state.in_(DECIDED),
    }
    firsts = tx.execute(
        select(ENTRY.c.project_id, *(func.min(case((event, ENTRY.c.at))) for event in events.values()))
        .join(TABLE, TABLE.c.id == ENTRY.c.project_id)
        .where(*of_year, or_(*events.values()), ENTRY.c.subject.in_((PROJECT.name, APPROVAL.name)))
        .group_by(ENTRY.c.project_id)
    )
    by_project = {project_id: dict(zip(events, moments, strict=True)) for project_id, *moments in firsts}
    ways = [
        _Way(
            {
                FILED: row.filed_at,
                REGISTERED: row.registered_at,
                COMPLETED: row.state_since if row.state == _DONE else None,
                **by_project.get(row.id, {}),
            },
            is_over=PROJECT.state(row.state).is_final,
        )
        for row in projects
    ]
    calendar = calendar_in_force(tx)
    return tuple(_step(number, ways, calendar) for number in range(len(STEPS)))


@dataclass(frozen=True, slots=True)
class _Way:
    """The moments at which one project reached the steps; those that it has not are None or missing."""

    moments: Mapping[int, datetime | None]
    is_over: bool

    def at(self, number: int) -> date | None:
        moment = self.moments.get(number)
        return day_of(moment) if moment else None

    @property
    def last(self) -> int:
        return max(number for number in range(len(STEPS)) if self.moments.get(number))


def _step(number: int, ways: Sequence[_Way], calendar: Calendar) -> StreetStep:
    pairs = [(way.at(number - 1), way.at(number)) for way in ways] if number else []
    days = [calendar.working_days_between(before, on) for before, on in pairs if before and on and before <= on]
    return StreetStep(
        name=STEPS[number],
        reached=sum(way.last >= number for way in ways),
        waiting=sum(way.last == number and not way.is_over for way in ways),
        days=median_low(days) if days else None,
    )


def counties(tx: Connection, today: date) -> tuple[CountyStatus, ...]:
    """The counties of the city in its order, those of projects of before it behind them."""
    rows = tx.execute(
        select(TABLE.c.county, func.count(), func.sum(case((is_late(today), 1), else_=0)))
        .select_from(APPROVALS.join(TABLE, TABLE.c.id == APPROVALS.c.project_id))
        .where(is_open())
        .group_by(TABLE.c.county)
        .order_by(TABLE.c.county)
    )
    all_of_them = {name: CountyStatus(name, 0, 0) for name in load_city().counties}
    return tuple((all_of_them | {name: CountyStatus(name, count, late) for name, count, late in rows}).values())
