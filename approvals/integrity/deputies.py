"""Who acted for somebody stood in for them; `flask verify` asks."""

from collections.abc import Iterator
from datetime import date

import orjson
from sqlalchemy import Connection, select

from approvals.accounts.absence.queries import Roster, roster
from approvals.accounts.queries import PERSON
from approvals.base.moments import FIRST_DAY, day_of
from approvals.history.queries import Fault
from approvals.history.record import ENTRY, FOR
from workflows.rules.absence import FOREVER, common


def deputies_stood_in(tx: Connection) -> Iterator[Fault]:
    """Nobody is away twice at a time, and whoever acted for somebody was their confirmed deputy on that day."""
    known = roster(tx, FIRST_DAY)
    yield from _away_twice(known)
    ids = {row.username: row.id for row in tx.execute(select(PERSON.c.id, PERSON.c.username).order_by(PERSON.c.id))}
    acted = select(ENTRY.c.project_id, ENTRY.c.seq, ENTRY.c.actor, ENTRY.c.at, ENTRY.c.facts)
    for entry in tx.execute(acted.where(ENTRY.c.facts.contains(f'"{FOR}":')).order_by(ENTRY.c.id)):
        away = orjson.loads(entry.facts).get(FOR)
        if away and not _stood_in(known, ids.get(away), ids.get(entry.actor), day_of(entry.at)):
            where = f"project {entry.project_id}, entry {entry.seq}"
            yield Fault("deputies", where, f"{entry.actor} acted for {away} and did not stand in for them on that day")


def _away_twice(known: Roster) -> Iterator[Fault]:
    for one in known.leaves:
        for other in known.leaves:
            if one.id < other.id and one.person == other.person and common(one.days, other.days):
                yield Fault("deputies", f"leave {other.id}", f"overlaps with leave {one.id} of the same person")


def _stood_in(known: Roster, person: int | None, deputy: int | None, on: date) -> bool:
    """Whether this deputy had confirmed to cover for the person, who came back on this day at the earliest."""
    return any(
        (one.person.id, one.deputy and one.deputy.id) == (person, deputy)
        and one.confirmed_at is not None
        and max(one.from_on, day_of(one.confirmed_at)) <= on <= min(one.until_on or FOREVER, one.ended_on or FOREVER)
        for one in known.absences
    )
