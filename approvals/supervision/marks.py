"""Changes the marks of a project: key, urgent and hard, practical matter."""

from sqlalchemy import Connection

from approvals.base.errors import Refused
from approvals.base.i18n import N_
from approvals.base.moments import day_of
from approvals.filing.actions import checked, move_in
from approvals.filing.queries import locked_project, project_case, record_of
from approvals.history.commands import Command
from approvals.history.record import FORMER, Subject, next_state, recording
from approvals.supervision.escalations.actions import make_due
from approvals.triage.actions import MARKS


def mark(tx: Connection, command: Command) -> Subject:
    """Give a project other marks; Refused when these are the marks that it has.

    What is due up to now is raised and answered by the marks of until now.
    """
    project = locked_project(tx, command.ref.project, command.actor)
    facts = checked(project, command)
    next_state(project_case(project), command.move)
    before = {field: getattr(project, column) for column, field in MARKS.items()}
    if before.items() <= facts.items():
        raise Refused(N_("The project already has these marks."))
    with recording(tx, *record_of(project), at=command.at, now=command.now) as record:
        make_due(record, day_of(record.at))
        changes = {column: facts[field] for column, field in MARKS.items()}
        return move_in(record, project, command, facts | {FORMER: before}, changes)
