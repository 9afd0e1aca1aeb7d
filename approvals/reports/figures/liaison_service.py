"""The liaisons' service in a month: owners' questions with their first answers, and the contacts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Row, select

from approvals.accounts.queries import PERSON
from approvals.base.moments import read_moment
from approvals.filing.queries import TABLE as PROJECT
from approvals.history.record import ENTRY
from approvals.liaisons.contacts import CONTACTS, recorded_within
from approvals.reports.figures.source_data import by_id

QUESTIONS = ("ask", "ask_again")
_COLUMNS = [ENTRY.c[name] for name in ("project_id", "subject_id", "move", "at", "facts")]


@dataclass(frozen=True, slots=True)
class Question:
    """One question: who was to answer, when it was asked, and its answer and its passing on within the month."""

    project_id: int
    ref: str
    project: str
    liaison: str
    asked_at: datetime
    is_asked: bool  # within the month
    is_climbed: bool
    minutes: int | None  # to the first answer, where that came within the month
    is_in_time: bool


def asked_questions(tx: Connection, since: datetime, until: datetime) -> list[Question]:
    """The questions that were asked, answered or went to the service centre in this time."""
    moved = select(ENTRY.c.project_id).where(ENTRY.c.subject == "request", ENTRY.c.at.between(since, until))
    ids = sorted(set(tx.execute(moved.distinct()).scalars()))
    names = {
        row.id: row for row in by_id(tx, [PROJECT.c[n] for n in ("id", "number", "uid", "name")], PROJECT.c.id, ids)
    }
    requests: dict[int, list[Row[Any]]] = {}
    for entry in by_id(tx, _COLUMNS, ENTRY.c.project_id, ids, ENTRY.c.seq, subject="request"):
        if entry.at <= until:
            requests.setdefault(entry.subject_id, []).append(entry)
    return [one for moves in requests.values() for one in _questions(moves, since, names[moves[0].project_id])]


def _questions(moves: Sequence[Row[Any]], since: datetime, project: Row[Any]) -> Iterator[Question]:
    """A request is one question after another, each up to the next one."""
    starts = [number for number, move in enumerate(moves) if move.move in QUESTIONS]
    for start, end in zip(starts, [*starts[1:], len(moves)], strict=True):
        asked, later = moves[start], [one for one in moves[start + 1 : end] if one.at >= since]
        answer = next((one for one in later if one.move == "answer"), None)
        is_asked, is_climbed = asked.at >= since, any(one.move == "climb" for one in later)
        if is_asked or is_climbed or answer is not None:
            yield _question(asked, answer, project, is_asked=is_asked, is_climbed=is_climbed)


def _question(
    asked: Row[Any], answer: Row[Any] | None, project: Row[Any], *, is_asked: bool, is_climbed: bool
) -> Question:
    told = orjson.loads(asked.facts)
    return Question(
        project_id=project.id,
        ref=project.number or project.uid,
        project=project.name,
        liaison=told["responsible"],
        asked_at=asked.at,
        is_asked=is_asked,
        is_climbed=is_climbed,
        minutes=int((answer.at - asked.at).total_seconds() // 60) if answer else None,
        is_in_time=answer is not None and answer.at <= read_moment(told["due_at"]),
    )


def contacts_made(tx: Connection, since: datetime, until: datetime) -> Sequence[Row[Any]]:
    """The contacts that were recorded in this time, with their recorder and project, in their order."""
    columns = [CONTACTS.c.recorded_at, CONTACTS.c.project_id, PERSON.c.username]
    of_project = [PROJECT.c[name] for name in ("number", "uid", "name")]
    return tx.execute(
        select(*columns, *of_project)
        .join(PERSON, PERSON.c.id == CONTACTS.c.recorder_id)
        .join(PROJECT, PROJECT.c.id == CONTACTS.c.project_id)
        .where(recorded_within(since, until))
        .order_by(CONTACTS.c.recorded_at, CONTACTS.c.id)
    ).all()
