"""Reminders: all units that have not reported are reminded together, ahead of the report day and on the day after.

Ahead of the report day those are reminded, too, whose problems got no word for long.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, insert, select

from approvals.accounts.actors import SYSTEM_ACTOR, Scope
from approvals.base.moments import day_of, start_of
from approvals.history.record import ENTRY, Subject, begun, locked_chain, recording, row_to_begin
from approvals.programme.entries.actions import is_of_rhythm
from approvals.programme.problems.stale import STALE, stale_days, stale_problems
from approvals.programme.queries import ENTRIES, ITEMS, PREFIX, REMINDERS, TASKS
from workflows.charts.item import ITEM
from workflows.charts.model import SYSTEM
from workflows.charts.reminder import REMINDER
from workflows.config.policy import ProgrammeRules, load_policy
from workflows.rules.programme_figures import REPORTING

CHAINS_FROM = 10**12  # below its negative stand the chains of reminders, one a year; those of items stand above
MONTHS = 12


@dataclass(frozen=True, slots=True)
class DueReminder:
    """A reminder that is due: of which month, by which move, at the beginning of which day."""

    year: int
    month: str
    move: str
    on: date


def due_reminders(tx: Connection, to: date) -> list[DueReminder]:
    """The reminders that were due by the close of this day and were not made yet, the earliest first."""
    made = {(row.month, row.move) for row in tx.execute(select(REMINDERS.c.month, REMINDERS.c.move))}
    rules = load_policy().programme
    days = [reminder for year, since in _years(tx) for reminder in _of_year(year, rules, since)]
    days += [DueReminder(on.year, f"{on:%Y-%m}", STALE, on) for on in stale_days(tx, rules, to)]
    due = [reminder for reminder in days if reminder.on <= to and (reminder.month, reminder.move) not in made]
    return sorted(due, key=lambda reminder: (reminder.on, reminder.month))


def _years(tx: Connection) -> list[tuple[int, date]]:
    """The years with items that were adopted, each with the first day of that."""
    first = select(ITEMS.c.year, func.min(ITEMS.c.adopted_at)).where(ITEMS.c.adopted_at.is_not(None))
    rows = tx.execute(first.group_by(ITEMS.c.year).order_by(ITEMS.c.year))
    return [(year, day_of(adopted_at)) for year, adopted_at in rows]


def _of_year(year: int, rules: ProgrammeRules, since: date) -> Iterator[DueReminder]:
    for number in range(1, MONTHS + 1):
        report_on = date(year, number, rules.report_day)
        days = {"remind_ahead": report_on - timedelta(rules.remind_ahead), "remind_missing": report_on + timedelta(1)}
        for move, on in days.items():
            if on > since:
                yield DueReminder(year, f"{year}-{number:02}", move, on)


def remind(tx: Connection, reminder: DueReminder, now: datetime) -> int:
    """Make one reminder as of its day, whenever the sweep comes to it; how many units are reminded.

    Nobody is reminded of what was reported before that day, nor of items that were suspended, done or dropped then.
    """
    chain, at = -(CHAINS_FROM + reminder.year), start_of(reminder.on)
    end = locked_chain(tx, chain, at)
    is_made = REMINDERS.c.month == reminder.month, REMINDERS.c.move == reminder.move
    if tx.execute(select(REMINDERS.c.id).where(*is_made)).first():  # another sweep was faster
        return 0
    facts, units = _owed(tx, reminder, at)
    row = row_to_begin(REMINDER, reminder.move, {"month": reminder.month, "move": reminder.move}, at)
    row_id = tx.execute(insert(REMINDERS).values(row).returning(REMINDERS.c.id)).scalar_one()
    place, label = Scope(owner_unit_id=0, task_units=units), f"{PREFIX}/{reminder.month}"
    case = Subject(REMINDER, REMINDERS, row_id, row["state"], row["version"], place, label)
    with recording(tx, *end, at=None, now=now) as record:
        recorded = {"month": reminder.month, **facts}
        begun(record, case, reminder.move, by=SYSTEM_ACTOR, role=SYSTEM, facts=recorded, at=at)
    return len(units)


def _owed(tx: Connection, reminder: DueReminder, at: datetime) -> tuple[dict[str, list[str]], tuple[int, ...]]:
    """What is owed, for the record, and the units that owe it."""
    if reminder.move == STALE:
        problems = stale_problems(tx, reminder.on, load_policy().programme)
        units = dict.fromkeys(unit_id for _, unit_ids in problems for unit_id in unit_ids)
        return {"problems": [ref for ref, _ in problems]}, tuple(units)
    tasks = _unreported_tasks(tx, reminder, at)
    names = [f"{task.item_no}/{task.code}" for task in tasks]
    return {"tasks": names}, tuple(dict.fromkeys(task.unit_id for task in tasks))


def _unreported_tasks(tx: Connection, reminder: DueReminder, at: datetime) -> Sequence[Any]:
    """The tasks that owe an entry of this month and had not reported it by this moment, by item and task."""
    reported = select(ENTRIES.c.task_id).where(ENTRIES.c.month == reminder.month, ENTRIES.c.first_reported_at < at)
    states = _states_at(tx, reminder.year, at)
    query = (
        select(TASKS.c.code, TASKS.c.unit_id, TASKS.c.rhythm, ITEMS.c.item_no, ITEMS.c.id.label("item_id"))
        .join(ITEMS, ITEMS.c.id == TASKS.c.item_id)
        .where(ITEMS.c.year == reminder.year, ITEMS.c.adopted_at < at, TASKS.c.id.not_in(reported))
        .order_by(ITEMS.c.item_no, TASKS.c.id)
    )
    owing = [row for row in tx.execute(query) if states.get(row.item_id) in REPORTING]
    return [row for row in owing if is_of_rhythm(row, reminder.month)]


def _states_at(tx: Connection, year: int, at: datetime) -> dict[int, str]:
    """The state of each item of the year at this moment."""
    chains = select(-ITEMS.c.id).where(ITEMS.c.year == year)
    moves = select(ENTRY.c.subject_id, ENTRY.c.to_state).where(
        ENTRY.c.project_id.in_(chains), ENTRY.c.subject == ITEM.name, ENTRY.c.at < at
    )
    rows = tx.execute(moves.order_by(ENTRY.c.project_id, ENTRY.c.seq))
    return {row.subject_id: row.to_state for row in rows}
