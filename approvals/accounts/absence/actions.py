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


def enter(tx: Connection, given: NewAbsence, *, by: Actor, now: datetime) -> int:
    """Enter a leave; the deputy is asked. Who names themselves as the deputy of somebody they head has confirmed."""
    _one_at_a_time(tx)
    people = colleagues(tx)
    person, deputy = _checked(tx, given, people, by, day_of(now))
    is_confirmed = deputy is not None and deputy.id == by.id
    values = {
        "person_id": person.id,
        "deputy_id": deputy.id if deputy else None,
        "entered_by": by.username,
        "entered_at": now,
        "confirmed_at": now if is_confirmed else None,
    } | given.model_dump(exclude={"person", "deputy"})
    absence_id = int(tx.execute(insert(ABSENCE).values(values).returning(ABSENCE.c.id)).scalar_one())
    _note(tx, "absence_entered", absence(tx, absence_id), by, now)
    return absence_id


def check(tx: Connection, given: NewAbsence, *, by: Actor, today: date) -> Colleague:
    """Whose leave this is; Invalid, Forbidden or NotFound when it could not be entered."""
    return _checked(tx, given, colleagues(tx), by, today)[0]


def _checked(
    tx: Connection, given: NewAbsence, people: dict[int, Colleague], by: Actor, today: date
) -> tuple[Colleague, Colleague | None]:
    named = {one.username: one for one in people.values()}
    person, deputy = named.get(given.person), named.get(given.deputy)
    if person is None:
        raise NotFound
    if not can_be_away(person) or not may_manage(by, person):
        raise Forbidden(N_("Your role may not do this here."))
    days = days_of(given.from_on, given.until_on)
    if days is None:
        raise invalid("until_on", N_("lies before the first day"))
    known = roster(tx, today)
    faults = _day_faults(known, person, days, today)
    if given.deputy and (fault := _deputy_fault(known, person, deputy, days)):
        faults["deputy"] = [fault]
    if faults:
        raise Invalid(faults)
    return person, deputy


def _day_faults(known: Roster, person: Colleague, days: AbsenceSpan, today: date) -> Faults:
    if days.first < today:
        return {"from_on": [(N_("lies in the past; a leave begins today at the earliest"), {})]}
    if taken := known.clashes(person.id, days):
        return {"from_on": [(N_("overlaps with a leave that is entered already: %(days)s"), {"days": told(taken)})]}
    return {}


def _deputy_fault(
    known: Roster, person: Colleague, deputy: Colleague | None, days: AbsenceSpan
) -> tuple[str, dict[str, object]] | None:
    """Why this deputy may not stand in for the person, or None. One who is there on all days makes no cycle."""
    if deputy is None:
        return N_("is nobody we know"), {}
    if not deputy.may_cover(person):
        return N_("holds no role that covers this work"), {}
    if away := known.clashes(deputy.id, days):
        return N_("is away: %(days)s"), {"days": told(away)}
    return None


def confirm(tx: Connection, absence_id: int, *, by: Actor, now: datetime) -> None:
    """The deputy says yes, and has the work and the rights from then on."""
    _one_at_a_time(tx)
    found = _asked(tx, absence_id, by, now)
    days = days_of(max(found.from_on, day_of(now)), found.until_on)
    assert days is not None and found.deputy is not None  # noqa: S101 what is over is not asked any more
    if not found.deputy.may_cover(found.person):
        raise Refused(N_("Your roles do not cover this work any more."))
    if away := roster(tx, day_of(now)).clashes(by.id, days):
        raise Refused(N_("You are away yourself: %(days)s"), days=told(away))
    tx.execute(update(ABSENCE).where(ABSENCE.c.id == absence_id).values(confirmed_at=now))
    _note(tx, "absence_confirmed", found, by, now)


def decline(tx: Connection, absence_id: int, reason: str, *, by: Actor, now: datetime) -> None:
    """The deputy says no, and why."""
    _one_at_a_time(tx)
    found = _asked(tx, absence_id, by, now)
    tx.execute(update(ABSENCE).where(ABSENCE.c.id == absence_id).values(declined_at=now, decline_reason=reason))
    _note(tx, "absence_declined", found, by, now)


def end(tx: Connection, absence_id: int, *, by: Actor, now: datetime) -> None:
    """The person is back from today on, or the leave is called off; the deputy's rights go at once."""
    _one_at_a_time(tx)
    found = current(tx, absence_id, by, day_of(now))
    tx.execute(update(ABSENCE).where(ABSENCE.c.id == absence_id).values(ended_on=day_of(now)))
    _note(tx, "absence_ended", found, by, now)


def name_deputy(tx: Connection, absence_id: int, deputy: str, *, by: Actor, now: datetime) -> int:
    """Another deputy for what is left of a leave: it goes on as a new one, so that the days before keep theirs."""
    _one_at_a_time(tx)
    found = current(tx, absence_id, by, day_of(now))
    tx.execute(update(ABSENCE).where(ABSENCE.c.id == absence_id).values(ended_on=day_of(now)))
    given = {
        "person": found.person.username,
        "from_on": max(found.from_on, day_of(now)),
        "until_on": found.until_on,
        "kind": found.kind,
        "deputy": deputy,
    }
    given |= {"note": found.note} if found.note else {}
    return enter(tx, NewAbsence(**given), by=by, now=now)


def _asked(tx: Connection, absence_id: int, by: Actor, now: datetime) -> AbsenceView:
    """The absence that the actor is asked to cover; NotFound for others, Refused when it is answered or over."""
    found = absence(tx, absence_id)
    if found.deputy is None or found.deputy.id != by.id:
        raise NotFound
    if not found.is_asked:
        raise Refused(N_("This was answered already."))
    return _not_over(found, day_of(now))


def current(tx: Connection, absence_id: int, by: Actor, today: date) -> AbsenceView:
    """An absence that the actor may change; NotFound for others, Refused when it is over."""
    found = absence(tx, absence_id)
    if not may_manage(by, found.person):
        raise NotFound
    return _not_over(found, today)


def _not_over(found: AbsenceView, today: date) -> AbsenceView:
    if found.days is None or found.days.last < today:
        raise Refused(N_("This leave is over."))
    return found


def _one_at_a_time(tx: Connection) -> None:
    """Whoever writes absences waits for the one before, so that two never name each other at the same moment."""
    if tx.dialect.name == "postgresql":  # SQLite's writers come one by one anyway
        tx.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('absences', 0))"))


def _note(tx: Connection, event: str, found: AbsenceView, by: Actor, now: datetime) -> None:
    days = told([AbsenceSpan(found.from_on, found.until_on or date.max)])
    detail = f"{days} → {found.deputy.username}" if found.deputy else days
    note(tx, event, by=by.username, subject=found.person.username, detail=detail, now=now)


def told(spans: tuple[AbsenceSpan, ...] | list[AbsenceSpan]) -> str:
    """Days as an error or an event names them: 2026-03-02 – 2026-03-06, 2026-03-09 – …"""
    ends = ((span.first.isoformat(), "…" if span.is_open else span.last.isoformat()) for span in spans)
    return ", ".join(first if first == last else f"{first} – {last}" for first, last in ends)
