"""Acceptances and grants: what is owed, and the document in the row, are those that the record names."""

from collections.abc import Iterator
from datetime import date

import orjson
from sqlalchemy import ColumnElement, Connection, select

from approvals.filing.documents import DOCUMENTS
from approvals.history.queries import Violation
from approvals.history.record import ENTRY
from approvals.registration.queries import APPROVALS
from approvals.windows.grants import grant_columns
from approvals.windows.owed.materials import OWED
from approvals.windows.owed.promises import CHECKS
from approvals.windows.owed.statements import WatchedDay, steps_by_approval


def documents_are_those_of_the_grants(tx: Connection) -> Iterator[Violation]:
    """Number, file, day and the validity that a document bears are those of the last grant; the file is there."""
    grants = select(ENTRY).where(ENTRY.c.subject == "approval", ENTRY.c.move == "grant").order_by(ENTRY.c.id)
    granted = {entry.approval_id: orjson.loads(entry.facts) for entry in tx.execute(grants)}
    files = set(tx.execute(select(DOCUMENTS.c.uid).order_by(DOCUMENTS.c.id)).scalars())
    for row in tx.execute(select(APPROVALS).order_by(APPROVALS.c.id)):
        facts = granted.get(row.id) if row.state == "granted" else None
        if facts is None:
            continue
        recorded = grant_columns(facts)
        if facts.get("valid_until"):
            recorded["lapses_on"] = date.fromisoformat(facts["valid_until"])
        for name, value in recorded.items():
            if getattr(row, name) != value:
                yield Violation(
                    "grants", f"approval {row.id}", f"{name} is {getattr(row, name)}, the grant says {value}"
                )
        if row.document_uid and row.document_uid not in files:
            yield Violation("grants", f"approval {row.id}", "its document is not there")


def owed_follows_from_history(tx: Connection) -> Iterator[Violation]:
    """Until when materials are owed, and when the system speaks of it next, is what the record says."""
    yield from _columns_follow(tx, "owed", OWED, ENTRY.c.move == "accept", ENTRY.c.facts.contains('"owed_until":'))


def checks_follow_from_history(tx: Connection) -> Iterator[Violation]:
    """The day of the check of a promise, and when the system speaks of it next, is what the record says."""
    yield from _columns_follow(tx, "checks", CHECKS, ENTRY.c.move == "give_promise")


def _columns_follow(
    tx: Connection, rule: str, watched: WatchedDay, *begins: ColumnElement[bool]
) -> Iterator[Violation]:
    """The columns about a watched day; only approvals with an entry that begins one have any."""
    begun = select(ENTRY.c.approval_id).where(ENTRY.c.subject == "approval", *begins).distinct()
    steps = steps_by_approval(tx, watched, sorted(tx.execute(begun).scalars()))
    for row in tx.execute(select(APPROVALS).order_by(APPROVALS.c.id)):
        for name, value in watched.columns(steps.get(row.id, [])).items():
            if getattr(row, name) != value:
                text = f"{name} is {getattr(row, name)}, its history says {value}"
                yield Violation(rule, f"approval {row.id}", text)
