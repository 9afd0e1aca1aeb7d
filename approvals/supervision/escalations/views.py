"""Escalations as pages show them: the inbox of each level, and one with all that was said about it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, or_, select, tuple_

from approvals.accounts.actors import Actor, acting_roles, asked_together, is_joint
from approvals.accounts.queries import UnitName
from approvals.accounts.unit_names import unit_names
from approvals.base.errors import NotFound, invalid
from approvals.base.pagination import PAGE, Page, read_cursor, write_cursor
from approvals.base.text_validation import N_
from approvals.calendar.queries import calendar_in_force
from approvals.filing.queries import TABLE, has_joint, is_joint_of
from approvals.history.queries import entries_of_approval
from approvals.history.timeline import EntryDescription, TimelineDay, by_day, tell
from approvals.registration.queries import APPROVALS, visible_approvals
from approvals.supervision.escalations.answers import JOINT_LEVELS, answerers
from approvals.supervision.queries import ESCALATIONS, OPEN_STATES, still_open
from approvals.windows.clocks import Due, due_by, dues, readings_of
from approvals.windows.queries import ApprovalView, approval, in_order
from workflows.charts.approval import APPROVAL
from workflows.charts.escalation import ESCALATION
from workflows.charts.model import Move, State, open_moves
from workflows.charts.roles import JOINT_ROLE, LEVEL_ROLES, LEVELS, sees
from workflows.clock.calendar import Calendar
from workflows.clock.reading import Reading
from workflows.config.city import load_city
from workflows.label import Label
from workflows.rules.escalation_rules import TOP

GROUPS = {"raised": N_("Waiting for an answer"), "answered": N_("Answered"), "lifted": N_("Gone up a level")}
ANSWER_BY, COMMITTED_TO = N_("Answer by"), N_("Committed to")
_RANKS = {state: rank for rank, state in enumerate(OPEN_STATES)}
_RANK = case(_RANKS, value=ESCALATIONS.c.state)
_DAY = case(
    (ESCALATIONS.c.state == "raised", ESCALATIONS.c.answer_due_on),
    (ESCALATIONS.c.state == "answered", ESCALATIONS.c.commitment_on),
    else_=ESCALATIONS.c.raised_on,
)


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
    due: Due | None
    due_name: str
    reason: str
    commitment_on: date | None

    @property
    def goes_up(self) -> bool:
        """Whether there is a level above."""
        return self.level < TOP


@dataclass(frozen=True, slots=True)
class Late:
    """The approval that an escalation is about, with its clock of today."""

    approval: ApprovalView
    number: str
    department: UnitName
    owner: UnitName
    state: State
    light: str | None
    promised: Due | None
    legal: Due | None

    @property
    def ref(self) -> dict[str, str]:
        return {"project": self.approval.project, "code": self.approval.code}


@dataclass(frozen=True, slots=True)
class InboxRow:
    late: Late
    rung: EscalationStep
    group: str  # a msgid
    begins: bool  # whether it is the first of its group on this page
    may_answer: bool


@dataclass(frozen=True, slots=True)
class InboxView:
    """What stands at one level; `levels` are those that the reader may look at, each with what waits there."""

    level: int
    level_name: Label
    is_own: bool
    levels: tuple[tuple[int, Label, int], ...]
    page: Page[InboxRow]


@dataclass(frozen=True, slots=True)
class EscalationView:
    """One escalation; `moves` are the answers that the reader may give, `rungs` all levels that were reached."""

    late: Late
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
    """The same, and for the heads of the units of joint projects the levels at which both are asked."""
    seen = levels_for(actor)
    return JOINT_LEVELS if len(seen) == 1 and has_joint(tx, actor) else seen


def waiting(tx: Connection, actor: Actor, now: datetime) -> int:
    """How many escalations wait for an answer at the actor's own level."""
    return _waiting(tx, actor).get(own_level(actor) or 0, 0)


def inbox(tx: Connection, actor: Actor, level: int | None, *, today: date, cursor: str = "") -> InboxView:
    """What stands at a level (None: the actor's own), what waits first; NotFound for a level not theirs to see."""
    seen, own = _levels(tx, actor), own_level(actor)
    level = level if level is not None else own or next(iter(seen), 0)
    if level not in seen:
        raise NotFound
    counts = _waiting(tx, actor)
    return InboxView(
        level,
        Label(*LEVELS[level]),
        level == own,
        tuple((number, Label(*LEVELS[number]), counts.get(number, 0)) for number in seen),
        _page(tx, actor, level, today, cursor),
    )


def _waiting(tx: Connection, actor: Actor) -> dict[int, int]:
    statement = _of(actor, select(ESCALATIONS.c.level, func.count().label("number")))
    statement = statement.where(ESCALATIONS.c.state == "raised", still_open()).group_by(ESCALATIONS.c.level)
    return {row.level: row.number for row in tx.execute(statement.order_by(ESCALATIONS.c.level))}


def open_by_level(tx: Connection, actor: Actor) -> dict[int, int]:
    """How many escalations the inbox of each level holds in all, those answered and lifted among them."""
    statement = _of(actor, select(ESCALATIONS.c.level, func.count().label("number"))).where(still_open())
    rows = tx.execute(statement.group_by(ESCALATIONS.c.level).order_by(ESCALATIONS.c.level))
    return dict.fromkeys(LEVELS, 0) | {row.level: row.number for row in rows}


def _of(actor: Actor, statement: Select[Any]) -> Select[Any]:
    """The statement about escalations, left with those of approvals that the actor may see."""
    tables = ESCALATIONS.join(APPROVALS, APPROVALS.c.id == ESCALATIONS.c.approval_id).join(
        TABLE, TABLE.c.id == APPROVALS.c.project_id
    )
    return statement.select_from(tables).where(_asked(actor), ESCALATIONS.c.level.in_(LEVELS))  # by the index of levels


