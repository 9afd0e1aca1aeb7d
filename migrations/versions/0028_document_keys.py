"""Document numbers are compared by a key that all ways to write one of them share."""

import sqlalchemy as sa
from alembic import op

from approvals.base.text_folding import fold

revision = "0028"
down_revision = "0027"

INDEX = "ix_approvals_document_key"
NUMBERED = sa.text("document_key IS NOT NULL")
APPROVALS = sa.table("approvals", sa.column("id"), sa.column("document_no"), sa.column("document_key"))
AT_ONCE = 5000  # approvals whose numbers are read together


def upgrade() -> None:
    op.add_column("approvals", sa.Column("document_key", sa.String(), nullable=True))
    _fill(op.get_bind())
    op.create_index(
        INDEX, "approvals", ["department_id", "document_key"], sqlite_where=NUMBERED, postgresql_where=NUMBERED
    )


def downgrade() -> None:
    op.drop_index(INDEX, "approvals")
    op.drop_column("approvals", "document_key")


def _fill(tx: sa.Connection) -> None:
    of_row, after = APPROVALS.c.id == sa.bindparam("approval"), 0
    filling = APPROVALS.update().where(of_row).values(document_key=sa.bindparam("key"))
    numbers = sa.select(APPROVALS.c.id, APPROVALS.c.document_no).where(APPROVALS.c.document_no.is_not(None))
    while rows := list(tx.execute(numbers.where(APPROVALS.c.id > after).order_by(APPROVALS.c.id).limit(AT_ONCE))):
        tx.execute(filling, [{"approval": row.id, "key": fold(row.document_no)} for row in rows])
        after = rows[-1].id
