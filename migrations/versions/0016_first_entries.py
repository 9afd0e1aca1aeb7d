"""Says when each chain began: what the hash over all chains asks of a month that is long over."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

INDEX = "ix_history_entries_first"
FIRST = sa.text("seq = 1")


def upgrade() -> None:
    op.create_index(INDEX, "history_entries", ["at", "project_id"], sqlite_where=FIRST, postgresql_where=FIRST)


def downgrade() -> None:
    op.drop_index(INDEX, "history_entries")
