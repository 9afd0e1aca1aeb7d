"""A grant carries its document: the file, and the day that it bears."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

COLUMNS: dict[str, sa.String | sa.Date] = {"document_uid": sa.String(), "document_on": sa.Date()}


def upgrade() -> None:
    for name, kind in COLUMNS.items():
        op.add_column("approvals", sa.Column(name, kind, nullable=True))


def downgrade() -> None:
    for name in reversed(COLUMNS):
        op.drop_column("approvals", name)
