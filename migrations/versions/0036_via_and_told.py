"""The interface through which each entry came, and whom it told."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    op.add_column("history_entries", sa.Column("via", sa.String(), nullable=True))
    op.add_column("history_entries", sa.Column("told", sa.Text(), nullable=True))


def downgrade() -> None:
    entries = sa.text("SELECT count(*) FROM history_entries WHERE via IS NOT NULL OR told IS NOT NULL")
    if op.get_bind().execute(entries).scalar_one():
        raise ValueError("edition 0035 cannot hold entries that are hashed with their interface")
    op.drop_column("history_entries", "told")
    op.drop_column("history_entries", "via")
