"""Duties that are few: owed entries, statements on joint projects, absences, unassigned work, the calendar."""

from collections.abc import Iterator
from datetime import date

from sqlalchemy import Connection

from approvals.accounts.absence.queries import uncovered_for
from approvals.accounts.actors import Actor
from approvals.accounts.permissions import CHANGE_CALENDAR, MANAGERS, OWNERS, SEE_VACANCIES, WINDOW_HEADS
from approvals.base.moments import month_of, read_month
from approvals.calendar.queries import calendar_in_force
from approvals.casefile.worklist.kinds import KINDS
from approvals.casefile.worklist.rows import Moments
from approvals.casefile.worklist.worklist import Duty, DutyList
from approvals.handover.vacancies import vacancy_count
from approvals.programme.worklist import NOT_SENT, entries_to_report
from approvals.recalculation.actions import unpublished_years
from approvals.supervision.joint.views import owed_words, signed_by
from approvals.windows.clocks import LimitView, due_by
from workflows.clock.calendar import Calendar


def _entries(tx: Connection, actor: Actor, at: Moments) -> Iterator[Duty]:
    """The months of which the actor's unit owes a report."""
    owed = [row for row in entries_to_report(tx, actor, at.now) if row.state.name in NOT_SENT]
    calendar = calendar_in_force(tx) if owed else None
    for number, row in enumerate(owed):
        yield Duty(
            *(KINDS["entry"], number, row.name, row.due_on),
            due=_due("entry", row.due_on, calendar, at),
            year=row.year,
            item_no=row.item_no,
            code=row.code,
            part=str(month_of(row.month)),
        )


def _joint_words(tx: Connection, actor: Actor, at: Moments) -> Iterator[Duty]:
    """The joint projects of the actor's unit that owe a month's statement."""
    owed = owed_words(tx, actor, at.today)
    calendar = calendar_in_force(tx) if owed else None
    for number, row in enumerate(owed):
        due_on = signed_by(read_month(row.missing[0]), calendar) if calendar else at.today
        due, shown = _due("joint_word", due_on, calendar, at), row.shown_number or ""
        yield Duty(KINDS["joint_word"], number, row.name, due_on, due, ref=row.ref, number=shown, part=row.missing[0])


def _uncovered(tx: Connection, actor: Actor, at: Moments) -> Iterator[Duty]:
    open_leaves = uncovered_for(tx, actor, at.today)
    calendar = calendar_in_force(tx) if open_leaves else None
    for row in open_leaves:
        due_on, person = row.gaps[0].first, row.absence.person
        due = _due("uncovered", due_on, calendar, at)
        yield Duty(KINDS["uncovered"], row.absence.id, person.name, due_on, due, origin=person.unit)


def _due(kind: str, due_on: date, calendar: Calendar | None, at: Moments) -> LimitView | None:
    return due_by(kind, due_on, calendar, at.today) if calendar else None


def _vacancies(tx: Connection, actor: Actor, at: Moments) -> Iterator[Duty]:
    """All that nobody holds, as one duty: a page lists it."""
    if count := vacancy_count(tx, actor, at.now):
        yield Duty(KINDS["vacancy"], 0, "", part=str(count))


def _calendar(tx: Connection, _actor: Actor, _at: Moments) -> Iterator[Duty]:
    for year in unpublished_years(tx):
        yield Duty(KINDS["calendar"], year, "", part=str(year))


LISTS = (
    DutyList(OWNERS, _entries),
    DutyList(WINDOW_HEADS, _joint_words),
    DutyList(MANAGERS | WINDOW_HEADS, _uncovered),
    DutyList(SEE_VACANCIES, _vacancies),
    DutyList(CHANGE_CALENDAR, _calendar),
)
