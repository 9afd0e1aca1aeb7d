"""Hints that people have read."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "read_hints",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("person_id", KEY, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("hint", sa.String(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("person_id", "hint"),
    )


def downgrade() -> None:
    op.drop_table("read_hints")
