"""What the pages of the service centre show."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import Protocol

from sqlalchemy import Connection

from approvals.accounts.actors import Actor
from approvals.accounts.queries import UnitName, unit_names
from approvals.base.errors import NotFound
from approvals.base.i18n import gettext
from approvals.base.moments import day_of
from approvals.calendar.queries import calendar_in_force
from approvals.catalogue.queries import catalogue_of
from approvals.filing.documents import DocumentView, for_project
from approvals.filing.screening import AnswerEffect, screening_of
from approvals.filing.views import ProjectView, open_to, project
from approvals.history.queries import entries_of_project
from approvals.history.timeline import EntryDescription, describe, since
from approvals.history.timeline_days import TimelineDay, by_day
from approvals.programme.queries import category_label
from approvals.registration.graph import Graph, Node, draw
from approvals.registration.queries import LiaisonLoad, liaison_loads
from workflows.charts.model import State
from workflows.charts.project import PROJECT
from workflows.clock.calendar import Calendar
from workflows.clock.plan import path_with_works
from workflows.clock.works import WORKS, PlannedWorks, WorksDays, planned_works
from workflows.config.catalogue import Catalogue, Item, PlannedItem, Stage
from workflows.label import Label

REGISTER = "register"
WAITING = PROJECT.move(REGISTER).sources
WITH_A_PLAN = "construction"  # a service item needs no approvals and is diverted to the ledger
UNIT_WORDS = {"working_days": Label("工作日", "working days"), "calendar_days": Label("自然日", "calendar days")}


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
    """The approvals that the screening answers give; days are promised ones, one after another and along the chain.

    `works` are None where no item waits for them; of `works_days`, as the owner plans them, the chain holds none, and
    `permit_days` is the part of it that comes before.
    """

    catalogue: Catalogue
    stages: tuple[StageView, ...]
    count: int
    departments: int
    days: int
    chain_days: int
    chain: tuple[str, ...]
    works: PlannedWorks | None
    works_days: int | None
    permit_days: int

    @property
    def edition(self) -> str:
        return self.catalogue.edition


@dataclass(frozen=True, slots=True)
class RegistrationPage:
    """One project that waits for its number, or what became of it."""

    project: ProjectView
    owner: UnitName
    state: State
    category: Label
    waited: int
    answers: tuple[AnswerEffect, ...]
    plan: PlanPreview
    liaisons: tuple[LiaisonLoad, ...]
    may_register: bool
    documents: tuple[DocumentView, ...]
    days: tuple[TimelineDay, ...]
    meanwhile: tuple[EntryDescription, ...]


def graph_of(plan: PlanPreview, word: Callable[[Item], str]) -> Graph:
    """The prerequisites of a plan as a drawing; `word` gives a title in the reader's language."""

    def node(planned: PlannedItemPreview) -> Node:
        item, requires = planned.item, tuple(item.code for item in planned.requires)
        return Node(item.code, word(item), requires, rank_of(item, plan.catalogue))

    nodes = [node(planned) for stage in plan.stages for planned in stage.items]
    return draw(with_works(nodes, plan.works, planned_title(plan.works_days)) if plan.works else nodes)


class WorksLinks(Protocol):
    """The works with the items before and after them."""

    @property
    def requires(self) -> tuple[str, ...]: ...
    @property
    def after(self) -> tuple[str, ...]: ...


def with_works(nodes: Iterable[Node], works: WorksLinks, title: str) -> list[Node]:
    """The same with the works between the items before and after them."""
    name, codes = gettext("The works"), set(works.after)
    behind = [replace(node, requires=(*node.requires, name)) if node.code in codes else node for node in nodes]
    stage = min(node.rank[0] for node in behind if node.code in codes)
    return [*behind, Node(name, title, works.requires, (stage, -1))]


def planned_title(days: int | None) -> str:
    """The length of the works as their owner planned it."""
    return gettext("planned length not given") if days is None else gettext("%(days)s working days planned", days=days)


def rank_of(item: Item, catalogue: Catalogue) -> tuple[int, int]:
    """Where an item belongs among others: its stage, then its department's place in the catalogue."""
    departments = catalogue.departments
    return item.stage, departments.index(item.department) if item.department in departments else len(departments)


def registration(
    tx: Connection, ref: str, actor: Actor, *, today: date, version: int | None = None
) -> RegistrationPage:
    """A project that was filed, with its plan; `version` is the one that somebody had looked at before a refusal."""
    project_view = project(tx, ref, actor)
    if project_view.filed_at is None:
        raise NotFound
    descriptions = describe(tx, entries_of_project(tx, project_view.id))
    own = [description for description in descriptions if description.subject == PROJECT.name]
    catalogue, calendar = catalogue_of(tx, project_view, today), calendar_in_force(tx)
    has_plan = project_view.kind == WITH_A_PLAN
    planned = catalogue.plan(project_view.answers, project_view.planned_10k_yuan) if has_plan else ()
    leads = [stage.lead for stage in catalogue.stages.values()]
    units = unit_names(tx, [project_view.owner, *leads, *(planned_item.item.department for planned_item in planned)])
    return RegistrationPage(
        project=project_view,
        owner=units[project_view.owner],
        state=PROJECT.state(project_view.state),
        category=category_label(project_view.category),
        waited=calendar.working_days_between(day_of(project_view.state_since), today),
        answers=screening_of(tx, project_view, today).answers if planned else (),
        plan=_plan(planned, units, catalogue, project_view.works, calendar),
        liaisons=tuple(liaison_loads(tx, today)),
        may_register=bool(planned) and REGISTER in {move.name for move in open_to(project_view, actor)},
        documents=tuple(for_project(tx, project_view.id)),
        days=by_day(own),
        meanwhile=since(own, version),
    )


def _plan(
    plan: tuple[PlannedItem, ...],
    units: Mapping[str, UnitName],
    catalogue: Catalogue,
    days: WorksDays,
    calendar: Calendar,
) -> PlanPreview:
    """The planned items by stage, both in the order of the catalogue, with their sums."""
    limits = {planned.item.code: planned.item.promised for planned in plan}
    requires = {planned.item.code: planned.requires for planned in plan}
    works = planned_works(requires, [planned.item.code for planned in plan if planned.item.after_works], days)
    chain = path_with_works(limits, requires, works, calendar)
    works_days = days.planned(calendar)
    until = chain.codes.index(WORKS) if WORKS in chain.codes else len(chain.codes)
    by_stage = groupby(sorted(plan, key=_stage_of), key=_stage_of)
    stages = [(catalogue.stages[number], list(planned_items)) for number, planned_items in by_stage]
    return PlanPreview(
        catalogue=catalogue,
        stages=tuple(
            StageView(stage, units[stage.lead], tuple(_planned(item, units, catalogue) for item in planned_items))
            for stage, planned_items in stages
        ),
        count=len(plan),
        departments=len({planned.item.department for planned in plan}),
        days=sum(limits.values()),
        chain_days=sum(limits[code] for code in chain.items),
        chain=chain.items,
        works=works,
        works_days=works_days,
        permit_days=sum(limits[code] for code in chain.codes[:until]),
    )


def _stage_of(planned: PlannedItem) -> int:
    return planned.item.stage


def _planned(planned: PlannedItem, units: Mapping[str, UnitName], catalogue: Catalogue) -> PlannedItemPreview:
    return PlannedItemPreview(
        planned.item,
        units[planned.item.department],
        tuple(catalogue.item(code) for code in planned.requires),
        UNIT_WORDS[planned.item.legal_unit],
    )
