"""Long and frequent special procedures, by department: what was begun within a period, counted up to today."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import NamedTuple

from sqlalchemy import Connection, select

from approvals.accounts.actors import Actor
from approvals.accounts.queries import UnitName
from approvals.base.moments import end_of, start_of
from approvals.base.pagination import PAGE, Page, write_cursor
from approvals.base.text_validation import N_
from approvals.casefile.time_accounting import AccountingPeriod, departments_of, histories_until, numbers_in
from approvals.history.record import ENTRY
from approvals.registration.queries import APPROVALS
from approvals.windows.deadline_changes import DeadlineWarning, warned
from approvals.windows.queries import ApprovalView, in_order
from workflows.charts.approval import APPROVAL
from workflows.clock.deadline_changes import START, Special, specials
from workflows.config.catalogue import load_catalogue
from workflows.config.city import load_city
from workflows.config.policy import load_policy


@dataclass(frozen=True, slots=True)
class PausedApproval:
    """An approval with those of its special procedures that are looked at."""

    approval_id: int
    department_id: int
    pauses: tuple[Special, ...]

    @property
    def longest(self) -> int:
        return max(pause.days for pause in self.pauses)


PausedApprovals = Sequence[PausedApproval]


@dataclass(frozen=True, slots=True)
class DepartmentPauses:
    """The special procedures of one department in working days; `figures` are the lengths of the lists behind."""

    department: UnitName
    figures: Mapping[str, int]
    median: float
    longest: int


@dataclass(frozen=True, slots=True)
class PauseLine:
    """One line of a list: an approval with one special procedure, or with several where these are asked for."""

    approval: ApprovalView
    number: str
    department: UnitName
    pauses: tuple[tuple[Special, DeadlineWarning | None], ...]


@dataclass(frozen=True, slots=True)
class PausesView:
    """The table by department with its last line, and the list that was asked for with its length."""

    period: AccountingPeriod
    departments: tuple[DepartmentPauses, ...]
    total: DepartmentPauses | None
    kind: str
    department: str
    count: int
    page: Page[PauseLine]


def _each(approvals: PausedApprovals) -> PausedApprovals:
    """A line for each special procedure."""
    return [
        PausedApproval(approval.approval_id, approval.department_id, (pause,))
        for approval in approvals
        for pause in approval.pauses
    ]


def _long(approvals: PausedApprovals) -> PausedApprovals:
    return [approval for approval in _each(approvals) if approval.longest > load_policy().pauses["long_days"]]


def _over(approvals: PausedApprovals) -> PausedApprovals:
    return [approval for approval in _each(approvals) if approval.pauses[0].is_over]


def _running(approvals: PausedApprovals) -> PausedApprovals:
    return [approval for approval in _each(approvals) if approval.pauses[0].until_on is None]


def _often(approvals: PausedApprovals) -> PausedApprovals:
    return [approval for approval in approvals if len(approval.pauses) >= load_policy().pauses["frequent"]]


class Kind(NamedTuple):
    """A list that can be asked for: a msgid, and what it holds of all that was found."""

    title: str
    of: Callable[[PausedApprovals], PausedApprovals]


KINDS: Mapping[str, Kind] = {
    "all": Kind(N_("Special procedures begun"), _each),
    "running": Kind(N_("Still running"), _running),
    "long": Kind(N_("Long"), _long),
    "over": Kind(N_("Beyond the cap"), _over),
    "often": Kind(N_("Approvals paused often"), _often),
}


def pauses_view(
    tx: Connection, actor: Actor, period: AccountingPeriod, kind: str, department: str, *, today: date, cursor: str = ""
) -> PausesView:
    """What was begun within the period; `kind` and `department` choose the list below the table."""
    approvals = _paused(tx, actor, period, today)
    by_department: dict[int, list[PausedApproval]] = defaultdict(list)
    for approval in approvals:
        by_department[approval.department_id].append(approval)
    names = departments_of(tx, by_department)
    listed = sorted(_listed(approvals, names, kind, department), key=_longest_first)
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
    """The approvals of which a special procedure was begun within the period, with these."""
    begun = select(ENTRY.c.approval_id).where(
        ENTRY.c.subject == APPROVAL.name,
        ENTRY.c.move == START,
        ENTRY.c.at.between(start_of(period.first_on), end_of(period.last_on)),
    )
    items, approvals = load_catalogue().items, []
    for history in histories_until(tx, actor, today, APPROVALS.c.id.in_(begun)):
        procedures = specials(history.steps, items[history.code].special, history.calendar, today)
        pauses = tuple(pause for pause in procedures if period.first_on <= pause.from_on <= period.last_on)
        if pauses:  # none where only the suspension of the project paused it
            approvals.append(PausedApproval(history.id, history.department_id, pauses))
    return approvals


def _listed(approvals: PausedApprovals, names: Mapping[int, UnitName], kind: str, department: str) -> PausedApprovals:
    return KINDS[kind].of(
        [approval for approval in approvals if not department or names[approval.department_id].name == department]
    )


def _figures(department: UnitName, approvals: PausedApprovals) -> DepartmentPauses:
    days = [pause.days for approval in approvals for pause in approval.pauses]
    middle = median(days)
    figures = {name: len(kind.of(approvals)) for name, kind in KINDS.items()}
    return DepartmentPauses(department, figures, int(middle) if middle == int(middle) else middle, max(days))


def _longest_first(approval: PausedApproval) -> tuple[int, int, int]:
    return -approval.longest, approval.approval_id, approval.pauses[0].from_on.toordinal()


def _page(
    tx: Connection, listed: PausedApprovals, names: Mapping[int, UnitName], today: date, cursor: str
) -> Page[PauseLine]:
    if cursor:
        after = numbers_in(cursor, 3)
        listed = [approval for approval in listed if _longest_first(approval) > after]
    approvals = listed[:PAGE]
    views = {
        approval.id: approval
        for approval in in_order(tx, sorted({approval.approval_id for approval in approvals}), today)
    }
    rows = [
        _line(views[approval.approval_id], names[approval.department_id], approval.pauses) for approval in approvals
    ]
    return Page(rows, write_cursor(*_longest_first(approvals[-1])) if len(listed) > PAGE else None)


def _line(approval: ApprovalView, department: UnitName, pauses: Iterable[Special]) -> PauseLine:
    lines = tuple((pause, warned(pause)) for pause in pauses)
    return PauseLine(approval, load_city().shown_number(approval.project), department, lines)
