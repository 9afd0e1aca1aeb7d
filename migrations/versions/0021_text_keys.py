"""Text is searched and told apart by its folding; references and feed lines are unique for each unit and speaker."""

import sqlalchemy as sa
from alembic import op

from approvals.base.columns import Moment
from approvals.base.migrations import replace_unique
from approvals.base.text_folding import fold

revision = "0021"
down_revision = "0020"

OF_CITY, OF_UNIT = ("external_ref",), ("owner_unit_id", "reference_key")
KEYS = {"name": "name_key", "external_ref": "reference_key"}
PROJECTS = sa.table("projects", *(sa.column(name) for name in ("id", "owner_unit_id", *KEYS, *KEYS.values())))
AT_ONCE = 1000  # rows


def upgrade() -> None:
    op.add_column("projects", sa.Column("name_key", sa.String(), nullable=False, server_default=""))
    op.add_column("projects", sa.Column("reference_key", sa.String()))
    _fill(op.get_bind())
    replace_unique("projects", OF_CITY, OF_UNIT)
    op.create_index("ix_projects_reference_key", "projects", ["reference_key"])
    op.create_index("ix_projects_external_ref", "projects", ["external_ref"])
    _rebuild_lines(["speaker", "id"], "SELECT '*', id, digest, received_at FROM former_feed_lines")


def downgrade() -> None:
    _rebuild_lines(["id"], "SELECT id, min(digest), min(received_at) FROM former_feed_lines GROUP BY id")
    for name in ("ix_projects_reference_key", "ix_projects_external_ref"):
        op.drop_index(name, "projects")
    replace_unique("projects", OF_UNIT, OF_CITY)
    for name in KEYS.values():
        op.drop_column("projects", name)


def _fill(tx: sa.Connection) -> None:
    """The keys of all rows. A reference that is that of an older project of its unit stays without one."""
    keys, taken = [], set()
    for row in tx.execute(sa.select(PROJECTS).order_by(PROJECTS.c.id)):
        reference = fold(row.external_ref or "") or None
        if (row.owner_unit_id, reference) in taken:
            reference = None
        taken.add((row.owner_unit_id, reference))
        keys.append({"project": row.id, "folded_name": fold(row.name), "folded_reference": reference})
    values: dict[str, sa.BindParameter[str]] = {
        "name_key": sa.bindparam("folded_name"),
        "reference_key": sa.bindparam("folded_reference"),
    }
    filling = PROJECTS.update().where(PROJECTS.c.id == sa.bindparam("project")).values(values)
    for first in range(0, len(keys), AT_ONCE):
        tx.execute(filling, keys[first : first + AT_ONCE])


def _rebuild_lines(key: list[str], rows: str) -> None:
    """Make the table anew with this primary key, since SQLite cannot change one."""
    op.rename_table("feed_lines", "former_feed_lines")
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint("pk_feed_lines", "former_feed_lines", type_="primary")
    op.create_table(
        "feed_lines",
        *(sa.Column(name, sa.String(), primary_key=True) for name in key),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
    )
    op.execute(f"INSERT INTO feed_lines ({', '.join(key)}, digest, received_at) {rows}")
    op.drop_table("former_feed_lines")
