"""Reads finance's sheet of a month, and confirms the money on which it agrees with the entries."""

from collections.abc import Callable, Mapping
from datetime import datetime

from approvals.accounts.actors import Actor
from approvals.base.database import Transactions
from approvals.imports.programme_sheets import MonthSheet, Taken, take_entries
from approvals.imports.sent_lines import sent_lines
from approvals.imports.sheets import read_sheet
from approvals.programme.sheets.money_form import COLUMNS, EDITION, KIND, LINE_KEYS
from approvals.programme.sheets.money_preview import preview_money
from approvals.programme.sheets.previews import Seen, period_of
from workflows.rules.programme_facts import KINDS_OF_MONEY

READ = (*LINE_KEYS, *KINDS_OF_MONEY)


def read_money(content: bytes, chosen: str, actor: Actor) -> MonthSheet:
    """The lines of the sheet; Invalid for what cannot be read, or is another sheet or that of another month."""
    sheet = read_sheet(content, COLUMNS)
    month = period_of(sheet.identity, chosen, actor, KIND, EDITION)
    return MonthSheet(month, sent_lines(sheet.rows, READ), sheet.remarks, sheet.place)


def take_money(
    database: Transactions, actor: Actor, sheet: MonthSheet, seen: Mapping[str, Seen], now: Callable[[], datetime]
) -> Taken:
    """Confirm the money of each task whose entry is as it was seen at the preview, and agrees."""
    with database.read() as tx:
        preview = preview_money(tx, actor, sheet.month, sheet.lines, seen)
    return take_entries(database, actor, "confirm_money", preview, seen, now)
