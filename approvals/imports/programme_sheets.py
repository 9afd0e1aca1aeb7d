"""What the programme's sheets have in common: their rows as they were sent, and moves that are made once.

Each task of a sheet is one move in a transaction of its own. What was taken stays taken when the run is cut off:
sending the sheet again goes on with the rest.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from approvals.accounts.actors import Actor
from approvals.base.database import Transactions
from approvals.base.errors import Problem, Stale
from approvals.base.i18n import gettext
from approvals.base.sheets import SheetPlace
from approvals.base.stores import reserve, settle
from approvals.history.commands import Command, Reference
from approvals.imports.sheets import Remark, SheetRow
from approvals.moves import execute
from approvals.programme.sheets.lines import SentLine, SheetFault
from approvals.programme.sheets.previews import Seen, SheetPreview, SubjectPreview, reason_of


@dataclass(frozen=True, slots=True)
class MonthSheet:
    """A sheet that could be read, and the month that it is for."""

    month: str
    lines: tuple[SentLine, ...]
    remarks: tuple[Remark, ...]
    place: SheetPlace


@dataclass(frozen=True, slots=True)
class TakenMonth:
    """How many moves were made, and those that were refused only then, by task."""

    count: int
    refused: Mapping[str, Problem]


def sent_lines(rows: Iterable[SheetRow], keys: Sequence[str]) -> tuple[SentLine, ...]:
    """The rows as lines; `keys` are the columns that count, the others are there to be looked at."""
    return tuple(_line(row, keys) for row in rows)


def _line(row: SheetRow, keys: Sequence[str]) -> SentLine:
    cells = {key: cell for key, cell in row.cells.items() if key in keys}
    faults = tuple(
        SheetFault(row.number, cell.address, cell.fault.message, cell.fault.params)
        for cell in cells.values()
        if cell.fault
    )
    addresses = {key: cell.address for key, cell in cells.items()}
    return SentLine(row.number, {key: cell.value for key, cell in cells.items()}, addresses, faults)


def take_entries(
    database: Transactions,
    actor: Actor,
    move: str,
    preview: SheetPreview,
    seen: Mapping[str, Seen],
    now: Callable[[], datetime],
) -> TakenMonth:
    """Make the move of each task that stands as it was seen; what has moved since is left alone."""
    count, refused = 0, {}
    for entry in _as_seen(preview, seen):
        try:
            count += _take(database, actor, move, preview.period, entry, now())
        except Stale:
            continue  # the next preview shows what it is now
        except Problem as problem:
            refused[entry.key] = problem
    return TakenMonth(count, refused)


def _as_seen(preview: SheetPreview, seen: Mapping[str, Seen]) -> list[SubjectPreview]:
    return [
        entry
        for entry in preview.entries
        if entry.is_to_take and entry.key in seen and seen[entry.key].version == entry.version
    ]


def _take(database: Transactions, actor: Actor, move: str, month: str, entry: SubjectPreview, now: datetime) -> bool:
    """Whether the move was made now; what has this key was made before."""
    on = f"{month[:4]}/{entry.key}/{month}"
    key = f"{move}:{actor.id}:{on}:{entry.version}"
    command = Command(
        move,
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
