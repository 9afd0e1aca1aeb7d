"""How a due date came about, day by day, as evidence."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from sqlalchemy import Connection

from approvals.accounts.actors import Actor
from approvals.accounts.queries import UnitName, unit_names
from approvals.base.errors import NotFound, invalid
from approvals.base.i18n import N_
from approvals.calendar.queries import calendar_for, limits_of, steps_of
from approvals.registration.lights import WITH_A_LIGHT
from approvals.windows.clocks import LimitView, dues
from approvals.windows.queries import ApprovalView, approval
from workflows.charts.approval import APPROVAL
from workflows.charts.model import State
from workflows.clock.approval_clock import PauseSpent, pauses, read
from workflows.clock.calendar import Calendar
from workflows.clock.explanation import CLOCKS, RULES, ExplainedDay, Explanation, explain
from workflows.clock.reading import Reading
from workflows.clock.time_accounting import TimeAccount, whole_time_account
from workflows.clock.timeline import CALENDAR_DAYS
from workflows.config.city import load_city
from workflows.config.policy import load_policy
from workflows.label import Label

AHEAD = timedelta(days=366)  # how far ahead a clock is read: beyond, no notice can be loaded
TITLES: Mapping[str, str] = {
    "decision": N_("Decision: promised and legal limit"),
    "notice": N_("Answer to the application"),
    "delivery": N_("Delivery of the decision"),
}
BEGINNINGS: Mapping[str, str] = {
    "decision": N_("Accepted; the day itself does not count"),
    "notice": N_("Received; the day itself does not count"),
    "delivery": N_("Decided; the day itself does not count"),
}
_LIMITS: Mapping[str, tuple[str, ...]] = {
    "decision": ("promised", "legal"),
    "notice": ("notice",),
    "delivery": ("delivery",),
}
CLOCK_OF = {limit: clock for clock, limits in _LIMITS.items() for limit in limits}
WEEKDAYS = (
    *(Label("周一", "Mon"), Label("周二", "Tue"), Label("周三", "Wed"), Label("周四", "Thu"), Label("周五", "Fri")),
    *(Label("周六", "Sat"), Label("周日", "Sun")),
)
WORDS: Mapping[str, str] = {
    "working_day": N_("Working day"),
    "makeup_day": N_("Make-up working day"),
    "weekend": N_("Weekend"),
    "holiday": N_("Holiday: %(name)s"),
    "special_procedure": N_("Special procedure: %(name)s"),
    "suspension": N_("The project is suspended"),
}
MARKS: Mapping[str, str] = {
    "reading": N_("this day"),
    "due": N_("due"),
    "promised_due": N_("promised limit due"),
    "legal_due": N_("legal limit due"),
    "stopped": N_("clock stopped"),
}


@dataclass(frozen=True, slots=True)
class DayRow:
    """One day: `told` is a msgid with the `name` of the holiday or procedure, `tone` why it counts or not."""

    on: date
    weekday: Label
    counts: bool
    legal_counts: bool
    told: str
    name: Label
    law_rule: int
    article: str
    used: int
    legal_used: int
    marks: tuple[str, ...]
    tone: str
    is_assumed: bool
    is_provisional: bool


@dataclass(frozen=True, slots=True)
class MonthRows:
    first_on: date
    days: tuple[DayRow, ...]


@dataclass(frozen=True, slots=True)
class ClockView:
    """A clock of one approval at the close of a day; without months when it did not run then."""

    approval: ApprovalView
    number: str
    department: UnitName
    owner: UnitName
    state: State
    on: date
    today: date
    clock: str
    clocks: tuple[str, ...]
    reading: Reading
    dues: tuple[LimitView, ...]
    since_on: date | None
    months: tuple[MonthRows, ...]
    sources: tuple[tuple[int, str], ...]
    pauses: tuple[PauseSpent, ...]
    spent: TimeAccount

    @property
    def ref(self) -> dict[str, str]:
        """How the approval is addressed."""
        return {"project": self.approval.project, "code": self.approval.code}

    @property
    def light(self) -> str | None:
        """The light of a clock that ran or was paused then; a decision puts it out."""
        return self.reading.light if self.reading.state in WITH_A_LIGHT else None

    @property
    def columns(self) -> int:
        return 3 + len(self.dues)

    @property
    def has_calendar_days(self) -> bool:
        return any(due.unit == CALENDAR_DAYS for due in self.dues)

    @property
    def is_still(self) -> bool:
        return any(due.is_still for due in self.dues)

    @property
    def has_assumed(self) -> bool:
        return any(day.is_assumed for month in self.months for day in month.days)

    def totals(self, day: DayRow) -> list[tuple[int, bool, bool]]:
        """For each limit: what was used by the close of this day, whether the day counts, whether it lies over."""
        both = ((day.used, day.counts), (day.legal_used, day.legal_counts))
        pairs = zip(both, self.dues, strict=False)
        return [(used, counts, used > due.limit) for (used, counts), due in pairs]


def explain_deadline(
    tx: Connection, ref: str, code: str, actor: Actor, *, on: date, clock: str, today: date
) -> ClockView:
    """How this approval's dates stood at the close of `on`; `clock` empty is the one that matters most then."""
    if clock not in ("", *CLOCKS):
        raise NotFound
    if on > today + AHEAD:
        raise invalid("on", N_("must be within one year from today"))
    view = approval(tx, ref, code, actor, today)
    steps, calendar = steps_of(tx, view.project_id, view.id), calendar_for(tx, view)
    reading = read(steps, limits_of(view), calendar, on, days=False, reminder_at=load_policy().reminder_at)
    running = _running(reading)
    clock = clock or next(iter(running), CLOCKS[0])
    explanation = explain(steps, limits_of(view), calendar, on, clock)
    units = unit_names(tx, [view.department, view.owner])
    return ClockView(
        approval=view,
        number=load_city().shown_number(view.project),
        department=units[view.department],
        owner=units[view.owner],
        state=APPROVAL.state(reading.state),
        on=on,
        today=today,
        clock=clock,
        clocks=running,
        reading=reading,
        dues=tuple(due for name, due in dues(reading).items() if explanation and name in _LIMITS[clock]),
        since_on=explanation.since_on if explanation else None,
        months=_months(explanation),
        sources=_sources(explanation, calendar),
        pauses=tuple(pauses(steps, view.item.special, calendar, on)),
        spent=whole_time_account([step for step in steps if step.on <= on], calendar, on),
    )


