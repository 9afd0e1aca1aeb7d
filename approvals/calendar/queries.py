"""Reads clocks off the history."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import Connection, Table, bindparam, case, func, or_, select, union_all

from approvals.base.errors import invalid
from approvals.base.i18n import N_
from approvals.base.moments import day_of
from approvals.base.prepared import Prepared
from approvals.base.tables import table_of
from approvals.calendar.tables import CalendarEdition
from approvals.history.record import ENTRY
from approvals.history.tables import HALTS, OF_CLOCK
from workflows.charts.approval import APPROVAL
from workflows.clock.approval_clock import Deadlines, deadlines, next_alarm, read
from workflows.clock.calendar import Calendar, load_calendar
from workflows.clock.holiday_notices import parse_notices
from workflows.clock.reading import Reading
from workflows.clock.timeline import CORRECT, NEW_ROUNDS, Limits, Step
from workflows.clock.validity import warned_on
from workflows.config import DATA
from workflows.config.policy import load_policy
from workflows.rules.cards import AT_ONCE

EDITION: Table = table_of(CalendarEdition)
LAST_EDITION = select(func.coalesce(func.max(EDITION.c.id), 0)).scalar_subquery()
_LAST_EDITION = Prepared(select(LAST_EDITION.label("last")))
_COLUMNS = (ENTRY.c.seq, ENTRY.c.move, ENTRY.c.at, ENTRY.c.facts)
_STEPS = Prepared(
    union_all(
        select(*_COLUMNS).where(ENTRY.c.approval_id == bindparam("approval_id"), OF_CLOCK),
        select(*_COLUMNS).where(ENTRY.c.project_id == bindparam("project_id"), HALTS),
    ).order_by("seq")
)


@lru_cache(maxsize=16)
def _calendar(text: str, last_edition: int, editions: tuple[tuple[int, str], ...]) -> Calendar:
    return with_editions(load_calendar(text), editions)


@lru_cache(maxsize=1)
def product_calendar_text() -> str:
    """The notices that the product comes with."""
    return (DATA / "calendar.yaml").read_text(encoding="utf-8")


def last_edition(tx: Connection) -> int:
    """The id of the last edition of notices that was loaded, 0 for none."""
    return int(_LAST_EDITION.rows(tx, {})[0].last)


def calendar_in_force(tx: Connection, last: int | None = None) -> Calendar:
    """The product's notices, each year replaced by the last edition that was loaded for it.

    `last` is the id of the last edition, 0 for none, where the caller knows it already.
    """
    last = last_edition(tx) if last is None else last
    if not last:
        return _calendar(product_calendar_text(), 0, ())
    rows = tx.execute(select(EDITION.c.year, EDITION.c.notice).where(EDITION.c.id <= last).order_by(EDITION.c.id))
    return _calendar(product_calendar_text(), last, tuple({row.year: row.notice for row in rows}.items()))


def edition_for(tx: Connection, approval: Any, last: int | None = None) -> int:
    """The last edition of notices that counts for this approval: a decided one keeps that of its decision.

    `last` is the id of the last edition, where the caller knows it already.
    """
    if approval.state in APPROVAL.final_states:
        return int(approval.calendar_edition)
    last = getattr(approval, "last_edition", None) if last is None else last
    return last_edition(tx) if last is None else int(last)


def calendar_for(tx: Connection, approval: Any) -> Calendar:
    """The calendar that counts for this approval: a later notice moves open ones, never a decided one."""
    return calendar_in_force(tx, edition_for(tx, approval))


def calendars(tx: Connection) -> Callable[[Any], Calendar]:
    """`calendar_for` of many approvals: each edition is read once."""
    last, by_edition = last_edition(tx), dict[int, Calendar]()

    def of(approval: Any) -> Calendar:
        edition = int(approval.calendar_edition) if approval.state in APPROVAL.final_states else last
        if edition not in by_edition:
            by_edition[edition] = calendar_in_force(tx, edition)
        return by_edition[edition]

    return of


def with_editions(calendar: Calendar, editions: Iterable[tuple[int, str]]) -> Calendar:
    """The calendar with the notice of each year replaced by this text; an empty text takes the year's notice back."""
    for year, text in editions:
        notices = [notice for notice in parse_notices(text) if notice.year == year] if text else []
        calendar = calendar.with_notices(notices) if notices else calendar.without_year(year)
    return calendar


