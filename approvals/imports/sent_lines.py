"""Rows of a sheet as the lines that are compared, and reasons of refusal as the sheet goes back with them."""

from collections.abc import Iterable, Sequence

from approvals.base.i18n import gettext, translated
from approvals.base.sheet_lines import SentLine, SheetFault
from approvals.imports.sheet_rows import SheetRow


def sent_lines(rows: Iterable[SheetRow], keys: Sequence[str], sheet: str = "") -> tuple[SentLine, ...]:
    """The rows as lines; `keys` are the columns that count, the others are there to be looked at."""
    return tuple(_line(row, keys, sheet) for row in rows)


def _line(row: SheetRow, keys: Sequence[str], sheet: str) -> SentLine:
    cells = {key: cell for key, cell in row.cells.items() if key in keys}
    faults = tuple(
        SheetFault(row.number, cell.address, cell.fault.message, cell.fault.params, sheet)
        for cell in cells.values()
        if cell.fault
    )
    addresses = {key: cell.address for key, cell in cells.items()}
    return SentLine(row.number, {key: cell.value for key, cell in cells.items()}, addresses, faults, sheet)


def reasons_of(faults: Sequence[SheetFault]) -> dict[int, str]:
    """Why rows were refused, by row, as the sheet that goes back says it."""
    reasons: dict[int, list[str]] = {}
    for fault in faults:
        message = translated(fault.message, fault.params)
        said = gettext("%(cell)s: %(reason)s", cell=fault.address, reason=message) if fault.address else message
        reasons.setdefault(fault.row, []).append(said)
    return {row: " ".join(dict.fromkeys(texts)) for row, texts in reasons.items()}
