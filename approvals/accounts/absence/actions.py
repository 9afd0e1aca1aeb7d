"""What is done with absences: entered, confirmed or declined by the deputy, ended, given another deputy."""

from datetime import date, datetime

from sqlalchemy import Connection, insert, text, update

from approvals.accounts.absence.queries import (
    AbsenceView,
    Colleague,
    Roster,
    absence,
    can_be_away,
    colleagues,
    may_manage,
    roster,
)
from approvals.accounts.actors import Actor
from approvals.accounts.audit import note
from approvals.accounts.inputs import NewAbsence
from approvals.accounts.queries import ABSENCE
from approvals.base.errors import Forbidden, Invalid, NotFound, Refused, invalid
from approvals.base.i18n import N_
from approvals.base.moments import day_of
from workflows.rules.absence import AbsenceSpan, days_of

Faults = dict[str, list[tuple[str, dict[str, object]]]]


def enter(tx: Connection, values: NewAbsence, *, by: Actor, now: datetime) -> int:
    """Enter a leave; the deputy is asked. Who names themselves as the deputy of somebody they head has confirmed."""
    _one_at_a_time(tx)
    people = colleagues(tx)
    person, deputy = _checked(tx, values, people, by, day_of(now))
    is_confirmed = deputy is not None and deputy.id == by.id
    row = values.model_dump(exclude={"person", "deputy"})
    row |= {"person_id": person.id, "deputy_id": deputy.id if deputy else None}
    row |= {"entered_by": by.username, "entered_at": now, "confirmed_at": now if is_confirmed else None}
    absence_id = int(tx.execute(insert(ABSENCE).values(row).returning(ABSENCE.c.id)).scalar_one())
    _note(tx, "absence_entered", absence(tx, absence_id), by, now)
    return absence_id


def check(tx: Connection, values: NewAbsence, *, by: Actor, today: date) -> Colleague:
    """Whose leave this is; Invalid, Forbidden or NotFound when it could not be entered."""
    return _checked(tx, values, colleagues(tx), by, today)[0]


def _checked(
    tx: Connection, values: NewAbsence, people: dict[int, Colleague], by: Actor, today: date
) -> tuple[Colleague, Colleague | None]:
    by_username = {person.username: person for person in people.values()}
    person, deputy = by_username.get(values.person), by_username.get(values.deputy)
    if person is None:
        raise NotFound
    if not can_be_away(person) or not may_manage(by, person):
        raise Forbidden
    days = days_of(values.from_on, values.until_on)
    if days is None:
        raise invalid("until_on", N_("must not be before the first day"))
    absences = roster(tx, today)
    faults = _day_faults(absences, person, days, today)
    if values.deputy and (fault := _deputy_fault(absences, person, deputy, days)):
        faults["deputy"] = [fault]
    if faults:
        raise Invalid(faults)
    return person, deputy


def _day_faults(absences: Roster, person: Colleague, days: AbsenceSpan, today: date) -> Faults:
    if days.first < today:
        return {"from_on": [(N_("must not be in the past; a leave can begin today at the earliest"), {})]}
    if taken := absences.clashes(person.id, days):
        return {"from_on": [(N_("overlaps with another leave: %(days)s"), {"days": format_days(taken)})]}
    return {}


def _deputy_fault(
    absences: Roster, person: Colleague, deputy: Colleague | None, days: AbsenceSpan
) -> tuple[str, dict[str, object]] | None:
    """Why this deputy may not stand in for the person, or None. One who is there on all days makes no cycle."""
    if deputy is None:
        return N_("is not a known person"), {}
    if not deputy.may_cover(person):
        return N_("has no role that covers this work"), {}
    if away := absences.clashes(deputy.id, days):
        return N_("is absent: %(days)s"), {"days": format_days(away)}
    return None


