"""One-time links for new passwords, and what administrators ask a second one to confirm."""

import sqlalchemy as sa
from alembic import op

from approvals.base.columns import Moment

revision = "0048"
down_revision = "0047"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "password_links",
        sa.Column("person_id", KEY, sa.ForeignKey("people.id"), primary_key=True, autoincrement=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("ends_at", Moment(), nullable=False),
        sa.UniqueConstraint("digest"),
    )
    op.create_table(
        "account_requests",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("person_id", KEY, sa.ForeignKey("people.id"), nullable=False, index=True),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.CheckConstraint("kind IN ('reset', 'roles', 'move', 'deactivate', 'activate')", name="kind"),
        sa.CheckConstraint("state IN ('asked', 'confirmed', 'declined')", name="state"),
        sa.CheckConstraint("(state = 'asked') = (decided_at IS NULL)", name="decided_has_moment"),
        sa.CheckConstraint("decided_by <> asked_by", name="decided_by_another"),
    )
    op.create_index(
        "uq_account_requests_open",
        "account_requests",
        ["person_id"],
        unique=True,
        sqlite_where=sa.text("state = 'asked'"),
        postgresql_where=sa.text("state = 'asked'"),
    )


def downgrade() -> None:
    op.drop_table("account_requests")
    op.drop_table("password_links")
