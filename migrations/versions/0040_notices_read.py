"""Notices that somebody has read by opening what they are about."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "notice_reads",
        sa.Column("person_id", KEY, sa.ForeignKey("people.id"), primary_key=True),
        sa.Column("notice_id", KEY, sa.ForeignKey("notices.id"), primary_key=True),
    )


def downgrade() -> None:
    op.drop_table("notice_reads")
