"""Documents and photographs that prove something, and what cites them."""

import sqlalchemy as sa
from alembic import op

from approvals.base.columns import Moment

revision = "0034"
down_revision = "0033"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "evidence",
        sa.Column("id", KEY, primary_key=True),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("uid", "name", "media_type")),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=True),
        sa.Column("copy_sha256", sa.String(), nullable=True),
        sa.Column("thumbnail_sha256", sa.String(), nullable=True),
        sa.Column("received_by", sa.String(), nullable=False),
        sa.Column("unit_id", KEY, sa.ForeignKey("units.id"), nullable=True),
        sa.Column("received_at", Moment(), nullable=False),
        sa.UniqueConstraint("uid"),
        sa.UniqueConstraint("received_by", "sha256", "name"),
        sa.CheckConstraint("(copy_sha256 IS NULL) = (thumbnail_sha256 IS NULL)", name="copies_of_pictures"),
    )
    for name in ("sha256", "copy_sha256"):
        op.create_index(f"ix_evidence_{name}", "evidence", [name])
    op.create_table(
        "evidence_uses",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("evidence_id", KEY, sa.ForeignKey("evidence.id"), nullable=False),
        sa.Column("project_id", KEY, nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("subject_id", KEY, nullable=False),
        sa.Column("used_at", Moment(), nullable=False),
        sa.UniqueConstraint("evidence_id", "subject", "subject_id"),
    )
    op.create_index("ix_evidence_uses_project_id_id", "evidence_uses", ["project_id", "id"])


def downgrade() -> None:
    op.drop_table("evidence_uses")
    op.drop_table("evidence")