def steps_of(tx: Connection, project_id: int, approval_id: int) -> list[Step]:
    """The history of one approval as the clock sees it, its project's suspensions among it."""
    return [
        as_step(row.move, day_of(row.at), row.facts, row.at, row.seq)
        for row in _STEPS.rows(tx, {"project_id": project_id, "approval_id": approval_id})
    ]


_WITH_FACTS = ("extend", "start_special", CORRECT)
# The facts that `as_step` reads, for those who read many entries: the others may be long.
STEP_FACTS = case((or_(*(ENTRY.c.move == move for move in _WITH_FACTS)), ENTRY.c.facts), else_="").label("facts")


def as_step(move: str, on: date, facts: str, at: datetime | None = None, seq: int = 0) -> Step:
    """One entry as the clock sees it."""
    step = Step(move, on, at=at, seq=seq)
    return step_with(step, orjson.loads(facts)) if move in _WITH_FACTS else step


def step_with(step: Step, facts: Mapping[str, Any]) -> Step:
    """The step with what the facts of its entry say."""
    if step.move == "extend":
        return replace(step, days=facts["days"])
    if step.move == "start_special":
        return replace(step, days=facts["expected_days"], procedure=facts["procedure"])
    if step.move == CORRECT:
        return replace(step, corrects=facts["entry"], right_on=date.fromisoformat(facts["right_on"]))
    return step


def limits_of(approval: Any) -> Limits:
    """The limits in an approval's row."""
    return Limits(approval.promised_limit, approval.legal_limit, approval.legal_unit)


def reading(tx: Connection, approval: Any, on: date) -> Reading:
    """The clock of this approval's row at the close of `on`."""
    steps = steps_of(tx, approval.project_id, approval.id)
    return read(steps, limits_of(approval), calendar_for(tx, approval), on, reminder_at=load_policy().reminder_at)


_DATES = (
    *("round", "received_on", "accepted_on", "decided_on", "delivered_on", "notice_due_on", "promised_due_on"),
    *("legal_due_on", "delivery_due_on", "reminder_from", "yellow_from", "red_from", "used_days"),
    *("due_on", "still_left"),
)  # columns of an approval's row that have the names of its deadlines


def stored_days(
    steps: Sequence[Step], limits: Limits, calendar: Calendar, lapses_on: date | None = None
) -> dict[str, Any]:
    """The columns of an approval's row that follow from its steps and its last day of validity."""
    dates = deadlines(steps, limits, calendar, reminder_at=load_policy().reminder_at)
    return {name: getattr(dates, name) for name in _DATES} | {
        "is_deemed": dates.deemed,
        "alarm_on": _alarm_on(dates, warned_on(lapses_on), steps[-1:]),
    }


def _alarm_on(dates: Deadlines, lapse_warned_on: date | None, last: Sequence[Step]) -> date | None:
    """The first day on which the sweep must look; what was reached before the end is looked at once more.

    It looks on the day of the last step when that step alone is the ground of a card, or may take one away.
    """
    days = [dates.alarm_on, lapse_warned_on, *(step.on for step in last if step.move in (*AT_ONCE, CORRECT))]
    if dates.state in APPROVAL.final_states:
        days += [dates.reminder_from, dates.yellow_from, dates.red_from, dates.overdue_from]
    return min((day for day in days if day), default=None)


def with_pending_alarm(days: dict[str, Any], alarm_on: date | None, on: date) -> dict[str, Any]:
    """These days after a move on `on`; an alarm stays until a sweep has handled it."""
    return days | {"alarm_on": alarm_on} if alarm_on is not None and alarm_on <= on else days


def later_alarm(steps: Sequence[Step], limits: Limits, calendar: Calendar, after: date) -> date | None:
    """The next day after `after` on which a sweep must look at this approval."""
    return next_alarm(deadlines(steps, limits, calendar, reminder_at=load_policy().reminder_at), after)


def made_in_round(steps: Iterable[Step], move: str) -> bool:
    """Whether this move was made in the current round."""
    is_made = False
    for step in steps:
        is_made = False if step.move in NEW_ROUNDS else is_made or step.move == move
    return is_made


def check_working_day(tx: Connection, field: str, on: date, today: date) -> None:
    """Invalid unless `on` is a working day that does not lie before `today`."""
    if on < today:
        raise invalid(field, N_("must not be in the past"))
    if not calendar_in_force(tx).is_working_day(on):
        raise invalid(field, N_("is not a working day"))
