"""Moves of a problem: raised under an item, asked of somebody, spoken of, changed, settled and opened again."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, delete, insert

from approvals.accounts.actors import Actor, acting_role
from approvals.base.errors import Refused, invalid
from approvals.base.i18n import N_
from approvals.base.moments import day_of
from approvals.history.commands import Command
from approvals.history.inputs import check_input
from approvals.history.record import (
    OpenChain,
    Subject,
    begun,
    check_version,
    move,
    next_state,
    recording,
    row_to_begin,
)
from approvals.programme.names import unit_named
from approvals.programme.problems.queries import (
    OF_PROJECTS,
    OF_TASKS,
    PROBLEMS,
    WORDS,
    asked_addresses,
    locked_problem,
    next_number,
    problem_case,
    seen_tasks,
    tasks_held,
)
from approvals.programme.queries import PREFIX, item_key, locked_item, record_of_item
from workflows.charts.problem import PROBLEM

RAISE, WORD = "raise_problem", "add_word"
SPOKEN: Mapping[str, str] = {
    **{RAISE: "text", WORD: "text", "ask_unit": "asked", "answer_problem": "text"},
    **{"close_problem": "result", "reopen_problem": "reason"},
    **{"turn_into_order": "order", "close_with_item": "result"},
}  # the moves that are a word on the problem, and what of their facts it is
UNCHANGED = "no_change"  # among the facts of a word
Facts = Mapping[str, Any]


def raise_problem(tx: Connection, command: Command) -> Subject:
    """Begin a problem of an item, and of tasks of other items where these are named.

    Without any it holds all tasks of the item that the actor sees. `projects` are internal ids of projects that exist.
    """
    item = locked_item(tx, *item_key(command.ref.key), command.actor)
    facts = check_input(PROBLEM, RAISE, command.input)
    if item.state == "dropped":
        raise Refused(N_("A problem cannot be raised for an item that has been dropped."))
    seen = seen_tasks(tx, item.year, command.actor)
    own = [task for task in seen.values() if task.item_id == item.id]
    tasks = _tasks_named(seen, item, facts["tasks"]) if facts.get("tasks") else own
    with recording(tx, *record_of_item(item), at=command.at, now=command.now) as record:
        return begin_problem(record, item, tasks, facts, command.actor)


def begin_problem(
    record: OpenChain, item: Any, tasks: Sequence[Any], facts: Facts, by: Actor, role: str = ""
) -> Subject:
    """The row and the first entry of a problem, for facts that were checked; it is the first word on it."""
    tx, day = record.tx, day_of(record.at)
    _check_days(facts, day)
    number = next_number(tx, item.id)
    columns = {"item_id": item.id, "number": number, "kind": facts["kind"], "text": facts["text"]}
    columns |= {"since_on": facts.get("since") or day, "said_at": record.at, "order_ref": ""}
    columns |= {"expected_on": facts.get("expected_on"), "asked_unit_id": None, "asked_office": "", "asked": ""}
    if any(facts.get(name) for name in ("asked_unit", "asked_office", "asked")):
        columns |= asking(record, facts)
    statement = insert(PROBLEMS).values(row_to_begin(PROBLEM, RAISE, columns, record.at)).returning(PROBLEMS)
    problem = tx.execute(statement).one()
    _hold(tx, problem.id, tasks)
    _hold_projects(tx, problem.id, facts.get("projects") or ())
    _say(record, problem.id, RAISE, facts, by)
    case = problem_case(problem, item, tasks, by, RAISE)
    role = role or acting_role(by, PROBLEM.move(RAISE), case.place)
    held = {"problem": number, "since": columns["since_on"], "tasks": [name_of(task) for task in tasks]}
    begun(record, case, RAISE, by=by, role=role, facts={**facts, **held})
    return case


def move_problem(tx: Connection, command: Command) -> Subject:
    """Make one move of a problem, in the chain of its item."""
    item, problem = locked_problem(tx, command.ref.key, command.actor)
    tasks = tasks_held(tx, problem.id)
    case = problem_case(problem, item, tasks, command.actor, command.move)
    role = acting_role(command.actor, PROBLEM.move(command.move), case.place)
    facts = check_input(PROBLEM, command.move, command.input)
    check_version(case, command.version)
    next_state(case, command.move)
    with recording(tx, *record_of_item(item), at=command.at, now=command.now) as record:
        _check_days(facts, day_of(record.at))
        effect = _EFFECTS.get(command.move, _no_effect)(record, _Open(item, problem, tasks, command.actor), facts)
        case = replace(case, place=replace(case.place, asked=effect.asked or case.place.asked))
        return make_move(record, case, command.move, command.actor, role, effect)


@dataclass(frozen=True, slots=True)
class _Open:
    """A problem with its item and the tasks that it holds up, and who moves it."""

    item: Any
    problem: Any
    tasks: Sequence[Any]
    by: Actor


@dataclass(frozen=True, slots=True)
class ProblemEffect:
    """The facts of a move, the columns that it changes, and who is asked by it."""

    facts: Facts
    changes: Mapping[str, Any] = field(default_factory=dict)
    asked: tuple[tuple[str, int], ...] = ()


def make_move(record: OpenChain, case: Subject, name: str, by: Actor, role: str, effect: ProblemEffect) -> Subject:
    """One move of a problem within the open chain of its item, and the word that it is."""
    changes = dict(effect.changes)
    if name in SPOKEN:
        changes["said_at"] = record.at
        _say(record, case.id, name, effect.facts, by)
    return move(record, case, name, by=by, role=role, facts=effect.facts, changes=changes)


def _say(record: OpenChain, problem_id: int, name: str, facts: Facts, by: Actor) -> None:
    row = {"problem_id": problem_id, "move": name, "text": facts.get(SPOKEN[name]) or ""}
    record.tx.execute(insert(WORDS), row | {"asked_of": asked_of(facts), "said_by": by.username, "said_at": record.at})


def asked_of(facts: Facts) -> str:
    """Whom a move asks, as they were called."""
    return "、".join(facts[name] for name in ("asked_unit", "asked_office") if facts.get(name))


def _no_effect(_record: OpenChain, _at_work: _Open, facts: Facts) -> ProblemEffect:
    return ProblemEffect(facts)


def _add_word(_record: OpenChain, _at_work: _Open, facts: Facts) -> ProblemEffect:
    return ProblemEffect(word_facts(facts), {"expected_on": facts["expected_on"]} if facts.get("expected_on") else {})


def word_facts(facts: Facts) -> dict[str, Any]:
    """The facts of a word: one without a text says that nothing has changed."""
    return {name: value for name, value in facts.items() if value} | ({} if facts.get("text") else {UNCHANGED: True})


def _ask_unit(record: OpenChain, _at_work: _Open, facts: Facts) -> ProblemEffect:
    changes = asking(record, facts)
    if facts.get("expected_on"):
        changes["expected_on"] = facts["expected_on"]
    return ProblemEffect(facts, changes, asked_addresses(changes["asked_unit_id"], changes["asked_office"]))


def asking(record: OpenChain, facts: Facts) -> dict[str, Any]:
    """The columns of who is asked for what; Invalid without either."""
    if not facts.get("asked_unit") and not facts.get("asked_office"):
        raise invalid("asked_unit", N_("Name a unit or a person's office."))
    if not facts.get("asked"):
        raise invalid("asked", N_("is required"))
    unit = unit_named(record.tx, "asked_unit", facts["asked_unit"]) if facts.get("asked_unit") else None
    who = {"asked_unit_id": unit, "asked_office": facts.get("asked_office") or "", "asked": facts["asked"]}
    return who | {"asked_at": record.at, "answered_at": None, "order_ref": ""}


def _answer(record: OpenChain, at_work: _Open, facts: Facts) -> ProblemEffect:
    if at_work.problem.asked_at is None:
        raise Refused(N_("Nobody is asked about this problem yet."))
    return ProblemEffect(facts, {"answered_at": record.at})


def _edit(record: OpenChain, at_work: _Open, facts: Facts) -> ProblemEffect:
    """Tasks of others that the actor does not see stay as they are."""
    given = {name: value for name, value in facts.items() if value}
    if not given:
        raise Refused(N_("Nothing is changed."))
    changes = {column: given[name] for name, column in (("kind", "kind"), ("since", "since_on")) if name in given}
    if "tasks" in given:
        seen = seen_tasks(record.tx, at_work.item.year, at_work.by)
        others = [task for task in at_work.tasks if name_of(task) not in seen]
        tasks = [*_tasks_named(seen, at_work.item, given["tasks"]), *others]
        record.tx.execute(delete(OF_TASKS).where(OF_TASKS.c.problem_id == at_work.problem.id))
        _hold(record.tx, at_work.problem.id, tasks)
        given["tasks"] = [name_of(task) for task in tasks]
    if "projects" in given:
        record.tx.execute(delete(OF_PROJECTS).where(OF_PROJECTS.c.problem_id == at_work.problem.id))
        _hold_projects(record.tx, at_work.problem.id, given["projects"])
    return ProblemEffect(given, changes)


_EFFECTS: Mapping[str, Callable[[OpenChain, _Open, Facts], ProblemEffect]] = {
    WORD: _add_word,
    "ask_unit": _ask_unit,
    "answer_problem": _answer,
    "edit_problem": _edit,
}


# What a problem holds up.


def name_of(task: Any) -> str:
    """How a task is named among others of the year: 030/510402."""
    return f"{task.item_no}/{task.code}"


def _tasks_named(seen: Mapping[str, Any], item: Any, names: Sequence[str]) -> list[Any]:
    """The tasks of these names, with or without the item's number; Invalid for one that the actor does not see."""
    keys = [name.removeprefix(f"{PREFIX}/{item.year}/") for name in names]
    keys = [key if "/" in key else f"{item.item_no}/{key}" for key in keys]
    for index, key in enumerate(keys):
        if key not in seen:
            raise invalid(f"tasks.{index}", N_("is not a task of this year, as in 030/510402"))
    return [seen[key] for key in dict.fromkeys(keys)]


def _hold(tx: Connection, problem_id: int, tasks: Iterable[Any]) -> None:
    rows = [{"problem_id": problem_id, "task_id": task.id} for task in tasks]
    if rows:
        tx.execute(insert(OF_TASKS), rows)


def _hold_projects(tx: Connection, problem_id: int, uids: Iterable[str]) -> None:
    rows = [{"problem_id": problem_id, "project_uid": uid} for uid in dict.fromkeys(uids)]
    if rows:
        tx.execute(insert(OF_PROJECTS), rows)


def _check_days(facts: Facts, day: date) -> None:
    if facts.get("since") and facts["since"] > day:
        raise invalid("since", N_("must not be in the future"))
    if facts.get("expected_on") and facts["expected_on"] < day:
        raise invalid("expected_on", N_("must not be in the past"))
