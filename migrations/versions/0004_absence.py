"""Absences, and who stands in for whom."""

import sqlalchemy as sa
from alembic import op

from approvals.base.columns import Moment

revision = "0004"
down_revision = "0003"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "absences",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("person_id", KEY, sa.ForeignKey("people.id"), nullable=False, index=True),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date()),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("deputy_id", KEY, sa.ForeignKey("people.id"), index=True),
        sa.Column("entered_by", sa.String(), nullable=False),
        sa.Column("entered_at", Moment(), nullable=False),
        sa.Column("confirmed_at", Moment()),
        sa.Column("declined_at", Moment()),
        sa.Column("decline_reason", sa.String(), nullable=False),
        sa.Column("ended_on", sa.Date()),
        sa.CheckConstraint("kind IN ('annual', 'sick', 'personal', 'duty', 'training', 'other')", name="kind"),
        sa.CheckConstraint("until_on IS NULL OR from_on <= until_on", name="from_before_until"),
        sa.CheckConstraint("deputy_id IS NULL OR deputy_id <> person_id", name="deputy_is_another"),
        sa.CheckConstraint("confirmed_at IS NULL OR deputy_id IS NOT NULL", name="confirmed_by_a_deputy"),
        sa.CheckConstraint("confirmed_at IS NULL OR declined_at IS NULL", name="one_answer"),
        sa.CheckConstraint("(declined_at IS NULL) = (decline_reason = '')", name="declined_with_a_reason"),
    )


def downgrade() -> None:
    op.drop_table("absences")
