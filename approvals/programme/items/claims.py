"""What is claimed done: final day, money and scope beside the baseline, each with its reason where it differs."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, select

from approvals.base.i18n import N_
from approvals.base.moments import day_of
from approvals.history.commands import MoveWarning
from approvals.history.record import OpenChain
from approvals.programme.items.plan import PlanFaults
from approvals.programme.items.shortfall import shortfall_of
from approvals.programme.queries import NODES, TASKS, planned_amounts

SHORT = N_("%(count)s targets or nodes are not met; the note says why.")


def claim(record: OpenChain, item: Any, facts: Mapping[str, Any], *, is_asked: bool) -> list[dict[str, Any]]:
    """What the item lacks of its plan. Invalid for a day in the future, and where a reason is missing.

    Who can be asked (`is_asked`) says why day and scope differ; JSON and feed may leave it to the note.
    """
    faults, shortfall = PlanFaults(), shortfall_of(record.tx, item.id)
    if facts["finished_on"] > day_of(record.at):
        faults.add("finished_on", N_("must not be in the future"))
    planned_on, planned = baseline_of(record.tx, item)
    if is_asked and planned_on and planned_on != facts["finished_on"] and not facts.get("day_reason"):
        faults.add("day_reason", N_("is required: %(planned)s was planned"), planned=planned_on.isoformat())
    final = facts.get("final_10k_yuan")
    if final is not None and final != planned and not facts.get("money_reason"):
        faults.add("money_reason", N_("is required: %(planned)s was planned"), planned=f"{planned:.2f}")
    if is_asked and shortfall and not facts.get("scope_reason"):
        faults.add("scope_reason", N_("is required: %(count)s targets or nodes are not met"), count=len(shortfall))
    faults.check()
    return shortfall


def warnings_of(shortfall: list[dict[str, Any]]) -> tuple[MoveWarning, ...]:
    return (MoveWarning(SHORT, {"count": len(shortfall)}),) if shortfall else ()


def baseline_of(tx: Connection, item: Any) -> tuple[date | None, Decimal]:
    """The day by which the item was to be finished, that of its last node where it names none; and its money."""
    nodes = select(NODES.c.planned_on).join(TASKS, TASKS.c.id == NODES.c.task_id).where(TASKS.c.item_id == item.id)
    last = tx.execute(nodes.order_by(NODES.c.planned_on.desc()).limit(1)).scalar_one_or_none()
    return item.finishes_on or last, planned_amounts(tx, [item.id])[item.id]
