"""A plan cell by cell, as texts, and what its cells are called."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from approvals.base.formatting import plain_number
from approvals.base.i18n import gettext, label
from approvals.base.sheets import NO, YES
from approvals.programme.items.plan import indicator_values, line_values, node_values
from approvals.programme.items.standing_plans import Plan
from approvals.programme.queries import task_label
from approvals.programme.sheets.plan_form import CHOICES, COLUMNS, FUND, INDICATOR, NODE, PARTS, TASK
from approvals.programme.sheets.plan_lines import KEYS, cell_path
from approvals.programme.sheets.previews import CellChange, Cells
from workflows.charts.programme_terms import SOURCES
from workflows.label import Label

COLUMN_OF = {"project_ref": "project", "approval_code": "approval", "is_fiscal": "fiscal"}  # by the column of the row
AMOUNT = Label("计划投资（万元）", "Planned (10,000 yuan)")


def plan_cells(plan: Plan) -> Cells:
    """What a plan says, as texts by path, with what it says by leaving something out."""
    cells: Cells = {}
    for part, keys in KEYS.items():
        for row in plan.get(part, ()):
            key = tuple(str(row[name]) for name in keys)
            texts = {name: _text(part, name, value) for name, value in _row_values(part, row)}
            cells |= {cell_path(part, key, name): text for name, text in texts.items() if text and name not in keys}
    return cells


def _row_values(part: str, row: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    if part == TASK:
        yield from {"rhythm": "monthly", "reporter": "", **row}.items()
    elif part == INDICATOR:
        yield from indicator_values(row).items()
        yield from ((f"targets.{code}", target) for code, target in row["targets"].items())
    else:
        values = (node_values if part == NODE else line_values)(row, {row["task"]: row["task"]})
        yield from ((COLUMN_OF.get(name, name), value) for name, value in values.items() if name != "task_id")


def _text(part: str, name: str, value: Any) -> str:
    if value is None or value == "" or (name == "needs_evidence" and not value):
        return ""
    if isinstance(value, bool):
        return gettext(YES if value else NO)
    if name == "planned_10k_yuan":
        return f"{Decimal(str(value)):.2f}"
    if name.startswith("targets."):
        return plain_number(Decimal(str(value)))
    labels = CHOICES.get(part, {}).get(name, {})
    return label(labels[value]) if value in labels else str(value)


def name_of_plan_cell(path: str) -> tuple[Label, Label | None]:
    """What a cell of a plan is called: its row, and its column."""
    part, *key, name = path.split("\t")
    if name.startswith("targets."):
        place = task_label(name.removeprefix("targets."))
        return _same(key[0]), Label(f"年度目标（{place}）", f"Target of {place}")
    head = next(column.head for column in COLUMNS[part] if column.key == name)
    return _row_name(part, key), Label(head.zh, head.en)


def _row_name(part: str, key: list[str]) -> Label:
    place = task_label(key[0])
    if part == TASK:
        return _same(place)
    if part == INDICATOR:
        return _same(key[0])
    words = SOURCES[key[1]] if part == FUND else _same(key[1])
    return Label(f"{words.zh}（{place}）", f"{words.en} ({place})")


def _same(text: str) -> Label:
    return Label(text, text)


def plan_summary(fields: Mapping[str, Any], plan: Plan) -> tuple[CellChange, ...]:
    """What a new item brings, in a line for each part of its plan."""
    counts = [CellChange(PARTS[part], None, "", "", str(len(plan[part]))) for part in KEYS if plan[part]]
    amount = fields.get("planned_10k_yuan")
    planned = [CellChange(AMOUNT, None, "", "", f"{Decimal(str(amount)):,.2f}")] if amount is not None else []
    return (*counts, *planned)
