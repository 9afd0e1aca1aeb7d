"""What the pages about absences show."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection

from approvals.accounts.absence.actions import told
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
from approvals.base.text_validation import N_
from approvals.calendar.queries import calendar_in_force
from approvals.reports.periods import Month
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
    "nobody": N_("No deputy is named."),
    "asked": N_("The deputy has not confirmed yet."),
    "declined": N_("The deputy declined."),
    "left": N_("The deputy's roles do not cover this work any more."),
    "away": N_("The deputy is away too."),
}
ANSWERS = {
    "nobody": N_("without deputy"),
    "asked": N_("not confirmed yet"),
    "declined": N_("declined"),
    "confirmed": N_("confirmed"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """An absence as its reader meets it. `why` says what is wrong with its cover, `answer` what the deputy said."""

    one: AbsenceView
    answer: str
    is_running: bool
    may_manage: bool
    gaps: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class OwnAbsences:
    """A person's own page: what they are asked, whom they cover, and their own leaves."""

    asked: tuple[AbsenceView, ...]
    covering: tuple[AbsenceView, ...]
    own: tuple[Shown, ...]
    past: tuple[AbsenceView, ...]


@dataclass(frozen=True, slots=True)
class DeputyChoice:
    """The choices of the form: whose leave, and who may stand in, with the days on which they are away."""

    people: tuple[Colleague, ...]
    deputies: tuple[tuple[Colleague, str], ...]


@dataclass(frozen=True, slots=True)
class AbsenceCell:
    """A day of somebody in the month: there, covered, open (away without cover); `is_off` is no working day."""

    on: date
    mark: str
    is_off: bool


@dataclass(frozen=True, slots=True)
class MonthRow:
    person: Colleague
    cells: tuple[AbsenceCell, ...]
    days: str  # in words, for those who do not see the cells


@dataclass(frozen=True, slots=True)
class MonthTable:
    """A month as a calm table: only those who are away in it."""

    of: Month
    days: tuple[tuple[date, bool], ...]
    rows: tuple[MonthRow, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """Who is away: what has no cover on top, then the others: those away now, and those who will be."""

    uncovered: tuple[Shown, ...]
    now: tuple[Shown, ...]
    coming: tuple[Shown, ...]
    month: MonthTable


def mine(tx: Connection, actor: Actor, today: date) -> OwnAbsences:
    """The actor's own page about absences."""
    absence_roster = roster(tx, today)
    as_deputy = [
        absence
        for absence in absence_roster.absences
        if absence.deputy and absence.deputy.id == actor.id and absence.days
    ]
    return OwnAbsences(
        asked=tuple(absence for absence in as_deputy if absence.is_asked),
        covering=tuple(absence for absence in as_deputy if absence.confirmed_at),
        own=_absence_views(absence_roster.of(actor.id), absence_roster, actor, today),
        past=past_absences(tx, actor.id, today),
    )


def _absence_views(
    absences: Iterable[AbsenceView], absence_roster: Roster, actor: Actor, today: date
) -> tuple[Shown, ...]:
    uncovered = {absence.absence.id: absence for absence in absence_roster.uncovered(today)}
    return tuple(_absence_view(absence, uncovered.get(absence.id), actor, today) for absence in absences)


def _absence_view(absence: AbsenceView, uncovered: Uncovered | None, actor: Actor, today: date) -> Shown:
    is_running = absence.days is not None and today in absence.days
    view = Shown(absence, ANSWERS[answer_of(absence)], is_running, may_manage(actor, absence.person))
    if uncovered is None:
        return view
    return Shown(view.one, view.answer, is_running, view.may_manage, told(uncovered.gaps), WHY[uncovered.why])


def uncovered_shown(tx: Connection, actor: Actor, today: date) -> tuple[Shown, ...]:
    """The absences without cover that the actor is to solve."""
    return tuple(
        _absence_view(uncovered.absence, uncovered, actor, today) for uncovered in uncovered_for(tx, actor, today)
    )


def answer_of(absence: AbsenceView) -> str:
    """What the deputy said: nobody, asked, declined or confirmed."""
    if absence.deputy is None:
        return "nobody"
    if absence.is_asked:
        return "asked"
    return "declined" if absence.declined_at else "confirmed"


def choices(tx: Connection, actor: Actor, username: str, today: date) -> DeputyChoice:
    """Whose leave the actor may enter, and who could stand in for the one that is chosen."""
    people = managed(tx, actor)
    chosen = next((colleague for colleague in people if colleague.username == username), None)
    absence_roster = roster(tx, today)
    deputies = possible_deputies(tx, chosen) if chosen else []
    return DeputyChoice(
        tuple(people),
        tuple(
            (colleague, told([absence.days for absence in absence_roster.of(colleague.id) if absence.days]))
            for colleague in deputies
        ),
    )


def overview(tx: Connection, actor: Actor, month: Month, today: date) -> Overview:
    """Everybody's absences as far as the actor looks after them, and this month of them."""
    absence_roster = roster(tx, today)
    visible = [view for view in absence_roster.absences if view.days and sees_absence(actor, view)]
    views = _absence_views(visible, absence_roster, actor, today)
    return Overview(
        uncovered=tuple(
            sorted((view for view in views if view.why), key=lambda view: not looks_after(actor, view.one.person))
        ),
        now=tuple(view for view in views if view.is_running and not view.why),
        coming=tuple(view for view in views if not view.is_running and not view.why),
        month=_month(tx, actor, month),
    )


def _month(tx: Connection, actor: Actor, month: Month) -> MonthTable:
    calendar, first = calendar_in_force(tx), month.first_on
    dates = (first + timedelta(n) for n in range((month.last_on - first).days + 1))
    days = tuple((day, not calendar.is_working_day(day)) for day in dates)
    absence_roster, span = roster(tx, first), AbsenceSpan(first, month.last_on)
    away = {person.person.id: person.person for person in absence_roster.absences if sees_absence(actor, person)}
    away = {key: person for key, person in away.items() if absence_roster.clashes(key, span)}
    rows = tuple(
        MonthRow(person, _cells(absence_roster, person, days), told(absence_roster.clashes(person.id, span)))
        for person in away.values()
    )
    return MonthTable(month, days, rows)


def _cells(absence_roster: Roster, person: Colleague, days: tuple[tuple[date, bool], ...]) -> tuple[AbsenceCell, ...]:
    return tuple(AbsenceCell(day, _mark(absence_roster, person, day), is_off) for day, is_off in days)


def _mark(absence_roster: Roster, person: Colleague, day: date) -> str:
    on_duty = absence_roster.on_duty(person.id, day)
    if on_duty == person.id:
        return "there"
    return "open" if on_duty is None else "covered"
