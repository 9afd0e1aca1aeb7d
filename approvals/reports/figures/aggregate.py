"""Counts a month: every move, clock and decision falls into exactly one cell, and all totals are sums of cells."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from statistics import median
from typing import Any, NamedTuple, TypeVar

import orjson

from approvals.reports.figures.model import (
    ApprovalCounts,
    Decisions,
    FigureCell,
    LevelCounts,
    LightCounts,
    ProjectCounts,
    SpeedUp,
)
from approvals.reports.figures.order_model import DecisionDays
from approvals.reports.figures.replay import WITH_CLOCK, ApprovalStory, ProjectStory
from approvals.reports.periods import Period
from workflows.charts.roles import LEVELS
from workflows.clock.calendar import Calendar

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)
P = TypeVar("P", bound=Hashable)

PROJECT_MOVES = {
    "file": "filed",
    "return_filing": "returned",
    "decline": "declined",
    "classify": "classified",
    "divert": "diverted",
    "register": "registered",
    "suspend": "suspended",
    "resume": "resumed",
    "complete": "completed",
    "withdraw": "withdrawn",
}
PROJECT_STATES = {
    "registered": ("open",),
    "suspended": ("open", "open_suspended"),
    "filed": ("awaiting_triage",),
    "returned": ("awaiting_owner",),
    "classified": ("awaiting_registration",),
}
APPROVAL_MOVES = {
    "submit": ("submitted",),
    "notify_once": ("notified",),
    "notify_again": ("notified", "notified_again"),
    "accept": ("accepted",),
    "deem_accepted": ("accepted", "deemed"),
    "reject_intake": ("not_accepted",),
    "start_special": ("paused",),
    "extend": ("extended",),
    "grant": ("granted",),
    "refuse": ("refused",),
    "withdraw_approval": ("withdrawn",),
    "deliver": ("delivered",),
}
ESCALATION_MOVES = {
    **dict.fromkeys(("raise", "raise_jointly"), "raised"),
    **dict.fromkeys(("answer", "instruct"), "answered"),
    "lift": "lifted",
}


def moves_of(name: str) -> tuple[tuple[str, str], ...]:
    """The moves of projects and approvals, by subject and move, that the figure of this name counts."""
    of_projects = [("project", move) for move, counts_as in PROJECT_MOVES.items() if counts_as == name]
    return (*of_projects, *(("approval", move) for move, names in APPROVAL_MOVES.items() if name in names))


class CellKey(NamedTuple):
    """Where an approval counts; the liaison by user name, as the project had one at the close."""

    department_id: int
    stage: int
    category: str
    liaison: str


class ProjectCellKey(NamedTuple):
    """Where a project counts."""

    owner_unit_id: int
    category: str
    liaison: str


class Hit(NamedTuple):
    """One thing that counts: a project or one of its approvals, when it happened (None: at the close), and its days."""

    story: ProjectStory
    approval: ApprovalStory | None = None
    at: datetime | None = None
    used: int | None = None  # of a decision, as its legal days
    legal: int | None = None


@dataclass(slots=True)
class Bag:
    """What counts in one place; keys are a part's name and a field of it, for a level with its number.

    A figure is the length of its list, so that the list behind a figure has exactly that many rows.
    """

    hits: dict[tuple[Any, ...], list[Hit]] = field(default_factory=lambda: defaultdict(list))

    def add(self, other: "Bag") -> None:
        for key, hits in other.hits.items():
            self.hits[key] += hits

    def count(self, *key: Any) -> int:
        return len(self.hits.get(key, ()))

    @property
    def times(self) -> list[tuple[int, int]]:
        """Used and legal days of each decision."""
        return [(hit.used or 0, hit.legal or 0) for hit in self.hits.get(("decisions", "decided"), ())]


@dataclass(frozen=True, slots=True)
class Closing:
    """A month as it stood at the close of `on`, with the calendar as it was known then."""

    month: Period
    on: date
    calendar: Calendar
    stories: tuple[ProjectStory, ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """The cells of approvals, and of projects by owner's unit, category and liaison."""

    approvals: Mapping[CellKey, Bag]
    projects: Mapping[ProjectCellKey, Bag]

    def by(self, key: Callable[[CellKey], K]) -> dict[K, Bag]:
        return _joined(self.approvals, key)

    def projects_by(self, key: Callable[[ProjectCellKey], K]) -> dict[K, Bag]:
        return _joined(self.projects, key)


def _joined(bags: Mapping[P, Bag], key: Callable[[P], K]) -> dict[K, Bag]:
    found: dict[K, Bag] = defaultdict(Bag)
    for place, bag in bags.items():
        found[key(place)].add(bag)
    return found


