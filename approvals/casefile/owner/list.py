"""The owner's list of their unit's projects: next step, holder and progress of each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, exists, func, literal, or_, select

from approvals.accounts.actors import Actor
from approvals.base.i18n import N_, Labelled
from approvals.base.pagination import Page
from approvals.base.sorting import FIRST_PART, Keys, ListPart, page_by_id
from approvals.casefile.forecast_views import WORKS_NAME
from approvals.casefile.project_list import has_lapsing, project_keys
from approvals.filing.queries import TABLE, ref_of
from approvals.filing.search import project_matches
from approvals.registration.queries import APPROVALS, prerequisites
from approvals.registration.views import WITH_A_PLAN
from workflows.charts.approval import APPROVAL, OUT_OF_PLAN
from workflows.charts.model import State
from workflows.charts.project import PROJECT
from workflows.charts.roles import ROLES
from workflows.clock.lights import LIGHTS, light_of
from workflows.config.city import load_city
from workflows.label import Label
from workflows.rules.next_steps import AT_WORK, OWNER, REAPPLY, NextSteps, next_steps
from workflows.rules.responsible_party import holder, states_held_by, tasks

YOU, DEPARTMENTS = Label("您", "You"), Label("各部门", "Departments")
LATE = frozenset({"yellow", "red"})
DIVERT = PROJECT.move("divert")
_WAITING = APPROVALS.alias("waiting")

# The next step by the project's state, when no approval waits for the owner.
NEXT: Mapping[str, str] = {
    "drafted": N_("Add the documents you have, then submit the filing."),
    "filed": N_("No action required from you: the supervision office classifies the project."),
    "returned": N_("Make the corrections requested by the supervision office, then file again."),
    "classified": N_("No action required from you: the service centre registers the project and names your liaison."),
    "diverted": N_("No approvals required; the project is tracked in the ledger."),
    "registered": N_("No action required from you: the departments are processing it."),
    "suspended": N_("Suspended. No time runs until the supervision office resumes the project."),
    "completed": N_("All approvals are granted."),
    "declined": N_("The supervision office did not uphold it."),
    "withdrawn": N_("You withdrew it."),
}
# Tasks of the owner at approvals, by their move.
TODO: Mapping[str, str] = {
    "submit": N_("Can be submitted: %(codes)s"),
    "resubmit": N_("To be corrected and resubmitted: %(codes)s"),
    "reapply": N_("Not granted; can be submitted again: %(codes)s"),
}
# A project at work in which no approval waits for the owner, and no window has one in hand.
TO_DIVERT = N_("No action required from you: the supervision office diverts the project to the ledger.")
BLOCKERS = N_("Withdrawn, but others depend on it; apply again: %(codes)s")
ALL_WITHDRAWN = N_("All open applications were withdrawn. Apply for them again, or withdraw the project: %(codes)s")
WORKS = N_("Report the start and the completion of the works; the acceptance can be applied for then.")
STUCK = N_("Nobody can move this project forward at present. Your liaison or the service centre can help.")

# The states in which an approval is a task of its owner; a withdrawn one only where others wait for it.
OWNERS = tuple(state for state in APPROVAL.state_names if state != "withdrawn" and tasks(APPROVAL, state, OWNER))


@dataclass(frozen=True, slots=True)
class Todo:
    """One task of the owner: a msgid, and the codes of the approvals that it names."""

    words: str
    codes: tuple[str, ...] = ()


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
class OwnFilter:
    """Filters of the owner's list; empty ones do not narrow it. `search` is a part of a name, or a number."""

    search: str = ""
    state: str = ""
    county: str = ""
    is_waiting: bool = False
    is_lapsing: bool = False


def own_projects(
    tx: Connection,
    actor: Actor,
    filters: OwnFilter = OwnFilter(),
    *,
    today: date,
    part: ListPart = FIRST_PART,
) -> Page[OwnRow]:
    """The projects of the actor's unit, the newest first."""
    listed = select(TABLE).where(*_listed(actor, filters, today))
    page = page_by_id(tx, listed, sort_keys(), TABLE.c.id, part, newest_first=True)
    approvals = _approvals_of(tx, [row.id for row in page.rows])
    return page.shown([_row(row, approvals.get(row.id, []), today) for row in page.rows])


def own_count(tx: Connection, actor: Actor, filters: OwnFilter, *, today: date) -> int:
    """The length of the list."""
    listed = select(func.count()).select_from(TABLE).where(*_listed(actor, filters, today))
    return int(tx.execute(listed).scalar_one())


def sort_keys() -> Keys:
    """What the list can be sorted by."""
    same = project_keys()
    return {name: same[name] for name in ("name", "number", "state")} | {"since": TABLE.c.state_since}


def _listed(actor: Actor, filters: OwnFilter, today: date) -> Iterable[ColumnElement[bool]]:
    yield TABLE.c.owner_unit_id.in_(actor.units)
    if filters.search:
        yield project_matches(filters.search)
    for name in ("state", "county"):
        if value := getattr(filters, name):
            yield TABLE.c[name] == value
    if filters.is_waiting:
        yield _waits_for_owner()
    if filters.is_lapsing:
        yield has_lapsing(today)


