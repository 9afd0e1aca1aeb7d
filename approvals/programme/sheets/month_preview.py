"""What a month's sheet would change: for each task its report, compared with what stands now. Nothing is written."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import orjson
from sqlalchemy import Connection

from approvals.accounts.actors import Actor
from approvals.base.errors import Invalid, Problem
from approvals.base.formatting import plain_number
from approvals.base.hashing import canonical
from approvals.base.i18n import N_
from approvals.base.moments import day_of
from approvals.base.sheet_lines import SentLine, SheetFault
from approvals.history.commands import MoveWarning
from approvals.history.inputs import check_input
from approvals.programme.entries.cells import (
    CellsDue,
    cells_due,
    check_cells,
    check_falls,
    earlier_reports,
)
from approvals.programme.entries.views import DUE, refusal_to_report
from approvals.programme.entries.warnings import report_warnings
from approvals.programme.evidence import standing_evidence
from approvals.programme.queries import task_label
from approvals.programme.sheets.lines import is_called
from approvals.programme.sheets.month_form import (
    MONEY_HEADS,
    NO_FIGURE,
    REACHED_ON,
    REASON,
    REPORTABLE,
    TaskOfMonth,
    tasks_of_month,
)
from approvals.programme.sheets.month_lines import ReportInput, is_blank, report_input
from approvals.programme.sheets.previews import Cells, Seen, SheetPreview, Status, SubjectPreview, changes_of
from workflows.charts.monthly_entry import ENTRY
from workflows.charts.programme_terms import SOURCES
from workflows.label import Label
from workflows.rules.programme_facts import KINDS_OF_MONEY

NO_TASK = N_("is not a task of your unit in %(year)s")
NOT_NOW = N_("The entry is confirmed. Ask the lead unit to send it back, or amend it after closing.")


def preview_month(
    tx: Connection,
    actor: Actor,
    month: str,
    lines: Sequence[SentLine],
    now: datetime,
    seen: Mapping[str, Seen] | None = None,
) -> SheetPreview:
    """Each task of the sheet compared with what stands now; with `seen`, what has moved since that preview is told."""
    own = tasks_of_month(tx, actor, month)
    of_task: dict[str, list[SentLine]] = {}
    strays: list[SheetFault] = []
    for line in lines:
        task = _task_of(own, line)
        if task is None:
            strays += line.faults or [line.fault("item_no", NO_TASK, {"year": month[:4]})]
        else:
            of_task.setdefault(task.key, []).append(line)
    looked_at = seen or {}
    entries = [
        _entry(tx, task, of_task[task.key], month, now, looked_at.get(task.key)) for task in own if task.key in of_task
    ]
    return SheetPreview(month, tuple(entries), tuple(strays))


def _task_of(own: Sequence[TaskOfMonth], line: SentLine) -> TaskOfMonth | None:
    """The task of a line, None when there is not just one."""
    exact = [task for task in own if task.item.item_no == line.text("item_no") and task.task.code == line.text("code")]
    found = exact or [task for task in own if is_called(task.item.item_no, task.task.code, line)]
    return found[0] if len(found) == 1 else None


def _entry(
    tx: Connection, own: TaskOfMonth, lines: Sequence[SentLine], month: str, now: datetime, seen: Seen | None
) -> SubjectPreview:
    reported = own.reported
    standing = cells_of(reported)
    if all(is_blank(line) for line in lines):
        return _preview(own, lines, standing, "blank")
    due = cells_due(tx, own.task.id)
    sent = report_input(lines, due, reported)
    if sent.faults:
        return _preview(own, lines, standing, "refused", faults=tuple(sent.faults))
    try:
        facts, warnings = _checked(tx, own, due, sent, month, now)
    except Invalid as problem:
        return _preview(own, lines, standing, "refused", faults=_placed(problem, sent, lines[0].row))
    said = cells_of(facts)
    changes = changes_of(seen.cells if seen else standing, standing, said, name_of_cell)
    state = own.entry.state if own.entry else DUE.name
    if said == standing and state != "due":
        return _preview(own, lines, standing, "same")
    if refusal := _refusal(tx, own, state, month, now):
        faults = tuple(SheetFault(line.row, "", refusal.message, refusal.params) for line in lines)
        return _preview(own, lines, standing, "refused", changes=changes, faults=faults)
    status: Status = "new" if state == "due" else "changed"
    moved = seen is not None and seen.version != own.version
    return _preview(
        own, lines, standing, status, changes=changes, warnings=warnings, input=sent.values(), has_moved=moved
    )


def _preview(
    own: TaskOfMonth, lines: Sequence[SentLine], standing: Cells, status: Status, **more: Any
) -> SubjectPreview:
    rows = tuple(line.row for line in lines)
    place = task_label(own.task.code)
    return SubjectPreview(own.key, own.item.name, place, rows, status, own.version, standing, **more)


def _refusal(tx: Connection, own: TaskOfMonth, state: str, month: str, now: datetime) -> Problem | None:
    if refusal := refusal_to_report(tx, own.item, own.task, month, now):
        return refusal
    return None if state in REPORTABLE else Problem(NOT_NOW)


def _checked(
    tx: Connection, own: TaskOfMonth, due: CellsDue, sent: ReportInput, month: str, now: datetime
) -> tuple[dict[str, Any], tuple[MoveWarning, ...]]:
    """The report as it would be recorded, with what of it looks like a mistake; Invalid as `report` is."""
    facts = check_input(ENTRY, "report", sent.values()) | standing_evidence(own.reported)
    earlier = earlier_reports(tx, own.task.id, month)
    check_cells(due, facts, earlier, day_of(now))
    check_falls(due, facts, earlier)
    warnings = report_warnings(own.item, due, facts, earlier, month)
    return orjson.loads(canonical(facts)), warnings


def _placed(problem: Invalid, sent: ReportInput, first_row: int) -> tuple[SheetFault, ...]:
    """The faults of the input at their cells, a node's that needs evidence at its day.

    What does not stand in the sheet is told in the task's first row.
    """
    faults = []
    for path, (message, params) in ((path, reason) for path, reasons in problem.fields.items() for reason in reasons):
        row, address = sent.place_of(f"nodes.{params['node']}" if path == "evidence" else path)
        faults.append(SheetFault(row or first_row, address or path, message, params))
    return tuple(faults)


# Cell by cell.


def cells_of(facts: Mapping[str, Any]) -> Cells:
    """What a report says, as texts by path: figures, money, nodes, and why there is no figure."""
    cells = {
        f"quantities.{name}": plain_number(Decimal(str(value))) for name, value in facts.get("quantities", {}).items()
    }
    for row in facts.get("funds", ()):
        cells |= {f"{kind}.{row['source']}": f"{Decimal(str(row[kind])):.2f}" for kind in KINDS_OF_MONEY}
    cells |= {f"nodes.{row['name']}": str(row["reached_on"]) for row in facts.get("nodes", ())}
    cells |= {f"no_figure.{name}": str(reason) for name, reason in facts.get("no_figure", {}).items()}
    return cells | ({"reason.": str(facts["reason"])} if facts.get("reason") else {})


def name_of_cell(path: str) -> tuple[Label, Label | None]:
    part, _dot, name = path.partition(".")
    words = SOURCES.get(name) or Label(name, name)
    if part == "reason":
        return REASON, None
    labels: Mapping[str, Label] = {**MONEY_HEADS, "nodes": REACHED_ON, "no_figure": NO_FIGURE}
    return words, labels.get(part)
