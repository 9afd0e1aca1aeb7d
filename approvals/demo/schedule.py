"""Lays the approvals of one project out over the working days, so that the year ends as the city's data says."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from approvals.demo.course import ApprovalScenario, Desk, kept_course, natural_course
from approvals.demo.source_data import DemoSuspension
from workflows.config.catalogue import PlannedItem

FILING_TAKES = 20  # working days from the first draft to the registration, at most
FIRST_TRIES = 60
FASTEST, SLOWEST = 128, 222  # working days of a completed project: some six to eleven months
PACES = (0.3, 0.6, 1.0)  # how fast the owners of completed projects make their papers ready
BRIEFEST_WORKS = 10  # working days of the construction itself
SOME_WAY = 14  # working days after the registration in which the first approvals get going
SLOWER = tuple(1 + step / 4 for step in range(13))  # how much longer owners take than they must
# Working days that an owner takes to make the papers ready; drawing a design takes longer than filling in a form.
PREPARATION = {
    **{"A02": (2, 6), "A03": (5, 20), "A05": (3, 12), "A07": (5, 14), "B01": (5, 12), "B02": (4, 10)},
    **{"C01": (3, 9), "C02": (5, 12), "C05": (2, 6)},
}
USUAL_PREPARATION = (1, 4)
Plan = tuple[PlannedItem, ...]
Desks = Mapping[str, Desk]  # by the code of the item


@dataclass(frozen=True, slots=True)
class YearSpan:
    """The working days of the year by number; `weights` says how likely a project begins on each."""

    first: int
    last: int
    weights: Mapping[int, int]

    def draw(self, rng: random.Random, since: int, until: int) -> int:
        days = range(since, until + 1)
        return rng.choices(days, [self.weights.get(day, 1) for day in days])[0]


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a project is registered, and each approval's course by the day of its first submission."""

    registered: int
    placed: tuple[tuple[Desk, int, ApprovalScenario], ...]


@dataclass(frozen=True, slots=True)
class ScenarioDraft:
    """Courses drawn for one project, not yet laid out."""

    plan: Plan
    desks: Desks
    courses: Mapping[str, ApprovalScenario]
    preparation: Mapping[str, int]
    fixed: frozenset[str] = frozenset()


def completed_schedule(name: str, plan: Plan, desks: Desks, window: YearSpan) -> Schedule:
    """A project whose last approval is granted shortly before the end of the year."""
    for salt in range(FIRST_TRIES):
        rng = random.Random(f"{name}/{salt}")
        draft = _draft(f"{name}/{salt}", plan, desks, ())
        draft = replace(draft, preparation=_slow(draft, rng.choice(PACES)))
        ends = window.last - rng.randint(4, 55)
        shortest = _finish(draft, _submissions(draft, works=BRIEFEST_WORKS))
        earliest = max(window.first + FILING_TAKES, ends - SLOWEST)
        latest = ends - max(shortest, FASTEST)
        if earliest <= latest:
            registered = window.draw(rng, earliest, latest)
            return _schedule(
                draft, registered, _submissions(draft, works=BRIEFEST_WORKS + ends - registered - shortest)
            )
    raise ValueError(f"{name} does not fit into the year")


def kept_schedule(
    name: str,
    plan: tuple[PlannedItem, ...],
    desks: Mapping[str, Desk],
    holds: Sequence[DemoSuspension],
    window: YearSpan,
) -> Schedule:
    """A project under way, with some approvals kept standing at the end of the year."""
    earliest = window.first + FILING_TAKES
    for salt in range(FIRST_TRIES):
        rng = random.Random(f"{name}/{salt}")
        draft = _draft(f"{name}/{salt}", plan, desks, holds)
        works = rng.randint(BRIEFEST_WORKS, 60)
        latest = _registration(draft, _submissions(draft, works), window)
        if latest >= earliest:
            drawn = window.draw(rng, earliest, latest)
            slower = max(s for s in SLOWER if s == 1 or _slowed(draft, works, s, window) >= drawn)
            return _kept(replace(draft, preparation=_slow(draft, slower)), works, window)
    raise ValueError(f"{name} does not fit into the year")


