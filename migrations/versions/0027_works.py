"""The works of a project: planned and reported days, and which approvals wait for their completion.

Approvals that stand were planned without that; what the record tells of the works comes back after a step down.
"""

import json
from collections import defaultdict
from datetime import date
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"

DAYS = ("planned_start_on", "planned_finish_on", "works_started_on", "works_finished_on")
CONFIRMED = ("is_works_start_confirmed", "is_works_finish_confirmed")
REPORTED = {"start_works": (DAYS[2], CONFIRMED[0]), "finish_works": (DAYS[3], CONFIRMED[1])}
PLANNING = ("draft", "edit", "amend", "confirm_amendment")
TOLD_BY = (*PLANNING, "register", "add_approval", *REPORTED)


def upgrade() -> None:
    for name in DAYS:
        op.add_column("projects", sa.Column(name, sa.Date()))
    for name in CONFIRMED:
        op.add_column("projects", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("approvals", sa.Column("after_works", sa.Boolean(), nullable=False, server_default=sa.false()))
    _bring_back()


def downgrade() -> None:
    op.drop_column("approvals", "after_works")
    for name in (*DAYS, *CONFIRMED):
        op.drop_column("projects", name)


def _bring_back() -> None:
    """After a step down and up again: the days and the approvals from the record."""
    names = ("project_id", "seq", "subject", "move", "role", "facts")
    entries = sa.table("history_entries", *map(sa.column, names))
    told = sa.select(entries).where(entries.c.subject == "project", entries.c.move.in_(TOLD_BY))
    rows: dict[int, dict[str, Any]] = defaultdict(dict)
    after_works: dict[int, list[str]] = {}
    for entry in op.get_bind().execute(told.order_by(entries.c.project_id, entries.c.seq)):
        facts = json.loads(entry.facts)
        if entry.move == "register":
            after_works[entry.project_id] = facts.get("after_works", [])
        if entry.move == "add_approval" and facts.get("after_works"):
            after_works[entry.project_id] += [facts["code"]]
        rows[entry.project_id] |= _columns(entry, facts)
    for project_id, columns in rows.items():
        _update("projects", columns, id=[project_id])
    for project_id, codes in after_works.items():
        _update("approvals", {"after_works": True}, project_id=[project_id], code=codes)


def _columns(entry: Any, facts: dict[str, Any]) -> dict[str, Any]:
    if entry.move not in REPORTED:
        is_told = entry.move in PLANNING and not facts.get("waits")
        return {name: _day(facts[name]) for name in DAYS[:2] if is_told and name in facts}
    day, confirmed = REPORTED[entry.move]
    return {day: _day(facts["day"]), confirmed: entry.role == "liaison"}


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _update(name: str, columns: dict[str, Any], **where: list[Any]) -> None:
    if columns:
        kinds = dict.fromkeys(DAYS, sa.Date())
        table = sa.table(name, *(sa.column(key, kinds.get(key)) for key in (*columns, *where)))
        op.execute(sa.update(table).where(*(table.c[key].in_(values) for key, values in where.items())).values(columns))
