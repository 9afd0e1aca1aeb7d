"""What an owner sees of the projects of their own unit: what is to do now, who holds what, and until when."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, exists, func, or_, select

from approvals.accounts.actors import Actor
from approvals.accounts.queries import PERSON, UNIT
from approvals.base.languages import Labelled
from approvals.base.paging import PAGE, Page, read_cursor, write_cursor
from approvals.base.texts import N_
from approvals.casefile.queries import PlannedView, PlanView, plan
from approvals.filing.changes import last_change
from approvals.filing.documents import DocumentView, for_project, materials_for
from approvals.filing.lists import ProjectView
from approvals.filing.queries import TABLE, ref_of
from approvals.filing.typed import form_of, typed
from approvals.history.timeline import FactView, Told
from approvals.registration.queries import APPROVALS
from approvals.windows.actions import LIVE
from approvals.windows.clocks import Due, dues, readings_of
from approvals.windows.queries import ApprovalView
from workflows.approval import APPROVAL
from workflows.catalogue import Item, Stage, load_catalogue
from workflows.chart import Move, State
from workflows.city import Label, load_city
from workflows.holding import holder, states_held_by, tasks
from workflows.lights import LIGHTS, light_of
from workflows.project import PROJECT
from workflows.roles import ROLES, Role

OWNER, WINDOW = "owner", "window"
REASONS = frozenset({"text", "texts", "day"})  # kinds of needs that say why
DELIVERY = "delivery"  # the one limit that runs after the decision
YOU, DEPARTMENTS = Label("您", "You"), Label("各部门", "Departments")
LATE = frozenset({"yellow", "red"})

# What an owner is told while a project stands in each state, when no approval waits for them.
NEXT: Mapping[str, str] = {
    "drafted": N_("Add the documents that you have, then file it."),
    "filed": N_("Nothing to do for you: the supervision office sorts it."),
    "returned": N_("Mend what the supervision office names, then file it again."),
    "classified": N_("Nothing to do for you: the service centre registers it and names your liaison."),
    "diverted": N_("It needs no approvals and goes on in the ledger."),
    "registered": N_("Nothing to do for you now: the departments are at work."),
    "suspended": N_("It is suspended; no time runs until the supervision office resumes it."),
    "completed": N_("All approvals are granted."),
    "declined": N_("The supervision office did not take it up."),
    "withdrawn": N_("You withdrew it."),
}
# What waits for the owner at approvals, by the move that leads on.
TODO: Mapping[str, str] = {
    "submit": N_("Ready to apply for: %(codes)s"),
    "resubmit": N_("To be corrected and handed in again: %(codes)s"),
    "reapply": N_("Not granted; you may apply again: %(codes)s"),
}


@dataclass(frozen=True, slots=True)
class Todo:
    """One thing that waits for the owner, in words: a msgid with its codes."""

    words: str
    codes: str = ""


@dataclass(frozen=True, slots=True)
class OwnRow:
    """One of the unit's projects in their list. `light` is the worst of its open approvals."""

    ref: str
    shown_number: str | None
    external_ref: str | None
    name: str
    state: State
    since: datetime
    holders: tuple[Labelled, ...]
    todo: tuple[Todo, ...]
    is_waiting: bool
    granted: int
    planned: int
    late: int
    light: str | None


@dataclass(frozen=True, slots=True)
class Contact:
    """The officer who accompanies the project."""

    name: str
    phone: str
    unit: Label


@dataclass(frozen=True, slots=True)
class Holding:
    """Who holds approvals of the project now, and which."""

    who: Labelled
    codes: str


@dataclass(frozen=True, slots=True)
class OwnApproval:
    """An item of the plan; `waits_for` are the prerequisites that are not granted yet."""

    planned: PlannedView
    department: Label
    state: State | None
    holder: Role | None
    waits_for: tuple[Item, ...]
    todo: tuple[Move, ...]
    materials: tuple[tuple[str, bool], ...]  # what is asked for, and whether it has been uploaded
    dues: tuple[Due, ...]  # of the limits that run
    is_late: bool


