"""Sorting of filings by the supervision office: return, decline, classify, divert."""

from sqlalchemy import Connection

from approvals.filing.actions import checked, move_project
from approvals.filing.queries import locked_project
from approvals.history.commands import Command
from approvals.history.record import Subject

CLASSIFICATION = {  # column: field of the form
    "category": "category",
    "is_key": "key",
    "is_urgent": "urgent",
    "is_practical_matter": "practical_matter",
}


def sort(tx: Connection, command: Command) -> Subject:
    """One sorting move: return_filing, decline, classify or divert."""
    project = locked_project(tx, command.ref.project, command.actor)
    facts = checked(project, command)
    changes = {column: facts[name] for column, name in CLASSIFICATION.items()} if command.move == "classify" else {}
    return move_project(tx, project, command, facts, changes)
