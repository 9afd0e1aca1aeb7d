"""Of a clock that stands still the row says how many days are left; those that stand now get it from the record."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from approvals.calendar.queries import calendars, limits_of, stored_days
from approvals.calendar.readings import steps_of_many

revision = "0018"
down_revision = "0017"

INDEX = "ix_approvals_still"
IN_STILL = ["state", "still_left", "due_on", "id", "department_id"]
STANDS = sa.text("still_left IS NOT NULL")
READ = ("id", "project_id", "state", "calendar_edition", "promised_limit", "legal_limit", "legal_unit")
APPROVALS = sa.table("approvals", *(sa.column(name) for name in (*READ, "due_on", "still_left")))
PROJECTS = sa.table("projects", sa.column("id"), sa.column("state"))
AT_ONCE = 500  # approvals whose record is read together


def upgrade() -> None:
    op.add_column("approvals", sa.Column("still_left", sa.Integer(), nullable=True))
    _fill(op.get_bind())
    op.create_index(INDEX, "approvals", IN_STILL, sqlite_where=STANDS, postgresql_where=STANDS)


def downgrade() -> None:
    is_paused = APPROVALS.c.state == "paused"
    op.execute(APPROVALS.update().where(APPROVALS.c.still_left.is_not(None), ~is_paused).values(due_on=None))
    op.drop_index(INDEX, "approvals")
    op.drop_column("approvals", "still_left")


def _fill(tx: sa.Connection) -> None:
    calendar_of, mine = calendars(tx), APPROVALS.c.id == sa.bindparam("approval")
    filling = APPROVALS.update().where(mine).values(due_on=sa.bindparam("due"), still_left=sa.bindparam("left"))
    for rows in _standing(tx):
        steps = steps_of_many(tx, {row.id: row.project_id for row in rows})
        days = {row.id: stored_days(steps[row.id], limits_of(row), calendar_of(row)) for row in rows}
        values = [{"approval": key, "due": day["due_on"], "left": day["still_left"]} for key, day in days.items()]
        tx.execute(filling, values)


def _standing(tx: sa.Connection) -> Iterator[list[Any]]:
    """What is paused and all of suspended projects, some at a time."""
    suspended = sa.select(PROJECTS.c.id).where(PROJECTS.c.state == "suspended")
    stands = sa.or_(APPROVALS.c.state == "paused", APPROVALS.c.project_id.in_(suspended))
    query = sa.select(*(APPROVALS.c[name] for name in READ)).where(stands).order_by(APPROVALS.c.id).limit(AT_ONCE)
    after = 0
    while rows := list(tx.execute(query.where(APPROVALS.c.id > after))):
        yield rows
        after = rows[-1].id
