"""The problems of items that were open at the close of any past day, by the words on them."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, or_, select

from approvals.base.moments import end_of
from approvals.programme.problems.queries import OF_TASKS, PROBLEMS, WORDS, problem_ref
from approvals.programme.problems.stale import CLOSING
from approvals.programme.queries import ITEMS, TASKS


@dataclass(frozen=True, slots=True)
class OpenProblem:
    """A problem that was open, and who was asked by then; `number` is its own under `item_no`."""

    ref: str
    item_no: str
    number: int
    text: str
    since_on: date
    asked_of: str


def open_problems(tx: Connection, item_ids: Collection[int], known: date) -> dict[int, list[OpenProblem]]:
    """The problems that held up these items at the close of a day, those that last the longest first."""
    ids = list(item_ids)
    rows = tx.execute(
        select(PROBLEMS, ITEMS.c.year, ITEMS.c.item_no, TASKS.c.item_id.label("held_id"))
        .join(ITEMS, ITEMS.c.id == PROBLEMS.c.item_id)
        .outerjoin(OF_TASKS, OF_TASKS.c.problem_id == PROBLEMS.c.id)
        .outerjoin(TASKS, TASKS.c.id == OF_TASKS.c.task_id)
        .where(or_(PROBLEMS.c.item_id.in_(ids), TASKS.c.item_id.in_(ids)))
        .order_by(PROBLEMS.c.since_on, PROBLEMS.c.id)
    ).all()
    states = _states(tx, {row.id for row in rows}, known)
    found: dict[int, list[OpenProblem]] = defaultdict(list)
    for row in rows:
        is_open, asked_of = states.get(row.id, (False, ""))
        problem = OpenProblem(problem_ref(row, row.number), row.item_no, row.number, row.text, row.since_on, asked_of)
        for item_id in {row.item_id, row.held_id} & set(ids) if is_open else ():
            if problem not in found[item_id]:
                found[item_id].append(problem)
    return found


def _states(tx: Connection, problem_ids: Collection[int], known: date) -> dict[int, tuple[bool, str]]:
    """Whether each problem was open at the close of this day, and who was asked last."""
    said = WORDS.c.problem_id.in_(list(problem_ids)), WORDS.c.said_at <= end_of(known)
    states: dict[int, tuple[bool, str]] = {}
    for row in tx.execute(select(WORDS).where(*said).order_by(WORDS.c.id)):
        before = states.get(row.problem_id, (True, ""))[1]
        states[row.problem_id] = row.move not in CLOSING, row.asked_of or before
    return states
