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
from approvals.base.i18n import N_
from approvals.base.moments import end_of, start_of
from approvals.base.pagination import PAGE, Page, write_cursor
from approvals.casefile.periods import AccountingPeriod
from approvals.casefile.time_accounting import departments_of, numbers_in, told
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
class PausedOne:
    """An approval with those of its special procedures that are looked at."""

    approval_id: int
    department_id: int
    pauses: tuple[Special, ...]

    @property
    def longest(self) -> int:
        return max(one.days for one in self.pauses)


Found = Sequence[PausedOne]


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


def _each(found: Found) -> Found:
    """A line for each special procedure."""
    return [PausedOne(one.approval_id, one.department_id, (pause,)) for one in found for pause in one.pauses]


def _long(found: Found) -> Found:
    return [one for one in _each(found) if one.longest > load_policy().pauses["long_days"]]


def _over(found: Found) -> Found:
    return [one for one in _each(found) if one.pauses[0].is_over]


def _running(found: Found) -> Found:
    return [one for one in _each(found) if one.pauses[0].until_on is None]


def _often(found: Found) -> Found:
    return [one for one in found if len(one.pauses) >= load_policy().pauses["frequent"]]


class Kind(NamedTuple):
    """A list that can be asked for: a msgid, and what it holds of all that was found."""

    title: str
    of: Callable[[Found], Found]


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
    found = _paused(tx, actor, period, today)
    by_department: dict[int, list[PausedOne]] = defaultdict(list)
    for one in found:
        by_department[one.department_id].append(one)
    names = departments_of(tx, by_department)
    listed = sorted(_listed(found, names, kind, department), key=_longest_first)
    return PausesView(
        period=period,
        departments=tuple(_figures(name, by_department[unit_id]) for unit_id, name in names.items()),
        total=_figures(UnitName("", ""), found) if found else None,
        kind=kind,
        department=department,
        count=len(listed),
        page=_page(tx, listed, names, today, cursor),
    )


def _paused(tx: Connection, actor: Actor, period: AccountingPeriod, today: date) -> list[PausedOne]:
    """The approvals of which a special procedure was begun within the period, with these."""
    begun = select(ENTRY.c.approval_id).where(
        ENTRY.c.subject == APPROVAL.name,
        ENTRY.c.move == START,
        ENTRY.c.at.between(start_of(period.first_on), end_of(period.last_on)),
    )
    items, found = load_catalogue().items, []
    for one in told(tx, actor, today, APPROVALS.c.id.in_(begun)):
        known = specials(one.steps, items[one.code].special, one.calendar, today)
        mine = tuple(pause for pause in known if period.first_on <= pause.from_on <= period.last_on)
        if mine:  # none where only the suspension of the project paused it
            found.append(PausedOne(one.id, one.department_id, mine))
    return found


def _listed(found: Found, names: Mapping[int, UnitName], kind: str, department: str) -> Found:
    return KINDS[kind].of([one for one in found if not department or names[one.department_id].name == department])


def _figures(department: UnitName, found: Found) -> DepartmentPauses:
    days = [pause.days for one in found for pause in one.pauses]
    middle = median(days)
    figures = {name: len(kind.of(found)) for name, kind in KINDS.items()}
    return DepartmentPauses(department, figures, int(middle) if middle == int(middle) else middle, max(days))


def _longest_first(one: PausedOne) -> tuple[int, int, int]:
    return -one.longest, one.approval_id, one.pauses[0].from_on.toordinal()


def _page(tx: Connection, listed: Found, names: Mapping[int, UnitName], today: date, cursor: str) -> Page[PauseLine]:
    if cursor:
        after = numbers_in(cursor, 3)
        listed = [one for one in listed if _longest_first(one) > after]
    shown = listed[:PAGE]
    views = {one.id: one for one in in_order(tx, sorted({one.approval_id for one in shown}), today)}
    rows = [_line(views[one.approval_id], names[one.department_id], one.pauses) for one in shown]
    return Page(rows, write_cursor(*_longest_first(shown[-1])) if len(listed) > PAGE else None)


def _line(one: ApprovalView, department: UnitName, pauses: Iterable[Special]) -> PauseLine:
    told_of = tuple((pause, warned(pause)) for pause in pauses)
    return PauseLine(one, load_city().shown_number(one.project), department, told_of)
