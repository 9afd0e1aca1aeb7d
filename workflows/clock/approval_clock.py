"""The law's clock of one approval: a reading on a day, and the deadlines to sort and sweep by (rules 4 to 12)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, NamedTuple

from workflows.clock.calendar import Calendar
from workflows.clock.day_count import EVERY_DAY, DayUnit, Stretch, falls_on, lost, reached, stretches, used
from workflows.clock.lights import REMINDER_AT, light
from workflows.clock.reading import CLOCK_OF_STATE, Countdown, LegalCountdown, Reading, ReadingDay
from workflows.clock.timeline import CALENDAR_DAYS, WORKING_DAYS, Limits, Pause, Step, Timeline, fold

LONGEST_EXTENSION = 10  # days, art. 42


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The dates of an approval if nothing more happens; an unended pause is taken to end on the day of the last step.

    `reminder_from`, `yellow_from` and `red_from` are the first day of at least that colour, None for never: while the
    clock stands still only what was reached before, and after the decision only what was reached by then.
    """

    state: str
    round: int
    received_on: date | None = None
    accepted_on: date | None = None
    deemed: bool = False
    decided_on: date | None = None
    delivered_on: date | None = None
    notice_due_on: date | None = None  # while received and the clock runs
    promised_due_on: date | None = None
    legal_due_on: date | None = None
    delivery_due_on: date | None = None  # while decided, undelivered and the clock runs
    reminder_from: date | None = None
    yellow_from: date | None = None
    red_from: date | None = None
    overdue_from: date | None = None  # the first day after the promise, whatever the law's limit says
    used_days: int | None = None  # working days from the acceptance to the decision
    due_on: date | None = None  # of the clock of this state
    still_left: int | None = None  # working days left to `due_on` of a clock that stands still; 0 once they are used up
    alarm_on: date | None = None  # the first of all alarms: `next_alarm(…, after=None)`


class _Decision(NamedTuple):
    """The decision clock in ordinals: its start, the end of the reading, its pauses."""

    start: int
    until: int
    still: list[Stretch]
    promised: int  # limits with the extension
    legal: int
    unit: DayUnit