def _waits_for_owner() -> ColumnElement[bool]:
    at_approvals = exists(select(APPROVALS.c.id).where(APPROVALS.c.project_id == TABLE.c.id, is_owners_task()))
    own = states_held_by(PROJECT, OWNER)
    is_own = or_(TABLE.c.state.in_(own), and_(TABLE.c.state == AT_WORK, at_approvals))
    return and_(TABLE.c.state.in_((*own, AT_WORK)), is_own)  # by an index of states


def is_owners_task() -> ColumnElement[bool]:
    """As `owner_tasks` says it, in SQL: what was withdrawn is a task where another approval waits for it."""
    needs = _WAITING.c.requires.contains(literal('"') + APPROVALS.c.code + literal('"'))
    waits = _WAITING.c.project_id == APPROVALS.c.project_id, _WAITING.c.state == "waiting"
    is_blocker = and_(APPROVALS.c.state == "withdrawn", exists(select(_WAITING.c.id).where(*waits, needs)))
    return or_(APPROVALS.c.state.in_(OWNERS), is_blocker)


def _approvals_of(tx: Connection, project_ids: list[int]) -> dict[int, list[Any]]:
    columns = (
        *("project_id", "code", "state", "requires", "after_works", "accepted_on", "delivered_on"),
        *("reminder_from", "yellow_from", "red_from"),
    )
    query = select(*(APPROVALS.c[name] for name in columns)).where(APPROVALS.c.project_id.in_(project_ids))
    approvals: dict[int, list[Any]] = {}
    for row in tx.execute(query.order_by(APPROVALS.c.project_id, APPROVALS.c.code)):
        approvals.setdefault(row.project_id, []).append(row)
    return approvals


@dataclass(frozen=True, slots=True)
class _Status:
    """What the next steps look at of an approval's row."""

    code: str
    state: str
    requires: tuple[str, ...]
    delivered_on: date | None
    waits_for_works: bool


def _status(row: Any, project: Any) -> _Status:
    waits_for_works = row.after_works and row.state == "waiting" and project.works_finished_on is None
    return _Status(row.code, row.state, prerequisites(row), row.delivered_on, waits_for_works)


def _row(project: Any, approvals: Sequence[Any], today: date) -> OwnRow:
    steps = next_steps(project.state, [_status(row, project) for row in approvals])
    planned = [approval for approval in approvals if approval.state not in OUT_OF_PLAN]
    lights = [light for approval in planned if is_open(approval.state) and (light := light_of(approval, today))]
    todo = owner_tasks(steps)
    return OwnRow(
        ref=ref_of(project),
        shown_number=load_city().shown_number(project.number) if project.number else None,
        external_ref=project.external_ref,
        name=project.name,
        state=PROJECT.state(project.state),
        since=project.state_since,
        holders=_holders(project.state, project.kind, steps),
        todo=todo or (nothing_to_do(project.state, project.kind, steps),),
        is_waiting=bool(todo) or holder(PROJECT, project.state) == OWNER,
        granted=sum(approval.state == "granted" for approval in planned),
        planned=len(planned),
        late=sum(light in LATE for light in lights),
        light=max(lights, key=LIGHTS.index, default=None),
    )


def project_holder(project_state: str, kind: str) -> str | None:
    """The role that has the project as a whole; None while it is at work, and when it is closed."""
    return DIVERT.by[0] if _is_to_divert(project_state, kind) else holder(PROJECT, project_state)


def _is_to_divert(project_state: str, kind: str) -> bool:
    """Whether it needs no approvals: nobody can register it, the office diverts it."""
    return project_state in DIVERT.sources and kind != WITH_A_PLAN


def _holders(project_state: str, kind: str, steps: NextSteps) -> tuple[Labelled, ...]:
    """Who holds a project now: one office, or while it is at work the owner, the departments, or both."""
    if role := project_holder(project_state, kind):
        return (named(role),)
    is_owners = bool(steps.todo or (steps.optional and not steps.in_hand))
    works = (WORKS_NAME,) * bool(steps.after_works)
    return (YOU,) * is_owners + (DEPARTMENTS,) * bool(steps.in_hand) + works


def named(role: str) -> Labelled:
    return YOU if role == OWNER else ROLES[role]


def is_open(state: str) -> bool:
    return not APPROVAL.state(state).is_final


def owner_tasks(steps: NextSteps) -> tuple[Todo, ...]:
    """The owner's tasks at approvals, those of one kind together."""
    tasks = {words: steps.todo.get(name, ()) for name, words in TODO.items()}
    again = [code for code in tasks[TODO[REAPPLY]] if code not in steps.blockers]
    tasks |= {TODO[REAPPLY]: tuple(again), BLOCKERS: steps.blockers}
    return tuple(Todo(words, codes) for words, codes in tasks.items() if codes)


def nothing_to_do(project_state: str, kind: str, steps: NextSteps) -> Todo:
    """What an owner without a task is told: who acts instead, or who can help."""
    if _is_to_divert(project_state, kind):
        return Todo(TO_DIVERT)
    if steps.is_stuck:
        return Todo(STUCK)
    if steps.after_works:
        return Todo(WORKS)
    if steps.optional and not steps.todo and not steps.in_hand:
        return Todo(ALL_WITHDRAWN, steps.optional)
    return Todo(NEXT[project_state])