@dataclass(frozen=True, slots=True)
class OwnStage:
    stage: Stage
    approvals: tuple[OwnApproval, ...]
    granted: int

    @property
    def is_done(self) -> bool:
        return self.granted == len(self.approvals)


@dataclass(frozen=True, slots=True)
class OwnProject:
    """One project as its owner sees it; `chain` is what decides when it can be done, `lead_days` at the least."""

    project: ProjectView
    category: Label
    state: State
    words: str
    holder: Labelled | None  # of the project as a whole
    last: Told
    reasons: tuple[FactView, ...]  # that were given when it came to this state
    liaison: Contact | None
    stages: tuple[OwnStage, ...]
    is_preview: bool
    chain: tuple[str, ...]
    lead_days: int
    documents: tuple[DocumentView, ...]
    materials: tuple[str, ...]
    typed_at: datetime | None

    @property
    def approvals(self) -> tuple[OwnApproval, ...]:
        return tuple(one for stage in self.stages for one in stage.approvals)

    @property
    def todo(self) -> tuple[OwnApproval, ...]:
        """The approvals that wait for the owner."""
        return tuple(one for one in self.approvals if one.todo)

    @property
    def granted(self) -> int:
        return sum(stage.granted for stage in self.stages)

    @property
    def holders(self) -> tuple[Holding, ...]:
        """Who holds its approvals now, the owner first."""
        found: dict[Labelled, list[str]] = {}
        for one in sorted(self.approvals, key=lambda one: not one.todo):
            if one.holder:
                who = one.department if one.holder.name == WINDOW else YOU
                found.setdefault(who, []).append(one.planned.item.code)
        return tuple(Holding(who, ", ".join(codes)) for who, codes in found.items())

    @property
    def takes_documents(self) -> bool:
        return not self.state.is_final

    @property
    def late(self) -> tuple[OwnApproval, ...]:
        return tuple(one for one in self.approvals if one.is_late)


# The list.


def own_projects(
    tx: Connection, actor: Actor, *, today: date, search: str = "", is_waiting: bool = False, cursor: str = ""
) -> Page[OwnRow]:
    """The projects of the actor's unit, the newest first; `search` is a part of a name, or a number."""
    wanted = select(TABLE).where(TABLE.c.owner_unit_id == actor.unit_id).order_by(TABLE.c.id.desc()).limit(PAGE + 1)
    if search:
        wanted = wanted.where(_fits(search))
    if is_waiting:
        wanted = wanted.where(_waits_for_owner())
    if cursor:
        wanted = wanted.where(TABLE.c.id < read_cursor(cursor, (int,))[0])
    found = tx.execute(wanted).all()
    approvals = _approvals_of(tx, [row.id for row in found[:PAGE]])
    rows = [_row(row, approvals.get(row.id, []), today) for row in found[:PAGE]]
    return Page(rows, write_cursor(found[PAGE - 1].id) if len(found) > PAGE else None)


def waiting_count(tx: Connection, actor: Actor, now: datetime) -> int:
    """How many projects of the unit wait for its owner."""
    mine = select(func.count()).select_from(TABLE).where(TABLE.c.owner_unit_id == actor.unit_id, _waits_for_owner())
    return int(tx.execute(mine).scalar_one())


def _waits_for_owner() -> ColumnElement[bool]:
    mine = APPROVALS.c.project_id == TABLE.c.id, APPROVALS.c.state.in_(states_held_by(APPROVAL, OWNER))
    at_approvals = TABLE.c.state.in_(LIVE) & exists(select(APPROVALS.c.id).where(*mine))
    return or_(TABLE.c.state.in_(states_held_by(PROJECT, OWNER)), at_approvals)


