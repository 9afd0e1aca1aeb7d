"""Queries on escalations, cards and what is due, and their subjects in the history."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Connection, Join, Row, Select, Table, and_, bindparam, exists, or_, select

from approvals.accounts.queries import UNIT, UnitName
from approvals.base.errors import invalid
from approvals.base.i18n import N_
from approvals.base.pagination import Page
from approvals.base.prepared import Prepared
from approvals.base.tables import table_of
from approvals.filing.queries import TABLE as PROJECTS
from approvals.history.record import Subject
from approvals.registration.queries import APPROVALS, WITH_PROJECT, approval_ref, approval_scope
from approvals.supervision.tables import STILL_LIFTS, Card, Escalation, MonthWord, SweepRun
from workflows.charts.approval import APPROVAL
from workflows.charts.card import CARD
from workflows.charts.escalation import ESCALATION
from workflows.charts.model import Chart
from workflows.rules.escalation_rules import EscalationLevel

ESCALATIONS: Table = table_of(Escalation)
CARDS: Table = table_of(Card)
WORDS: Table = table_of(MonthWord)
SWEEPS: Table = table_of(SweepRun)
OPEN_STATES = ("raised", "answered", "lifted")
MAY_LIFT = ("raised", "answered")


def still_open() -> ColumnElement[bool]:
    """Whether an escalation is open: its approval's round goes on, even if the sweep has not closed it yet."""
    goes_on = APPROVALS.c.state.not_in(APPROVAL.final_states), APPROVALS.c.round == ESCALATIONS.c.round
    return and_(ESCALATIONS.c.state.in_(OPEN_STATES), *goes_on)


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FilteredList(Generic[T]):
    """The rows that the reader may see; `departments` are those to choose from, none for a window."""

    page: Page[T]
    total: int
    departments: tuple[UnitName, ...]
    narrowing: Mapping[str, str]


def with_approvals(table: Table) -> Join:
    """This table of approvals, joined with the approvals and their projects."""
    approvals = table.join(APPROVALS, APPROVALS.c.id == table.c.approval_id)
    return approvals.join(PROJECTS, PROJECTS.c.id == APPROVALS.c.project_id)


def units_among(tx: Connection, ids: Select[tuple[int]]) -> tuple[UnitName, ...]:
    """The names of the units with these ids, by id: the choices of a list's filter."""
    rows = tx.execute(select(UNIT.c.name, UNIT.c.name_en).where(UNIT.c.id.in_(ids)).order_by(UNIT.c.id))
    return tuple(UnitName(row.name, row.name_en) for row in rows)


def cursor_day(key: object) -> date:
    """The day in a cursor; Invalid when it is none of ours."""
    try:
        return date.fromisoformat(str(key))
    except ValueError:
        raise invalid("cursor", N_("is not a cursor of this list")) from None


_OF_PROJECT = Prepared(
    select(ESCALATIONS)
    .where(ESCALATIONS.c.project_id == bindparam("project_id"))
    .order_by(ESCALATIONS.c.approval_id, ESCALATIONS.c.round, ESCALATIONS.c.level)
)
_STILL_OPEN = exists().where(
    ESCALATIONS.c.approval_id == APPROVALS.c.id, or_(*(ESCALATIONS.c.state == state for state in OPEN_STATES))
)
_DUE = Prepared(
    WITH_PROJECT.where(APPROVALS.c.project_id == bindparam("project_id"))
    .where((APPROVALS.c.alarm_on <= bindparam("day")) | _STILL_OPEN)
    .order_by(APPROVALS.c.code)
)


def due_projects(tx: Connection, day: date) -> list[int]:
    """The projects of which something is due by the close of `day`: found by index, in order of their ids.

    What a decision, a withdrawal or a new round leaves open is alarmed by it (`calendar.queries.stored_days`).
    """
    return sorted({row.project_id for statement in due_statements(day) for row in tx.execute(statement)})


