"""Acceptances and grants: what is owed, and the document in the row, are those that the record names."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, select

from approvals.catalogue.queries import catalogue_of
from approvals.filing.documents import DOCUMENTS
from approvals.filing.queries import TABLE as PROJECTS
from approvals.history.queries import Violation
from approvals.history.record import ENTRY
from approvals.registration.queries import APPROVALS
from approvals.windows.grants import grant_columns, valid_until
from approvals.windows.owed.materials import OWED
from approvals.windows.owed.promises import CHECKS
from approvals.windows.owed.statements import WatchedDay, steps_by_approval

NOTHING = dict.fromkeys(("document_no", "document_key", "document_uid", "document_on", "lapses_on"))  # before a grant


def documents_are_those_of_the_grants(tx: Connection) -> Iterator[Violation]:
    """Number, file, day and validity of a document are those of the last grant; the file is there."""
    grants = select(ENTRY).where(ENTRY.c.subject == "approval", ENTRY.c.move == "grant").order_by(ENTRY.c.id)
    granted = {entry.approval_id: entry for entry in tx.execute(grants)}
    files = set(tx.execute(select(DOCUMENTS.c.uid).order_by(DOCUMENTS.c.id)).scalars())
    own = select(APPROVALS, PROJECTS.c.catalogue_sha256).join(PROJECTS, PROJECTS.c.id == APPROVALS.c.project_id)
    for row in tx.execute(own.order_by(APPROVALS.c.id)):
        grant = granted.get(row.id)
        if row.state != "granted" and grant is not None:
            continue
        for name, value in (NOTHING if grant is None else _columns(tx, row, grant)).items():
            if getattr(row, name) != value:
                yield Violation(
                    "grants", f"approval {row.id}", f"{name} is {getattr(row, name)}, the grant says {value}"
                )
        if row.document_uid and row.document_uid not in files:
            yield Violation("grants", f"approval {row.id}", "its document is not there")


def _columns(tx: Connection, row: Any, grant: Any) -> dict[str, Any]:
    """The columns of this granted approval as its grant gives them."""
    facts, item = orjson.loads(grant.facts), catalogue_of(tx, row, date.max).items.get(row.code)
    if item is None and not facts.get("valid_until"):
        return grant_columns(facts)
    lapses = date.fromisoformat(facts["valid_until"]) if item is None else valid_until(facts, row.decided_on, item)
    return grant_columns(facts) | {"lapses_on": lapses}


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
