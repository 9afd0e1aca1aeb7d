"""Indexes off which queues, the board and lists are counted, so that no page reads what is over."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

QUEUES = {
    "ix_approvals_department_id_state_due_on_id": ["department_id", "state", "due_on", "id"],
    "ix_approvals_state_due_on_id": ["state", "due_on", "id"],
}
LIGHTS_FROM = ["reminder_from", "yellow_from", "red_from"]
IN_LIT = ["project_id", "yellow_from", "red_from", "reminder_from", "state", "department_id", "id"]
LIT = sa.text("state IN ('accepted', 'paused')")


def upgrade() -> None:
    """Queues with their lights, what has a light, and projects by owner or liaison and state."""
    for name, columns in QUEUES.items():
        op.drop_index(name, "approvals")
        op.create_index(name, "approvals", columns + LIGHTS_FROM)
    op.create_index("ix_approvals_lit", "approvals", IN_LIT, sqlite_where=LIT, postgresql_where=LIT)
    op.create_index("ix_projects_owner_unit_id_state", "projects", ["owner_unit_id", "state"])
    op.create_index("ix_projects_liaison_id_state", "projects", ["liaison_id", "state"])
    op.create_index("ix_escalations_state_state_since", "escalations", ["state", "state_since"])


def downgrade() -> None:
    """Without them."""
    op.drop_index("ix_escalations_state_state_since", "escalations")
    op.drop_index("ix_projects_liaison_id_state", "projects")
    op.drop_index("ix_projects_owner_unit_id_state", "projects")
    op.drop_index("ix_approvals_lit", "approvals")
    for name, columns in QUEUES.items():
        op.drop_index(name, "approvals")
        op.create_index(name, "approvals", columns)
