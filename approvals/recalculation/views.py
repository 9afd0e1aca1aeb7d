"""What a new calendar would move, as its page shows it: counted, by department, and one page of the list."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, func, select

from approvals.accounts.queries import UnitName, units_by_id
from approvals.base.pagination import PAGE
from approvals.history.record import ENTRY
from approvals.recalculation.actions import Recalculation, entries_of, last_recalculation, moved_so_far
from approvals.recalculation.preview import DUE, RecalculatedApproval
from approvals.windows.clocks import CLOCK_NAMES
from workflows.charts.model import State
from workflows.config.catalogue import Item
from workflows.config.city import load_city
from workflows.rules.item_words import state_of

STALLED_AFTER = timedelta(seconds=20)  # without a single one: the worker looks every second
_WORDS = {name: CLOCK_NAMES[name.removesuffix("_due_on")] for name in DUE}


@dataclass(frozen=True, slots=True)
class MovedDay:
    """`word` is a msgid."""

    word: str
    before: date | None
    after: date | None


@dataclass(frozen=True, slots=True)
class MovedApproval:
    """An approval that would move; without `days` only the day of a warning does."""

    ref: str
    number: str
    item: Item
    department: UnitName
    state: State
    days: tuple[MovedDay, ...]


@dataclass(frozen=True, slots=True)
class RecalculationPreview:
    """`projects` are those of this page, each with its rows."""

    approvals: int
    project_count: int
    departments: tuple[tuple[UnitName, int], ...]
    projects: tuple[tuple[str, tuple[MovedApproval, ...]], ...]
    page: int
    pages: int

    @property
    def earlier(self) -> int | None:
        return self.page - 1 if self.page > 1 else None

    @property
    def later(self) -> int | None:
        return self.page + 1 if self.page < self.pages else None


def preview_page(tx: Connection, redated: Iterable[RecalculatedApproval], page: int = 1) -> RecalculationPreview:
    """The counts of all that would move, and this page of it; a page that is none is the nearest."""
    approvals = list(redated)
    units = units_by_id(tx, {approval.department_id for approval in approvals})
    by_department = Counter(approval.department_id for approval in approvals)
    pages = max(1, -(-len(approvals) // PAGE))
    page = min(max(1, page), pages)
    return RecalculationPreview(
        approvals=len(approvals),
        project_count=len({approval.ref.partition("/")[0] for approval in approvals}),
        departments=tuple((units[unit_id], count) for unit_id, count in by_department.most_common()),
        projects=_by_project(approvals[(page - 1) * PAGE : page * PAGE], units),
        page=page,
        pages=pages,
    )


def _by_project(
    approvals: Sequence[RecalculatedApproval], units: dict[int, UnitName]
) -> tuple[tuple[str, tuple[MovedApproval, ...]], ...]:
    projects: dict[tuple[str, str], list[MovedApproval]] = {}
    for approval in approvals:
        number = approval.ref.partition("/")[0]
        projects.setdefault((number, approval.project), []).append(_row(approval, number, units))
    return tuple((name, tuple(rows)) for (_, name), rows in projects.items())


def _row(approval: RecalculatedApproval, number: str, units: dict[int, UnitName]) -> MovedApproval:
    return MovedApproval(
        approval.ref,
        load_city().shown_number(number),
        approval.item,
        units[approval.department_id],
        state_of(approval.item, approval.state),
        tuple(MovedDay(_WORDS[name], before, after) for name, before, after in approval.moves),
    )


@dataclass(frozen=True, slots=True)
class RecalculationProgress:
    """How far a recalculation is; `is_stalled` when no worker seems to run it."""

    begun: Recalculation
    done: int
    is_stalled: bool

    @property
    def goes_on(self) -> bool:
        return self.begun.moved is None

    @property
    def most(self) -> int:
        return max(self.done, self.begun.expected or 0)


def progress(tx: Connection, now: datetime) -> RecalculationProgress | None:
    """The recalculation that was begun last; None when there was none yet."""
    begun = last_recalculation(tx)
    if begun is None:
        return None
    if begun.moved is not None:
        return RecalculationProgress(begun, begun.moved, is_stalled=False)
    return RecalculationProgress(begun, moved_so_far(tx, begun), is_stalled=_is_stalled(tx, begun, now))


def _is_stalled(tx: Connection, begun: Recalculation, now: datetime) -> bool:
    if begun.since is None:
        return True
    last = tx.execute(select(func.max(ENTRY.c.recorded_at)).where(*entries_of(begun))).scalar_one()
    return now - max(begun.since, last or begun.since) > STALLED_AFTER
