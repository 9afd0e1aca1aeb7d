"""Absences as their pages show them, and the open work that a deputy takes over."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Connection, func, or_, select, true

from approvals.accounts.absence.actions import format_days
from approvals.accounts.absence.queries import (
    AbsenceView,
    Colleague,
    Roster,
    Uncovered,
    looks_after,
    managed,
    may_manage,
    past_absences,
    possible_deputies,
    roster,
    sees_absence,
    uncovered_for,
)
from approvals.accounts.actors import Actor
from approvals.base.i18n import N_
from approvals.calendar.queries import calendar_in_force
from approvals.filing.queries import TABLE
from approvals.registration.due_dates import DueBefore, due_before, is_due_before
from approvals.registration.queries import APPROVALS
from approvals.reports.periods import Month
from approvals.supervision.queries import ESCALATIONS, OPEN_STATES
from approvals.windows.actions import LIVE
from approvals.windows.queries import ApprovalView, in_order
from workflows.charts.roles import LEVEL_ROLES
from workflows.config.catalogue import Item
from workflows.config.city import load_city
from workflows.label import Label
from workflows.rules.absence import AbsenceSpan

KINDS = {
    "annual": Label("年休假", "Annual leave"),
    "sick": Label("病假", "Sick leave"),
    "personal": Label("事假", "Personal leave"),
    "duty": Label("公务出差", "Official trip"),
    "training": Label("学习培训", "Training"),
    "other": Label("其他", "Other"),
}
WHY = {
    "nobody": N_("No deputy named."),
    "asked": N_("The deputy has not confirmed yet."),
    "declined": N_("The deputy declined."),
    "left": N_("The deputy's roles no longer cover this work."),
    "away": N_("The deputy is also absent."),
}
ANSWERS = {
    "nobody": N_("no deputy"),
    "asked": N_("not confirmed yet"),
    "declined": N_("declined"),
    "confirmed": N_("confirmed"),
}
SHOWN = 30  # items that are listed; the others are counted
AT_WINDOW = ("received", "accepted", "paused")  # states in which a clock runs or will run again
AT_OWNER = ("ready", "correcting")
ANSWERING = {level: frozenset(roles) for level, roles in LEVEL_ROLES.items() if level > 1}


@dataclass(frozen=True, slots=True)
class AbsenceRow:
    """An absence. `why` says what is wrong with its cover, `answer` is the deputy's."""

    one: AbsenceView
    answer: str
    is_running: bool
    may_manage: bool
    gaps: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class OwnAbsences:
    """A person's own page: requests to deputise, absences they cover, and their own leaves."""

    asked: tuple[AbsenceView, ...]
    covering: tuple[AbsenceView, ...]
    own: tuple[AbsenceRow, ...]
    past: tuple[AbsenceView, ...]


@dataclass(frozen=True, slots=True)
class DeputyChoice:
    """Choices of the form: whose leave, and possible deputies with the days on which they are away."""

    people: tuple[Colleague, ...]
    deputies: tuple[tuple[Colleague, str], ...]


@dataclass(frozen=True, slots=True)
class AbsenceCell:
    """A day of a person: `mark` is there, covered or open (away without cover); `is_off` is no working day."""

    on: date
    mark: str
    is_off: bool


@dataclass(frozen=True, slots=True)
class MonthRow:
    person: Colleague
    cells: tuple[AbsenceCell, ...]
    days: str  # as text, for screen readers


