"""Reads the sheet of a unit's month, and reports what it says: each task is one move in a transaction of its own.

What was taken stays taken when the run is cut off: sending the sheet again goes on with the rest.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from approvals.accounts.actors import Actor
from approvals.base.database import Transactions
from approvals.base.errors import Problem, Stale
from approvals.base.i18n import gettext
from approvals.base.sheets import SheetPlace
from approvals.base.stores import reserve, settle
from approvals.history.commands import Command, Reference
from approvals.imports.sheets import Remark, SheetRow, read_sheet
from approvals.moves import execute
from approvals.programme.sheets.month_form import COLUMNS, ENTERED, LINE_KEYS
from approvals.programme.sheets.month_lines import MonthLine, SheetFault
from approvals.programme.sheets.month_preview import (
    EntryPreview,
    MonthPreview,
    Seen,
    month_of_sheet,
    preview_month,
    reason_of,
)

READ = (*LINE_KEYS, *ENTERED)  # columns that count; the others are there to be looked at


@dataclass(frozen=True, slots=True)
class MonthSheet:
    """A sheet that could be read, and the month that it is for."""

    month: str
    lines: tuple[MonthLine, ...]
    remarks: tuple[Remark, ...]
    place: SheetPlace


@dataclass(frozen=True, slots=True)
class TakenMonth:
    """How many tasks were reported, and the reports that were refused only then, by task."""

    count: int
    refused: Mapping[str, Problem]


def read_month(content: bytes, chosen: str, actor: Actor) -> MonthSheet:
    """The lines of the sheet; Invalid for what cannot be read, or is the sheet of another unit or month."""
    sheet = read_sheet(content, COLUMNS)
    month = month_of_sheet(sheet.identity, chosen, actor)
    return MonthSheet(month, tuple(_line(row) for row in sheet.rows), sheet.remarks, sheet.place)


def _line(row: SheetRow) -> MonthLine:
    cells = {key: cell for key, cell in row.cells.items() if key in READ}
    faults = tuple(
        SheetFault(row.number, cell.address, cell.fault.message, cell.fault.params)
        for cell in cells.values()
        if cell.fault
    )
    addresses = {key: cell.address for key, cell in cells.items()}
    return MonthLine(row.number, {key: cell.value for key, cell in cells.items()}, addresses, faults)


def take_month(
    database: Transactions, actor: Actor, sheet: MonthSheet, seen: Mapping[str, Seen], now: Callable[[], datetime]
) -> TakenMonth:
    """Report each task that stands as it was seen at the preview; what has moved since is left alone."""
    with database.read() as tx:
        preview = preview_month(tx, actor, sheet.month, sheet.lines, now(), seen)
    count, refused = 0, {}
    for entry in _as_seen(preview, seen):
        try:
            count += _take(database, actor, sheet.month, entry, now())
        except Stale:
            continue  # the next preview shows what it is now
        except Problem as problem:
            refused[entry.key] = problem
    return TakenMonth(count, refused)


def _as_seen(preview: MonthPreview, seen: Mapping[str, Seen]) -> list[EntryPreview]:
    return [
        entry
        for entry in preview.entries
        if entry.is_to_take and entry.key in seen and seen[entry.key].version == entry.version
    ]


def _take(database: Transactions, actor: Actor, month: str, entry: EntryPreview, now: datetime) -> bool:
    """Whether the report was made now; what has this key was made before."""
    on = f"{month[:4]}/{entry.key}/{month}"
    key = f"month:{actor.id}:{on}:{entry.version}"
    command = Command(
        "report",
        Reference("entry", key=on),
        dict(entry.input or {}),
        actor,
        now,
        version=entry.version,
        confirmed=True,  # its warnings stood in the preview
    )
    with database.write() as tx:
        if reserve(tx, key, now) is not None:
            return False
        settle(tx, key, execute(tx, command).ref)
    return True


def reasons_of(faults: Sequence[SheetFault]) -> dict[int, str]:
    """Why rows were refused, by row, as the sheet that goes back says it."""
    reasons: dict[int, list[str]] = {}
    for fault in faults:
        message = reason_of(fault)
        said = gettext("%(cell)s: %(reason)s", cell=fault.address, reason=message) if fault.address else message
        reasons.setdefault(fault.row, []).append(said)
    return {row: " ".join(dict.fromkeys(texts)) for row, texts in reasons.items()}
