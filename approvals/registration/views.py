"""What the pages of the service centre show."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, func, select

from approvals.accounts.actors import Actor
from approvals.accounts.queries import UNIT, UnitName
from approvals.base.errors import NotFound
from approvals.base.moments import day_of
from approvals.calendar.queries import calendar_in_force
from approvals.filing.queries import TABLE, visible_projects
from approvals.filing.views import ProjectView, open_to, project
from approvals.history.queries import entries_of_project
from approvals.history.timeline import EntryDescription, TimelineDay, by_day, since, tell
from approvals.programme.queries import category_label
from approvals.registration.graph import Graph, Node, draw
from approvals.registration.queries import LiaisonLoad, liaison_loads
from workflows.charts.model import State
from workflows.charts.project import PROJECT
from workflows.clock.plan import critical_path
from workflows.config.catalogue import Catalogue, Item, PlannedItem, Stage, load_catalogue
from workflows.config.city import load_city
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
    planned_items = [planned for stage in plan.stages for planned in stage.items]
    return draw(
        [
            Node(
                planned.item.code,
                word(planned.item),
                tuple(r.code for r in planned.requires),
                rank_of(planned.item, catalogue),
            )
            for planned in planned_items
        ]
    )


def rank_of(item: Item, catalogue: Catalogue) -> tuple[int, int]:
    """Where an item belongs among others: its stage, then its department's place in the catalogue."""
    departments = catalogue.departments
    return item.stage, departments.index(item.department) if item.department in departments else len(departments)


def by_stage(planned: Iterable[PlannedItem], catalogue: Catalogue) -> dict[Stage, list[PlannedItem]]:
    """The planned items by stage, both in the order of the catalogue; stages without any are left out."""
    stages: dict[Stage, list[PlannedItem]] = {}
    for item in sorted(planned, key=lambda item: item.item.stage):
        stages.setdefault(catalogue.stages[item.item.stage], []).append(item)
    return stages


REGISTER = "register"
WAITING = PROJECT.move(REGISTER).sources
WITH_A_PLAN = "construction"  # a service item needs no approvals and is diverted to the ledger


def waiting(tx: Connection, actor: Actor, _now: datetime) -> int:
    """How many classified projects wait for their number."""
    mine = (TABLE.c.state.in_(WAITING), TABLE.c.kind == WITH_A_PLAN, visible_projects(actor))
    return int(tx.execute(select(func.count()).select_from(TABLE).where(*mine)).scalar_one())


def registration(
    tx: Connection, ref: str, actor: Actor, *, today: date, version: int | None = None
) -> RegistrationPage:
    """A project that was filed, with its plan; `version` is the one that somebody had looked at before a refusal."""
    project_view = project(tx, ref, actor)
    if project_view.filed_at is None:
        raise NotFound
    descriptions = [
        entry for entry in tell(tx, entries_of_project(tx, project_view.id)) if entry.subject == PROJECT.name
    ]
    units = _units(tx)
    planned = _planned(project_view)
    return RegistrationPage(
        project=project_view,
        owner=units[project_view.owner],
        state=PROJECT.state(project_view.state),
        category=category_label(project_view.category),
        waited=calendar_in_force(tx).working_days_between(day_of(project_view.state_since), today),
        answers=tuple((words, bool(project_view.answers.get(name))) for name, words in load_city().questions.items()),
        plan=plan_view(planned, units, load_catalogue()),
        liaisons=tuple(liaison_loads(tx, today)),
        may_register=bool(planned) and REGISTER in {move.name for move in open_to(project_view, actor)},
        days=by_day(descriptions),
        meanwhile=since(descriptions, version),
    )


def _planned(project: ProjectView) -> tuple[PlannedItem, ...]:
    return load_catalogue().plan(project.answers) if project.kind == WITH_A_PLAN else ()


def plan_view(plan: tuple[PlannedItem, ...], units: Mapping[str, UnitName], catalogue: Catalogue) -> PlanPreview:
    """The planned items by stage, with their sums."""
    limits = {planned_item.item.code: planned_item.item.promised for planned_item in plan}
    chain = critical_path(limits, {planned_item.item.code: planned_item.requires for planned_item in plan})
    return PlanPreview(
        edition=catalogue.edition,
        stages=tuple(
            StageView(
                stage,
                units.get(stage.lead, UnitName(stage.lead, "")),
                tuple(_planned_view(planned_item, units, catalogue) for planned_item in items),
            )
            for stage, items in by_stage(plan, catalogue).items()
        ),
        count=len(plan),
        departments=len({planned_item.item.department for planned_item in plan}),
        days=sum(limits.values()),
        chain_days=chain.days,
        chain=chain.codes,
    )


def _planned_view(planned: PlannedItem, units: Mapping[str, UnitName], catalogue: Catalogue) -> PlannedItemPreview:
    return PlannedItemPreview(
        planned.item,
        units.get(planned.item.department, UnitName(planned.item.department, "")),
        tuple(catalogue.items[code] for code in planned.requires),
        UNIT_WORDS[planned.item.legal_unit],
    )


def _units(tx: Connection) -> dict[str, UnitName]:
    rows = tx.execute(select(UNIT.c.name, UNIT.c.name_en).order_by(UNIT.c.id))
    return {row.name: UnitName(row.name, row.name_en) for row in rows}
