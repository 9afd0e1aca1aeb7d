"""Papers that the worker prints beside the issued reports: previews, drafts, translations, departments' pages."""

import sqlalchemy as sa
from alembic import op

from approvals.base.columns import Moment

revision = "0013"
down_revision = "0012"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "report_prints",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("made_of", sa.String(), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.UniqueConstraint("kind", "period", "part", "language", "made_of"),
    )
    op.create_index("ix_report_prints_made_at", "report_prints", ["made_at"])


def downgrade() -> None:
    op.drop_table("report_prints")
