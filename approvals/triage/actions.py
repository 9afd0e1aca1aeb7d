"""What the supervision office does with a filing: return, decline, classify, divert."""

from typing import Any

from sqlalchemy import Connection

from approvals.filing.actions import checked, move_project
from approvals.filing.queries import locked_project
from approvals.history.commands import Command
from approvals.history.record import Subject


def sort(tx: Connection, command: Command) -> Subject:
    """One sorting move: return_filing, decline, classify or divert."""
    project = locked_project(tx, command.ref.project, command.actor)
    facts = checked(project, command)
    return move_project(tx, project, command, facts, _classification(facts) if command.move == "classify" else {})


def _classification(facts: dict[str, Any]) -> dict[str, Any]:
    return {
        "category": facts["category"],
        "is_key": facts["key"],
        "is_urgent": facts["urgent"],
        "is_practical_matter": facts["practical_matter"],
    }
