"""Initial passwords end; tries count for known browsers; sessions know their browser and when the password was given."""

import sqlalchemy as sa
from alembic import op

from approvals.base.columns import Moment

revision = "0050"
down_revision = "0048"


def upgrade() -> None:
    op.add_column("people", sa.Column("password_ends_at", Moment(), nullable=True))
    op.add_column("sign_in_attempts", sa.Column("device", sa.String(), nullable=False, server_default=""))
    op.add_column("sign_ins", sa.Column("browser", sa.String(), nullable=False, server_default=""))
    op.add_column("sign_ins", sa.Column("confirmed_at", Moment(), nullable=True))


def downgrade() -> None:
    op.drop_column("sign_ins", "confirmed_at")
    op.drop_column("sign_ins", "browser")
    op.drop_column("sign_in_attempts", "device")
    op.drop_column("people", "password_ends_at")
