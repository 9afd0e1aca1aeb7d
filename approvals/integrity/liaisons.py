"""Liaisons and requests: terms and deadlines as the history gives them."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime

import orjson
from sqlalchemy import Connection, select

from approvals.accounts.queries import PERSON
from approvals.base.moments import read_moment
from approvals.filing.queries import TABLE as PROJECTS
from approvals.history.queries import Violation
from approvals.history.record import ENTRY
from approvals.integrity.history import row_violations
from approvals.liaisons.queries import REQUESTS, TERMS
from approvals.liaisons.request_views import ASKING

CHANGING = ("register", "reassign", "hand_over")  # moves of a project that say who accompanies it

_UNANSWERED: dict[str, object] = {"climbed_at": None, "answered_at": None}

Term = tuple[str, datetime, datetime | None, str]  # who, from when until when, with which note


def one_liaison_at_any_moment(tx: Connection) -> Iterator[Violation]:
    """The terms of a project's liaisons follow one another as its history says, and the open one is that of the liaison
    in the project's row; there is none where a liaison left without a successor."""
    recorded, stored = _recorded_terms(tx), _stored_terms(tx)
    liaisons = select(PROJECTS.c.id, PERSON.c.username).outerjoin(PERSON, PERSON.c.id == PROJECTS.c.liaison_id)
    for row in tx.execute(liaisons.order_by(PROJECTS.c.id)):
        terms, where = recorded.get(row.id, []), f"project {row.id}"
        if stored.get(row.id, []) != terms:
            yield Violation("liaisons", where, f"terms are {stored.get(row.id, [])}, its history says {terms}")
        if row.username != next((username for username, _, until, _ in terms[-1:] if until is None), None):
            yield Violation("liaisons", where, f"is accompanied by {row.username}, its history says otherwise")


def _recorded_terms(tx: Connection) -> dict[int, list[Term]]:
    recorded: dict[int, list[Term]] = defaultdict(list)
    changes = ENTRY.c.subject == "project", ENTRY.c.move.in_(CHANGING)
    for row in tx.execute(select(ENTRY).where(*changes).order_by(ENTRY.c.project_id, ENTRY.c.seq)):
        terms = recorded[row.project_id]
        terms[-1:] = [(username, since, until or row.at, note) for username, since, until, note in terms[-1:]]
        facts = orjson.loads(row.facts)
        if facts["liaison"]:  # none where the service centre took over
            terms.append((facts["liaison"], row.at, None, facts.get("note", "")))
    return recorded


def _stored_terms(tx: Connection) -> dict[int, list[Term]]:
    stored: dict[int, list[Term]] = defaultdict(list)
    columns = (TERMS.c.project_id, PERSON.c.username, TERMS.c.from_at, TERMS.c.until_at, TERMS.c.note)
    rows = tx.execute(select(*columns).join(PERSON, PERSON.c.id == TERMS.c.person_id).order_by(TERMS.c.id))
    for project_id, *term in rows:
        stored[project_id].append((term[0], term[1], term[2], term[3]))
    return stored


def requests_climb_when_due(tx: Connection) -> Iterator[Violation]:
    """A question climbs at most once, at the moment until which it was to be answered, and the row says the same."""
    recorded: dict[int, dict[str, object]] = {}
    for entry in tx.execute(select(ENTRY).where(ENTRY.c.subject == "request").order_by(ENTRY.c.id)):
        where = f"request {entry.subject_id}"
        if entry.move in ASKING:
            facts = orjson.loads(entry.facts)
            question = {"text": facts["text"], "asked_at": entry.at, "due_at": read_moment(facts["due_at"])}
            recorded[entry.subject_id] = question | {"project_id": entry.project_id, **_UNANSWERED}
        elif entry.move == "answer":
            recorded[entry.subject_id]["answered_at"] = entry.at
        elif entry.move == "climb":
            moments = recorded[entry.subject_id]
            if moments["climbed_at"]:
                yield Violation("requests", where, "climbed twice")
            if entry.at != moments["due_at"]:
                yield Violation("requests", where, f"climbed at {entry.at}, it was due at {moments['due_at']}")
            moments["climbed_at"] = entry.at
    yield from _request_violations(tx, recorded)


def _request_violations(tx: Connection, recorded: Mapping[int, Mapping[str, object]]) -> Iterator[Violation]:
    rows = {row.id: row for row in tx.execute(select(REQUESTS).order_by(REQUESTS.c.project_id, REQUESTS.c.no))}
    yield from row_violations("request", recorded, rows)
    asked = Counter[int]()
    for row in rows.values():
        asked[row.project_id] += 1
        if row.no != asked[row.project_id]:
            yield Violation("requests", f"request {row.id}", f"is number {row.no} of its project, not in turn")
        where = f"request {row.id}"
        if (row.climbs_at is not None) != (row.state == "raised" and row.climbed_at is None):
            yield Violation("requests", where, f"climbs at {row.climbs_at} in the state {row.state}")
