"""The handler of an approval, read back from the record after a step down and up again."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

from approvals.base.columns import Moment

revision = "0042"
down_revision = "0041"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
HANDLER, LEFT_AT, KEY_NAME = "handler_id", "handler_left_at", "fk_approvals_handler_id_people"
QUEUE = "ix_approvals_department_id_state_due_on_id"
IN_QUEUE = ["department_id", "state", "due_on", "id", "reminder_from", "yellow_from", "red_from"]
PARTIAL = {
    "ix_approvals_handler_id": (HANDLER, sa.text("handler_id IS NOT NULL")),
    "ix_approvals_handler_left_at": (LEFT_AT, sa.text("handler_left_at IS NOT NULL")),
}
ENDS = ("give_back", "unassign", "reapply", "restore")  # moves after which nobody handles an approval


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":  # takes a constraint of an existing table only beside a new column
        op.execute(f"ALTER TABLE approvals ADD COLUMN {HANDLER} INTEGER CONSTRAINT {KEY_NAME} REFERENCES people (id)")
    else:
        op.add_column("approvals", sa.Column(HANDLER, KEY, nullable=True))
        op.create_foreign_key(op.f(KEY_NAME), "approvals", "people", [HANDLER], ["id"])
    op.add_column("approvals", sa.Column(LEFT_AT, Moment(), nullable=True))
    op.drop_index(QUEUE, "approvals")
    op.create_index(QUEUE, "approvals", [*IN_QUEUE, HANDLER])
    for name, (column, where) in PARTIAL.items():
        op.create_index(name, "approvals", [column], sqlite_where=where, postgresql_where=where)
    _bring_back()


def downgrade() -> None:
    for name in PARTIAL:
        op.drop_index(name, "approvals")
    op.drop_index(QUEUE, "approvals")
    op.create_index(QUEUE, "approvals", IN_QUEUE)
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f(KEY_NAME), "approvals", type_="foreignkey")
    op.drop_column("approvals", HANDLER)
    op.drop_column("approvals", LEFT_AT)


def _bring_back() -> None:
    bind = op.get_bind()
    people = {row.username: row.id for row in bind.execute(sa.text("SELECT id, username FROM people ORDER BY id"))}
    names = ("project_id", "seq", "subject", "approval_id", "move", "facts")
    entries = sa.table("history_entries", *map(sa.column, names), sa.column("at", Moment()))
    of_handlers = entries.c.subject == "approval", entries.c.move.in_(("assign", "take", *ENDS))
    handlers: dict[int, dict[str, Any]] = {}
    for entry in bind.execute(sa.select(entries).where(*of_handlers).order_by(entries.c.project_id, entries.c.seq)):
        username = None if entry.move in ENDS else json.loads(entry.facts)["handler"]
        left_at = entry.at if entry.move == "unassign" else None
        handlers[entry.approval_id] = {HANDLER: people.get(username), LEFT_AT: left_at}
    approvals = sa.table("approvals", sa.column("id"), sa.column(HANDLER), sa.column(LEFT_AT, Moment()))
    for approval_id, values in handlers.items():
        bind.execute(sa.update(approvals).where(approvals.c.id == approval_id).values(values))
