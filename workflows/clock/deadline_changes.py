"""What moved the due dates of an approval: its special procedures, suspensions and extensions (rules 7, 12, 14)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from workflows.charts.approval import SUSPENSION
from workflows.charts.model import ClockEffect
from workflows.clock.approval_clock import read
from workflows.clock.calendar import Calendar
from workflows.clock.day_count import lost, stretches
from workflows.clock.timeline import NEW_ROUNDS, Limits, Pause, Step, Timeline, fold, known_steps, moves_with, rounds

EXTEND, START, SUSPEND = "extend", "start_special", "suspend"
_ENDS = {START: "end_special", SUSPEND: "resume"}
_ACCEPTS = moves_with(ClockEffect.START_DECISION, ClockEffect.START_DECISION_AT_RECEIPT)
_STOPS = moves_with(ClockEffect.STOP, ClockEffect.NEW_ROUND)
Caps = Mapping[str, int | None]


class Dates(NamedTuple):
    """When both limits fall due."""

    promised: date
    legal: date


@dataclass(frozen=True, slots=True)
class Special:
    """One special procedure of any round, with the working days so far, those expected, and its cap."""

    round: int
    procedure: str
    from_on: date
    until_on: date | None  # None: it still runs
    expected: int  # working days
    days: int
    cap: int | None

    @property
    def is_over(self) -> bool:
        return self.cap is not None and self.days > self.cap

    def is_near(self, days_left: int) -> bool:
        """Whether it still runs and at most `days_left` working days remain to its cap."""
        return self.until_on is None and self.cap is not None and self.cap - days_left <= self.days <= self.cap


@dataclass(frozen=True, slots=True)
class DeadlineChange:
    """What one move did to the due dates; of a pause that still runs, as if the clock went on today.

    `move` is start_special, suspend or extend; `special` is of a special procedure, `days` are those that were added
    or lost, `at` is the place of the move among the steps, corrections left out.
    """

    move: str
    at: int
    from_on: date
    until_on: date | None
    days: int
    before: Dates
    after: Dates
    special: Special | None = None


def specials(steps: Iterable[Step], caps: Caps, calendar: Calendar, on: date) -> list[Special]:
    """The special procedures of all rounds that were started up to `on`, in their order; suspensions are none."""
    past = known_steps(steps, calendar.known(on))
    pauses = [(case, pause) for case in rounds(past, on) for pause in case.pauses if pause.procedure != SUSPENSION]
    return [
        Special(
            case.round,
            pause.procedure,
            pause.from_on,
            pause.until_on or case.stopped_on,
            step.days,
            _lost(case, pause, calendar, case.stopped_on or on),
            caps.get(pause.procedure),
        )
        for (case, pause), step in zip(pauses, filter(_starts_special, past), strict=True)
    ]


def _starts_special(step: Step) -> bool:
    return step.move == START and step.procedure != SUSPENSION


def _lost(case: Timeline, pause: Pause, calendar: Calendar, until: date) -> int:
    start = case.accepted_on or pause.from_on
    return lost(calendar, stretches([pause], start.toordinal()), until.toordinal())


def shifts(steps: Iterable[Step], limits: Limits, caps: Caps, calendar: Calendar, on: date) -> list[DeadlineChange]:
    """What moved the due dates of the current round up to `on`, in the order of the history."""
    past = known_steps(steps, calendar.known(on))
    special = iter(specials(past, caps, calendar, on))
    places = [(at, next(special) if _starts_special(step) else None) for at, step in enumerate(past)]
    start = _begun(past)
    running = places[start : next(_places(past, start, _STOPS), len(past))]
    return [_shift(past, at, special, limits, calendar, on) for at, special in running if _moves(past[at])]


def _begun(steps: Sequence[Step]) -> int:
    """Where the acceptance of the current round stands; after the last step when there is none."""
    again = max((at for at, step in enumerate(steps) if step.move in NEW_ROUNDS), default=0)
    return next(_places(steps, again - 1, _ACCEPTS), len(steps))


def _moves(step: Step) -> bool:
    return step.move in (EXTEND, SUSPEND) or _starts_special(step)


def _places(steps: Sequence[Step], after: int, moves: Iterable[str]) -> Iterator[int]:
    """Where these moves stand after this place."""
    return (at for at in range(after + 1, len(steps)) if steps[at].move in moves)


def _shift(
    steps: Sequence[Step], at: int, special: Special | None, limits: Limits, calendar: Calendar, on: date
) -> DeadlineChange:
    step = steps[at]
    end = at if step.move == EXTEND else next(_places(steps, at, (_ENDS[step.move], *_STOPS)), None)
    until_on = steps[end].on if end is not None else None
    return DeadlineChange(
        move=step.move,
        at=at,
        from_on=step.on,
        until_on=until_on,
        days=special.days if special else step.days or _days(steps, at, end, calendar, on),
        before=_dates(steps[:at], limits, calendar, step.on),
        after=_dates(steps[: end + 1] if end is not None else steps, limits, calendar, until_on or on),
        special=special,
    )


def _days(steps: Sequence[Step], at: int, end: int | None, calendar: Calendar, on: date) -> int:
    """Working days that a suspension cost; like any pause, one that ends with the clock itself costs that day too."""
    until = steps[end] if end is not None else None
    is_stopped = until is not None and until.move in _STOPS
    pause = Pause(SUSPENSION, steps[at].on, None if is_stopped or until is None else until.on)
    return _lost(fold(steps[:at]), pause, calendar, until.on if until and is_stopped else on)


def _dates(steps: Sequence[Step], limits: Limits, calendar: Calendar, on: date) -> Dates:
    reading = read(steps, limits, calendar, on, days=False)
    if not reading.promised or not reading.legal:
        raise ValueError("no decision clock runs before the acceptance")
    return Dates(reading.promised.due_on, reading.legal.due_on)