def _asked(actor: Actor) -> ColumnElement[bool]:
    """Of somebody who sees by department: their own level, and what both units of a joint project are asked."""
    if "city" in sees(actor.roles) or not actor.has(JOINT_ROLE):
        return visible_approvals(actor)
    own = and_(APPROVALS.c.department_id == actor.unit_id, ESCALATIONS.c.level == own_level(actor))
    return or_(own, and_(is_joint_of(actor.unit_id), ESCALATIONS.c.level.in_(JOINT_LEVELS)))


def _page(tx: Connection, actor: Actor, level: int, today: date, cursor: str) -> Page[InboxRow]:
    columns = (*ESCALATIONS.c, _RANK.label("rank"), _DAY.label("day"))
    statement = _of(actor, select(*columns)).where(ESCALATIONS.c.level == level, still_open())
    if cursor:
        statement = statement.where(_after(cursor))
    rows = tx.execute(statement.order_by(_RANK, _DAY, ESCALATIONS.c.id).limit(PAGE + 1)).all()
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return Page(_rows(tx, actor, rows[:PAGE], today), write_cursor(last.rank, last.day, last.id) if last else None)


def _after(cursor: str) -> ColumnElement[bool]:
    rank, day, key = read_cursor(cursor, (int, str, int))
    try:
        return tuple_(_RANK, _DAY, ESCALATIONS.c.id) > tuple_(rank, date.fromisoformat(str(day)), key)
    except ValueError:
        raise invalid("cursor", N_("is not a cursor of this list")) from None


def _rows(tx: Connection, actor: Actor, rows: Iterable[Any], today: date) -> list[InboxRow]:
    rows, calendar = list(rows), calendar_in_force(tx)
    approvals = in_order(tx, sorted({row.approval_id for row in rows}), today)
    late = {one.approval.id: one for one in _late(tx, approvals, today)}
    shown, groups = [], set[str]()
    for row in rows:
        rung, one = _rung(row, calendar, today), late[row.approval_id]
        group = GROUPS[row.state]
        shown.append(InboxRow(one, rung, group, group not in groups, bool(_answers(actor, one.approval, rung))))
        groups.add(group)
    return shown


def _late(tx: Connection, approvals: list[ApprovalView], today: date) -> list[Late]:
    readings = readings_of(tx, approvals, today)
    units = unit_names(tx, (name for view in approvals for name in (view.department, view.owner)))
    return [_late_view(view, readings[view.id], units) for view in approvals]


def _late_view(view: ApprovalView, reading: Reading, units: Mapping[str, UnitName]) -> Late:
    dues_by_name = dues(reading)
    return Late(
        view,
        load_city().shown_number(view.project),
        units[view.department],
        units[view.owner],
        APPROVAL.state(view.state),
        reading.light,
        dues_by_name.get("promised"),
        dues_by_name.get("legal"),
    )


def _rung(row: Any, calendar: Calendar, today: date) -> EscalationStep:
    due_name, due_on = _owed(row)
    return EscalationStep(
        row.id,
        row.level,
        Label(*LEVELS[row.level]),
        ESCALATION.state(row.state),
        row.version,
        row.light,
        row.raised_on,
        due_by(due_name, due_on, calendar, today) if due_on else None,
        due_name,
        row.reason,
        row.commitment_on,
    )


def _owed(row: Any) -> tuple[str, date | None]:
    if row.state == "raised":
        return ANSWER_BY, row.answer_due_on
    return (COMMITTED_TO, row.commitment_on) if row.state == "answered" else ("", None)


def _answers(actor: Actor, view: ApprovalView, rung: EscalationStep) -> tuple[Move, ...]:
    """The moves by which the actor answers here, if they are open to them at this level."""
    place = asked_together(actor, view.place)
    roles = acting_roles(actor, place) & frozenset(answerers(rung.level, actor, place))
    return open_moves(ESCALATION, rung.state.name, roles)


def escalation(
    tx: Connection, ref: str, code: str, level: int, actor: Actor, *, today: date, looked_at: int | None = None
) -> EscalationView:
    """The escalation of this approval at this level; NotFound without one, or when the actor may not see it."""
    view = approval(tx, ref, code, actor, today)
    rungs = _rungs(tx, view, today)
    rung = next((one for one in rungs if one.level == level), None)
    may_look = level in levels_for(actor) or (level in JOINT_LEVELS and is_joint(actor, view.place))
    if rung is None or not may_look:
        raise NotFound
    entries = [one for one in entries_of_approval(tx, view.id) if one.subject == ESCALATION.name]
    timeline = tell(tx, entries)
    own_timeline = [description for entry, description in zip(entries, timeline, strict=True) if entry.subject_id == rung.id]
    return EscalationView(
        late=_late(tx, [view], today)[0],
        rung=rung,
        rungs=tuple(rungs),
        moves=_answers(actor, view, rung),
        days=by_day(timeline),
        meanwhile=tuple(own_timeline[looked_at:]) if looked_at else (),
    )


def _rungs(tx: Connection, view: ApprovalView, today: date) -> list[EscalationStep]:
    """The levels that the current round has reached, the highest first."""
    calendar = calendar_in_force(tx)
    of_round = select(ESCALATIONS).where(ESCALATIONS.c.approval_id == view.id, ESCALATIONS.c.round == view.round)
    return [_rung(row, calendar, today) for row in tx.execute(of_round.order_by(ESCALATIONS.c.level.desc()))]
