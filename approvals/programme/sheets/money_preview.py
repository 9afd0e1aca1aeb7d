"""What finance's sheet says of the money of a month: confirmed where it agrees, refused with both figures else."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import Connection

from approvals.accounts.actors import Actor
from approvals.base.i18n import N_
from approvals.base.sheet_lines import TWICE, SentLine, SheetFault, key_of
from approvals.base.text_folding import fold
from approvals.programme.queries import task_label
from approvals.programme.sheets.lines import name_of_task
from approvals.programme.sheets.money_form import Amounts, MoneyOfTask, money_of_month
from approvals.programme.sheets.month_preview import name_of_cell
from approvals.programme.sheets.previews import Cells, Seen, SheetPreview, Status, SubjectPreview, changes_of
from workflows.charts.programme_terms import SOURCES
from workflows.rules.programme_facts import KINDS_OF_MONEY

NO_TASK = N_("is not a task that reports money of %(month)s")
NOT_REPORTED = N_("Nothing has been reported for this task yet. Send the sheet again once it has.")
NO_SOURCE = N_("is not a source of this task")
MISSING = N_("The sheet has no figures for %(source)s, which the entry reports.")
NO_FIGURE = N_("The entry has no figure here: %(reason)s")
REQUIRED = N_("is required")
DIFFERS = N_("is %(sent)s here and %(reported)s in the entry")


def preview_money(
    tx: Connection, actor: Actor, month: str, lines: Sequence[SentLine], seen: Mapping[str, Seen] | None = None
) -> SheetPreview:
    """Each task of the sheet compared with what its entry reports now; with `seen`, what has moved since is told."""
    tasks = money_of_month(tx, actor, month)
    keys: dict[tuple[str, str], list[str]] = defaultdict(list)
    for task in tasks:
        keys[name_of_task(task.item_no, task.code)].append(task.key)
    of_task: dict[str, list[SentLine]] = {}
    strays: list[SheetFault] = []
    for line in lines:
        called = keys[name_of_task(line.text("item_no"), line.text("code"))]
        if len(called) == 1:
            of_task.setdefault(called[0], []).append(line)
        elif not is_blank(line):
            strays += line.faults or [line.fault("item_no", NO_TASK, {"month": month})]
    looked_at = seen or {}
    entries = [_entry(task, of_task[task.key], looked_at.get(task.key)) for task in tasks if task.key in of_task]
    return SheetPreview(month, tuple(entries), tuple(strays))


def is_blank(line: SentLine) -> bool:
    """Whether finance filled in nothing."""
    return not line.faults and all(line.values.get(kind) is None for kind in KINDS_OF_MONEY)


def _entry(task: MoneyOfTask, lines: Sequence[SentLine], seen: Seen | None) -> SubjectPreview:
    standing, rows, place = _cells(task.counted), tuple(line.row for line in lines), task_label(task.code)
    about = task.key, task.name, place, rows
    if all(is_blank(line) for line in lines):
        return SubjectPreview(*about, "blank", task.version, standing)
    if faults := tuple(_faults(task, lines)):
        return SubjectPreview(*about, "refused", task.version, standing, faults=faults)
    if task.is_confirmed:
        return SubjectPreview(*about, "same", task.version, standing)
    changes = changes_of(seen.cells if seen else standing, standing, _cells(task.funds), name_of_cell)
    status: Status = "changed" if task.counted else "new"
    moved = seen is not None and seen.version != task.version
    return SubjectPreview(*about, status, task.version, standing, changes, has_moved=moved)


def _cells(funds: Mapping[str, Amounts]) -> Cells:
    """Money as texts by path."""
    return {f"{kind}.{source}": f"{amount:.2f}" for source, own in funds.items() for kind, amount in own.items()}


def _faults(task: MoneyOfTask, lines: Sequence[SentLine]) -> Iterator[SheetFault]:
    first: dict[str, int] = {}
    for line in lines:
        source = key_of(SOURCES, line.text("source")) or fold(line.text("source"))
        before = first.setdefault(source, line.row)
        if before != line.row and not line.faults:
            yield line.fault("source", TWICE, {"row": before})
        else:
            yield from _line_faults(task, source, line)
    for source in task.funds:
        if source not in first:
            yield SheetFault(lines[0].row, "", MISSING, {"source": SOURCES[source]})


def _line_faults(task: MoneyOfTask, source: str, line: SentLine) -> Iterator[SheetFault]:
    if line.faults:
        yield from line.faults
    elif source not in task.planned:
        yield line.fault("source", NO_SOURCE)
    elif task.is_reported:
        yield from _differences(task, source, line)
    elif not is_blank(line):
        yield line.fault("allocated", NOT_REPORTED)


def _differences(task: MoneyOfTask, source: str, line: SentLine) -> Iterator[SheetFault]:
    reported = task.funds.get(source)
    if reported is None:
        if not is_blank(line):
            reason = {"reason": task.no_figure.get(source, "–")}
            yield line.fault("allocated", NO_FIGURE, reason)
        return
    for kind, amount in reported.items():
        sent = line.values.get(kind)
        if sent is None:
            yield line.fault(kind, REQUIRED)
        elif sent != amount:
            yield line.fault(kind, DIFFERS, {"sent": f"{sent:.2f}", "reported": f"{amount:.2f}"})
