"""Drafts of reports: what they have seen, and why a correction was made."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("reports", sa.Column("grounds", sa.String(), nullable=False, server_default=""))
    op.add_column("reports", sa.Column("reason", sa.Text(), nullable=False, server_default=""))
    op.add_column("reports", sa.Column("last_entry", KEY, nullable=False, server_default="0"))


def downgrade() -> None:
    for name in ("last_entry", "reason", "grounds"):
        op.drop_column("reports", name)
