"""Each filing gets a receipt with a number of its year. Those filed before have none."""

import json

import sqlalchemy as sa
from alembic import op

from approvals.base.columns import Moment

revision = "0025"
down_revision = "0024"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NAMES = ("project_id", "seq", "subject", "move", "facts", "hash")
ENTRIES = sa.table("history_entries", *map(sa.column, NAMES), sa.column("at", Moment()))
CODE = 16  # characters of an entry's hash


def upgrade() -> None:
    receipts = op.create_table(
        "filing_receipts",
        sa.Column("project_id", KEY, sa.ForeignKey("projects.id"), primary_key=True),
        sa.Column("seq", sa.Integer(), primary_key=True),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.UniqueConstraint("year", "serial"),
        sa.UniqueConstraint("code"),
    )
    _bring_back(receipts)


def downgrade() -> None:
    op.drop_table("filing_receipts")


def _bring_back(receipts: sa.Table) -> None:
    """After a step down and up again, what the record tells."""
    bind = op.get_bind()
    filed = (ENTRIES.c.subject == "project") & ENTRIES.c.move.in_(("file", "refile"))
    for entry in bind.execute(sa.select(ENTRIES).where(filed).order_by(ENTRIES.c.project_id, ENTRIES.c.seq)).all():
        facts = json.loads(entry.facts)
        if "receipt_no" in facts:
            number = {"year": facts["receipt_year"], "serial": facts["receipt_no"]}
            place = {"project_id": entry.project_id, "seq": entry.seq, "code": entry.hash[:CODE], "at": entry.at}
            bind.execute(sa.insert(receipts).values(**number, **place))
