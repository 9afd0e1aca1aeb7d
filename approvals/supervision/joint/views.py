"""Joint projects as pages and API show them: the two responsible units, and the words of the months."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, select

from approvals.accounts.actors import Actor, is_joint, joint_scope
from approvals.accounts.actors import acting_roles as roles_at
from approvals.accounts.queries import UNIT, UnitName
from approvals.base.moments import Month, day_of, month_of, read_month
from approvals.base.pagination import PAGE, Page, read_cursor, write_cursor
from approvals.calendar.queries import calendar_in_force
from approvals.filing.queries import TABLE, is_joint_of, ref_of, visible_projects
from approvals.filing.views import ProjectView, open_to, project
from approvals.history.record import ENTRY
from approvals.registration.lights import WITH_A_LIGHT
from approvals.supervision.joint.actions import responsible_units
from approvals.supervision.joint.monthly_words import SIGN, joint_since
from approvals.supervision.queries import WORDS, escalations_of
from approvals.windows.queries import ApprovalView, approvals_of_project
from workflows.charts.model import Move, State, open_moves
from workflows.charts.project import PROJECT
from workflows.charts.word import WORD
from workflows.clock.calendar import Calendar
from workflows.config.city import load_city
from workflows.rules.escalation_rules import TOP

UnitNames = Mapping[int, UnitName]  # by id
MOVES = ("manage_jointly", "end_joint")
SIGNED_BY = 5  # working days of the next month, within which both units sign


@dataclass(frozen=True, slots=True)
class WordView:
    """One word: `moves` are those open to the reader; `signer` is None as long as the other unit has not signed."""

    month: str
    text: str
    state: State
    version: int
    writer: UnitName
    signer: UnitName | None
    since: datetime
    moves: tuple[Move, ...]


@dataclass(frozen=True, slots=True)
class Raisable:
    """An approval that may be escalated by hand: to which level it would be."""

    approval: ApprovalView
    level: int


@dataclass(frozen=True, slots=True)
class JointPage:
    """One project: its two units (none when it is not joint), what is missing, and what the reader may do."""

    project: ProjectView
    units: tuple[UnitName, ...]
    since: datetime | None
    missing: tuple[str, ...]
    words: Page[WordView]
    moves: tuple[Move, ...]
    choices: tuple[UnitName, ...]
    unwritten: tuple[str, ...]
    raisable: tuple[Raisable, ...]


@dataclass(frozen=True, slots=True)
class JointRow:
    """A joint project in the list: the word of this month and of the last one, and the months still owed."""

    ref: str
    shown_number: str | None
    name: str
    is_key: bool
    is_urgent: bool
    is_practical_matter: bool
    state: State
    units: tuple[UnitName, UnitName]
    words: tuple[tuple[str, State | None], ...]
    missing: tuple[str, ...]


def joint_projects(tx: Connection, actor: Actor, *, today: date, missing: bool = False) -> list[JointRow]:
    """The joint projects that the actor may see, the newest first; with `missing` those that owe a month's word."""
    statement = select(TABLE).where(TABLE.c.joint_first_id.is_not(None), visible_projects(actor))
    rows = tx.execute(statement.order_by(TABLE.c.id.desc())).all()  # few: for what is urgent and hard
    return [view for view in _rows(tx, rows, today) if view.missing or not missing]


def owed_words(tx: Connection, actor: Actor, today: date) -> list[JointRow]:
    """The joint projects of the actor's unit that owe a monthly word."""
    mine = TABLE.c.joint_first_id > 0, is_joint_of(actor.unit_id)  # a range, found by index
    rows = tx.execute(select(TABLE).where(*mine).order_by(TABLE.c.joint_first_id, TABLE.c.id)).all()
    return [view for view in _rows(tx, rows, today) if view.missing]


def _rows(tx: Connection, rows: Sequence[Any], today: date) -> list[JointRow]:
    if not rows:
        return []
    ids = [row.id for row in rows]
    states, since = _states(tx, ids), _since(tx, ids)
    names, calendar = _names(tx), calendar_in_force(tx)
    words: dict[str, State] = {state.name: state for state in WORD.states}
    months = (str(month_of(today)), str(month_of(today).previous))
    return [
        JointRow(
            ref=ref_of(row),
            shown_number=load_city().shown_number(row.number) if row.number else None,
            **{name: getattr(row, name) for name in ("name", "is_key", "is_urgent", "is_practical_matter")},
            state=PROJECT.state(row.state),
            units=(names[row.joint_first_id], names[row.joint_second_id]),
            words=tuple((month, words.get(states[row.id].get(month, ""))) for month in months),
            missing=_missing(row, since[row.id], states[row.id], calendar, today),
        )
        for row in rows
    ]


def _states(tx: Connection, ids: list[int]) -> dict[int, dict[str, str]]:
    """The state of each month's word, by project."""
    states: dict[int, dict[str, str]] = defaultdict(dict)
    for row in tx.execute(select(WORDS).where(WORDS.c.project_id.in_(ids)).order_by(WORDS.c.id)):
        states[row.project_id][row.month] = row.state
    return states