def tally(closing: Closing) -> Tally:
    """Count the month of this closing."""
    approvals: dict[CellKey, Bag] = defaultdict(Bag)
    projects: dict[ProjectCellKey, Bag] = defaultdict(Bag)
    for story in closing.stories:
        category, liaison = story["category"], story["liaison"] or ""
        places = {plan.id: CellKey(plan.department_id, plan.stage, category, liaison) for plan in story.record.plans}
        _count_project(projects[ProjectCellKey(story.record.owner_unit_id, category, liaison)], story, closing.month)
        for entry in story.entries:
            if entry.at >= closing.month.starts_at and entry.subject in ("approval", "escalation"):
                _count_entry(approvals[places[entry.approval_id]], story, entry)
        for approval in story.approvals.values():
            bag = approvals[places[approval.plan.id]]
            _count_standing(bag, story, approval)
            _count_decisions(bag, story, approval, closing.month)
    return Tally(approvals, projects)


def _count_project(bag: Bag, story: ProjectStory, month: Period) -> None:
    for name in PROJECT_STATES.get(story.state, ()):
        bag.hits["projects", name].append(Hit(story))
    for entry in story.entries:
        if entry.subject == "project" and entry.at >= month.starts_at and entry.move in PROJECT_MOVES:
            bag.hits["projects", PROJECT_MOVES[entry.move]].append(Hit(story, at=entry.at))


def _count_entry(bag: Bag, story: ProjectStory, entry: Any) -> None:
    hit = Hit(story, story.approvals[entry.approval_id], entry.at)
    if entry.subject == "approval":
        for name in APPROVAL_MOVES.get(entry.move, ()):
            bag.hits["moves", name].append(hit)
    elif entry.move in ESCALATION_MOVES:
        bag.hits["levels", orjson.loads(entry.facts)["level"], ESCALATION_MOVES[entry.move]].append(hit)


def _count_standing(bag: Bag, story: ProjectStory, approval: ApprovalStory) -> None:
    hit = Hit(story, approval)
    if approval.state in WITH_CLOCK and approval.reading:
        for name in ("open", approval.reading.light, *(["paused"] if approval.state == "paused" else [])):
            bag.hits["standing", name].append(hit)
    elif approval.state in ("received", "correcting", "ready"):
        bag.hits["standing", approval.state].append(hit)
    for one in approval.open_escalations():
        for name in ("open", f"open_{one.state}"):
            bag.hits["levels", one.level, name].append(hit)


def _count_decisions(bag: Bag, story: ProjectStory, approval: ApprovalStory, month: Period) -> None:
    for decision in approval.decisions:
        if decision.at >= month.starts_at:
            hit = Hit(story, approval, decision.at, decision.used, decision.legal)
            within = (["within_promised"] * decision.within_promised) + (["within_legal"] * decision.within_legal)
            for name in ("decided", *within, *([] if decision.within_legal else ["late"])):
                bag.hits["decisions", name].append(hit)


def cell(bag: Bag) -> FigureCell:
    """What was counted in this bag, as figures."""
    return FigureCell(
        moves=_part(ApprovalCounts, bag, "moves"),
        standing=_part(LightCounts, bag, "standing"),
        decisions=_part(Decisions, bag, "decisions"),
        levels=tuple(_part(LevelCounts, bag, "levels", level) for level in LEVELS),
        speed=speed_up(bag.times),
    )


def project_counts(bag: Bag) -> ProjectCounts:
    return _part(ProjectCounts, bag, "projects")


def _part(kind: type[T], bag: Bag, *path: Any) -> T:
    """The figures under this path as a value of this kind; a level comes first in its value."""
    names = [one.name for one in fields(kind) if one.name != "level"]  # type: ignore[arg-type]
    return kind(*path[1:], **{name: bag.count(*path, name) for name in names})


def speed_up(times: Iterable[tuple[int, int]]) -> SpeedUp:
    """1 - used / legal over the sums of these pairs of working days, with medians."""
    pairs = list(times)
    if not pairs:
        return SpeedUp()
    used, legal = sum(used for used, _ in pairs), sum(legal for _, legal in pairs)
    return SpeedUp(
        count=len(pairs),
        used=used,
        legal=legal,
        value=share(used, legal),
        median_value=round(median(1 - used / legal for used, legal in pairs), 4),
        median_used=float(median(used for used, _ in pairs)),
        median_legal=float(median(legal for _, legal in pairs)),
    )


def decision_days(counted: Tally) -> tuple[DecisionDays, ...]:
    """How often each pair of legal limit and days used came up among the decisions: what the speed-up is made of."""
    found = Counter((legal, used) for bag in counted.approvals.values() for used, legal in bag.times)
    return tuple(DecisionDays(legal, used, count) for (legal, used), count in sorted(found.items()))


def share(used: int, legal: int) -> float:
    """1 - used / legal to four places."""
    return round(1 - used / legal, 4)
