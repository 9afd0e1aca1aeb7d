"""Reads the sheet of a unit's month, and reports what it says."""

from collections.abc import Callable, Mapping
from datetime import datetime

from approvals.accounts.actors import Actor
from approvals.base.database import Transactions
from approvals.imports.programme_sheets import MonthSheet, Taken, take_entries
from approvals.imports.sent_lines import sent_lines
from approvals.imports.sheets import read_sheet
from approvals.programme.sheets.month_form import COLUMNS, EDITION, ENTERED, KIND, LINE_KEYS
from approvals.programme.sheets.month_preview import preview_month
from approvals.programme.sheets.previews import Seen, period_of

READ = (*LINE_KEYS, *ENTERED)


def read_month(content: bytes, chosen: str, actor: Actor) -> MonthSheet:
    """The lines of the sheet; Invalid for what cannot be read, or is the sheet of another unit or month."""
    sheet = read_sheet(content, COLUMNS)
    month = period_of(sheet.identity, chosen, actor, KIND, EDITION)
    return MonthSheet(month, sent_lines(sheet.rows, READ), sheet.remarks, sheet.place)


def take_month(
    database: Transactions,
    actor: Actor,
    sheet: MonthSheet,
    seen: Mapping[str, Seen],
    now: Callable[[], datetime],
) -> Taken:
    """Report each task that stands as it was seen at the preview."""
    with database.read() as tx:
        preview = preview_month(tx, actor, sheet.month, sheet.lines, now(), seen)
    return take_entries(database, actor, "report", preview, seen, now)