def running_schedule(name: str, plan: Plan, desks: Desks, until: int) -> Schedule:
    """A project that runs its course and has at least one open decision clock at the close of working day `until`."""
    draft = _draft(name, plan, desks, ())
    submissions = _submissions(draft, works=BRIEFEST_WORKS)
    for age in range(SOME_WAY, SLOWEST):
        schedule = _schedule(draft, until - age, submissions)
        if is_deciding(schedule, until):
            return schedule
    raise ValueError(f"{name} decides nothing")


def is_deciding(schedule: Schedule, day: int) -> bool:
    """Whether a decision clock of the project runs over the close of this working day, and no silence does."""
    spans = [(day - first, span) for _, first, course in schedule.placed for span in course.spans]
    running = [span for at, span in spans if span.accepted < at and (span.decided is None or at < span.decided)]
    return bool(running) and not any(span.is_deemed for span in running)


def _draft(name: str, plan: Plan, desks: Desks, holds: Sequence[DemoSuspension]) -> ScenarioDraft:
    hold_of = {hold.code: hold for hold in holds}
    courses, preparation = {}, {}
    for code, desk in desks.items():
        rng = random.Random(f"{name}/{code}")
        preparation[code] = rng.randint(*PREPARATION.get(code, USUAL_PREPARATION))
        courses[code] = kept_course(desk, hold_of[code], rng) if code in hold_of else natural_course(desk, rng)
        if code in hold_of and hold_of[code].kind == "ready":
            preparation[code] = 0
    return ScenarioDraft(plan, desks, courses, preparation, frozenset(hold_of) & frozenset(desks))


def _submissions(draft: ScenarioDraft, works: int, fixed: Mapping[str, int] | None = None) -> dict[str, int]:
    """The day after registration on which each approval is first submitted; those that never come to it are absent."""
    submitted: dict[str, int] = {}
    granted: dict[str, int] = {}
    left = {planned.item.code: planned for planned in draft.plan}
    while ready := [p for p in left.values() if all(r in granted for r in p.requires)]:
        for planned in ready:
            code = planned.item.code
            del left[code]
            opens = max((granted[r] for r in planned.requires), default=0)
            wait = draft.preparation[code] + (works if _follows_the_works(draft, planned) else 0)
            submitted[code] = max(opens, fixed[code]) if fixed and code in fixed else opens + wait
            after = draft.courses[code].granted
            if after is not None:
                granted[code] = submitted[code] + after
    return submitted


def _follows_the_works(draft: ScenarioDraft, planned: PlannedItem) -> bool:
    """Acceptance comes after the construction, which needs its permit first."""
    last = max(desk.item.stage for desk in draft.desks.values())
    return planned.item.stage == last and any(draft.desks[r].item.stage < last for r in planned.requires)


def _finish(draft: ScenarioDraft, submissions: Mapping[str, int]) -> int:
    return max(day + (draft.courses[code].granted or 0) for code, day in submissions.items())


def _registration(draft: ScenarioDraft, submissions: Mapping[str, int], window: YearSpan) -> int:
    """The last day on which a registration still lets every kept approval meet the end."""
    return min(window.last - draft.courses[code].anchor - submissions[code] for code in draft.fixed & set(submissions))


def _slow(draft: ScenarioDraft, slower: float) -> dict[str, int]:
    return {code: max(1, round(days * slower)) if days else 0 for code, days in draft.preparation.items()}


def _slowed(draft: ScenarioDraft, works: int, slower: float, window: YearSpan) -> int:
    draft = replace(draft, preparation=_slow(draft, slower))
    return _registration(draft, _submissions(draft, works), window)


def _kept(draft: ScenarioDraft, works: int, window: YearSpan) -> Schedule:
    registered = _registration(draft, _submissions(draft, works), window)
    fixed = {code: window.last - draft.courses[code].anchor - registered for code in draft.fixed}
    return _schedule(draft, registered, _submissions(draft, works, fixed))


def _schedule(draft: ScenarioDraft, registered: int, submissions: Mapping[str, int]) -> Schedule:
    placed = [(draft.desks[code], registered + day, draft.courses[code]) for code, day in submissions.items()]
    return Schedule(registered, tuple(placed))