def confirm(tx: Connection, absence_id: int, *, by: Actor, now: datetime) -> None:
    """The deputy says yes, and has the work and the rights from then on."""
    _one_at_a_time(tx)
    view = _awaiting_answer(tx, absence_id, by, now)
    days = days_of(max(view.from_on, day_of(now)), view.until_on)
    assert days is not None and view.deputy is not None  # noqa: S101 an absence that is over awaits no answer
    if not view.deputy.may_cover(view.person):
        raise Refused(N_("Your roles no longer cover this work."))
    if away := roster(tx, day_of(now)).clashes(by.id, days):
        raise Refused(N_("You are absent yourself: %(days)s"), days=format_days(away))
    tx.execute(update(ABSENCE).where(ABSENCE.c.id == absence_id).values(confirmed_at=now))
    _note(tx, "absence_confirmed", view, by, now)


def decline(tx: Connection, absence_id: int, reason: str, *, by: Actor, now: datetime) -> None:
    """The deputy says no, and why."""
    _one_at_a_time(tx)
    view = _awaiting_answer(tx, absence_id, by, now)
    tx.execute(update(ABSENCE).where(ABSENCE.c.id == absence_id).values(declined_at=now, decline_reason=reason))
    _note(tx, "absence_declined", view, by, now)


def end(tx: Connection, absence_id: int, *, by: Actor, now: datetime) -> None:
    """The person is back from today on, or the leave is called off; the deputy's rights go at once."""
    _one_at_a_time(tx)
    view = current(tx, absence_id, by, day_of(now))
    tx.execute(update(ABSENCE).where(ABSENCE.c.id == absence_id).values(ended_on=day_of(now)))
    _note(tx, "absence_ended", view, by, now)


def name_deputy(tx: Connection, absence_id: int, deputy: str, *, by: Actor, now: datetime) -> int:
    """Another deputy for what is left of a leave: it goes on as a new one, so that the days before keep theirs."""
    _one_at_a_time(tx)
    view = current(tx, absence_id, by, day_of(now))
    tx.execute(update(ABSENCE).where(ABSENCE.c.id == absence_id).values(ended_on=day_of(now)))
    rest = {"person": view.person.username, "from_on": max(view.from_on, day_of(now)), "until_on": view.until_on}
    rest |= {"kind": view.kind, "deputy": deputy} | ({"note": view.note} if view.note else {})
    return enter(tx, NewAbsence.model_validate(rest), by=by, now=now)


def _awaiting_answer(tx: Connection, absence_id: int, by: Actor, now: datetime) -> AbsenceView:
    """The absence that the actor is asked to cover; NotFound for others, Refused when it is answered or over."""
    view = absence(tx, absence_id)
    if view.deputy is None or view.deputy.id != by.id:
        raise NotFound
    if not view.is_asked:
        raise Refused(N_("This has already been answered."))
    return _not_over(view, day_of(now))


def current(tx: Connection, absence_id: int, by: Actor, today: date) -> AbsenceView:
    """An absence that the actor may change; NotFound for others, Refused when it is over."""
    view = absence(tx, absence_id)
    if not may_manage(by, view.person):
        raise NotFound
    return _not_over(view, today)


def _not_over(view: AbsenceView, today: date) -> AbsenceView:
    if view.days is None or view.days.last < today:
        raise Refused(N_("This leave is over."))
    return view


def _one_at_a_time(tx: Connection) -> None:
    """Whoever writes absences waits for the one before, so that two never name each other at the same moment."""
    if tx.dialect.name == "postgresql":  # SQLite's writers come one by one anyway
        tx.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('absences', 0))"))


def _note(tx: Connection, event: str, view: AbsenceView, by: Actor, now: datetime) -> None:
    days = format_days([AbsenceSpan(view.from_on, view.until_on or date.max)])
    detail = f"{days} → {view.deputy.username}" if view.deputy else days
    note(tx, event, by=by.username, subject=view.person.username, detail=detail, now=now)


def format_days(spans: tuple[AbsenceSpan, ...] | list[AbsenceSpan]) -> str:
    """Days in an error or an event: 2026-03-02 – 2026-03-06, 2026-03-09 – …"""
    ends = ((span.first.isoformat(), "…" if span.is_open else span.last.isoformat()) for span in spans)
    return ", ".join(first if first == last else f"{first} – {last}" for first, last in ends)
