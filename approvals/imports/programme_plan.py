"""Reads the sheet of a year's plan, and proposes and plans its items.

Each item is taken with its plan in a transaction of its own, once. What was taken stays taken when the run is cut off:
sending the sheet again goes on with the rest.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from approvals.accounts.actors import Actor
from approvals.base.database import Transactions
from approvals.base.moments import day_of
from approvals.base.sheet_lines import SentLine
from approvals.base.sheets import SheetIdentity, SheetPlace
from approvals.history.commands import Command, Reference
from approvals.imports.programme_sheets import Taken, take_as_seen
from approvals.imports.sent_lines import sent_lines
from approvals.imports.sheet_rows import Remark
from approvals.imports.sheets import read_parts
from approvals.moves import execute
from approvals.programme.sheets.plan_form import COLUMNS, EDITION, KIND
from approvals.programme.sheets.plan_preview import preview_plan
from approvals.programme.sheets.previews import Seen, SubjectPreview, period_of


@dataclass(frozen=True, slots=True)
class PlanSheet:
    """A sheet that could be read: its lines by part, where reasons go in each worksheet, and what was passed over."""

    year: int
    lines: Mapping[str, tuple[SentLine, ...]]
    places: Mapping[str, SheetPlace]  # by the name of the worksheet
    remarks: tuple[tuple[str, Remark], ...]  # with the name of the worksheet
    identity: SheetIdentity | None


def read_plan(content: bytes, year: int, actor: Actor) -> PlanSheet:
    """The lines of the sheet; Invalid for what cannot be read, or is another sheet or that of another year or unit."""
    sheets = read_parts(content, COLUMNS)
    identity = next(iter(sheets.values())).identity
    period_of(identity, str(year), actor, KIND, EDITION)
    keys = {part: [column.key for column in columns if column.key != "item"] for part, columns in COLUMNS.items()}
    return PlanSheet(
        year,
        {part: sent_lines(sheet.rows, keys[part], sheet.name) for part, sheet in sheets.items()},
        {sheet.name: sheet.place for sheet in sheets.values()},
        tuple((sheet.name, remark) for sheet in sheets.values() for remark in sheet.remarks),
        identity,
    )


def take_plan(
    database: Transactions, actor: Actor, sheet: PlanSheet, seen: Mapping[str, Seen], now: Callable[[], datetime]
) -> Taken:
    """Propose and plan each item that stands as it was seen at the preview."""
    with database.read() as tx:
        preview = preview_plan(tx, actor, sheet.year, sheet.lines, day_of(now()), seen)

    def take(tx: Connection, entry: SubjectPreview, at: datetime) -> str:
        return _take(tx, actor, sheet.year, entry, at)

    return take_as_seen(database, f"plan:{actor.id}:{sheet.year}", take, preview, seen, now)


def _take(tx: Connection, actor: Actor, year: int, entry: SubjectPreview, now: datetime) -> str:
    """Propose the item if it is new, and plan it; the reference of the item."""
    given, ref, version = entry.input or {}, f"{year}/{entry.key}", entry.version or None
    if "fields" in given:
        proposed = execute(tx, Command("propose", Reference("items", key=ref), given["fields"], actor, now))
        version = proposed.version
    if any(given["plan"].values()):
        execute(tx, Command("assign", Reference("item", key=ref), given["plan"], actor, now, version=version))
    return f"programme/{ref}"
