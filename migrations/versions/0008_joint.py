"""Joint projects: two responsible units, and the word that both sign. What the record tells of them is built again."""

import json
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from alembic import op

from approvals.base.columns import Moment
from approvals.base.migrations import allow_at_least, restore_rows

revision = "0008"
down_revision = "0007"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SUBJECTS = ("project", "approval", "escalation", "report", "request", "card", "order")
EDITION = "2026-01"
UNITS = ("joint_first_id", "joint_second_id")
TWO = "joint_first_id <> joint_second_id AND (joint_first_id IS NULL) = (joint_second_id IS NULL)"


def upgrade() -> None:
    allow_at_least("history_entries", "subject", (*SUBJECTS, "word"))
    _add_units()
    op.create_table(
        "month_words",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("project_id", KEY, sa.ForeignKey("projects.id"), nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_unit_id", KEY, sa.ForeignKey("units.id"), nullable=False),
        sa.Column("signed_unit_id", KEY, sa.ForeignKey("units.id")),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_since", Moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edition", sa.String(), nullable=False),
        sa.CheckConstraint("signed_unit_id <> written_unit_id", name="two_units_sign"),
        sa.CheckConstraint("(state = 'signed') = (signed_unit_id IS NOT NULL)", name="signed_has_signature"),
        sa.CheckConstraint("state IN ('written', 'signed')", name="state"),
        sa.UniqueConstraint("project_id", "month"),
    )
    op.create_index("ix_month_words_month_id", "month_words", ["month", "id"])
    _bring_back()


def downgrade() -> None:
    op.drop_table("month_words")
    for name in UNITS:
        op.drop_index(op.f(f"ix_projects_{name}"), "projects")
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f("ck_projects_joint_units_are_two"), "projects", type_="check")
    for name in reversed(UNITS):  # on SQLite the CHECK goes with the second one, beside which it stands
        op.drop_column("projects", name)
    allow_at_least("history_entries", "subject", SUBJECTS)


def _add_units() -> None:
    """SQLite takes a constraint of an existing table only beside a new column, in words of its own."""
    if op.get_bind().dialect.name == "sqlite":
        for name, check in zip(UNITS, ("", f"CONSTRAINT ck_projects_joint_units_are_two CHECK ({TWO})"), strict=True):
            refers = f"CONSTRAINT fk_projects_{name}_units REFERENCES units (id)"
            op.execute(f"ALTER TABLE projects ADD COLUMN {name} INTEGER {refers} {check}")
    else:
        for name in UNITS:
            op.add_column("projects", sa.Column(name, KEY, nullable=True))
            op.create_foreign_key(op.f(f"fk_projects_{name}_units"), "projects", "units", [name], ["id"])
        op.create_check_constraint(op.f("ck_projects_joint_units_are_two"), "projects", TWO)
    for name in UNITS:
        op.create_index(op.f(f"ix_projects_{name}"), "projects", [name])


def _bring_back() -> None:
    """After a step down and up again: units and words from the record."""
    bind = op.get_bind()
    units = {row.name: row.id for row in bind.execute(sa.text("SELECT id, name FROM units ORDER BY id"))}
    names = ("project_id", "seq", "subject", "subject_id", "move", "to_state", "unit", "facts")
    entries = sa.table("history_entries", *map(sa.column, names), sa.column("at", Moment()))
    query = sa.select(entries).where(
        (entries.c.subject == "word") | entries.c.move.in_(("manage_jointly", "end_joint"))
    )
    rows = bind.execute(query.order_by(entries.c.project_id, entries.c.seq)).all()
    _set_units(bind, units, [row for row in rows if row.subject == "project"])
    restore_rows("month_words", _words(units, [row for row in rows if row.subject == "word"]))


def _set_units(bind: sa.Connection, units: dict[str, int], entries: Iterable[Any]) -> None:
    projects = sa.table("projects", *map(sa.column, ("id", *UNITS)))
    for entry in entries:
        facts = json.loads(entry.facts)
        pair: dict[str, int | None] = dict.fromkeys(UNITS)
        if entry.move == "manage_jointly":
            pair = dict(zip(UNITS, (units[facts["first_unit"]], units[facts["second_unit"]]), strict=True))
        bind.execute(sa.update(projects).where(projects.c.id == entry.project_id).values(pair))


def _words(units: dict[str, int], entries: Iterable[Any]) -> list[dict[str, Any]]:
    rows: dict[int, dict[str, Any]] = {}
    for entry in entries:
        facts = json.loads(entry.facts)
        own = {"id": entry.subject_id, "project_id": entry.project_id, "month": facts["month"], "edition": EDITION}
        row = rows.setdefault(entry.subject_id, own | {"state": "", "version": 0})
        if entry.move == "sign_word":
            row["signed_unit_id"] = units[entry.unit]
        else:
            row |= {"text": facts["text"], "written_unit_id": units[entry.unit], "signed_unit_id": None}
        if row["state"] != entry.to_state:
            row |= {"state": entry.to_state, "state_since": entry.at}
        row["version"] += 1
    return list(rows.values())
