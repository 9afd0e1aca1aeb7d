"""The law's clock of one approval: a reading on a day, and the deadlines to sort and sweep by (rules 4 to 12)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, NamedTuple

from workflows.calendar import Calendar
from workflows.counting import EVERY_DAY, Stretch, Unit, day, falls_on, lost, stretches, used
from workflows.lights import REMINDER_AT, light, light_of
from workflows.timeline import CALENDAR_DAYS, WORKING_DAYS, Limits, Pause, Step, Timeline, UnknownMove, fold

__all__ = [
    "CALENDAR_DAYS",
    "WORKING_DAYS",
    "Countdown",
    "Deadlines",
    "LegalCountdown",
    "Limits",
    "Pause",
    "PauseWarning",
    "Reading",
    "ReadingDay",
    "Step",
    "UnknownMove",
    "deadlines",
    "light_of",
    "max_extension",
    "next_alarm",
    "pause_warnings",
    "pauses",
    "read",
]

LONGEST_EXTENSION = 10  # working days, art. 42
_ONE_DAY = 1


class Countdown(NamedTuple):
    """A limit in working days, the day on which it is due, and what is left of it."""

    limit: int
    due_on: date
    left: int

    def to_json(self) -> dict[str, Any]:
        return {"limit": self.limit, "due_on": self.due_on.isoformat(), "left": self.left}


class LegalCountdown(NamedTuple):
    """The legal limit, counted in its own unit."""

    limit: int
    unit: str
    used: int
    due_on: date
    left: int

    def to_json(self) -> dict[str, Any]:
        return {
            "limit": self.limit,
            "unit": self.unit,
            "used": self.used,
            "due_on": self.due_on.isoformat(),
            "left": self.left,
        }


class ReadingDay(NamedTuple):
    """One day after the acceptance; `why` it does not count is `weekend`, `holiday` or `paused`."""

    on: date
    why: str = ""

    @property
    def counts(self) -> bool:
        return not self.why

    def to_json(self) -> dict[str, Any]:
        if self.why:
            return {"on": self.on.isoformat(), "counts": False, "why": self.why}
        return {"on": self.on.isoformat(), "counts": True}


@dataclass(frozen=True, slots=True)
class Reading:
    """The clock at the close of `on`; the fields are a contract (DESIGN, a clock reading)."""

    on: date
    state: str
    round: int
    received_on: date | None
    accepted_on: date | None
    deemed: bool
    decided_on: date | None
    delivered_on: date | None
    used: int = 0
    paused: int = 0
    light: str | None = None
    notice: Countdown | None = None
    promised: Countdown | None = None
    legal: LegalCountdown | None = None
    delivery: Countdown | None = None
    provisional: bool = False
    calendar: str = ""
    days: tuple[ReadingDay, ...] | None = ()  # None: not asked for

    def to_json(self) -> dict[str, Any]:
        """The reading as plain JSON values, without `days` if they were not asked for."""
        told = {field.name: _plain(getattr(self, field.name)) for field in fields(self) if field.name != "days"}
        if self.days is not None:
            told["days"] = [one.to_json() for one in self.days]
        return told


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return value.to_json() if isinstance(value, tuple) else value


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
    alarm_on: date | None = None  # the first of all alarms: `next_alarm(…, after=None)`


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
    told = fold(steps, calendar.known(on))
    reading = Reading(
        on, told.state, told.round, told.received_on, told.accepted_on, told.deemed, told.decided_on, told.delivered_on,
        calendar=calendar.label(on), days=() if days else None,
    )  # fmt: skip
    if told.state == "received":
        reading = replace(reading, notice=_notice(told, limits, calendar, on))
    elif told.accepted_on:
        reading = _decision(reading, told, limits, calendar, reminder_at)
    if told.decided_on and not told.delivered_on:
        reading = replace(reading, delivery=_delivery(told, limits, calendar, on))
    return replace(reading, provisional=True) if _rests_on_unpublished(reading, told, calendar) else reading
