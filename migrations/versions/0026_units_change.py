"""Units change: their names from a day on, and the unit into which one was merged."""

import sqlalchemy as sa
from alembic import op

from approvals.base.columns import Moment

revision = "0026"
down_revision = "0025"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SUCCESSOR, KEY_NAME = "successor_id", "fk_units_successor_id_units"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":  # takes a constraint of an existing table only beside a new column
        refers = f"CONSTRAINT {KEY_NAME} REFERENCES units (id)"
        op.execute(f"ALTER TABLE units ADD COLUMN {SUCCESSOR} INTEGER {refers}")
    else:
        op.add_column("units", sa.Column(SUCCESSOR, KEY, nullable=True))
        op.create_foreign_key(op.f(KEY_NAME), "units", "units", [SUCCESSOR], ["id"])
    op.add_column("units", sa.Column("former_ids", sa.String(), nullable=False, server_default=""))
    op.create_index(op.f("ix_units_successor_id"), "units", [SUCCESSOR])
    op.create_table(
        "unit_names",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("unit_id", KEY, sa.ForeignKey("units.id"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.UniqueConstraint("unit_id", "from_on"),
    )
    op.create_index("ix_unit_names_name", "unit_names", ["name"])


def downgrade() -> None:
    op.drop_table("unit_names")
    op.drop_index(op.f("ix_units_successor_id"), "units")
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f(KEY_NAME), "units", type_="foreignkey")
    op.drop_column("units", SUCCESSOR)
    op.drop_column("units", "former_ids")
