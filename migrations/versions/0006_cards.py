"""Yellow and red cards. Those that the record tells of already get their rows again."""

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

import sqlalchemy as sa
from alembic import op

from approvals.base.columns import Moment
from approvals.base.migrations import allow_at_least, restore_rows

revision = "0006"
down_revision = "0005"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SUBJECTS = ("project", "approval", "escalation", "report", "request")
EDITION = "2026-01"


def upgrade() -> None:
    allow_at_least("history_entries", "subject", (*SUBJECTS, "card"))
    op.create_table(
        "cards",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("project_id", KEY, sa.ForeignKey("projects.id"), nullable=False, index=True),
        sa.Column("approval_id", KEY, sa.ForeignKey("approvals.id"), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("colour", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_since", Moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edition", sa.String(), nullable=False),
        sa.Column("shown_on", sa.Date(), nullable=False),
        sa.Column("appeal_by", sa.Date(), nullable=False),
        sa.CheckConstraint("appeal_by >= shown_on", name="appeal_after_shown"),
        sa.CheckConstraint("colour IN ('yellow', 'red')", name="colour"),
        sa.CheckConstraint(
            "rule IN ('promised', 'legal', 'silence', 'second_notice', 'delivery', 'order')", name="rule"
        ),
        sa.CheckConstraint("state IN ('shown', 'appealed', 'upheld', 'withdrawn')", name="state"),
        sa.UniqueConstraint("approval_id", "round", "rule"),
    )
    op.create_index("ix_cards_shown_on_id", "cards", ["shown_on", "id"])
    op.create_index("ix_cards_state_appeal_by_id", "cards", ["state", "appeal_by", "id"])
    _bring_back()


def downgrade() -> None:
    op.drop_table("cards")
    allow_at_least("history_entries", "subject", SUBJECTS)


def _bring_back() -> None:
    """After a step down and up again: the rows from the record."""
    names = ("subject_id", "project_id", "approval_id", "round", "to_state", "from_state", "facts")
    entries = sa.table("history_entries", *map(sa.column, ("seq", "subject", *names)), sa.column("at", Moment()))
    query = sa.select(entries).where(entries.c.subject == "card").order_by(entries.c.project_id, entries.c.seq)
    restore_rows("cards", _rows(op.get_bind().execute(query)), ("shown_on", "appeal_by"))


def _rows(entries: Iterable[Any]) -> list[dict[str, Any]]:
    rows: dict[int, dict[str, Any]] = {}
    for entry in entries:
        row = rows.setdefault(entry.subject_id, {"version": 0} | _begun(entry))
        if row["state"] != entry.to_state or not row["version"]:
            row |= {"state": entry.to_state, "state_since": entry.at}
        row["version"] += 1
    return list(rows.values())


def _begun(entry: Any) -> dict[str, Any]:
    facts = json.loads(entry.facts)
    of_approval = {name: getattr(entry, name) for name in ("project_id", "approval_id", "round")}
    days = {"shown_on": date.fromisoformat(facts["on"]), "appeal_by": date.fromisoformat(facts["appeal_by"])}
    rule = {"rule": facts["rule"], "colour": facts["colour"]}
    return {"id": entry.subject_id, "edition": EDITION, "state": entry.to_state} | of_approval | rule | days