def _fits(search: str) -> ColumnElement[bool]:
    texts = (TABLE.c.name, TABLE.c.number, TABLE.c.external_ref)
    fits = [column.icontains(search, autoescape=True) for column in texts]
    return or_(*fits, TABLE.c.number == _number_in(search))


def _number_in(search: str) -> str:
    """The number meant by 攀挂〔2026〕17号, as it is stored; empty when it is none."""
    pattern = re.escape(load_city().number_format).replace(r"\{year\}", r"(\d{4})").replace(r"\{serial\}", r"(\d{1,5})")
    found = re.fullmatch(pattern, search.strip())
    return load_city().number(int(found[1]), int(found[2])) if found else ""


def _approvals_of(tx: Connection, project_ids: list[int]) -> dict[int, list[Any]]:
    columns = ("project_id", "code", "state", "accepted_on", "reminder_from", "yellow_from", "red_from")
    wanted = select(*(APPROVALS.c[name] for name in columns)).where(APPROVALS.c.project_id.in_(project_ids))
    found: dict[int, list[Any]] = {}
    for row in tx.execute(wanted.order_by(APPROVALS.c.project_id, APPROVALS.c.code)):
        found.setdefault(row.project_id, []).append(row)
    return found


def _row(project: Any, approvals: Iterable[Any], today: date) -> OwnRow:
    planned = [one for one in approvals if one.state != "withdrawn"]
    lights = [light for one in planned if _is_open(one.state) and (light := light_of(one, today))]
    todo = _todo(project.state, planned)
    return OwnRow(
        ref=ref_of(project),
        shown_number=load_city().shown_number(project.number) if project.number else None,
        external_ref=project.external_ref,
        name=project.name,
        state=PROJECT.state(project.state),
        since=project.state_since,
        holders=_holders(project.state, planned),
        todo=todo or (Todo(NEXT[project.state]),),
        is_waiting=bool(todo) or holder(PROJECT, project.state) == OWNER,
        granted=sum(one.state == "granted" for one in planned),
        planned=len(planned),
        late=sum(light in LATE for light in lights),
        light=max(lights, key=LIGHTS.index, default=None),
    )


def _holders(project_state: str, approvals: Iterable[Any]) -> tuple[Labelled, ...]:
    """Who holds a project now: one office, or while it is at work the owner, the departments, or both."""
    if held_by := holder(PROJECT, project_state):
        return (_named(held_by),)
    roles = {holder(APPROVAL, one.state) for one in approvals}
    return tuple(who for role, who in ((OWNER, YOU), (WINDOW, DEPARTMENTS)) if role in roles)


def _named(role: str) -> Labelled:
    return YOU if role == OWNER else ROLES[role]


def _is_open(state: str) -> bool:
    return not APPROVAL.state(state).is_final


def _todo(project_state: str, approvals: Iterable[Any]) -> tuple[Todo, ...]:
    if project_state not in LIVE:
        return ()
    codes: dict[str, list[str]] = {}
    for one in approvals:
        for move in tasks(APPROVAL, one.state, OWNER):
            codes.setdefault(move.name, []).append(one.code)
    return tuple(Todo(words, ", ".join(codes[name])) for name, words in TODO.items() if name in codes)


# One project.


def own_project_view(tx: Connection, ref: str, actor: Actor, today: date) -> OwnProject:
    """The project of this reference, for an owner whose unit it is."""
    told = plan(tx, ref, actor, today)
    found = told.project
    documents = tuple(for_project(tx, found.id))
    units = _Units(tx)
    held_by, last = holder(PROJECT, found.state), last_change(tx, found.id)
    before = typed(tx, actor.id, form_of(found.uid))
    return OwnProject(
        project=found,
        category=load_city().categories.get(found.category, Label(found.category, found.category)),
        state=PROJECT.state(found.state),
        words=NEXT[found.state],
        holder=(units.of_kind.get(held_by) or _named(held_by)) if held_by else None,
        last=last,
        reasons=tuple(one for one in last.facts if one.word.kind in REASONS),
        liaison=_contact(tx, found),
        stages=_stages(told, units, {one.material for one in documents}, _dues(tx, told, today)),
        is_preview=told.is_preview,
        chain=told.critical_path.codes,
        lead_days=told.critical_path.days,
        documents=documents,
        materials=materials_for(found.answers),
        typed_at=before.at if before else None,
    )


