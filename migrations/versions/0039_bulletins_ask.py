"""Bulletins ask for rectification by a day, and orders may follow from what they ask, one from each."""

import sqlalchemy as sa
from alembic import op

from approvals.base.migrations import allow_at_least

revision = "0039"
down_revision = "0038"

ASKED = sa.text("source_kind = 'bulletin'")


def upgrade() -> None:
    op.add_column("reports", sa.Column("rectify_by", sa.Date(), nullable=True))
    allow_at_least("orders", "source_kind", ("", "escalation", "report", "bulletin"))
    op.create_index(
        "uq_orders_bulletin", "orders", ["source_ref"], unique=True, sqlite_where=ASKED, postgresql_where=ASKED
    )


def downgrade() -> None:
    """The word that an order may follow a bulletin stays allowed."""
    op.drop_index("uq_orders_bulletin", "orders")
    op.drop_column("reports", "rectify_by")
