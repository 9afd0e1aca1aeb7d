"""Catalogues are stored whole; a project names the one under which it was registered.

What was registered before gets the catalogue of the settings, as it is on the day of this migration, where that has all
its items: it is the only one that is still known. Any other project stays without; `guahao doctor` names the items.
"""

from contextlib import suppress
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from approvals.base.columns import Moment
from workflows.config.catalogue import Catalogue, CatalogueError, load_catalogue

revision = "0031"
down_revision = "0030"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
REFERS = "fk_projects_catalogue_sha256_catalogue_texts"
TEXTS = sa.table("catalogue_texts", *(sa.column(name) for name in ("sha256", "name", "text")))
EDITIONS = sa.table("catalogue_editions", sa.column("sha256"), sa.column("loaded_by"), sa.column("loaded_at", Moment()))
PROJECTS = sa.table("projects", *(sa.column(name) for name in ("id", "number", "catalogue_sha256")))
APPROVALS = sa.table("approvals", sa.column("project_id"), sa.column("code"))


def upgrade() -> None:
    op.create_table(
        "catalogue_texts",
        sa.Column("sha256", sa.String(), primary_key=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
    )
    op.create_table(
        "catalogue_editions",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("sha256", sa.String(), sa.ForeignKey("catalogue_texts.sha256"), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("taken_back_id", KEY, sa.ForeignKey("catalogue_editions.id"), nullable=True),
        sa.Column("loaded_by", sa.String(), nullable=False),
        sa.Column("loaded_at", Moment(), nullable=False),
    )
    _add_edition()
    tx = op.get_bind()
    if tx.execute(sa.select(PROJECTS.c.id).where(PROJECTS.c.number.is_not(None)).limit(1)).first():
        with suppress(CatalogueError):  # a catalogue that nobody can read is nobody's
            _adopt(tx, load_catalogue())


def downgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(REFERS, "projects", type_="foreignkey")
    op.drop_column("projects", "catalogue_sha256")
    op.drop_table("catalogue_editions")
    op.drop_table("catalogue_texts")


def _add_edition() -> None:
    """SQLite takes a constraint of an existing table only beside a new column, in words of its own."""
    if op.get_bind().dialect.name == "sqlite":
        refers = f"CONSTRAINT {REFERS} REFERENCES catalogue_texts (sha256)"
        op.execute(f"ALTER TABLE projects ADD COLUMN catalogue_sha256 VARCHAR {refers}")
        return
    op.add_column("projects", sa.Column("catalogue_sha256", sa.String(), nullable=True))
    op.create_foreign_key(REFERS, "projects", "catalogue_texts", ["catalogue_sha256"], ["sha256"])


def _adopt(tx: sa.Connection, catalogue: Catalogue) -> None:
    text = {"sha256": catalogue.sha256, "name": catalogue.edition, "text": catalogue.text}
    tx.execute(TEXTS.insert().values(text))
    edition = {"sha256": catalogue.sha256, "loaded_by": "", "loaded_at": datetime.now(UTC)}
    tx.execute(EDITIONS.insert().values(edition))
    unknown = sa.select(APPROVALS.c.project_id).where(APPROVALS.c.code.not_in(list(catalogue.items)))
    is_whole = PROJECTS.c.number.is_not(None) & PROJECTS.c.id.not_in(unknown)
    tx.execute(PROJECTS.update().where(is_whole).values(catalogue_sha256=catalogue.sha256))
