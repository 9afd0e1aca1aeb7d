"""A registered project says which change of its filing awaits confirmation; the change itself stands in its record."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

INDEX = "ix_projects_amended"
AMENDED = sa.text("amendment_seq IS NOT NULL")
SETTLED = ("confirm_amendment", "decline_amendment", "take_back_amendment")


def upgrade() -> None:
    op.add_column("projects", sa.Column("amendment_seq", sa.Integer(), nullable=True))
    _bring_back()
    op.create_index(INDEX, "projects", ["state", "id"], sqlite_where=AMENDED, postgresql_where=AMENDED)


def downgrade() -> None:
    op.drop_index(INDEX, "projects")
    op.drop_column("projects", "amendment_seq")


def _bring_back() -> None:
    """After a step down and up again: what waits, from the record."""
    bind = op.get_bind()
    entries = sa.table("history_entries", *map(sa.column, ("project_id", "seq", "subject", "move", "facts")))
    projects = sa.table("projects", sa.column("id"), sa.column("amendment_seq"))
    own = entries.c.subject == "project", entries.c.move.in_(("amend", *SETTLED))
    for entry in bind.execute(sa.select(entries).where(*own).order_by(entries.c.project_id, entries.c.seq)).all():
        waits = entry.move == "amend" and '"waits":true' in entry.facts
        seq = entry.seq if waits else None
        bind.execute(sa.update(projects).where(projects.c.id == entry.project_id).values(amendment_seq=seq))
