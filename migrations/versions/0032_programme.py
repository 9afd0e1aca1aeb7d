"""The year's programme lives: items with tasks, plan and monthly entries; the old ledger is taken over as it stands."""

import secrets
from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

import sqlalchemy as sa
from alembic import op

from approvals.base.columns import Moment, Money, Quantity
from approvals.base.hashing import canonical, digest_of, link, moment_text
from approvals.base.migrations import allow_at_least, allowed
from approvals.base.moments import CITY_ZONE

revision = "0032"
down_revision = "0031"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
EDITION, FIRST = "2026-01", "0" * 64
SUBJECTS = ("programme", "item", "entry", "reminder")
TABLES = (
    "programme_reminders",
    "programme_reports",
    "programme_replanned_nodes",
    "programme_replanned_funds",
    "programme_reached_nodes",
    "programme_quantities",
    "programme_expected_nodes",
    "programme_amounts",
    "programme_task_people",
    "programme_targets",
    "programme_nodes",
    "programme_fund_lines",
    "programme_exceptions",
    "programme_entries",
    "programme_tasks",
    "programme_replans",
    "programme_indicators",
    "programme_years",
    "programme_last_years",
    "programme_closed_months",
    "programme_items",
)  # in the order in which they can be dropped
# Of the ledger of before: what its kinds and states are called now, and the move that takes an item over.
KINDS = {"construction": "works", "service": "service"}
TAKEN_OVER = {
    "under_way": ("take_over", "under_way"),
    "completed": ("take_over_done", "done"),
    "suspended": ("take_over_suspended", "suspended"),
}
FLAGS = ("practical_matter", "key", "urgent")
COUNTIES = {"东区": "510402", "西区": "510403", "仁和区": "510411", "米易县": "510421", "盐边县": "510422"}
LEDGER = sa.table(
    "programme_items",
    *map(sa.column, ("year", "item_no", "category", "name", "kind", "owner_unit", "county", "status")),
    *map(sa.column, ("is_practical_matter", "is_key", "is_urgent")),
    sa.column("planned_10k_yuan", Money()),
    sa.column("executed_10k_yuan", Money()),
    sa.column("as_of_on", sa.Date()),
)


def upgrade() -> None:
    allow_at_least("history_entries", "subject", (*allowed("history_entries", "subject"), *SUBJECTS))
    allow_at_least("units", "kind", (*allowed("units", "kind"), "county"))
    for table in ("role_grants", "appointments"):
        allow_at_least(table, "role", (*allowed(table, "role"), "finance"))
    rows = [row._asdict() for row in op.get_bind().execute(sa.select(LEDGER).order_by(LEDGER.c.year, LEDGER.c.item_no))]
    op.drop_table("programme_items")
    _create_tables()
    for row in rows:
        _take_over(op.get_bind(), row)