@dataclass(frozen=True, slots=True)
class MonthTable:
    of: Month
    days: tuple[tuple[date, bool], ...]
    rows: tuple[MonthRow, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """Absences without cover, then the other ones: running and coming."""

    uncovered: tuple[AbsenceRow, ...]
    now: tuple[AbsenceRow, ...]
    coming: tuple[AbsenceRow, ...]
    month: MonthTable


def own_absences(tx: Connection, actor: Actor, today: date) -> OwnAbsences:
    """The actor's own absences, and those that they cover."""
    rota = roster(tx, today)
    as_deputy = [leave for leave in rota.absences if leave.deputy and leave.deputy.id == actor.id and leave.days]
    return OwnAbsences(
        asked=tuple(leave for leave in as_deputy if leave.is_asked),
        covering=tuple(leave for leave in as_deputy if leave.confirmed_at),
        own=_absence_views(rota.of(actor.id), rota, actor, today),
        past=past_absences(tx, actor.id, today),
    )


def _absence_views(absences: Iterable[AbsenceView], rota: Roster, actor: Actor, today: date) -> tuple[AbsenceRow, ...]:
    uncovered = {gap.absence.id: gap for gap in rota.uncovered(today)}
    return tuple(_absence_view(absence, uncovered.get(absence.id), actor, today) for absence in absences)


def _absence_view(absence: AbsenceView, uncovered: Uncovered | None, actor: Actor, today: date) -> AbsenceRow:
    return AbsenceRow(
        absence,
        ANSWERS[answer_of(absence)],
        is_running=absence.days is not None and today in absence.days,
        may_manage=may_manage(actor, absence.person),
        gaps=format_days(uncovered.gaps) if uncovered else "",
        why=WHY[uncovered.why] if uncovered else "",
    )


def uncovered_absences(tx: Connection, actor: Actor, today: date) -> tuple[AbsenceRow, ...]:
    """The uncovered absences for which the actor must find a deputy."""
    return tuple(_absence_view(gap.absence, gap, actor, today) for gap in uncovered_for(tx, actor, today))


def answer_of(absence: AbsenceView) -> str:
    """The deputy's answer: nobody, asked, declined or confirmed."""
    if absence.deputy is None:
        return "nobody"
    if absence.is_asked:
        return "asked"
    return "declined" if absence.declined_at else "confirmed"


def deputy_choices(tx: Connection, actor: Actor, username: str, today: date) -> DeputyChoice:
    """Whose leave the actor may enter, and who could deputise for `username`."""
    people, rota = managed(tx, actor), roster(tx, today)
    absentee = next((person for person in people if person.username == username), None)
    deputies = possible_deputies(tx, absentee) if absentee else []
    away = ([leave.days for leave in rota.of(deputy.id) if leave.days] for deputy in deputies)
    return DeputyChoice(tuple(people), tuple(zip(deputies, map(format_days, away), strict=True)))


def absence_overview(tx: Connection, actor: Actor, month: Month, today: date) -> Overview:
    """The absences that the actor may see: now, later, and day by day in this month."""
    rota = roster(tx, today)
    visible = [leave for leave in rota.absences if leave.days and sees_absence(actor, leave)]
    views = _absence_views(visible, rota, actor, today)
    uncovered = [view for view in views if view.why]
    return Overview(
        uncovered=tuple(sorted(uncovered, key=lambda view: not looks_after(actor, view.one.person))),
        now=tuple(view for view in views if view.is_running and not view.why),
        coming=tuple(view for view in views if not view.is_running and not view.why),
        month=_month(tx, actor, month),
    )


def _month(tx: Connection, actor: Actor, month: Month) -> MonthTable:
    calendar, first = calendar_in_force(tx), month.first_on
    dates = (first + timedelta(n) for n in range((month.last_on - first).days + 1))
    days = tuple((day, not calendar.is_working_day(day)) for day in dates)
    rota, span = roster(tx, first), AbsenceSpan(first, month.last_on)
    away = {leave.person.id: leave.person for leave in rota.absences if sees_absence(actor, leave)}
    rows = []
    for person in away.values():
        if clashes := rota.clashes(person.id, span):
            cells = tuple(AbsenceCell(day, _mark(rota, person, day), is_off) for day, is_off in days)
            rows.append(MonthRow(person, cells, format_days(clashes)))
    return MonthTable(month, days, tuple(rows))


def _mark(rota: Roster, person: Colleague, day: date) -> str:
    on_duty = rota.on_duty(person.id, day)
    if on_duty == person.id:
        return "there"
    return "open" if on_duty is None else "covered"


@dataclass(frozen=True, slots=True)
class OpenItem:
    """One open approval; `due_on` is its due date, None without any; `is_still` if its clock stands still."""

    ref: str
    shown_number: str
    project: str
    code: str
    item: Item
    due_on: date | None
    is_still: bool
    light: str | None


@dataclass(frozen=True, slots=True)
class OpenWork:
    """The open work of a person: the first items by due date, their total, and the projects accompanied."""

    items: tuple[OpenItem, ...]
    total: int
    projects: int

    @property
    def more(self) -> int:
        return self.total - len(self.items)


def open_work(tx: Connection, person: Colleague, days: AbsenceSpan, today: date) -> OpenWork:
    """This person's work that is open or due by the last of these days."""
    clauses = list(_responsibility(person, due_before(tx, days.last + timedelta(days=1), today), today))
    if not clauses:
        return OpenWork((), 0, 0)
    joined, where = (
        APPROVALS.join(TABLE, TABLE.c.id == APPROVALS.c.project_id),
        (TABLE.c.state.in_(LIVE), or_(*clauses)),
    )
    total = tx.execute(select(func.count()).select_from(joined).where(*where)).scalar_one()
    due_on, left = APPROVALS.c.due_on, APPROVALS.c.still_left
    order = (due_on.is_(None), left.is_not(None), func.coalesce(left, 0), due_on, APPROVALS.c.id)
    ids = tx.execute(select(APPROVALS.c.id).select_from(joined).where(*where).order_by(*order).limit(SHOWN)).scalars()
    accompanied = (
        select(func.count()).select_from(TABLE).where(TABLE.c.liaison_id == person.id, TABLE.c.state.in_(LIVE))
    )
    projects = tx.execute(accompanied).scalar_one() if "liaison" in person.roles else 0
    return OpenWork(tuple(map(_item, in_order(tx, list(ids), today))), int(total), int(projects))


def _responsibility(person: Colleague, due: DueBefore, today: date) -> Iterator[ColumnElement[bool]]:
    """WHERE clauses of the approvals that are this person's work, one for each of their roles."""
    is_due = or_(APPROVALS.c.due_on.is_(None), is_due_before(due, today))
    if person.roles & {"window", "window_head"}:
        own = or_(APPROVALS.c.handler_id.is_(None), APPROVALS.c.handler_id == person.id)
        cases = true() if "window_head" in person.roles else own
        yield (APPROVALS.c.department_id == person.unit_id) & cases & APPROVALS.c.state.in_(AT_WINDOW) & is_due
    if "liaison" in person.roles:
        yield (TABLE.c.liaison_id == person.id) & APPROVALS.c.state.in_((*AT_OWNER, *AT_WINDOW)) & is_due
    if "owner" in person.roles:
        yield (TABLE.c.owner_unit_id == person.unit_id) & APPROVALS.c.state.in_(AT_OWNER)
    for level, roles in ANSWERING.items():
        if person.roles & roles:
            is_open_at_level = ESCALATIONS.c.level == level, ESCALATIONS.c.state.in_(OPEN_STATES)
            yield APPROVALS.c.id.in_(select(ESCALATIONS.c.approval_id).where(*is_open_at_level))


def _item(approval: ApprovalView) -> OpenItem:
    return OpenItem(
        ref=approval.project,
        shown_number=load_city().shown_number(approval.project),
        project=approval.project_name,
        code=approval.code,
        item=approval.item,
        due_on=approval.due_on,
        is_still=approval.is_still,
        light=approval.open_light,
    )
