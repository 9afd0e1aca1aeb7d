"""Escalations as pages show them: the inbox of each level, and one escalation with its history."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, or_, select, tuple_

from approvals.accounts.actors import Actor, acting_roles, is_joint, joint_scope
from approvals.accounts.queries import UNIT, UnitName, unit_names
from approvals.base.errors import NotFound
from approvals.base.i18n import N_
from approvals.base.pagination import Page, page_of, read_cursor
from approvals.base.sorting import FIRST_PART, Keys, ListPart, in_order_of, looked_up, shown_name, sorted_page
from approvals.calendar.queries import calendar_in_force
from approvals.calendar.readings import readings_of
from approvals.filing.queries import TABLE as PROJECTS
from approvals.filing.queries import has_joint, is_joint_of
from approvals.history.queries import entries_of_approval
from approvals.history.timeline import EntryDescription, describe
from approvals.history.timeline_days import TimelineDay, by_day
from approvals.registration.queries import APPROVALS, visible_approvals
from approvals.supervision.escalations.answers import JOINT_LEVELS, answerers
from approvals.supervision.queries import ESCALATIONS, OPEN_STATES, cursor_day, still_open, with_approvals
from approvals.windows.clocks import LimitView, due_by, dues
from approvals.windows.queries import ApprovalView, approval, in_order
from workflows.charts.escalation import ESCALATION
from workflows.charts.model import Move, State, open_moves
from workflows.charts.roles import JOINT_ROLE, LEVEL_ROLES, LEVELS, sees
from workflows.clock.calendar import Calendar
from workflows.config.city import load_city
from workflows.label import Label
from workflows.rules.escalation_rules import TOP
from workflows.rules.item_words import state_of

GROUPS = {
    "raised": N_("Waiting for an answer"),
    "answered": N_("Answered"),
    "lifted": N_("Escalated to the next level"),
}
ANSWER_BY, COMMITTED_TO = N_("Answer by"), N_("Committed to")
_RANKS = {state: rank for rank, state in enumerate(OPEN_STATES)}
_RANK = case(_RANKS, value=ESCALATIONS.c.state)
_DAY = case(
    (ESCALATIONS.c.state == "raised", ESCALATIONS.c.answer_due_on),
    (ESCALATIONS.c.state == "answered", ESCALATIONS.c.commitment_on),
    else_=ESCALATIONS.c.raised_on,
)
_DUE = case(
    (ESCALATIONS.c.state == "raised", ESCALATIONS.c.answer_due_on),
    (ESCALATIONS.c.state == "answered", ESCALATIONS.c.commitment_on),
)
_UNIT = UNIT.alias("sorted_unit")


@dataclass(frozen=True, slots=True)
class EscalationStep:
    """One level of one approval: raised, answered or not. `due` is until when an answer or the decision is owed."""

    id: int
    level: int
    level_name: Label
    state: State
    version: int
    light: str
    raised_on: date
    due: LimitView | None
    due_name: str
    reason: str
    commitment_on: date | None

    @property
    def is_broken(self) -> bool:
        """Whether the day that the answer committed to has passed without a decision."""
        return self.commitment_on is not None and self.due is not None and self.due.tone == "late"

    @property
    def goes_up(self) -> bool:
        """Whether there is a level above."""
        return self.level < TOP


@dataclass(frozen=True, slots=True)
class EscalatedApproval:
    """The approval that an escalation is about, with its clock of today."""

    approval: ApprovalView
    number: str
    department: UnitName
    owner: UnitName
    state: State
    light: str | None
    promised: LimitView | None
    legal: LimitView | None

    @property
    def ref(self) -> dict[str, str]:
        return {"project": self.approval.project, "code": self.approval.code}


@dataclass(frozen=True, slots=True)
class InboxRow:
    late: EscalatedApproval
    rung: EscalationStep
    group: str  # a msgid
    begins: bool  # whether it is the first of its group on this page
    may_answer: bool


@dataclass(frozen=True, slots=True)
class InboxView:
    """The open escalations of one level; `levels` are those that the reader may see, with the number waiting."""

    level: int
    level_name: Label
    is_own: bool
    levels: tuple[tuple[int, Label, int], ...]
    page: Page[InboxRow]
    total: int


@dataclass(frozen=True, slots=True)
class EscalationView:
    """One escalation; `moves` are the answers that the reader may give, `rungs` all levels that were reached."""

    late: EscalatedApproval
    rung: EscalationStep
    rungs: tuple[EscalationStep, ...]
    moves: tuple[Move, ...]
    days: tuple[TimelineDay, ...]
    meanwhile: tuple[EntryDescription, ...]


def own_level(actor: Actor) -> int | None:
    """The level at which somebody answers; None for nobody's."""
    return next((level for level, roles in LEVEL_ROLES.items() if actor.has(*roles)), None)


