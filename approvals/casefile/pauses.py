"""Long and frequent special procedures by department: those begun within a period, measured up to today."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from statistics import median
from typing import NamedTuple

from sqlalchemy import Connection, select

from approvals.accounts.actors import Actor
from approvals.accounts.queries import UnitName
from approvals.accounts.units import unit_ids
from approvals.base.i18n import N_
from approvals.base.moments import end_of, start_of
from approvals.base.pagination import PAGE, Page, write_cursor
from approvals.casefile.time_accounting import AccountingPeriod, departments_of, histories_until, numbers_in
from approvals.catalogue.queries import item_of
from approvals.history.record import ENTRY
from approvals.registration.queries import APPROVALS
from approvals.windows.deadline_changes import DeadlineWarning, cap_warning
from approvals.windows.queries import ApprovalView, in_order
from workflows.charts.approval import APPROVAL
from workflows.clock.deadline_changes import START, Special, specials
from workflows.config.city import load_city
from workflows.config.policy import load_policy


@dataclass(frozen=True, slots=True)
class PausedApproval:
    """An approval with some of its special procedures."""

    id: int
    department_id: int
    pauses: tuple[Special, ...]

    @property
    def longest(self) -> int:
        return max(pause.days for pause in self.pauses)


PausedApprovals = Sequence[PausedApproval]


@dataclass(frozen=True, slots=True)
class DepartmentPauses:
    """The special procedures of one department in working days; `figures` are the lengths of their lists by kind."""

    department: UnitName
    figures: Mapping[str, int]
    median: float
    longest: int


@dataclass(frozen=True, slots=True)
class PauseLine:
    """One line of a list: an approval with one special procedure, or in the list of frequent ones with all."""

    approval: ApprovalView
    number: str
    department: UnitName
    pauses: tuple[tuple[Special, DeadlineWarning | None], ...]


@dataclass(frozen=True, slots=True)
class PausesView:
    """The table by department with its total, and the chosen list with its length."""

    period: AccountingPeriod
    departments: tuple[DepartmentPauses, ...]
    total: DepartmentPauses | None
    kind: str
    department: str
    count: int
    page: Page[PauseLine]


class Kind(NamedTuple):
    """A list: a msgid, which entries it holds, and whether each special procedure is an entry of its own."""

    title: str
    includes: Callable[[PausedApproval], bool]
    is_each: bool = True

    def of(self, approvals: PausedApprovals) -> PausedApprovals:
        if self.is_each:
            approvals = [replace(paused, pauses=(pause,)) for paused in approvals for pause in paused.pauses]
        return [paused for paused in approvals if self.includes(paused)]


KINDS: Mapping[str, Kind] = {
    "all": Kind(N_("Special procedures begun"), lambda _paused: True),
    "running": Kind(N_("Still running"), lambda paused: paused.pauses[0].until_on is None),
    "long": Kind(N_("Long"), lambda paused: paused.longest > load_policy().pauses["long_days"]),
    "over": Kind(N_("Beyond the cap"), lambda paused: paused.pauses[0].is_over),
    "often": Kind(
        N_("Approvals paused often"),
        lambda paused: len(paused.pauses) >= load_policy().pauses["frequent"],
        is_each=False,
    ),
}


def pauses_view(
    tx: Connection, actor: Actor, period: AccountingPeriod, kind: str, department: str, *, today: date, cursor: str = ""
) -> PausesView:
    """The procedures begun within the period; `kind` and `department` choose the list below the table."""
    approvals = _paused(tx, actor, period, today)
    by_department: dict[int, list[PausedApproval]] = defaultdict(list)
    for paused in approvals:
        by_department[paused.department_id].append(paused)
    names = departments_of(tx, by_department, period.last_on)
    department_id = unit_ids(tx).get(department) if department else None
    chosen = [paused for paused in approvals if not department or paused.department_id == department_id]
    listed = sorted(KINDS[kind].of(chosen), key=_longest_first)
    return PausesView(
        period=period,
        departments=tuple(_figures(name, by_department[unit_id]) for unit_id, name in names.items()),
        total=_figures(UnitName("", ""), approvals) if approvals else None,
        kind=kind,
        department=department,
        count=len(listed),
        page=_page(tx, listed, names, today, cursor),
    )


def _paused(tx: Connection, actor: Actor, period: AccountingPeriod, today: date) -> list[PausedApproval]:
    """The approvals with special procedures begun within the period, with these procedures."""
    begun = select(ENTRY.c.approval_id).where(
        ENTRY.c.subject == APPROVAL.name,
        ENTRY.c.move == START,
        ENTRY.c.at.between(start_of(period.first_on), end_of(period.last_on)),
    )
    approvals = []
    for history in histories_until(tx, actor, today, APPROVALS.c.id.in_(begun)):
        procedures = specials(history.steps, item_of(tx, history).special, history.calendar, today)
        pauses = tuple(pause for pause in procedures if period.first_on <= pause.from_on <= period.last_on)
        if pauses:  # none where only the suspension of the project paused it
            approvals.append(PausedApproval(history.id, history.department_id, pauses))
    return approvals


def _figures(department: UnitName, approvals: PausedApprovals) -> DepartmentPauses:
    days = [pause.days for paused in approvals for pause in paused.pauses]
    middle = median(days)
    figures = {name: len(kind.of(approvals)) for name, kind in KINDS.items()}
    return DepartmentPauses(department, figures, int(middle) if middle == int(middle) else middle, max(days))


def _longest_first(paused: PausedApproval) -> tuple[int, int, int]:
    return -paused.longest, paused.id, paused.pauses[0].from_on.toordinal()


def _page(
    tx: Connection, rows: PausedApprovals, names: Mapping[int, UnitName], on: date, cursor: str
) -> Page[PauseLine]:
    if cursor:
        after = numbers_in(cursor, 3)
        rows = [paused for paused in rows if _longest_first(paused) > after]
    views = {view.id: view for view in in_order(tx, sorted({paused.id for paused in rows[:PAGE]}), on)}
    lines = []
    for paused in rows[:PAGE]:
        number, department = load_city().shown_number(views[paused.id].project), names[paused.department_id]
        pauses = tuple((pause, cap_warning(pause)) for pause in paused.pauses)
        lines.append(PauseLine(views[paused.id], number, department, pauses))
    return Page(lines, write_cursor(*_longest_first(rows[PAGE - 1])) if len(rows) > PAGE else None)
