"""An approval that is struck from its project's plan says why."""

import json

import sqlalchemy as sa
from alembic import op

from approvals.base.migrations import allow_only, allowed

revision = "0023"
down_revision = "0022"

STRUCK = "struck"


def upgrade() -> None:
    allow_only("approvals", "state", dict.fromkeys([*allowed("approvals", "state"), STRUCK]))
    op.add_column("approvals", sa.Column("struck_ground", sa.Text(), nullable=True))
    _bring_back()


def downgrade() -> None:
    """A database in which something is struck keeps the state, as its record has it."""
    bind = op.get_bind()
    is_in_use = bind.execute(sa.text("SELECT 1 FROM approvals WHERE state = 'struck' LIMIT 1")).first()
    op.drop_column("approvals", "struck_ground")
    if not is_in_use:
        allow_only("approvals", "state", [state for state in allowed("approvals", "state") if state != STRUCK])


def _bring_back() -> None:
    """After a step down and up again: the grounds, from the record."""
    bind = op.get_bind()
    entries = sa.table("history_entries", *map(sa.column, ("id", "approval_id", "subject", "move", "facts")))
    approvals = sa.table("approvals", sa.column("id"), sa.column("state"), sa.column("struck_ground"))
    strikes = sa.select(entries).where(entries.c.subject == "approval", entries.c.move == "strike")
    for entry in bind.execute(strikes.order_by(entries.c.id)).all():
        own = approvals.c.id == entry.approval_id, approvals.c.state == STRUCK
        bind.execute(sa.update(approvals).where(*own).values(struck_ground=json.loads(entry.facts)["ground"]))
