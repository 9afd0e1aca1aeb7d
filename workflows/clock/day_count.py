"""Counts days by rules 3 to 7: after the start, up to a day, without those of a pause."""

from collections.abc import Iterable
from typing import Protocol

from workflows.clock.timeline import Pause

OPEN = 1 << 30  # an ordinal after all days: the end of a pause that has not ended

Stretch = tuple[int, int]  # ordinals: still at the close of each day from the first up to, not including, the second


class DayUnit(Protocol):
    """Days that count, numbered: `count` up to and including a day, `working_day` that has a number."""

    def count(self, ordinal: int) -> int: ...

    def working_day(self, number: int) -> int: ...


class EveryDay:
    """Calendar days: each one counts and its number is its ordinal."""

    def count(self, ordinal: int) -> int:
        return ordinal

    def working_day(self, number: int) -> int:
        return number


EVERY_DAY = EveryDay()


def stretches(pauses: Iterable[Pause], start: int) -> list[Stretch]:
    """The pauses after the day `start`, merged where they overlap (rule 7), in order."""
    merged: list[Stretch] = []
    for first, end in sorted(_ordinals(pause, start) for pause in pauses):
        if end <= first:
            continue  # over on the day on which it began, or before the start: it costs nothing
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((first, end))
    return merged


def _ordinals(pause: Pause, start: int) -> Stretch:
    end = OPEN if pause.until_on is None else pause.until_on.toordinal()
    return max(pause.from_on.toordinal(), start + 1), end


def lost(unit: DayUnit, still: list[Stretch], until: int) -> int:
    """Days of this unit, up to and including `until`, on which the clock stood still."""
    return sum(unit.count(min(end - 1, until)) - unit.count(first - 1) for first, end in still if first <= until)


def used(unit: DayUnit, start: int, still: list[Stretch], until: int) -> int:
    """Days counted after `start` up to and including `until`."""
    return unit.count(until) - unit.count(start) - (lost(unit, still, until) if still else 0)


def falls_on(unit: DayUnit, start: int, limit: int, still: list[Stretch], resumed: int) -> int:
    """The day of the `limit`-th counted day after `start`; a pause that has not ended is taken to end on `resumed`."""
    if limit <= 0:
        return start
    number = unit.count(start) + limit
    for first, end in still:
        before = unit.count(first - 1)
        if number <= before:
            break
        number += unit.count((max(resumed, first) if end == OPEN else end) - 1) - before
    return unit.working_day(number)


def reached(unit: DayUnit, start: int, limit: int, still: list[Stretch]) -> int | None:
    """The day of the `limit`-th counted day after `start`, or None if the clock stood still for good before."""
    if limit > 0 and still and still[-1][1] == OPEN and used(unit, start, still, still[-1][0]) < limit:
        return None
    return falls_on(unit, start, limit, still, start)
