"""Readings of absences: who is away when, who stands in for them, and for which days nobody does."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, or_, select

from approvals.accounts.actors import Actor
from approvals.accounts.queries import ABSENCE, GRANT, PERSON, UNIT, UnitName
from approvals.base.errors import NotFound
from approvals.base.moments import day_of
from approvals.base.readings import found_once
from workflows.charts.roles import DEPUTIES, covered, is_head
from workflows.rules.absence import AbsenceSpan, Leave, clashes, days_of, gaps, on_duty

WATCHERS = frozenset({"window_head", "service_centre", "supervision_office", "city_government", "sysadmin"})


@dataclass(frozen=True, slots=True)
class Colleague:
    """A person as the pages about absences name them."""

    id: int
    username: str
    name: str
    unit_id: int
    unit: UnitName
    is_active: bool
    roles: frozenset[str]

    def may_cover(self, person: "Colleague") -> bool:
        """Whether this colleague's roles cover every role of the person."""
        is_same_unit = self.unit_id == person.unit_id
        is_free = self.is_active and person.is_active and self.id != person.id and bool(person.roles)
        return is_free and covered(person.roles, self.roles, is_same_unit=is_same_unit) == person.roles


@dataclass(frozen=True, slots=True)
class AbsenceView:
    """An absence; `days` is what is left of it when it ended before the time, None when nothing is."""

    id: int
    person: Colleague
    kind: str
    note: str
    from_on: date
    until_on: date | None
    days: AbsenceSpan | None
    deputy: Colleague | None
    confirmed_at: datetime | None
    declined_at: datetime | None
    decline_reason: str
    ended_on: date | None

    @property
    def last_on(self) -> date | None:
        """The last day of it, None when it is open."""
        return None if self.days is None or self.days.is_open else self.days.last

    @property
    def is_asked(self) -> bool:
        """Whether the deputy's answer is still due."""
        return self.deputy is not None and self.confirmed_at is None and self.declined_at is None

    @property
    def leave(self) -> Leave | None:
        """The absence as the rules see it: a deputy who no longer fits is none."""
        if self.days is None:
            return None
        deputy = self.deputy.id if self.deputy and self.deputy.may_cover(self.person) else None
        confirmed_on = day_of(self.confirmed_at) if self.confirmed_at else None
        return Leave(self.id, self.person.id, self.days, deputy, confirmed_on)


