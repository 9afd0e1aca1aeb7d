"""Files of long lists, which a worker makes and which are kept for some days."""

import sqlalchemy as sa
from alembic import op

from approvals.base.columns import Moment

revision = "0046"
down_revision = "0045"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "list_files",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("person_id", KEY, sa.ForeignKey("people.id"), nullable=False, index=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("asked_at", Moment(), nullable=False, index=True),
        sa.Column("made_at", Moment(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
    )


def downgrade() -> None:
    op.drop_table("list_files")
