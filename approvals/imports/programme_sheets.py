"""What the programme's sheets have in common: their rows as they were sent, and moves that are made once.

Each entry or item of a sheet is taken in a transaction of its own. What was taken stays taken when the run is cut off:
sending the sheet again goes on with the rest.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from approvals.accounts.actors import Actor
from approvals.base.database import Transactions
from approvals.base.errors import Problem, Stale
from approvals.base.sheet_lines import SentLine
from approvals.base.sheets import SheetPlace
from approvals.base.stores import reserve, settle
from approvals.history.commands import Command, Reference
from approvals.imports.sheet_rows import Remark
from approvals.moves import execute
from approvals.programme.sheets.previews import Seen, SheetPreview, SubjectPreview


@dataclass(frozen=True, slots=True)
class MonthSheet:
    """A sheet that could be read, and the month that it is for."""

    month: str
    lines: tuple[SentLine, ...]
    remarks: tuple[Remark, ...]
    place: SheetPlace


@dataclass(frozen=True, slots=True)
class Taken:
    """How many entries or items were taken, and those that were refused only then, by their keys."""

    count: int
    refused: Mapping[str, Problem]


def take_entries(
    database: Transactions,
    actor: Actor,
    move: str,
    preview: SheetPreview,
    seen: Mapping[str, Seen],
    now: Callable[[], datetime],
) -> Taken:
    """Make the move of each entry that stands as it was seen."""
    month = preview.period

    def take(tx: Connection, entry: SubjectPreview, at: datetime) -> str:
        ref, given = Reference("entry", key=f"{month[:4]}/{entry.key}/{month}"), dict(entry.input or {})
        confirmed = True  # its warnings stood in the preview
        return execute(tx, Command(move, ref, given, actor, at, version=entry.version, confirmed=confirmed)).ref

    return take_as_seen(database, f"{move}:{actor.id}:{month}", take, preview, seen, now)


def take_as_seen(
    database: Transactions,
    key: str,
    take: Callable[[Connection, SubjectPreview, datetime], str],
    preview: SheetPreview,
    seen: Mapping[str, Seen],
    now: Callable[[], datetime],
) -> Taken:
    """Take each entry or item that stands as it was seen, in a transaction of its own, once; what has moved stays."""
    count, refused = 0, {}
    for entry in _as_seen(preview, seen):
        try:
            count += _once(database, f"{key}:{entry.key}:{entry.version}", take, entry, now())
        except Stale:
            continue  # the next preview shows what it is now
        except Problem as problem:
            refused[entry.key] = problem
    return Taken(count, refused)


def _as_seen(preview: SheetPreview, seen: Mapping[str, Seen]) -> list[SubjectPreview]:
    return [
        entry
        for entry in preview.entries
        if entry.is_to_take and entry.key in seen and seen[entry.key].version == entry.version
    ]


def _once(
    database: Transactions,
    key: str,
    take: Callable[[Connection, SubjectPreview, datetime], str],
    entry: SubjectPreview,
    now: datetime,
) -> bool:
    """Whether it was taken now; what has this key was taken before."""
    with database.write() as tx:
        if reserve(tx, key, now) is not None:
            return False
        settle(tx, key, take(tx, entry, now))
    return True