@dataclass(frozen=True, slots=True)
class Uncovered:
    """An absence and the days of it for which nobody is on duty. `why` is nobody, asked, declined, left or away."""

    absence: AbsenceView
    gaps: tuple[AbsenceSpan, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Roster:
    """All absences that last until some day or longer, by their first day."""

    absences: tuple[AbsenceView, ...]

    @property
    def leaves(self) -> tuple[Leave, ...]:
        return tuple(leave for view in self.absences if (leave := view.leave))

    def on_duty(self, person_id: int, day: date) -> int | None:
        """Who answers for this person's work on this day: they themselves, their deputy, or nobody."""
        return on_duty(self.leaves, person_id, day)

    def of(self, person_id: int) -> tuple[AbsenceView, ...]:
        return tuple(view for view in self.absences if view.person.id == person_id and view.days)

    def clashes(self, person_id: int, days: AbsenceSpan) -> tuple[AbsenceSpan, ...]:
        """The days among these on which the person is away."""
        return clashes(days, self.leaves, person_id)

    def uncovered(self, since: date) -> list[Uncovered]:
        """The absences for some day of which, from `since` on, nobody is on duty."""
        leaves = self.leaves
        open_days = [(v, gaps(v.leave, leaves, since)) for v in self.absences if v.leave and v.person.is_active]
        return [Uncovered(view, days, _why(view)) for view, days in open_days if days]


def _why(view: AbsenceView) -> str:
    if view.deputy is None:
        return "nobody"
    if view.declined_at:
        return "declined"
    if view.is_asked:
        return "asked"
    return "away" if view.leave and view.leave.deputy else "left"


def roster(tx: Connection, since: date) -> Roster:
    """The absences that last until `since` or longer."""
    until_on, ended_on = ABSENCE.c.until_on, ABSENCE.c.ended_on
    lasts = or_(until_on.is_(None), until_on >= since), or_(ended_on.is_(None), ended_on > since)
    return found_once(tx, ("roster", since), lambda: _roster(tx, *lasts))


def _roster(tx: Connection, *where: ColumnElement[bool]) -> Roster:
    rows = tx.execute(select(ABSENCE).where(*where).order_by(ABSENCE.c.from_on, ABSENCE.c.id)).all()
    people = colleagues(tx, {id for row in rows for id in (row.person_id, row.deputy_id) if id}) if rows else {}
    return Roster(tuple(_view(row, people) for row in rows))


def _view(row: Any, people: dict[int, Colleague]) -> AbsenceView:
    return AbsenceView(
        row.id,
        people[row.person_id],
        row.kind,
        row.note,
        row.from_on,
        row.until_on,
        days_of(row.from_on, row.until_on, row.ended_on),
        people.get(row.deputy_id),
        row.confirmed_at,
        row.declined_at,
        row.decline_reason,
        row.ended_on,
    )


def absence(tx: Connection, absence_id: int) -> AbsenceView:
    """One absence; NotFound when there is none."""
    for view in _roster(tx, ABSENCE.c.id == absence_id).absences:
        return view
    raise NotFound


def past_absences(tx: Connection, person_id: int, before: date, limit: int = 10) -> tuple[AbsenceView, ...]:
    """The last absences of a person that are over, the latest first."""
    is_over = or_(ABSENCE.c.until_on < before, ABSENCE.c.ended_on <= before)
    views = _roster(tx, ABSENCE.c.person_id == person_id, is_over).absences
    return tuple(view for view in reversed(views) if view.days)[:limit]


def colleagues(tx: Connection, ids: Iterable[int] | None = None) -> dict[int, Colleague]:
    """These people, or everybody who can be away, by their ids in the order of units and names."""
    columns = (PERSON.c.id, PERSON.c.username, PERSON.c.name, PERSON.c.unit_id, PERSON.c.is_active)
    query = select(*columns, UNIT.c.name.label("unit"), UNIT.c.name_en).select_from(
        PERSON.join(UNIT).outerjoin(GRANT, GRANT.c.person_id == PERSON.c.id)
    )
    query = query.where(PERSON.c.is_active) if ids is None else query.where(PERSON.c.id.in_(sorted(ids)))
    rows = tx.execute(query.add_columns(GRANT.c.role).order_by(UNIT.c.id, PERSON.c.id)).all()
    roles: dict[int, set[str]] = defaultdict(set)
    for row in rows:
        roles[row.id] |= {row.role} - {None}
    return {
        row.id: Colleague(
            row.id,
            row.username,
            row.name,
            row.unit_id,
            UnitName(row.unit, row.name_en),
            row.is_active,
            frozenset(roles[row.id]),
        )
        for row in rows
    }


def may_manage(actor: Actor, person: Colleague) -> bool:
    """Whether the actor enters and ends this person's absences: their own, and those of whom they look after."""
    return actor.id == person.id or looks_after(actor, person)


def looks_after(actor: Actor, person: Colleague) -> bool:
    """Whether the actor heads this person, so that they learn when nobody stands in for them."""
    return actor.id != person.id and is_head(actor.roles, person.roles, is_same_unit=actor.unit_id == person.unit_id)


def managed(tx: Connection, actor: Actor) -> list[Colleague]:
    """The people whose absences the actor enters, they themselves first."""
    people = [person for person in colleagues(tx).values() if can_be_away(person) and may_manage(actor, person)]
    return sorted(people, key=lambda person: person.id != actor.id)


def can_be_away(person: Colleague) -> bool:
    """Whether absences of this person mean anything: those of programs do not."""
    return person.is_active and bool(person.roles) and person.roles <= set(DEPUTIES)


def possible_deputies(tx: Connection, person: Colleague) -> list[Colleague]:
    """Who may stand in for this person by their roles, whether they are away or not."""
    return [colleague for colleague in colleagues(tx).values() if colleague.may_cover(person)]


def sees_absence(actor: Actor, view: AbsenceView) -> bool:
    """Whether the overview shows this absence to the actor: all to the offices, those of their unit to a head."""
    return actor.has(*(WATCHERS - {"window_head"})) or view.person.unit_id == actor.unit_id


@dataclass(frozen=True, slots=True)
class CoverStatus:
    """Absences on a person's home page: how often they are asked to stand in today, and their own leave."""

    asked: int
    own: AbsenceView | None


def cover_status(tx: Connection, actor: Actor, today: date) -> CoverStatus:
    """The status for the actor's home page."""
    views = [view for view in roster(tx, today).absences if view.days]
    open_requests = [view for view in views if view.is_asked and view.deputy and view.deputy.id == actor.id]
    own = (view for view in views if view.person.id == actor.id and view.days and today in view.days)
    return CoverStatus(len(open_requests), next(own, None))


def uncovered_for(tx: Connection, actor: Actor, today: date) -> list[Uncovered]:
    """The absences without cover that the actor is to solve, as they stand now."""
    if not actor.has(*WATCHERS - {"sysadmin"}):
        return []
    return [entry for entry in roster(tx, today).uncovered(today) if looks_after(actor, entry.absence.person)]


def uncovered_count(tx: Connection, actor: Actor, now: datetime) -> int:
    """How many absences without cover the actor is to solve."""
    return len(uncovered_for(tx, actor, day_of(now)))
