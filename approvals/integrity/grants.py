"""Acceptances and grants: what is owed, and the document in the row, are those that the record names."""

from collections.abc import Iterator
from datetime import date

import orjson
from sqlalchemy import Connection, select

from approvals.filing.documents import DOCUMENTS
from approvals.history.queries import Violation
from approvals.history.record import ENTRY
from approvals.registration.queries import APPROVALS
from approvals.windows.grants import grant_columns
from approvals.windows.owed import steps_by_approval
from approvals.windows.promises import promise_steps
from workflows.rules.owed_materials import owed_columns
from workflows.rules.promise_checks import promise_columns


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
    of_accept = ENTRY.c.subject == "approval", ENTRY.c.move == "accept", ENTRY.c.facts.contains('"owed_until":')
    owing = set(tx.execute(select(ENTRY.c.approval_id).where(*of_accept).distinct()).scalars())
    steps = steps_by_approval(tx, sorted(owing))
    for row in tx.execute(select(APPROVALS).order_by(APPROVALS.c.id)):
        for name, value in owed_columns(steps.get(row.id, [])).items():
            if getattr(row, name) != value:
                text = f"{name} is {getattr(row, name)}, its history says {value}"
                yield Violation("owed", f"approval {row.id}", text)


def checks_follow_from_history(tx: Connection) -> Iterator[Violation]:
    """The day of the check of a promise, and when the system speaks of it next, is what the record says."""
    given = ENTRY.c.subject == "approval", ENTRY.c.move == "give_promise"
    ids = set(tx.execute(select(ENTRY.c.approval_id).where(*given).distinct()).scalars())
    steps = promise_steps(tx, sorted(ids))
    for row in tx.execute(select(APPROVALS).order_by(APPROVALS.c.id)):
        for name, value in promise_columns(steps.get(row.id, [])).items():
            if getattr(row, name) != value:
                text = f"{name} is {getattr(row, name)}, its history says {value}"
                yield Violation("checks", f"approval {row.id}", text)
