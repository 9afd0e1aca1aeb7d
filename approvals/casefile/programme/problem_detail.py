"""One problem of the programme: what it holds up, who is asked, what was said, and what may be done."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from approvals.accounts.actors import Actor, acting_roles
from approvals.accounts.queries import UNIT, UnitName
from approvals.casefile.programme.linked_projects import LinkedProject, projects_of_problem
from approvals.casefile.programme.problem_list import ProblemRow, problem_rows
from approvals.history.queries import EntryView, entries_of_case
from approvals.programme.problems.queries import PROBLEMS, problem_case, problem_row, tasks_held
from approvals.programme.queries import ITEMS, chain_of_item, may_see_item
from workflows.charts.model import Move, open_moves
from workflows.charts.problem import PROBLEM
from workflows.config.policy import ProgrammeRules

ANSWER = "answer_problem"


@dataclass(frozen=True, slots=True)
class ProblemDetail:
    """`department` is the unit asked where an order may be issued to it; `sees_item` whether the reader may open it."""

    row: ProblemRow
    projects: tuple[LinkedProject, ...]
    department: UnitName | None
    sees_item: bool
    moves: tuple[Move, ...]
    entries: tuple[EntryView, ...]


def problem_detail(tx: Connection, key: str, actor: Actor, today: date, rules: ProgrammeRules) -> ProblemDetail:
    """The problem at this address; NotFound when there is none that the actor may see."""
    problem = problem_row(tx, key, actor)
    item = tx.execute(select(ITEMS).where(ITEMS.c.id == problem.item_id)).one()
    [row] = problem_rows(tx, PROBLEMS.c.id == problem.id, today, rules)
    return ProblemDetail(
        row=row,
        projects=projects_of_problem(tx, problem.id, actor),
        department=row.asked_unit if _is_department(tx, problem.asked_unit_id) else None,
        sees_item=may_see_item(tx, item, actor),
        moves=problem_moves(tx, problem, item, actor),
        entries=tuple(entries_of_case(tx, chain_of_item(item.id), PROBLEM.name, problem.id)),
    )


def problem_moves(tx: Connection, problem: Any, item: Any, actor: Actor) -> tuple[Move, ...]:
    """The moves that are open to the actor: who is asked answers, the item's and tasks' units do the rest."""
    tasks = tasks_held(tx, problem.id)
    places = {name: problem_case(problem, item, tasks, actor, name).place for name in ("", ANSWER)}
    answering, acting = (acting_roles(actor, places[name]) for name in (ANSWER, ""))
    open_to_all = open_moves(PROBLEM, problem.state, frozenset(answering | acting))
    return tuple(move for move in open_to_all if _is_open(move, problem, answering, acting))


def _is_open(move: Move, problem: Any, answering: frozenset[str], acting: frozenset[str]) -> bool:
    if move.name == ANSWER:
        return problem.asked_at is not None and not answering.isdisjoint(move.by)
    return not acting.isdisjoint(move.by)


def _is_department(tx: Connection, unit_id: int | None) -> bool:
    return tx.execute(select(UNIT.c.kind).where(UNIT.c.id == unit_id)).scalar_one_or_none() == "department"
