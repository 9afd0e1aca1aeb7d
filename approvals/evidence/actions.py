"""Evidence is received, cited by a move, and noted as used."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from approvals.accounts import permissions
from approvals.accounts.actors import Actor
from approvals.base.errors import Forbidden, Invalid
from approvals.base.i18n import N_
from approvals.evidence.queries import EVIDENCE, USES, citable, facts_of, rows_of
from approvals.evidence.receipt import ReceivedFile

UNKNOWN = N_("is not evidence that you or your unit sent")
TWICE = N_("appears twice")
SAME_FILE = ("received_by", "sha256", "name")


def check_may_give(actor: Actor) -> None:
    """Forbidden for those who have nothing to prove; asked before a file is stored, too."""
    if not actor.has(*permissions.GIVE_EVIDENCE):
        raise Forbidden


def add(tx: Connection, file: ReceivedFile, *, by: Actor, now: datetime) -> str:
    """Note a received file as evidence; its reference. The same file of the same person is one piece of evidence."""
    check_may_give(by)
    row: dict[str, Any] = {
        "uid": f"e-{secrets.token_hex(8)}",
        **asdict(file.stored),
        **{name: getattr(file, name) for name in ("taken_on", "copy_sha256", "thumbnail_sha256")},
        "received_by": by.username,
        "unit_id": None if by.has(*permissions.PROGRAMS) else by.unit_id,
        "received_at": now,
    }
    new = (sqlite.insert if tx.dialect.name == "sqlite" else postgresql.insert)(EVIDENCE).values(row)
    tx.execute(new.on_conflict_do_nothing(index_elements=SAME_FILE))
    same = [EVIDENCE.c[name] == row[name] for name in SAME_FILE]
    return str(tx.execute(select(EVIDENCE.c.uid).where(*same)).scalar_one())


def cited(tx: Connection, refs: Sequence[str], *, by: Actor, project_id: int) -> list[dict[str, Any]]:
    """What a move of the chain `project_id` holds of these; Invalid names those that the actor may not cite.

    Theirs are what their unit or another system sent, and what this chain cites already.
    """
    rows = citable(tx, refs, by, project_id)
    faults: dict[str, list[tuple[str, dict[str, object]]]] = {}
    for index, ref in enumerate(refs):
        if ref not in rows:
            faults[f"evidence.{index}"] = [(UNKNOWN, {})]
        elif ref in refs[:index]:
            faults[f"evidence.{index}"] = [(TWICE, {})]
    if faults:
        raise Invalid(faults)
    return [facts_of(rows[ref]) for ref in refs]


def note_uses(
    tx: Connection, refs: Collection[str], project_id: int, subject: str, subject_id: int, at: datetime
) -> None:
    """Note that this case cites these from now on, those that it has not cited before."""
    if not refs:
        return
    of_case = USES.c.subject == subject, USES.c.subject_id == subject_id
    known = set(tx.execute(select(USES.c.evidence_id).where(*of_case).order_by(USES.c.id)).scalars())
    case = {"project_id": project_id, "subject": subject, "subject_id": subject_id, "used_at": at}
    rows = [{"evidence_id": row.id} | case for row in rows_of(tx, refs).values() if row.id not in known]
    if rows:
        tx.execute(insert(USES), rows)