def _running(reading: Reading) -> tuple[str, ...]:
    """The clocks in a reading, the decision first."""
    return tuple(name for name in CLOCKS if getattr(reading, _LIMITS[name][0]))


def _months(explanation: Explanation | None) -> tuple[MonthRows, ...]:
    days = explanation.days if explanation else ()
    months = groupby(days, key=lambda day: day.on.replace(day=1))
    return tuple(MonthRows(first_on, tuple(_row(day) for day in of_month)) for first_on, of_month in months)


def _row(day: ExplainedDay) -> DayRow:
    return DayRow(
        on=day.on,
        weekday=WEEKDAYS[day.on.weekday()],
        counts=day.counts,
        legal_counts=day.legal_counts,
        told=WORDS[day.rule],
        name=Label(day.name, day.name_en),
        law_rule=RULES[day.rule][0],
        article=RULES[day.rule][1],
        used=day.used,
        legal_used=day.legal_used,
        marks=tuple(MARKS[mark] for mark in day.marks),
        tone=day.why or "counts",
        is_assumed=day.is_assumed,
        is_provisional=day.is_provisional,
    )


def _sources(explanation: Explanation | None, calendar: Calendar) -> tuple[tuple[int, str], ...]:
    """The notice behind each year that the days lie in; empty text for a year without one."""
    sources = {}
    for day in explanation.days if explanation else ():
        notice = calendar.notice_of(day.on)
        sources[notice.year if notice else day.on.year] = notice.source if notice else ""
    return tuple(sorted(sources.items()))
