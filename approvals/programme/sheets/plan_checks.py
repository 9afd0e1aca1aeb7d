"""Whether an item can be planned as a sheet says: by whom, from which state, and whether all of it fits together."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from approvals.accounts.actors import Actor, Scope, acting_role
from approvals.base.errors import Forbidden, Invalid, NotFound
from approvals.base.i18n import N_, gettext, label
from approvals.base.sheet_lines import SentLine, SheetFault
from approvals.base.sheets import NO, YES
from approvals.base.text_folding import fold
from approvals.history.inputs import check_input
from approvals.programme.entries.cells import Reasons
from approvals.programme.items.actions import check_span
from approvals.programme.items.plan import check_plan
from approvals.programme.items.standing_plans import Plan
from approvals.programme.names import unit_named
from approvals.programme.queries import category_label, item_key
from approvals.programme.sheets.directory import Directory
from approvals.programme.sheets.plan_form import CHOICES, FLAGS
from approvals.programme.sheets.plan_form import ITEM as ITEMS_PART
from approvals.programme.sheets.plan_lines import ItemInput
from approvals.programme.sheets.previews import Cells
from workflows.charts.item import ITEM

NO_ITEM = N_("is not an item of %(year)s, and the sheet does not propose it")
NOT_YOURS = N_("is an item that another unit leads")
NO_NUMBER = N_("must be at most ten letters, digits and hyphens")
FIXED = N_("is “%(value)s” at present. A sheet cannot change what an item was proposed with.")
FROZEN = N_("The item is in the state “%(state)s”, its plan is frozen. Ask for a new plan on the page of the item.")


@dataclass(frozen=True, slots=True)
class PlanReading:
    """What a preview is made from: who sends the sheet, for which year, and what stands on this day."""

    tx: Connection
    actor: Actor
    year: int
    on: date
    plans: Mapping[int, Plan]
    names: Directory


@dataclass(frozen=True, slots=True)
class ItemOfSheet:
    """An item by its number: the row that stands, None for a new one, its plan, and what the sheet says of it."""

    item_no: str
    item: Any | None
    standing: Plan
    lines: Mapping[str, Sequence[SentLine]]
    sent: ItemInput

    @property
    def first(self) -> SentLine:
        return next(line for own in self.lines.values() for line in own)

    @property
    def is_frozen(self) -> bool:
        return self.item is not None and self.item.state != "proposed"


def refusals(reading: PlanReading, own: ItemOfSheet) -> list[SheetFault]:
    """Why the item cannot be planned by this sheet at all."""
    first, item = own.first, own.item
    try:
        item_key(f"{reading.year}/{own.item_no}")
    except NotFound:
        return [first.fault("item_no", NO_NUMBER)]
    if item is None and ITEMS_PART not in own.lines:
        return [first.fault("item_no", NO_ITEM, {"year": reading.year})]
    lead_id = item.lead_unit_id if item else reading.names.ids.get(own.sent.fields.get("lead_unit", ""))
    if lead_id is not None and not may_plan(reading.actor, "assign" if item else "propose", lead_id):
        return [first.fault("item_no" if item else "lead_unit", NOT_YOURS)]
    return list(_fixed(reading, own)) if item else []


def may_plan(actor: Actor, move: str, lead_unit_id: int) -> bool:
    """Whether the actor makes this move of an item that this unit leads."""
    try:
        acting_role(actor, ITEM.move(move), Scope(owner_unit_id=lead_unit_id))
    except Forbidden:
        return False
    return True


def _fixed(reading: PlanReading, own: ItemOfSheet) -> Iterator[SheetFault]:
    """The fields of an item that stands, where the sheet says otherwise; an empty cell says nothing."""
    standing = _fields(own.item, reading.names)
    for name, value in own.sent.fields.items():
        if fold(str(value)) != fold(str(standing[name] if standing[name] is not None else "")):
            line, column = own.sent.places[name]
            yield line.fault(column, FIXED, {"value": _shown(name, standing[name])})


def _fields(item: Any, names: Directory) -> dict[str, Any]:
    """The fields of an item as the input of `propose` has them."""
    texts = {name: getattr(item, name) for name in ("name", "category", "level", "kind", "leader", "origin")}
    days = {name: day.isoformat() if (day := getattr(item, name)) else "" for name in ("starts_on", "finishes_on")}
    planned = "" if item.planned_10k_yuan is None else f"{item.planned_10k_yuan:.2f}"
    flags = {name: getattr(item, column) for name, column in FLAGS.items()}
    return {**texts, **days, **flags, "planned_10k_yuan": planned, "lead_unit": names.unit(item.lead_unit)}


def _shown(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return gettext(YES if value else NO)
    labels = CHOICES[ITEMS_PART].get(name, {})
    if name == "category":
        return label(category_label(value))
    return label(labels[value]) if value in labels else str(value or "–")


# Whether all of it fits together.


def checked_plan(reading: PlanReading, own: ItemOfSheet) -> Plan:
    """The plan as it would be recorded; Invalid names each field of item and plan that cannot be."""
    faults: Reasons = {}
    plan: Plan = {}
    if own.item is None:
        with _collected(faults):
            _check_fields(reading, own.sent.fields)
    with _collected(faults):
        plan = _check_plan(reading, own)
    if faults:
        raise Invalid(faults)
    return plan


@contextmanager
def _collected(faults: Reasons) -> Iterator[None]:
    try:
        yield
    except Invalid as problem:
        faults.update(problem.fields)


def _check_fields(reading: PlanReading, fields: Mapping[str, Any]) -> None:
    facts = check_input(ITEM, "propose", fields)
    unit_named(reading.tx, "lead_unit", facts["lead_unit"])
    check_span(facts.get("starts_on"), facts.get("finishes_on"))


def _check_plan(reading: PlanReading, own: ItemOfSheet) -> Plan:
    plan = own.sent.plan()
    if not any(plan.values()) or (own.is_frozen and plan == own.standing):
        return plan
    facts: Plan = check_input(ITEM, "assign", plan)
    if not own.is_frozen:
        check_plan(reading.tx, facts, _planned(own), reading.on)
    return facts


def _planned(own: ItemOfSheet) -> Decimal | None:
    if own.item is not None:
        amount: Decimal | None = own.item.planned_10k_yuan
        return amount
    text = own.sent.fields.get("planned_10k_yuan")
    return None if text is None else Decimal(text)


def placed(problem: Invalid, own: ItemOfSheet) -> Iterator[SheetFault]:
    """The faults of the input at their cells; what does not stand in the sheet is told in the item's first row."""
    for path, reasons in problem.fields.items():
        line, column = own.sent.place_of(path) or (own.first, "item_no")
        yield from (line.fault(column, message, params) for message, params in reasons)


def frozen(own: ItemOfSheet, before: Cells, said: Cells) -> tuple[SheetFault, ...]:
    """Each cell by which the sheet would change a plan that is adopted."""
    state = {"state": ITEM.state(own.item.state)} if own.item else {}
    paths = [path for path in dict.fromkeys((*said, *before)) if before.get(path, "") != said.get(path, "")]
    cells = [own.sent.places.get(path, (own.first, "item_no")) for path in paths]
    faults = [line.fault(column, FROZEN, state) for line, column in cells]
    return tuple({(fault.sheet, fault.address): fault for fault in faults}.values())