class _Units:
    """The names of the units that hold cases, in both languages: by name, and the first of each kind."""

    def __init__(self, tx: Connection) -> None:
        names = select(UNIT.c.name, UNIT.c.name_en, UNIT.c.kind).where(UNIT.c.kind != "owner")
        self.named: dict[str, Label] = {}
        self.of_kind: dict[str, Label] = {}
        for row in tx.execute(names.order_by(UNIT.c.id)):
            self.named[row.name] = Label(row.name, row.name_en or row.name)
            self.of_kind.setdefault(row.kind, self.named[row.name])

    def label(self, name: str) -> Label:
        return self.named.get(name, Label(name, name))


_CONTACT = (
    select(PERSON.c.name, PERSON.c.phone, UNIT.c.name.label("unit"), UNIT.c.name_en)
    .join(UNIT, UNIT.c.id == PERSON.c.unit_id)
    .where(PERSON.c.id == bindparam("person_id"))
)


def _contact(tx: Connection, found: ProjectView) -> Contact | None:
    if found.place.liaison_id is None:
        return None
    row = tx.execute(_CONTACT, {"person_id": found.place.liaison_id}).one()
    return Contact(row.name, row.phone, Label(row.unit, row.name_en or row.unit))


def _dues(tx: Connection, told: PlanView, today: date) -> dict[str, tuple[Due, ...]]:
    """The limits that run today, by item; those of decisions made are history."""
    approvals = [one.approval for one in told.items if one.approval and one.approval.due_on]
    if told.project.state not in LIVE or not approvals:
        return {}
    readings = readings_of(tx, approvals, today)
    return {one.code: tuple(_running(one, dues(readings[one.id]))) for one in approvals}


def _running(approval: ApprovalView, found: Mapping[str, Due]) -> Iterable[Due]:
    return (due for name, due in found.items() if name == DELIVERY or not approval.decided_on)


def _stages(
    told: PlanView, units: _Units, uploaded: set[str], running: Mapping[str, tuple[Due, ...]]
) -> tuple[OwnStage, ...]:
    granted = {one.item.code for one in told.items if one.approval and one.approval.state == "granted"}
    found = [_approval(one, told, units, uploaded, granted, running) for one in told.items]
    stages = []
    for stage in load_catalogue().stages.values():
        within = tuple(one for one in found if one.planned.item.stage == stage.no)
        if within:
            stages.append(OwnStage(stage, within, sum(one.planned.item.code in granted for one in within)))
    return tuple(stages)


def _approval(
    planned: PlannedView,
    told: PlanView,
    units: _Units,
    uploaded: set[str],
    granted: set[str],
    running: Mapping[str, tuple[Due, ...]],
) -> OwnApproval:
    approval, item = planned.approval, planned.item
    state = approval.state if approval else "waiting"
    held_by = holder(APPROVAL, state)
    is_live = told.project.state in LIVE
    return OwnApproval(
        planned=planned,
        department=units.label(item.department),
        state=APPROVAL.state(state) if approval else None,
        holder=ROLES[held_by] if held_by and is_live else None,
        waits_for=_missing(planned, granted) if state == "waiting" else (),
        todo=tasks(APPROVAL, state, OWNER) if is_live else (),
        materials=tuple((name, name in uploaded) for name in item.materials),
        dues=running.get(item.code, ()),
        is_late=_is_open(state) and approval is not None and approval.light in LATE,
    )


def _missing(planned: PlannedView, granted: set[str]) -> tuple[Item, ...]:
    return tuple(load_catalogue().items[code] for code in planned.requires if code not in granted)
