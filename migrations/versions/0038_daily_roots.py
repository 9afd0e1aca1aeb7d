"""Daily roots of the whole record."""

import sqlalchemy as sa
from alembic import op

from approvals.base.columns import Moment

revision = "0038"
down_revision = "0037"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "daily_roots",
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("kept_at", Moment(), nullable=False),
        sa.Column("last_entry", KEY, nullable=False),
        sa.Column("seals", sa.Text(), nullable=False),
        sa.Column("root", sa.String(), nullable=False),
    )
    for act in ("UPDATE", "DELETE"):
        name = f"daily_roots_no_{act.lower()}"
        if op.get_bind().dialect.name == "sqlite":
            refusal = "BEGIN SELECT RAISE(ABORT, 'daily_roots is written once'); END"
            op.execute(f"CREATE TRIGGER {name} BEFORE {act} ON daily_roots {refusal}")
        else:
            refusal = "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
            op.execute(f"CREATE TRIGGER {name} BEFORE {act} ON daily_roots {refusal}")


def downgrade() -> None:
    op.drop_table("daily_roots")
