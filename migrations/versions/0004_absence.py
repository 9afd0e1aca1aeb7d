"""Absences, and who stands in for whom."""

import sqlalchemy as sa
from alembic import op

import approvals.base.columns

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "absences",
        sa.Column("id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("deputy_id", KEY, nullable=True),
        sa.Column("entered_by", sa.String(), nullable=False),
        sa.Column("entered_at", approvals.base.columns.Moment(), nullable=False),
        sa.Column("confirmed_at", approvals.base.columns.Moment(), nullable=True),
        sa.Column("declined_at", approvals.base.columns.Moment(), nullable=True),
        sa.Column("decline_reason", sa.String(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('annual', 'sick', 'personal', 'duty', 'training', 'other')", name=op.f("ck_absences_kind")
        ),
        sa.CheckConstraint("until_on IS NULL OR from_on <= until_on", name=op.f("ck_absences_from_before_until")),
        sa.CheckConstraint("deputy_id IS NULL OR deputy_id <> person_id", name=op.f("ck_absences_deputy_is_another")),
        sa.CheckConstraint(
            "confirmed_at IS NULL OR deputy_id IS NOT NULL", name=op.f("ck_absences_confirmed_by_a_deputy")
        ),
        sa.CheckConstraint("confirmed_at IS NULL OR declined_at IS NULL", name=op.f("ck_absences_one_answer")),
        sa.CheckConstraint(
            "(declined_at IS NULL) = (decline_reason = '')", name=op.f("ck_absences_declined_with_a_reason")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_absences_person_id_people")),
        sa.ForeignKeyConstraint(["deputy_id"], ["people.id"], name=op.f("fk_absences_deputy_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absences")),
    )
    op.create_index(op.f("ix_absences_person_id"), "absences", ["person_id"], unique=False)
    op.create_index(op.f("ix_absences_deputy_id"), "absences", ["deputy_id"], unique=False)


def downgrade() -> None:
    op.drop_table("absences")
