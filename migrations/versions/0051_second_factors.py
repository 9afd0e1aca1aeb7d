"""Second factors with their recovery codes; two administrators take one off."""

import sqlalchemy as sa
from alembic import op

from approvals.base.columns import Moment
from approvals.base.migrations import allow_at_least

revision = "0051"
down_revision = "0050"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "second_factors",
        sa.Column("person_id", KEY, sa.ForeignKey("people.id"), primary_key=True, autoincrement=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("last_step", KEY, nullable=False),
        sa.Column("set_at", Moment(), nullable=False),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("person_id", KEY, sa.ForeignKey("people.id"), nullable=False, index=True),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("used_at", Moment(), nullable=True),
        sa.UniqueConstraint("digest"),
    )
    allow_at_least("account_requests", "kind", ("reset", "roles", "move", "deactivate", "activate", "second_factor"))


def downgrade() -> None:
    """The word that a request may be about a second factor stays allowed."""
    op.drop_table("recovery_codes")
    op.drop_table("second_factors")
