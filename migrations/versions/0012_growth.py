"""Indexes for lists that must not grow slower with the city."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What counts the projects that were filed, and the open escalations of each level."""
    op.create_index("ix_projects_filed_at", "projects", ["filed_at"])
    op.create_index("ix_escalations_state_level", "escalations", ["state", "level"])


def downgrade() -> None:
    """Without them."""
    op.drop_index("ix_escalations_state_level", "escalations")
    op.drop_index("ix_projects_filed_at", "projects")