def levels_for(actor: Actor) -> tuple[int, ...]:
    """The levels that somebody may look at: windows their own, the others all."""
    own = own_level(actor)
    return tuple(LEVELS) if "city" in sees(actor.roles) else (own,) if own else ()


def _levels(tx: Connection, actor: Actor) -> tuple[int, ...]:
    """The levels of an actor; heads of the units of joint projects also have those at which both answer."""
    seen = levels_for(actor)
    return JOINT_LEVELS if len(seen) == 1 and has_joint(tx, actor) else seen


def inbox(tx: Connection, actor: Actor, level: int | None, *, today: date, part: ListPart = FIRST_PART) -> InboxView:
    """The open escalations of a level (None: the actor's own), waiting ones first; NotFound out of scope."""
    seen, own = _levels(tx, actor), own_level(actor)
    level = _seen_level(level, own, seen)
    counts = _by_level(tx, actor, ESCALATIONS.c.state == "raised")
    return InboxView(
        level,
        Label(*LEVELS[level]),
        level == own,
        tuple((number, Label(*LEVELS[number]), counts[number]) for number in seen),
        _page(tx, actor, level, today, part),
        int(tx.execute(_of_level(actor, level, select(func.count()))).scalar_one()),
    )


def escalation_page(tx: Connection, actor: Actor, level: int | None, *, today: date, part: ListPart) -> Page[InboxRow]:
    """A page of the same escalations, in the order that was asked for."""
    return _page(tx, actor, _seen_level(level, own_level(actor), _levels(tx, actor)), today, part)


def _seen_level(level: int | None, own: int | None, seen: tuple[int, ...]) -> int:
    level = level if level is not None else own or next(iter(seen), 0)
    if level not in seen:
        raise NotFound
    return level


def _of_level(actor: Actor, level: int, statement: Select[Any]) -> Select[Any]:
    return _of(actor, statement).where(ESCALATIONS.c.level == level, still_open())


def _sort_keys() -> Keys:
    return {
        "project": PROJECTS.c.name,
        "code": APPROVALS.c.code,
        "department": looked_up(_UNIT, APPROVALS.c.department_id, shown_name(_UNIT)),
        "state": in_order_of(ESCALATIONS.c.state, ESCALATION.state_names),
        "raised": ESCALATIONS.c.raised_on,
        "due": _DUE,
    }


def open_by_level(tx: Connection, actor: Actor) -> dict[int, int]:
    """The number of escalations in the inbox of each level, also those answered and lifted."""
    counts = _by_level(tx, actor)
    return {level: counts[level] for level in LEVELS}


def _by_level(tx: Connection, actor: Actor, *clauses: ColumnElement[bool]) -> Counter[int]:
    statement = _of(actor, select(ESCALATIONS.c.level, func.count().label("number"))).where(still_open(), *clauses)
    rows = tx.execute(statement.group_by(ESCALATIONS.c.level).order_by(ESCALATIONS.c.level))
    return Counter({row.level: row.number for row in rows})


def _of(actor: Actor, statement: Select[Any]) -> Select[Any]:
    """The statement about escalations, left with those of approvals that the actor may see."""
    return statement.select_from(with_approvals(ESCALATIONS)).where(
        _asked(actor), ESCALATIONS.c.level.in_(LEVELS)
    )  # by the index of levels


def _asked(actor: Actor) -> ColumnElement[bool]:
    """The escalations for a department: its own level, and those for both units of a joint project."""
    if "city" in sees(actor.roles) or not actor.has(JOINT_ROLE):
        return visible_approvals(actor)
    own = and_(APPROVALS.c.department_id == actor.unit_id, ESCALATIONS.c.level == own_level(actor))
    return or_(own, and_(is_joint_of(actor.unit_id), ESCALATIONS.c.level.in_(JOINT_LEVELS)))


def _page(tx: Connection, actor: Actor, level: int, today: date, part: ListPart) -> Page[InboxRow]:
    columns = (*ESCALATIONS.c, _RANK.label("rank"), _DAY.label("day"))
    statement = _of_level(actor, level, select(*columns))
    if part.is_sorted:
        page = sorted_page(tx, statement, _sort_keys(), ESCALATIONS.c.id, part)
        listed = _rows(tx, actor, page.rows, today)
        return page.shown([replace(row, begins=False) for row in listed])  # groups are the own order's
    if part.cursor:
        rank, day, key = read_cursor(part.cursor, (int, str, int))
        last_keys = tuple_(rank, cursor_day(day), key)
        statement = statement.where(tuple_(_RANK, _DAY, ESCALATIONS.c.id) > last_keys)
    rows = tx.execute(statement.order_by(_RANK, _DAY, ESCALATIONS.c.id).limit(part.limit + 1)).all()
    page = page_of(rows, part.limit, "rank", "day", "id")
    return page.shown(_rows(tx, actor, page.rows, today))


