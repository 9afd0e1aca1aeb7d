"""The works between the construction permit and the acceptance: planned by the owner, reported when they happen.

They are nobody's delay (rule 18): their days stand beside the three ledgers, never in them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from workflows.clock.calendar import Calendar

WORKS = "(works)"  # the works among the codes of a path or a chain; no item has such a code
START, FINISH = "start_works", "finish_works"  # the moves that report them


@dataclass(frozen=True, slots=True)
class WorksDays:
    """The days of the works as planned by the owner and as reported; None where nobody said."""

    planned_start_on: date | None = None
    planned_finish_on: date | None = None
    started_on: date | None = None
    finished_on: date | None = None

    def planned(self, calendar: Calendar) -> int | None:
        """The planned length in working days; the day of the start does not count (rule 3)."""
        start_on, finish_on = self.planned_start_on, self.planned_finish_on
        if start_on is None or finish_on is None or finish_on < start_on:
            return None
        return calendar.working_days_between(start_on, finish_on)

    def spent(self, calendar: Calendar, on: date) -> int | None:
        """The working days that the works have taken up to the close of `on`, or up to their completion."""
        if self.started_on is None:
            return None
        return max(0, calendar.working_days_between(self.started_on, min(self.finished_on or on, on)))


@dataclass(frozen=True, slots=True)
class PlannedWorks:
    """The works within a plan: they begin when `requires` are granted, and the items `after` wait for them."""

    days: WorksDays
    requires: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def waits_for(self) -> tuple[str, ...]:
        """What the works still wait for to begin; nothing once they were reported."""
        return () if self.days.started_on or self.days.finished_on else self.requires

    def behind(self, requires: Iterable[str]) -> tuple[str, ...]:
        """The prerequisites of an item after the works; what the works wait for themselves comes before them."""
        return (*(code for code in requires if code not in self.waits_for), WORKS)


def planned_works(
    requires: Mapping[str, tuple[str, ...]], after_works: Iterable[str], days: WorksDays
) -> PlannedWorks | None:
    """The works of a plan by its prerequisites; None where no item waits for them.

    What may begin the works is what every item right after them needs: the construction permit.
    """
    waiting = set(after_works)
    after = tuple(code for code in requires if code in waiting)
    if not after:
        return None
    first = [set(requires[code]) for code in after if not _needs_any(requires, code, after)]
    return PlannedWorks(days, tuple(sorted(set.intersection(*first))) if first else (), after)


def _needs_any(requires: Mapping[str, tuple[str, ...]], code: str, codes: Iterable[str]) -> bool:
    """Whether this item needs one of the codes, directly or not."""
    before, pending = set(requires[code]), list(requires[code])
    while pending:
        more = set(requires.get(pending.pop(), ())) - before
        before |= more
        pending += more
    return not before.isdisjoint(codes)
