"""What other moves do to problems: a report speaks of them, an item that ends settles them, an order comes of one."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, select

from approvals.accounts.actors import SYSTEM_ACTOR, Actor
from approvals.base.errors import invalid
from approvals.base.i18n import N_
from approvals.base.text_folding import fold
from approvals.history.commands import Command
from approvals.history.record import OpenChain, recording
from approvals.programme.problems.actions import WORD, ProblemEffect, begin_problem, make_move, word_facts
from approvals.programme.problems.queries import (
    OF_TASKS,
    PROBLEMS,
    WORDS,
    locked_problem,
    problem_case,
    task_rows,
    tasks_held,
)
from approvals.programme.queries import TASKS, record_of_item
from workflows.charts.model import SYSTEM

UNSAID = "other"  # the kind of a problem that nobody has sorted yet
WITH_ITEM, ORDERED = "close_with_item", "turn_into_order"
Facts = Mapping[str, Any]


def take_problems(record: OpenChain, item: Any, task_id: int, facts: Facts, by: Actor, role: str) -> None:
    """Each of `problem_words` is a word on the open problem of its number, each of the texts a word on the one of which
    it was said before, else a new problem of the task. Invalid for a number that is no open problem of the task."""
    texts, words = facts.get("problems") or (), facts.get("problem_words") or ()
    if not texts and not words:
        return
    held = select(OF_TASKS.c.problem_id).where(OF_TASKS.c.task_id == task_id)
    open_problems = _open(record.tx, item.id, held)
    for index, word in enumerate(words):
        problem = next((row for row in open_problems if row.number == word["problem"]), None)
        if problem is None:
            raise invalid(f"problem_words.{index}.problem", N_("is not an open problem of this task"))
        text = (word.get("text") or "").strip()
        _say(record, item, problem.id, word_facts({"text": text}), by, role)
    said = _said(record.tx, [row.id for row in open_problems])
    for key, text in {fold(text): text for text in texts}.items():
        if key in said:
            _say(record, item, said[key], {"text": text}, by, role)
        else:
            tasks = task_rows(record.tx, TASKS.c.id == task_id)
            begin_problem(record, item, tasks, {"text": text, "kind": UNSAID}, by, role)


def _open(tx: Connection, item_id: int, ids: Any = None) -> list[Any]:
    """The open problems in the chain of an item; `ids` narrows them."""
    query = select(PROBLEMS).where(PROBLEMS.c.item_id == item_id, PROBLEMS.c.state == "open")
    return list(tx.execute((query if ids is None else query.where(PROBLEMS.c.id.in_(ids))).order_by(PROBLEMS.c.id)))


def _said(tx: Connection, problem_ids: Iterable[int]) -> dict[str, int]:
    """The problem of which each text was said, the latest one of several."""
    query = select(WORDS.c.problem_id, WORDS.c.text).where(WORDS.c.problem_id.in_(list(problem_ids)))
    return {fold(row.text): row.problem_id for row in tx.execute(query.order_by(WORDS.c.id)) if row.text}


def _say(record: OpenChain, item: Any, problem_id: int, facts: Facts, by: Actor, role: str, name: str = WORD) -> None:
    """The row is read afresh: a report may speak of one problem twice."""
    problem = record.tx.execute(select(PROBLEMS).where(PROBLEMS.c.id == problem_id)).one()
    case = problem_case(problem, item, tasks_held(record.tx, problem_id), by, name)
    changes = {"order_ref": facts["order"]} if name == ORDERED else {}
    make_move(record, case, name, by, role, ProblemEffect(facts, changes))


def close_with_item(record: OpenChain, item: Any) -> None:
    """Settle the open problems of an item that is done or dropped, but for those that hold up another item too."""
    for problem in _open(record.tx, item.id):
        if all(task.item_id == item.id for task in tasks_held(record.tx, problem.id)):
            _say(record, item, problem.id, {}, SYSTEM_ACTOR, SYSTEM, WITH_ITEM)


def note_order(tx: Connection, command: Command, order_ref: str) -> None:
    """The order that was issued about a problem stands with it, in its own chain."""
    item, problem = locked_problem(tx, command.ref.key, command.actor)
    with recording(tx, *record_of_item(item), at=command.at, now=command.now) as record:
        _say(record, item, problem.id, {"order": order_ref}, SYSTEM_ACTOR, SYSTEM, ORDERED)
