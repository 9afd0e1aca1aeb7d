"""Liaisons and requests: terms and deadlines as the history gives them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime

import orjson
from sqlalchemy import Connection, select

from approvals.accounts.queries import PERSON
from approvals.base.moments import read_moment
from approvals.filing.queries import TABLE as PROJECTS
from approvals.history.queries import Violation
from approvals.history.record import ENTRY
from approvals.liaisons.queries import REQUESTS, TERMS
from approvals.liaisons.request_views import ASKING

CHANGING = ("register", "reassign", "hand_over")  # moves of a project that say who accompanies it

Term = tuple[str, datetime, datetime | None]


def one_liaison_at_any_moment(tx: Connection) -> Iterator[Violation]:
    """The terms of a project's liaisons follow one another as its history says, and the open one is that of the liaison
    in the project's row; there is none where a liaison left without a successor."""
    recorded, stored = _recorded_terms(tx), _stored_terms(tx)
    liaisons = select(PROJECTS.c.id, PERSON.c.username).outerjoin(PERSON, PERSON.c.id == PROJECTS.c.liaison_id)
    for row in tx.execute(liaisons.order_by(PROJECTS.c.id)):
        terms, where = recorded.get(row.id, []), f"project {row.id}"
        if stored.get(row.id, []) != terms:
            yield Violation("liaisons", where, f"terms are {stored.get(row.id, [])}, its history says {terms}")
        if row.username != next((username for username, _, until in terms[-1:] if until is None), None):
            yield Violation("liaisons", where, f"is accompanied by {row.username}, its history says otherwise")


def _recorded_terms(tx: Connection) -> dict[int, list[Term]]:
    recorded: dict[int, list[Term]] = defaultdict(list)
    changes = ENTRY.c.subject == "project", ENTRY.c.move.in_(CHANGING)
    for row in tx.execute(select(ENTRY).where(*changes).order_by(ENTRY.c.project_id, ENTRY.c.seq)):
        terms = recorded[row.project_id]
        terms[-1:] = [(username, since, until or row.at) for username, since, until in terms[-1:]]
        if liaison := orjson.loads(row.facts)["liaison"]:  # none where the service centre took over
            terms.append((liaison, row.at, None))
    return recorded


def _stored_terms(tx: Connection) -> dict[int, list[Term]]:
    stored: dict[int, list[Term]] = defaultdict(list)
    columns = (TERMS.c.project_id, PERSON.c.username, TERMS.c.from_at, TERMS.c.until_at)
    rows = tx.execute(select(*columns).join(PERSON, PERSON.c.id == TERMS.c.person_id).order_by(TERMS.c.id))
    for project_id, username, from_at, until_at in rows:
        stored[project_id].append((username, from_at, until_at))
    return stored


def requests_climb_when_due(tx: Connection) -> Iterator[Violation]:
    """A question climbs at most once, at the moment until which it was to be answered, and the row says the same."""
    recorded: dict[int, dict[str, datetime | None]] = {}
    for entry in tx.execute(select(ENTRY).where(ENTRY.c.subject == "request").order_by(ENTRY.c.id)):
        where = f"request {entry.subject_id}"
        if entry.move in ASKING:
            due_at = read_moment(orjson.loads(entry.facts)["due_at"])
            recorded[entry.subject_id] = {"due_at": due_at, "climbed_at": None}
        elif entry.move == "climb":
            moments = recorded[entry.subject_id]
            if moments["climbed_at"]:
                yield Violation("requests", where, "climbed twice")
            if entry.at != moments["due_at"]:
                yield Violation("requests", where, f"climbed at {entry.at}, it was due at {moments['due_at']}")
            moments["climbed_at"] = entry.at
    yield from _request_violations(tx, recorded)


def _request_violations(tx: Connection, recorded: Mapping[int, Mapping[str, object]]) -> Iterator[Violation]:
    for row in tx.execute(select(REQUESTS).order_by(REQUESTS.c.id)):
        stored, where = {"due_at": row.due_at, "climbed_at": row.climbed_at}, f"request {row.id}"
        if stored != recorded.get(row.id):
            yield Violation("requests", where, f"stands at {stored}, its history says {recorded.get(row.id)}")
        if (row.climbs_at is not None) != (row.state == "raised" and row.climbed_at is None):
            yield Violation("requests", where, f"climbs at {row.climbs_at} in the state {row.state}")
