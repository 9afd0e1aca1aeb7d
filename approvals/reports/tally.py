"""Counts a month: every move, clock and decision falls into exactly one cell, and all totals are sums of cells."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from statistics import median
from typing import Any, NamedTuple, TypeVar

import orjson

from approvals.reports.months import Period
from approvals.reports.stories import WITH_CLOCK, ApprovalStory, ProjectStory
from approvals.reports.values import ApprovalCounts, Cell, Decisions, LevelCounts, ProjectCounts, SpeedUp, Standing
from workflows.roles import LEVELS

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)

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
ESCALATION_MOVES = {"raise": "raised", "answer": "answered", "lift": "lifted"}


class Place(NamedTuple):
    """Where an approval counts."""

    department_id: int
    stage: int
    category: str


@dataclass(slots=True)
class Bag:
    """What was counted in one place; keys are a part's name and a field of it, for a level with its number."""

    counts: Counter[tuple[Any, ...]] = field(default_factory=Counter)
    times: list[tuple[int, int]] = field(default_factory=list)  # used and legal days of each decision

    def add(self, other: "Bag") -> None:
        self.counts.update(other.counts)
        self.times += other.times


@dataclass(frozen=True, slots=True)
class Closing:
    """A month as it stood at the close of `on`."""

    month: Period
    on: date
    stories: tuple[ProjectStory, ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """The cells of approvals, and of projects by owner's unit and category."""

    approvals: Mapping[Place, Bag]
    projects: Mapping[tuple[int, str], Counter[str]]

    def by(self, key: Callable[[Place], K]) -> dict[K, Bag]:
        found: dict[K, Bag] = defaultdict(Bag)
        for place, bag in self.approvals.items():
            found[key(place)].add(bag)
        return found

    def projects_by(self, key: Callable[[tuple[int, str]], K]) -> dict[K, Counter[str]]:
        found: dict[K, Counter[str]] = defaultdict(Counter)
        for place, counts in self.projects.items():
            found[key(place)].update(counts)
        return found


def tally(closing: Closing) -> Tally:
    """Count the month of this closing."""
    approvals: dict[Place, Bag] = defaultdict(Bag)
    projects: dict[tuple[int, str], Counter[str]] = defaultdict(Counter)
    for story in closing.stories:
        category = story["category"]
        places = {plan.id: Place(plan.department_id, plan.stage, category) for plan in story.record.plans}
        mine = projects[story.record.owner_unit_id, category]
        mine.update(PROJECT_STATES.get(story.state, ()))
        for entry in story.entries:
            if entry.at < closing.month.starts_at:
                continue
            if entry.subject == "project":
                mine.update(_named(PROJECT_MOVES, entry.move))
            else:
                _count_entry(approvals[places[entry.approval_id]].counts, entry)
        for approval in story.approvals.values():
            _count_standing(approvals[places[approval.plan.id]].counts, approval)
            _count_decisions(approvals[places[approval.plan.id]], approval, closing.month)
    return Tally(approvals, projects)


def _named(names: Mapping[str, str], move: str) -> tuple[str, ...]:
    return (names[move],) if move in names else ()


def _count_entry(counts: Counter[tuple[Any, ...]], entry: Any) -> None:
    if entry.subject == "approval":
        counts.update(("moves", name) for name in APPROVAL_MOVES.get(entry.move, ()))
    elif entry.move in ESCALATION_MOVES:
        counts["levels", orjson.loads(entry.facts)["level"], ESCALATION_MOVES[entry.move]] += 1


def _count_standing(counts: Counter[tuple[Any, ...]], approval: ApprovalStory) -> None:
    if approval.state in WITH_CLOCK and approval.reading:
        counts["standing", "open"] += 1
        counts["standing", approval.reading.light] += 1
        counts["standing", "paused"] += approval.state == "paused"
    elif approval.state in ("received", "correcting", "ready"):
        counts["standing", approval.state] += 1
    for one in approval.open_escalations():
        counts["levels", one.level, "open"] += 1
        counts["levels", one.level, f"open_{one.state}"] += 1


def _count_decisions(bag: Bag, approval: ApprovalStory, month: Period) -> None:
    for decision in approval.decisions:
        if decision.at >= month.starts_at:
            bag.counts["decisions", "decided"] += 1
            bag.counts["decisions", "within_promised"] += decision.within_promised
            bag.counts["decisions", "within_legal"] += decision.within_legal
            bag.counts["decisions", "late"] += not decision.within_legal
            bag.times.append((decision.used, decision.legal))


def cell(bag: Bag) -> Cell:
    """What was counted in this bag, as figures."""
    counts = bag.counts
    return Cell(
        moves=_part(ApprovalCounts, counts, "moves"),
        standing=_part(Standing, counts, "standing"),
        decisions=_part(Decisions, counts, "decisions"),
        levels=tuple(_part(LevelCounts, counts, "levels", level) for level in LEVELS),
        speed=speed_up(bag.times),
    )


def project_counts(counts: Counter[str]) -> ProjectCounts:
    return ProjectCounts(**{one.name: counts[one.name] for one in fields(ProjectCounts)})


def _part(kind: type[T], counts: Counter[tuple[Any, ...]], *path: Any) -> T:
    """The figures under this path as a value of this kind; a level comes first in its value."""
    names = [one.name for one in fields(kind) if one.name != "level"]  # type: ignore[arg-type]
    return kind(*path[1:], **{name: counts[*path, name] for name in names})


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


def share(used: int, legal: int) -> float:
    """1 - used / legal to four places."""
    return round(1 - used / legal, 4)
