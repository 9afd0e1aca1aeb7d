"""What the supervision office does with a filing: return, decline, classify, divert."""

from typing import Any

from sqlalchemy import Connection

from approvals.filing.actions import checked, move_project
from approvals.filing.queries import locked_project
from approvals.history.actions import Asked, Case


def sort(tx: Connection, ref: str, asked: Asked) -> Case:
    """One sorting move: return_filing, decline, classify or divert."""
    project = locked_project(tx, ref, asked.by)
    facts = checked(project, asked)
    return move_project(tx, project, asked, facts, _classification(facts) if asked.move == "classify" else {})


def _classification(facts: dict[str, Any]) -> dict[str, Any]:
    return {
        "category": facts["category"],
        "is_key": facts["key"],
        "is_urgent": facts["urgent"],
        "is_practical_matter": facts["practical_matter"],
    }
