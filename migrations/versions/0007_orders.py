"""Supervision orders. Those that the record tells of already get their rows again."""

import json
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

from approvals.base.columns import Moment
from approvals.base.migrations import allow_at_least, restore_rows
from approvals.base.moments import day_of

revision = "0007"
down_revision = "0006"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SUBJECTS = ("project", "approval", "escalation", "report", "request", "card")
EDITION = "2026-01"
LIFTING = sa.text("alarm_on IS NOT NULL")
DAYS = ("issued_on", "due_on", "alarm_on")


def upgrade() -> None:
    allow_at_least("history_entries", "subject", (*SUBJECTS, "order"))
    op.create_table(
        "orders",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("project_id", KEY, sa.ForeignKey("projects.id"), index=True),
        sa.Column("approval_id", KEY, sa.ForeignKey("approvals.id"), index=True),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("department_id", KEY, sa.ForeignKey("units.id"), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_since", Moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edition", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("demands", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("alarm_on", sa.Date()),
        sa.Column("lifted_to", sa.Integer()),
        sa.Column("source_kind", sa.String(), nullable=False),
        sa.Column("source_ref", sa.String(), nullable=False),
        sa.CheckConstraint("approval_id IS NULL OR project_id IS NOT NULL", name="approval_has_project"),
        sa.CheckConstraint("level BETWEEN 2 AND 3", name="level"),
        sa.CheckConstraint("lifted_to BETWEEN 3 AND 4", name="lifted_to"),
        sa.CheckConstraint("state IN ('issued', 'sent_back') OR alarm_on IS NULL", name="only_unanswered_lifts"),
        sa.CheckConstraint("source_kind IN ('', 'escalation', 'report')", name="source_kind"),
        sa.CheckConstraint("state IN ('issued', 'answered', 'sent_back', 'accepted')", name="state"),
        sa.UniqueConstraint("year", "serial"),
    )
    op.create_index("ix_orders_alarm_on", "orders", ["alarm_on"], sqlite_where=LIFTING, postgresql_where=LIFTING)
    op.create_index("ix_orders_department_id_state_id", "orders", ["department_id", "state", "id"])
    _bring_back()


def downgrade() -> None:
    op.drop_table("orders")
    allow_at_least("history_entries", "subject", SUBJECTS)


def _bring_back() -> None:
    """After a step down and up again: the rows from the record."""
    bind = op.get_bind()
    names = ("seq", "subject", "subject_id", "project_id", "approval_id", "round", "move", "to_state", "facts")
    entries = sa.table("history_entries", *map(sa.column, names), sa.column("at", Moment()))
    query = sa.select(entries).where(entries.c.subject == "order").order_by(entries.c.project_id, entries.c.seq)
    units = sa.table("units", sa.column("id"), sa.column("name"))
    ids = {row.name: row.id for row in bind.execute(sa.select(units).order_by(units.c.id))}
    restore_rows("orders", _rows(bind.execute(query), ids), DAYS)


def _rows(entries: Iterable[Any], ids: dict[str, int]) -> list[dict[str, Any]]:
    rows: dict[int, dict[str, Any]] = {}
    for entry in entries:
        facts = json.loads(entry.facts)
        row = rows.setdefault(entry.subject_id, {})
        if not row:
            row |= _begun(entry, facts, ids)
        if row["state"] != entry.to_state:
            row |= {"state": entry.to_state, "state_since": entry.at}
        row["version"] += 1
        row |= _changed(entry.move, facts)
    return list(rows.values())


def _begun(entry: Any, facts: dict[str, Any], ids: dict[str, int]) -> dict[str, Any]:
    year, serial = facts["order"].split("-")
    command = {name: facts[name] for name in ("subject", "demands", "level")}
    return command | {
        "id": entry.subject_id,
        "year": int(year),
        "serial": int(serial),
        "project_id": entry.project_id or None,
        "approval_id": entry.approval_id,
        "round": entry.round,
        "department_id": ids[facts["department"]],
        "state": entry.to_state,
        "state_since": entry.at,
        "version": 0,
        "edition": EDITION,
        "issued_on": day_of(entry.at),
        "source_kind": facts.get("source_kind", ""),
        "source_ref": facts.get("source_ref", ""),
    }


def _changed(move: str, facts: dict[str, Any]) -> dict[str, Any]:
    """The days that the move left in the row."""
    if move == "lift_order":
        next_on = facts.get("next_on")
        return {"alarm_on": date.fromisoformat(next_on) if next_on else None, "lifted_to": facts["level"]}
    if "due_on" not in facts:
        return {"alarm_on": None}
    due_on = date.fromisoformat(facts["due_on"])
    return {"due_on": due_on, "alarm_on": due_on + timedelta(days=1), "lifted_to": None}
