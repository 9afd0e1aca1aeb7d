"""What waits for the service centre, and one project with the plan that its answers give."""

from collections.abc import Mapping
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
from approvals.history.timeline import by_day, since, tell
from approvals.programme.queries import category_label
from approvals.registration.queries import liaison_loads
from approvals.registration.views import (
    UNIT_WORDS,
    PlannedItemPreview,
    PlanPreview,
    RegistrationPage,
    StageView,
    by_stage,
)
from workflows.charts.project import PROJECT
from workflows.clock.plan import critical_path
from workflows.config.catalogue import Catalogue, PlannedItem, load_catalogue
from workflows.config.city import load_city

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