def _create_tables() -> None:
    op.create_table(
        "programme_items",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("item_no", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("lead_unit_id", KEY, sa.ForeignKey("units.id"), nullable=False),
        sa.Column("leader", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("is_practical_matter", sa.Boolean(), nullable=False),
        sa.Column("is_key", sa.Boolean(), nullable=False),
        sa.Column("is_urgent", sa.Boolean(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("finishes_on", sa.Date(), nullable=True),
        sa.Column("planned_10k_yuan", Money(), nullable=True),
        sa.Column("is_taken_over", sa.Boolean(), nullable=False),
        sa.Column("adopted_at", Moment(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_since", Moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edition", sa.String(), nullable=False),
        sa.CheckConstraint(
            "state IN ('proposed', 'adopted', 'under_way', 'suspended', 'claimed', 'done', 'dropped')", name="state"
        ),
        sa.CheckConstraint("kind IN ('works', 'payment', 'service')", name="kind"),
        sa.CheckConstraint("level IN ('province', 'city', 'county')", name="level"),
        sa.UniqueConstraint("year", "item_no"),
    )
    op.create_index("ix_programme_items_lead_unit_id", "programme_items", ["lead_unit_id"])
    op.create_index("ix_programme_items_year_state", "programme_items", ["year", "state"])
    op.create_table(
        "programme_closed_months",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("closed_at", Moment(), nullable=False),
        sa.UniqueConstraint("month"),
    )
    op.create_table(
        "programme_years",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_since", Moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edition", sa.String(), nullable=False),
        sa.CheckConstraint("state IN ('open')", name="state"),
        sa.UniqueConstraint("year"),
    )
    op.create_table(
        "programme_reminders",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("move", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_since", Moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edition", sa.String(), nullable=False),
        sa.CheckConstraint("state IN ('sent')", name="state"),
        sa.UniqueConstraint("month", "move"),
    )
    op.create_table(
        "programme_last_years",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("planned", Money(), nullable=False),
        sa.Column("fiscal", Money(), nullable=False),
        sa.Column("executed", Money(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("counts_at", Moment(), nullable=False),
    )
    op.create_index("ix_programme_last_years_year_id", "programme_last_years", ["year", "id"])
    op.create_table(
        "programme_indicators",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("item_id", KEY, sa.ForeignKey("programme_items.id"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("decimals", sa.Integer(), nullable=False),
        sa.Column("adds_up", sa.String(), nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.CheckConstraint("adds_up IN ('sum', 'last', 'max', 'ratio', 'none')", name="adds_up"),
        sa.CheckConstraint("direction IN ('more', 'less')", name="direction"),
        sa.UniqueConstraint("item_id", "name"),
    )
    op.create_table(
        "programme_replans",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("item_id", KEY, sa.ForeignKey("programme_items.id"), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_for", sa.Text(), nullable=False),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.CheckConstraint("state IN ('asked', 'confirmed', 'refused')", name="state"),
    )
    op.create_index("ix_programme_replans_item_id_id", "programme_replans", ["item_id", "id"])
    op.create_index(
        "uq_programme_replans_asked",
        "programme_replans",
        ["item_id"],
        unique=True,
        sqlite_where=sa.text("state = 'asked'"),
        postgresql_where=sa.text("state = 'asked'"),
    )
    op.create_table(
        "programme_tasks",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("item_id", KEY, sa.ForeignKey("programme_items.id"), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("unit_id", KEY, sa.ForeignKey("units.id"), nullable=False),
        sa.Column("reporter_id", KEY, sa.ForeignKey("people.id"), nullable=True),
        sa.Column("rhythm", sa.String(), nullable=False),
        sa.CheckConstraint("rhythm IN ('monthly', 'quarterly')", name="rhythm"),
        sa.UniqueConstraint("item_id", "code"),
    )
    op.create_index("ix_programme_tasks_unit_id", "programme_tasks", ["unit_id"])
    op.create_table(
        "programme_entries",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("task_id", KEY, sa.ForeignKey("programme_tasks.id"), nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("reported", sa.Text(), nullable=False),
        sa.Column("amendment", sa.Text(), nullable=False),
        sa.Column("amended_by", sa.String(), nullable=False),
        sa.Column("first_reported_at", Moment(), nullable=True),
        sa.Column("confirmed_at", Moment(), nullable=True),
        sa.Column("money_confirmed_at", Moment(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_since", Moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edition", sa.String(), nullable=False),
        sa.CheckConstraint("state = 'due' OR first_reported_at IS NOT NULL", name="reported_has_moment"),
        sa.CheckConstraint("state IN ('due', 'reported', 'sent_back', 'confirmed', 'closed')", name="state"),
        sa.UniqueConstraint("task_id", "month"),
    )
    op.create_index("ix_programme_entries_month_state", "programme_entries", ["month", "state"])
    op.create_table(
        "programme_exceptions",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("task_id", KEY, sa.ForeignKey("programme_tasks.id"), nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("opened_at", Moment(), nullable=False),
    )
    op.create_index("ix_programme_exceptions_task_id_month", "programme_exceptions", ["task_id", "month"])
    op.create_table(
        "programme_fund_lines",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("task_id", KEY, sa.ForeignKey("programme_tasks.id"), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("is_fiscal", sa.Boolean(), nullable=False),
        sa.Column("planned_10k_yuan", Money(), nullable=False),
        sa.CheckConstraint(
            "source IN ('centre', 'province', 'city', 'county', 'bond', 'loan', 'private', 'own', 'aid', 'other')",
            name="source",
        ),
        sa.UniqueConstraint("task_id", "source"),
    )
    op.create_table(
        "programme_nodes",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("task_id", KEY, sa.ForeignKey("programme_tasks.id"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("needs_evidence", sa.Boolean(), nullable=False),
        sa.Column("after", sa.String(), nullable=False),
        sa.Column("project_ref", sa.String(), nullable=False),
        sa.Column("approval_code", sa.String(), nullable=False),
        sa.UniqueConstraint("task_id", "name"),
    )
    op.create_table(
        "programme_targets",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("indicator_id", KEY, sa.ForeignKey("programme_indicators.id"), nullable=False),
        sa.Column("task_id", KEY, sa.ForeignKey("programme_tasks.id"), nullable=False),
        sa.Column("target", Quantity(), nullable=True),
        sa.UniqueConstraint("indicator_id", "task_id"),
    )
    op.create_index("ix_programme_targets_task_id", "programme_targets", ["task_id"])
    op.create_table(
        "programme_task_people",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("task_id", KEY, sa.ForeignKey("programme_tasks.id"), nullable=False),
        sa.Column("person_id", KEY, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("from_at", Moment(), nullable=False),
        sa.Column("until_at", Moment(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
    )
    op.create_index("ix_programme_task_people_person_id", "programme_task_people", ["person_id"])
    op.create_index("ix_programme_task_people_task_id_id", "programme_task_people", ["task_id", "id"])
    op.create_table(
        "programme_amounts",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("entry_id", KEY, sa.ForeignKey("programme_entries.id"), nullable=False),
        sa.Column("line_id", KEY, sa.ForeignKey("programme_fund_lines.id"), nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("allocated", Money(), nullable=True),
        sa.Column("received", Money(), nullable=True),
        sa.Column("paid", Money(), nullable=True),
        sa.Column("counts_at", Moment(), nullable=False),
    )
    op.create_index("ix_programme_amounts_entry_id", "programme_amounts", ["entry_id"])
    op.create_index("ix_programme_amounts_line_id_month_id", "programme_amounts", ["line_id", "month", "id"])
    op.create_table(
        "programme_expected_nodes",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("entry_id", KEY, sa.ForeignKey("programme_entries.id"), nullable=False),
        sa.Column("node_id", KEY, sa.ForeignKey("programme_nodes.id"), nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("expected_on", sa.Date(), nullable=False),
        sa.Column("counts_at", Moment(), nullable=False),
    )
    op.create_index("ix_programme_expected_nodes_entry_id", "programme_expected_nodes", ["entry_id"])
    op.create_index(
        "ix_programme_expected_nodes_node_id_month_id", "programme_expected_nodes", ["node_id", "month", "id"]
    )
    op.create_table(
        "programme_quantities",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("entry_id", KEY, sa.ForeignKey("programme_entries.id"), nullable=False),
        sa.Column("target_id", KEY, sa.ForeignKey("programme_targets.id"), nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("value", Quantity(), nullable=True),
        sa.Column("counts_at", Moment(), nullable=False),
    )
    op.create_index("ix_programme_quantities_entry_id", "programme_quantities", ["entry_id"])
    op.create_index("ix_programme_quantities_target_id_month_id", "programme_quantities", ["target_id", "month", "id"])
    op.create_table(
        "programme_reached_nodes",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("entry_id", KEY, sa.ForeignKey("programme_entries.id"), nullable=False),
        sa.Column("node_id", KEY, sa.ForeignKey("programme_nodes.id"), nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("reached_on", sa.Date(), nullable=True),
        sa.Column("counts_at", Moment(), nullable=False),
    )
    op.create_index("ix_programme_reached_nodes_entry_id", "programme_reached_nodes", ["entry_id"])
    op.create_index(
        "ix_programme_reached_nodes_node_id_month_id", "programme_reached_nodes", ["node_id", "month", "id"]
    )
    op.create_table(
        "programme_replanned_funds",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("replan_id", KEY, sa.ForeignKey("programme_replans.id"), nullable=False),
        sa.Column("line_id", KEY, sa.ForeignKey("programme_fund_lines.id"), nullable=False),
        sa.Column("planned_10k_yuan", Money(), nullable=False),
        sa.Column("counts_at", Moment(), nullable=False),
        sa.UniqueConstraint("replan_id", "line_id"),
    )
    op.create_index("ix_programme_replanned_funds_line_id", "programme_replanned_funds", ["line_id"])
    op.create_table(
        "programme_replanned_nodes",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("replan_id", KEY, sa.ForeignKey("programme_replans.id"), nullable=False),
        sa.Column("node_id", KEY, sa.ForeignKey("programme_nodes.id"), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("counts_at", Moment(), nullable=False),
        sa.UniqueConstraint("replan_id", "node_id"),
    )
    op.create_index("ix_programme_replanned_nodes_node_id", "programme_replanned_nodes", ["node_id"])
    op.create_table(
        "programme_reports",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("entry_id", KEY, sa.ForeignKey("programme_entries.id"), nullable=False),
        sa.Column("is_complete", sa.Boolean(), nullable=False),
        sa.Column("reported_at", Moment(), nullable=False),
    )
    op.create_index("ix_programme_reports_entry_id_id", "programme_reports", ["entry_id", "id"])


def downgrade() -> None:
    """Refused once there are items: the ledger of before cannot hold their plans and entries."""
    items = sa.table("programme_items", sa.column("id"))
    if op.get_bind().execute(sa.select(items.c.id).limit(1)).first():
        raise ValueError("the programme holds items, which the edition before cannot hold")
    for table in TABLES:
        op.drop_table(table)
    op.create_table(
        "programme_items",
        sa.Column("year", sa.Integer(), primary_key=True),
        sa.Column("item_no", sa.String(), primary_key=True),
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in ("category", "name", "kind", "owner_unit", "county")
        ),
        *(sa.Column(name, sa.Boolean(), nullable=False) for name in ("is_practical_matter", "is_key", "is_urgent")),
        *(sa.Column(name, Money(), nullable=False) for name in ("planned_10k_yuan", "executed_10k_yuan")),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("as_of_on", sa.Date(), nullable=False),
        sa.Column("is_amount_published", sa.Boolean(), nullable=False),
        sa.CheckConstraint("kind IN ('construction', 'service')", name="kind"),
        sa.CheckConstraint("status IN ('under_way', 'completed', 'suspended')", name="status"),
    )
    op.create_index("ix_programme_items_category", "programme_items", ["category"])


# What the ledger of before knew of an item: plan and spent money, one county or the city, one state, one day.


def _take_over(tx: sa.Connection, row: Mapping[str, Any]) -> None:
    at = datetime.combine(row["as_of_on"], time(17), CITY_ZONE)
    move, state = TAKEN_OVER[row["status"]]
    unit_id = _unit_id(tx, row["owner_unit"])
    begun = {"state": state, "state_since": at, "version": 1, "edition": EDITION}
    item = {name: row[name] for name in ("year", "item_no", "name", "category")} | {
        "level": "city",
        "kind": KINDS[row["kind"]],
        "lead_unit_id": unit_id,
        "leader": "",
        "origin": "",
        **{name: bool(row[name]) for name in ("is_practical_matter", "is_key", "is_urgent")},
        "planned_10k_yuan": row["planned_10k_yuan"],
        "is_taken_over": True,
        "adopted_at": at,
    }
    item_id = _insert(tx, "programme_items", item | begun)
    task = {"item_id": item_id, "code": COUNTIES.get(row["county"], "city"), "unit_id": unit_id, "rhythm": "monthly"}
    task_id = _insert(tx, "programme_tasks", task)
    line = {"task_id": task_id, "source": "other", "mode": "", "is_fiscal": False}
    line_id = _insert(tx, "programme_fund_lines", line | {"planned_10k_yuan": row["planned_10k_yuan"]})
    month = f"{row['as_of_on']:%Y-%m}"
    spent = {"source": "other", **dict.fromkeys(("allocated", "received", "paid"), row["executed_10k_yuan"])}
    texts = {"reported": canonical({"funds": [spent]}), "amendment": "", "amended_by": ""}
    moments = dict.fromkeys(("first_reported_at", "confirmed_at", "money_confirmed_at"), at)
    closed = {"state": "closed", "state_since": at, "version": 1, "edition": EDITION}
    entry_id = _insert(tx, "programme_entries", {"task_id": task_id, "month": month, **texts, **moments, **closed})
    _insert(tx, "programme_reports", {"entry_id": entry_id, "is_complete": True, "reported_at": at})
    amounts = {name: spent[name] for name in ("allocated", "received", "paid")}
    counted = {"entry_id": entry_id, "line_id": line_id, "month": month, "counts_at": at}
    _insert(tx, "programme_amounts", counted | amounts)
    reported = {"funds": [spent], "entry": f"{task['code']}/{month}"}
    moves = (
        ("item", item_id, move, "none", state, _facts(row, item, task)),
        ("entry", entry_id, "take_over_entry", "due", "closed", reported),
    )
    _begin_chain(tx, item_id, moves, at)


def _facts(row: Mapping[str, Any], item: Mapping[str, Any], task: Mapping[str, Any]) -> dict[str, Any]:
    """What was known of the item, in the words of its plan, with what the ledger called it."""
    names = ("year", "item_no", "name", "category", "level", "kind", "planned_10k_yuan")
    flags = {name: item[f"is_{name}"] for name in FLAGS}
    planned = {"source": "other", "task": task["code"], "fiscal": False, "planned_10k_yuan": row["planned_10k_yuan"]}
    plan = {"tasks": [{"code": task["code"], "unit": row["owner_unit"], "rhythm": "monthly"}], "funds": [planned]}
    ledger = {name: row[name] for name in ("county", "status", "executed_10k_yuan")}
    return {name: item[name] for name in names} | flags | {"lead_unit": row["owner_unit"]} | plan | {"ledger": ledger}


def _begin_chain(tx: sa.Connection, item_id: int, moves: Any, at: datetime) -> None:
    head = FIRST
    for seq, (subject, subject_id, move, source, target, facts) in enumerate(moves, 1):
        salt, written = secrets.token_hex(8), canonical(facts)
        chained = (-item_id, seq, subject, subject_id, None, 0, move, source, target, "system", "")
        digest = digest_of(salt, "system", written)
        head = link(head, *chained, moment_text(at), moment_text(at), digest)
        names = ("project_id", "seq", "subject", "subject_id", "approval_id", "round", "move", "from_state", "to_state")
        row = dict(zip((*names, "role", "unit"), chained, strict=True)) | {"actor": "system", "facts": written}
        stamps = {"at": at, "recorded_at": at, "salt": salt, "digest": digest, "hash": head}
        _insert(tx, "history_entries", row | stamps)
    chain = {"project_id": -item_id, "seq": len(moves), "head": head, "last_at": at}
    tx.execute(_table("history_chains", chain).insert().values(chain))


def _unit_id(tx: sa.Connection, name: str) -> int:
    """The unit of this name, or of this former name; a unit of its own where the city knows none."""
    units = sa.table("units", sa.column("id"), sa.column("name"))
    former = sa.table("unit_names", sa.column("unit_id"), sa.column("name"))
    for query in (
        sa.select(units.c.id).where(units.c.name == name),
        sa.select(former.c.unit_id).where(former.c.name == name),
    ):
        found = tx.execute(query.limit(1)).scalar_one_or_none()
        if found is not None:
            return int(found)
    return _insert(tx, "units", {"name": name, "name_en": "", "kind": "owner", "former_ids": ""})


def _table(name: str, row: Mapping[str, Any]) -> Any:
    types: dict[str, Any] = {"planned_10k_yuan": Money(), "allocated": Money(), "received": Money(), "paid": Money()}
    moments = ("at", "recorded_at", "adopted_at", "state_since", "reported_at", "counts_at", "last_at")
    types |= dict.fromkeys((*moments, "first_reported_at", "confirmed_at", "money_confirmed_at"), Moment())
    return sa.table(name, sa.column("id", KEY), *(sa.column(column, types.get(column)) for column in row))


def _insert(tx: sa.Connection, name: str, row: Mapping[str, Any]) -> int:
    table = _table(name, row)
    return int(tx.execute(table.insert().values(dict(row)).returning(table.c.id)).scalar_one())
