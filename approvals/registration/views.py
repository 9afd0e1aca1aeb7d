"""What the pages of the service centre show."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from approvals.accounts.queries import UnitName
from approvals.filing.views import ProjectView
from approvals.history.timeline import EntryDescription, TimelineDay
from approvals.registration.graph import Graph, Node, draw
from approvals.registration.queries import LiaisonLoad
from workflows.charts.model import State
from workflows.config.catalogue import Catalogue, Item, PlannedItem, Stage, load_catalogue
from workflows.label import Label

UNIT_WORDS = {"working_days": Label("工作日", "working days"), "calendar_days": Label("日历日", "calendar days")}


@dataclass(frozen=True, slots=True)
class PlannedItemPreview:
    """One item that would be planned, with its department and what must be granted first."""

    item: Item
    department: UnitName
    requires: tuple[Item, ...]
    legal_unit: Label


@dataclass(frozen=True, slots=True)
class StageView:
    """One stage of the plan with its items and the department that leads it."""

    stage: Stage
    lead: UnitName
    items: tuple[PlannedItemPreview, ...]


@dataclass(frozen=True, slots=True)
class PlanPreview:
    """The approvals that the screening answers give; days are promised ones, one after another and along the chain."""

    edition: str
    stages: tuple[StageView, ...]
    count: int
    departments: int
    days: int
    chain_days: int
    chain: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RegistrationPage:
    """One project that waits for its number, or what became of it."""

    project: ProjectView
    owner: UnitName
    state: State
    category: Label
    waited: int
    answers: tuple[tuple[Label, bool], ...]
    plan: PlanPreview
    liaisons: tuple[LiaisonLoad, ...]
    may_register: bool
    days: tuple[TimelineDay, ...]
    meanwhile: tuple[EntryDescription, ...]


def graph_of(plan: PlanPreview, word: Callable[[Item], str]) -> Graph:
    """The prerequisites of a plan as a drawing; `word` gives a title in the reader's language."""
    catalogue = load_catalogue()
    items = [planned for stage in plan.stages for planned in stage.items]
    return draw(
        [
            Node(one.item.code, word(one.item), tuple(r.code for r in one.requires), rank_of(one.item, catalogue))
            for one in items
        ]
    )


def rank_of(item: Item, catalogue: Catalogue) -> tuple[int, int]:
    """Where an item belongs among others: its stage, then its department's place in the catalogue."""
    departments = catalogue.departments
    return item.stage, departments.index(item.department) if item.department in departments else len(departments)


def by_stage(planned: Iterable[PlannedItem], catalogue: Catalogue) -> dict[Stage, list[PlannedItem]]:
    """The planned items by stage, both in the order of the catalogue; stages without any are left out."""
    found: dict[Stage, list[PlannedItem]] = {}
    for one in sorted(planned, key=lambda one: one.item.stage):
        found.setdefault(catalogue.stages[one.item.stage], []).append(one)
    return found
