"""Deductions by rule."""

import sqlalchemy as sa
from alembic import op

from approvals.base.columns import Moment
from approvals.base.migrations import allow_at_least, allowed

revision = "0052"
down_revision = "0051"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STATES = "'proposed', 'notified', 'objected', 'upheld', 'appealed', 'confirmed', 'revoked'"
EVENTS = (
    "'yellow_card', 'red_card', 'late_delivery', 'second_notice', 'order_overdue', 'escalation_unanswered', "
    "'entry_missing', 'node_late'"
)


def upgrade() -> None:
    allow_at_least("history_entries", "subject", (*allowed("history_entries", "subject"), "deduction"))
    op.create_table(
        "deductions",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("unit_id", KEY, sa.ForeignKey("units.id"), nullable=False),
        sa.Column("regime", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("event_key", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("chain", KEY, nullable=False),
        sa.Column("entry_seq", sa.Integer(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("rules", sa.String(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("object_by", sa.Date(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_since", Moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edition", sa.String(), nullable=False),
        sa.CheckConstraint(f"state IN ({STATES})", name="state"),
        sa.CheckConstraint(f"event IN ({EVENTS})", name="event"),
        sa.CheckConstraint("regime IN ('livelihood', 'urgent')", name="regime"),
        sa.CheckConstraint("points < 0", name="points_are_taken_off"),
        sa.CheckConstraint("state IN ('proposed', 'revoked') OR object_by IS NOT NULL", name="told_may_object"),
        sa.UniqueConstraint("year", "serial"),
        sa.UniqueConstraint("event_key", "unit_id", "regime"),
    )
    op.create_index("ix_deductions_unit_id_happened_on", "deductions", ["unit_id", "happened_on"])
    op.create_index("ix_deductions_happened_on_id", "deductions", ["happened_on", "id"])
    op.create_index("ix_deductions_state_id", "deductions", ["state", "id"])


def downgrade() -> None:
    """The record keeps its entries, so their subject stays allowed."""
    op.drop_table("deductions")
