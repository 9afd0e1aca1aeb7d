"""The sheet of a unit's month: a line for each indicator, fund line and node of its tasks, last month's figures beside.

The lines of one task make one report.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

import orjson
from sqlalchemy import Connection, select

from approvals.accounts.actors import Actor
from approvals.base.hashing import canonical
from approvals.base.i18n import label
from approvals.base.sheets import Column, SheetIdentity, Value
from approvals.programme.entries.cells import CellsDue, EarlierReport, cells_due, earlier_reports
from approvals.programme.entries.recorded import without_recorded
from approvals.programme.entries.views import DUE, refusal_to_report
from approvals.programme.queries import ENTRIES, ITEMS, TASKS, task_label
from workflows.charts.monthly_entry import ENTRY
from workflows.charts.programme_terms import SOURCES
from workflows.label import Label
from workflows.rules.programme_facts import KINDS_OF_MONEY

KIND, EDITION = "programme-month", "1"  # the edition of the sheet's form
REPORTABLE = ENTRY.move("report").sources  # states of an entry that can be reported
QUANTITY, MONEY, NODE = "quantity", "money", "node"
PARTS: Mapping[str, Label] = {
    QUANTITY: Label("数量", "Quantity"),
    MONEY: Label("资金", "Money"),
    NODE: Label("节点", "Node"),
}
BEFORE = Label("上次报送累计", "Reported before, cumulative")
NOW = Label("本月累计", "This month, cumulative")
MONEY_HEADS: Mapping[str, Label] = {
    "allocated": Label("下达", "Allocated"),
    "received": Label("到位", "Received"),
    "paid": Label("支付", "Paid"),
}
AMOUNT_OF_CELLS, REACHED_ON = Label("数量", "Quantity"), Label("达到日期", "Reached on")
NO_FIGURE, REASON = Label("无数据的原因", "No figure, and why"), Label("数据减少的原因", "Why a figure falls")
LINE_KEYS = ("item_no", "code", "part", "figure")  # say of which cell a line is
COLUMNS: tuple[Column, ...] = (
    Column("item_no", Label("编号", "Number"), needs_head=True, needs_value=True, limit=10, is_locked=True),
    Column("name", Label("分项", "Item"), is_locked=True),
    Column("code", Label("任务代码", "Task"), needs_head=True, needs_value=True, limit=20, is_locked=True),
    Column("place", Label("县（区）", "Place"), is_locked=True),
    Column("part", Label("类别", "Kind"), needs_head=True, needs_value=True, is_locked=True),
    Column("figure", Label("名称", "Name"), needs_head=True, needs_value=True, is_locked=True),
    Column("unit", Label("计量单位", "Unit of measure"), is_locked=True),
    Column("planned", Label("年度计划", "Planned"), "quantity", decimals=4, is_locked=True),
    Column("planned_on", Label("计划日期", "Planned on"), "day", is_locked=True),
    Column("before_quantity", AMOUNT_OF_CELLS, "quantity", BEFORE, decimals=4, is_locked=True),
    *(Column(f"before_{kind}", head, "amount", BEFORE, is_locked=True) for kind, head in MONEY_HEADS.items()),
    Column("before_reached_on", REACHED_ON, "day", BEFORE, is_locked=True),
    Column("quantity", AMOUNT_OF_CELLS, "quantity", NOW, needs_head=True, decimals=4),
    *(Column(kind, head, "amount", NOW, needs_head=True) for kind, head in MONEY_HEADS.items()),
    Column("reached_on", REACHED_ON, "day", NOW, needs_head=True),
    Column("no_figure", NO_FIGURE, has_lines=True),
    Column("reason", REASON, has_lines=True),
)
ENTERED = ("quantity", *KINDS_OF_MONEY, "reached_on", "no_figure", "reason")  # columns that a reporter fills in
Line = dict[str, Value | None]


@dataclass(frozen=True, slots=True)
class TaskOfMonth:
    """A task of the unit with its item and its entry for the month, None where nothing was begun."""

    item: Any
    task: Any
    entry: Any | None

    @property
    def key(self) -> str:
        return f"{self.item.item_no}/{self.task.code}"

    @property
    def reported(self) -> dict[str, Any]:
        """What this entry says by now, as it was sent."""
        return without_recorded(orjson.loads(self.entry.reported)) if self.entry and self.entry.reported else {}

    @property
    def version(self) -> int:
        return self.entry.version if self.entry else 0


@dataclass(frozen=True, slots=True)
class MonthBlank:
    """A unit's sheet for a month: its lines, and what identifies it."""

    lines: tuple[Line, ...]
    identity: SheetIdentity


