"""An acceptance may leave materials owed until a day; the system speaks of them ahead of it and after."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"

OWING, ALARMED = sa.text("owed_until IS NOT NULL"), sa.text("owed_alarm_on IS NOT NULL")
COLUMNS = ("owed_until", "owed_alarm_on")
INDEXES = {
    "ix_approvals_owed": (["owed_until", "id"], OWING),
    "ix_approvals_owed_alarm_on": (["owed_alarm_on"], ALARMED),
}


def upgrade() -> None:
    for name in COLUMNS:
        op.add_column("approvals", sa.Column(name, sa.Date(), nullable=True))
    for index, (columns, condition) in INDEXES.items():
        op.create_index(index, "approvals", columns, sqlite_where=condition, postgresql_where=condition)


def downgrade() -> None:
    for index in INDEXES:
        op.drop_index(index, "approvals")
    for name in COLUMNS:
        op.drop_column("approvals", name)
