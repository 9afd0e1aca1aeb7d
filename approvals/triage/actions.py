"""Sorting of filings by the supervision office: return, decline, classify, divert."""

from typing import Any

from sqlalchemy import Connection, Row

from approvals.base.moments import day_of
from approvals.filing.actions import check_edit, checked, move_in, move_project, project_to_move
from approvals.filing.queries import locked_project, record_of
from approvals.history.commands import Command
from approvals.history.record import Subject, recording
from approvals.programme.items.diversion import enter_in_programme

MARKS = {"is_key": "key", "is_urgent": "urgent", "is_practical_matter": "practical_matter"}  # column: field
CLASSIFICATION = {"category": "category"} | MARKS


def _classification(tx: Connection, project: Row[Any], command: Command, facts: dict[str, Any]) -> dict[str, Any]:
    """The columns that a classification changes; an item of the programme that it leaves as it is stays unsaid."""
    if facts.get("item_no", project.item_no) == project.item_no:
        facts.pop("item_no", None)
        facts.pop("item_reason", None)
    on, is_asked = day_of(command.at or command.now), command.confirmed is not None
    check_edit(tx, project, facts, on, is_asked=is_asked)
    item = {"item_no": facts["item_no"]} if "item_no" in facts else {}
    return {column: facts[name] for column, name in CLASSIFICATION.items()} | item


def sort(tx: Connection, command: Command) -> Subject:
    """One sorting move: return_filing, decline or classify."""
    project = locked_project(tx, command.ref.project, command.actor)
    facts = checked(project, command)
    changes = _classification(tx, project, command, facts) if command.move == "classify" else {}
    return move_project(tx, project, command, facts, changes)


def divert(tx: Connection, command: Command) -> Subject:
    """Divert a project that needs no approvals to the programme, where it is linked with its item or gets one."""
    project, facts = project_to_move(tx, command)  # refused before the programme is written
    with recording(tx, *record_of(project), at=command.at, now=command.now) as record:
        item = enter_in_programme(tx, project, command, day_of(record.at))
        return move_in(record, project, command, facts | item, {"item_no": item["item_no"]})
