"""The service centre adds an approval to the plan of a registered project, or strikes one, each with its ground."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, Row, update

from approvals.accounts.actors import SYSTEM_ACTOR
from approvals.base.errors import Refused, invalid
from approvals.base.i18n import N_
from approvals.base.moments import day_of
from approvals.catalogue.queries import catalogue_of
from approvals.filing.actions import move_in, project_to_move
from approvals.filing.queries import locked_project_by_id, project_case, record_of
from approvals.history.commands import Command
from approvals.history.record import OpenChain, Subject, recording
from approvals.registration.actions import complete_if_done, open_ready, plan_items
from approvals.registration.queries import APPROVALS, ApprovalRow, approvals_of, prerequisites
from approvals.windows.actions import deem_accepted, make_move
from workflows.charts.approval import OUT_OF_PLAN, STRUCK
from workflows.charts.model import SYSTEM
from workflows.config.catalogue import Catalogue, Item, PlannedItem


@dataclass(frozen=True, slots=True)
class PlanChange:
    """A change of a plan before it is made; `rows` are the approvals of the project by their code."""

    record: OpenChain
    project: Row[Any]
    command: Command
    code: str
    ground: str
    rows: Mapping[str, ApprovalRow]
    catalogue: Catalogue

    def move_project(self, facts: Mapping[str, object]) -> None:
        """The entry of the project, with what follows from it."""
        move_in(self.record, self.project, self.command, {"code": self.code, "ground": self.ground, **facts}, {})


def strike_approval(tx: Connection, command: Command) -> Subject:
    """Take an approval out of the plan: its clock stops, nothing is owed for it, what waited for it alone opens.

    Refused for what is granted, for a refusal that is not delivered yet, and for the last approval of a plan.
    """
    with _changing(tx, command) as change:
        approval = _to_strike(change)
        freed = [row for row in change.rows.values() if row.state == "waiting" and approval.code in prerequisites(row)]
        change.move_project({"was": approval.state, "freed": [row.code for row in freed]})
        make_move(change.record, approval, "strike", {"ground": change.ground}, by=SYSTEM_ACTOR, role=SYSTEM)
        for row in freed:
            _require(tx, row.id, (code for code in prerequisites(row) if code != approval.code))
    return project_case(locked_project_by_id(tx, change.project.id))


def add_approval(tx: Connection, command: Command) -> Subject:
    """Take an item of the catalogue into the plan, or one that was struck in again, in a new round.

    It waits for those of its prerequisites that are planned. Of the approvals that need it, those that still wait wait
    for it as well; those that are open go on without it.
    """
    with _changing(tx, command) as change:
        item, struck = _to_add(change)
        planned = {code for code, row in change.rows.items() if row.state != STRUCK} | {item.code}
        requires = tuple(code for code in item.requires if code in planned)
        followers = [row for row in change.rows.values() if _waits_for(change, row, item)]
        after_works = struck.after_works if struck else item.after_works
        facts = {"requires": requires, "required_by": [row.code for row in followers], "after_works": after_works}
        change.move_project(facts)
        if struck:
            make_move(change.record, struck, "restore", {}, by=SYSTEM_ACTOR, role=SYSTEM)
            _require(tx, struck.id, requires)
        else:
            plan_items(change.record, [PlannedItem(item, requires)], change.catalogue.edition)
        for row in followers:
            _require(tx, row.id, (*prerequisites(row), item.code))
    return project_case(locked_project_by_id(tx, change.project.id))


@contextmanager
def _changing(tx: Connection, command: Command) -> Iterator[PlanChange]:
    """What every change of a plan begins and ends with: what opens by it, and a project that is done by it."""
    project, facts = project_to_move(tx, command)
    with recording(tx, *record_of(project), at=command.at, now=command.now) as record:
        deem_accepted(record, day_of(record.at))
        rows = {row.code: row for row in approvals_of(tx, project.id)}
        yield PlanChange(
            record, project, command, facts["code"], facts["ground"], rows, catalogue_of(tx, project, day_of(record.at))
        )
        open_ready(record, approvals_of(tx, project.id))
        complete_if_done(record, approvals_of(tx, project.id))


def _to_strike(change: PlanChange) -> ApprovalRow:
    approval = change.rows.get(change.code)
    if approval is None:
        raise invalid("code", N_("is not in the plan of this project"))
    if approval.state == STRUCK:
        raise Refused(N_("This approval has been struck already."))
    if approval.state == "granted":
        raise Refused(N_("This approval is granted. What is granted cannot be struck."))
    if approval.state == "refused" and approval.delivered_on is None:
        raise Refused(N_("The refusal is not delivered yet. The window delivers it first."))
    if not any(row.state not in OUT_OF_PLAN and row.code != approval.code for row in change.rows.values()):
        raise Refused(N_("This is the last approval of the plan. A project that needs none is withdrawn by its owner."))
    return approval


def _to_add(change: PlanChange) -> tuple[Item, ApprovalRow | None]:
    """The item, and its approval where it was struck before."""
    item, approval = change.catalogue.items.get(change.code), change.rows.get(change.code)
    if item is None:
        raise invalid("code", N_("is not an item of the catalogue"))
    if approval is not None and approval.state != STRUCK:
        raise Refused(N_("This approval is already in the plan."))
    return item, approval


def _waits_for(change: PlanChange, row: ApprovalRow, item: Item) -> bool:
    return row.state == "waiting" and item.code in change.catalogue.item(row.code).requires


def _require(tx: Connection, approval_id: int, codes: Iterable[str]) -> None:
    requires = orjson.dumps(list(dict.fromkeys(codes))).decode()
    tx.execute(update(APPROVALS).where(APPROVALS.c.id == approval_id).values(requires=requires))
