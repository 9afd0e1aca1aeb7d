"""Materials that an acceptance left owed: handed in, and ticked off."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection

from approvals.base.errors import Refused, invalid
from approvals.base.i18n import N_
from approvals.registration.queries import APPROVALS, ApprovalRow
from approvals.windows.owed.statements import WatchedDay, steps_of_approval
from workflows.config.catalogue import Item
from workflows.rules.due_statements import RecordedStep
from workflows.rules.owed_materials import MOVES, OwedMaterials, due_statements, owed_columns, owed_materials

_NOT_OWED = N_("is not among the materials that are owed")


def _facts(steps: Sequence[RecordedStep]) -> dict[str, Any]:
    owed = owed_materials(steps)
    return {"owed": list(owed.lacking), "owed_until": owed.until_on} if owed else {}


OWED = WatchedDay(MOVES, APPROVALS.c.owed_alarm_on, due_statements, owed_columns, _facts)


def owed_of(tx: Connection, approval: Any) -> OwedMaterials | None:
    """What this approval owes; None when all is ticked off."""
    return owed_materials(steps_of_approval(tx, OWED, approval)) if approval.owed_until else None


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
        raise invalid("owed_until", N_("must be after the day of acceptance"))


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
    return owed_columns([*steps_of_approval(tx, OWED, approval), RecordedStep(name, on, facts)])
