"""Indexes off which queues, the board and lists are counted, so that no page reads what is over."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

QUEUES = {
    "ix_approvals_department_id_state_due_on_id": ["department_id", "state", "due_on", "id"],
    "ix_approvals_state_due_on_id": ["state", "due_on", "id"],
}
LIGHTS_FROM = ["reminder_from", "yellow_from", "red_from"]
IN_LIT = ["state", "yellow_from", "project_id", "red_from", "reminder_from", "department_id", "id"]
LIT = sa.text("state IN ('accepted', 'paused')")
DECIDED = sa.text("state IN ('granted', 'refused', 'not_accepted')")
IN_PACE = ["state", "decided_on", "id", "code", "accepted_on", "calendar_edition", "department_id", "project_id"]
PACED = sa.text("state IN ('granted', 'refused')")
LAPSES = sa.text("lapses_on IS NOT NULL")
PARTIAL = {
    "ix_approvals_lit": (IN_LIT, LIT),
    "ix_approvals_decided": (["department_id", "state_since", "id"], DECIDED),
    "ix_approvals_pace": (IN_PACE, PACED),
    "ix_approvals_lapsing": (["project_id", "lapses_on", "state"], LAPSES),
}


def upgrade() -> None:
    """Queues with their lights, what has a light, was decided or lapses, and projects by owner or liaison and state."""
    for name, columns in QUEUES.items():
        op.drop_index(name, "approvals")
        op.create_index(name, "approvals", columns + LIGHTS_FROM)
    for name, (columns, where) in PARTIAL.items():
        op.create_index(name, "approvals", columns, sqlite_where=where, postgresql_where=where)
    op.create_index("ix_projects_owner_unit_id_state", "projects", ["owner_unit_id", "state"])
    op.create_index("ix_projects_liaison_id_state", "projects", ["liaison_id", "state"])
    op.create_index("ix_projects_item_no", "projects", ["item_no"])
    op.create_index("ix_escalations_state_since", "escalations", ["state_since"])


def downgrade() -> None:
    """Without them."""
    op.drop_index("ix_escalations_state_since", "escalations")
    op.drop_index("ix_projects_item_no", "projects")
    op.drop_index("ix_projects_liaison_id_state", "projects")
    op.drop_index("ix_projects_owner_unit_id_state", "projects")
    for name in PARTIAL:
        op.drop_index(name, "approvals")
    for name, columns in QUEUES.items():
        op.drop_index(name, "approvals")
        op.create_index(name, "approvals", columns)
