"""Problems of the programme, what they hold up, and each word on them: every row follows from the history."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from types import SimpleNamespace
from typing import Any

import orjson
from sqlalchemy import Connection, Table, select

from approvals.history.queries import Violation
from approvals.history.record import ENTRY
from approvals.integrity.history import row_violations
from approvals.integrity.programme_replay import KnownNames, names_of
from approvals.programme.problems.actions import RAISE, SPOKEN, asked_of, name_of
from approvals.programme.problems.queries import OF_PROJECTS, OF_TASKS, PROBLEMS, WORDS, task_rows
from approvals.programme.queries import TASKS
from workflows.charts.problem import PROBLEM

Facts = Mapping[str, Any]
Columns = dict[str, Any]
_DAYS = {"since": "since_on", "expected_on": "expected_on"}
_HELD = {"tasks": "tasks", "projects": "projects"}


def problems_follow_from_history(tx: Connection) -> Iterator[Violation]:
    """Columns of each problem, its tasks and projects, and the words on it in their order."""
    names = names_of(tx)
    yield from row_violations("problem", _recorded(tx, names), {row.id: row for row in _stored(tx, names)})


def _recorded(tx: Connection, names: KnownNames) -> dict[int, Columns]:
    problems: dict[int, Columns] = {}
    query = select(ENTRY).where(ENTRY.c.subject == PROBLEM.name).order_by(ENTRY.c.project_id, ENTRY.c.seq)
    for row in tx.execute(query):
        facts = orjson.loads(row.facts)
        if row.move == RAISE:
            problems[row.subject_id] = _begun(row, facts)
        columns = problems[row.subject_id]
        _change(columns, row, facts, names)
        if row.move in SPOKEN:
            word = row.move, facts.get(SPOKEN[row.move]) or "", asked_of(facts), row.actor, row.at
            columns |= {"said_at": row.at, "words": (*columns["words"], word)}
    return problems


def _begun(row: Any, facts: Facts) -> Columns:
    return {
        "item_id": -row.project_id,
        "number": facts["problem"],
        "text": facts["text"],
        "expected_on": None,
        **dict.fromkeys(("asked_unit_id", "asked_at", "answered_at")),
        **dict.fromkeys(("asked_office", "asked", "order_ref"), ""),
        **dict.fromkeys(("tasks", "projects", "words"), ()),
    }


def _change(columns: Columns, row: Any, facts: Facts, names: KnownNames) -> None:
    """What a move changes, by what its facts hold."""
    if facts.get("kind"):
        columns["kind"] = facts["kind"]
    columns |= {column: date.fromisoformat(facts[name]) for name, column in _DAYS.items() if facts.get(name)}
    columns |= {name: tuple(sorted(set(facts[name]))) for name in _HELD if facts.get(name)}
    if facts.get("asked"):
        columns |= {"asked_unit_id": names.units.get(facts.get("asked_unit") or ""), "asked": facts["asked"]}
        columns |= {"asked_office": facts.get("asked_office") or "", "asked_at": row.at, "answered_at": None}
        columns["order_ref"] = ""
    if row.move == "answer_problem":
        columns["answered_at"] = row.at
    columns["order_ref"] = facts.get("order", columns["order_ref"])


def _stored(tx: Connection, names: KnownNames) -> Iterator[Any]:
    tasks = {row.id: name_of(row) for row in task_rows(tx, TASKS.c.id.is_not(None))}
    held = _by_problem(tx, OF_TASKS)
    projects, words = _by_problem(tx, OF_PROJECTS), _by_problem(tx, WORDS)
    for row in tx.execute(select(PROBLEMS).order_by(PROBLEMS.c.id)):
        own = {
            "asked_unit_id": names.successors.get(row.asked_unit_id) if row.asked_unit_id else None,
            "tasks": tuple(sorted(tasks[task.task_id] for task in held[row.id])),
            "projects": tuple(sorted(project.project_uid for project in projects[row.id])),
            "words": tuple((w.move, w.text, w.asked_of, w.said_by, w.said_at) for w in words[row.id]),
        }
        yield SimpleNamespace(**(row._asdict() | own))


def _by_problem(tx: Connection, table: Table) -> dict[int, list[Any]]:
    rows: dict[int, list[Any]] = defaultdict(list)
    for row in tx.execute(select(table).order_by(table.c.id)):
        rows[row.problem_id].append(row)
    return rows