def due_statements(day: date) -> tuple[Select[tuple[int]], ...]:
    """Statements for the projects of which something is due; their cost follows what is due, not what exists.

    They are run one by one: as a UNION, SQLite would merge two walks over all projects.
    """
    alarmed = select(APPROVALS.c.project_id).where(APPROVALS.c.alarm_on <= day).order_by(APPROVALS.c.alarm_on)
    lifting = select(ESCALATIONS.c.project_id).where(ESCALATIONS.c.lift_on <= day, STILL_LIFTS)
    owing = select(APPROVALS.c.project_id).join(PROJECTS, PROJECTS.c.id == APPROVALS.c.project_id)
    owing = owing.where(APPROVALS.c.owed_alarm_on <= day, PROJECTS.c.state != "withdrawn")
    checked = select(APPROVALS.c.project_id).join(PROJECTS, PROJECTS.c.id == APPROVALS.c.project_id)
    checked = checked.where(APPROVALS.c.check_alarm_on <= day, PROJECTS.c.state != "withdrawn")
    of_promises = owing.order_by(APPROVALS.c.owed_alarm_on), checked.order_by(APPROVALS.c.check_alarm_on)
    return alarmed, lifting.order_by(ESCALATIONS.c.lift_on), *of_promises


def due_acceptances(tx: Connection, day: date) -> list[int]:
    """The projects with an application that is deemed accepted by the close of `day`."""
    is_silent = APPROVALS.c.state == "received", APPROVALS.c.notice_due_on < day
    statement = select(APPROVALS.c.project_id).where(*is_silent).distinct().order_by(APPROVALS.c.project_id)
    return [row.project_id for row in tx.execute(statement)]


def escalations_of(tx: Connection, project_id: int) -> list[Row[Any]]:
    """All escalations of a project, by approval, round and level."""
    return _OF_PROJECT.rows(tx, {"project_id": project_id})


def approvals_due(tx: Connection, project_id: int, day: date) -> list[Row[Any]]:
    """The approvals of a project that the sweep must look at: alarmed by `day`, or with an escalation still open."""
    return _DUE.rows(tx, {"project_id": project_id, "day": day})


def rungs_of(rows: list[Row[Any]], round_: int) -> dict[int, EscalationLevel]:
    """The levels that an approval, whose escalations are `rows`, has reached in this round."""
    return {
        row.level: EscalationLevel(row.level, row.state, row.light, row.raised_on, row.answer_due_on, row.lift_on)
        for row in rows
        if row.round == round_
    }


_CARDS_OF = Prepared(
    select(CARDS).where(CARDS.c.approval_id == bindparam("approval_id")).order_by(CARDS.c.round, CARDS.c.id)
)


def cards_of(tx: Connection, approval_id: int) -> list[Row[Any]]:
    """All cards of an approval, by round, in the order in which they were shown."""
    return _CARDS_OF.rows(tx, {"approval_id": approval_id})


def card_at(tx: Connection, approval_id: int, key: str) -> Row[Any] | None:
    """The card of this rule in the last round that has one, or as in `promised-1` in that round; None without one."""
    rows = [row for row in cards_of(tx, approval_id) if key in (row.rule, f"{row.rule}-{row.round}")]
    return rows[-1] if rows else None


def card_case(card: Any, approval: Any) -> Subject:
    """The card of this approval as history sees it."""
    return _case(CARD, CARDS, card, approval, 0)


def escalation_case(escalation: Any, approval: Any) -> Subject:
    """The escalation of this approval as history sees it."""
    return _case(ESCALATION, ESCALATIONS, escalation, approval, escalation.level)


def _case(chart: Chart, table: Table, row: Any, approval: Any, level: int) -> Subject:
    place, ref = approval_scope(approval), approval_ref(approval)
    return Subject(chart, table, row.id, row.state, row.version, place, ref, approval.id, row.round, level)
