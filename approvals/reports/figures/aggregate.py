"""Aggregates a month: every move, clock and decision falls into exactly one cell; totals are sums of cells."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from statistics import median
from typing import NamedTuple, TypeVar

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
from approvals.reports.figures.oversight_model import DecisionDays
from approvals.reports.figures.replay import WITH_CLOCK, ApprovalReplay, ProjectReplay
from approvals.reports.figures.source_data import EntryRow
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

    story: ProjectReplay
    approval: ApprovalReplay | None = None
    at: datetime | None = None
    used: int | None = None  # of a decision, as its legal days
    legal: int | None = None


@dataclass(slots=True)
class Bag:
    """What counts in one place; keys are a part's name and a field of it, for a level with its number.

    A figure is the length of its list, so that its drill-down has exactly that many rows.
    """

    hits: dict[tuple[str | int, ...], list[Hit]] = field(default_factory=lambda: defaultdict(list))

    def add(self, bag: "Bag") -> None:
        for key, hits in bag.hits.items():
            self.hits[key] += hits

    def count(self, *key: str | int) -> int:
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
    replays: tuple[ProjectReplay, ...]


@dataclass(frozen=True, slots=True)
class Aggregate:
    """The cells of approvals, and of projects by owner's unit, category and liaison."""

    approvals: Mapping[CellKey, Bag]
    projects: Mapping[ProjectCellKey, Bag]

    def by(self, key: Callable[[CellKey], K]) -> dict[K, Bag]:
        return _joined(self.approvals, key)

    def projects_by(self, key: Callable[[ProjectCellKey], K]) -> dict[K, Bag]:
        return _joined(self.projects, key)


def _joined(bags: Mapping[P, Bag], key: Callable[[P], K]) -> dict[K, Bag]:
    joined: dict[K, Bag] = defaultdict(Bag)
    for place, bag in bags.items():
        joined[key(place)].add(bag)
    return joined


def aggregate(closing: Closing) -> Aggregate:
    """Count the month of this closing."""
    approvals: dict[CellKey, Bag] = defaultdict(Bag)
    projects: dict[ProjectCellKey, Bag] = defaultdict(Bag)
    for replay in closing.replays:
        category, liaison = replay["category"], replay["liaison"] or ""
        places = {plan.id: CellKey(plan.department_id, plan.stage, category, liaison) for plan in replay.record.plans}
        _count_project(projects[ProjectCellKey(replay.record.owner_unit_id, category, liaison)], replay, closing.month)
        for entry in replay.entries:
            if entry.at >= closing.month.starts_at and entry.subject in ("approval", "escalation"):
                _count_entry(approvals[places[entry.approval_id]], replay, entry)
        for approval in replay.approvals.values():
            bag = approvals[places[approval.plan.id]]
            _count_status(bag, replay, approval)
            _count_decisions(bag, replay, approval, closing.month)
    return Aggregate(approvals, projects)


def _count_project(bag: Bag, replay: ProjectReplay, month: Period) -> None:
    for name in PROJECT_STATES.get(replay.state, ()):
        bag.hits["projects", name].append(Hit(replay))
    for entry in replay.entries:
        if entry.subject == "project" and entry.at >= month.starts_at and entry.move in PROJECT_MOVES:
            bag.hits["projects", PROJECT_MOVES[entry.move]].append(Hit(replay, at=entry.at))


def _count_entry(bag: Bag, replay: ProjectReplay, entry: EntryRow) -> None:
    hit = Hit(replay, replay.approvals[entry.approval_id], entry.at)
    if entry.subject == "approval":
        for name in APPROVAL_MOVES.get(entry.move, ()):
            bag.hits["moves", name].append(hit)
    elif entry.move in ESCALATION_MOVES:
        bag.hits["levels", orjson.loads(entry.facts)["level"], ESCALATION_MOVES[entry.move]].append(hit)


def _count_status(bag: Bag, replay: ProjectReplay, approval: ApprovalReplay) -> None:
    hit = Hit(replay, approval)
    if approval.state in WITH_CLOCK and approval.reading:
        for name in ("open", approval.reading.light or "", *(["paused"] if approval.state == "paused" else [])):
            bag.hits["standing", name].append(hit)
    elif approval.state in ("received", "correcting", "ready"):
        bag.hits["standing", approval.state].append(hit)
    for escalation in approval.open_escalations():
        for name in ("open", f"open_{escalation.state}"):
            bag.hits["levels", escalation.level, name].append(hit)


def _count_decisions(bag: Bag, replay: ProjectReplay, approval: ApprovalReplay, month: Period) -> None:
    for decision in approval.decisions:
        if decision.at >= month.starts_at:
            hit = Hit(replay, approval, decision.at, decision.used, decision.legal)
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


def _part(kind: type[T], bag: Bag, *path: str | int) -> T:
    """The figures under this path as a value of this kind; a level comes first in its value."""
    names = [column.name for column in fields(kind) if column.name != "level"]  # type: ignore[arg-type]
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


def decision_days(counted: Aggregate) -> tuple[DecisionDays, ...]:
    """How often each pair of legal limit and days used came up among the decisions: what the speed-up is made of."""
    counts = Counter((legal, used) for bag in counted.approvals.values() for used, legal in bag.times)
    return tuple(DecisionDays(legal, used, count) for (legal, used), count in sorted(counts.items()))


def share(used: int, legal: int) -> float:
    """1 - used / legal to four places."""
    return round(1 - used / legal, 4)
