"""Whose the days of late nodes are: divisions and days by party; how often it was asked whether works are in use."""

import sqlalchemy as sa
from alembic import op

from approvals.base.columns import Moment

revision = "0033"
down_revision = "0032"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STATES = ("asked", "confirmed", "declined")
PARTIES = (
    "unit", "approval_department", "owner", "county", "higher_level", "contractor", "weather", "suspension",
)  # fmt: skip
ASKED = sa.text("state = 'asked'")


def upgrade() -> None:
    op.add_column("programme_items", sa.Column("in_use_asked", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "programme_day_divisions",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("item_id", KEY, sa.ForeignKey("programme_items.id"), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("asked_for", sa.Text(), nullable=False),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("decided_at", Moment(), nullable=True),
        _one_of("state", STATES),
    )
    op.create_index(
        "uq_programme_day_divisions_asked",
        "programme_day_divisions",
        ["item_id"],
        unique=True,
        sqlite_where=ASKED,
        postgresql_where=ASKED,
    )
    op.create_index("ix_programme_day_divisions_item_id_id", "programme_day_divisions", ["item_id", "id"])
    op.create_table(
        "programme_party_days",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("division_id", KEY, sa.ForeignKey("programme_day_divisions.id"), nullable=True),
        sa.Column("replan_id", KEY, sa.ForeignKey("programme_replans.id"), nullable=True),
        sa.Column("node_id", KEY, sa.ForeignKey("programme_nodes.id"), nullable=False),
        sa.Column("party", sa.String(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("counts_at", Moment(), nullable=False),
        _one_of("party", PARTIES),
        sa.CheckConstraint("(division_id IS NULL) <> (replan_id IS NULL)", name="of_division_or_replan"),
    )
    for columns in (["division_id"], ["replan_id"], ["node_id", "id"]):
        op.create_index(f"ix_programme_party_days_{'_'.join(columns)}", "programme_party_days", columns)


def downgrade() -> None:
    op.drop_table("programme_party_days")
    op.drop_table("programme_day_divisions")
    op.drop_column("programme_items", "in_use_asked")


def _one_of(column: str, values: tuple[str, ...]) -> sa.CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=f"{column}")
