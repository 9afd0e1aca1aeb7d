"""Moves of requests (asked, answered, escalated to the service centre) and the hand-over of projects."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, or_, select, update

from approvals.accounts.actors import SYSTEM_ACTOR, Scope, acting_role
from approvals.accounts.appointments import holders
from approvals.accounts.queries import PERSON
from approvals.base.errors import Refused, invalid
from approvals.base.hashing import moment_text
from approvals.base.i18n import N_
from approvals.base.prepared import Prepared
from approvals.base.text_validation import address_number
from approvals.filing.actions import move_in, project_to_move
from approvals.filing.queries import locked_project, locked_project_by_id, place_of, record_of
from approvals.history.commands import Command
from approvals.history.inputs import check_input
from approvals.history.record import OpenChain, Subject, begun, check_version, move, next_state, recording, row_to_begin
from approvals.liaisons.on_call import DUTY_ROLES, answer_due, officer_at, responsible_at
from approvals.liaisons.queries import (
    DUE_BEFORE,
    DUE_UP_TO,
    LONGEST_NO,
    REQUESTS,
    next_no,
    request_case,
    request_row,
)
from approvals.registration.actions import begin_term, end_term, liaison_id_of
from approvals.registration.queries import OPEN_PROJECTS
from workflows.charts.model import SYSTEM
from workflows.charts.request import REQUEST


def ask(tx: Connection, command: Command) -> Subject:
    """An owner's request; whoever is responsible at this moment owes a first answer."""
    project = locked_project(tx, command.ref.project, command.actor)
    role = acting_role(command.actor, REQUEST.move("ask"), place_of(project))
    facts = check_input(REQUEST, "ask", command.input)
    if project.state not in OPEN_PROJECTS:
        raise Refused(N_("Requests can only be made for registered projects."))
    with recording(tx, *record_of(project), at=command.at, now=command.now) as record:
        _climb(record, project, DUE_BEFORE, record.at)
        question = _question(tx, project, facts["text"], record.at)
        row = {"project_id": project.id, "no": next_no(tx, project.id)} | question
        tx.execute(insert(REQUESTS), row_to_begin(REQUEST, "ask", row, record.at))
        case = request_case(request_row(tx, project.id, row["no"]), project)
        begun(record, case, "ask", by=command.actor, role=role, facts=facts | _deadline(tx, question))
    return case


def move_request(tx: Connection, command: Command) -> Subject:
    """Answer a request, ask again, or close it. What was not answered in time has gone to the service centre first."""
    project = locked_project(tx, command.ref.project, command.actor)
    no = address_number(command.ref.key, LONGEST_NO)
    request = request_row(tx, project.id, no)
    role = acting_role(command.actor, REQUEST.move(command.move), _place(tx, request, project, command))
    facts = check_input(REQUEST, command.move, command.input)
    with recording(tx, *record_of(project), at=command.at, now=command.now) as record:
        check_version(request_case(request, project), command.version)
        _climb(record, project, DUE_BEFORE, record.at)
        request = request_row(tx, project.id, no)
        next_state(request_case(request, project), command.move)
        changes, recorded = _changes(tx, command.move, project, facts, record.at)
        case = request_case(request, project, changes.get("responsible_id"))  # a new question may be another officer's
        return move(record, case, command.move, by=command.actor, role=role, facts=facts | recorded, changes=changes)


def _place(tx: Connection, request: Row[Any], project: Row[Any], command: Command) -> Scope:
    """The scope of a request for the actor, who may be on duty now, or be the deputy of the officer who is."""
    place = request_case(request, project).place
    on_duty = officer_at(tx, command.at or command.now)
    return replace(place, officer_id=on_duty) if on_duty in command.actor.accompanies_as else place


def _question(tx: Connection, project: Row[Any], text: str, at: datetime) -> dict[str, Any]:
    """The columns of a question of this moment; where the liaison is not there either, the service centre has it."""
    due_at = answer_due(tx, at)
    return {
        "text": text,
        "asked_at": at,
        "due_at": due_at,
        "climbs_at": due_at,
        "responsible_id": responsible_at(tx, project.liaison_id, at),
    }


def _deadline(tx: Connection, question: Mapping[str, Any]) -> dict[str, str]:
    """Until when the question is to be answered, and by whom, for the record."""
    username = select(PERSON.c.username).where(PERSON.c.id == question["responsible_id"])
    return {"due_at": moment_text(question["due_at"]), "responsible": tx.execute(username).scalar_one()}


def _changes(
    tx: Connection, name: str, project: Row[Any], facts: Mapping[str, Any], at: datetime
) -> tuple[dict[str, Any], dict[str, str]]:
    """The columns that a move changes beside the state, and the facts recorded beside the input."""
    if name == "answer":
        return {"answered_at": at, "climbs_at": None}, {}
    if name == "ask_again":
        question = _question(tx, project, facts["text"], at)
        return question | {"answered_at": None, "climbed_at": None}, _deadline(tx, question)
    return {}, {}


def climb_requests(tx: Connection, project_id: int, to: datetime, now: datetime) -> int:
    """Take to the service centre what nobody answered by `to`, each at the moment it was due; how many."""
    project = locked_project_by_id(tx, project_id)
    with recording(tx, *record_of(project), at=None, now=now) as record:
        return _climb(record, project, DUE_UP_TO, to)


def _climb(record: OpenChain, project: Row[Any], statement: Prepared, to: datetime) -> int:
    due = statement.rows(record.tx, {"project_id": project.id, "to": to})
    for request in due:
        at = request.climbs_at
        changes = {"climbs_at": None, "climbed_at": at}
        move(record, request_case(request, project), "climb", by=SYSTEM_ACTOR, role=SYSTEM, changes=changes, at=at)
    return len(due)


# The liaison of a project.


def reassign(tx: Connection, command: Command) -> Subject:
    """Hand a project over to another liaison, who gets the note and the requests that wait for nobody on duty."""
    project, facts = project_to_move(tx, command)
    liaison_id = liaison_id_of(tx, facts["liaison"], command.at or command.now)
    if liaison_id == project.liaison_id:
        raise invalid("liaison", N_("is already the liaison of this project"))
    with recording(tx, *record_of(project), at=command.at, now=command.now) as record:
        case = move_in(record, project, command, facts, {"liaison_id": liaison_id})
        end_term(record, project.id)
        begin_term(record, project.id, liaison_id, command.actor, note=facts["note"])
    on_duty = holders(tx, DUTY_ROLES, command.now)
    theirs = or_(REQUESTS.c.responsible_id == project.liaison_id, REQUESTS.c.responsible_id.not_in(on_duty))
    waits = REQUESTS.c.project_id == project.id, REQUESTS.c.state == "raised", theirs
    tx.execute(update(REQUESTS).where(*waits).values(responsible_id=liaison_id))
    return case
