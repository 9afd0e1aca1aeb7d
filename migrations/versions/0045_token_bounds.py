"""Tokens are bound to units, moves and a term; those of before stay without bounds."""

import sqlalchemy as sa
from alembic import op

from approvals.base.columns import Moment

revision = "0045"
down_revision = "0044"


def upgrade() -> None:
    op.add_column("access_tokens", sa.Column("unit_ids", sa.String(), nullable=False, server_default=""))
    op.add_column("access_tokens", sa.Column("moves", sa.String(), nullable=False, server_default=""))
    op.add_column("access_tokens", sa.Column("ends_at", Moment(), nullable=True))


def downgrade() -> None:
    op.drop_column("access_tokens", "ends_at")
    op.drop_column("access_tokens", "moves")
    op.drop_column("access_tokens", "unit_ids")
