"""What a plan's sheet would change: each item with its plan, compared with what stands now. Nothing is written."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection

from approvals.accounts.actors import Actor
from approvals.base.errors import Invalid
from approvals.base.sheet_lines import SentLine, SheetFault, plain
from approvals.programme.items.diversion import DIGITS
from approvals.programme.items.standing_plans import Plan, standing_plans
from approvals.programme.sheets.directory import Directory, directory
from approvals.programme.sheets.lines import number_of
from approvals.programme.sheets.plan_cells import name_of_plan_cell, plan_cells, plan_summary
from approvals.programme.sheets.plan_checks import (
    ItemOfSheet,
    PlanReading,
    checked_plan,
    frozen,
    may_plan,
    placed,
    refusals,
)
from approvals.programme.sheets.plan_form import ITEM, PARTS, TASK, items_of_year
from approvals.programme.sheets.plan_lines import KEYS, item_input
from approvals.programme.sheets.previews import Seen, SheetPreview, Status, SubjectPreview, changes_of

PlanLines = Mapping[str, Sequence[SentLine]]  # by part


def preview_plan(
    tx: Connection,
    actor: Actor,
    year: int,
    lines: PlanLines,
    on: date,
    seen: Mapping[str, Seen] | None = None,
) -> SheetPreview:
    """Each item of the sheet compared with what stands now; with `seen`, what has moved since that preview is told."""
    items = {row.item_no: row for row in tx.execute(items_of_year(year))}
    of_item, strays = _by_item(lines, items)
    names = directory(tx)
    plans = _plans(tx, [items[number].id for number in of_item if number in items], names)
    reading, looked_at = PlanReading(tx, actor, year, on, plans, names), seen or {}
    entries = [
        _entry(reading, _item_of_sheet(reading, number, items.get(number), own), looked_at.get(number))
        for number, own in of_item.items()
    ]
    return SheetPreview(str(year), tuple(sorted(entries, key=_rank)), tuple(strays))


def _rank(entry: SubjectPreview) -> int:
    """What is to be looked at comes first, what stays as it is last."""
    return ("refused", "changed", "new", "same", "blank").index(entry.status)


def _plans(tx: Connection, ids: Sequence[int], names: Directory) -> dict[int, Plan]:
    plans = standing_plans(tx, ids)
    for plan in plans.values():
        for row in plan[TASK]:
            row["unit"] = names.unit(row["unit"])
    return plans


def _by_item(
    lines: PlanLines, items: Mapping[str, Any]
) -> tuple[dict[str, dict[str, list[SentLine]]], list[SheetFault]]:
    """The lines of each item by its number, and what is wrong with those that name none."""
    alike: dict[str, list[str]] = defaultdict(list)
    for item_no in items:
        alike[number_of(item_no)].append(item_no)
    of_item: dict[str, dict[str, list[SentLine]]] = {}
    strays: list[SheetFault] = []
    for part in PARTS:
        for line in lines.get(part, ()):
            number = plain(line.text("item_no"))
            if number:
                key = _known_number(number, items, alike[number_of(number)])
                of_item.setdefault(key, {}).setdefault(part, []).append(line)
            else:
                strays += line.faults
    return of_item, strays


def _known_number(number: str, items: Mapping[str, Any], alike: Sequence[str]) -> str:
    """The number of the item that stands, else that of a new one: 30 is 030."""
    if number in items:
        return number
    if len(alike) == 1:
        return alike[0]
    return number.zfill(DIGITS) if number.isascii() and number.isdigit() else number


def _item_of_sheet(reading: PlanReading, item_no: str, item: Any | None, lines: PlanLines) -> ItemOfSheet:
    standing: Plan = reading.plans[item.id] if item else {part: [] for part in KEYS}
    return ItemOfSheet(item_no, item, standing, lines, item_input(lines, standing, reading.names))


def _entry(reading: PlanReading, own: ItemOfSheet, seen: Seen | None) -> SubjectPreview:
    if faults := own.sent.faults or refusals(reading, own):
        return _preview(reading, own, "refused", faults=tuple(faults))
    try:
        plan = checked_plan(reading, own)
    except Invalid as problem:
        return _preview(reading, own, "refused", faults=tuple(placed(problem, own)))
    if own.item is None:
        given = {"fields": own.sent.fields, "plan": own.sent.plan()}
        return _preview(reading, own, "new", changes=plan_summary(own.sent.fields, plan), input=given)
    return _compared(reading, own, plan, seen)


def _compared(reading: PlanReading, own: ItemOfSheet, plan: Plan, seen: Seen | None) -> SubjectPreview:
    before, said = plan_cells(own.standing), plan_cells(plan)
    if before == said:
        return _preview(reading, own, "same")
    changes = changes_of(seen.cells if seen else before, before, said, name_of_plan_cell)
    if own.is_frozen:
        faults = frozen(own, before, said)
        return _preview(reading, own, "refused", changes=changes, faults=faults)
    moved = seen is not None and own.item is not None and seen.version != own.item.version
    return _preview(reading, own, "changed", changes=changes, input={"plan": own.sent.plan()}, has_moved=moved)


def _preview(reading: PlanReading, own: ItemOfSheet, status: Status, **more: Any) -> SubjectPreview:
    """An item is called as the sheet calls it; one that others lead and the sheet does not name has no name here."""
    item, line = own.item, next(iter(own.lines.get(ITEM, ())), None)
    name = lead = ""
    if item is not None and may_plan(reading.actor, "assign", item.lead_unit_id):
        name, lead = item.name, item.lead_unit
    name, lead = (line.text("name") or name, line.text("lead_unit") or lead) if line else (name, lead)
    rows = tuple(line.row for own_lines in own.lines.values() for line in own_lines)
    version, cells = (item.version, plan_cells(own.standing)) if item else (0, {})
    return SubjectPreview(own.item_no, name, lead, rows, status, version, cells, **more)