def max_extension(limits: Limits) -> int:
    """Days that `extend` may add at most: half of the legal limit, never over ten (rule 12)."""
    return min(LONGEST_EXTENSION, limits.legal // 2)


def read(
    steps: Iterable[Step],
    limits: Limits,
    calendar: Calendar,
    on: date,
    *,
    days: bool = True,
    reminder_at: int = REMINDER_AT,
) -> Reading:
    """The clock at the close of `on`: what the steps say up to then and nothing later."""
    case = fold(steps, calendar.known(on))
    parts: dict[str, Any] = {"days": () if days else None}
    if case.notice_from:
        parts["notice"] = _countdown(case.notice_from, case.pauses, limits.notice, calendar, on)
    elif case.accepted_on:
        clock = _decision(case, case.accepted_on, limits, calendar, case.stopped_on or on)
        parts |= _decision_parts(clock, calendar, reminder_at, days)
    if case.decided_on and not case.delivered_on:
        parts["delivery"] = _countdown(case.decided_on, case.after, limits.delivery, calendar, on)
    return Reading(
        on, case.state, case.round, case.received_on, case.accepted_on, case.deemed, case.decided_on, case.delivered_on,
        provisional=_is_provisional(case, on, parts, calendar), calendar=calendar.label(on), is_still=_is_still(case),
        **parts,
    )  # fmt: skip


def _is_still(case: Timeline) -> bool:
    """Whether the clock of the present state stands still."""
    return case.is_still and case.state in CLOCK_OF_STATE


def _decision(case: Timeline, accepted_on: date, limits: Limits, calendar: Calendar, until: date) -> _Decision:
    start = calendar.known(accepted_on).toordinal()
    return _Decision(
        start,
        until.toordinal(),
        stretches(case.pauses, start) if case.pauses else [],
        limits.promised + case.extended,
        limits.legal + case.extended,
        EVERY_DAY if limits.legal_unit == CALENDAR_DAYS else calendar,
    )


def _countdown(since: date, pauses: Iterable[Pause], limit: int, calendar: Calendar, on: date) -> Countdown:
    start, until = calendar.known(since).toordinal(), on.toordinal()
    still = stretches(pauses, start)
    due = falls_on(calendar, start, limit, still, until)
    return Countdown(limit, date.fromordinal(due), limit - used(calendar, start, still, until))


def _decision_parts(clock: _Decision, calendar: Calendar, reminder_at: int, days: bool) -> dict[str, Any]:
    start, until, still = clock.start, clock.until, clock.still
    spent = used(calendar, start, still, until)
    legal_spent = spent if clock.unit is calendar else used(clock.unit, start, still, until)
    promised_due = date.fromordinal(falls_on(calendar, start, clock.promised, still, until))
    legal_due = date.fromordinal(_legal_falls_on(clock, calendar, until))
    unit = WORKING_DAYS if clock.unit is calendar else CALENDAR_DAYS
    days_left = clock.promised - spent
    return {
        "used": spent,
        "paused": lost(calendar, still, until) if still else 0,
        "light": light(date.fromordinal(until), promised_due, legal_due, days_left, reminder_at),
        "promised": Countdown(clock.promised, promised_due, days_left),
        "legal": LegalCountdown(clock.legal, unit, legal_spent, legal_due, clock.legal - legal_spent),
        "days": _days(clock, calendar) if days else None,
    }


def _legal_falls_on(clock: _Decision, calendar: Calendar, resumed: int) -> int:
    return _rolled(falls_on(clock.unit, clock.start, clock.legal, clock.still, resumed), clock, calendar)


def _rolled(due: int, clock: _Decision, calendar: Calendar) -> int:
    """Rule 6: the last calendar day moves to a working day."""
    return due if clock.unit is calendar or clock.legal <= 0 else calendar.roll(due)


def _days(clock: _Decision, calendar: Calendar) -> tuple[ReadingDay, ...]:
    first = clock.start + 1
    why = calendar.reasons(first, clock.until)
    for start, end in clock.still:
        for index in range(start - first, min(end, clock.until + 1) - first):
            why[index] = why[index] or "paused"  # a day off is not also paused
    return tuple(map(ReadingDay, map(date.fromordinal, range(first, clock.until + 1)), why))


def _is_provisional(case: Timeline, on: date, parts: dict[str, Any], calendar: Calendar) -> bool:
    """Whether any date of the reading lies in a year whose notice is not loaded."""
    published = calendar.published
    dues = [parts[name].due_on for name in ("notice", "promised", "legal", "delivery") if name in parts]
    events = (on, case.received_on, case.accepted_on, case.decided_on, case.delivered_on)
    years = {day.year for day in (*events, *dues) if day}
    if case.accepted_on:
        years.update(range(case.accepted_on.year, (case.stopped_on or on).year + 1))
    return not years <= published


def deadlines(
    steps: Iterable[Step], limits: Limits, calendar: Calendar, *, reminder_at: int = REMINDER_AT
) -> Deadlines:
    """All dates of an approval after all its steps, for the row that is sorted and swept by."""
    case = fold(steps)
    dates: dict[str, Any] = {}
    if case.notice_from:
        notice = _countdown(case.notice_from, case.pauses, limits.notice, calendar, case.last_on or case.notice_from)
        dates = {"notice_due_on": None if case.is_still else notice.due_on} | _due(notice, case)
    elif case.accepted_on:
        dates = _decision_dates(case, case.accepted_on, limits, calendar, reminder_at)
    if case.decided_on and not case.delivered_on:
        delivery = _countdown(case.decided_on, case.after, limits.delivery, calendar, case.last_on or case.decided_on)
        dates |= {"delivery_due_on": None if case.is_still else delivery.due_on} | _due(delivery, case)
    without_alarm = Deadlines(
        case.state, case.round, case.received_on, case.accepted_on, case.deemed, case.decided_on, case.delivered_on,
        **dates,
    )  # fmt: skip
    return replace(without_alarm, alarm_on=next_alarm(without_alarm, None))


def _due(countdown: Countdown, case: Timeline) -> dict[str, Any]:
    """The due date of the state; of a clock that stands still the days left as well, since the date moves on."""
    return {"due_on": countdown.due_on, "still_left": max(0, countdown.left) if case.is_still else None}


def _decision_dates(
    case: Timeline, accepted_on: date, limits: Limits, calendar: Calendar, reminder_at: int
) -> dict[str, Any]:
    clock = _decision(case, accepted_on, limits, calendar, case.stopped_on or case.last_on or accepted_on)
    start, still = clock.start, clock.still
    promised_due = falls_on(calendar, start, clock.promised, still, clock.until)
    legal_due = _legal_falls_on(clock, calendar, clock.until)
    promise_spent = reached(calendar, start, clock.promised, still)
    law_spent = reached(clock.unit, start, clock.legal, still)
    red = None if law_spent is None else _rolled(law_spent, clock, calendar) + 1
    yellow = _earlier(None if promise_spent is None else promise_spent + 1, red)
    reminder = _earlier(reached(calendar, start, clock.promised - reminder_at, still), yellow)
    last = clock.until if case.stopped_on else None
    promised = Countdown(
        clock.promised, date.fromordinal(promised_due), clock.promised - used(calendar, start, still, clock.until)
    )
    return ({} if case.stopped_on else _due(promised, case)) | {
        "promised_due_on": date.fromordinal(promised_due),
        "legal_due_on": date.fromordinal(legal_due),
        "reminder_from": _from(reminder, last),
        "yellow_from": _from(yellow, last),
        "red_from": _from(red, last),
        "overdue_from": _from(None if promise_spent is None else promise_spent + 1, last),
        "used_days": used(calendar, start, still, clock.until) if case.decided_on else None,
    }


def _earlier(first: int | None, second: int | None) -> int | None:
    return second if first is None else first if second is None else min(first, second)


def _from(ordinal: int | None, last: int | None) -> date | None:
    """A colour's first day, unless the clock had stopped by then."""
    return None if ordinal is None or (last is not None and ordinal > last) else date.fromordinal(ordinal)


def next_alarm(dates: Deadlines, after: date | None) -> date | None:
    """The next day after `after` on which a sweep has to look: something falls due, changes colour, or is overdue."""
    if dates.state == "received":
        days = [_following(dates.notice_due_on)]  # the sweep makes the deemed acceptance on the day after
    elif dates.state in ("accepted", "paused"):
        days = [dates.reminder_from, dates.yellow_from, dates.red_from, dates.overdue_from]
    else:  # nothing is raised after a decision, only the delivery is still owed
        days = [_following(dates.delivery_due_on)]
    return min((day for day in days if day and (after is None or day > after)), default=None)


def _following(day: date | None) -> date | None:
    return day and day + timedelta(days=1)


class PauseSpent(NamedTuple):
    """One special procedure of the current round: the working days it took so far, and its cap where there is one."""

    procedure: str
    from_on: date
    until_on: date | None  # None: it still runs
    working_days: int
    cap: int | None


def pauses(steps: Iterable[Step], caps: Mapping[str, int | None], calendar: Calendar, on: date) -> list[PauseSpent]:
    """The special procedures of the current round up to `on`, in the order in which they began."""
    case = fold(steps, calendar.known(on))
    if not case.accepted_on:
        return []
    ended = case.stopped_on or on
    spent = [
        PauseSpent(
            pause.procedure,
            pause.from_on,
            pause.until_on,
            lost(calendar, stretches([pause], case.accepted_on.toordinal()), ended.toordinal()),
            caps.get(pause.procedure),
        )
        for pause in case.pauses
    ]
    return sorted(spent, key=lambda pause: (pause.from_on, pause.procedure))
