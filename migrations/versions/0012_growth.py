"""Indexes for lists that must not grow slower with the city."""

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """What counts the projects that were filed."""
    op.create_index("ix_projects_filed_at", "projects", ["filed_at"])


def downgrade() -> None:
    """Without it."""
    op.drop_index("ix_projects_filed_at", "projects")
