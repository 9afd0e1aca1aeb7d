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
from approvals.base.i18n import N_
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
    known = roster(tx, today)
    as_deputy = [one for one in known.absences if one.deputy and one.deputy.id == actor.id and one.days]
    return OwnAbsences(
        asked=tuple(one for one in as_deputy if one.is_asked),
        covering=tuple(one for one in as_deputy if one.confirmed_at),
        own=_shown(known.of(actor.id), known, actor, today),
        past=past_absences(tx, actor.id, today),
    )


def _shown(absences: Iterable[AbsenceView], known: Roster, actor: Actor, today: date) -> tuple[Shown, ...]:
    lacking = {one.absence.id: one for one in known.uncovered(today)}
    return tuple(_one(one, lacking.get(one.id), actor, today) for one in absences)


def _one(one: AbsenceView, lacking: Uncovered | None, actor: Actor, today: date) -> Shown:
    is_running = one.days is not None and today in one.days
    shown = Shown(one, ANSWERS[answer_of(one)], is_running, may_manage(actor, one.person))
    if lacking is None:
        return shown
    return Shown(shown.one, shown.answer, is_running, shown.may_manage, told(lacking.gaps), WHY[lacking.why])


def uncovered_shown(tx: Connection, actor: Actor, today: date) -> tuple[Shown, ...]:
    """The absences without cover that the actor is to solve."""
    return tuple(_one(one.absence, one, actor, today) for one in uncovered_for(tx, actor, today))


def answer_of(one: AbsenceView) -> str:
    """What the deputy said: nobody, asked, declined or confirmed."""
    if one.deputy is None:
        return "nobody"
    if one.is_asked:
        return "asked"
    return "declined" if one.declined_at else "confirmed"


def choices(tx: Connection, actor: Actor, username: str, today: date) -> DeputyChoice:
    """Whose leave the actor may enter, and who could stand in for the one that is chosen."""
    people = managed(tx, actor)
    chosen = next((one for one in people if one.username == username), None)
    known = roster(tx, today)
    deputies = possible_deputies(tx, chosen) if chosen else []
    return DeputyChoice(
        tuple(people), tuple((one, told([a.days for a in known.of(one.id) if a.days])) for one in deputies)
    )


def overview(tx: Connection, actor: Actor, month: Month, today: date) -> Overview:
    """Everybody's absences as far as the actor looks after them, and this month of them."""
    known = roster(tx, today)
    seen = [one for one in known.absences if one.days and sees_absence(actor, one)]
    shown = _shown(seen, known, actor, today)
    return Overview(
        uncovered=tuple(
            sorted((one for one in shown if one.why), key=lambda one: not looks_after(actor, one.one.person))
        ),
        now=tuple(one for one in shown if one.is_running and not one.why),
        coming=tuple(one for one in shown if not one.is_running and not one.why),
        month=_month(tx, actor, month),
    )


def _month(tx: Connection, actor: Actor, month: Month) -> MonthTable:
    calendar, first = calendar_in_force(tx), month.first_on
    dates = (first + timedelta(n) for n in range((month.last_on - first).days + 1))
    days = tuple((day, not calendar.is_working_day(day)) for day in dates)
    known, span = roster(tx, first), AbsenceSpan(first, month.last_on)
    away = {one.person.id: one.person for one in known.absences if sees_absence(actor, one)}
    away = {key: person for key, person in away.items() if known.clashes(key, span)}
    rows = tuple(MonthRow(one, _cells(known, one, days), told(known.clashes(one.id, span))) for one in away.values())
    return MonthTable(month, days, rows)


def _cells(known: Roster, person: Colleague, days: tuple[tuple[date, bool], ...]) -> tuple[AbsenceCell, ...]:
    return tuple(AbsenceCell(day, _mark(known, person, day), is_off) for day, is_off in days)


def _mark(known: Roster, person: Colleague, day: date) -> str:
    on_duty = known.on_duty(person.id, day)
    if on_duty == person.id:
        return "there"
    return "open" if on_duty is None else "covered"
