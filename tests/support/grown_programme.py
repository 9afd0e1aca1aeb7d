"""A programme that has grown for years: plans and twelve entries of each task, written in bulk.

The rows are those that moves would leave; the histories hold the moves of the items alone, without a chain's hashes.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Table, insert, literal, select

from approvals.accounts.queries import UNIT
from approvals.history.record import ENTRY
from approvals.programme.queries import (
    AMOUNTS,
    ENTRIES,
    INDICATORS,
    ITEMS,
    LINES,
    NODES,
    QUANTITIES,
    REACHED,
    REPORTS,
    TARGETS,
    TASKS,
)
from tests.support.builders import when

CODES = ("510402", "510403", "510411", "510421", "510422", "city")
CATEGORIES = (
    "就业促进",
    "扶贫解困",
    "教育助学",
    "社会保障",
    "医疗卫生",
    "百姓安居",
    "道路通畅",
    "民生基础设施",
    "生态环境",
    "文化体育",
)
NODE_MONTHS = {"开工": 4, "竣工": 10}
SOURCES = ("city", "province")
EDITION = "2026-01"


def grow_programme(tx: Connection, years: Iterable[int], items: int, tasks: int = 6, months: int = 12) -> None:
    """So many items of each year, with so many tasks, which have reported each month."""
    units = list(tx.execute(select(UNIT.c.id).where(UNIT.c.kind == "owner").order_by(UNIT.c.id)).scalars())
    for year in years:
        _year(tx, year, items, tasks, months, units)


def _year(tx: Connection, year: int, items: int, tasks: int, months: int, units: list[int]) -> None:
    at = when(f"{year}-01-05")
    status = {"state": "under_way", "state_since": at, "version": 4, "edition": EDITION}
    flags = {"is_key": False, "is_urgent": False, "is_taken_over": False, "leader": "", "origin": ""}
    fields = [
        {"year": year, "item_no": f"{number:04}", "name": f"分项{number}", "category": CATEGORIES[number % 10]}
        | {"level": "city", "kind": "works", "lead_unit_id": units[number % len(units)], "adopted_at": at}
        | {"is_practical_matter": number % 3 == 0, **flags, **status}
        for number in range(1, items + 1)
    ]  # fmt: skip
    tx.execute(insert(ITEMS), fields)
    of_year = ITEMS.c.year == year
    _moves(tx, of_year, at)
    codes = [(code,) for code in CODES[:tasks]]
    own = select(TASKS.c.id).join(ITEMS, ITEMS.c.id == TASKS.c.item_id).where(of_year).subquery()
    _cross(tx, TASKS, select(ITEMS.c.id, ITEMS.c.lead_unit_id).where(of_year).subquery(), ("item_id", "unit_id"),
           codes, ("code",), {"rhythm": "monthly"})  # fmt: skip
    kind = {"unit": "公里", "decimals": 1, "adds_up": "sum", "direction": "more", "definition": "", "source": ""}
    _cross(tx, INDICATORS, select(ITEMS.c.id).where(of_year).subquery(), ("item_id",), [("里程",)], ("name",), kind)
    _targets(tx, of_year)
    blank = {"who": "", "needs_evidence": False, "after": "", "project_ref": "", "approval_code": ""}
    for name, month in NODE_MONTHS.items():
        planned_on = when(f"{year}-{month:02}-20").date()
        _cross(tx, NODES, own, ("task_id",), [(name,)], ("name",), blank | {"planned_on": planned_on})
    line = {"mode": "", "is_fiscal": True, "planned_10k_yuan": Decimal(100)}
    _cross(tx, LINES, own, ("task_id",), [(source,) for source in SOURCES], ("source",), line)
    for month in range(1, months + 1):
        _month(tx, own, f"{year}-{month:02}", when(f"{year}-{month:02}-27"))


def _moves(tx: Connection, of_year: Any, at: datetime) -> None:
    steps = [("propose", "none", "proposed"), ("adopt", "proposed", "adopted"), ("begin", "adopted", "under_way")]
    fixed = {
        "subject": "item",
        "round": 0,
        "role": "",
        "unit": "",
        "actor": "",
        "facts": "{}",
        "salt": "",
        "digest": "",
    }
    for seq, (move, source, target) in enumerate(steps, 1):
        row = fixed | {"seq": seq, "move": move, "from_state": source, "to_state": target, "hash": "", "at": at}
        columns = row | {"recorded_at": at}
        query = select(-ITEMS.c.id, ITEMS.c.id, *(_fixed(ENTRY, columns))).where(of_year)
        tx.execute(insert(ENTRY).from_select(["project_id", "subject_id", *columns], query))


def _targets(tx: Connection, of_year: Any) -> None:
    query = (
        select(INDICATORS.c.id, TASKS.c.id, literal(Decimal(120), TARGETS.c.target.type))
        .join(TASKS, TASKS.c.item_id == INDICATORS.c.item_id)
        .join(ITEMS, ITEMS.c.id == TASKS.c.item_id)
        .where(of_year)
    )
    tx.execute(insert(TARGETS).from_select(["indicator_id", "task_id", "target"], query))


def _month(tx: Connection, own: Any, month: str, at: datetime) -> None:
    later = at + timedelta(days=1)
    texts = {"reported": "{}", "amendment": "", "amended_by": ""}
    moments = {"first_reported_at": at, "confirmed_at": later, "money_confirmed_at": later}
    status = {"state": "closed", "state_since": later, "version": 4, "edition": EDITION}
    _cross(tx, ENTRIES, own, ("task_id",), [(month,)], ("month",), {**texts, **moments, **status})
    of_month = select(ENTRIES.c.id, ENTRIES.c.task_id).join(own, own.c.id == ENTRIES.c.task_id)
    entries = of_month.where(ENTRIES.c.month == month).subquery()
    sent = {"is_complete": True, "reported_at": at}
    query = select(entries.c.id, *_fixed(REPORTS, sent))
    tx.execute(insert(REPORTS).from_select(["entry_id", *sent], query))
    number = int(month[-2:])
    amounts = {"allocated": Decimal(8 * number), "received": Decimal(7 * number), "paid": Decimal(6 * number)}
    counted = {"month": month, "counts_at": later}
    for table, of, column_name, more in (
        (QUANTITIES, TARGETS, "target_id", {"value": Decimal(10 * number)}),
        (AMOUNTS, LINES, "line_id", amounts),
        (REACHED, NODES, "node_id", {"reached_on": at.date()}),
    ):
        row = counted | more
        query = select(entries.c.id, of.c.id, *_fixed(table, row)).join(of, of.c.task_id == entries.c.task_id)
        if table is REACHED:
            query = query.where(NODES.c.name.in_([name for name, due in NODE_MONTHS.items() if due == number]))
        tx.execute(insert(table).from_select(["entry_id", column_name, *row], query))


def _fixed(table: Table, row: Mapping[str, Any]) -> list[Any]:
    return [literal(value, table.c[name].type) for name, value in row.items()]


def _cross(
    tx: Connection, table: Table, rows: Any, names: tuple[str, ...], values_: list[tuple[str]], of: tuple[str],
    fixed: Mapping[str, Any],
) -> None:  # fmt: skip
    """Each of these rows with each of these values."""
    for (value,) in values_:
        row = {of[0]: value} | dict(fixed)
        query = select(*rows.c, *_fixed(table, row))
        tx.execute(insert(table).from_select([*names, *row], query))
