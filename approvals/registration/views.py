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
    found = project(tx, ref, actor)
    if found.filed_at is None:
        raise NotFound
    told = [entry for entry in tell(tx, entries_of_project(tx, found.id)) if entry.subject == PROJECT.name]
    units = _units(tx)
    planned = _planned(found)
    return RegistrationPage(
        project=found,
        owner=units[found.owner],
        state=PROJECT.state(found.state),
        category=category_label(found.category),
        waited=calendar_in_force(tx).working_days_between(day_of(found.state_since), today),
        answers=tuple((words, bool(found.answers.get(name))) for name, words in load_city().questions.items()),
        plan=plan_view(planned, units, load_catalogue()),
        liaisons=tuple(liaison_loads(tx, today)),
        may_register=bool(planned) and REGISTER in {move.name for move in open_to(found, actor)},
        days=by_day(told),
        meanwhile=since(told, version),
    )


def _planned(found: ProjectView) -> tuple[PlannedItem, ...]:
    return load_catalogue().plan(found.answers) if found.kind == WITH_A_PLAN else ()


def plan_view(planned: tuple[PlannedItem, ...], units: Mapping[str, UnitName], catalogue: Catalogue) -> PlanPreview:
    """The planned items by stage, with their sums."""
    limits = {one.item.code: one.item.promised for one in planned}
    chain = critical_path(limits, {one.item.code: one.requires for one in planned})
    return PlanPreview(
        edition=catalogue.edition,
        stages=tuple(
            StageView(
                stage,
                units.get(stage.lead, UnitName(stage.lead, "")),
                tuple(_planned_view(one, units, catalogue) for one in items),
            )
            for stage, items in by_stage(planned, catalogue).items()
        ),
        count=len(planned),
        departments=len({one.item.department for one in planned}),
        days=sum(limits.values()),
        chain_days=chain.days,
        chain=chain.codes,
    )


def _planned_view(one: PlannedItem, units: Mapping[str, UnitName], catalogue: Catalogue) -> PlannedItemPreview:
    return PlannedItemPreview(
        one.item,
        units.get(one.item.department, UnitName(one.item.department, "")),
        tuple(catalogue.items[code] for code in one.requires),
        UNIT_WORDS[one.item.legal_unit],
    )


def _units(tx: Connection) -> dict[str, UnitName]:
    rows = tx.execute(select(UNIT.c.name, UNIT.c.name_en).order_by(UNIT.c.id))
    return {row.name: UnitName(row.name, row.name_en) for row in rows}
