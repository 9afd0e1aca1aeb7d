"""What the supervision office does with a filing: return, decline, classify, divert."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection

from approvals.base.errors import Problem
from approvals.base.once import reserve, settle
from approvals.filing.actions import checked, move_project
from approvals.filing.queries import locked_project
from approvals.history.actions import Asked, Case
from approvals.history.canonical import canonical


def sort(tx: Connection, ref: str, asked: Asked) -> Case:
    """One sorting move: return_filing, decline, classify or divert."""
    project = locked_project(tx, ref, asked.by)
    facts = checked(project, asked)
    return move_project(tx, project, asked, facts, _classification(facts) if asked.move == "classify" else {})


# Several together: each by itself, and what became of it is kept, so that sending the form twice has one effect.


def key_of_all(person_id: int, once: str) -> str:
    """The key of what this person sorts together with one form."""
    return f"together:{person_id}:{once}"


def key_of_one(key: str, uid: str) -> str:
    return f"{key}:{uid}"


def begin_together(tx: Connection, key: str, uids: Iterable[str], asked: Asked) -> None:
    """Note which projects are going to be sorted together."""
    if reserve(tx, key, asked.now) is None:
        settle(tx, key, canonical({"move": asked.move, "uids": list(uids)}))


def sort_one_of_several(tx: Connection, key: str, uid: str, asked: Asked) -> None:
    """One sorting move, unless it was tried already; the state that it led to, or why it was refused, is kept."""
    own = key_of_one(key, uid)
    if reserve(tx, own, asked.now) is not None:
        return
    outcome: dict[str, Any]
    try:
        with tx.begin_nested():
            outcome = {"state": sort(tx, uid, asked).state}
    except Problem as problem:
        outcome = {"fault": problem.message, "params": {name: str(value) for name, value in problem.params.items()}}
    settle(tx, own, canonical(outcome))


def _classification(facts: dict[str, Any]) -> dict[str, Any]:
    return {
        "category": facts["category"],
        "is_key": facts["key"],
        "is_urgent": facts["urgent"],
        "is_practical_matter": facts["practical_matter"],
    }
