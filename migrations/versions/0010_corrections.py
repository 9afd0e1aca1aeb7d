"""Wrong days and their corrections. Those that the record tells of already get their rows again."""

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

import sqlalchemy as sa
from alembic import op

from approvals.base.columns import Moment
from approvals.base.migrations import allow_at_least, allowed, restore_rows

revision = "0010"
down_revision = "0009"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOVED = (
    "submit", "resubmit", "notify_once", "notify_again", "accept", "reject_intake", "start_special", "end_special",
    "grant", "refuse", "deliver",
)  # fmt: skip
EDITION = "2026-01"
DAYS = ("was_on", "right_on")


def upgrade() -> None:
    allow_at_least("history_entries", "subject", (*allowed("history_entries", "subject"), "correction"))
    moved = ", ".join(f"'{move}'" for move in MOVED)
    op.create_table(
        "corrections",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("project_id", KEY, sa.ForeignKey("projects.id"), nullable=False),
        sa.Column("approval_id", KEY, sa.ForeignKey("approvals.id"), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_since", Moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edition", sa.String(), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("moved", sa.String(), nullable=False),
        sa.Column("was_on", sa.Date(), nullable=False),
        sa.Column("right_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.String(), nullable=False),
        sa.Column("proposed_as", sa.String(), nullable=False),
        sa.CheckConstraint("right_on <> was_on", name="another_day"),
        sa.CheckConstraint(f"moved IN ({moved})", name="moved"),
        sa.CheckConstraint("state IN ('proposed', 'confirmed', 'declined')", name="state"),
    )
    waits = sa.text("state = 'proposed'")
    op.create_index(
        "uq_corrections_open", "corrections", ["approval_id"], unique=True, sqlite_where=waits, postgresql_where=waits
    )
    op.create_index("ix_corrections_approval_id_id", "corrections", ["approval_id", "id"])
    op.create_index("ix_corrections_state_id", "corrections", ["state", "id"])
    _bring_back()


def downgrade() -> None:
    op.drop_table("corrections")
    before = [subject for subject in allowed("history_entries", "subject") if subject != "correction"]
    allow_at_least("history_entries", "subject", before)


def _bring_back() -> None:
    """After a step down and up again: the rows from the record."""
    names = ("subject_id", "project_id", "approval_id", "round", "to_state", "actor", "role", "facts")
    entries = sa.table("history_entries", *map(sa.column, ("seq", "subject", *names)), sa.column("at", Moment()))
    query = sa.select(entries).where(entries.c.subject == "correction").order_by(entries.c.project_id, entries.c.seq)
    restore_rows("corrections", _rows(op.get_bind().execute(query)), DAYS)


def _rows(entries: Iterable[Any]) -> list[dict[str, Any]]:
    rows: dict[int, dict[str, Any]] = {}
    for entry in entries:
        row = rows.setdefault(entry.subject_id, {"version": 0} | _begun(entry))
        row |= {"state": entry.to_state, "state_since": entry.at, "version": row["version"] + 1}
    return list(rows.values())


def _begun(entry: Any) -> dict[str, Any]:
    facts = json.loads(entry.facts)
    of_approval = {name: getattr(entry, name) for name in ("project_id", "approval_id", "round")}
    days = {name: date.fromisoformat(facts[name]) for name in DAYS}
    proposal = {name: facts[name] for name in ("entry", "moved", "reason")}
    by = {"proposed_by": entry.actor, "proposed_as": entry.role}
    return {"id": entry.subject_id, "edition": EDITION} | of_approval | days | proposal | by
