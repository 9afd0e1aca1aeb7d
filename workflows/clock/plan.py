"""What is left of a project's plan: the chain of items that decides when it can end, and the days to expect."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from graphlib import TopologicalSorter

from workflows.charts.approval import OUT_OF_PLAN
from workflows.clock.calendar import Calendar
from workflows.clock.timeline import CALENDAR_DAYS, WORKING_DAYS
from workflows.clock.works import WORKS, PlannedWorks


@dataclass(frozen=True, slots=True)
class CriticalPath:
    """A chain of items, each a prerequisite of the next; `days` is the sum of their limits in working days.

    The works may be one of its links; they count with their planned length.
    """

    days: int
    codes: tuple[str, ...]

    @property
    def items(self) -> tuple[str, ...]:
        """The codes of the items alone."""
        return without_works(self.codes)


def without_works(codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(code for code in codes if code != WORKS)


NOTHING_LEFT = CriticalPath(0, ())


def critical_path(
    limits: Mapping[str, int], requires: Mapping[str, Iterable[str]], done: Collection[str] = ()
) -> CriticalPath:
    """The longest chain through what is not done, by `limits`; the first by code among equally long ones.

    `requires` maps an item to its prerequisites; those without a limit are no part of the plan and are passed over.
    """
    prerequisites = {code: [r for r in requires.get(code, ()) if r in limits and r not in done] for code in limits}
    longest: dict[str, CriticalPath] = {}
    for code in TopologicalSorter({code: prerequisites[code] for code in limits if code not in done}).static_order():
        before = _first_longest(longest[r] for r in prerequisites[code])
        longest[code] = CriticalPath(before.days + limits[code], (*before.codes, code))
    return _first_longest(longest.values())


def _first_longest(paths: Iterable[CriticalPath]) -> CriticalPath:
    return min(paths, key=lambda path: (-path.days, path.codes), default=NOTHING_LEFT)


def path_with_works(
    limits: Mapping[str, int],
    requires: Mapping[str, tuple[str, ...]],
    works: PlannedWorks | None,
    calendar: Calendar,
    done: Collection[str] = (),
) -> CriticalPath:
    """The critical path with the works as a link of their planned length, which is 0 where nobody gave it."""
    if works is None:
        return critical_path(limits, requires, done)
    ended = {*done, WORKS} if works.days.finished_on else done
    length = works.days.planned(calendar) or 0
    return critical_path({**limits, WORKS: length}, with_works(requires, works), ended)


def with_works(requires: Mapping[str, tuple[str, ...]], works: PlannedWorks | None) -> dict[str, tuple[str, ...]]:
    """The prerequisites by code, the works among them."""
    if works is None:
        return dict(requires)
    behind = {code: works.behind(before) if code in works.after else before for code, before in requires.items()}
    return behind | {WORKS: works.waits_for}


@dataclass(frozen=True, slots=True)
class Limit:
    """How long a decision takes once the application is accepted; 0 days for what is done on the spot."""

    days: int
    unit: str = WORKING_DAYS


@dataclass(frozen=True, slots=True)
class ForecastStatus:
    """The status of one approval of a plan.

    `requires` are the prerequisites within the plan; `answer_by` is the day on which the notice clock of a received one
    is due, `due_on` that of the limit of an accepted or paused one, both as if a clock that stands still resumed today.
    """

    code: str
    requires: tuple[str, ...]
    state: str
    limit: Limit
    received_on: date | None = None
    accepted_on: date | None = None
    decided_on: date | None = None
    answer_by: date | None = None
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Expected:
    """The days to expect of an approval, or those that were; None where nothing can be expected as things stand.

    `is_late` when the day of its limit has passed: no earlier day than the next working day can be expected then.
    `chain` ends with this approval and holds what its day comes from: each waits for the one before it. The works are
    expected alike, from their start to their completion; what waits for works of unknown length is `is_open_ended`.
    """

    code: str
    start_on: date | None
    accept_on: date | None
    decide_on: date | None
    is_done: bool = False
    is_late: bool = False
    chain: tuple[str, ...] = ()
    is_open_ended: bool = False


@dataclass(frozen=True, slots=True)
class Forecast:
    """What to expect of a plan at the close of today; withdrawn and struck approvals are left out.

    `complete_on` is the day of the last decision, None while some approval waits for one that was withdrawn: those are
    `blocked`, or for works whose length nobody gave. `chain` is the live critical path, empty when nothing is left.
    `permit_on` is the day on which the works may begin, None where no item waits for them or it cannot be expected.
    """

    today: date
    expected: Mapping[str, Expected]
    complete_on: date | None
    chain: tuple[str, ...]
    blocked: tuple[str, ...]
    works: Expected | None = None
    permit_on: date | None = None

    @property
    def item_chain(self) -> tuple[str, ...]:
        """The codes of the items of the live critical path alone."""
        return without_works(self.chain)

    @property
    def is_open_ended(self) -> bool:
        """Whether nobody gave the length of the works that the end waits for."""
        return any(item.is_open_ended for item in self.expected.values())

    @property
    def left(self) -> tuple[str, ...]:
        """What is not decided yet and can be expected, by code."""
        return tuple(item.code for item in self.expected.values() if item.decide_on and not item.is_done)


@dataclass(frozen=True, slots=True)
class ForecastShift:
    """One approval whose decision moves from one day to another."""

    code: str
    before_on: date
    after_on: date


_DONE = "granted"


def forecast(
    plan: Iterable[ForecastStatus],
    calendar: Calendar,
    today: date,
    later: Mapping[str, int] | None = None,
    works: PlannedWorks | None = None,
) -> Forecast:
    """The days to expect if everybody keeps the limits; `later` lets approvals come so many working days later.

    What waits for the owner begins today. Nothing unfinished is expected before today. The works take as long as they
    are planned, from the day on which they may begin, or were reported to have begun.
    """
    statuses = {status.code: status for status in sorted(plan, key=lambda status: status.code)}
    expectations: dict[str, Expected] = {}
    requires = with_works({code: status.requires for code, status in statuses.items()}, works)
    for code in TopologicalSorter(requires).static_order():
        if code == WORKS and works:
            expectations[WORKS] = _expected_works(works, expectations, calendar, today)
        elif code in statuses and statuses[code].state not in OUT_OF_PLAN:
            delay = (later or {}).get(code, 0)
            expectations[code] = _expected(statuses[code], requires[code], expectations, calendar, today, delay)
    expected = {code: expectations[code] for code in statuses if code in expectations}
    works_days = expectations.get(WORKS)
    return Forecast(
        today=today,
        expected=expected,
        complete_on=_completion(expected.values()),
        chain=_live_chain(expected.values(), works_days),
        blocked=tuple(code for code, item in expected.items() if not item.decide_on and not item.is_open_ended),
        works=works_days,
        permit_on=_completion(map(expectations.get, works.requires)) if works else None,
    )


def _live_chain(expected: Iterable[Expected], works: Expected | None) -> tuple[str, ...]:
    """What decides the end; works of unknown length do, whatever else is left."""
    items = tuple(expected)
    if works and any(item.is_open_ended for item in items):
        return works.chain
    return _latest(item for item in items if not item.is_done)


def forecast_shifts(before: Forecast, after: Forecast) -> tuple[ForecastShift, ...]:
    """The approvals that one forecast expects on another day than the other, the first day first."""
    pairs = ((item, after.expected[code]) for code, item in before.expected.items())
    moved = [ForecastShift(b.code, b.decide_on, a.decide_on) for b, a in pairs if b.decide_on and a.decide_on]
    return tuple(sorted((m for m in moved if m.before_on != m.after_on), key=lambda m: (m.after_on, m.code)))


def _expected(
    item: ForecastStatus,
    requires: Iterable[str],
    before: Mapping[str, Expected],
    calendar: Calendar,
    today: date,
    later: int,
) -> Expected:
    if item.state == _DONE:
        return Expected(item.code, item.received_on, item.accepted_on, item.decided_on, True, chain=(item.code,))
    wait = _wait(item.code, requires, before, today)
    if wait.start_on is None:
        return wait
    start_on, accept_on, due_on = _schedule(item, wait.start_on, calendar)
    is_late = due_on < today
    decide_on = calendar.nth_working_day_after(today if is_late else due_on, later + is_late)
    return Expected(item.code, start_on, accept_on, decide_on, False, is_late, wait.chain)


def _expected_works(works: PlannedWorks, before: Mapping[str, Expected], calendar: Calendar, today: date) -> Expected:
    days = works.days
    if days.finished_on:
        return Expected(WORKS, days.started_on, days.started_on, days.finished_on, True, chain=(WORKS,))
    if days.started_on:
        return _from(days.started_on, (WORKS,), works, calendar, today)
    wait = _wait(WORKS, works.waits_for, before, today)
    if wait.start_on is None:
        return wait
    return _from(max(wait.start_on, days.planned_start_on or wait.start_on), wait.chain, works, calendar, today)


def _wait(code: str, requires: Iterable[str], before: Mapping[str, Expected], today: date) -> Expected:
    """The first day on which this can begin, with its chain; no day where none can be expected of what it needs."""
    needed = [before.get(need) for need in requires]
    if missing := [need for need in needed if not (need and need.decide_on)]:
        waits_for_works_alone = all(need and need.is_open_ended for need in missing)
        return Expected(code, None, None, None, is_open_ended=waits_for_works_alone)
    unfinished = [need for need in needed if need and not need.is_done]
    first = max((need.decide_on for need in unfinished if need.decide_on), default=today)
    return Expected(code, first, None, None, chain=(*_latest(unfinished), code))


def _from(start_on: date, chain: tuple[str, ...], works: PlannedWorks, calendar: Calendar, today: date) -> Expected:
    """The works from this day on: as long as they are planned, and not completed before today."""
    length = works.days.planned(calendar)
    if length is None:
        return Expected(WORKS, start_on, start_on, None, chain=chain, is_open_ended=True)
    is_as_planned = start_on == works.days.planned_start_on and works.days.planned_finish_on
    finish_on = is_as_planned or calendar.nth_working_day_after(start_on, length)
    return Expected(WORKS, start_on, start_on, max(finish_on, today), False, finish_on < today, chain)


def _schedule(item: ForecastStatus, first: date, calendar: Calendar) -> tuple[date | None, date | None, date]:
    """When it was or will be applied for and accepted, and the day of its limit; nothing begins before `first`.

    A received one is accepted on the last day of the notice clock, once that has passed from its receipt (art. 32).
    """
    if item.state in ("accepted", "paused"):
        return item.received_on, item.accepted_on, item.due_on or first
    if item.state != "received":
        return first, first, _end(item.limit, first, calendar)
    answer_by = item.answer_by or first
    accept_on = answer_by if answer_by >= first else item.received_on or first
    return item.received_on, accept_on, _end(item.limit, accept_on, calendar)


def _end(limit: Limit, accept_on: date, calendar: Calendar) -> date:
    """The day on which the limit falls (rules 3 and 6); what is done on the spot needs a working day as well."""
    if limit.unit == CALENDAR_DAYS:
        return calendar.next_working_day(date.fromordinal(accept_on.toordinal() + limit.days))
    return calendar.nth_working_day_after(accept_on, limit.days) if limit.days else calendar.next_working_day(accept_on)


def _completion(expected: Iterable[Expected | None]) -> date | None:
    days = [item.decide_on if item else None for item in expected]
    return None if None in days else max((day for day in days if day), default=None)


def _latest(expected: Iterable[Expected]) -> tuple[str, ...]:
    """The chain of what comes last; the first by code among those of the same day."""
    candidates = [(item.decide_on, item.chain) for item in expected if item.decide_on]
    return min(((-day.toordinal(), chain) for day, chain in candidates), default=(0, ()))[1]