def _since(tx: Connection, ids: list[int]) -> dict[int, datetime]:
    begun = ENTRY.c.subject == PROJECT.name, ENTRY.c.move == MOVES[0]
    statement = select(ENTRY.c.project_id, func.max(ENTRY.c.at).label("at"))
    statement = statement.where(ENTRY.c.project_id.in_(ids), *begun).group_by(ENTRY.c.project_id)
    return {row.project_id: row.at for row in tx.execute(statement.order_by(ENTRY.c.project_id))}


def _names(tx: Connection) -> dict[int, UnitName]:
    rows = tx.execute(select(UNIT.c.id, UNIT.c.name, UNIT.c.name_en).order_by(UNIT.c.id))
    return {row.id: UnitName(row.name, row.name_en) for row in rows}


# Months that are owed a word.


def owed_months(since: date, until: date) -> list[Month]:
    """The months that are owed a word by projects that were joint from the one day to the other, the newest first."""
    months, month = [], month_of(until)
    while month.last_on >= since:
        months.append(month)
        month = month.previous
    return months


def is_overdue(month: Month, calendar: Calendar, today: date) -> bool:
    """Whether the working days of the next month within which both units sign are over."""
    return today > signed_by(month, calendar)


def signed_by(month: Month, calendar: Calendar) -> date:
    """The day by which both units sign the word of a month."""
    return calendar.nth_working_day_after(month.last_on, SIGNED_BY)


def _missing(
    project: Any, since: datetime, states: Mapping[str, str], calendar: Calendar, today: date
) -> tuple[str, ...]:
    is_over = project.state in PROJECT.final_states
    until = min(today, day_of(project.state_since)) if is_over else today
    owed = [month for month in owed_months(day_of(since), until) if states.get(str(month)) != "signed"]
    return tuple(str(month) for month in reversed(owed) if is_overdue(month, calendar, today))


# One project.


def joint_page(tx: Connection, ref: str, actor: Actor, *, now: datetime, cursor: str = "") -> JointPage:
    """The double management of one project; NotFound for what the actor may not see."""
    view, today = project(tx, ref, actor), day_of(now)
    units, names = view.place.joint_units, _names(tx)
    since = joint_since(tx, view.id) if units else None
    states = _states(tx, [view.id])[view.id]
    is_mine = is_joint(actor, view.place)
    owed = owed_months(day_of(since), today) if since and is_mine else []
    unwritten = [str(month) for month in owed if str(month) not in states]
    return JointPage(
        project=view,
        units=tuple(names[unit] for unit in units),
        since=since,
        missing=_missing(view, since, states, calendar_in_force(tx), today) if since else (),
        words=words_of_project(tx, view, actor, cursor, names=names),
        moves=tuple(move for move in open_to(view, actor) if move.name == MOVES[bool(units)]),
        choices=tuple(UnitName(unit.name, unit.name_en) for unit in responsible_units(tx, now)),
        unwritten=tuple(unwritten),
        raisable=_raisable(tx, view, today) if is_mine else (),
    )


def words_of_project(
    tx: Connection, view: ProjectView, actor: Actor, cursor: str = "", limit: int = PAGE, names: UnitNames | None = None
) -> Page[WordView]:
    """The words on a project that the actor sees, the newest month first; `names` are those of units, if at hand."""
    names = names or _names(tx)
    statement = select(WORDS).where(WORDS.c.project_id == view.id)
    if cursor:
        statement = statement.where(WORDS.c.month < read_cursor(cursor, (str,))[0])
    rows = tx.execute(statement.order_by(WORDS.c.month.desc()).limit(limit + 1)).all()
    words = [_word(row, view, actor, names) for row in rows[:limit]]
    return Page(words, write_cursor(words[-1].month) if len(rows) > limit else None)


def word_of_project(tx: Connection, view: ProjectView, actor: Actor, month: str) -> WordView:
    """The word of this month, for a caller that knows of it."""
    row = tx.execute(select(WORDS).where(WORDS.c.project_id == view.id, WORDS.c.month == str(read_month(month)))).one()
    return _word(row, view, actor, _names(tx))


def _word(row: Any, view: ProjectView, actor: Actor, names: UnitNames) -> WordView:
    moves = open_moves(WORD, row.state, roles_at(actor, joint_scope(actor, view.place)))
    may_sign = row.written_unit_id != actor.unit_id and row.written_unit_id in view.place.joint_units
    return WordView(
        month=row.month,
        text=row.text,
        state=WORD.state(row.state),
        version=row.version,
        writer=names[row.written_unit_id],
        signer=names[row.signed_unit_id] if row.signed_unit_id else None,
        since=row.state_since,
        # A unit does not sign its own text a second time.
        moves=tuple(move for move in moves if may_sign or move.name != SIGN) if is_joint(actor, view.place) else (),
    )


def _raisable(tx: Connection, view: ProjectView, today: date) -> tuple[Raisable, ...]:
    """The approvals that are accepted and not decided, and that have not reached the top."""
    if view.number is None:
        return ()
    levels: dict[tuple[int, int], int] = defaultdict(int)
    for row in escalations_of(tx, view.id):
        levels[row.approval_id, row.round] = max(levels[row.approval_id, row.round], row.level)
    return tuple(
        Raisable(approval, levels[approval.id, approval.round] + 1)
        for approval in approvals_of_project(tx, view.id, today)
        if approval.state in WITH_A_LIGHT and levels[approval.id, approval.round] < TOP
    )
