"""Materials that an acceptance left owed: handed in, ticked off, and what the system says of them when it is due."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import orjson
from sqlalchemy import Connection, select

from approvals.accounts.actors import SYSTEM_ACTOR
from approvals.base.errors import Refused, invalid
from approvals.base.i18n import N_
from approvals.base.moments import day_of, start_of
from approvals.filing.queries import TABLE as PROJECTS
from approvals.history.record import ENTRY, OpenChain, move
from approvals.registration.queries import APPROVALS, WITH_PROJECT, ApprovalRow, approval_subject
from workflows.charts.approval import APPROVAL
from workflows.charts.model import SYSTEM
from workflows.config.catalogue import Item
from workflows.rules.owed_materials import MOVES, OwedMaterials, OwedStep, due_statements, owed_columns, owed_materials

CLOSED = ("withdrawn", "declined")  # states of a project in which nobody waits for anything
_NOT_OWED = N_("is not among the materials that are owed")
_ENTRIES = (
    select(ENTRY.c.approval_id, ENTRY.c.move, ENTRY.c.at, ENTRY.c.facts)
    .where(ENTRY.c.subject == APPROVAL.name, ENTRY.c.move.in_(MOVES))
    .order_by(ENTRY.c.approval_id, ENTRY.c.seq)
)


def steps_by_approval(tx: Connection, ids: Iterable[int]) -> dict[int, list[OwedStep]]:
    """What the record of each of these approvals says of what is owed."""
    steps: dict[int, list[OwedStep]] = {key: [] for key in ids}
    for row in tx.execute(_ENTRIES.where(ENTRY.c.approval_id.in_(steps))):
        steps[row.approval_id].append(OwedStep(row.move, day_of(row.at), orjson.loads(row.facts)))
    return steps


def owed_of(tx: Connection, approval: Any) -> OwedMaterials | None:
    """What this approval owes; None when all is ticked off."""
    return owed_materials(steps_by_approval(tx, [approval.id])[approval.id]) if approval.owed_until else None


def check_accept(item: Item, facts: Mapping[str, Any], on: date) -> None:
    """Invalid for materials that may not follow, and for a day without materials or the other way round."""
    owed, until = facts.get("owed") or [], facts.get("owed_until")
    for index, name in enumerate(owed):
        if name not in item.may_follow:
            raise invalid(f"owed.{index}", N_("is not a material that may follow"))
    if owed and not until:
        raise invalid("owed_until", N_("is required"))
    if until and not owed:
        raise invalid("owed", N_("Select what may follow, or leave the day empty."))
    if until and until <= on:
        raise invalid("owed_until", N_("must lie after the day of the acceptance"))


def check_supply(tx: Connection, approval: ApprovalRow, facts: Mapping[str, Any]) -> None:
    """Invalid for materials that are not owed; Refused when nothing is."""
    names = {f"materials.{index}.name": row["name"] for index, row in enumerate(facts["materials"])}
    _check_names(tx, approval, names, "materials")


def check_settle(tx: Connection, approval: ApprovalRow, facts: Mapping[str, Any]) -> None:
    _check_names(tx, approval, {f"owed.{index}": name for index, name in enumerate(facts["owed"])}, "owed")


def _check_names(tx: Connection, approval: ApprovalRow, names: Mapping[str, str], field: str) -> None:
    owed = owed_of(tx, approval)
    if owed is None:
        raise Refused(N_("Nothing is owed here."))
    if not names:
        raise invalid(field, N_("Select at least one material."))
    for path, name in names.items():
        if name not in owed.unsettled:
            raise invalid(path, _NOT_OWED)


def columns_after(
    tx: Connection, approval: ApprovalRow, name: str, facts: Mapping[str, Any], on: date
) -> dict[str, Any]:
    """The columns about what is owed after this move; none when it has nothing to do with them."""
    begins = name == "accept" and facts.get("owed")
    if name not in MOVES or not (begins or approval.owed_until or approval.owed_alarm_on):
        return {}
    steps = steps_by_approval(tx, [approval.id])[approval.id]
    return owed_columns([*steps, OwedStep(name, on, facts)])


def state_due(record: OpenChain, day: date, code: str | None = None) -> Counter[str]:
    """Say what is due by `day` about what the project's approvals owe, or that of one item; the moves made."""
    due = WITH_PROJECT.where(APPROVALS.c.project_id == record.project_id, APPROVALS.c.owed_alarm_on <= day)
    due = due.where(PROJECTS.c.state.not_in(CLOSED)).order_by(APPROVALS.c.code)
    rows = record.tx.execute(due if code is None else due.where(APPROVALS.c.code == code)).all()
    return sum((_state(record, row, day) for row in rows), Counter())


def _state(record: OpenChain, approval: Any, day: date) -> Counter[str]:
    steps, case = steps_by_approval(record.tx, [approval.id])[approval.id], approval_subject(approval)
    statements = [statement for statement in due_statements(steps) if statement.on <= day]
    for statement in statements:
        owed = owed_materials(steps)
        facts = {"owed": list(owed.lacking), "owed_until": owed.until_on} if owed else {}
        steps.append(OwedStep(statement.move, statement.on, facts))
        at = max(start_of(statement.on), approval.state_since)
        how: dict[str, Any] = {"facts": facts, "changes": owed_columns(steps), "at": at}
        case = move(record, case, statement.move, by=SYSTEM_ACTOR, role=SYSTEM, **how)
    return Counter(statement.move for statement in statements)