def _rows(tx: Connection, actor: Actor, rows: Sequence[Any], today: date) -> list[InboxRow]:
    calendar, groups, inbox_rows = calendar_in_force(tx), set[str](), []
    late = _late(tx, in_order(tx, sorted({row.approval_id for row in rows}), today), today)
    for row in rows:
        rung, approval, group = _rung(row, calendar, today), late[row.approval_id], GROUPS[row.state]
        may_answer = bool(_answers(actor, approval.approval, rung))
        inbox_rows.append(InboxRow(approval, rung, group, group not in groups, may_answer))
        groups.add(group)
    return inbox_rows


def _late(tx: Connection, approvals: list[ApprovalView], today: date) -> dict[int, EscalatedApproval]:
    """The approvals with their clocks, by id."""
    readings, late = readings_of(tx, approvals, today), {}
    units = unit_names(tx, (name for view in approvals for name in (view.department, view.owner)))
    for view in approvals:
        deadlines = dues(readings[view.id])
        late[view.id] = EscalatedApproval(
            approval=view,
            number=load_city().shown_number(view.project),
            department=units[view.department],
            owner=units[view.owner],
            state=state_of(view.item, view.state),
            light=readings[view.id].light,
            promised=deadlines.get("promised"),
            legal=deadlines.get("legal"),
        )
    return late


def _rung(row: Any, calendar: Calendar, today: date) -> EscalationStep:
    owed = {"raised": (ANSWER_BY, row.answer_due_on), "answered": (COMMITTED_TO, row.commitment_on)}
    due_name, due_on = owed.get(row.state, ("", None))
    columns = ("id", "level", "version", "light", "raised_on", "reason", "commitment_on")
    return EscalationStep(
        **{name: getattr(row, name) for name in columns},
        level_name=Label(*LEVELS[row.level]),
        state=ESCALATION.state(row.state),
        due=due_by(due_name, due_on, calendar, today) if due_on else None,
        due_name=due_name,
    )


def _answers(actor: Actor, view: ApprovalView, rung: EscalationStep) -> tuple[Move, ...]:
    """The moves by which the actor answers here, if they are open to them at this level."""
    place = joint_scope(actor, view.place)
    roles = acting_roles(actor, place) & frozenset(answerers(rung.level, actor, place))
    return open_moves(ESCALATION, rung.state.name, roles)


def escalation(
    tx: Connection, ref: str, code: str, level: int, actor: Actor, *, today: date, looked_at: int | None = None
) -> EscalationView:
    """The escalation of this approval at this level; NotFound without one, or when the actor may not see it."""
    view = approval(tx, ref, code, actor, today)
    calendar = calendar_in_force(tx)
    of_round = select(ESCALATIONS).where(ESCALATIONS.c.approval_id == view.id, ESCALATIONS.c.round == view.round)
    rows = tx.execute(of_round.order_by(ESCALATIONS.c.level.desc()))
    rungs = {row.level: _rung(row, calendar, today) for row in rows}
    rung = rungs.get(level)
    may_look = level in levels_for(actor) or (level in JOINT_LEVELS and is_joint(actor, view.place))
    if rung is None or not may_look:
        raise NotFound
    entries = [entry for entry in entries_of_approval(tx, view.id) if entry.subject == ESCALATION.name]
    timeline = describe(tx, entries)
    own = [line for entry, line in zip(entries, timeline, strict=True) if entry.subject_id == rung.id]
    return EscalationView(
        late=_late(tx, [view], today)[view.id],
        rung=rung,
        rungs=tuple(rungs.values()),
        moves=_answers(actor, view, rung),
        days=by_day(timeline),
        meanwhile=tuple(own[looked_at:]) if looked_at else (),
    )


def escalations_of_approval(
    tx: Connection, approval_id: int, calendar: Calendar, today: date
) -> tuple[EscalationStep, ...]:
    """The levels that all rounds of an approval have reached, the latest first."""
    of_approval = select(ESCALATIONS).where(ESCALATIONS.c.approval_id == approval_id)
    rows = tx.execute(of_approval.order_by(ESCALATIONS.c.id.desc()))
    return tuple(_rung(row, calendar, today) for row in rows)
