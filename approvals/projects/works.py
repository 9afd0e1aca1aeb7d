"""The start and the completion of the works: reported by the owner, confirmed by the liaison with the same move."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row

from approvals.accounts.actors import acting_role
from approvals.base.errors import Refused, invalid
from approvals.base.i18n import N_
from approvals.base.moments import day_of
from approvals.filing.actions import checked, move_in
from approvals.filing.documents import document_facts
from approvals.filing.queries import locked_project, project_case, record_of
from approvals.history.commands import Command
from approvals.history.record import Subject, recording
from approvals.registration.actions import open_ready
from approvals.registration.queries import approvals_of
from workflows.charts.project import PROJECT
from workflows.clock.works import FINISH, START

DAY = {START: "works_started_on", FINISH: "works_finished_on"}
CONFIRMED = {START: "is_works_start_confirmed", FINISH: "is_works_finish_confirmed"}
LIAISON = "liaison"


def report_works(tx: Connection, command: Command) -> Subject:
    """Record the day on which the works began or were completed; their completion opens what waited for it.

    An owner's report counts at once. The liaison confirms it, or puts it right, by reporting the same; after that the
    owner's word no longer changes it.
    """
    project = locked_project(tx, command.ref.project, command.actor)
    facts = checked(project, command)
    is_liaison = acting_role(command.actor, PROJECT.move(command.move), project_case(project).place) == LIAISON
    if getattr(project, CONFIRMED[command.move]) and not is_liaison:
        raise Refused(N_("The liaison has confirmed this day. Ask the liaison to correct it if it is wrong."))
    evidence = document_facts(tx, project.id, facts.get("evidence"), field="evidence")
    changes = {DAY[command.move]: facts["day"], CONFIRMED[command.move]: is_liaison}
    with recording(tx, *record_of(project), at=command.at, now=command.now) as record:
        _check_day(project, command.move, facts["day"], day_of(record.at))
        case = move_in(record, project, command, facts | evidence, changes)
        if command.move == FINISH:
            open_ready(record, approvals_of(tx, project.id))
    return case


def _check_day(project: Row[Any], move: str, day: date, on: date) -> None:
    """Invalid for a day that has not come, or a completion before the start."""
    if day > on:
        raise invalid("day", N_("must not be after the day of the report"))
    days: Mapping[str, date | None] = {name: getattr(project, column) for name, column in DAY.items()} | {move: day}
    start_on, finish_on = days[START], days[FINISH]
    if start_on and finish_on and finish_on < start_on:
        raise invalid("day", _WRONG_WAY_ROUND[move])


_WRONG_WAY_ROUND = {
    START: N_("must not be after the completion that was reported"),
    FINISH: N_("must not be before the start that was reported"),
}
