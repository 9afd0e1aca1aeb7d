"""Moves of a problem of the programme that name projects: the programme itself knows no projects."""

from dataclasses import replace

from sqlalchemy import Connection, select

from approvals.base.errors import AmbiguousReference, NotFound, invalid
from approvals.base.i18n import N_
from approvals.filing.queries import TABLE as PROJECTS
from approvals.filing.queries import id_of
from approvals.history.commands import Command
from approvals.history.record import Subject
from approvals.programme.problems.actions import move_problem, raise_problem

NAMES = "projects"


def raise_problem_of_projects(tx: Connection, command: Command) -> Subject:
    """Begin a problem; its projects must be ones that the actor may see."""
    return raise_problem(tx, _with_uids(tx, command))


def move_problem_of_projects(tx: Connection, command: Command) -> Subject:
    """Move a problem; the projects that it is said to hold up must be ones that the actor may see."""
    return move_problem(tx, _with_uids(tx, command))


def _with_uids(tx: Connection, command: Command) -> Command:
    """The same command with the internal id of each project in place of its number or reference."""
    refs = command.input.get(NAMES)
    if not isinstance(refs, list):
        return command
    uids = [_uid(tx, index, ref, command) if isinstance(ref, str) else ref for index, ref in enumerate(refs)]
    return replace(command, input={**command.input, NAMES: uids})


def _uid(tx: Connection, index: int, ref: str, command: Command) -> str:
    if not ref.strip():  # an empty line of a form
        return ref
    try:
        project_id = id_of(tx, ref.strip(), command.actor)
    except (NotFound, AmbiguousReference):
        raise invalid(f"{NAMES}.{index}", N_("does not exist or is not visible to you")) from None
    return str(tx.execute(select(PROJECTS.c.uid).where(PROJECTS.c.id == project_id)).scalar_one())
