"""When and from where a token was last used, and the last calls of programs."""

import sqlalchemy as sa
from alembic import op

from approvals.base.columns import Moment

revision = "0044"
down_revision = "0043"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("access_tokens", sa.Column("used_at", Moment(), nullable=True))
    op.add_column("access_tokens", sa.Column("used_from", sa.String(), nullable=False, server_default=""))
    op.create_table(
        "token_calls",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("token_id", KEY, sa.ForeignKey("access_tokens.id"), nullable=False, index=True),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("token_calls")
    op.drop_column("access_tokens", "used_from")
    op.drop_column("access_tokens", "used_at")