def tasks_of_month(tx: Connection, actor: Actor, month: str) -> list[TaskOfMonth]:
    """The tasks of the actor's unit in the year of this month, in the order of the ledger."""
    query = (
        select(TASKS.c.id.label("task_id"), ITEMS.c.id.label("item_id"))
        .join(ITEMS, ITEMS.c.id == TASKS.c.item_id)
        .where(TASKS.c.unit_id.in_(actor.units), ITEMS.c.year == int(month[:4]))
        .order_by(ITEMS.c.item_no, TASKS.c.id)
    )
    pairs = tx.execute(query).all()
    items = _by_id(tx, ITEMS, [pair.item_id for pair in pairs])
    tasks = _by_id(tx, TASKS, [pair.task_id for pair in pairs])
    entries = _entries(tx, list(tasks), month)
    return [TaskOfMonth(items[pair.item_id], tasks[pair.task_id], entries.get(pair.task_id)) for pair in pairs]


def _by_id(tx: Connection, table: Any, ids: list[int]) -> dict[int, Any]:
    return {row.id: row for row in tx.execute(select(table).where(table.c.id.in_(ids)).order_by(table.c.id))}


def _entries(tx: Connection, task_ids: list[int], month: str) -> dict[int, Any]:
    """What was begun for this month, by the id of the task."""
    query = select(ENTRIES).where(ENTRIES.c.task_id.in_(task_ids), ENTRIES.c.month == month)
    return {row.task_id: row for row in tx.execute(query.order_by(ENTRIES.c.id))}


def is_open(tx: Connection, own: TaskOfMonth, month: str, now: datetime) -> bool:
    """Whether the task's month can be reported now."""
    state = own.entry.state if own.entry else DUE.name
    return state in REPORTABLE and refusal_to_report(tx, own.item, own.task, month, now) is None


def month_blank(tx: Connection, actor: Actor, month: str, now: datetime) -> MonthBlank:
    """The sheet of the actor's unit for this month, with the tasks that can be reported and what they said so far."""
    open_tasks = [task for task in tasks_of_month(tx, actor, month) if is_open(tx, task, month, now)]
    own = [(task, cells_due(tx, task.task.id)) for task in open_tasks]
    lines = tuple(line for task, due in own for line in _lines(tx, task, due, month))
    return MonthBlank(lines, SheetIdentity(KIND, actor.unit, month, EDITION, _plan_number(own)))


def _plan_number(own: list[tuple[TaskOfMonth, CellsDue]]) -> str:
    """Tells sheets of different plans apart: which tasks there are and what each of them reports of."""
    names: dict[str, object] = {task.key: _names(due) for task, due in own}
    return sha256(canonical(names).encode()).hexdigest()[:12]


def _names(due: CellsDue) -> list[list[str]]:
    return [sorted(due.indicators), sorted(due.lines), sorted(due.nodes)]


def _lines(tx: Connection, own: TaskOfMonth, due: CellsDue, month: str) -> Iterator[Line]:
    earlier = earlier_reports(tx, own.task.id, month)
    facts, task = own.reported, _of_task(own)
    lines = [*_quantities(due, earlier, facts), *_money(due, earlier, facts), *_nodes(due, earlier, facts)]
    if lines and facts.get("reason"):
        lines[0]["reason"] = str(facts["reason"])
    return ({**task, **line} for line in lines)


def _of_task(own: TaskOfMonth) -> Line:
    return {
        "item_no": own.item.item_no,
        "name": own.item.name,
        "code": own.task.code,
        "place": task_label(own.task.code),
    }


def _quantities(due: CellsDue, earlier: list[EarlierReport], facts: Mapping[str, Any]) -> Iterator[Line]:
    before = {name: value for report in earlier for name, value in report.quantities.items()}
    values = facts.get("quantities", {})
    for name, row in due.indicators.items():
        yield {
            **{"part": label(PARTS[QUANTITY]), "figure": name, "unit": row.unit, "planned": row.target},
            **{"before_quantity": before.get(name), "quantity": decimal_of(values.get(name))},
            "no_figure": facts.get("no_figure", {}).get(name),
        }


def _money(due: CellsDue, earlier: list[EarlierReport], facts: Mapping[str, Any]) -> Iterator[Line]:
    before = {source: amounts for report in earlier for source, amounts in report.money.items()}
    sent = {row["source"]: row for row in facts.get("funds", ())}
    for source, row in due.lines.items():
        yield {
            **{"part": label(PARTS[MONEY]), "figure": label(SOURCES[source]), "planned": row.planned_10k_yuan},
            **{f"before_{kind}": amount for kind, amount in before.get(source, {}).items()},
            **{kind: decimal_of(sent[source][kind]) for kind in KINDS_OF_MONEY if source in sent},
            "no_figure": facts.get("no_figure", {}).get(source),
        }


def _nodes(due: CellsDue, earlier: list[EarlierReport], facts: Mapping[str, Any]) -> Iterator[Line]:
    """The nodes that are reported; those that an approval reaches are not."""
    before = {name: day for report in earlier for name, day in report.nodes.items()}
    sent = {row["name"]: datetime.fromisoformat(row["reached_on"]).date() for row in facts.get("nodes", ())}
    for name, row in due.nodes.items():
        if not row.approval_code:
            yield {
                **{"part": label(PARTS[NODE]), "figure": name, "planned_on": row.planned_on},
                **{"before_reached_on": before.get(name), "reached_on": sent.get(name)},
            }


def decimal_of(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))
