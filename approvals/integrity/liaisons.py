"""What must always hold of liaisons and requests; `flask verify` asks."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, select

from approvals.accounts.queries import PERSON
from approvals.base.moments import read_moment
from approvals.filing.queries import TABLE as PROJECTS
from approvals.history.queries import Fault
from approvals.history.record import ENTRY
from approvals.liaisons.queries import REQUESTS, TERMS

CHANGING = ("register", "reassign")  # moves of a project that say who accompanies it
ASKING = ("ask", "ask_again")

Term = tuple[str, datetime, datetime | None]


def one_liaison_at_any_moment(tx: Connection) -> Iterator[Fault]:
    """The terms of a project's liaisons follow one another as its history says, the last one is open, and it is that
    of the liaison who stands in the project's row."""
    told, stored = _told_terms(tx), _stored_terms(tx)
    liaisons = select(PROJECTS.c.id, PERSON.c.username).outerjoin(PERSON, PERSON.c.id == PROJECTS.c.liaison_id)
    for row in tx.execute(liaisons.order_by(PROJECTS.c.id)):
        expected, found = told.get(row.id, []), stored.get(row.id, [])
        if found != expected:
            yield Fault("liaisons", f"project {row.id}", f"terms are {found}, its history says {expected}")
        if row.username != (expected[-1][0] if expected else None):
            yield Fault(
                "liaisons", f"project {row.id}", f"is accompanied by {row.username}, its history says otherwise"
            )


def _told_terms(tx: Connection) -> dict[int, list[Term]]:
    told: dict[int, list[Term]] = defaultdict(list)
    changes = ENTRY.c.subject == "project", ENTRY.c.move.in_(CHANGING)
    for row in tx.execute(select(ENTRY).where(*changes).order_by(ENTRY.c.project_id, ENTRY.c.seq)):
        mine = told[row.project_id]
        mine[-1:] = [(username, since, row.at) for username, since, _ in mine[-1:]]
        mine.append((orjson.loads(row.facts)["liaison"], row.at, None))
    return told


def _stored_terms(tx: Connection) -> dict[int, list[Term]]:
    stored: dict[int, list[Term]] = defaultdict(list)
    columns = (TERMS.c.project_id, PERSON.c.username, TERMS.c.from_at, TERMS.c.until_at)
    rows = tx.execute(select(*columns).join(PERSON, PERSON.c.id == TERMS.c.person_id).order_by(TERMS.c.id))
    for project_id, username, from_at, until_at in rows:
        stored[project_id].append((username, from_at, until_at))
    return stored


def requests_climb_when_due(tx: Connection) -> Iterator[Fault]:
    """A question climbs at most once, at the moment until which it was to be answered, and the row says the same."""
    told: dict[int, dict[str, Any]] = {}
    for entry in tx.execute(select(ENTRY).where(ENTRY.c.subject == "request").order_by(ENTRY.c.id)):
        if entry.move in ASKING:
            due_at = read_moment(orjson.loads(entry.facts)["due_at"])
            told[entry.subject_id] = {"due_at": due_at, "climbed_at": None}
        elif entry.move == "climb":
            yield from _climb_faults(entry, **told[entry.subject_id])
            told[entry.subject_id]["climbed_at"] = entry.at
    yield from _row_faults(tx, told)


def _climb_faults(entry: Any, due_at: datetime, climbed_at: datetime | None) -> Iterator[Fault]:
    where = f"request {entry.subject_id}"
    if climbed_at:
        yield Fault("requests", where, "climbed twice")
    if entry.at != due_at:
        yield Fault("requests", where, f"climbed at {entry.at}, it was due at {due_at}")


def _row_faults(tx: Connection, told: Mapping[int, Mapping[str, Any]]) -> Iterator[Fault]:
    for row in tx.execute(select(REQUESTS).order_by(REQUESTS.c.id)):
        found = {"due_at": row.due_at, "climbed_at": row.climbed_at}
        if found != told.get(row.id):
            yield Fault("requests", f"request {row.id}", f"stands at {found}, its history says {told.get(row.id)}")
        if (row.climbs_at is not None) != (row.state == "raised" and row.climbed_at is None):
            yield Fault("requests", f"request {row.id}", f"climbs at {row.climbs_at} in the state {row.state}")
