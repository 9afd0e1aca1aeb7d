"""What a filing says beside its name and money: site, works, scale, sources, codes, and whom to call."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"

TEXTS = ("site", "works_kind", "project_code", "credit_code", "contact_name", "contact_phone")
JSONS = ("scale", "funding")
ENTRIES = sa.table("history_entries", *map(sa.column, ("project_id", "seq", "subject", "move", "facts")))
PROJECTS = sa.table("projects", *map(sa.column, ("id", *TEXTS, *JSONS)))


def upgrade() -> None:
    """Those filed before say nothing of it; after a step down and up again, what the record tells."""
    for name in TEXTS:
        op.add_column("projects", sa.Column(name, sa.String(), nullable=True))
    for name in JSONS:
        op.add_column("projects", sa.Column(name, sa.Text(), nullable=True))
    _bring_back(op.get_bind())


def downgrade() -> None:
    for name in (*TEXTS, *JSONS):
        op.drop_column("projects", name)


def _bring_back(bind: sa.Connection) -> None:
    said = (ENTRIES.c.subject == "project") & ENTRIES.c.move.in_(("draft", "edit"))
    rows = bind.execute(sa.select(ENTRIES).where(said).order_by(ENTRIES.c.project_id, ENTRIES.c.seq)).all()
    for row in rows:
        facts = json.loads(row.facts)
        values: dict[str, Any] = {name: facts[name] for name in TEXTS if name in facts}
        values |= {name: facts[name] and _canonical(facts[name]) for name in JSONS if name in facts}
        if values:
            bind.execute(sa.update(PROJECTS).where(PROJECTS.c.id == row.project_id).values(values))


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
