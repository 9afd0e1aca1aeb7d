"""The owner's open projects on the home page: how far each stage is, and who accompanies it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from approvals.accounts.actors import Actor
from approvals.accounts.queries import PERSON
from approvals.filing.queries import TABLE, ref_of
from approvals.registration.queries import APPROVALS
from workflows.charts.approval import OUT_OF_PLAN
from workflows.charts.model import State
from workflows.charts.project import PROJECT
from workflows.config.city import load_city

SHOWN = 10  # projects; the page of projects lists all


@dataclass(frozen=True, slots=True)
class StageProgress:
    """How many of a stage's approvals are granted."""

    stage: int
    granted: int
    planned: int

    @property
    def is_done(self) -> bool:
        return self.granted == self.planned

    @property
    def is_begun(self) -> bool:
        return 0 < self.granted < self.planned


@dataclass(frozen=True, slots=True)
class OwnProject:
    ref: str
    number: str
    name: str
    state: State
    stages: tuple[StageProgress, ...]
    liaison: str
    phone: str


@dataclass(frozen=True, slots=True)
class OwnProjects:
    """The newest open projects of a unit, and whether it has more than are shown."""

    rows: tuple[OwnProject, ...]
    has_more: bool


def own_overview(tx: Connection, actor: Actor) -> OwnProjects:
    """The open projects of the actor's unit, the newest first."""
    is_open = TABLE.c.owner_unit_id.in_(actor.units), TABLE.c.state.not_in(PROJECT.final_states)
    query = (
        select(TABLE, PERSON.c.name.label("liaison"), PERSON.c.phone)
        .outerjoin(PERSON, PERSON.c.id == TABLE.c.liaison_id)
        .where(*is_open)
        .order_by(TABLE.c.id.desc())
        .limit(SHOWN + 1)
    )
    rows = tx.execute(query).all()
    stages = _stages(tx, [row.id for row in rows[:SHOWN]])
    return OwnProjects(tuple(_view(row, stages[row.id]) for row in rows[:SHOWN]), len(rows) > SHOWN)


def _stages(tx: Connection, ids: Iterable[int]) -> dict[int, list[StageProgress]]:
    granted = func.count().filter(APPROVALS.c.state == "granted").label("granted")
    keys = APPROVALS.c.project_id, APPROVALS.c.stage
    counts = (
        select(*keys, granted, func.count().label("planned"))
        .where(APPROVALS.c.project_id.in_(list(ids)), APPROVALS.c.state.not_in(OUT_OF_PLAN))
        .group_by(*keys)
        .order_by(*keys)
    )
    stages: dict[int, list[StageProgress]] = defaultdict(list)
    for row in tx.execute(counts):
        stages[row.project_id].append(StageProgress(row.stage, row.granted, row.planned))
    return stages


def _view(row: Any, stages: list[StageProgress]) -> OwnProject:
    return OwnProject(
        ref=ref_of(row),
        number=load_city().shown_number(row.number) if row.number else row.external_ref or "",
        name=row.name,
        state=PROJECT.state(row.state),
        stages=tuple(stages),
        liaison=row.liaison or "",
        phone=row.phone or "",
    )
