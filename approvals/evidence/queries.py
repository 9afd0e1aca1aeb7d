"""Pieces of evidence by their references, and what a move holds of each."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Row, Table, or_, select

from approvals.accounts.actors import Actor
from approvals.base.tables import table_of
from approvals.evidence.tables import Evidence, EvidenceUse

EVIDENCE: Table = table_of(Evidence)
USES: Table = table_of(EvidenceUse)


def rows_of(tx: Connection, refs: Collection[str]) -> dict[str, Row[Any]]:
    """The pieces of evidence that there are of these references."""
    query = select(EVIDENCE).where(EVIDENCE.c.uid.in_(list(refs))).order_by(EVIDENCE.c.id)
    return {row.uid: row for row in tx.execute(query)} if refs else {}


def citable(tx: Connection, refs: Collection[str], actor: Actor, project_id: int) -> dict[str, Row[Any]]:
    """Those of these that the actor may cite: sent by their unit or another system, or cited in this chain already."""
    used = select(USES.c.evidence_id).where(USES.c.project_id == project_id)
    theirs = or_(EVIDENCE.c.unit_id.is_(None), EVIDENCE.c.unit_id.in_(actor.units), EVIDENCE.c.id.in_(used))
    query = select(EVIDENCE).where(EVIDENCE.c.uid.in_(list(refs)), theirs).order_by(EVIDENCE.c.id)
    return {row.uid: row for row in tx.execute(query)} if refs else {}


def facts_of(row: Any) -> dict[str, Any]:
    """What a move holds of a piece of evidence, so that its chain covers the content and the day."""
    own = {"ref": row.uid, "name": row.name, "kind": row.media_type, "size": row.size, "sha256": row.sha256}
    return own | ({"taken_on": row.taken_on} if row.taken_on else {})


def refs_of(facts: Mapping[str, Any]) -> list[str]:
    """The references of the evidence among what a move was given or holds."""
    return [piece if isinstance(piece, str) else str(piece["ref"]) for piece in facts.get("evidence") or ()]


def prints_of(rows: Iterable[Any]) -> tuple[set[str], set[str]]:
    """The checksums of these originals and of their copies: a picture is the same when either is."""
    listed = list(rows)
    return {row.sha256 for row in listed}, {row.copy_sha256 for row in listed if row.copy_sha256}
