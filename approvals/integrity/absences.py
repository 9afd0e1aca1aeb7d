"""Absences: whoever acted for somebody was their deputy on that day."""

from collections.abc import Iterator
from datetime import date
from itertools import combinations

import orjson
from sqlalchemy import Connection, select

from approvals.accounts.absence.queries import Roster, roster
from approvals.accounts.queries import PERSON
from approvals.base.moments import FIRST_DAY, day_of
from approvals.history.queries import Violation
from approvals.history.record import ENTRY, FOR
from workflows.rules.absence import FOREVER, common


def deputies_stood_in(tx: Connection) -> Iterator[Violation]:
    """Nobody is away twice at a time, and whoever acted for somebody was their confirmed deputy on that day."""
    absences = roster(tx, FIRST_DAY)
    for leave, later in combinations(sorted(absences.leaves, key=lambda leave: leave.id), 2):
        if leave.person == later.person and common(leave.days, later.days):
            yield Violation("deputies", f"leave {later.id}", f"overlaps with leave {leave.id} of the same person")
    ids = {row.username: row.id for row in tx.execute(select(PERSON.c.id, PERSON.c.username).order_by(PERSON.c.id))}
    acted = select(ENTRY.c.project_id, ENTRY.c.seq, ENTRY.c.actor, ENTRY.c.at, ENTRY.c.facts)
    for entry in tx.execute(acted.where(ENTRY.c.facts.contains(f'"{FOR}":')).order_by(ENTRY.c.id)):
        away = orjson.loads(entry.facts).get(FOR)
        if away and not _stood_in(absences, ids.get(away), ids.get(entry.actor), day_of(entry.at)):
            where = f"project {entry.project_id}, entry {entry.seq}"
            yield Violation(
                "deputies", where, f"{entry.actor} acted for {away} and did not stand in for them on that day"
            )


def _stood_in(absences: Roster, person: int | None, deputy: int | None, on: date) -> bool:
    """Whether this deputy had confirmed to cover for the person, who came back on this day at the earliest."""
    return any(
        (leave.person.id, leave.deputy and leave.deputy.id) == (person, deputy)
        and leave.confirmed_at is not None
        and max(leave.from_on, day_of(leave.confirmed_at)) <= on
        and on <= min(leave.until_on or FOREVER, leave.ended_on or FOREVER)
        for leave in absences.absences
    )
