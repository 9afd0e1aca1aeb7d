"""Which problems got no word for long, on which day: each is reminded of once, until somebody says a word."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, select

from approvals.base.moments import day_of, start_of
from approvals.programme.problems.queries import PROBLEMS, WORDS, is_stale, problem_ref, tasks_held
from approvals.programme.queries import ITEMS
from workflows.charts.problem import PROBLEM
from workflows.config.policy import ProgrammeRules

STALE = "remind_stale"
MONTH = timedelta(days=31)
CLOSING = frozenset(move.name for move in PROBLEM.moves if move.target == "closed")


def reminder_day(day: date, rules: ProgrammeRules) -> date:
    """The first day on or after this one on which those are reminded who have not spoken: ahead of the report day."""
    of_month = day.replace(day=rules.report_day) - timedelta(rules.remind_ahead)
    next_month = (day.replace(day=1) + MONTH).replace(day=rules.report_day)
    return of_month if day <= of_month else next_month - timedelta(rules.remind_ahead)


def stale_days(tx: Connection, rules: ProgrammeRules, to: date) -> list[date]:
    """The days up to this one on which problems that are open now are to be reminded of."""
    moments = tx.execute(select(PROBLEMS.c.said_at).where(is_stale(to, rules)).order_by(PROBLEMS.c.said_at)).scalars()
    return list(dict.fromkeys(reminder_day(_stale_on(said_at, rules), rules) for said_at in moments))


def _stale_on(said_at: Any, rules: ProgrammeRules) -> date:
    """The day from which a problem is stale that got its last word at this moment."""
    return day_of(said_at) + timedelta(rules.problem_stale)


def stale_problems(tx: Connection, on: date, rules: ProgrammeRules) -> list[tuple[str, tuple[int, ...]]]:
    """The problems of which this day reminds, by their addresses, with the units of the tasks that they hold up.

    As the words stood when the day began: who spoke since is not reminded.
    """
    first_on = on - MONTH - timedelta(rules.problem_stale + 1)  # who spoke earlier was reminded a month ago
    query = (
        select(WORDS.c.problem_id, WORDS.c.move, WORDS.c.said_at, PROBLEMS.c.number, ITEMS.c.year, ITEMS.c.item_no)
        .join(PROBLEMS, PROBLEMS.c.id == WORDS.c.problem_id)
        .join(ITEMS, ITEMS.c.id == PROBLEMS.c.item_id)
        .where(WORDS.c.said_at.between(start_of(first_on), start_of(on)))
        .order_by(WORDS.c.id)
    )
    last = {row.problem_id: row for row in tx.execute(query)}
    stale = [row for row in last.values() if row.move not in CLOSING]
    due = [row for row in stale if reminder_day(_stale_on(row.said_at, rules), rules) == on]
    return [(problem_ref(row, row.number), _units(tx, row.problem_id)) for row in due]


def _units(tx: Connection, problem_id: int) -> tuple[int, ...]:
    return tuple(dict.fromkeys(task.unit_id for task in tasks_held(tx, problem_id)))
