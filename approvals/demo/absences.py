"""Who was and is away in the example city, and who stands in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from approvals.accounts.absence.actions import confirm, enter
from approvals.accounts.actors import Actor
from approvals.accounts.identity import actor_by_username
from approvals.accounts.inputs import NewAbsence
from approvals.accounts.queries import ABSENCE, PERSON
from approvals.base.moments import start_of

MORNING = timedelta(hours=8)


@dataclass(frozen=True, slots=True)
class DemoLeave:
    """A leave that is entered on its first day; `first` and `last` count from the last day of the city's year."""

    person: str
    deputy: str
    kind: str
    first: int
    last: int
    is_confirmed: bool = True

    def days(self, ends_on: date) -> tuple[date, date]:
        return ends_on + timedelta(days=self.first), ends_on + timedelta(days=self.last)


LEAVES = (
    DemoLeave("liaison1", "liaison2", "sick", -75, -62),
    DemoLeave("window-a01", "head-a01", "annual", -6, 5),
    DemoLeave("head-a02", "window-a02", "training", 0, 3, is_confirmed=False),
)


def enter_leaves(tx: Connection, day: date, ends_on: date) -> None:
    """Enter the leaves that have begun by this day, unless that was done before."""
    for leave in LEAVES:
        first, last = leave.days(ends_on)
        if first <= day and not _is_entered(tx, leave.person, first):
            _enter(tx, leave, first, last)


def _is_entered(tx: Connection, username: str, first: date) -> bool:
    person = select(PERSON.c.id).where(PERSON.c.username == username).scalar_subquery()
    entered = select(ABSENCE.c.id).where(ABSENCE.c.person_id == person, ABSENCE.c.from_on == first)
    return tx.execute(entered.limit(1)).first() is not None


def _enter(tx: Connection, leave: DemoLeave, first: date, last: date) -> None:
    at = start_of(first) + MORNING
    absence = NewAbsence(person=leave.person, from_on=first, until_on=last, kind=leave.kind, deputy=leave.deputy)
    absence_id = enter(tx, absence, by=_actor(tx, leave.person, first), now=at)
    if leave.is_confirmed:
        confirm(tx, absence_id, by=_actor(tx, leave.deputy, first), now=at)


def _actor(tx: Connection, username: str, on: date) -> Actor:
    actor = actor_by_username(tx, username, on)
    assert actor is not None  # noqa: S101 everybody of the example city was loaded before
    return actor


def stand_in(lines: Iterable[dict[str, Any]], ends_on: date) -> list[dict[str, Any]]:
    """The lines of the year, those about approvals by who was on duty."""
    return [line | {"by": _on_duty(line, ends_on)} if "/" in line["on"] else line for line in lines]


def _on_duty(line: dict[str, Any], ends_on: date) -> str:
    day = datetime.fromisoformat(line["at"]).date()
    for leave in LEAVES:
        first, last = leave.days(ends_on)
        if leave.person == line["by"] and leave.is_confirmed and first <= day <= last:
            return leave.deputy
    return str(line["by"])
