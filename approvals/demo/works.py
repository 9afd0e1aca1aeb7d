"""The works of a project of the example city: as its owner plans them, and as they are reported."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

from approvals.demo.course import ScenarioStep
from approvals.demo.schedule import Schedule
from approvals.demo.source_data import ProgrammeRow
from workflows.clock.works import FINISH, START, PlannedWorks, WorksDays, planned_works
from workflows.config.catalogue import PlannedItem

REPORTS_AT = {START: 8 * 60 + 50, FINISH: 8 * 60 + 52}  # minutes of the day, before the office's hours
CONFIRMED_AFTER = 1  # minute or working day, and at most two days
UNPLANNED = 0.15  # the chance that an owner gives no planned days
UNTIL_PERMIT = (90, 140)  # working days that an owner reckons with before the works
LASTS = (90, 260)  # working days of works that the year does not see the end of


def works_of(plan: tuple[PlannedItem, ...]) -> PlannedWorks | None:
    """The works within the plan of a project."""
    requires = {planned.item.code: planned.requires for planned in plan}
    return planned_works(requires, [p.item.code for p in plan if p.item.after_works], WorksDays())


def works_days(schedule: Schedule, works: PlannedWorks | None, rng: random.Random) -> tuple[int, int] | None:
    """The working days on which the works begin and are completed; None where they never come to that.

    They begin once their permits are granted, and end before the first acceptance is applied for.
    """
    granted = {desk.item.code: first + course.granted for desk, first, course in schedule.placed if course.granted}
    after = [first for desk, first, _ in schedule.placed if works and desk.item.code in works.after]
    if works is None or not after or not granted.keys() >= set(works.requires):
        return None
    finish, permit = min(after) - 1, max(granted[code] for code in works.requires)
    return min(permit + rng.randint(1, 5), finish), finish


def works_steps(days: tuple[int, int], owner: str, liaison: str, rng: random.Random) -> Iterator[ScenarioStep]:
    """The reports of the owner, each confirmed by the liaison; `day` is dated when the year is in order."""
    for move, day in zip((START, FINISH), days, strict=True):
        yield ScenarioStep(day, move, owner, {"day": day}, REPORTS_AT[move])
        confirmed = day + rng.randint(CONFIRMED_AFTER, CONFIRMED_AFTER + 1)
        yield ScenarioStep(confirmed, move, liaison, {"day": day}, REPORTS_AT[move] + CONFIRMED_AFTER)


def is_of_works(step: ScenarioStep) -> bool:
    return step.move in REPORTS_AT


def moved(step: ScenarioStep, days: int) -> ScenarioStep:
    """The step so many working days later, with the day that it tells."""
    facts = step.facts | {"day": step.facts["day"] + days} if is_of_works(step) else step.facts
    return replace(step, day=step.day + days, facts=facts)


def dated(step: ScenarioStep, day_of: Callable[[int], date]) -> ScenarioStep:
    """The step with the date of the working day that it tells."""
    return replace(step, facts={"day": day_of(step.facts["day"]).isoformat()}) if is_of_works(step) else step


def planned_days(
    row: ProgrammeRow, filed: int, days: tuple[int, int] | None, day_of: Callable[[int], date], rng: random.Random
) -> dict[str, str]:
    """What the filing says of the works: near to what comes, or what an owner reckons with; nothing for a few."""
    if row.kind != "construction" or rng.random() < UNPLANNED:
        return {}
    start = filed + rng.randint(*UNTIL_PERMIT)
    lasts = rng.randint(*LASTS)
    if days:
        start, lasts = days[0] + rng.randint(-8, 4), max(5, days[1] - days[0] + rng.randint(-6, 6))
    return {"planned_start_on": f"{day_of(start)}", "planned_finish_on": f"{day_of(start + lasts)}"}
