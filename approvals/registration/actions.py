"""Registers a project: a number, a liaison, and its approvals planned from the catalogue."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import orjson
from sqlalchemy import Connection, insert, update

from approvals.accounts.actors import SYSTEM_ACTOR, Actor
from approvals.accounts.appointments import holder_id
from approvals.accounts.units import unit_ids
from approvals.base.errors import Refused, invalid
from approvals.base.i18n import N_
from approvals.base.moments import day_of
from approvals.base.stores import next_number
from approvals.filing.actions import move_in, project_to_move
from approvals.filing.queries import locked_project_by_id, project_case, record_of
from approvals.history.commands import Command
from approvals.history.record import OpenChain, Subject, move, recording
from approvals.registration.editions import keep_in_force
from approvals.registration.queries import (
    APPROVALS,
    TERMS,
    ApprovalRow,
    approval_subject,
    approvals_of,
    prerequisites,
)
from workflows.charts.approval import APPROVAL, OUT_OF_PLAN
from workflows.charts.model import SYSTEM
from workflows.config.catalogue import PlannedItem
from workflows.config.city import load_city


def register(tx: Connection, command: Command) -> Subject:
    """Give the next number of the year, plan the approvals by the screening answers, and open the first ones."""
    project, facts = project_to_move(tx, command)  # refused before a number is taken
    catalogue = keep_in_force(tx, day_of(command.at or command.now), command.now)
    answers = orjson.loads(project.answers)
    plan = catalogue.plan(answers, project.planned_10k_yuan) if project.kind == "construction" else ()
    if not plan:
        raise Refused(N_("This project needs no approvals. Divert it to the ledger."))
    liaison_id = liaison_id_of(tx, facts["liaison"], command.at or command.now)
    with recording(tx, *record_of(project), at=command.at, now=command.now) as record:
        year = day_of(record.at).year
        serial = next_number(tx, f"registration/{load_city().division}/{year}")
        number = load_city().number(year, serial)
        address = {"number": number, "year": year, "serial": serial}
        edition = {"catalogue_sha256": catalogue.sha256}
        changes = address | edition | {"liaison_id": liaison_id, "registered_at": record.at}
        planned = {"number": number, "catalogue": catalogue.edition, "planned": [p.item.code for p in plan]}
        planned |= {"after_works": [p.item.code for p in plan if p.item.after_works]}
        case = move_in(record, project, command, facts | planned | edition, changes)
        begin_term(record, project.id, liaison_id, command.actor)
        plan_items(record, plan, catalogue.edition)
        open_ready(record, approvals_of(tx, project.id))
    return case


def liaison_id_of(tx: Connection, username: str, at: datetime) -> int:
    """The id of who was a liaison under this user name at this moment; Invalid when nobody was."""
    liaison_id = holder_id(tx, username, "liaison", at)
    if liaison_id is None:
        raise invalid("liaison", N_("is not a liaison"))
    return liaison_id


def begin_term(record: OpenChain, project_id: int, person_id: int, by: Actor, *, note: str = "") -> None:
    """From now on this person accompanies the project; the term before must have ended."""
    row = {"project_id": project_id, "person_id": person_id, "from_at": record.at, "note": note, "by_id": by.id}
    record.tx.execute(insert(TERMS), row)


def end_term(record: OpenChain, project_id: int) -> None:
    """Nobody accompanies the project from now on, until the next term begins."""
    present = TERMS.c.project_id == project_id, TERMS.c.until_at.is_(None)
    record.tx.execute(update(TERMS).where(*present).values(until_at=record.at))


def plan_items(record: OpenChain, plan: Iterable[PlannedItem], edition: str) -> None:
    """An approval for each of these items, waiting; Refused when the city has no unit for one."""
    departments = unit_ids(record.tx)
    rows = []
    for planned in plan:
        item = planned.item
        if item.department not in departments:
            raise Refused(N_("No unit exists for the department “%(name)s” of the catalogue."), name=item.department)
        rows.append(
            {
                "project_id": record.project_id,
                "code": item.code,
                "stage": item.stage,
                "department_id": departments[item.department],
                "requires": orjson.dumps(planned.requires).decode(),
                "after_works": item.after_works,
                "catalogue_edition": edition,
                "promised_limit": item.promised,
                "legal_limit": item.legal,
                "legal_unit": item.legal_unit,
                "state": "waiting",
                "state_since": record.at,
                "version": 1,
                "edition": APPROVAL.edition,
                "round": 1,
                "is_deemed": False,
            }
        )
    record.tx.execute(insert(APPROVALS), rows)


def open_ready(record: OpenChain, approvals: Sequence[ApprovalRow]) -> None:
    """The system opens every waiting approval of a project whose prerequisites are all granted.

    What is `after_works` waits for the completion of the works as well.
    """
    granted = {row.code for row in approvals if row.state == "granted"}
    for row in approvals:
        is_after = row.after_works and row.works_finished_on is None
        if row.state == "waiting" and not is_after and granted.issuperset(prerequisites(row)):
            move(record, approval_subject(row), "open", by=SYSTEM_ACTOR, role=SYSTEM)


def complete_if_done(record: OpenChain, approvals: Iterable[ApprovalRow]) -> None:
    """The system completes a project when every planned approval is granted, withdrawn and struck ones aside."""
    states = [row.state for row in approvals if row.state not in OUT_OF_PLAN]
    if states and set(states) == {"granted"}:
        project = locked_project_by_id(record.tx, record.project_id)
        if project.state == "registered":
            move(record, project_case(project), "complete", by=SYSTEM_ACTOR, role=SYSTEM)
