"""A grant may rest on the owner's promise, whose check is due on a day; the system speaks of it ahead and after."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"

CHECKED, WATCHED = sa.text("check_on IS NOT NULL"), sa.text("check_alarm_on IS NOT NULL")
COLUMNS = ("check_on", "check_alarm_on")
INDEXES = {
    "ix_approvals_check": (["check_on", "id"], CHECKED),
    "ix_approvals_check_alarm_on": (["check_alarm_on"], WATCHED),
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
