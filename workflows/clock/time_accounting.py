"""Time accounting: the three ledgers of an approval (rule 16), and the joint clock of a stage (rule 13)."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from itertools import groupby, pairwise
from typing import Any, NamedTuple

from workflows.charts.model import ClockEffect
from workflows.clock.calendar import Calendar
from workflows.clock.day_count import OPEN, Stretch, falls_on, lost, stretches, used
from workflows.clock.reading import plain
from workflows.clock.timeline import STATE_AFTER, Pause, Step, Timeline, fold, known_steps, moves_with, rounds

STAGE_LIMIT = 45  # working days, art. 42

# The holder of an approval by its state; waiting for other approvals and all after the decision is nobody's.
_HANDS = {
    "ready": "owner",
    "correcting": "owner",
    "received": "department",
    "accepted": "department",
    "paused": "department",
}
HELD = tuple(_HANDS)  # the states in which somebody holds an approval
_CLOCK_STOPS = frozenset(moves_with(ClockEffect.STOP_NOTICE, ClockEffect.STOP))
_SUSPENDS, _RESUMES = moves_with(ClockEffect.SUSPEND), moves_with(ClockEffect.RESUME)


class TimeAccount(NamedTuple):
    """Working days of a period by who held the approval; the four add up to the working days of the period."""

    department: int = 0
    owner: int = 0
    special: int = 0
    none: int = 0  # waiting, or over

    @property
    def open(self) -> int:
        """Working days on which somebody held the approval."""
        return self.department + self.owner + self.special


def time_account(steps: Iterable[Step], calendar: Calendar, first: date, last: date) -> TimeAccount:
    """The three ledgers of one approval over the days from `first` to `last`, both included.

    By rules 3 and 4 the day of an event belongs to whoever held the approval when it came, only a pause or a resumption
    rules its own day. So the department's days after the acceptance are the `used` of the reading.
    """
    start, end = calendar.known(first).toordinal(), calendar.known(last).toordinal()
    days = dict.fromkeys(TimeAccount._fields, 0)
    changes = [(start, "none"), *holders(known_steps(steps, last)), (end + 1, "none")]
    for (since, holder), (until, _) in pairwise(changes):
        since, until = max(since, start), min(until, end + 1)
        if since < until:
            days[holder] += calendar.count(until - 1) - calendar.count(since - 1)
    return TimeAccount(**days)


def whole_time_account(steps: Sequence[Step], calendar: Calendar, on: date) -> TimeAccount:
    """The three ledgers of one approval from its first step up to the close of `on`."""
    past = known_steps(steps, on)
    return time_account(past, calendar, past[0].on, on) if past else TimeAccount()


def sum_of_accounts(ledgers: Iterable[TimeAccount]) -> TimeAccount:
    """The sum of several ledgers."""
    return TimeAccount(*map(sum, zip(TimeAccount(), *ledgers, strict=True)))


def holders(steps: Iterable[Step]) -> list[tuple[int, str]]:
    """Who holds the approval from which day (an ordinal) on, in order; nobody before the first."""
    hands, changes = _Hands(), []
    for day, steps_of_day in groupby(steps, key=lambda step: step.on):
        ordinal = day.toordinal()
        changes += [(ordinal, hands.day(steps_of_day)), (ordinal + 1, hands.holder())]
    return changes


class _Hands:
    """State, special procedure and suspension, as far as the ledgers need them."""

    def __init__(self) -> None:
        self.state, self.is_suspended = "waiting", False

    def holder(self) -> str:
        holder = _HANDS.get(self.state, "none")
        return "special" if holder != "none" and (self.is_suspended or self.state == "paused") else holder

    def day(self, steps: Iterable[Step]) -> str:
        """Apply the steps of one day; the holder whose day it was."""
        at_open = _HANDS.get(self.state, "none")
        until_stop = None
        for step in steps:
            if step.move in _CLOCK_STOPS and until_stop is None and at_open == "department":
                until_stop = self.holder()
            self._make(step)
        if at_open == "owner":
            return "special" if self.is_suspended else "owner"
        return until_stop or self.holder() if at_open == "department" else "none"

    def _make(self, step: Step) -> None:
        self.is_suspended = step.move in _SUSPENDS or (self.is_suspended and step.move not in _RESUMES)
        self.state = STATE_AFTER[step.move] or self.state


@dataclass(frozen=True, slots=True)
class StageReading:
    """The joint clock of a stage at the close of `on`; while it stands still it is taken to resume on `on`."""

    on: date
    started_on: date
    ended_on: date | None
    limit: int
    used: int
    paused: int
    due_on: date
    left: int
    is_paused: bool

    @property
    def is_late(self) -> bool:
        return (self.ended_on or self.on) > self.due_on

    def to_json(self) -> dict[str, Any]:
        return {name: plain(value) for name, value in asdict(self).items()} | {"is_late": self.is_late}


class _Handling(NamedTuple):
    """One round of one approval between acceptance and decision, in ordinals."""

    start: int
    stop: int  # OPEN while undecided
    still: list[Stretch]

    def is_open(self, day: int) -> bool:
        return self.start <= day < self.stop

    def is_still(self, day: int) -> bool:
        return _lies_in(self.still, day)


def stage_clock(
    approvals: Iterable[Sequence[Step]], calendar: Calendar, on: date, limit: int = STAGE_LIMIT
) -> StageReading | None:
    """The joint clock of the approvals of one stage, or None before the first acceptance; an extension is in `limit`.

    It ends with the last decision once no approval of the stage is open any more. It stands still while the project is
    suspended, and while all approvals that are accepted and undecided are paused; between two of them it runs.
    """
    histories = [tuple(known_steps(steps, on)) for steps in approvals]
    cases = [case for steps in histories for case in rounds(steps, calendar.known(on))]
    handlings = [_handling(case, case.accepted_on) for case in cases if case.accepted_on]
    if not handlings:
        return None
    is_over = all(fold(steps, on).stopped_on for steps in histories)
    ended = max(handling.stop for handling in handlings) if is_over else OPEN  # the last decision
    start, until = min(handling.start for handling in handlings), min(ended, on.toordinal())
    still = _stage_still(handlings, _suspensions(histories, start, on), start, until, ended)
    spent = used(calendar, start, still, until)
    return StageReading(
        on=on,
        started_on=date.fromordinal(start),
        ended_on=None if ended == OPEN else date.fromordinal(ended),
        limit=limit,
        used=spent,
        paused=lost(calendar, still, until),
        due_on=date.fromordinal(falls_on(calendar, start, limit, still, until)),
        left=limit - spent,
        is_paused=ended == OPEN and bool(still) and still[-1][1] == OPEN,
    )


def _handling(timeline: Timeline, accepted_on: date) -> _Handling:
    start = accepted_on.toordinal()
    stop = timeline.stopped_on.toordinal() if timeline.stopped_on else OPEN
    # The joint clock may be long under way: a pause on the very day of this acceptance holds at the close of that day.
    return _Handling(start, stop, stretches(timeline.pauses, start - 1))


def _suspensions(approvals: list[tuple[Step, ...]], start: int, on: date) -> list[Stretch]:
    pauses: list[Pause] = []
    for steps in approvals:
        since: date | None = None
        for step in steps:
            if step.move == "suspend" and step.on <= on:
                since = since or step.on
            elif step.move == "resume" and step.on <= on and since:
                pauses.append(Pause("", since, step.on))
                since = None
        if since:
            pauses.append(Pause("", since))
    return stretches(pauses, start)


def _stage_still(
    handlings: list[_Handling], suspended: list[Stretch], start: int, until: int, ended: int
) -> list[Stretch]:
    """The stretches in which the joint clock stood still, after `start` up to `until`."""
    spans = [*suspended, *((handling.start, handling.stop) for handling in handlings)]
    edges = {day for span in (*spans, *(pair for handling in handlings for pair in handling.still)) for day in span}
    edges.add(ended)
    cuts = [start + 1, *sorted(edge for edge in edges if start + 1 < edge <= until)]
    return [
        (first, end)
        for first, end in pairwise([*cuts, OPEN])
        if first <= until and _is_still(handlings, suspended, first, ended)
    ]


def _is_still(handlings: list[_Handling], suspended: list[Stretch], day: int, ended: int) -> bool:
    if day == ended:  # the last day counts if any clock ran until its decision
        return all(handling.is_still(day) for handling in handlings if handling.stop == day)
    at_work = [handling for handling in handlings if handling.is_open(day)]
    return _lies_in(suspended, day) or (bool(at_work) and all(handling.is_still(day) for handling in at_work))


def _lies_in(still: list[Stretch], day: int) -> bool:
    return any(first <= day < end for first, end in still)
