"""Each decision says how many working days it used. Those that were made already get it from the record."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from approvals.calendar.queries import calendars, limits_of, stored_days
from approvals.calendar.readings import steps_of_many

revision = "0015"
down_revision = "0014"

INDEX = "ix_approvals_pace"
WAS = ["state", "decided_on", "id", "code", "accepted_on", "calendar_edition", "department_id", "project_id"]
WAS_PACED = sa.text("state IN ('granted', 'refused')")
IN_PACE = ["decided_on", "department_id", "code", "used_days"]
PACED = sa.text("used_days IS NOT NULL")
READ = ("id", "project_id", "state", "calendar_edition", "promised_limit", "legal_limit", "legal_unit")
APPROVALS = sa.table("approvals", *(sa.column(name) for name in (*READ, "used_days")))
AT_ONCE = 500  # approvals whose record is read together


def upgrade() -> None:
    op.drop_index(INDEX, "approvals")
    op.add_column("approvals", sa.Column("used_days", sa.Integer(), nullable=True))
    _fill(op.get_bind())
    op.create_index(INDEX, "approvals", IN_PACE, sqlite_where=PACED, postgresql_where=PACED)


def downgrade() -> None:
    op.drop_index(INDEX, "approvals")
    op.drop_column("approvals", "used_days")
    op.create_index(INDEX, "approvals", WAS, sqlite_where=WAS_PACED, postgresql_where=WAS_PACED)


def _fill(tx: sa.Connection) -> None:
    calendar_of, mine = calendars(tx), APPROVALS.c.id == sa.bindparam("approval")
    filling = APPROVALS.update().where(mine).values(used_days=sa.bindparam("used"))
    for rows in _decided(tx):
        steps = steps_of_many(tx, {row.id: row.project_id for row in rows})
        days = {row.id: stored_days(steps[row.id], limits_of(row), calendar_of(row)) for row in rows}
        tx.execute(filling, [{"approval": row, "used": stored["used_days"]} for row, stored in days.items()])


def _decided(tx: sa.Connection) -> Iterator[list[Any]]:
    """All that is granted or refused, some at a time."""
    after, decided = 0, APPROVALS.c.state.in_(("granted", "refused"))
    query = sa.select(*(APPROVALS.c[name] for name in READ)).where(decided).order_by(APPROVALS.c.id).limit(AT_ONCE)
    while rows := list(tx.execute(query.where(APPROVALS.c.id > after))):
        yield rows
        after = rows[-1].id
